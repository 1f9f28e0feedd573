//! What the organization decides about tasks: who may do what with them, whether a project's keeper may use the connection
//! now, and which mapping stands. The tasks themselves are the keeper's.

use api::{
    CHOSEN_TASKS, CancelResync, CheckMapping, CreateResync, DeleteTask, EndTrial, GetJiraMetadata, GetMapping,
    GetResync, GetTask, GetTaskTimeline, Id as _, KeyScope, LinkTask, ListResyncItems, ListResyncs, ListTaskChanges,
    ListTasks, ListTrials, Mapping, NewResync, Nothing, ProjectChange, ProjectId, ProjectMapping, PushTasks, PutTask,
    ResolveTask, ResyncId, ResyncScope, RetryTask, StartResync, StartTrial, SuggestMapping, TaskPath, Timestamp,
    UnlinkTask,
};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Answers, JiraAccess, Needs, Refusal, Step, StoredApiKey, Turn, WorkspaceRole, projects::StoredProject, record,
        to_record,
    },
    project_keeper::PushRules,
};

/// A mapping as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredMapping {
    v: u8,
    revision: u32,
    mapping: Mapping,
    saved_at: Timestamp,
    saved_by: String,
}

/// Who commands a project's keeper, and what the organization says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCommand {
    /// The name of the caller.
    pub by: String,
    /// What is said about pushes.
    pub rules: PushRules,
}

/// Why a project's keeper may not call Jira now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotConnected {
    /// The project has no connection, or its workspace is archived.
    NoConnection,
    /// The project names no Jira project.
    NoJiraProject,
    /// The connection has no working credential.
    Unauthorized,
    /// The connection is deactivated.
    Deactivated,
}

impl From<NotConnected> for Refusal {
    fn from(why: NotConnected) -> Self {
        match why {
            NotConnected::NoConnection | NotConnected::NoJiraProject => Self::ProjectNotConnected,
            NotConnected::Unauthorized => Self::ConnectionUnauthorized,
            NotConnected::Deactivated => Self::ConnectionDeactivated,
        }
    }
}

/// How a project's tasks reach Jira now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSync {
    /// The connection and the key of the Jira project, or why there is no way.
    pub way: Result<JiraWay, NotConnected>,
    /// The mapping that stands; `None` if there is none.
    pub mapping: Option<Mapping>,
    /// Its revision; 0 if there is none.
    pub revision: u32,
}

/// A Jira project, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JiraWay {
    /// How its Jira is asked.
    pub access: JiraAccess,
    /// The key of the Jira project.
    pub jira_project: String,
    /// Where people open the site.
    pub site_url: String,
}

impl Turn<'_> {
    fn mapping_of(&self, project: &ProjectId) -> Result<Option<StoredMapping>, Refusal> {
        let newest = "SELECT record FROM mappings WHERE project = ? ORDER BY revision DESC LIMIT 1";
        Ok(record(self.sql, newest, vec![project.as_str().into()])?)
    }

    /// Whether a project has a mapping.
    pub(super) fn has_mapping(&self, project: &ProjectId) -> Result<bool, Refusal> {
        Ok(self.mapping_of(project)?.is_some())
    }

    /// The mapping of a project, if it has one.
    pub(super) fn mapping_that_stands(&self, project: &ProjectId) -> Result<Option<Mapping>, Refusal> {
        Ok(self.mapping_of(project)?.map(|stored| stored.mapping))
    }

    /// Deletes what is stored about the tasks of a project.
    pub(super) fn forget_tasks_of(&self, project: &ProjectId) -> Result<(), Refusal> {
        for table in ["mappings", "task_feeds"] {
            let delete = format!("DELETE FROM {table} WHERE project = ?");
            self.sql.run(&delete, vec![project.as_str().into()])?;
        }
        Ok(())
    }

    /// Refuses an API key that does not reach a project: through its workspace, or through the project's connection.
    pub(super) fn require_reached(&self, key: &StoredApiKey, project: &ProjectId) -> Result<(), Refusal> {
        let project = self.project(project)?;
        let in_workspace = key.details.workspace.as_ref().is_none_or(|workspace| workspace.id == project.workspace);
        let through = |some: &Vec<_>| project.connection.as_ref().is_some_and(|connection| some.contains(connection));
        let by_connection = key.details.connections.as_ref().is_none_or(through);
        if in_workspace && by_connection { Ok(()) } else { Err(Refusal::NotFound) }
    }

    fn task_command(&self, project: &ProjectId) -> Result<TaskCommand, Refusal> {
        let mapping = self.mapping_of(project)?.map(|stored| stored.mapping);
        let statuses = mapping.map(|mapping| mapping.statuses.into_iter().map(|one| one.status).collect());
        Ok(TaskCommand { by: self.who.name(), rules: PushRules { statuses } })
    }

    pub(super) fn way_of(&self, project: &StoredProject) -> Result<Result<JiraWay, NotConnected>, Refusal> {
        let connection = self.connection_of(project)?.filter(|connection| connection.details.deleted.is_none());
        let is_archived = self.workspace(&project.workspace)?.archived_at.is_some();
        let Some(connection) = connection.filter(|_| !is_archived) else { return Ok(Err(NotConnected::NoConnection)) };
        let Some(jira_project) = project.jira_project.clone() else { return Ok(Err(NotConnected::NoJiraProject)) };
        let site_url = connection.details.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
        match self.jira_access(&connection) {
            Ok(access) => Ok(Ok(JiraWay { access, jira_project, site_url })),
            Err(Refusal::ConnectionUnauthorized) => Ok(Err(NotConnected::Unauthorized)),
            Err(Refusal::ConnectionDeactivated) => Ok(Err(NotConnected::Deactivated)),
            Err(other) => Err(other),
        }
    }
}

