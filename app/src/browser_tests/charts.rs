//! Charts: the list, the editor with its preview, a chart's page, the consent of whoever looks, and who gave it.

use api::ProblemCode;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlDetailsElement, HtmlElement};

use super::{
    edge::{Edge, open_another, set_window_property, window_property},
    stage::{Stage, open},
};

pub(super) const CHART: &str = "/api/v1/charts/cht_1";
pub(super) const RENDERS: &str = "POST /api/v1/charts/cht_1/renders";
pub(super) const DELEGATIONS: &str = "GET /api/v1/charts/cht_1/delegations";
pub(super) const SITE: &str = r#"{"cloud_id":"c1","name":"Acme","url":"https://acme.atlassian.net","avatar_url":null}"#;

fn spec() -> String {
    r#"{"source":{"jql":"project = WEB"},"mark":"bar","group":{"field":{"id":"status","name":"Status"}},
    "says":{"title":"Issues <b>by</b> status"}}"#
        .to_owned()
}

pub(super) fn chart() -> String {
    format!(
        r#"{{"id":"cht_1","site":{SITE},"spec":{},"meaning":"m1","created_at":"2026-01-01T00:00:00Z","created_by":"Ada",
        "saved_at":"2026-01-01T00:00:00Z","saved_by":"Ada","deleted":null,"may_edit":true,"version":3}}"#,
        spec()
    )
}

fn amount(issues: u32, status: &str) -> String {
    let url = format!("https://acme.atlassian.net/issues/?jql=status%20%3D%20{status}");
    format!(r#"{{"issues":{issues},"value":{issues},"jql":"status = {status}","url":"{url}"}}"#)
}

fn segment(status: &str, issues: u32) -> String {
    format!(
        r#"{{"key":"value:{status}","label":"{status}","color":null,"category":null,"amount":{},"cells":[]}}"#,
        amount(issues, status)
    )
}

pub(super) fn drawn() -> String {
    let segments = [segment("Open", 42), segment("Done", 78)].join(",");
    format!(
        r#"{{"state":"drawn","sentence":"Here is the chart.","cause":null,"action":"none",
        "access":{{"kind":"own","account":"Ada Example","connection":null}},
        "data":{{"total":{},"segments":[{segments}],"columns":[],"adds_up":true,
        "counted":{{"at":"2026-01-01T13:02:00Z","by":"jira","zone":"Europe/Berlin"}},"notes":[]}}}}"#,
        amount(120, "any")
    )
}

pub(super) fn state(state: &str, sentence: &str, cause: &str, action: &str) -> String {
    format!(
        r#"{{"state":"{state}","sentence":"{sentence}","cause":{cause},"action":"{action}","access":null,"data":null}}"#
    )
}

pub(super) fn consent_needed() -> String {
    state("consent_needed", "To show this chart, Causeway has to look at Jira as you.", "null", "authorize")
}

pub(super) fn sites(connections: &str) -> String {
    format!(
        r#"{{"items":[{{"key":"c1","site":{SITE},"connections":[{connections}],"is_authorized":false}}],"next_cursor":null}}"#
    )
}

pub(super) fn one_chart(edge: &Edge, render: &str) -> Stage {
    edge.says(&format!("GET {CHART}"), 200, &chart());
    edge.says("GET /api/v1/charts/sites", 200, &sites(""));
    edge.says(DELEGATIONS, 200, r#"{"items":[],"next_cursor":null}"#);
    edge.says(RENDERS, 200, render);
    open("/charts/cht_1")
}

#[wasm_bindgen_test]
async fn a_chart_is_drawn_with_its_sentence_its_table_and_where_it_is_from() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &drawn());
    stage.shows("Done is largest: 78 of 120, 65 %.").await;
    for words in [
        "counted by Jira",
        "with your access (\u{2068}Ada Example\u{2069})",
        "Europe/Berlin",
        "Issues <b>by</b> status",
    ] {
        assert!(stage.text().contains(words), "{words}: {}", stage.text());
    }
    assert!(stage.find("figure b").is_none(), "a title is text");
    let mark = stage.find(".chart-target").expect("a mark");
    assert_eq!(mark.get_attribute("aria-label").as_deref(), Some("Open, 42 issues, 35 percent"));
    assert_eq!(
        mark.get_attribute("href").as_deref(),
        Some("https://acme.atlassian.net/issues/?jql=status%20%3D%20Open")
    );
    assert_eq!(stage.all(".chart-table tbody tr").length(), 3);
    assert_eq!(edge.asked(RENDERS).len(), 1);
}

