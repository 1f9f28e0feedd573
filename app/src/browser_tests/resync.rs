//! The screens of resyncs: what is chosen, the preview, the progress, the report.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const PROJECT: &str = "/workspaces/wsp_1/projects/prj_1";
const API: &str = "/api/v1/projects/prj_1";
const ID: &str = "rsy_1-3q2-7wAbCdEfGhIjKlMnOp";
const AT: &str = "2026-01-01T00:00:00Z";
const NOTHING: &str = r#"{"items":[],"next_cursor":null}"#;

/// An edge with the project, whose connection is in this state.
fn edge_with(state: &str) -> Edge {
    let edge = Edge::start();
    let workspace = format!(
        r#"{{"id":"wsp_1","name":"Web","created_at":"{AT}","archived_at":null,"members":[],
        "connections":[{{"id":"con_1","name":"Staging","site":null}}],"projects":1,"may_track_issues":true}}"#
    );
    let project = format!(
        r#"{{"items":[{{"id":"prj_1","name":"Shop","workspace":{{"id":"wsp_1","name":"Web"}},"jira_project":"SHOP",
        "connection":{{"id":"con_1","name":"Staging","state":"{state}","cause":null,"may_reauthorize":true}},
        "disconnected":null}}],"next_cursor":null}}"#
    );
    edge.says("GET /api/v1/workspaces/wsp_1", 200, &workspace);
    edge.says("GET /api/v1/workspaces/wsp_1/projects", 200, &project);
    edge.says(&format!("GET {API}/resyncs"), 200, NOTHING);
    edge.says(&format!("GET /api/v1/resyncs/{ID}/items"), 200, NOTHING);
    let tasks = format!(
        r#"{{"items":[{{"id":"tsk_1","external_id":"shop/cart","title":"<b>Cart</b>","status":"open","url":null,"kind":null,
        "priority":null,"labels":[],"properties":{{}},"state":"blocked","since":"{AT}","blocked":null,"next_at":null,
        "issue":null,"base":null,"version":1,"changed_at":null,"created_at":"{AT}","updated_at":"{AT}"}}],
        "next_cursor":null,"paused":null,"counts":{{"waiting":0,"outcome_unknown":0,"in_sync":2000,"syncing":0,
        "retrying":0,"blocked":17,"conflict":0,"missing":0,"moved":0,"unlinked":0,"total":2017}}}}"#
    );
    edge.says(&format!("GET {API}/tasks"), 200, &tasks);
    edge
}

fn resync(state: &str, results: &str, more: &str) -> String {
    let finished = if matches!(state, "finished" | "cancelled") { format!("\"{AT}\"") } else { "null".to_owned() };
    format!(
        r#"{{"id":"{ID}","project":"prj_1","scope":"all","direction":"compare","state":"{state}","total":2140,
        "looked_at":2140,"planned":{{"create":3,"move":12,"tell":0,"settle":0,"nothing":2108,"left":17}},
        "moves":[{{"to":"Done","count":9}}],"results":{results},"points":2300,"seconds":230,"created_at":"{AT}",
        "created_by":"Ada","finished_at":{finished}{more}}}"#
    )
}

const NONE: &str = r#"{"done":0,"skipped":0,"failed":0}"#;

fn item(outcome: &str, why: &str) -> String {
    format!(
        r#"{{"items":[{{"external_id":"shop/cart","title":"<b>Cart</b>","issue_key":"SHOP-1","action":"move",
        "task_status":"fixed","issue_status":"To Do","to":"Done","why":{why},"outcome":{outcome}}}],"next_cursor":null}}"#
    )
}

fn text(stage: &Stage) -> String {
    stage.text().replace(['\u{2068}', '\u{2069}'], "")
}

