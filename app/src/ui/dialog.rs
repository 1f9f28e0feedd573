//! Dialogs with the browser's own `<dialog>`: it keeps the focus inside, closes on Escape and returns the focus.

use leptos::{html, prelude::*};

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
                when(open.get(), || view! { <h2 class="dialog-title" tabindex="-1">{title}</h2> {children()} }.into_any())
            }}
        </dialog>
    }
}
