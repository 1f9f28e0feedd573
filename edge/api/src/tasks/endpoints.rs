//! The endpoints of tasks and of the mapping that they become issues by.

use serde::{Deserialize, Serialize};

use super::{
    JiraMetadata, LinkTaskRequest, ListChangesQuery, ListTasksQuery, Mapping, MappingCheck, MappingSuggestions,
    NewTask, ResolveTaskRequest, Task, TaskBatch, TaskBatchAnswer, TaskChanges, TaskEntry, TaskPage, TaskPath,
    TaskTimelineQuery,
};
#[cfg(feature = "openapi")]
use crate::openapi::texts::TaskVersion;
use crate::{List, Nothing, ProjectId, Timestamp, endpoint::endpoints};

/// The mapping of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectMapping {
    /// The mapping; `null` if none was saved yet.
    pub mapping: Option<Mapping>,
    /// The number of the revision; 0 if there is none.
    pub revision: u32,
    /// When it was saved.
    pub saved_at: Option<Timestamp>,
    /// The name of the member who saved it.
    pub saved_by: Option<String>,
}

/// A mapping to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MappingEdit {
    /// The whole mapping.
    pub mapping: Mapping,
    /// The revision that it replaces, as it was read; 0 for the first. Refused (412) if somebody else saved meanwhile.
    #[cfg_attr(feature = "openapi", schema(value_type = TaskVersion))]
    pub revision: u32,
}

endpoints! {
    /// List the tasks of a project.
    ///
    /// Members of the workspace, and API keys with `tasks:read`. Those that changed last come first.
    ListTasks: Get "/api/v1/projects/{id}/tasks" {
        params: ProjectId,
        request: ListTasksQuery,
        answer: 200 TaskPage,
        problems: [],
    }

    /// Push tasks.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. At most a hundred, each with a result of its
    /// own, in the same order. The body has 1 MiB at most.
    PushTasks: Post "/api/v1/projects/{id}/tasks" {
        params: ProjectId,
        request: TaskBatch,
        answer: 200 TaskBatchAnswer,
        body: large,
        problems: [TooManyTasks],
    }

    /// Get a task.
    ///
    /// Members of the workspace, and API keys with `tasks:read`.
    GetTask: Get "/api/v1/projects/{id}/tasks/{external_id}" {
        params: TaskPath,
        answer: 200 Task,
        problems: [],
    }

    /// Push a task.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Creates the task or replaces it; the same
    /// push twice does what it does once. The issue follows as soon as Jira takes it.
    PutTask: Put "/api/v1/projects/{id}/tasks/{external_id}" {
        params: TaskPath,
        request: NewTask,
        answer: 200 Task,
        body: large,
        problems: [StatusUnknown, EditConflict, LimitReached, TooManyTasks],
    }

    /// Forget a task.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Its issue stays in Jira as it is. A push
    /// after that is a new task, with a new issue. Refused while its issue is being created: try again a little later.
    DeleteTask: Delete "/api/v1/projects/{id}/tasks/{external_id}" {
        params: TaskPath,
        answer: 204 Nothing,
        problems: [TaskNotReady],
    }

    /// Get the timeline of a task.
    ///
    /// Members of the workspace, and API keys with `tasks:read`. Newest first; entries are kept for 90 days.
    GetTaskTimeline: Get "/api/v1/projects/{id}/tasks/{external_id}/timeline" {
        params: TaskPath,
        request: TaskTimelineQuery,
        answer: 200 List<TaskEntry>,
        problems: [],
    }

    /// Try a task again now.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`.
    RetryTask: Post "/api/v1/projects/{id}/tasks/{external_id}/retry" {
        params: TaskPath,
        answer: 200 Task,
        problems: [TaskNotReady],
    }

    /// Link a task to an issue that exists.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Nothing moves because of it: if both sides do
    /// not agree by the mapping, it is a conflict, and a person chooses.
    LinkTask: Post "/api/v1/projects/{id}/tasks/{external_id}/link" {
        params: TaskPath,
        request: LinkTaskRequest,
        answer: 200 Task,
        problems: [
            TaskNotReady, IssueNotFound, IssueTaken, ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated,
            CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Unlink a task from its issue.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`. Both stay as they are. The task is kept, so
    /// that the next push does not create another issue.
    UnlinkTask: Post "/api/v1/projects/{id}/tasks/{external_id}/unlink" {
        params: TaskPath,
        answer: 200 Task,
        problems: [TaskNotReady],
    }

    /// End a conflict.
    ///
    /// Members with the role *issue tracking*, and API keys with `tasks:write`.
    ResolveTask: Post "/api/v1/projects/{id}/tasks/{external_id}/resolve" {
        params: TaskPath,
        request: ResolveTaskRequest,
        answer: 200 Task,
        problems: [TaskNotReady],
    }

    /// Read the changes of a project.
    ///
    /// Members of the workspace, and API keys with `tasks:read`. For products that receive no webhooks: ask again with the
    /// `next_after` of the last answer. Changes are kept for 90 days.
    ListTaskChanges: Get "/api/v1/projects/{id}/changes" {
        params: ProjectId,
        request: ListChangesQuery,
        answer: 200 TaskChanges,
        problems: [],
    }

    /// Ask Jira what the project offers.
    ///
    /// Members with the role *issue tracking*. Types of issue with their statuses and fields, and what the account may do. An
    /// answer of the last minute stands.
    GetJiraMetadata: Get "/api/v1/projects/{id}/jira" {
        params: ProjectId,
        answer: 200 JiraMetadata,
        problems: [
            ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated, CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Get the mapping of a project.
    ///
    /// Members of the workspace, and API keys with `tasks:read`.
    GetMapping: Get "/api/v1/projects/{id}/mapping" {
        params: ProjectId,
        answer: 200 ProjectMapping,
        problems: [],
    }

    /// Save the mapping of a project.
    ///
    /// Members with the role *issue tracking*. It is checked against what Jira offers now, and refused (422) if something
    /// prevents saving. Earlier revisions are kept.
    PutMapping: Put "/api/v1/projects/{id}/mapping" {
        params: ProjectId,
        request: MappingEdit,
        answer: 200 ProjectMapping,
        problems: [
            MappingRefused, EditConflict, ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated,
            CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Suggest targets for what a mapping does not cover.
    ///
    /// Members with the role *issue tracking*. By name first, then by what statuses mean. Nothing is saved.
    SuggestMapping: Post "/api/v1/projects/{id}/mapping/suggestions" {
        params: ProjectId,
        request: Mapping,
        answer: 200 MappingSuggestions,
        problems: [
            ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated, CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Check a mapping against what Jira offers.
    ///
    /// Members with the role *issue tracking*. Nothing is saved.
    CheckMapping: Post "/api/v1/projects/{id}/mapping/check" {
        params: ProjectId,
        request: Mapping,
        answer: 200 MappingCheck,
        problems: [
            ProjectNotConnected, ConnectionUnauthorized, ConnectionDeactivated, CredentialUnavailable, UpstreamUnreachable,
        ],
    }
}
