//! API keys: creating, recognizing and rotating them.

use leptos::prelude::document;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const KEYS: &str = "/api/v1/api-keys";

fn key(more: &str) -> String {
    format!(
        r#"{{"items":[{{"id":"key_1","name":"Build","prefix":"cw_default_AbCd","scopes":["proxy"],
        "connections":["con_1"],"connection_names":["<b>Staging</b>"],"created_at":"2026-01-01T00:00:00Z",
        "created_by":"Ada","expires_at":null,"last_used_at":null{more}}}],"next_cursor":null}}"#
    )
}

fn focused() -> String {
    document().active_element().map(|element| element.id()).unwrap_or_default()
}

async fn opens_the_dialog(stage: &Stage) {
    stage.shows("Create API key").await;
    stage.press_element("#create-key");
    stage.until("the dialog", || stage.find("dialog #key-name").is_some()).await;
}

#[wasm_bindgen_test]
async fn what_is_missing_is_said_once_beside_its_field_which_takes_the_focus() {
    let edge = Edge::start();
    let stage = open("/api-keys");
    opens_the_dialog(&stage).await;
    stage.press_element("dialog .button-primary");
    stage.shows("Enter a name.").await;
    assert_eq!(stage.text().matches("Enter a name.").count(), 1, "{}", stage.text());
    stage.until("the focus on the name", || focused() == "key-name").await;
    stage.write("#key-name", "Build");
    stage.press_element("#key-scopes input");
    stage.press_element("dialog .button-primary");
    stage.shows("Choose at least one permission.").await;
    stage.until("the focus on the permissions", || focused() == "key-scopes").await;
    assert!(!stage.text().contains("Enter a name."));
    edge.was_never_asked(&format!("POST {KEYS}")).await;
}

#[wasm_bindgen_test]
async fn a_new_key_takes_the_focus() {
    let edge = Edge::start();
    edge.says(&format!("POST {KEYS}"), 201, r#"{"id":"key_1","key":"cw_default_AbCdEf"}"#);
    let stage = open("/api-keys");
    opens_the_dialog(&stage).await;
    stage.write("#key-name", "Build");
    stage.press_element("dialog .button-primary");
    stage.shows("cw_default_AbCdEf").await;
    stage.until("the focus on the key", || focused() == "shown-once-text").await;
}

#[wasm_bindgen_test]
async fn a_key_is_recognized_and_rotated_with_the_overlap_that_was_chosen() {
    let edge = Edge::start();
    edge.says(&format!("GET {KEYS}"), 200, &key(""));
    edge.says(&format!("POST {KEYS}/key_1/rotate"), 201, r#"{"id":"key_1","key":"cw_default_New"}"#);
    let stage = open("/api-keys");
    stage.shows("cw_default_AbCd…").await;
    assert!(stage.text().contains("by Ada") && stage.text().contains("<b>Staging</b>"), "{}", stage.text());
    stage.press("Rotate");
    stage.shows("End it at once").await;
    let previous = r#","previous":{"prefix":"cw_default_AbCd","until":"2100-01-01T00:00:00Z","last_used_at":null}"#;
    edge.says(&format!("GET {KEYS}"), 200, &key(previous));
    stage.press("Rotate key");
    stage.shows("API key rotated").await;
    assert_eq!(edge.asked(&format!("POST {KEYS}/key_1/rotate"))[0].body, r#"{"overlap_seconds":86400}"#);
    stage.shows("The old key").await;
    stage.until("the focus on the key", || focused() == "shown-once-text").await;
}
