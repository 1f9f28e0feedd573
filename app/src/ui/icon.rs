//! Atlassian's icons, inlined. Hidden from screen readers: words are shown beside them.

use leptos::prelude::*;

use super::markup::Markup;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A plus.
    Add,
    /// A cross.
    Close,
    /// Two sheets of paper.
    Copy,
    /// An arrow that leaves its box.
    External,
    /// Three dots.
    More,
    /// A magnifying glass.
    Search,
    /// A tick in a circle.
    Success,
    /// A minus in a circle: nothing there.
    Nothing,
    /// A triangle with an exclamation mark.
    Warning,
    /// A diamond with an exclamation mark.
    Failure,
}

impl Icon {
    const fn svg(self) -> &'static str {
        match self {
            Self::Add => include_str!("icons/add.svg"),
            Self::Close => include_str!("icons/cross.svg"),
            Self::Copy => include_str!("icons/copy.svg"),
            Self::External => include_str!("icons/link-external.svg"),
            Self::More => include_str!("icons/show-more-horizontal.svg"),
            Self::Search => include_str!("icons/search.svg"),
            Self::Success => include_str!("icons/status-success.svg"),
            Self::Nothing => include_str!("icons/nothing.svg"),
            Self::Warning => include_str!("icons/status-warning.svg"),
            Self::Failure => include_str!("icons/status-error.svg"),
        }
    }

    /// The same as [`Self::view`], as HTML.
    pub(crate) fn write(self, markup: &mut Markup) {
        markup.ours("<span class=\"icon\" aria-hidden=\"true\">").ours(self.svg()).ours("</span>");
    }

    /// The icon, 16 px, in the colour of the text around it.
    pub(crate) fn view(self) -> AnyView {
        view! { <span class="icon" aria-hidden="true" inner_html=self.svg()></span> }.into_any()
    }
}
