//! What needs a person: the count in the header and the banner above the connections.

use api::ProblemCode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

const DOWN: &str = r#"{"cause":"atlassian_unreachable","about":"everything","since":"2026-01-01T00:00:00Z",
    "headline":"Atlassian does not answer","why":"Atlassian does not answer.","remedy":"No action needed.","who":"nobody","support_url":null,
    "connections":[{"id":"con_1","name":"Site 1","site":null},{"id":"con_2","name":"Site 2","site":null}],"total":12}"#;
const ENDS: &str = r#"{"connection":{"id":"con_3","name":"Staging","site":null},
    "why":"The authorization ends within 7 days.","remedy":"Renew it now.","who":"reauthorizer","action":"renew"}"#;
const DIED: &str = r#"{"connection":{"id":"con_4","name":"Sandbox","site":null},
    "why":"Atlassian ended this authorization.","remedy":"Reauthorize the connection.","who":"reauthorizer","action":"reauthorize"}"#;

fn attention(stories: &str, needs: &str, total: u32, more: u32) -> String {
    let waiting = if total == 0 { 12 } else { 0 };
    format!(r#"{{"stories":[{stories}],"needs":[{needs}],"total":{total},"waiting":{waiting},"more":{more}}}"#)
}

const ASKED: &str = "GET /api/v1/attention";

#[wasm_bindgen_test]
async fn several_failures_with_one_reason_are_told_once() {
    let edge = Edge::start();
    edge.says(ASKED, 200, &attention(DOWN, "", 0, 0));
    let stage = open("/");
    stage.shows("12 connections recover by themselves").await;
    assert!(stage.text().contains("Atlassian does not answer"), "the only story is told in the title");
    stage.press_element(".attention summary");
    stage.shows("Atlassian looks down.").await;
    assert!(stage.text().contains("No action needed."));
    assert_eq!(edge.asked(ASKED).len(), 1, "it is asked once a load");
    stage.press_element(".attention details details summary");
    stage.shows("and 10 connections").await;
    assert!(stage.find(".badge").is_none(), "nobody needs to do anything");
}

#[wasm_bindgen_test]
async fn the_header_counts_what_needs_a_person_on_every_screen() {
    let edge = Edge::start();
    edge.says(ASKED, 200, &attention("", &format!("{DIED},{ENDS}"), 2, 0));
    let stage = open("/api-keys");
    stage.shows(", 2 connections need attention").await;
    let badge = stage.find(".header-nav a .badge").expect("a badge");
    assert_eq!(
        (badge.text_content().as_deref(), badge.get_attribute("aria-hidden").as_deref()),
        (Some("2"), Some("true"))
    );
    assert!(stage.find(".attention").is_none(), "the banner is at the connections");
}

#[wasm_bindgen_test]
async fn each_need_says_why_and_leads_to_what_to_do() {
    let edge = Edge::start();
    edge.says(ASKED, 200, &attention("", &format!("{DIED},{ENDS}"), 2, 0));
    let renewed = r#"{"id":"con_3","name":"Staging","kind":"cloud_oauth2","site":null,"status":{"state":"authorized"},
        "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}"#;
    edge.says("POST /api/v1/connections/con_3/renew", 200, renewed);
    let stage = open("/");
    stage.shows("2 connections need attention").await;
    stage.press_element(".attention summary");
    stage.shows("Sandbox: Atlassian ended this authorization. Reauthorize the connection.").await;
    let way = stage.pressable("Reauthorize").get_attribute("href");
    assert_eq!(way.as_deref(), Some("/connections/con_4/setup"));
    edge.says(ASKED, 200, &attention("", DIED, 1, 0));
    stage.press("Renew now");
    stage.shows("Renewed").await;
    stage.until("it to be gone", || !stage.text().contains("ends within 7 days")).await;
    assert!(stage.text().contains("1 connection needs attention"));
}

#[wasm_bindgen_test]
async fn the_banner_is_one_line_until_somebody_opens_it() {
    let edge = Edge::start();
    edge.says(ASKED, 200, &attention(DOWN, &format!("{DIED},{ENDS},{DIED}"), 30, 27));
    let stage = open("/");
    stage.shows("30 connections need attention").await;
    assert!(!stage.text().contains("Atlassian looks down."));
    stage.press_element(".attention summary");
    stage.shows("And 27 more.").await;
}

#[wasm_bindgen_test]
async fn what_cannot_be_learned_is_said_and_can_be_asked_again() {
    let edge = Edge::start();
    edge.refuses(ASKED, ProblemCode::Unavailable, "The data cannot be reached.");
    let stage = open("/");
    stage.shows("The data cannot be reached.").await;
    edge.says(ASKED, 200, &attention("", DIED, 1, 0));
    stage.press("Look again");
    stage.shows("1 connection needs attention").await;
}

#[wasm_bindgen_test]
async fn what_could_not_be_learned_is_asked_again_once_the_list_is_there() {
    const LIST: &str = "GET /api/v1/connections";
    const NOTHING: &str = r#"{"items":[],"next_cursor":null,
        "counts":{"authorized":0,"interrupted":0,"unauthorized":0,"deleted":0}}"#;
    let edge = Edge::start();
    edge.refuses(LIST, ProblemCode::Unavailable, "The organization did not answer.");
    edge.refuses(ASKED, ProblemCode::Unavailable, "The data cannot be reached.");
    let stage = open("/");
    stage.shows("The organization did not answer.").await;
    stage.until("the question", || !edge.asked(ASKED).is_empty()).await;
    stage.settles().await;
    edge.says(ASKED, 200, &attention("", DIED, 1, 0));
    edge.says(LIST, 200, NOTHING);
    stage.press("Try again");
    stage.shows("1 connection needs attention").await;
    assert!(!stage.text().contains("Look again"));
}

#[wasm_bindgen_test]
async fn only_an_administrators_app_asks() {
    let edge = Edge::start();
    let member = r#"{"member":{"id":"mem_2","email":"max@example.com","name":"Max","role":"member"},
        "organization":"default","expires_at":"2100-01-01T00:00:00Z"}"#;
    edge.says("GET /api/v1/session", 200, member);
    let stage = open("/");
    stage.shows("No connections yet").await;
    edge.was_never_asked(ASKED).await;
}
