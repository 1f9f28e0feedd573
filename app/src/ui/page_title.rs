//! The heading of a screen. It takes the focus when the screen changes, so that screen readers say where one is.

use leptos::{html, prelude::*};

use super::note;

/// Whether a screen was shown already: the first one leaves the focus to the browser. In context.
#[derive(Clone, Copy)]
pub(crate) struct FirstScreen(pub(crate) StoredValue<bool>);

/// The screen's `h1`.
#[component]
pub(crate) fn PageTitle(children: Children) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let FirstScreen(first) = expect_context();
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        if !first.get_value() {
            note(heading.focus(), "the heading did not take the focus");
        }
        first.set_value(false);
    });
    view! {
        <h1 tabindex="-1" node_ref=heading>
            {children()}
        </h1>
    }
    .into_any()
}