#[wasm_bindgen_test]
async fn a_resync_begins_with_what_failed_and_its_preview_is_told_in_a_sentence() {
    let edge = edge_with("authorized");
    edge.says(&format!("POST {API}/resyncs"), 201, &resync("planning", NONE, ""));
    edge.says(&format!("GET /api/v1/resyncs/{ID}"), 200, &resync("ready", NONE, ""));
    edge.says(&format!("GET /api/v1/resyncs/{ID}/items"), 200, &item("null", "null"));
    let stage = open(&format!("{PROJECT}/resyncs"));
    stage.shows("Those that failed (17)").await;
    stage.press("Preview");
    stage.shows("Preview ready").await;
    let asked = edge.asked(&format!("POST {API}/resyncs"));
    assert_eq!(asked[0].body, r#"{"scope":"failed","direction":"compare"}"#);
    let sentence = "Create 3, move 12 (9 to Done), read 2,140, leave 17; about 2,300 of this hour's points, 4 minutes.";
    assert!(text(&stage).contains(sentence), "{}", text(&stage));
    stage.shows("<b>Cart</b>").await;
    assert!(text(&stage).contains("Move the issue to Done"), "{}", text(&stage));
    edge.was_never_asked(&format!("POST /api/v1/resyncs/{ID}/start")).await;
}

#[wasm_bindgen_test]
async fn a_resync_that_is_started_shows_its_progress_and_can_be_cancelled() {
    let edge = edge_with("authorized");
    edge.says(&format!("GET /api/v1/resyncs/{ID}"), 200, &resync("ready", NONE, ""));
    let stage = open(&format!("{PROJECT}/resyncs/{ID}"));
    stage.shows("Start with 15 tasks").await;
    let items = || edge.asked(&format!("GET /api/v1/resyncs/{ID}/items")).len();
    let before = items();
    let half = r#"{"done":7,"skipped":1,"failed":0}"#;
    let paused = r#","paused":{"sentence":"Jira limits calls for a moment.","until":null}"#;
    edge.says(&format!("POST /api/v1/resyncs/{ID}/start"), 200, &resync("running", NONE, ""));
    edge.says(&format!("GET /api/v1/resyncs/{ID}"), 200, &resync("running", half, paused));
    stage.press("Start with 15 tasks");
    stage.shows("Done 8 of 15").await;
    stage.shows("Jira limits calls for a moment.").await;
    let heard = || {
        stage
            .find(".resync-progress [role=status]")
            .is_some_and(|heard| heard.text_content().as_deref() == Some("Done 50 %"))
    };
    stage.until("a screen reader to hear it", heard).await;
    stage.until("the tasks to be read again with each step", || items() >= before + 2).await;
    edge.says(&format!("POST /api/v1/resyncs/{ID}/cancel"), 200, &resync("cancelled", half, ""));
    stage.press("Cancel after the present task");
    stage.shows("7 of 15 done, 1 skipped, because something changed since the preview, 7 not reached.").await;
}

#[wasm_bindgen_test]
async fn a_report_says_what_was_skipped_and_why_and_is_run_again() {
    let edge = edge_with("authorized");
    let results = r#"{"done":14,"skipped":1,"failed":0}"#;
    edge.says(&format!("GET /api/v1/resyncs/{ID}"), 200, &resync("finished", results, ""));
    let skipped = item("\"skipped\"", "\"Something changed since the preview.\"");
    edge.says(&format!("GET /api/v1/resyncs/{ID}/items"), 200, &skipped);
    let stage = open(&format!("{PROJECT}/resyncs/{ID}"));
    stage.shows("Something changed since the preview.").await;
    stage.press("Skipped");
    let filtered =
        || edge.asked(&format!("GET /api/v1/resyncs/{ID}/items")).iter().any(|asked| asked.query == "?outcome=skipped");
    stage.until("the filter", filtered).await;
    edge.refuses(&format!("POST {API}/resyncs"), ProblemCode::ResyncNotPossible, "The resync is in the state running.");
    stage.press("Run again");
    stage.shows("The resync is in the state running.").await;
    assert_eq!(edge.asked(&format!("POST {API}/resyncs"))[0].body, r#"{"scope":"all","direction":"compare"}"#);
}

#[wasm_bindgen_test]
async fn chosen_tasks_are_ticked_and_stay_chosen_and_none_is_told() {
    let edge = edge_with("interrupted");
    edge.says(&format!("POST {API}/resyncs"), 201, &resync("planning", NONE, ""));
    edge.says(&format!("GET /api/v1/resyncs/{ID}"), 200, &resync("planning", NONE, ""));
    let stage = open(&format!("{PROJECT}/resyncs?scope=chosen"));
    stage.shows("The connection is interrupted").await;
    stage.shows("<b>Cart</b>").await;
    stage.press("Preview");
    stage.shows("Choose at least one task.").await;
    stage.press_element(".resync-choices input");
    stage.shows("1 task chosen").await;
    stage.press("Preview");
    stage.shows("Making the preview").await;
    let sent = &edge.asked(&format!("POST {API}/resyncs"))[0].body;
    assert_eq!(sent, r#"{"scope":"chosen","direction":"compare","external_ids":["shop/cart"]}"#);
}

#[wasm_bindgen_test]
async fn a_resync_is_not_offered_over_a_connection_that_does_not_work_and_earlier_ones_are_listed() {
    let edge = edge_with("unauthorized");
    let earlier = format!(r#"{{"items":[{}],"next_cursor":null}}"#, resync("finished", NONE, ""));
    edge.says(&format!("GET {API}/resyncs"), 200, &earlier);
    let stage = open(&format!("{PROJECT}/resyncs"));
    stage.shows("A resync needs a connection that is authorized or interrupted.").await;
    assert!(stage.find("#preview-resync").is_none());
    stage.shows("0 of 15 done").await;
    let to = stage.find("tbody .row-link").and_then(|link| link.get_attribute("href"));
    assert_eq!(to, Some(format!("{PROJECT}/resyncs/{ID}")));
}

/// A connection in this state, for whoever manages it.
fn connection(status: &str) -> String {
    format!(
        r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{status},"account":null,"scopes":[],
        "created_at":"{AT}","authorized_at":"{AT}","last_activity_at":"{AT}","reauthorize_before":null,"version":3,
        "may_manage":true}}"#
    )
}

#[wasm_bindgen_test]
async fn all_tasks_of_a_connection_are_resynced_by_save_and_one_progress_leads_to_each_project() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, &connection(r#"{"state":"authorized"}"#));
    edge.says("GET /api/v1/connections/con_1/resyncs", 200, NOTHING);
    let all = format!(
        r#"{{"connection":"con_1","scope":"all","direction":"compare","state":"running","total":2140,"looked_at":2140,
        "planned":{{"create":3,"move":12,"tell":0,"settle":0,"nothing":2108,"left":17}},"moves":[],
        "results":{{"done":5,"skipped":0,"failed":0}},"points":0,"seconds":6,"created_at":"{AT}","created_by":"Ada",
        "projects":[{{"id":"prj_1","name":"Shop","workspace":"wsp_1","resync":{}}}]}}"#,
        resync("running", NONE, "")
    );
    edge.says("POST /api/v1/connections/con_1/resyncs", 201, &all);
    let stage = open("/connections/con_1/setup");
    stage.shows("Resync all tasks").await;
    stage.shows("Save waits for a change.").await;
    stage.press_element(".setup-form fieldset input[type=checkbox]");
    stage.until("Save to wait for nothing", || !stage.text().contains("Save waits for")).await;
    let listed = format!(r#"{{"items":[{all}],"next_cursor":null}}"#);
    edge.says("GET /api/v1/connections/con_1/resyncs", 200, &listed);
    stage.press("Save");
    stage.shows("Done 5 of 15").await;
    let asked = edge.asked("POST /api/v1/connections/con_1/resyncs");
    assert_eq!(asked[0].body, r#"{"scope":"all","direction":"compare","start":true}"#);
    edge.was_never_asked("PATCH /api/v1/connections/con_1").await;
    let to = stage.pressable("Shop").get_attribute("href");
    assert_eq!(to, Some(format!("{PROJECT}/resyncs/{ID}")));
}

#[wasm_bindgen_test]
async fn a_resync_of_all_tasks_is_not_offered_while_the_connection_is_unauthorized() {
    let edge = Edge::start();
    let over = connection(&format!(r#"{{"state":"unauthorized","cause":"grant_refused","since":"{AT}"}}"#));
    edge.says("GET /api/v1/connections/con_1", 200, &over);
    edge.says("GET /api/v1/connections/con_1/resyncs", 200, NOTHING);
    let stage = open("/connections/con_1/setup");
    stage.shows("Status").await;
    assert!(!stage.text().contains("Resync all tasks"), "{}", stage.text());
}
