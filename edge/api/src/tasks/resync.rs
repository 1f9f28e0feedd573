//! Resync: comparing many tasks with their issues, with a preview before anything moves.
//!
//! A resync looks at every task of its scope and lists what it would do. Nothing is done before somebody starts it. What
//! changed since the preview is skipped and says so.

use serde::{Deserialize, Serialize};

use super::Paused;
#[cfg(feature = "openapi")]
use crate::openapi::texts::{ChosenTasks, EntryCursor, PageLimit};
use crate::{
    List, Name, ProjectId, ResyncId, Timestamp,
    endpoint::endpoints,
    words::{known, words},
};

/// The most tasks that a resync can be limited to by name.
pub const CHOSEN_TASKS: usize = 1_000;

words! {
    /// Which tasks a resync looks at.
    open ResyncScope {}
    /// Those that are blocked, in conflict, missing, or whose calls fail.
    Failed = "failed";
    /// All of the project.
    All = "all";
    /// Those that are named.
    Chosen = "chosen";
}

words! {
    /// Which side stands where both do not agree.
    open ResyncDirection {}
    /// Neither: what one side changed is carried to the other, and conflicts are left.
    Compare = "compare";
    /// The product: issues follow their tasks.
    ProductWins = "product_wins";
    /// Jira: tasks follow their issues.
    JiraWins = "jira_wins";
}

words! {
    /// How far a resync has got.
    open ResyncState {}
    /// The preview is being made.
    Planning = "planning";
    /// The preview is there, and waits for somebody to start it.
    Ready = "ready";
    /// It is being carried out.
    Running = "running";
    /// All is done.
    Finished = "finished";
    /// Somebody ended it. What was done stays done.
    Cancelled = "cancelled";
}

words! {
    /// What a resync does with a task.
    open ResyncAction {}
    /// Its issue is created.
    Create = "create";
    /// Its issue is moved to another status.
    Move = "move";
    /// The product is told another status.
    Tell = "tell";
    /// Both sides agree already, which is noted. Nothing is sent.
    Settle = "settle";
    /// Nothing: both sides are as they were when they agreed.
    Nothing = "nothing";
    /// It is left as it is, for a reason.
    Left = "left";
}

words! {
    /// What became of a task in a resync.
    open ResyncOutcome {}
    /// What was planned is done.
    Done = "done";
    /// Something changed since the preview, so nothing was done.
    Skipped = "skipped";
    /// It could not be done.
    Failed = "failed";
}

/// A resync to be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewResync {
    /// Which tasks it looks at.
    #[serde(deserialize_with = "known")]
    pub scope: ResyncScope,
    /// Which side stands.
    #[serde(deserialize_with = "known")]
    pub direction: ResyncDirection,
    /// The external ids of the tasks, where the scope is `chosen`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = ChosenTasks, required = false))]
    pub external_ids: Vec<String>,
}

/// A resync of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resync {
    /// The resync's id.
    pub id: ResyncId,
    /// The id of its project.
    pub project: ProjectId,
    /// Which tasks it looks at.
    pub scope: ResyncScope,
    /// Which side stands.
    pub direction: ResyncDirection,
    /// How far it has got.
    pub state: ResyncState,
    /// How many tasks it looks at.
    pub total: u32,
    /// How many of them were looked at for the preview.
    pub looked_at: u32,
    /// What is planned.
    pub planned: ResyncCounts,
    /// How many issues go to which status.
    pub moves: Vec<ResyncMoves>,
    /// What was done.
    pub results: ResyncResults,
    /// About how many points of Atlassian's hourly quota it needs once it is started. None are used at Data Center.
    pub points: u32,
    /// About how many seconds it takes once it is started.
    pub seconds: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// When it ended; `null` while it has not.
    pub finished_at: Option<Timestamp>,
    /// Why it does not go on at present; `null` if nothing is in the way, and once it has ended.
    #[serde(default)]
    pub paused: Option<Paused>,
}

