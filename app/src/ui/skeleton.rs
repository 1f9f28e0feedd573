//! A placeholder for what is being loaded.

use leptos::prelude::*;

/// Grey lines. `what` is announced once.
pub(crate) fn skeleton(what: &'static str) -> AnyView {
    view! {
        <div class="loading" aria-busy="true">
            <p class="assistive" role="status">{what}</p>
            <div class="skeleton"></div>
            <div class="skeleton"></div>
            <div class="skeleton"></div>
        </div>
    }
    .into_any()
}
