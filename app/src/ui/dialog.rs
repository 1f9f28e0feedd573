//! Dialogs, over the browser's own `<dialog>`: it traps the focus, closes on Escape and gives the focus back.

use leptos::{html, prelude::*};

use super::{note, when};

/// A modal dialog. Its content exists only while it is open.
#[component]
pub(crate) fn Dialog(
    /// Whether it is shown.
    open: Signal<bool>,
    /// What to do when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// Verb and object.
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
    .into_any()
}