/// Declares endpoints that the project's keeper answers, once the organization has checked the caller.
macro_rules! kept {
    ($($endpoint:ident: $role:ident $scope:ident, $project:expr;)*) => {$(
        impl Answers for $endpoint {
            type Outcome = TaskCommand;

            fn needs(params: &Self::Params, _: &Self::Request) -> Needs {
                let project: fn(&Self::Params) -> &ProjectId = $project;
                Needs::Tasks(project(params).clone(), WorkspaceRole::$role, KeyScope::$scope)
            }

            fn answer(params: Self::Params, _: Self::Request, turn: &Turn<'_>) -> Result<TaskCommand, Refusal> {
                let project: fn(&Self::Params) -> &ProjectId = $project;
                turn.task_command(project(&params))
            }
        }
    )*};
}

kept! {
    ListTasks: Member TasksRead, |project| project;
    ListTaskChanges: Member TasksRead, |project| project;
    ListResyncs: Member TasksRead, |project| project;
    PushTasks: TracksIssues TasksWrite, |project| project;
    GetTask: Member TasksRead, |TaskPath { id, .. }| id;
    GetTaskTimeline: Member TasksRead, |TaskPath { id, .. }| id;
    PutTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
    DeleteTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
    RetryTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
    LinkTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
    UnlinkTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
    ResolveTask: TracksIssues TasksWrite, |TaskPath { id, .. }| id;
}

/// Declares endpoints that ask Jira through the project's keeper, for those with the role *issue tracking*.
macro_rules! asked_through_keeper {
    ($($endpoint:ident)*) => {$(
        impl Answers for $endpoint {
            type Outcome = TaskCommand;

            fn needs(project: &ProjectId, _: &Self::Request) -> Needs {
                Needs::Project(project.clone(), WorkspaceRole::TracksIssues)
            }

            fn answer(project: ProjectId, _: Self::Request, turn: &Turn<'_>) -> Result<TaskCommand, Refusal> {
                turn.task_command(&project)
            }
        }
    )*};
}

asked_through_keeper! { GetJiraMetadata SuggestMapping CheckMapping StartTrial ListTrials EndTrial }

impl Answers for CreateResync {
    type Outcome = TaskCommand;

    fn needs(project: &ProjectId, _: &NewResync) -> Needs {
        Needs::Tasks(project.clone(), WorkspaceRole::TracksIssues, KeyScope::TasksWrite)
    }

    /// Offered while the connection is authorized or interrupted. An interrupted one is waited for.
    fn answer(project: ProjectId, new: NewResync, turn: &Turn<'_>) -> Result<TaskCommand, Refusal> {
        turn.way_of(&turn.project(&project)?)??;
        if turn.mapping_of(&project)?.is_none() {
            return Err(Refusal::Invalid("The project has no mapping yet.".to_owned()));
        }
        let chosen = new.external_ids.len();
        if (new.scope == ResyncScope::Chosen) != (1..=CHOSEN_TASKS).contains(&chosen) {
            let sentence = format!("external_ids names 1 to {CHOSEN_TASKS} tasks, and only if the scope is chosen.");
            return Err(Refusal::Invalid(sentence));
        }
        turn.task_command(&project)
    }
}