#[wasm_bindgen_test]
async fn arrow_keys_move_through_the_marks_and_one_key_opens_the_table() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &drawn());
    stage.shows("Done is largest").await;
    stage.settles().await;
    // Elements of SVG take the focus as those of HTML do.
    let first = stage.find(".chart-target[tabindex='0']").expect("a mark");
    first.unchecked_into::<HtmlElement>().focus().expect("it takes the focus");
    stage.key("ArrowRight");
    let focused = leptos::prelude::document().active_element().expect("a focus");
    assert_eq!(focused.get_attribute("aria-label").as_deref(), Some("Done, 78 issues, 65 percent"));
    assert_eq!(stage.all(".chart-target[tabindex='0']").length(), 1);
    let is_open = || {
        let details = stage.find(".chart-numbers").expect("the numbers");
        details.unchecked_into::<HtmlDetailsElement>().open()
    };
    assert!(!is_open());
    stage.key("t");
    assert!(is_open());
}

#[wasm_bindgen_test]
async fn each_state_says_what_happened_why_and_offers_one_button() {
    let edge = Edge::start();
    let cause = r#""The value 'WEB' does not exist for the field 'project'.""#;
    let refused = state("query_refused", "Jira does not accept the query of this chart.", cause, "edit");
    let stage = one_chart(&edge, &refused);
    stage.shows("The value 'WEB' does not exist for the field 'project'.").await;
    assert!(stage.find(".charts-state a[href='/charts/cht_1/edit']").is_some());
    drop(stage);
    let busy =
        state("quota_exhausted", "Jira's limit of calls is used up for now.", "\"Again at 15:00.\"", "try_again");
    let stage = one_chart(&edge, &busy);
    stage.shows("Again at 15:00.").await;
    edge.says(RENDERS, 200, &drawn());
    stage.press("Try again");
    stage.shows("Done is largest").await;
}

#[wasm_bindgen_test]
async fn the_last_numbers_are_shown_with_why_they_are_not_new() {
    let edge = Edge::start();
    let render = drawn().replace("\"drawn\"", "\"stale\"").replace("Here is the chart.", "These are the last numbers.");
    let stage = one_chart(&edge, &render.replace("\"none\"", "\"try_again\""));
    stage.shows("These are the last numbers.").await;
    stage.shows("Done is largest").await;
    assert!(stage.find(".charts-state").is_some());
    assert!(stage.find("#count-again").is_none(), "one button is enough");
}

#[wasm_bindgen_test]
async fn load_chart_asks_for_consent_and_draws_without_loading_the_page_again() {
    let edge = Edge::start();
    let real = window_property("open");
    set_window_property("open", &open_another());
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("Causeway has to look at Jira as you").await;
    let started = r#"{"id":"aut_9","start_url":"/oauth/start/t","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("POST /api/v1/viewers/me/authorizations", 201, started);
    let waiting = r#"{"id":"aut_9","connection_id":null,"status":"waiting","expires_at":"2100-01-01T00:00:00Z","sites":[],
        "site":null,"account":null,"scopes":[],"missing_scopes":[],"changes":null,"oauth1":null,"failure":null}"#;
    edge.says("GET /api/v1/authorizations/aut_9", 200, waiting);
    stage.press("Load chart");
    stage.shows("accept in the other window").await;
    assert_eq!(edge.asked("POST /api/v1/viewers/me/authorizations")[0].body, r#"{"site":"c1"}"#);
    edge.says(RENDERS, 200, &drawn());
    edge.says("GET /api/v1/authorizations/aut_9", 200, &waiting.replace("\"waiting\"", "\"authorized\""));
    stage.shows("Done is largest: 78 of 120, 65 %.").await;
    edge.was_never_asked("DELETE /api/v1/authorizations/aut_9").await;
    assert_eq!(edge.asked(RENDERS).len(), 2);
    stage.until("the focus on the first mark", || stage.focused_is(".charts-figure .chart-target")).await;
    set_window_property("open", &real);
}

#[wasm_bindgen_test]
async fn a_consent_that_was_declined_says_why_and_can_be_tried_again() {
    let edge = Edge::start();
    let real = window_property("open");
    set_window_property("open", &open_another());
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("Load chart").await;
    let started = r#"{"id":"aut_9","start_url":"/oauth/start/t","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("POST /api/v1/viewers/me/authorizations", 201, started);
    let failed = r#"{"id":"aut_9","connection_id":null,"status":"failed","expires_at":"2100-01-01T00:00:00Z","sites":[],
        "site":null,"account":null,"scopes":[],"missing_scopes":[],"changes":null,"oauth1":null,
        "failure":{"code":"denied","message":"Access was declined.","remedy":"Load the chart again.","details":null}}"#;
    edge.says("GET /api/v1/authorizations/aut_9", 200, failed);
    stage.press("Load chart");
    stage.shows("Access was declined.").await;
    assert!(stage.pressable("Try again").offset_parent().is_some());
    assert_eq!(edge.asked(RENDERS).len(), 1);
    set_window_property("open", &real);
}

