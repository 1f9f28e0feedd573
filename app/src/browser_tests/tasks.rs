//! The screens of a project's tasks: what needs a person, both sides of a task, the mapping, and the way to the first task.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const PROJECT: &str = "/workspaces/wsp_1/projects/prj_1";
const API: &str = "/api/v1/projects/prj_1";
const AT: &str = "2026-01-01T00:00:00Z";

const WORKS: &str = r#"{"id":"con_1","name":"Staging","state":"authorized","cause":null,"may_reauthorize":true}"#;
const BROKEN: &str =
    r#"{"id":"con_1","name":"Staging","state":"unauthorized","cause":"grant_refused","may_reauthorize":true}"#;

fn workspace(may_track: bool) -> String {
    format!(
        r#"{{"id":"wsp_1","name":"Web","created_at":"{AT}","archived_at":null,"members":[],
        "connections":[{{"id":"con_1","name":"Staging","site":null}}],"projects":1,"may_track_issues":{may_track}}}"#
    )
}

fn project(connection: &str) -> String {
    format!(
        r#"{{"id":"prj_1","name":"Shop","workspace":{{"id":"wsp_1","name":"Web"}},"jira_project":"SHOP",
        "connection":{connection},"disconnected":null}}"#
    )
}

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null}}"#)
}

/// A task whose product's status is *open*, with an issue.
fn task(id: &str, state: &str, blocked: &str) -> String {
    format!(
        r#"{{"id":"tsk_1","external_id":"{id}","title":"<b>{id}</b>","status":"open","url":"javascript:alert(1)","kind":null,
        "priority":null,"labels":["a11y"],"properties":{{}},"state":"{state}","since":"{AT}","blocked":{blocked},
        "next_at":null,"issue":{{"id":"10001","key":"SHOP-1","url":"https://acme.atlassian.net/browse/SHOP-1",
        "issue_type":"2","status":{{"id":"30","name":"Done"}}}},
        "base":{{"task":"open","issue":{{"id":"10","name":"To Do"}},"at":"{AT}"}},"version":1,"changed_at":null,
        "created_at":"{AT}","updated_at":"{AT}"}}"#
    )
}

const WANTS_RESOLUTION: &str = r#"{"cause":"way_wants_fields","sentence":"Resolution is required in Done.",
    "remedy":"Give the fields a value in the mapping.","who":"issue_tracking"}"#;

fn page(items: &str, counts: &[(&str, u32)]) -> String {
    let states = [
        "waiting",
        "outcome_unknown",
        "in_sync",
        "syncing",
        "retrying",
        "blocked",
        "conflict",
        "missing",
        "moved",
        "unlinked",
    ];
    let count = |state: &str| counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
    let fields: Vec<String> = states.iter().map(|state| format!(r#""{state}":{}"#, count(state))).collect();
    let total: u32 = states.iter().map(|state| count(state)).sum();
    format!(
        r#"{{"items":[{items}],"next_cursor":null,"counts":{{{},"total":{total}}},"paused":null,"stories":[{}]}}"#,
        fields.join(","),
        story(count("blocked"))
    )
}

/// The one reason that blocks all that are blocked.
fn story(tasks: u32) -> String {
    if tasks == 0 { String::new() } else { format!(r#"{{"blocked":{WANTS_RESOLUTION},"tasks":{tasks}}}"#) }
}

const NO_MAPPING: &str = r#"{"statuses":[],"issue_types":[]}"#;

const JIRA: &str = r#"{"issue_types":[
    {"id":"1","name":"Sub-task","is_subtask":true,"statuses":[],"fields":[]},
    {"id":"2","name":"Task","is_subtask":false,"statuses":[
        {"id":"10","name":"To Do","category":"to_do"},{"id":"30","name":"Done","category":"done"}],
     "fields":[{"id":"customfield_1","name":"Severity","is_required":true,"has_default":false,"form":"option",
        "options":[{"id":"91","name":"High"}]}]}],
    "permissions":[{"key":"CREATE_ISSUES","is_granted":true},{"key":"TRANSITION_ISSUES","is_granted":false}],
    "read_at":"2026-01-01T00:00:00Z"}"#;

const SUGGESTIONS: &str = r#"{"items":[
    {"direction":"out","issue_type":"2","status":"open","to":"10","reason":"category"},
    {"direction":"in","issue_type":"2","status":"10","to":"open","reason":"category"}],"categories":[]}"#;

