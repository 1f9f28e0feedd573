//! A resync of all projects of a connection: which projects it has, and the nonce that names the resync of each. The resyncs
//! are the keepers'. It is stored before any keeper is told, so asking again finds what was begun.

use api::{
    ConnectionId, CreateConnectionResync, KeyScope, ListConnectionResyncs, Name, NewConnectionResync, Nothing,
    ProjectId, RESYNCED_PROJECTS, ResyncDirection, ResyncId, ResyncScope, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{AccessLevel, Answers, Needs, Refusal, Turn, record, to_record},
    secrets::random_id,
};

/// A resync of the projects of a connection as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredConnectionResync {
    v: u8,
    /// Names the resync of each project.
    nonce: String,
    /// Which tasks it looks at.
    pub scope: ResyncScope,
    /// Which side stands.
    pub direction: ResyncDirection,
    /// Whether each is started as soon as its preview is ready.
    pub start: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// The projects, by name.
    pub projects: Vec<ResyncedProject>,
}

/// A project of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResyncedProject {
    /// The project's id.
    pub id: ProjectId,
    /// The name of the project.
    pub name: Name,
    /// The id of its workspace.
    pub workspace: WorkspaceId,
}

impl StoredConnectionResync {
    /// The id of the resync of a project.
    pub fn resync_of(&self, project: &ProjectId) -> ResyncId {
        ResyncId::of(project, &self.nonce)
    }
}

impl Turn<'_> {
    /// The projects of a connection whose tasks reach Jira.
    fn resynced_projects(&self, connection: &ConnectionId) -> Result<Vec<ResyncedProject>, Refusal> {
        let mut projects = Vec::new();
        for project in self.projects_using(std::slice::from_ref(connection), None)? {
            if self.way_of(&project)?.is_ok() && self.has_mapping(&project.id)? {
                projects.push(ResyncedProject { id: project.id, name: project.name, workspace: project.workspace });
            }
        }
        Ok(projects)
    }
}

impl Answers for CreateConnectionResync {
    type Outcome = StoredConnectionResync;

    fn needs(id: &ConnectionId, _: &NewConnectionResync) -> Needs {
        Needs::connection(id, AccessLevel::Manages, Some(KeyScope::TasksWrite))
    }

    /// Offered while the connection is authorized or interrupted. An interrupted one is waited for.
    fn answer(id: ConnectionId, new: NewConnectionResync, turn: &Turn<'_>) -> Result<StoredConnectionResync, Refusal> {
        turn.jira_access(&turn.connection(&id)?)?;
        if new.scope == ResyncScope::Chosen {
            return Err(Refusal::Invalid("Tasks can be chosen in a resync of one project only.".to_owned()));
        }
        let projects = turn.resynced_projects(&id)?;
        if projects.is_empty() {
            let sentence = "No project that uses the connection has both a Jira project and a mapping.";
            return Err(Refusal::Invalid(sentence.to_owned()));
        }
        if projects.len() > RESYNCED_PROJECTS {
            let sentence = format!("More than {RESYNCED_PROJECTS} projects use the connection: resync each by itself.");
            return Err(Refusal::Invalid(sentence));
        }
        let stored = StoredConnectionResync {
            v: 1,
            nonce: random_id(turn.random),
            scope: new.scope,
            direction: new.direction,
            start: new.start,
            created_at: turn.now,
            created_by: turn.who.name(),
            projects,
        };
        let upsert = "INSERT OR REPLACE INTO connection_resyncs (connection, record) VALUES (?, ?)";
        turn.sql.run(upsert, vec![id.as_str().into(), to_record(&stored)?])?;
        Ok(stored)
    }
}

impl Answers for ListConnectionResyncs {
    type Outcome = Option<StoredConnectionResync>;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, Some(KeyScope::TasksRead))
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Self::Outcome, Refusal> {
        let newest = "SELECT record FROM connection_resyncs WHERE connection = ?";
        Ok(record(turn.sql, newest, vec![id.as_str().into()])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_resync_of_a_connection_keeps_its_names() {
        let stored = r#"{"v":1,"nonce":"n","scope":"all","direction":"compare","start":true,"created_at":"2026-11-22T05:00:00Z","created_by":"Ada","projects":[{"id":"prj_1","name":"Shop","workspace":"wsp_1"}]}"#;
        let read: StoredConnectionResync = serde_json::from_str(stored).expect("it is read");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), stored);
    }
}
