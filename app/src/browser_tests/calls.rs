//! The calls through a connection, on its overview.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const CALLS: &str = "GET /api/v1/connections/con_1/calls";

fn connection(may_reauthorize: bool) -> String {
    format!(
        r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{{"state":"authorized"}},
        "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"may_reauthorize":{may_reauthorize},
        "version":7}}"#
    )
}

fn calls(steps: &str, failed: &str, rate_limit: &str) -> String {
    format!(
        r#"{{"from":"2026-01-01T00:00:00Z","until":"2026-01-01T23:30:00Z","step_seconds":3600,"steps":[{steps}],
        "failed":[{failed}],"rate_limit":{rate_limit}}}"#
    )
}

const STEP: &str = r#"{"at":"2026-01-01T20:00:00Z","counts":[{"outcome":"succeeded","count":12},
    {"outcome":"jira_fault","count":3}],"slowest_millis":2300}"#;
const FAILED: &str = r#"{"at":"2026-01-01T20:02:00Z","method":"GET","path":"/rest/api/3/<b>","status":503,
    "outcome":"jira_fault","request_id":"req_42"}"#;
const LIMIT: &str = r#"{"at":"2026-01-01T20:02:00Z","limit":65000,"remaining":64000,
    "resets_at":"2100-01-01T00:00:00Z","limited_until":null,
    "spenders":[{"name":"CI","connection":"con_1","calls":15},{"name":"Other API keys","connection":null,"calls":2}]}"#;

fn overview(edge: &Edge) -> Stage {
    edge.says("GET /api/v1/connections/con_1", 200, &connection(true));
    open("/connections/con_1")
}

#[wasm_bindgen_test]
async fn calls_are_plotted_and_their_numbers_are_in_a_table_for_who_cannot_see_the_plot() {
    let edge = Edge::start();
    edge.says(CALLS, 200, &calls(STEP, FAILED, LIMIT));
    let stage = overview(&edge);
    stage.shows("12 succeeded, 3 failed.").await;
    assert!(stage.text().contains("Slowest: 2.3 s"));
    assert_eq!(stage.all(".plot rect").length(), 2);
    let named = stage.find(".plot svg[role=img] title").and_then(|title| title.text_content());
    assert_eq!(named.as_deref(), Some("Calls over time"));
    stage.press_element(".calls summary");
    stage.shows("Show the numbers as a table").await;
    let numbers = stage.find(".calls details table").and_then(|table| table.text_content()).unwrap_or_default();
    assert!(numbers.contains("Jira fault") && numbers.contains("12"), "{numbers}");
}

#[wasm_bindgen_test]
async fn a_failed_call_is_named_with_its_request_id_and_the_rate_limit_with_who_spent_it() {
    let edge = Edge::start();
    edge.says(CALLS, 200, &calls(STEP, FAILED, LIMIT));
    let stage = overview(&edge);
    stage.shows("GET /rest/api/3/<b>").await;
    for words in
        ["503", "Jira fault", "req_42", "1000 of 65000 used, 64000 left", "CI: 15 calls", "Other API keys: 2 calls"]
    {
        assert!(stage.text().contains(words), "{words} is missing in {}", stage.text());
    }
}

#[wasm_bindgen_test]
async fn another_period_is_asked_for_and_an_empty_one_says_how_to_call() {
    let edge = Edge::start();
    edge.answers(CALLS, |query| match query.get("period").as_deref() {
        Some("month") => calls(STEP, "", "null"),
        _ => calls("", "", "null"),
    });
    let stage = overview(&edge);
    stage.shows("No calls in this period").await;
    assert!(stage.find("a[href='/api-keys/call-jira']").is_some());
    stage.press("Month");
    stage.shows("12 succeeded").await;
    assert!(
        stage
            .find(".calls .chip[aria-pressed=true]")
            .is_some_and(|chip| chip.text_content().as_deref() == Some("Month"))
    );
}

#[wasm_bindgen_test]
async fn calls_that_cannot_be_loaded_are_asked_for_again_and_members_without_a_part_in_it_see_none() {
    let edge = Edge::start();
    edge.refuses(CALLS, api::ProblemCode::Unavailable, "Storage is down.");
    let stage = overview(&edge);
    stage.shows("Storage is down.").await;
    edge.says(CALLS, 200, &calls(STEP, "", "null"));
    stage.press_element(".calls .failure button");
    stage.shows("12 succeeded").await;
    drop((stage, edge));

    let edge = Edge::start();
    edge.knows_a_member();
    edge.says("GET /api/v1/connections/con_1", 200, &connection(false));
    let stage = open("/connections/con_1");
    stage.shows("Staging").await;
    stage.settles().await;
    edge.was_never_asked(CALLS).await;
}
