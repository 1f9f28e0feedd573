//! The count beside *Connections*.

use leptos::prelude::*;

use super::{AttentionPlace, counted};
use crate::context::expect_context;

/// The number of connections that need attention: a number to see, words for screen readers. Nothing for zero.
pub(crate) fn badge() -> AnyView {
    let AttentionPlace { total, .. } = expect_context();
    let total = Memo::new(move |_| total.get());
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
