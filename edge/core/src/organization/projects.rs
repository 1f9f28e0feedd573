//! Projects of workspaces. Each can name the connection that its issues go through.

use api::{
    AffectedProject, ConnectionId, CreateProject, DeleteProject, Disconnected, EditProject, GrantId, JiraProjectCheck,
    JiraProjectState, List, ListProjects, Name, NewProject, Nothing, Project, ProjectChange, ProjectConnection,
    ProjectId, State, TimelineEvent, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    folding::{folded, same_name},
    organization::{
        AccessLevel, Answers, Needs, Refusal, SavedProject, StoredConnection, Turn, Value, WorkspaceRole,
        limits::PROJECTS, permissions::as_list, record, records, to_record, workspaces::StoredWorkspace,
    },
};

/// A project as stored, with the connection that it uses or has lost. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredProject {
    v: u8,
    pub(super) id: ProjectId,
    pub(super) name: Name,
    pub(super) workspace: WorkspaceId,
    created_at: Timestamp,
    #[serde(default)]
    pub(super) connection: Option<ConnectionId>,
    #[serde(default)]
    pub(super) jira_project: Option<String>,
    #[serde(default)]
    disconnected: Option<Disconnected>,
    /// What Jira said of the Jira project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jira_check: Option<StoredJiraCheck>,
}

/// What Jira said of a Jira project, and to whom: another grant may belong to another account, or to another site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredJiraCheck {
    pub(super) grant: GrantId,
    #[serde(flatten)]
    pub(super) check: JiraProjectCheck,
}

impl StoredProject {
    /// Where its tasks go in Jira, and whether that was found.
    fn reaches(&self) -> (Option<&ConnectionId>, Option<&str>, Option<JiraProjectState>) {
        let state = self.jira_check.as_ref().map(|stored| stored.check.state);
        (self.connection.as_ref(), self.jira_project.as_deref(), state)
    }
}

