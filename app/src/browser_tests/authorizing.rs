//! The opener and the pop-up of an authorization.

use api::ProblemCode;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::{Edge, open_another, open_nothing, set_window_property, window_property},
    stage::{Stage, open},
};

const ATTEMPT: &str = "GET /api/v1/authorizations/aut_1";

fn attempt(status: &str) -> String {
    format!(
        r#"{{"id":"aut_1","connection_id":null,"status":"{status}","expires_at":"2100-01-01T00:00:00Z","sites":[],
        "site":{{"cloud_id":"c1","name":"Acme","url":"https://acme.atlassian.net","avatar_url":null}},
        "account":{{"account_id":"a1","name":"Mia","email":null}},"scopes":["read:jira-work"],"changes":null,
        "failure":null}}"#
    )
}

/// A new connection whose pop-up the browser has blocked, while it waits for the result.
async fn begin(edge: &Edge) -> Stage {
    begin_attempt(edge, "aut_1").await
}

async fn begin_attempt(edge: &Edge, id: &str) -> Stage {
    let started = format!(r#"{{"id":"{id}","start_url":"/oauth/start/t1","expires_at":"2100-01-01T00:00:00Z"}}"#);
    edge.says("POST /api/v1/authorizations", 201, &started);
    edge.says(&format!("DELETE /api/v1/authorizations/{id}"), 204, "");
    edge.says(&format!("GET /api/v1/authorizations/{id}"), 200, &attempt("waiting").replace("aut_1", id));
    let stage = open("/connections/new");
    stage.shows("Not authorized").await;
    let real = window_property("open");
    set_window_property("open", &open_nothing());
    stage.press("Authorize");
    set_window_property("open", &real);
    stage.shows("The new window was blocked").await;
    stage
}

#[wasm_bindgen_test]
async fn a_blocked_pop_up_is_explained_with_a_link_to_the_same_thing() {
    let edge = Edge::start();
    let stage = begin(&edge).await;
    stage.shows("Your browser did not open the new window").await;
    let link = stage.pressable("Continue at Atlassian");
    assert_eq!(link.get_attribute("href").as_deref(), Some("/oauth/start/t1"));
    assert_eq!(link.get_attribute("target").as_deref(), Some("_blank"));
}

#[wasm_bindgen_test]
async fn a_connection_is_saved_with_its_name_and_what_was_authorized() {
    let edge = Edge::start();
    let stage = begin(&edge).await;
    stage.write("#name", "Staging");
    stage.shows("Save waits for the authorization.").await;
    stage.press("Save");
    edge.was_never_asked("POST /api/v1/connections").await;
    edge.says(ATTEMPT, 200, &attempt("authorized"));
    stage.shows("View issues and projects").await;
    assert!(
        stage
            .find(".authorize.tone-success")
            .is_some_and(|shown| shown.text_content().unwrap_or_default().contains("Authorized"))
    );
    edge.refuses("POST /api/v1/connections", ProblemCode::NameTaken, "Another connection is called Staging.");
    stage.press("Save");
    stage.shows("Another connection is called Staging. Choose another name.").await;
    let asked = edge.asked("POST /api/v1/connections");
    assert_eq!(asked[0].body, r#"{"name":"Staging","authorization_id":"aut_1"}"#);
    assert_eq!(asked[0].proof.as_deref(), Some("1"));
}

#[wasm_bindgen_test]
async fn a_workspace_is_required_where_there_are_some_and_the_only_one_is_chosen() {
    let edge = Edge::start();
    let workspace = |id: &str, name: &str, archived: &str| {
        format!(
            r#"{{"id":"{id}","name":"{name}","created_at":"2026-01-01T00:00:00Z","archived_at":{archived},
            "members":[],"connections":[],"projects":0,"may_track_issues":true}}"#
        )
    };
    let old = workspace("wsp_2", "Old", "\"2026-01-01T00:00:00Z\"");
    let list = format!(r#"{{"items":[{},{old}],"next_cursor":null}}"#, workspace("wsp_1", "Web", "null"));
    edge.says("GET /api/v1/workspaces", 200, &list);
    let stage = begin(&edge).await;
    stage.write("#name", "Staging");
    edge.says(ATTEMPT, 200, &attempt("authorized"));
    stage.shows("View issues and projects").await;
    assert!(!stage.text().contains("Old"), "nothing is granted to what is archived");
    let ticked = || stage.find("#workspaces input:checked").is_some();
    stage.until("the only workspace to be chosen", ticked).await;
    stage.press_element("#workspaces input");
    stage.shows("Save waits for a workspace.").await;
    stage.press("Save");
    stage.shows("Choose at least one workspace.").await;
    let focused = || leptos::prelude::document().active_element().map(|element| element.id());
    stage.until("the focus on the workspaces", || focused().as_deref() == Some("workspaces")).await;
    stage.press_element("#workspaces input");
    edge.refuses("POST /api/v1/connections", ProblemCode::Unavailable, "It was not saved.");
    stage.press("Save");
    stage.shows("It was not saved.").await;
    let expected = r#"{"name":"Staging","authorization_id":"aut_1","workspaces":["wsp_1"]}"#;
    assert_eq!(edge.asked("POST /api/v1/connections")[0].body, expected);
}

#[wasm_bindgen_test]
async fn the_sites_name_is_offered_as_the_name_and_what_to_do_next_comes_after_the_first_save() {
    let edge = Edge::start();
    let stage = begin(&edge).await;
    edge.says(ATTEMPT, 200, &attempt("authorized"));
    stage.shows("View issues and projects").await;
    stage.until("Save to wait for nothing", || !stage.text().contains("Save waits for")).await;
    let saved = r#"{"id":"con_1","name":"Acme","kind":"cloud_oauth2","site":{"cloud_id":"c1","name":"Acme",
        "url":"https://acme.atlassian.net","avatar_url":null},"status":{"state":"authorized"},"account":null,"scopes":[],
        "created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"may_manage":true,"version":1}"#;
    edge.says("POST /api/v1/connections", 201, saved);
    edge.says("GET /api/v1/connections/con_1", 200, saved);
    stage.press("Save");
    stage.shows("What now").await;
    assert_eq!(edge.asked("POST /api/v1/connections")[0].body, r#"{"name":"Acme","authorization_id":"aut_1"}"#);
    edge.says("POST /api/v1/api-keys", 201, r#"{"id":"key_1","key":"cw_s3cret"}"#);
    stage.press("Create API key");
    stage.shows("cw_s3cret").await;
    assert!(stage.text().contains("/api/v1/connections/con_1/jira"));
    let body = r#"{"name":"Acme","scopes":["proxy"],"connections":["con_1"]}"#;
    assert_eq!(edge.asked("POST /api/v1/api-keys")[0].body, body);
    stage.press("Done");
    stage.until("the key to be gone", || !stage.text().contains("cw_s3cret")).await;
}

#[wasm_bindgen_test]
async fn a_second_click_on_authorize_does_nothing() {
    let edge = Edge::start();
    let started = r#"{"id":"aut_1","start_url":"/oauth/start/t1","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("POST /api/v1/authorizations", 201, started);
    edge.says("DELETE /api/v1/authorizations/aut_1", 204, "");
    edge.says(ATTEMPT, 200, &attempt("waiting"));
    let stage = open("/connections/new");
    stage.shows("Not authorized").await;
    let real = window_property("open");
    set_window_property("open", &open_another());
    stage.press("Authorize");
    set_window_property("open", &real);
    stage.shows("Sign in, choose the site and accept").await;
    stage.press_element("#authorize");
    stage.settles().await;
    assert_eq!(edge.asked("POST /api/v1/authorizations").len(), 1);
}

#[wasm_bindgen_test]
async fn a_failed_reauthorization_leaves_the_green_box_and_says_so_beneath() {
    let edge = Edge::start();
    let connection = r#"{"id":"con_1","name":"Acme","kind":"cloud_oauth2","site":{"cloud_id":"c1","name":"Acme",
        "url":"https://acme.atlassian.net","avatar_url":null},"status":{"state":"authorized"},
        "account":{"account_id":"a1","name":"Mia","email":null},"scopes":["read:jira-work"],
        "created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"may_manage":true,"version":1}"#;
    edge.says("GET /api/v1/connections/con_1", 200, connection);
    let started = r#"{"id":"aut_1","start_url":"/oauth/start/t1","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("POST /api/v1/authorizations", 201, started);
    let failure =
        r#""failure":{"code":"denied","message":"Access was declined.","remedy":"Authorize again.","details":null}"#;
    edge.says(ATTEMPT, 200, &attempt("failed").replace("\"failure\":null", failure));
    let stage = open("/connections/con_1/setup");
    stage.shows("View issues and projects").await;
    let real = window_property("open");
    set_window_property("open", &open_nothing());
    stage.press("Reauthorize");
    set_window_property("open", &real);
    stage.shows("The new authorization did not work").await;
    assert!(stage.text().contains("Access was declined."));
    assert!(stage.text().contains("The connection keeps working as \u{2068}Mia\u{2069}."));
    assert!(stage.find(".authorize.tone-success").is_some() && stage.text().contains("View issues and projects"));
}

#[wasm_bindgen_test]
async fn messages_from_elsewhere_or_malformed_change_nothing() {
    let edge = Edge::start();
    let stage = begin(&edge).await;
    let channel = web_sys::BroadcastChannel::new("causeway-authorize").expect("a channel");
    for message in ["authorized", "settled ", "aut_1 authorized", "{\"status\":\"authorized\"}", ""] {
        window().post_message(&JsValue::from_str(message), "*").expect("a window takes messages");
        channel.post_message(&JsValue::from_str(message)).expect("a channel takes messages");
    }
    channel.post_message(&js_sys::Object::new()).expect("a channel takes messages");
    let asked = edge.asked(ATTEMPT).len();
    stage.until("the edge to be asked again", || edge.asked(ATTEMPT).len() > asked + 1).await;
    assert!(stage.text().contains("The new window was blocked"));
}

#[wasm_bindgen_test]
async fn cancelling_destroys_the_attempt_and_offers_to_begin_again() {
    let edge = Edge::start();
    let stage = begin_attempt(&edge, "aut_2").await;
    stage.press("Cancel");
    stage.shows("Not authorized").await;
    stage.until("the attempt's end", || edge.asked("DELETE /api/v1/authorizations/aut_2").len() == 1).await;
}

#[wasm_bindgen_test]
async fn leaving_the_screen_destroys_what_nobody_saved() {
    let edge = Edge::start();
    let stage = begin_attempt(&edge, "aut_3").await;
    stage.press("Back to connections");
    stage.shows("Discard changes?").await;
    stage.press("Discard changes");
    stage.until("the attempt's end", || edge.asked("DELETE /api/v1/authorizations/aut_3").len() == 1).await;
}

#[wasm_bindgen_test]
async fn a_failed_attempt_reads_unauthorized_in_the_opener_and_the_providers_words_are_text() {
    let edge = Edge::start();
    let stage = begin(&edge).await;
    let failure = r#""failure":{"code":"denied","message":"Access was declined.","remedy":"Authorize again.",
        "details":"<script>document.title='ran'</script>"}"#;
    let failed = attempt("failed").replace("\"failure\":null", failure);
    edge.says(ATTEMPT, 200, &failed);
    stage.shows("Access was declined.").await;
    assert!(stage.text().contains("Unauthorized"));
    assert!(stage.find("pre").is_some_and(|words| words.text_content().unwrap_or_default().contains("<script>")));
    assert!(stage.find("script").is_none());
    assert!(stage.pressable("Authorize again").offset_parent().is_some());
}

