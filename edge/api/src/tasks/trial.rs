//! The trial of a mapping: one test issue is created and walked through the statuses that the mapping leads to.
//!
//! The mapping need not be saved. The issue is born with a mark that says so, and never becomes the issue of a task.

use serde::{Deserialize, Serialize};

use super::{Blocked, JiraId, Mapping, Paused};
use crate::{List, ProjectId, Timestamp, endpoint::endpoints, words::words};

words! {
    /// How far a trial has got.
    open TrialState {}
    /// Its steps are being made.
    Running = "running";
    /// All steps are made. Somebody decides whether the issue is closed or left.
    Waiting = "waiting";
    /// The issue is being closed.
    Closing = "closing";
    /// It is over: the issue is closed or left, or there is none.
    Ended = "ended";
}

words! {
    /// How far a step of a trial has got.
    open TrialStepState {}
    /// Its turn comes.
    Waiting = "waiting";
    /// It is being made.
    Running = "running";
    /// It worked.
    Done = "done";
    /// It did not work.
    Failed = "failed";
    /// It was not tried, because a step before it failed.
    Skipped = "skipped";
}

/// A trial to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTrial {
    /// The mapping to try, saved or not.
    pub mapping: Mapping,
    /// The id of the type of issue to create; absent for the first one of the mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_type: Option<JiraId>,
}

/// A trial of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trial {
    /// How far it has got.
    pub state: TrialState,
    /// The id of the type of issue that is tried.
    pub issue_type: JiraId,
    /// The test issue; `null` if there is none yet.
    pub issue: Option<TrialIssue>,
    /// The steps, in order.
    pub steps: Vec<TrialStep>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// The name of the member who began it.
    pub started_by: String,
    /// Why it does not go on at present; `null` if nothing is in the way.
    #[serde(default)]
    pub paused: Option<Paused>,
}

/// The test issue of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrialIssue {
    /// The key of the issue.
    pub key: String,
    /// Where people open it.
    pub url: String,
}

/// A step of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrialStep {
    /// What is tried, for people.
    pub title: String,
    /// How far it has got.
    pub state: TrialStepState,
    /// What came of it, in a sentence; `null` if there is nothing to say.
    pub sentence: Option<String>,
    /// Why it failed, what to do, who can, and what Jira said; `null` if it did not fail.
    pub blocked: Option<Blocked>,
}

/// How a trial ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrialEnd {
    /// Whether the test issue is moved to a status that is done. Otherwise it stays as it is.
    pub close: bool,
}

endpoints! {
    /// Try a mapping with one test issue.
    ///
    /// Members with the role *issue tracking*. Creates an issue by the mapping, and walks it through every status that the
    /// mapping leads to. The mapping is checked first, as for saving. A trial that is under way is answered as it is, and no
    /// other one is begun.
    StartTrial: Post "/api/v1/projects/{id}/mapping/trial" {
        params: ProjectId,
        request: NewTrial,
        answer: 200 Trial,
        problems: [
            MappingRefused, ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated, CredentialUnavailable,
            UpstreamUnreachable,
        ],
    }

    /// Get the newest trial of a project.
    ///
    /// Members with the role *issue tracking*. The list is empty if there was none.
    ListTrials: Get "/api/v1/projects/{id}/mapping/trial" {
        params: ProjectId,
        answer: 200 List<Trial>,
        problems: [],
    }

    /// Close the test issue of a trial, or leave it.
    ///
    /// Members with the role *issue tracking*, once all steps are made. It is not deleted.
    EndTrial: Post "/api/v1/projects/{id}/mapping/trial/end" {
        params: ProjectId,
        request: TrialEnd,
        answer: 200 Trial,
        problems: [],
    }
}
