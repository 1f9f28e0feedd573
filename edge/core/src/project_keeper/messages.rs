//! The messages between the Worker and the keeper of a project.

use api::{
    BatchTask, JiraId, Keep, ListChangesQuery, ListResyncItemsQuery, ListTasksQuery, Name, NewResync, NewTrial,
    ProjectId, ResyncId, TaskTimelineQuery,
};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

use crate::{organization::RawReply, organization_id::OrganizationId, ports::PortFailure};

/// Which project a keeper keeps. A Durable Object does not know it by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectIdentity {
    /// The organization that the project belongs to.
    pub organization: OrganizationId,
    /// The project.
    pub project: ProjectId,
}

impl ProjectIdentity {
    /// The name of the project's object.
    pub fn object_name(&self) -> String {
        format!("{}/{}", self.organization, self.project)
    }
}

/// A command with the project that it is for.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProjectEnvelope {
    /// The project.
    #[serde(flatten)]
    pub identity: ProjectIdentity,
    /// The command.
    pub command: ProjectCommand,
}

/// What the organization says about pushes, at the time of the push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRules {
    /// The statuses that tasks can have; `None` while the project has no mapping, when any will do.
    pub statuses: Option<Vec<Name>>,
}

/// A command to a keeper. The organization has checked the caller.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum ProjectCommand {
    /// Store tasks. The answer is an [`api::TaskBatchAnswer`].
    Push {
        /// The tasks, in the order of their results.
        tasks: Vec<BatchTask>,
        /// What the organization says about them.
        rules: PushRules,
    },
    /// List tasks: an [`api::TaskPage`].
    List {
        /// Which.
        query: ListTasksQuery,
    },
    /// A command about one task: the [`api::Task`] after it.
    One {
        /// The product's id of it.
        external_id: String,
        /// What is to be done.
        action: TaskAction,
    },
    /// Forget a task: [`api::Nothing`].
    Delete {
        /// The product's id of it.
        external_id: String,
    },
    /// The timeline of a task: a list of [`api::TaskEntry`].
    Timeline {
        /// The product's id of it.
        external_id: String,
        /// Which entries.
        query: TaskTimelineQuery,
    },
    /// The changes of the project: [`api::TaskChanges`].
    Changes {
        /// Which.
        query: ListChangesQuery,
    },
    /// What Jira offers, as read within the last minute: [`api::JiraMetadata`].
    Metadata,
    /// Begin a trial of a mapping: the [`api::Trial`].
    StartTrial {
        /// The mapping, and the type of issue.
        new: Box<NewTrial>,
        /// Who asked.
        by: String,
    },
    /// The newest trial: a list of [`api::Trial`].
    ListTrials,
    /// Close the test issue, or leave it: the [`api::Trial`] after it.
    EndTrial {
        /// Whether it is closed.
        close: bool,
    },
    /// Plan a resync: an [`api::Resync`].
    CreateResync {
        /// Which.
        new: NewResync,
        /// Who asked.
        by: String,
        /// Its id, which finds it if it was created already; `None` for one of its own.
        #[serde(default)]
        id: Option<ResyncId>,
        /// Whether it starts as soon as the preview is ready.
        #[serde(default)]
        start: bool,
    },
    /// The newest resyncs: a list of [`api::Resync`].
    ListResyncs,
    /// Read, start or cancel a resync: the [`api::Resync`] after it.
    Resync {
        /// Which.
        id: ResyncId,
        /// What is to be done with it.
        action: ResyncCommand,
    },
    /// The tasks of a resync: a list of [`api::ResyncItem`].
    ResyncItems {
        /// Which resync.
        id: ResyncId,
        /// Which tasks.
        query: ListResyncItemsQuery,
    },
    /// Jira says that an issue changed: look at it soon, if it is one of a task's. [`api::Nothing`].
    Nudge {
        /// Which issue.
        nudge: Nudge,
    },
    /// Something about the project changed: look at it now. [`api::Nothing`].
    Wake,
    /// Seal texts anew under the first sealing key: a [`ProjectResealed`].
    Reseal {
        /// After which one; `None` from the first on.
        after: Option<String>,
    },
    /// Make sure that the alarm comes, if something is to be done. [`api::Nothing`].
    Watch,
}

/// What became of sealing texts of a project anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectResealed {
    /// How many were sealed anew.
    pub resealed: u32,
    /// How many do not open, and stay as they are.
    pub unopened: u32,
    /// After which one it goes on; `None` if all were looked at.
    pub next: Option<String>,
}

/// What is taken of an event of Jira's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// The issue.
    pub issue: JiraId,
    /// The status that it seems to have; `None` if something else may have changed.
    pub status: Option<JiraId>,
}

/// What is to be done with a resync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResyncCommand {
    /// Nothing: it is only read.
    Get,
    /// Carry out what the preview lists.
    Start,
    /// End it after the task that is under way.
    Cancel,
}

/// What is to be done with a task.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum TaskAction {
    /// Nothing: it is only read.
    Get,
    /// Try again now.
    Retry {
        /// Who asked.
        by: String,
    },
    /// Link it to an issue that exists. Nothing is moved: what the two stand for now becomes their base.
    Link {
        /// The id or the key of the issue.
        issue: String,
        /// Who asked.
        by: String,
    },
    /// Unlink it from its issue.
    Unlink {
        /// Who asked.
        by: String,
    },
    /// End a conflict.
    Resolve {
        /// Which side stands.
        keep: Keep,
        /// Who chose.
        by: String,
    },
}

impl ProjectCommand {
    /// Whether it only asks, so that asking twice is as good as once. A push is its own idempotency.
    pub const fn is_question(&self) -> bool {
        matches!(
            self,
            Self::List { .. }
                | Self::One { action: TaskAction::Get, .. }
                | Self::Timeline { .. }
                | Self::Changes { .. }
                | Self::Metadata
                | Self::ListResyncs
                | Self::ListTrials
                | Self::Resync { action: ResyncCommand::Get, .. }
                | Self::ResyncItems { .. }
                | Self::Nudge { .. }
                | Self::Wake
                | Self::Watch
                | Self::Reseal { .. }
                | Self::Push { .. }
        )
    }
}

/// Access to the keepers of projects. Each command is one request to one object.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait ProjectKeepers {
    /// Sends JSON of a [`ProjectEnvelope`] to the keeper and returns JSON of a [`RawReply`], as
    /// [`send_to_object`](crate::ports::send_to_object) does.
    async fn call_project(
        &self,
        identity: &ProjectIdentity,
        envelope: String,
        is_question: bool,
    ) -> Result<String, PortFailure>;
}

/// Sends a command to the keeper of a project, and returns its answer as unparsed JSON.
///
/// The future is boxed, because one copy of it in each handler would make up a good part of the Worker's size.
pub fn command_project(
    keepers: &impl ProjectKeepers,
    identity: ProjectIdentity,
    command: ProjectCommand,
) -> LocalBoxFuture<'_, RawReply> {
    Box::pin(async move {
        let is_question = command.is_question();
        let envelope = ProjectEnvelope { identity, command };
        let text = serde_json::to_string(&envelope)?;
        let reply = keepers.call_project(&envelope.identity, text, is_question).await?;
        serde_json::from_str::<RawReply>(&reply)?
    })
}