/// How many tasks a resync does what with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResyncCounts {
    /// Issues that are created.
    pub create: u32,
    /// Issues that are moved.
    #[serde(rename = "move")]
    pub moved: u32,
    /// Tasks of which the product is told another status.
    pub tell: u32,
    /// Tasks whose sides agree already.
    pub settle: u32,
    /// Tasks with which nothing is done.
    pub nothing: u32,
    /// Tasks that are left for a reason.
    pub left: u32,
}

impl ResyncCounts {
    /// Adds what else is planned.
    pub fn add(&mut self, more: Self) {
        self.create += more.create;
        self.moved += more.moved;
        self.tell += more.tell;
        self.settle += more.settle;
        self.nothing += more.nothing;
        self.left += more.left;
    }
}

/// How many tasks of a resync ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResyncResults {
    /// What was planned is done.
    pub done: u32,
    /// Something changed since the preview.
    pub skipped: u32,
    /// It could not be done.
    pub failed: u32,
}

/// How many issues go to a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResyncMoves {
    /// The name of the status.
    pub to: String,
    /// How many issues.
    pub count: u32,
}

/// A task of a resync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResyncItem {
    /// The product's own id of the task.
    pub external_id: String,
    /// What it is.
    pub title: String,
    /// The key of its issue; `null` if there is none.
    pub issue_key: Option<String>,
    /// What is done with it.
    pub action: ResyncAction,
    /// The status of the task at the time of the preview.
    pub task_status: Name,
    /// The name of the issue's status at the time of the preview; `null` if it was not seen.
    pub issue_status: Option<String>,
    /// The status that one of them gets, by name; `null` if none gets another.
    pub to: Option<String>,
    /// Why it is left, or why it was skipped or failed, in a sentence; `null` if there is nothing to say.
    pub why: Option<String>,
    /// What became of it; `null` until the resync has got there.
    pub outcome: Option<ResyncOutcome>,
}

/// Which tasks of a resync to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListResyncItemsQuery {
    /// Only tasks with which this is done.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub action: Option<ResyncAction>,
    /// Only tasks that ended like this.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub outcome: Option<ResyncOutcome>,
    /// Where the page begins: the `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub cursor: Option<String>,
    /// The most tasks, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

endpoints! {
    /// Plan a resync of a project.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Nothing moves before it is started. A preview
    /// that nobody started is dropped; a resync that runs is not.
    CreateResync: Post "/api/v1/projects/{id}/resyncs" {
        params: ProjectId,
        request: NewResync,
        answer: 201 Resync,
        body: large,
        problems: [ResyncNotPossible, ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated],
    }

    /// List the resyncs of a project.
    ///
    /// Members of the workspace, and API keys with `tasks:read`. The newest ten, newest first.
    ListResyncs: Get "/api/v1/projects/{id}/resyncs" {
        params: ProjectId,
        answer: 200 List<Resync>,
        problems: [],
    }

    /// Get a resync: its preview, its progress, its report.
    ///
    /// Members of the workspace, and API keys with `tasks:read`.
    GetResync: Get "/api/v1/resyncs/{id}" {
        params: ResyncId,
        answer: 200 Resync,
        problems: [],
    }

    /// List the tasks of a resync, with what is planned for each and what became of it.
    ///
    /// Members of the workspace, and API keys with `tasks:read`.
    ListResyncItems: Get "/api/v1/resyncs/{id}/items" {
        params: ResyncId,
        request: ListResyncItemsQuery,
        answer: 200 List<ResyncItem>,
        problems: [],
    }

    /// Start a resync whose preview is ready.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Each task is looked at again; what changed
    /// since the preview is skipped.
    StartResync: Post "/api/v1/resyncs/{id}/start" {
        params: ResyncId,
        answer: 200 Resync,
        problems: [ResyncNotPossible],
    }

    /// Cancel a resync.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. The task that is under way is finished. What
    /// was done stays done.
    CancelResync: Post "/api/v1/resyncs/{id}/cancel" {
        params: ResyncId,
        answer: 200 Resync,
        problems: [ResyncNotPossible],
    }
}