#[wasm_bindgen_test]
async fn the_access_of_a_connection_is_used_only_when_it_is_chosen() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &consent_needed());
    edge.says("GET /api/v1/charts/sites", 200, &sites(r#"{"id":"con_1","name":"Staging"}"#));
    drop(stage);
    let stage = open("/charts/cht_1");
    stage.shows("Connection Staging").await;
    stage.shows("Load chart").await;
    assert_eq!(edge.asked(RENDERS).last().map(|asked| asked.body.clone()), Some(r#"{"refresh":false}"#.to_owned()));
    edge.says(RENDERS, 200, &drawn());
    stage.choose("#chart-access", "con_1");
    stage.shows("Done is largest").await;
    let body = edge.asked(RENDERS).last().map(|asked| asked.body.clone()).unwrap_or_default();
    assert_eq!(body, r#"{"connection_id":"con_1","refresh":false}"#);
    stage.press("Count again");
    stage
        .until("another count", || {
            edge.asked(RENDERS).last().is_some_and(|asked| asked.body.contains(r#""refresh":true"#))
        })
        .await;
}

fn editor(edge: &Edge) {
    edge.says("GET /api/v1/charts/sites", 200, &sites(r#"{"id":"con_1","name":"Staging"}"#));
    let fields = r#"{"items":[{"id":"assignee","name":"Assignee","kind":"single"},{"id":"created","name":"Created","kind":"date"},
        {"id":"priority","name":"Priority","kind":"single"},{"id":"status","name":"Status","kind":"single"}],"next_cursor":null}"#;
    edge.says("GET /api/v1/charts/fields", 200, fields);
    edge.says("POST /api/v1/charts/preview", 200, &drawn());
    edge.says("POST /api/v1/charts/check", 200, r#"{"errors":[],"personal":null}"#);
}

#[wasm_bindgen_test]
async fn a_template_makes_a_chart_that_is_previewed_and_saved() {
    let edge = Edge::start();
    editor(&edge);
    let stage = open("/charts/new");
    stage.shows("Issues by status").await;
    assert!(!stage.text().contains("Open bugs by priority"), "the site has no issue types");
    stage.press("Issues by status");
    stage.shows("Done is largest").await;
    stage.shows("120 issues. Each time it is computed, Jira is called").await;
    let asked = edge.asked("POST /api/v1/charts/preview").last().map(|asked| asked.body.clone()).unwrap_or_default();
    assert!(asked.contains(r#""connection_id":"con_1""#) && asked.contains("updated >= -90d"), "{asked}");
    edge.says("POST /api/v1/charts", 201, &chart());
    edge.says(&format!("GET {CHART}"), 200, &chart());
    edge.says(RENDERS, 200, &drawn());
    stage.press("Save");
    stage.shows("Saved the chart").await;
    let saved = edge.asked("POST /api/v1/charts")[0].body.clone();
    assert!(saved.contains(r#""title":"Issues by status""#) && saved.contains(r#""site":"c1""#), "{saved}");
}

#[wasm_bindgen_test]
async fn a_query_that_jira_refuses_is_told_in_its_words_while_it_is_typed() {
    let edge = Edge::start();
    editor(&edge);
    let words = "Field 'statuss' does not exist or you do not have permission to view it.";
    edge.says("POST /api/v1/charts/check", 200, &format!(r#"{{"errors":["{words}"],"personal":"currentUser()"}}"#));
    let stage = open("/charts/new");
    stage.until("the query", || stage.find("#chart-jql").is_some()).await;
    stage.write("#chart-jql", "statuss = Done AND assignee = currentUser()");
    stage.shows(words).await;
    assert!(stage.text().contains("is somebody else for everybody who looks"));
    assert_eq!(stage.find("#chart-jql").and_then(|field| field.get_attribute("aria-invalid")).as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn a_chart_without_a_title_is_not_saved_and_another_look_asks_jira_nothing() {
    let edge = Edge::start();
    editor(&edge);
    let stage = open("/charts/new");
    stage.shows("Issues by status").await;
    stage.press("Issues by status");
    stage.shows("Done is largest").await;
    let before = edge.asked("POST /api/v1/charts/preview").len();
    stage.write("#chart-title", "");
    stage.press("Save");
    stage
        .until("an error at the title", || {
            stage
                .find("#chart-title-error")
                .is_some_and(|error| error.text_content().is_some_and(|words| !words.is_empty()))
        })
        .await;
    edge.was_never_asked("POST /api/v1/charts").await;
    stage.choose("#chart-mark", "column");
    stage.until("columns", || stage.find(".chart-tick").is_some()).await;
    assert_eq!(edge.asked("POST /api/v1/charts/preview").len(), before);
}

#[wasm_bindgen_test]
async fn a_deleted_chart_can_be_brought_back_from_the_list() {
    let edge = Edge::start();
    let listed = |deleted: &str| {
        format!(
            r#"{{"items":[{{"id":"cht_1","title":"Open issues","mark":"bar","site":{SITE},"saved_at":"2026-01-01T00:00:00Z",
            "saved_by":"Ada","deleted":{deleted},"may_edit":true}}],"next_cursor":null}}"#
        )
    };
    edge.says("GET /api/v1/charts", 200, &listed("null"));
    edge.says(&format!("DELETE {CHART}"), 204, "");
    edge.says(&format!("POST {CHART}/restore"), 200, &chart());
    let stage = open("/charts");
    stage.shows("Open issues").await;
    stage.press_element("#menu-cht_1");
    stage.until("the menu", || stage.find("[role=menu]").is_some()).await;
    stage.press("Delete");
    stage.shows("Delete 1 chart").await;
    stage.press("Delete 1 chart");
    stage.shows("Deleted").await;
    stage.press("Undo");
    stage.until("the chart to be restored", || edge.asked(&format!("POST {CHART}/restore")).len() == 1).await;
}

#[wasm_bindgen_test]
async fn people_see_and_remove_their_own_access_and_administrators_everybodys() {
    let edge = Edge::start();
    let grant = |id: &str| {
        format!(
            r#"{{"id":"{id}","site":{SITE},"account":{{"account_id":"a1","name":"Ada Example","email":null}},
            "scopes":["read:jira-work"],"authorized_at":"2026-01-01T00:00:00Z","last_used_at":null,"ended_at":null,
            "consent_url":"https://id.atlassian.com/manage-profile/apps"}}"#
        )
    };
    edge.says("GET /api/v1/viewers/me", 200, &format!(r#"{{"viewer":"vwr_1","grants":[{}]}}"#, grant("grt_1")));
    let viewers = format!(
        r#"{{"items":[{{"id":"vwr_2","member":{{"id":"mem_2","email":"becky@example.com","name":"Becky Stone"}},
        "grants":[{}]}}],"next_cursor":null}}"#,
        grant("grt_2")
    );
    edge.says("GET /api/v1/viewers", 200, &viewers);
    edge.says("DELETE /api/v1/viewers/vwr_2/grants/grt_2", 204, "");
    let stage = open("/charts/access");
    stage.shows("Becky Stone").await;
    stage.press_element("#remove-grt_2");
    stage.shows("Atlassian keeps the consent itself").await;
    assert!(stage.find("dialog a[href='https://id.atlassian.com/manage-profile/apps']").is_some());
    stage.press("Remove 1 access");
    stage.shows("Removed the access").await;
    assert_eq!(edge.asked("DELETE /api/v1/viewers/vwr_2/grants/grt_2").len(), 1);
    drop(stage);
    edge.knows_a_member();
    let stage = open("/charts/access");
    stage.shows("My access").await;
    stage.shows("Acme").await;
    assert!(!stage.text().contains("Becky Stone"));
}

#[wasm_bindgen_test]
async fn a_list_that_cannot_be_loaded_says_why() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/charts", ProblemCode::Unavailable, "The store does not answer.");
    let stage = open("/charts");
    stage.shows("The store does not answer.").await;
    assert!(stage.pressable("Try again").offset_parent().is_some());
}

#[wasm_bindgen_test]
async fn a_chart_that_is_saved_in_another_tab_is_shown_as_it_is_now() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &drawn());
    stage.shows("Done is largest").await;
    edge.says(&format!("GET {CHART}"), 200, &chart().replace("Issues <b>by</b> status", "Bugs by status"));
    let channel = web_sys::BroadcastChannel::new("causeway-charts").expect("a channel");
    channel.post_message(&wasm_bindgen::JsValue::from_str("cht_2")).expect("a channel takes messages");
    channel.post_message(&wasm_bindgen::JsValue::from_str("cht_1")).expect("a channel takes messages");
    stage.shows("Bugs by status").await;
    assert_eq!(edge.asked(&format!("GET {CHART}")).len(), 2, "another chart is another one's");
}
