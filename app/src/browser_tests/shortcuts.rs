//! Shortcuts of one key.

use leptos::prelude::{document, window};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{edge::Edge, stage::open};

/// There is nothing but a deleted connection: something to search.
const ONE_DELETED: &str = r#"{"items":[],"next_cursor":null,
    "counts":{"authorized":0,"interrupted":0,"unauthorized":0,"deleted":1}}"#;

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn keys_search_create_and_list_but_not_while_typing() {
    let edge = Edge::start();
    edge.says("GET /api/v1/connections", 200, ONE_DELETED);
    let stage = open("/");
    stage.shows("No connections yet").await;
    crate::ui::focus("main");
    stage.key("/");
    stage.until("the search field", || document().active_element().is_some_and(|it| it.tag_name() == "INPUT")).await;
    stage.key("c");
    stage.key("?");
    stage.settles().await;
    assert_eq!(path(), "/", "typed, not meant");
    assert!(stage.find("dialog[open]").is_none());
    crate::ui::focus("main");
    stage.key("?");
    stage.shows("Create a connection").await;
    stage.key("c");
    assert_eq!(path(), "/", "a dialog is open");
    stage.press("Close");
    stage.until("the dialog to be gone", || stage.find("dialog[open]").is_none()).await;
    crate::ui::focus("main");
    stage.key("c");
    stage.shows("Not authorized").await;
    assert_eq!(path(), "/connections/new");
}

#[wasm_bindgen_test]
async fn shortcuts_can_be_switched_off_and_stay_off() {
    let _edge = Edge::start();
    let stage = open("/");
    stage.shows("No connections yet").await;
    stage.press_element("button[aria-label=\"Keyboard shortcuts\"]");
    stage.shows("Use keyboard shortcuts").await;
    stage.press_element("dialog input[type=checkbox]");
    stage.press("Close");
    drop(stage);
    let stage = open("/");
    stage.shows("No connections yet").await;
    crate::ui::focus("main");
    stage.key("c");
    stage.key("?");
    stage.settles().await;
    assert!(stage.find("dialog[open]").is_none());
    assert_eq!(path(), "/");
}
