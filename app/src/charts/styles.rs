//! The style sheet of charts. It is loaded with the first of their screens, so that the first load of the app does not
//! grow.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::ui::note;

/// Where the build puts it.
const SHEET: &str = "/charts.css";

/// Loads the sheet, once for a page.
pub(super) fn load() {
    let Some(head) = document().head() else { return };
    if matches!(head.query_selector("link[href='/charts.css']"), Ok(Some(_))) {
        return;
    }
    let linked = document().create_element("link").and_then(|link| {
        link.set_attribute("rel", "stylesheet")?;
        link.set_attribute("href", SHEET)?;
        head.append_child(&link).map(JsValue::from)
    });
    note(linked, "the style sheet of charts was not loaded");
}
