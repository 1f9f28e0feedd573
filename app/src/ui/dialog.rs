//! Dialogs with the browser's own `<dialog>`: it keeps the focus inside, closes on Escape and returns the focus.
//!
//! Enter in a field presses the button that has `submits`. When a dialog opens, the focus goes to what has `autofocus`,
//! else to the first field, else to the title: browsers disagree about it.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::{note, when};

/// A modal dialog. Its content exists only while it is open.
#[component]
pub(crate) fn Dialog(
    /// Whether it is open.
    open: Signal<bool>,
    /// Called when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// Its title: verb and object.
    title: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            note(dialog.show_modal(), "the dialog was not shown");
            focus_first(&dialog);
        }
    });
    let closed = move |_| {
        if open.get_untracked() {
            on_close.run(());
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=title on:close=closed>
            {move || {
                when(open.get(), || {
                    view! {
                        <form class="dialog-body" novalidate on:submit=|event: ev::SubmitEvent| event.prevent_default()>
                            <h2 class="dialog-title" tabindex="-1">{title}</h2>
                            {children()}
                        </form>
                    }
                    .into_any()
                })
            }}
        </dialog>
    }
}

/// Where the focus begins, the best first.
const FIRST: [&str; 3] = ["[autofocus]", "input:not(:disabled), select:not(:disabled), textarea", ".dialog-title"];

fn focus_first(dialog: &HtmlDialogElement) {
    let found = FIRST.into_iter().find_map(|selector| dialog.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        note(element.focus(), "the focus was not moved");
    }
}
