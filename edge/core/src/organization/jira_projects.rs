//! The projects of Jira that the projects of workspaces name. The organization decides who may have Jira asked, and what;
//! the Worker asks.

use api::{
    CheckProjects, ConnectionId, GrantId, JiraProjectCheck, JiraProjectState, JiraProjectsQuery, ListJiraProjects,
    Nothing, Project, ProjectId, Status, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    jira::JiraTarget,
    organization::{
        AccessLevel, Answers, Needs, Refusal, Step, StoredConnection, Turn, WorkspaceRole,
        projects::{StoredJiraCheck, StoredProject},
        workspaces::StoredWorkspace,
    },
};

/// The most projects that Jira is asked for in one request. Each is a call.
const AT_ONCE: usize = 20;
/// For so long, in milliseconds, an answer of Jira's stands: a minute.
const CHECK_PAUSE: i64 = 60_000;

/// How to ask the Jira of a connection, as its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JiraAccess {
    /// The connection.
    pub connection: ConnectionId,
    /// The grant whose keeper has the access token.
    pub grant: GrantId,
    /// Where its API is.
    pub target: JiraTarget,
    /// Whether it is Jira Cloud.
    pub is_cloud: bool,
}

/// A project whose Jira project Jira is to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectToCheck {
    /// The project.
    pub project: ProjectId,
    /// The key of its Jira project.
    pub key: String,
    /// Whom to ask.
    pub access: JiraAccess,
}

/// A project that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedProject {
    /// The project.
    pub project: Project,
    /// What to ask Jira now; `None` if there is nothing to ask, or no credential to ask with.
    pub check: Option<ProjectToCheck>,
}

impl Turn<'_> {
    /// How to ask the Jira of a connection. Refuses a connection whose credential must not be used now.
    pub(super) fn jira_access(&self, connection: &StoredConnection) -> Result<JiraAccess, Refusal> {
        let shown = connection.view(self.now);
        match shown.status {
            Status::Unauthorized { .. } => return Err(Refusal::ConnectionUnauthorized),
            Status::Deactivated { .. } | Status::Unknown(_) => return Err(Refusal::ConnectionDeactivated),
            Status::Authorized | Status::Interrupted { .. } => {}
        }
        // A refused credential is not shown to Jira again here: each refused login can lead to a CAPTCHA.
        let usable = connection.grant.clone().filter(|_| connection.refusal.is_none());
        let (Some(target), Some(grant)) = (JiraTarget::of(&shown), usable) else {
            return Err(Refusal::ConnectionUnauthorized);
        };
        let is_cloud = shown.site.as_ref().is_some_and(|site| site.cloud_id.is_some());
        Ok(JiraAccess { connection: shown.id, grant, target, is_cloud })
    }

    /// What to ask Jira about a project; `None` if it has no Jira project, or no connection to ask through.
    fn to_check(&self, project: &StoredProject) -> Result<Option<ProjectToCheck>, Refusal> {
        let Some(key) = project.jira_project.clone() else { return Ok(None) };
        let Some(connection) = self.connection_of(project)?.filter(|one| one.details.deleted.is_none()) else {
            return Ok(None);
        };
        match self.jira_access(&connection) {
            Ok(access) => Ok(Some(ProjectToCheck { project: project.id.clone(), key, access })),
            Err(Refusal::ConnectionUnauthorized | Refusal::ConnectionDeactivated) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// A project that was just stored, with what to ask Jira about it.
    pub(super) fn saved(&self, project: StoredProject, workspace: &StoredWorkspace) -> Result<SavedProject, Refusal> {
        let check = self.to_check(&project)?;
        Ok(SavedProject { project: self.project_view(project, workspace)?, check })
    }
}

/// Decides how the Jira of a connection is asked for its projects.
impl Answers for ListJiraProjects {
    type Outcome = JiraAccess;

    fn needs(id: &ConnectionId, _: &JiraProjectsQuery) -> Needs {
        Needs::connection(id, AccessLevel::Reauthorizes, None)
    }

    fn answer(id: ConnectionId, _: JiraProjectsQuery, turn: &Turn<'_>) -> Result<JiraAccess, Refusal> {
        turn.jira_access(&turn.living_connection(&id)?)
    }
}

/// Decides which projects of a workspace Jira is asked for: those that were not asked for lately, first those whose
/// answer is missing or oldest.
impl Answers for CheckProjects {
    type Outcome = Vec<ProjectToCheck>;

    fn needs(workspace: &WorkspaceId, _: &Nothing) -> Needs {
        Needs::Workspace(workspace.clone(), WorkspaceRole::TracksIssues)
    }

    fn answer(workspace: WorkspaceId, _: Nothing, turn: &Turn<'_>) -> Result<Vec<ProjectToCheck>, Refusal> {
        let mut due: Vec<(Option<Timestamp>, ProjectToCheck)> = Vec::new();
        for project in turn.projects_of(&workspace)? {
            let Some(check) = turn.to_check(&project)? else { continue };
            let asked = project.jira_check.filter(|stored| stored.grant == check.access.grant).map(|one| one.check.at);
            if asked.is_none_or(|at| !(0..CHECK_PAUSE).contains(&turn.now.since(at))) {
                due.push((asked, check));
            }
        }
        due.sort_by_key(|(asked, _)| *asked);
        Ok(due.into_iter().take(AT_ONCE).map(|(_, check)| check).collect())
    }
}

/// What Jira said of a Jira project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedProject {
    /// What Jira was asked.
    pub asked: ProjectToCheck,
    /// What it said.
    pub check: JiraProjectCheck,
}

/// Records what Jira said of Jira projects. What was changed meanwhile is left alone.
#[derive(Serialize, Deserialize)]
pub struct RecordProjectChecks {
    /// What it said.
    pub checked: Vec<CheckedProject>,
}

impl Step for RecordProjectChecks {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        for CheckedProject { asked, check } in self.checked {
            let mut project = match turn.project(&asked.project) {
                Err(Refusal::NotFound) => continue,
                found => found?,
            };
            let is_same = project.jira_project.as_ref() == Some(&asked.key)
                && project.connection.as_ref() == Some(&asked.access.connection);
            let knows = project.jira_check.as_ref().is_some_and(|stored| {
                stored.grant == asked.access.grant && stored.check.state != JiraProjectState::NotAnswered
            });
            if !is_same || (knows && check.state == JiraProjectState::NotAnswered) {
                // An answer of Jira's is worth more than that it did not answer later. It keeps its date.
                continue;
            }
            project.jira_check = Some(StoredJiraCheck { grant: asked.access.grant, check });
            turn.store_project(&project)?;
        }
        Ok(())
    }
}
