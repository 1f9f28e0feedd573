//! The way from a failure to the page that explains it.

use leptos::prelude::*;

use super::icon::Icon;

/// A link to a help page. It opens a window of its own: what is on the screen, an attempt or a checkup, would be lost.
pub(crate) fn learn_more(path: String) -> AnyView {
    help_on("Learn more", path)
}

/// The same, with words of its own.
pub(crate) fn help_on(words: &'static str, path: String) -> AnyView {
    view! {
        <a class="learn-more" href=path target="_blank" rel="noopener">
            {words} " " {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
        </a>
    }
    .into_any()
}
