//! What stands where something is being loaded.

use leptos::prelude::*;

/// Grey lines, announced once.
pub(crate) fn skeleton(what: &'static str) -> AnyView {
    let line = |_| view! { <div class="skeleton"></div> };
    view! {
        <div aria-busy="true">
            <p class="assistive" role="status">{what}</p>
            {(0..4).map(line).collect_view()}
        </div>
    }
    .into_any()
}
