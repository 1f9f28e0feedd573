//! How a person authorizes on this screen, as far as the box and the pop-up go.

use api::{Kind, NewCredential};
use leptos::prelude::*;

/// Where the person goes, if anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// To Atlassian, in a window.
    #[default]
    Atlassian,
    /// To the Jira instance, in a window.
    Jira,
    /// To the Jira instance, which shows a code to paste here.
    Code,
    /// Nowhere: a password or token says it all.
    Secret,
}

impl By {
    /// Whether the button opens a window.
    pub(crate) const fn opens_window(self) -> bool {
        matches!(self, Self::Atlassian | Self::Jira)
    }

    /// Who is asked.
    pub(crate) const fn whose(self) -> &'static str {
        match self {
            Self::Atlassian => "Atlassian",
            _ => "Jira",
        }
    }
}

/// The way of one screen.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    /// Where the person goes.
    pub(crate) by: Signal<By>,
    /// With what to ask; `None` while what is written is not right, which is then said beside it.
    pub(crate) request: Callback<(), Option<(Kind, Option<NewCredential>)>>,
    /// Whether new credentials are being entered, where the connection has some already.
    pub(crate) fresh: Option<RwSignal<bool>>,
}
