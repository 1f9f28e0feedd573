//! A status as a coloured word with an icon, so that colour is not the only sign.

use leptos::prelude::*;

use super::{icon::Icon, markup::Markup};

/// The colour of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Green: works.
    Success,
    /// Grey: nothing there, on purpose or not yet.
    Neutral,
    /// Yellow: authorized, but calls fail or will soon.
    Warning,
    /// Purple: works, but not completely.
    Discovery,
    /// Red: ended.
    Danger,
}

impl Tone {
    /// The tone's icon.
    pub(crate) const fn icon(self) -> Icon {
        match self {
            Self::Success => Icon::Success,
            Self::Neutral => Icon::Nothing,
            Self::Warning | Self::Discovery => Icon::Warning,
            Self::Danger => Icon::Failure,
        }
    }

    /// The class of the colour.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Success => "tone-success",
            Self::Neutral => "tone-neutral",
            Self::Warning => "tone-warning",
            Self::Discovery => "tone-discovery",
            Self::Danger => "tone-danger",
        }
    }
}

/// A lozenge.
pub(crate) fn lozenge(tone: Tone, words: &'static str) -> AnyView {
    view! { <span class=format!("lozenge {}", tone.class())>{tone.icon().view()} {words}</span> }.into_any()
}

/// The same as [`lozenge()`], as HTML.
pub(crate) fn write(markup: &mut Markup, tone: Tone, word: &'static str) {
    markup.ours("<span class=\"lozenge ").ours(tone.class()).ours("\">");
    tone.icon().write(markup);
    markup.ours(" ").ours(word).ours("</span>");
}
