//! A connection's activity, and the audit log.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

const ENTRY: &str = r#"{"id":7,"at":"2026-01-01T00:00:00Z","count":41,"connection_id":"con_1",
    "connection_name":"<b>Staging</b>","actor":{"kind":"causeway"},"event":"refreshed"}"#;

fn list(items: &str, next: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":{next}}}"#)
}

#[wasm_bindgen_test]
async fn activity_is_told_in_plain_words_and_filtered_in_the_address() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1/timeline", 200, &list(ENTRY, "\"2\""));
    let stage = open("/connections/con_1/activity?event=refreshed");
    stage.shows("Refreshed 41 times").await;
    assert!(stage.text().contains("Kept for 400 days"));
    stage.press("Show more");
    stage.until("the next page", || edge.asked("GET /api/v1/connections/con_1/timeline").len() == 3).await;
    edge.says("GET /api/v1/connections/con_1/timeline", 200, &list("", "null"));
    stage.choose("#filter-event", "tested");
    stage.shows("No entry matches these filters").await;
    assert_eq!(leptos::prelude::window().location().search().ok().as_deref(), Some("?event=tested"));
}

#[wasm_bindgen_test]
async fn the_audit_log_names_the_connection_as_text_and_says_what_it_keeps() {
    let edge = Edge::start();
    edge.says("GET /api/v1/timeline", 200, &list(ENTRY, "null"));
    let stage = open("/audit-log");
    stage.shows("<b>Staging</b>").await;
    assert!(stage.find(".timeline b").is_none());
    assert!(stage.text().contains("Kept for 400 days"));
    edge.refuses("POST /api/v1/timeline/export", ProblemCode::Unavailable, "The export did not begin.");
    stage.press("Export CSV");
    stage.shows("The export did not begin.").await;
    assert_eq!(edge.asked("POST /api/v1/timeline/export")[0].proof.as_deref(), Some("1"));
}

#[wasm_bindgen_test]
async fn the_audit_log_is_asked_for_by_person_and_day_and_the_export_has_the_same_filters() {
    let edge = Edge::start();
    let ada = r#"{"id":"mem_1","email":"ada@example.com","name":"Ada","role":"administrator"}"#;
    edge.says("GET /api/v1/members", 200, &list(ada, "null"));
    edge.says("GET /api/v1/timeline", 200, &list(ENTRY, "null"));
    edge.refuses("POST /api/v1/timeline/export", ProblemCode::Unavailable, "The export did not begin.");
    let stage = open("/audit-log?from=2026-01-01&until=2026-01-31");
    stage.shows("Times are in the time zone of your browser").await;
    stage.until("the members", || stage.find("#filter-actor option[value='ada@example.com']").is_some()).await;
    stage.choose("#filter-actor", "ada@example.com");
    stage.until("the second answer", || edge.asked("GET /api/v1/timeline").len() == 2).await;
    let asked = edge.asked("GET /api/v1/timeline").pop().expect("asked").query;
    assert!(
        asked.contains("actor=ada%40example.com") && asked.contains("from=20") && asked.contains("until=2026-0"),
        "{asked}"
    );
    stage.press("Export CSV");
    stage.shows("The export did not begin.").await;
    let exported = edge.asked("POST /api/v1/timeline/export").pop().expect("asked").query;
    let filters =
        |query: &str| query.split('&').filter(|part| !part.contains("format")).map(str::to_owned).collect::<Vec<_>>();
    for part in filters(asked.trim_start_matches('?')) {
        assert!(exported.contains(&part), "{part} is not in {exported}");
    }
}

#[wasm_bindgen_test]
async fn a_member_is_told_whom_to_ask_for_the_audit_log() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/timeline", ProblemCode::Forbidden, "The audit log is for administrators.");
    let stage = open("/audit-log");
    stage.shows("Ask an administrator of the organization.").await;
}