impl Turn<'_> {
    pub(super) fn project(&self, id: &ProjectId) -> Result<StoredProject, Refusal> {
        let found = record(self.sql, "SELECT record FROM projects WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    pub(super) fn projects_of(&self, workspace: &WorkspaceId) -> Result<Vec<StoredProject>, Refusal> {
        let all = "SELECT record FROM projects WHERE workspace = ? ORDER BY name_key";
        Ok(records(self.sql, all, vec![workspace.as_str().into()])?)
    }

    pub(super) fn store_project(&self, project: &StoredProject) -> Result<(), Refusal> {
        let before: Option<StoredProject> =
            record(self.sql, "SELECT record FROM projects WHERE id = ?", vec![project.id.as_str().into()])?;
        if before.as_ref().is_none_or(|before| before.reaches() != project.reaches()) {
            let before = before.as_ref().and_then(|before| before.connection.as_ref());
            before.into_iter().chain(&project.connection).try_for_each(|one| self.subscribe_soon(one))?;
        }
        let values = vec![
            project.id.as_str().into(),
            project.workspace.as_str().into(),
            same_name(project.name.as_str()).into(),
            project.connection.as_ref().map(ToString::to_string).into(),
            to_record(project)?,
        ];
        let upsert =
            "INSERT OR REPLACE INTO projects (id, workspace, name_key, connection, record) VALUES (?, ?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// The projects that use any of these connections, in one workspace or in all.
    pub(super) fn projects_using(
        &self,
        connections: &[ConnectionId],
        workspace: Option<&WorkspaceId>,
    ) -> Result<Vec<StoredProject>, Refusal> {
        let workspace = || Value::from(workspace.map(ToString::to_string));
        let using = "SELECT record FROM projects WHERE connection IN (SELECT value FROM json_each(?)) \
             AND (? IS NULL OR workspace = ?) ORDER BY name_key, id";
        Ok(records(self.sql, using, vec![as_list(connections)?, workspace(), workspace()])?)
    }

    /// The projects that use any of these connections, in the form of an [`api::Impact`].
    pub(super) fn affected_projects(&self, connections: &[ConnectionId]) -> Result<Vec<AffectedProject>, Refusal> {
        let mut affected = Vec::new();
        for project in self.projects_using(connections, None)? {
            let workspace = self.workspace(&project.workspace)?.name;
            affected.push(AffectedProject { name: project.name, workspace });
        }
        Ok(affected)
    }

    /// Disconnects projects from their connection, and records that.
    pub(super) fn disconnect(
        &self,
        projects: Vec<StoredProject>,
        connection: &StoredConnection,
        workspace: &Name,
        actor: &api::Actor,
    ) -> Result<(), Refusal> {
        for mut project in projects {
            project.connection = None;
            project.disconnected =
                Some(Disconnected { connection_name: connection.details.name.clone(), at: self.now });
            self.store_project(&project)?;
            let (project, workspace) = (project.name.to_string(), workspace.to_string());
            let event = TimelineEvent::ProjectDisconnected { project, workspace };
            self.record_event(Some(connection), actor.clone(), event)?;
        }
        Ok(())
    }

    /// Records that a project was created, changed or deleted.
    pub(super) fn record_project(
        &self,
        project: &StoredProject,
        workspace: &Name,
        change: ProjectChange,
    ) -> Result<(), Refusal> {
        let (project, workspace) = (project.name.to_string(), workspace.to_string());
        self.record_event(None, self.who.actor(), TimelineEvent::ProjectChanged { project, workspace, change })
    }

    pub(super) fn project_view(&self, project: StoredProject, workspace: &StoredWorkspace) -> Result<Project, Refusal> {
        let used = self.connection_of(&project)?;
        let grant = used.as_ref().and_then(|connection| connection.grant.clone());
        let connection = used.map(|connection| self.project_connection(&connection)).transpose()?;
        Ok(Project {
            jira_check: project.jira_check.filter(|stored| Some(&stored.grant) == grant.as_ref()).map(|one| one.check),
            id: project.id,
            name: project.name,
            workspace: workspace.by_name(),
            jira_project: project.jira_project,
            connection,
            disconnected: project.disconnected,
        })
    }

    /// The connection that a project uses, if it still exists.
    pub(super) fn connection_of(&self, project: &StoredProject) -> Result<Option<StoredConnection>, Refusal> {
        let Some(id) = &project.connection else { return Ok(None) };
        match self.connection(id) {
            Err(Refusal::NotFound) => Ok(None),
            found => found.map(Some),
        }
    }

    fn project_connection(&self, connection: &StoredConnection) -> Result<ProjectConnection, Refusal> {
        let connection = connection.view(self.now);
        let level = self.access_level(&connection.id)?;
        let may_reauthorize = level.is_some_and(|level| level >= AccessLevel::Reauthorizes);
        let works = matches!(connection.status.state(), State::Authorized | State::Interrupted);
        Ok(ProjectConnection {
            hears_until: if works { self.hears_until(&connection.id)? } else { None },
            state: connection.status.state(),
            cause: connection.status.cause().filter(|_| may_reauthorize),
            id: connection.id,
            name: connection.name,
            may_reauthorize,
        })
    }

    /// Refuses a name that another project of the workspace has, a malformed Jira project key, and a connection that is
    /// not granted to the workspace.
    fn check_project(&self, new: &NewProject, workspace: &WorkspaceId, own: Option<&ProjectId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM projects WHERE workspace = ? AND name_key = ?";
        let values = vec![workspace.as_str().into(), same_name(new.name.as_str()).into()];
        let same: Option<StoredProject> = record(self.sql, by_name, values)?;
        if same.is_some_and(|other| Some(&other.id) != own) {
            return Err(Refusal::NameTaken);
        }
        if new.jira_project.as_deref().is_some_and(|key| !is_project_key(key)) {
            let why = "This is not the key of a Jira project: a key has capital letters, digits and _, and begins with a letter.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        let Some(connection) = &new.connection_id else { return Ok(()) };
        let granted = "SELECT connection FROM access JOIN connections ON id = connection \
             WHERE workspace = ? AND connection = ? AND deleted = 0";
        let values = vec![workspace.as_str().into(), connection.as_str().into()];
        if self.sql.rows::<IgnoredAny>(granted, values)?.is_empty() {
            return Err(Refusal::Invalid("The chosen connection is not granted to this workspace.".to_owned()));
        }
        Ok(())
    }

    /// Finds a workspace, and refuses an archived one.
    fn open_workspace(&self, id: &WorkspaceId) -> Result<StoredWorkspace, Refusal> {
        let workspace = self.workspace(id)?;
        match workspace.archived_at {
            None => Ok(workspace),
            Some(_) => Err(Refusal::Invalid("The workspace is archived.".to_owned())),
        }
    }
}

/// Whether `key` has the form of a Jira project key. Source for the default form:
/// <https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>.
/// Installations may also allow digits, underscores and longer keys, but no other characters.
fn is_project_key(key: &str) -> bool {
    let plain = key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    plain
        && key.len() <= api::PROJECT_KEY_CHARACTERS
        && key.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
}

/// Lists the projects of a workspace, by name.
impl Answers for ListProjects {
    type Outcome = List<Project>;

    fn needs(workspace: &WorkspaceId, _: &Nothing) -> Needs {
        Needs::Workspace(workspace.clone(), WorkspaceRole::Member)
    }

    fn answer(workspace: WorkspaceId, _: Nothing, turn: &Turn<'_>) -> Result<List<Project>, Refusal> {
        let workspace = turn.workspace(&workspace)?;
        let mut all = turn.projects_of(&workspace.id)?;
        all.sort_by_cached_key(|project| folded(project.name.as_str()));
        let shown = all.into_iter().map(|project| turn.project_view(project, &workspace));
        Ok(List { items: shown.collect::<Result<_, _>>()?, next_cursor: None })
    }
}

/// Creates a project.
impl Answers for CreateProject {
    type Outcome = SavedProject;

    fn needs(workspace: &WorkspaceId, _: &NewProject) -> Needs {
        Needs::Workspace(workspace.clone(), WorkspaceRole::TracksIssues)
    }

    fn answer(workspace: WorkspaceId, new: NewProject, turn: &Turn<'_>) -> Result<SavedProject, Refusal> {
        let workspace = turn.open_workspace(&workspace)?;
        turn.check_project(&new, &workspace.id, None)?;
        let others = "SELECT count(*) AS n FROM projects WHERE workspace = ?";
        let why = format!("The workspace has {PROJECTS} projects already.");
        turn.limit(PROJECTS, others, vec![workspace.id.as_str().into()], &why)?;
        let id = turn.new_id();
        let project = StoredProject {
            v: 1,
            id,
            name: new.name,
            workspace: workspace.id.clone(),
            created_at: turn.now,
            connection: new.connection_id,
            jira_project: new.jira_project,
            disconnected: None,
            jira_check: None,
        };
        turn.store_project(&project)?;
        turn.record_project(&project, &workspace.name, ProjectChange::Created)?;
        turn.saved(project, &workspace)
    }
}

/// Updates the name, connection and Jira project of a project.
impl Answers for EditProject {
    type Outcome = SavedProject;

    fn needs(id: &ProjectId, _: &NewProject) -> Needs {
        Needs::Project(id.clone(), WorkspaceRole::TracksIssues)
    }

    fn answer(id: ProjectId, new: NewProject, turn: &Turn<'_>) -> Result<SavedProject, Refusal> {
        let mut project = turn.project(&id)?;
        let workspace = turn.open_workspace(&project.workspace)?;
        turn.check_project(&new, &project.workspace, Some(&id))?;
        if (&project.jira_project, &project.connection) != (&new.jira_project, &new.connection_id) {
            project.jira_check = None;
        }
        project.name = new.name;
        project.jira_project = new.jira_project;
        if new.connection_id.is_some() {
            project.disconnected = None;
        }
        project.connection = new.connection_id;
        turn.store_project(&project)?;
        turn.record_project(&project, &workspace.name, ProjectChange::Changed)?;
        turn.saved(project, &workspace)
    }
}

/// Deletes a project.
impl Answers for DeleteProject {
    type Outcome = Nothing;

    fn needs(id: &ProjectId, _: &Nothing) -> Needs {
        Needs::Project(id.clone(), WorkspaceRole::TracksIssues)
    }

    fn answer(id: ProjectId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let project = turn.project(&id)?;
        let workspace = turn.open_workspace(&project.workspace)?;
        turn.sql.run("DELETE FROM projects WHERE id = ?", vec![id.as_str().into()])?;
        turn.forget_tasks_of(&id)?;
        if let Some(connection) = &project.connection {
            turn.subscribe_soon(connection)?;
        }
        turn.record_project(&project, &workspace.name, ProjectChange::Deleted)?;
        Ok(Nothing {})
    }
}