#[wasm_bindgen_test]
async fn the_pop_up_stays_and_reads_unauthorized_when_it_failed() {
    let edge = Edge::start();
    let failure = r#""failure":{"code":"no_site","message":"The consent covers no Jira site.","remedy":"Choose one.",
        "details":null}"#;
    edge.says(ATTEMPT, 200, &attempt("failed").replace("\"failure\":null", failure));
    let stage = open("/authorize/aut_1");
    stage.shows("Unauthorized").await;
    assert!(stage.text().contains("The consent covers no Jira site."));
    assert!(stage.find("header").is_none());
    edge.was_never_asked("GET /api/v1/session").await;
}

#[wasm_bindgen_test]
async fn several_sites_are_offered_with_what_they_are_connected_as() {
    let edge = Edge::start();
    let sites = r#""sites":[{"site":{"cloud_id":"c2","name":"Acme Staging","url":"https://s.atlassian.net",
        "avatar_url":null},"connected_as":["Production"]}]"#;
    edge.says(ATTEMPT, 200, &attempt("choose_site").replace("\"sites\":[]", sites));
    edge.refuses("POST /api/v1/authorizations/aut_1/site", ProblemCode::Unavailable, "The site did not answer.");
    let stage = open("/authorize/aut_1");
    stage.shows("Already connected as Production").await;
    stage.press("AS");
    stage.shows("The site did not answer.").await;
    assert_eq!(edge.asked("POST /api/v1/authorizations/aut_1/site")[0].body, r#"{"cloud_id":"c2"}"#);
}

#[wasm_bindgen_test]
async fn a_pop_up_whose_session_is_gone_says_so() {
    let edge = Edge::start();
    edge.refuses(ATTEMPT, ProblemCode::NotSignedIn, "There is no session.");
    let stage = open("/authorize/aut_1");
    stage.shows("There is no session.").await;
}
