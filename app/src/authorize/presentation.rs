//! How an authorization is presented on a screen: where the person goes, and which credentials are used.

use api::{Kind, NewCredential};
use leptos::prelude::*;

/// Where the person goes to authorize.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To Atlassian, in a pop-up.
    #[default]
    Atlassian,
    /// To the Jira instance, in a pop-up.
    Jira,
    /// To the Jira instance, which shows a verification code to paste here.
    JiraWithCode,
    /// Nowhere: the password or token is all that is needed.
    Nowhere,
}

impl Destination {
    /// Whether the button opens a pop-up.
    pub(crate) const fn opens_window(self) -> bool {
        matches!(self, Self::Atlassian | Self::Jira)
    }

    /// Whose pages the person sees.
    pub(crate) const fn whose(self) -> &'static str {
        match self {
            Self::Atlassian => "Atlassian",
            _ => "Jira",
        }
    }
}

/// The presentation on one screen.
#[derive(Clone, Copy)]
pub(crate) struct Presentation {
    /// Where the person goes.
    pub(crate) destination: Signal<Destination>,
    /// The kind and credential to authorize with; `None` while the form has errors, which it then shows.
    pub(crate) request: Callback<(), Option<(Kind, Option<NewCredential>)>>,
    /// Whether new credentials are entered, for a connection that has some already.
    pub(crate) fresh: Option<RwSignal<bool>>,
}
