//! Workflows: which transitions lead from where to where, who may make them, what they want, and what they do besides.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    /// By name, in the order of a board.
    pub(crate) statuses: Vec<String>,
    pub(crate) transitions: Vec<Transition>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transition {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) kind: TransitionKind,
    /// The statuses from which a directed transition leads.
    #[serde(default)]
    pub(crate) from: Vec<String>,
    pub(crate) to: String,
    /// Who sees it. All must hold.
    #[serde(default)]
    pub(crate) conditions: Vec<Condition>,
    /// What must be true once it was asked for.
    #[serde(default)]
    pub(crate) validators: Vec<Validator>,
    /// The screen that it opens, by name.
    #[serde(default)]
    pub(crate) screen: Option<String>,
    /// What it does besides moving the issue: Jira's post-functions.
    #[serde(default)]
    pub(crate) actions: Vec<Action>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransitionKind {
    /// Makes an issue.
    Initial,
    /// Leads from every other status.
    Global,
    /// Leads from the statuses named.
    #[default]
    Directed,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Condition {
    /// The caller has a project role.
    InRole(String),
    CallerIsAssignee,
    /// Every sub-task is in a status of the category *done*.
    SubtasksDone,
    /// The issue was in that status before.
    WasIn(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Validator {
    FieldRequired(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    ClearResolution,
    SetResolution(String),
    SetPriority(String),
    AssignToCaller,
    /// Makes another transition right away, by its id.
    MoveOn(u64),
}

impl Workflow {
    pub(crate) fn initial(&self) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.kind == TransitionKind::Initial)
    }

    pub(crate) fn transition(&self, id: u64) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.id == id)
    }

    /// The transitions that lead on from a status, whoever asks.
    pub(crate) fn leading_from<'a>(&'a self, status: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.leads_from(status))
    }

    pub(super) fn validators_mut(&mut self) -> impl Iterator<Item = &mut Validator> {
        self.transitions.iter_mut().flat_map(|transition| &mut transition.validators)
    }
}

impl Transition {
    fn leads_from(&self, status: &str) -> bool {
        match self.kind {
            TransitionKind::Initial => false,
            TransitionKind::Global => self.to != status,
            TransitionKind::Directed => self.from.iter().any(|from| from == status),
        }
    }

    /// Whether it leads back to where it began.
    pub(crate) fn is_looped(&self) -> bool {
        self.from.contains(&self.to)
    }

    pub(crate) fn wants(&self, field: &str) -> bool {
        self.validators.contains(&Validator::FieldRequired(field.to_owned()))
    }
}