/// Declares endpoints of a resync, whose id names the project.
macro_rules! of_resync {
    ($($endpoint:ident: $role:ident $scope:ident;)*) => {$(
        impl Answers for $endpoint {
            type Outcome = TaskCommand;

            fn needs(id: &ResyncId, _: &Self::Request) -> Needs {
                Needs::Tasks(project_of(id), WorkspaceRole::$role, KeyScope::$scope)
            }

            fn answer(id: ResyncId, _: Self::Request, turn: &Turn<'_>) -> Result<TaskCommand, Refusal> {
                turn.task_command(&project_of(&id))
            }
        }
    )*};
}

of_resync! {
    GetResync: Member TasksRead;
    ListResyncItems: Member TasksRead;
    StartResync: TracksIssues TasksWrite;
    CancelResync: TracksIssues TasksWrite;
}

/// The project of a resync. An id that names none stands for a project that nobody has.
fn project_of(id: &ResyncId) -> ProjectId {
    id.project().unwrap_or_else(|| ProjectId::from_opaque("none"))
}

impl Answers for GetMapping {
    type Outcome = ProjectMapping;

    fn needs(project: &ProjectId, _: &Nothing) -> Needs {
        Needs::Tasks(project.clone(), WorkspaceRole::Member, KeyScope::TasksRead)
    }

    fn answer(project: ProjectId, _: Nothing, turn: &Turn<'_>) -> Result<ProjectMapping, Refusal> {
        Ok(match turn.mapping_of(&project)? {
            None => ProjectMapping { mapping: None, revision: 0, saved_at: None, saved_by: None },
            Some(stored) => ProjectMapping {
                mapping: Some(stored.mapping),
                revision: stored.revision,
                saved_at: Some(stored.saved_at),
                saved_by: Some(stored.saved_by),
            },
        })
    }
}

/// Stores a mapping that was checked, as the next revision.
#[derive(Serialize, Deserialize)]
pub struct StoreMapping {
    /// The project.
    pub project: ProjectId,
    /// The mapping.
    pub mapping: Mapping,
    /// The revision that it replaces.
    pub revision: u32,
}

impl Step for StoreMapping {
    type Answer = ProjectMapping;

    fn needs(&self) -> Needs {
        Needs::Project(self.project.clone(), WorkspaceRole::TracksIssues)
    }

    fn run(self, turn: &Turn<'_>) -> Result<ProjectMapping, Refusal> {
        let current = turn.mapping_of(&self.project)?.map_or(0, |stored| stored.revision);
        if current != self.revision {
            return Err(Refusal::EditConflict);
        }
        let project = turn.project(&self.project)?;
        let workspace = turn.workspace(&project.workspace)?;
        turn.record_project(&project, &workspace.name, ProjectChange::Changed)?;
        let revision = current.saturating_add(1);
        let (saved_at, saved_by) = (turn.now, turn.who.name());
        let stored =
            StoredMapping { v: 1, revision, mapping: self.mapping.clone(), saved_at, saved_by: saved_by.clone() };
        let values = vec![self.project.as_str().into(), i64::from(revision).into(), to_record(&stored)?];
        turn.sql.run("INSERT INTO mappings (project, revision, record) VALUES (?, ?, ?)", values)?;
        if let Some(connection) = &project.connection {
            turn.subscribe_soon(connection)?;
        }
        let (saved_at, saved_by) = (Some(saved_at), Some(saved_by));
        Ok(ProjectMapping { mapping: Some(self.mapping), revision, saved_at, saved_by })
    }
}

/// Asks how a project's tasks reach Jira now. The keeper asks at the beginning of each run and holds no answer longer, so
/// access that is withdrawn ends at once.
#[derive(Serialize, Deserialize)]
pub struct GetProjectSync {
    /// The project.
    pub project: ProjectId,
}

impl Step for GetProjectSync {
    type Answer = ProjectSync;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<ProjectSync, Refusal> {
        let project = turn.project(&self.project)?;
        let stored = turn.mapping_of(&self.project)?;
        let revision = stored.as_ref().map_or(0, |stored| stored.revision);
        Ok(ProjectSync { way: turn.way_of(&project)?, mapping: stored.map(|stored| stored.mapping), revision })
    }
}
