//! The way from a failure to the page that explains it.

use leptos::prelude::*;

use super::icon::Icon;

/// A link to a help page. It opens a window of its own: what is on the screen, an attempt or a checkup, would be lost.
pub(crate) fn learn_more(path: String) -> AnyView {
    view! {
        <a class="learn-more" href=path target="_blank" rel="noopener">
            "Learn more" {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
        </a>
    }
    .into_any()
}
