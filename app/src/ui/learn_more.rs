//! Links to help pages.

use leptos::prelude::*;

use super::icon::Icon;

/// *Learn more*. It opens a new window: an authorization or a checkup on the screen would otherwise be lost.
pub(crate) fn learn_more(path: String) -> AnyView {
    help_on("Learn more", path)
}

/// The same, with other words.
pub(crate) fn help_on(words: &'static str, path: String) -> AnyView {
    view! {
        <a class="learn-more" href=path target="_blank" rel="noopener">
            {words} " " {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
        </a>
    }
    .into_any()
}
