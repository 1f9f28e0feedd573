//! The count beside *Connections*.

use leptos::prelude::*;

use super::{NeedsAttention, counted};

/// How much needs a person, if anything does: a number for the eye, words for the ear.
pub(crate) fn badge() -> AnyView {
    let NeedsAttention { answer, .. } = expect_context();
    let total = Memo::new(move |_| answer.get().and_then(Result::ok).map_or(0, |attention| attention.total));
    let shown = move || match total.get() {
        0 => ().into_any(),
        total => view! {
            " "
            <span class="badge" aria-hidden="true">{total}</span>
            <span class="assistive">{format!(", {}", counted(total))}</span>
        }
        .into_any(),
    };
    shown.into_any()
}
