//! Connections that are saved before they are authorized, and continued later.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    doors::{CONNECTION, waits_for_approval, with_a_generated_key},
    edge::Edge,
    stage::open,
};

#[wasm_bindgen_test]
async fn what_is_not_ready_is_saved_for_later_with_its_key_and_without_secrets() {
    let edge = Edge::start();
    let stage = with_a_generated_key(&edge).await;
    stage.press("Connections");
    stage.shows("Discard changes?").await;
    edge.says("POST /api/v1/connections", 201, DRAFT);
    stage.press_element("dialog[open] .buttons button:nth-of-type(2)");
    stage.until("the connection", || edge.asked("POST /api/v1/connections").len() == 1).await;
    let draft = r#"{"kind":"oauth1","address":"https://quarry.example.com/jira","consumer_key":"causeway","key_id":"rsa_1","verification_code":false}"#;
    let asked = edge.asked("POST /api/v1/connections");
    assert_eq!(asked[0].body, format!(r#"{{"name":"Quarry Jira","draft":{draft}}}"#), "the name is that of the Jira");
}

const DRAFT: &str = r#"{"id":"con_1","name":"Quarry Jira","kind":"oauth1","site":null,
    "status":{"state":"unauthorized","cause":null,"since":null},"account":null,"scopes":[],
    "created_at":"2026-01-01T00:00:00Z","authorized_at":null,"last_activity_at":"2026-01-01T00:00:00Z",
    "reauthorize_before":null,"may_manage":true,"may_reauthorize":true,"version":1,
    "draft":{"address":"https://quarry.example.com/jira","consumer_key":"causeway","verification_code":true,
    "key":{"id":"rsa_1","public_key":"PEM of rsa_1","created_at":"2026-01-01T00:00:00Z"}}}"#;

#[wasm_bindgen_test]
async fn a_connection_that_was_saved_for_later_is_continued_with_what_was_kept() {
    let edge = Edge::start();
    edge.says(CONNECTION, 200, DRAFT);
    edge.says("DELETE /api/v1/authorizations/aut_1", 204, "");
    waits_for_approval(&edge);
    let stage = open("/connections/con_1/setup");
    stage.shows("Not authorized yet").await;
    stage.until("the key", || stage.find("#public-key").is_some()).await;
    stage.press("Generate URL");
    stage.until("the attempt", || edge.asked("POST /api/v1/authorizations").len() == 1).await;
    let credential = r#"{"kind":"oauth1","address":"https://quarry.example.com/jira","consumer_key":"causeway","key_id":"rsa_1","verification_code":true}"#;
    let body = format!(r#"{{"kind":"oauth1","connection_id":"con_1","credential":{credential}}}"#);
    assert_eq!(edge.asked("POST /api/v1/authorizations")[0].body, body);
}