fn mapping(mapping: &str, revision: u32) -> String {
    format!(r#"{{"mapping":{mapping},"revision":{revision},"saved_at":null,"saved_by":null}}"#)
}

/// An edge with the project, over a connection.
fn edge_with(connection: &str) -> Edge {
    let edge = Edge::start();
    edge.says("GET /api/v1/workspaces/wsp_1", 200, &workspace(true));
    edge.says("GET /api/v1/workspaces/wsp_1/projects", 200, &list(&project(connection)));
    edge
}

fn table_text(stage: &Stage) -> String {
    stage.find("tbody").and_then(|rows| rows.text_content()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn one_cause_is_told_once_for_all_its_tasks_with_what_to_do_and_who() {
    let edge = edge_with(WORKS);
    let blocked: Vec<String> = ["a", "b"].iter().map(|id| task(id, "blocked", WANTS_RESOLUTION)).collect();
    edge.says(&format!("GET {API}/tasks"), 200, &page(&blocked.join(","), &[("blocked", 2), ("in_sync", 3)]));
    for id in ["a", "b"] {
        edge.says(&format!("POST {API}/tasks/{id}/retry"), 200, &task(id, "waiting", "null"));
    }
    let stage = open(PROJECT);
    stage.shows("2 tasks wait").await;
    assert_eq!(stage.all(".story").length(), 1);
    assert!(stage.text().contains("role issue tracking"), "it says who: {}", stage.text());
    let to = stage.pressable("Open mapping").get_attribute("href");
    assert_eq!(to.as_deref(), Some("/workspaces/wsp_1/projects/prj_1/mapping"));
    stage.press("Retry all 2");
    stage.shows("Trying 2 tasks again").await;
    assert_eq!(edge.asked(&format!("POST {API}/tasks/b/retry")).len(), 1);
}

#[wasm_bindgen_test]
async fn a_reason_that_holds_up_thousands_is_told_with_its_number_and_left_to_a_resync() {
    let edge = edge_with(WORKS);
    let counts = [("blocked", 3_700), ("in_sync", 3)];
    edge.says(&format!("GET {API}/tasks"), 200, &page(&task("a", "blocked", WANTS_RESOLUTION), &counts));
    let stage = open(PROJECT);
    stage.shows("3700 tasks wait").await;
    assert!(!stage.text().contains("Retry all"), "{}", stage.text());
    let to = stage.pressable("Resync what failed").get_attribute("href");
    assert_eq!(to.as_deref(), Some("/workspaces/wsp_1/projects/prj_1/resyncs?scope=failed"));
}

#[wasm_bindgen_test]
async fn the_states_are_filters_whose_counts_add_up() {
    let edge = edge_with(WORKS);
    let all = page(&task("a", "in_sync", "null"), &[("blocked", 1), ("in_sync", 3)]);
    edge.answers(&format!("GET {API}/tasks"), move |query| {
        if query.get("state").as_deref() == Some("conflict") { page("", &[("in_sync", 3)]) } else { all.clone() }
    });
    let stage = open(PROJECT);
    stage.shows("All 4").await;
    assert!(stage.text().contains("In sync 3") && stage.text().contains("Blocked 1"), "{}", stage.text());
    assert!(!stage.text().contains("Retrying"), "a state without tasks is not offered");
    assert!(table_text(&stage).contains("<b>a</b>"), "a title is text");
    stage.press("In sync");
    let by_state = || edge.asked(&format!("GET {API}/tasks")).iter().any(|asked| asked.query == "?state=in_sync");
    stage.until("the filter", by_state).await;
    let stage = open(&format!("{PROJECT}?state=conflict"));
    stage.shows("No task matches").await;
    stage.press("Clear filters");
    stage.until("all tasks", || table_text(&stage).contains("<b>a</b>")).await;
}

#[wasm_bindgen_test]
async fn a_connection_that_does_not_work_is_told_with_its_error_and_who_mends_it() {
    let edge = edge_with(BROKEN);
    edge.says(&format!("GET {API}/tasks"), 200, &page(&task("a", "in_sync", "null"), &[("in_sync", 1)]));
    let stage = open(PROJECT);
    stage.shows("Staging\u{2069} is not authorized").await;
    stage.shows("Review error message").await;
    assert_eq!(stage.pressable("Reauthorize").get_attribute("href").as_deref(), Some("/connections/con_1/setup"));
    stage.press("Edit issue tracking connection");
    stage.shows("Those that are granted to this workspace.").await;
}

#[wasm_bindgen_test]
async fn what_nobody_here_may_change_is_not_offered() {
    let edge = edge_with(WORKS);
    edge.knows_a_member();
    edge.says("GET /api/v1/workspaces/wsp_1", 200, &workspace(false));
    edge.says(&format!("GET {API}/tasks"), 200, &page(&task("a", "blocked", WANTS_RESOLUTION), &[("blocked", 1)]));
    let stage = open(PROJECT);
    stage.shows("1 task waits").await;
    for words in ["Retry", "Open mapping", "Edit issue tracking connection"] {
        assert!(!stage.text().contains(words), "{words}: {}", stage.text());
    }
}

#[wasm_bindgen_test]
async fn a_conflict_shows_both_sides_and_is_ended_by_a_choice() {
    let edge = edge_with(WORKS);
    let path = format!("{API}/tasks/shop%2Fcart");
    edge.says(&format!("GET {path}"), 200, &task("shop/cart", "conflict", "null"));
    let happened = format!(r#"{{"number":1,"at":"{AT}","event":"pushed","sentence":"The product pushed it."}}"#);
    edge.says(&format!("GET {path}/timeline"), 200, &list(&happened));
    edge.says(&format!("POST {path}/resolve"), 200, &task("shop/cart", "syncing", "null"));
    let stage = open(&format!("{PROJECT}/task?id=shop%2Fcart"));
    stage.shows("Keep the product's status").await;
    stage.shows("The product pushed it.").await;
    stage.shows("Both sides last agreed").await;
    assert!(stage.find("a[href^='javascript']").is_none(), "only addresses of the web become links");
    stage.press("Keep Jira's status");
    stage.until("the choice", || edge.asked(&format!("POST {path}/resolve")).len() == 1).await;
    assert_eq!(edge.asked(&format!("POST {path}/resolve"))[0].body, r#"{"keep":"jira"}"#);
    stage.shows("Syncing").await;
}

#[wasm_bindgen_test]
async fn a_task_is_unlinked_after_being_told_what_ends_and_linked_by_a_key() {
    let edge = edge_with(WORKS);
    let path = format!("{API}/tasks/a");
    edge.says(&format!("GET {path}"), 200, &task("a", "in_sync", "null"));
    edge.says(&format!("GET {path}/timeline"), 200, &list(""));
    edge.says(&format!("POST {path}/unlink"), 200, &task("a", "unlinked", "null"));
    edge.refuses(&format!("POST {path}/link"), ProblemCode::IssueNotFound, "There is no such issue.");
    let stage = open(&format!("{PROJECT}/task?id=a"));
    stage.shows("In sync").await;
    stage.until("what the member may do", || stage.find("#unlink").is_some()).await;
    stage.press("Unlink");
    stage.shows("no other issue is created").await;
    assert_eq!(stage.focused(), "Cancel");
    stage.press("Unlink 1 task");
    stage.shows("Unlinked").await;
    stage.until("the button", || stage.find("#link").is_some()).await;
    stage.press_element("#link");
    stage.shows("Nothing moves by linking").await;
    stage.press_element("dialog .button-primary");
    stage.shows("Enter the key of the issue.").await;
    stage.write("#issue", "SHOP-9");
    stage.press_element("dialog .button-primary");
    stage.shows("There is no such issue.").await;
    assert_eq!(edge.asked(&format!("POST {path}/link"))[0].body, r#"{"issue":"SHOP-9"}"#);
}

#[wasm_bindgen_test]
async fn a_task_that_is_not_there_says_so_and_where_to_go_on() {
    let edge = edge_with(WORKS);
    edge.refuses(&format!("GET {API}/tasks/a"), ProblemCode::NotFound, "Nothing exists at this address.");
    edge.refuses(&format!("GET {API}/tasks/a/timeline"), ProblemCode::NotFound, "Nothing exists at this address.");
    let stage = open(&format!("{PROJECT}/task?id=a"));
    stage.shows("There is no such task").await;
    let stage = open("/workspaces/wsp_1/projects/prj_9");
    stage.shows("There is no such project").await;
}

#[wasm_bindgen_test]
async fn a_mapping_is_suggested_accepted_checked_and_saved() {
    let edge = edge_with(WORKS);
    edge.says(&format!("GET {API}/mapping"), 200, &mapping("null", 0));
    edge.says(&format!("GET {API}/jira"), 200, JIRA);
    edge.says(&format!("POST {API}/mapping/suggestions"), 200, SUGGESTIONS);
    let uncovered = r#"{"can_be_saved":false,"findings":[{"fault":"jira_status_uncovered",
        "sentence":"Done has no target.","place":{"part":"in","issue_type":"2","item":"30"},"prevents_saving":true}]}"#;
    edge.says(&format!("POST {API}/mapping/check"), 200, uncovered);
    let stage = open(&format!("{PROJECT}/mapping"));
    stage.shows("Name the statuses of your product first.").await;
    assert!(stage.text().contains("TRANSITION_ISSUES") && !stage.text().contains("CREATE_ISSUES"), "{}", stage.text());
    assert!(!stage.text().contains("Sub-task"), "tasks have no parent");
    stage.write("#new-statuses", "open, open");
    stage.press("Add");
    stage.shows("3 statuses have no target yet.").await;
    stage.until("a line for the status of the product", || stage.find("#map-out-2-open").is_some()).await;
    stage.shows("Accept all 2 suggestions").await;
    stage.press("Accept all 2 suggestions");
    stage.shows("1 status has no target yet.").await;
    stage.choose("#map-fields-2-customfield_5f1", "91");
    stage.press("Save");
    stage.shows("The mapping cannot be saved yet").await;
    edge.was_never_asked(&format!("PUT {API}/mapping")).await;
    stage.press("Go to it");
    stage.until("the focus at its line", || stage.find("#map-in-2-30:focus").is_some()).await;
    assert!(stage.find(".cards .field-error").is_some(), "it stands beside its line, too");
    stage.choose("#map-in-2-30", "leave");
    stage.shows("Every status has a target.").await;
    edge.says(&format!("POST {API}/mapping/check"), 200, r#"{"can_be_saved":true,"findings":[]}"#);
    edge.says(&format!("PUT {API}/mapping"), 200, &mapping(NO_MAPPING, 1));
    stage.press("Save");
    stage.shows("Saved the mapping, revision 1").await;
    let sent = &edge.asked(&format!("PUT {API}/mapping"))[0].body;
    for part in [
        r#""out":[{"status":"open","to":"10"}]"#,
        r#""in":[{"status":"10","to":"open"},{"status":"30","to":null}]"#,
        r#""field":"customfield_1","form":"option","values":["91"]"#,
        r#""revision":0"#,
    ] {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
}

#[wasm_bindgen_test]
async fn a_suggestion_is_accepted_alone_and_the_focus_stays_in_its_line() {
    let edge = edge_with(WORKS);
    let begun =
        r#"{"statuses":[{"status":"open","category":null}],"issue_types":[{"issue_type":"2","out":[],"in":[]}]}"#;
    edge.says(&format!("GET {API}/mapping"), 200, &mapping(begun, 3));
    edge.says(&format!("GET {API}/jira"), 200, JIRA);
    edge.says(&format!("POST {API}/mapping/suggestions"), 200, SUGGESTIONS);
    let stage = open(&format!("{PROJECT}/mapping"));
    stage.shows("Accept all 2 suggestions").await;
    stage.press_element("[aria-label*='Accept'][aria-label*='To Do']");
    stage.shows("Accept 1 suggestion").await;
    assert!(stage.find("#map-out-2-open:focus").is_some());
    stage.press("Tasks");
    stage.shows("Discard changes?").await;
}

#[wasm_bindgen_test]
async fn the_way_to_the_first_task_shows_what_is_done_and_a_command_that_works() {
    let edge = edge_with(WORKS);
    edge.says(&format!("GET {API}/tasks"), 200, &page("", &[]));
    edge.says(&format!("GET {API}/mapping"), 200, &mapping("null", 0));
    let stage = open(PROJECT);
    stage.shows("Accept the mapping of statuses").await;
    assert!(!stage.text().contains("curl"), "a task without a mapping would be refused");
    let mapped =
        r#"{"statuses":[{"status":"todo","category":null}],"issue_types":[{"issue_type":"2","out":[],"in":[]}]}"#;
    edge.says(&format!("GET {API}/mapping"), 200, &mapping(mapped, 1));
    edge.says("POST /api/v1/api-keys", 201, r#"{"id":"key_1","key":"cw_default_secret"}"#);
    let stage = open(PROJECT);
    stage.shows("$CAUSEWAY_KEY").await;
    stage.press("Create API key");
    stage.shows("Bearer cw_default_secret").await;
    assert!(stage.text().contains(r#""status":"todo""#), "{}", stage.text());
    let sent = &edge.asked("POST /api/v1/api-keys")[0].body;
    assert!(sent.contains(r#""scopes":["tasks:read","tasks:write"]"#) && sent.contains("wsp_1"), "{sent}");
    edge.says(&format!("GET {API}/tasks"), 200, &page(&task("finding-1", "waiting", "null"), &[("waiting", 1)]));
    stage.until("the first task, by itself", || table_text(&stage).contains("finding-1")).await;
}

#[wasm_bindgen_test]
async fn jira_is_connected_from_the_integrations_and_mapped_from_there() {
    let edge = Edge::start();
    let stage = open("/settings/integrations");
    stage.shows("Read and write comments").await;
    let connect = stage.find("main .button-primary").expect("a link");
    assert_eq!(connect.get_attribute("href").as_deref(), Some("/connections/new?from=integrations"));
    assert!(!stage.text().contains("Configure status mapping"));
    drop(stage);
    let connection = format!(
        r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{{"state":"authorized"}},"account":null,
        "scopes":[],"created_at":"{AT}","authorized_at":null,"last_activity_at":"{AT}","reauthorize_before":null,"version":1}}"#
    );
    let counts = r#"{"authorized":1,"interrupted":0,"unauthorized":0,"deleted":0}"#;
    let page = format!(r#"{{"items":[{connection}],"next_cursor":null,"counts":{counts}}}"#);
    edge.says("GET /api/v1/connections", 200, &page);
    let stage = open("/settings/integrations");
    stage.shows("Connected").await;
    stage.shows("No project is linked to a Jira project yet").await;
    drop(stage);
    edge.says("GET /api/v1/workspaces", 200, &list(&workspace(true)));
    edge.says("GET /api/v1/workspaces/wsp_1/projects", 200, &list(&project(WORKS)));
    let stage = open("/settings/integrations");
    stage.shows("Configure status mapping").await;
    let to = stage.pressable("Configure status mapping").get_attribute("href");
    assert_eq!(to.as_deref(), Some("/workspaces/wsp_1/projects/prj_1/mapping"));
}

/// A mapping of one status, which is saved.
const MAPPED: &str = r#"{"statuses":[{"status":"open","category":null}],"issue_types":[{"issue_type":"2",
    "out":[{"status":"open","to":"10"}],"in":[{"status":"10","to":"open"},{"status":"30","to":null}]}]}"#;

/// An edge with a mapping that can be saved, at this revision.
fn mapped_edge(revision: u32) -> Edge {
    let edge = edge_with(WORKS);
    edge.says(&format!("GET {API}/mapping"), 200, &mapping(MAPPED, revision));
    edge.says(&format!("GET {API}/mapping/trial"), 200, &list(""));
    edge.says(&format!("GET {API}/jira"), 200, JIRA);
    edge.says(&format!("POST {API}/mapping/suggestions"), 200, r#"{"items":[],"categories":[]}"#);
    edge.says(&format!("POST {API}/mapping/check"), 200, r#"{"can_be_saved":true,"findings":[]}"#);
    edge
}

#[wasm_bindgen_test]
async fn a_mapping_that_somebody_else_saved_meanwhile_is_looked_at_and_ones_own_is_kept() {
    let edge = mapped_edge(3);
    let stage = open(&format!("{PROJECT}/mapping"));
    stage.shows("Every status has a target.").await;
    stage.choose("#map-out-2-open", "leave");
    edge.refuses(&format!("PUT {API}/mapping"), ProblemCode::EditConflict, "Somebody saved first.");
    edge.says(
        &format!("GET {API}/mapping"),
        200,
        &mapping(MAPPED, 4).replace(r#""saved_by":null"#, r#""saved_by":"Tia""#),
    );
    stage.press("Save");
    stage.shows("saved revision 4").await;
    let chosen = |stage: &Stage| {
        stage
            .find("#map-out-2-open")
            .and_then(|list| js_sys::Reflect::get(&list, &"value".into()).ok())
            .and_then(|value| value.as_string())
    };
    stage.press("Look at theirs");
    stage.shows("This is theirs.").await;
    stage.until("their target", || chosen(&stage).as_deref() == Some("to:10")).await;
    stage.press("Keep mine");
    stage.until("one's own target", || chosen(&stage).as_deref() == Some("leave")).await;
    edge.says(&format!("PUT {API}/mapping"), 200, &mapping(MAPPED, 5));
    stage.press("Save");
    stage.shows("Saved the mapping, revision 5").await;
    let sent = edge.asked(&format!("PUT {API}/mapping"));
    assert!(sent.last().is_some_and(|sent| sent.body.contains(r#""revision":4"#)), "it replaces theirs");
}

#[wasm_bindgen_test]
async fn a_mapping_that_is_not_saved_survives_that_the_project_is_renamed() {
    let edge = mapped_edge(3);
    let stage = open(&format!("{PROJECT}/mapping"));
    stage.shows("Every status has a target.").await;
    stage.choose("#map-out-2-open", "leave");
    edge.says("GET /api/v1/workspaces/wsp_1/projects", 200, &list(&project(WORKS).replace("Shop", "Store")));
    stage.press("Edit issue tracking connection");
    stage.shows("Those that are granted to this workspace.").await;
    edge.says("PATCH /api/v1/projects/prj_1", 200, &project(WORKS));
    stage.press_element("dialog .button-primary");
    stage
        .until("the new name", || {
            stage.find("h1").and_then(|title| title.text_content()).is_some_and(|title| title.contains("Store"))
        })
        .await;
    let list = stage.find("#map-out-2-open").expect("the mapping");
    let value = js_sys::Reflect::get(&list, &"value".into()).ok().and_then(|value| value.as_string());
    assert_eq!(value.as_deref(), Some("leave"));
}

#[wasm_bindgen_test]
async fn a_trial_fills_its_steps_tells_jiras_words_and_offers_to_close_the_issue() {
    let edge = mapped_edge(3);
    let trial = |state: &str, moved: &str| {
        format!(
            r#"{{"state":"{state}","issue_type":"2","issue":{{"key":"SHOP-9","url":"https://acme.atlassian.net/browse/SHOP-9"}},
            "steps":[{{"title":"Create an issue of the type Task","state":"done","sentence":"Jira created SHOP-9.","blocked":null}},
            {{"title":"Move it to Done",{moved}}}],"started_at":"{AT}","started_by":"Ada"}}"#
        )
    };
    let running = trial("running", r#""state":"running","sentence":null,"blocked":null"#);
    let failed = r#""state":"failed","sentence":null,"blocked":{"cause":"way_refused","sentence":"Jira refused the transition.",
        "remedy":"Read what Jira says.","who":"project_administrator","jira_said":"A reviewer is missing."}"#;
    let waiting = trial("waiting", failed);
    let stage = open(&format!("{PROJECT}/mapping"));
    stage.shows("Every status has a target.").await;
    edge.says(&format!("POST {API}/mapping/trial"), 200, &running);
    edge.says(&format!("GET {API}/mapping/trial"), 200, &list(&waiting));
    stage.press("Trial");
    stage.shows("Step 2 of 2: Move it to Done").await;
    stage.shows("A reviewer is missing.").await;
    stage.shows("1 step did not work.").await;
    edge.says(&format!("POST {API}/mapping/trial/end"), 200, &trial("ended", failed));
    stage.press("Close the issue");
    stage.until("the buttons to go", || stage.find("#close-trial").is_none()).await;
    assert_eq!(edge.asked(&format!("POST {API}/mapping/trial/end"))[0].body, r#"{"close":true}"#);
    edge.was_never_asked(&format!("PUT {API}/mapping")).await;
}
