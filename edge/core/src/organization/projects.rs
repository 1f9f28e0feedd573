//! Projects of workspaces, each with the connection that its issues go through.

use api::{
    AffectedProject, ConnectionId, Disconnected, List, Name, NewProject, Nothing, Project, ProjectConnection,
    ProjectId, TimelineEvent, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, Value, record, records,
        standing::{AccessLevel, as_list},
        to_record,
        workspaces::{Part, WorkspaceRecord},
    },
    ports::Random,
    secrets::random_id,
};

/// A project as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ProjectRecord {
    v: u8,
    id: ProjectId,
    pub(super) name: Name,
    pub(super) workspace: WorkspaceId,
    created_at: Timestamp,
    #[serde(default)]
    connection: Option<ConnectionId>,
    #[serde(default)]
    jira_project: Option<String>,
    #[serde(default)]
    disconnected: Option<Disconnected>,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    fn project(&self, id: &ProjectId) -> Result<ProjectRecord, Refusal> {
        let found = record(self.sql, "SELECT record FROM projects WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    fn keep_project(&self, project: &ProjectRecord) -> Result<(), Refusal> {
        let values = vec![
            project.id.as_str().into(),
            project.workspace.as_str().into(),
            project.name.as_str().to_lowercase().into(),
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
    ) -> Result<Vec<ProjectRecord>, Refusal> {
        let workspace = || Value::from(workspace.map(ToString::to_string));
        let using = "SELECT record FROM projects WHERE connection IN (SELECT value FROM json_each(?)) \
             AND (? IS NULL OR workspace = ?) ORDER BY name_key, id";
        Ok(records(self.sql, using, vec![as_list(connections)?, workspace(), workspace()])?)
    }

    /// The same, for an impact.
    pub(super) fn affected_projects(&self, connections: &[ConnectionId]) -> Result<Vec<AffectedProject>, Refusal> {
        let mut affected = Vec::new();
        for project in self.projects_using(connections, None)? {
            let workspace = self.workspace(&project.workspace)?.name;
            affected.push(AffectedProject { name: project.name, workspace });
        }
        Ok(affected)
    }

    /// Takes the connection away from projects, and writes that down.
    pub(super) fn disconnect(
        &self,
        projects: Vec<ProjectRecord>,
        connection: &ConnectionRecord,
        workspace: &Name,
        actor: &api::Actor,
    ) -> Result<(), Refusal> {
        for mut project in projects {
            project.connection = None;
            project.disconnected = Some(Disconnected { connection_name: connection.shown.name.clone(), at: self.now });
            self.keep_project(&project)?;
            let (project, workspace) = (project.name.to_string(), workspace.to_string());
            let event = TimelineEvent::ProjectDisconnected { project, workspace };
            self.note(Some(connection), actor.clone(), event)?;
        }
        Ok(())
    }

    fn project_shown(
        &self,
        who: &Identity,
        project: ProjectRecord,
        workspace: &WorkspaceRecord,
    ) -> Result<Project, Refusal> {
        let connection = match &project.connection {
            Some(id) => self.project_connection(who, id)?,
            None => None,
        };
        Ok(Project {
            id: project.id,
            name: project.name,
            workspace: workspace.by_name(),
            jira_project: project.jira_project,
            connection,
            disconnected: project.disconnected,
        })
    }

    fn project_connection(&self, who: &Identity, id: &ConnectionId) -> Result<Option<ProjectConnection>, Refusal> {
        let connection = match self.connection(id) {
            Err(Refusal::NotFound) => return Ok(None),
            found => found?.shown_at(self.now),
        };
        let may_reauthorize = self.standing(who, id)?.is_some_and(|standing| standing >= AccessLevel::TracksIssues);
        Ok(Some(ProjectConnection {
            state: connection.status.state(),
            cause: connection.status.cause().filter(|_| may_reauthorize),
            id: connection.id,
            name: connection.name,
            may_reauthorize,
        }))
    }

    /// Refuses what a project cannot be: another's name, a connection that its workspace does not have.
    fn check_project(&self, new: &NewProject, workspace: &WorkspaceId, own: Option<&ProjectId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM projects WHERE workspace = ? AND name_key = ?";
        let values = vec![workspace.as_str().into(), new.name.as_str().to_lowercase().into()];
        let same: Option<ProjectRecord> = record(self.sql, by_name, values)?;
        if same.is_some_and(|other| Some(&other.id) != own) {
            return Err(Refusal::NameTaken);
        }
        if new.jira_project.as_deref().is_some_and(|key| !is_project_key(key)) {
            let why = "jira_project is the key of a Jira project: capital letters, digits and _, a letter first.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        let Some(connection) = &new.connection_id else { return Ok(()) };
        let granted = "SELECT connection FROM access JOIN connections ON id = connection \
             WHERE workspace = ? AND connection = ? AND deleted = 0";
        let values = vec![workspace.as_str().into(), connection.as_str().into()];
        if self.sql.rows::<IgnoredAny>(granted, values)?.is_empty() {
            return Err(Refusal::Invalid("connection_id names none that is granted to the workspace.".to_owned()));
        }
        Ok(())
    }

    /// The workspace, for whoever has the role *issue tracking* there.
    fn tracked_workspace(&self, who: &Identity, id: &WorkspaceId) -> Result<WorkspaceRecord, Refusal> {
        let workspace = self.workspace(id)?;
        match self.part_in(who, &workspace)? {
            Part::TracksIssues if workspace.archived_at.is_none() => Ok(workspace),
            Part::TracksIssues => Err(Refusal::Invalid("The workspace is archived.".to_owned())),
            Part::Member => Err(Refusal::Forbidden),
        }
    }
}

/// As Jira has it by default: <https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>.
/// Installations may allow more characters, and longer keys; none allows others than these.
fn is_project_key(key: &str) -> bool {
    let plain = key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    plain && key.len() <= 255 && key.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
}

/// Finds the projects of a workspace, by name.
#[derive(Serialize, Deserialize)]
pub struct FindProjects {
    /// The workspace.
    pub workspace: WorkspaceId,
}

impl Command for FindProjects {
    const NAME: &'static str = "find_projects";
    const NEEDS: Needs = Needs::Session;
    type Answer = List<Project>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<List<Project>, Refusal> {
        let workspace = organization.workspace(&self.workspace)?;
        organization.part_in(who, &workspace)?;
        let all = "SELECT record FROM projects WHERE workspace = ? ORDER BY name_key";
        let all: Vec<ProjectRecord> = records(organization.sql, all, vec![self.workspace.as_str().into()])?;
        let shown = all.into_iter().map(|project| organization.project_shown(who, project, &workspace));
        Ok(List { items: shown.collect::<Result<_, _>>()?, next_cursor: None })
    }
}

/// Makes a project.
#[derive(Serialize, Deserialize)]
pub struct MakeProject {
    /// The workspace that is to hold it.
    pub workspace: WorkspaceId,
    /// What was sent.
    pub new: NewProject,
}

impl Command for MakeProject {
    const NAME: &'static str = "make_project";
    const NEEDS: Needs = Needs::Session;
    type Answer = Project;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Project, Refusal> {
        let workspace = organization.tracked_workspace(who, &self.workspace)?;
        organization.check_project(&self.new, &self.workspace, None)?;
        let id = ProjectId::parse(format!("prj_{}", random_id(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let project = ProjectRecord {
            v: 1,
            id,
            name: self.new.name,
            workspace: self.workspace,
            created_at: organization.now,
            connection: self.new.connection_id,
            jira_project: self.new.jira_project,
            disconnected: None,
        };
        organization.keep_project(&project)?;
        organization.project_shown(who, project, &workspace)
    }
}

/// Replaces a project's name, connection and Jira project.
#[derive(Serialize, Deserialize)]
pub struct SaveProject {
    /// The project.
    pub id: ProjectId,
    /// What was sent.
    pub new: NewProject,
}

impl Command for SaveProject {
    const NAME: &'static str = "save_project";
    const NEEDS: Needs = Needs::Session;
    type Answer = Project;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Project, Refusal> {
        let mut project = organization.project(&self.id)?;
        let workspace = organization.tracked_workspace(who, &project.workspace)?;
        organization.check_project(&self.new, &project.workspace, Some(&self.id))?;
        project.name = self.new.name;
        project.jira_project = self.new.jira_project;
        if self.new.connection_id.is_some() {
            project.disconnected = None;
        }
        project.connection = self.new.connection_id;
        organization.keep_project(&project)?;
        organization.project_shown(who, project, &workspace)
    }
}

/// Removes a project.
#[derive(Serialize, Deserialize)]
pub struct DropProject {
    /// The project.
    pub id: ProjectId,
}

impl Command for DropProject {
    const NAME: &'static str = "drop_project";
    const NEEDS: Needs = Needs::Session;
    type Answer = Nothing;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Nothing, Refusal> {
        let project = organization.project(&self.id)?;
        organization.tracked_workspace(who, &project.workspace)?;
        organization.sql.run("DELETE FROM projects WHERE id = ?", vec![self.id.as_str().into()])?;
        Ok(Nothing {})
    }
}
