//! Lists of tasks.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{EntryCursor, PageLimit};
use crate::{Blocked, BlockedCause, Task, TaskState, Timestamp, words::known};

/// Which tasks to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListTasksQuery {
    /// Only tasks in this state.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub state: Option<TaskState>,
    /// Only tasks that this blocks.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub cause: Option<BlockedCause>,
    /// Only tasks about which something changed after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_after: Option<Timestamp>,
    /// Only tasks whose external id, title or issue key contains this text, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub cursor: Option<String>,
    /// The most tasks, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

/// A page of tasks, those that changed last first, and how many there are in each state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskPage {
    /// The page's tasks.
    pub items: Vec<Task>,
    /// Give this back as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
    /// How many tasks the project has in each state, whatever the query asks for.
    pub counts: TaskCounts,
    /// What blocks tasks, each reason once with how many it holds up: the twenty that hold up most, the largest first.
    #[serde(default)]
    pub stories: Vec<BlockedStory>,
    /// Why nothing moves at present, for all tasks of the project; `null` if nothing is in the way.
    pub paused: Option<Paused>,
}

/// One reason that blocks tasks. Tasks whose sentences differ have different reasons: one may be about another field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockedStory {
    /// The reason, as the task has it that was blocked by it first.
    pub blocked: Blocked,
    /// How many tasks it holds up.
    pub tasks: u32,
}

/// How many tasks there are in each state. The states add up to the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskCounts {
    /// Pushed, and not in Jira yet.
    pub waiting: u32,
    /// Perhaps in Jira: the answer was lost.
    pub outcome_unknown: u32,
    /// Both sides agree.
    pub in_sync: u32,
    /// One side is being told.
    pub syncing: u32,
    /// Tried again by itself.
    pub retrying: u32,
    /// A person has to do something.
    pub blocked: u32,
    /// A person has to choose.
    pub conflict: u32,
    /// The issue cannot be seen any more.
    pub missing: u32,
    /// The issue is in another project.
    pub moved: u32,
    /// Unlinked by somebody.
    pub unlinked: u32,
    /// All of them, and those in states that this version does not know.
    pub total: u32,
}

/// Why a project's tasks do not move at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paused {
    /// Why, in a sentence for people.
    pub sentence: String,
    /// When Causeway goes on by itself; `null` if a person has to do something first.
    pub until: Option<Timestamp>,
}
