//! What happened to tasks: a project's feed of changes, and a task's timeline.

use serde::{Deserialize, Serialize};

use super::JiraId;
#[cfg(feature = "openapi")]
use crate::openapi::texts::{EntryCursor, PageLimit};
use crate::{BlockedCause, Name, ResyncId, Timestamp, words::words};

words! {
    /// What happened to a task.
    open TaskEvent {}
    /// The product pushed it for the first time.
    Pushed = "pushed";
    /// The product pushed something new about it.
    Changed = "changed";
    /// The product pushed something older than what it would have changed, which moved nothing.
    StaleIgnored = "stale_ignored";
    /// It has an issue now.
    Linked = "linked";
    /// Somebody unlinked it from its issue.
    Unlinked = "unlinked";
    /// Causeway moved the issue, because the task's status changed.
    IssueMoved = "issue_moved";
    /// The issue's status changed in Jira, and with it the task's.
    StatusChanged = "status_changed";
    /// Something is in the way.
    Blocked = "blocked";
    /// What was in the way is gone.
    Recovered = "recovered";
    /// Both sides changed, in ways that do not agree.
    Conflict = "conflict";
    /// Somebody chose which side stands.
    Resolved = "resolved";
    /// Somebody asked to try again.
    Retried = "retried";
    /// The answer to the creation of its issue was lost.
    OutcomeUnknown = "outcome_unknown";
    /// The issue cannot be seen any more.
    Missing = "missing";
    /// The issue is in another project now.
    MovedAway = "moved_away";
    /// Somebody commented on the issue in Jira, or edited a comment.
    Commented = "commented";
    /// The link from the issue to the product could not be made.
    LinkNotShown = "link_not_shown";
    /// A resync that was started has ended: all of it is done, or somebody cancelled it. It is about no single task.
    ResyncFinished = "resync_finished";
}

/// An entry of a task's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskEntry {
    /// The entry's number; later ones have higher numbers.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing happened.
    pub event: TaskEvent,
    /// What happened, in a sentence for people.
    pub sentence: String,
}

/// Which entries of a task's timeline to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskTimelineQuery {
    /// Where the page begins: the `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub cursor: Option<String>,
    /// The most entries, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

/// A change of a project's feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskChange {
    /// The change's number in the project; later ones have higher numbers.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: `linked`, `status_changed`, `blocked`, `recovered`, `conflict`, `commented`, `missing`, `moved_away`
    /// or `resync_finished`.
    pub event: TaskEvent,
    /// The product's own id of the task; `null` if it is about a resync.
    pub external_id: Option<String>,
    /// The task's status after the change; `null` if it is about a resync.
    pub status: Option<Name>,
    /// The key of the issue; `null` if there is none.
    pub issue_key: Option<String>,
    /// What blocks the task; `null` if nothing does.
    pub cause: Option<BlockedCause>,
    /// The resync that ended; `null` if the change is about a task.
    #[serde(default)]
    pub resync: Option<ResyncId>,
    /// The comment that was written or edited in Jira; `null` if the change is another one.
    #[serde(default)]
    pub comment: Option<TaskComment>,
}

/// A comment that somebody wrote in Jira on the issue of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskComment {
    /// The id of the comment in Jira.
    pub id: JiraId,
    /// The name of whoever wrote it, or edited it, as Jira shows it.
    pub author: String,
    /// Whether it was written before, and edited now.
    pub is_edit: bool,
    /// The text without its form, at most 10,000 characters; `null` if it cannot be read any more.
    pub text: Option<String>,
}

/// Which changes to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListChangesQuery {
    /// Only changes after this number: the `next_after` of the last answer. Absent: from the oldest that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub after: Option<String>,
    /// The most changes, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

/// Changes of a project, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskChanges {
    /// The changes, oldest first.
    pub items: Vec<TaskChange>,
    /// Give this back as `after`, now or later. It stays the same while nothing changes.
    pub next_after: String,
    /// Whether more changes are there already.
    pub more: bool,
}
