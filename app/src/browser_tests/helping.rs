//! Every failure leads to the help, and says that it opens a new window.

use api::ProblemCode;
use leptos::prelude::window;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::{Edge, open_nothing, set_window_property, window_property},
    stage::{Stage, open},
};

const CONNECTION: &str = r#"{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,
    "status":{"state":"interrupted","cause":"ip_allow_list","since":"2026-01-01T00:00:00Z"},"account":null,
    "scopes":["read:jira-work"],"missing_scopes":["write:jira-work"],"created_at":"2026-01-01T00:00:00Z",
    "authorized_at":"2026-01-01T00:00:00Z","last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,
    "diagnosis":{"headline":"The site's IP allowlist refuses calls from Causeway",
    "why":"The site's IP allowlist refuses calls from Causeway.",
    "remedy":"An Atlassian administrator must add Causeway's addresses.","who":"atlassian_administrator"},"version":7}"#;

/// Waits until the app shows a link to `path` that opens a new window and says so.
async fn leads_to(stage: &Stage, path: &str) {
    let link = format!("a[href='{path}']");
    stage.until(path, || stage.find(&link).is_some()).await;
    let link = stage.find(&link).expect("it was there just now");
    assert_eq!(link.get_attribute("target").as_deref(), Some("_blank"), "{path}");
    assert!(link.text_content().unwrap_or_default().contains("(opens a new window)"), "{path}");
}

fn list(items: &str) -> String {
    let counts = r#"{"authorized":0,"interrupted":1,"unauthorized":0,"deleted":0}"#;
    format!(r#"{{"items":[{items}],"next_cursor":null,"counts":{counts}}}"#)
}

#[wasm_bindgen_test]
async fn a_cause_is_explained_in_the_grid_on_the_overview_and_in_the_setup() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, &list(CONNECTION));
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    for screen in ["/", "/connections/con_1", "/connections/con_1/setup"] {
        leads_to(&open(screen), "/help/troubleshooting/#ip_allow_list").await;
    }
    leads_to(&open("/connections/con_1"), "/help/scopes/").await;
    leads_to(&open("/connections/con_1/setup"), "/help/calling-jira/").await;
}

#[wasm_bindgen_test]
async fn a_step_of_a_checkup_is_explained_by_its_cause_or_as_a_step() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections/con_1", 200, CONNECTION);
    let step = |cause| {
        format!(
            r#"{{"line":"step","name":"site","outcome":"failed","millis":1,"detail":"","remedy":"Do.","cause":{cause}}}"#
        )
    };
    let lines = format!("{}\n{}\n", step(r#""site_gone""#), step("null"));
    edge.says("POST /api/v1/connections/con_1/checkup", 200, &lines);
    let stage = open("/connections/con_1?test");
    leads_to(&stage, "/help/troubleshooting/#site_gone").await;
    leads_to(&stage, "/help/troubleshooting/#checkup").await;
}

#[wasm_bindgen_test]
async fn a_refusal_is_explained_on_a_panel_and_on_a_flag() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/connections", ProblemCode::Unavailable, "No answer.");
    leads_to(&open("/"), "/help/problems/#unavailable").await;
    edge.says("GET /api/v1/connections", 502, "<html>");
    leads_to(&open("/"), "/help/problems/#unreadable").await;
    let more = r#""revert_until":"2100-01-01T00:00:00Z","revert_to":{"account_id":"a2","name":"Ben","email":null}"#;
    let back = CONNECTION.replace(r#""version":7"#, &format!(r#"{more},"version":7"#));
    edge.says("GET /api/v1/connections/con_1", 200, &back);
    edge.refuses("POST /api/v1/connections/con_1/revert", ProblemCode::NothingToRevert, "Too late.");
    let stage = open("/connections/con_1");
    stage.shows("Go back to").await;
    stage.press("Go back to");
    stage
        .until("the flag", || stage.find(".flag[role=alert] a[href='/help/problems/#nothing_to_revert']").is_some())
        .await;
}

#[wasm_bindgen_test]
async fn a_blocked_pop_up_and_a_failed_attempt_are_explained() {
    let edge = Edge::start();
    let started = r#"{"id":"aut_9","start_url":"/oauth/start/t9","expires_at":"2100-01-01T00:00:00Z"}"#;
    let failed = r#"{"id":"aut_9","connection_id":null,"status":"failed","expires_at":"2100-01-01T00:00:00Z",
        "sites":[],"site":null,"account":null,"scopes":[],"changes":null,
        "failure":{"code":"no_site","message":"No site.","remedy":"Choose one.","details":null}}"#;
    edge.says("POST /api/v1/authorizations", 201, started);
    edge.says("DELETE /api/v1/authorizations/aut_9", 204, "");
    let waiting = failed.replace(r#""status":"failed""#, r#""status":"waiting""#);
    edge.says("GET /api/v1/authorizations/aut_9", 200, &waiting);
    let stage = open("/connections/new");
    stage.shows("Not authorized").await;
    let real = window_property("open");
    set_window_property("open", &open_nothing());
    stage.press("Authorize");
    set_window_property("open", &real);
    leads_to(&stage, "/help/pop-ups/").await;
    edge.says("GET /api/v1/authorizations/aut_9", 200, failed);
    leads_to(&stage, "/help/troubleshooting/#no_site").await;
    leads_to(&open("/authorize/aut_9"), "/help/troubleshooting/#no_site").await;
}

#[wasm_bindgen_test]
async fn the_header_leads_to_the_help_even_before_signing_in() {
    let edge = Edge::start();
    edge.refuses("GET /api/v1/session", ProblemCode::NotSignedIn, "There is no session.");
    let stage = open("/");
    stage.shows("Sign in to Causeway").await;
    let help = stage.pressable("Help");
    assert_eq!(help.get_attribute("href").as_deref(), Some("/help/"));
    assert_eq!(window().location().pathname().ok().as_deref(), Some("/"));
}
