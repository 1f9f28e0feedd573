//! Building blocks over Atlassian's design tokens. They know no feature.

pub(crate) mod avatar;
pub(crate) mod broadcast;
pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod combobox;
pub(crate) mod confirm_dialog;
pub(crate) mod copy_button;
pub(crate) mod dialog;
pub(crate) mod download;
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod flags;
pub(crate) mod icon;
pub(crate) mod learn_more;
pub(crate) mod lozenge;
pub(crate) mod markup;
pub(crate) mod menu;
pub(crate) mod moment;
pub(crate) mod mutation;
pub(crate) mod page_title;
pub(crate) mod panel;
pub(crate) mod query;
pub(crate) mod search;
pub(crate) mod shown_once;
pub(crate) mod skeleton;
pub(crate) mod table;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The view if `condition` holds, else nothing. Both have one type: Leptos is compiled once per type of view.
pub(crate) fn when(condition: bool, view: impl FnOnce() -> AnyView) -> AnyView {
    if condition { view() } else { ().into_any() }
}

/// Subscribes to a memo. `track` alone does not: a memo that nobody has read is not computed, so it never changes.
pub(crate) fn follow<T: Send + Sync + 'static>(memo: Memo<T>) {
    memo.with(|_| ());
}

/// Focuses the element with this id, if it is there.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        note(element.focus(), "the focus was not moved");
    }
}

/// Focuses the first element that `selector` finds.
pub(crate) fn focus_selected(selector: &str) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        // Parts of a picture take the focus as elements of HTML do, although they are none.
        note(element.unchecked_into::<HtmlElement>().focus(), "the focus was not moved");
    }
}

/// Called before the focused element may be removed. In the next frame the focus goes to the new element with the same
/// id. If there is none, and the focus is still lost a frame later, it goes to the content of the screen, never to the
/// start of the page.
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

/// Logs a refusal of the browser that does not matter to the screen.
pub(crate) fn note<T>(done: Result<T, JsValue>, what: &str) {
    if let Err(refusal) = done {
        web_sys::console::warn_2(&JsValue::from_str(what), &refusal);
    }
}

/// A name within a sentence of ours: isolated, so that a name in a right-to-left script does not reorder the sentence.
pub(crate) fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}
