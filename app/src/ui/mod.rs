//! Building blocks over Atlassian's design tokens. They know nothing of connections.

pub(crate) mod avatar;
pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod confirm_dialog;
pub(crate) mod copy_button;
pub(crate) mod dialog;
pub(crate) mod errand;
pub(crate) mod failure;
pub(crate) mod fetched;
pub(crate) mod field;
pub(crate) mod flags;
pub(crate) mod icon;
pub(crate) mod kept;
pub(crate) mod learn_more;
pub(crate) mod lozenge;
pub(crate) mod markup;
pub(crate) mod menu;
pub(crate) mod moment;
pub(crate) mod page_title;
pub(crate) mod panel;
pub(crate) mod search;
pub(crate) mod shown_once;
pub(crate) mod skeleton;
pub(crate) mod table;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The view, or nothing. Views that come and go share one type this way: Leptos is compiled once for each type.
pub(crate) fn when(condition: bool, view: impl FnOnce() -> AnyView) -> AnyView {
    if condition { view() } else { ().into_any() }
}

/// Puts the focus on the element with this id, if it is there: a place to go on from when what had the focus is gone.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        note(element.focus(), "the focus was not moved");
    }
}

/// Before what has the focus may go: when the screen is drawn without it, the focus goes to what took its place and has
/// the same id. If that is gone too, and nobody knows a better place, it goes to the content a frame later; it is never
/// lost to the start of the page.
pub(crate) fn rescue_focus() {
    let focused = || document().active_element().filter(|element| element.tag_name() != "BODY");
    let Some(before) = focused() else { return };
    let rescue_to = move |id: &str| {
        if focused().is_none() {
            focus(id);
        }
    };
    request_animation_frame(move || {
        rescue_to(&before.id());
        request_animation_frame(move || rescue_to("main"));
    });
}

/// Notes a browser's refusal that the screen can live with.
pub(crate) fn note<T>(done: Result<T, JsValue>, what: &str) {
    if let Err(refusal) = done {
        web_sys::console::warn_2(&JsValue::from_str(what), &refusal);
    }
}
