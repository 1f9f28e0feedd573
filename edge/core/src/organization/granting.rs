//! Which workspaces a connection is granted to, and what becomes of their projects when it is taken away.

use api::{Actor, Connection, ConnectionAccess, ConnectionId, NewAccess, TimelineEvent, WorkspaceAccess, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, records, standing::AccessLevel,
        workspaces::WorkspaceRecord,
    },
    ports::Random,
};

#[derive(Deserialize)]
struct Granted {
    workspace: WorkspaceId,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    fn granted_to(&self, id: &ConnectionId) -> Result<Vec<WorkspaceId>, Refusal> {
        let granted = "SELECT workspace FROM access WHERE connection = ?";
        let rows: Vec<Granted> = self.sql.rows(granted, vec![id.as_str().into()])?;
        Ok(rows.into_iter().map(|row| row.workspace).collect())
    }

    /// The workspaces that are meant, unless one does not exist or it would be none while there are any.
    pub(super) fn meant(&self, ids: &[WorkspaceId]) -> Result<Vec<WorkspaceRecord>, Refusal> {
        let mut living = self.living_workspaces()?;
        if ids.is_empty() && !living.is_empty() {
            return Err(Refusal::WorkspaceRequired);
        }
        if ids.iter().any(|id| living.iter().all(|workspace| &workspace.id != id)) {
            return Err(Refusal::Invalid("workspaces names one that does not exist or is archived.".to_owned()));
        }
        living.retain(|workspace| ids.contains(&workspace.id));
        Ok(living)
    }

    /// Grants a connection to workspaces that did not have it.
    pub(super) fn grant<'w>(
        &self,
        id: &ConnectionId,
        workspaces: impl IntoIterator<Item = &'w WorkspaceRecord>,
    ) -> Result<(), Refusal> {
        for workspace in workspaces {
            let values = vec![id.as_str().into(), workspace.id.as_str().into()];
            self.sql.run("INSERT OR IGNORE INTO access (connection, workspace) VALUES (?, ?)", values)?;
        }
        Ok(())
    }

    /// Takes a connection away from a workspace. Its projects there are disconnected.
    fn take_away(
        &self,
        connection: &ConnectionRecord,
        workspace: &WorkspaceRecord,
        who: &Identity,
    ) -> Result<(), Refusal> {
        let id = &connection.shown.id;
        let values = vec![id.as_str().into(), workspace.id.as_str().into()];
        self.sql.run("DELETE FROM access WHERE connection = ? AND workspace = ?", values)?;
        let projects = self.projects_using(std::slice::from_ref(id), Some(&workspace.id))?;
        self.disconnect(projects, connection, &workspace.name, &who.actor())
    }

    /// An archived workspace has no connections.
    pub(super) fn take_all_access(&self, workspace: &WorkspaceRecord, who: &Identity) -> Result<(), Refusal> {
        let granted = "SELECT record FROM connections WHERE id IN (SELECT connection FROM access WHERE workspace = ?)";
        for connection in records::<ConnectionRecord>(self.sql, granted, vec![workspace.id.as_str().into()])? {
            self.take_away(&connection, workspace, who)?;
            self.note_access(&connection, &[], &[workspace], who)?;
        }
        Ok(())
    }

    /// Grants a new connection, and writes that down.
    pub(super) fn grant_first(
        &self,
        connection: &ConnectionRecord,
        workspaces: &[WorkspaceRecord],
        who: &Identity,
    ) -> Result<(), Refusal> {
        if workspaces.is_empty() {
            return Ok(());
        }
        self.grant(&connection.shown.id, workspaces)?;
        self.note_access(connection, &workspaces.iter().collect::<Vec<_>>(), &[], who)
    }

    /// A connection is gone for good: nothing is granted any more, and projects have lost it.
    pub(super) fn forget_access(&self, connection: &ConnectionRecord) -> Result<(), Refusal> {
        let id = &connection.shown.id;
        for project in self.projects_using(std::slice::from_ref(id), None)? {
            let workspace = self.workspace(&project.workspace)?.name;
            self.disconnect(vec![project], connection, &workspace, &Actor::Causeway)?;
        }
        Ok(self.sql.run("DELETE FROM access WHERE connection = ?", vec![id.as_str().into()])?)
    }

    fn note_access(
        &self,
        connection: &ConnectionRecord,
        granted: &[&WorkspaceRecord],
        taken: &[&WorkspaceRecord],
        who: &Identity,
    ) -> Result<(), Refusal> {
        let names = |some: &[&WorkspaceRecord]| some.iter().map(|workspace| workspace.name.to_string()).collect();
        let event = TimelineEvent::AccessChanged { granted: names(granted), taken: names(taken) };
        self.note(Some(connection), who.actor(), event)
    }
}

/// Finds the access of a connection. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct FindAccess {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for FindAccess {
    const NAME: &'static str = "find_access";
    const NEEDS: Needs = Needs::Session;
    type Answer = ConnectionAccess;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<ConnectionAccess, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        organization.living_connection(&self.id)?;
        let granted = organization.granted_to(&self.id)?;
        let using = organization.projects_using(std::slice::from_ref(&self.id), None)?;
        let access = |workspace: WorkspaceRecord| WorkspaceAccess {
            workspace: workspace.by_name(),
            granted: granted.contains(&workspace.id),
            projects: using.iter().filter(|p| p.workspace == workspace.id).map(|p| p.name.clone()).collect(),
        };
        Ok(ConnectionAccess { workspaces: organization.living_workspaces()?.into_iter().map(access).collect() })
    }
}

/// Grants a connection to exactly some workspaces.
#[derive(Serialize, Deserialize)]
pub struct SaveAccess {
    /// The connection.
    pub id: ConnectionId,
    /// What was sent.
    pub access: NewAccess,
}

impl Command for SaveAccess {
    const NAME: &'static str = "save_access";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Connection;

    /// 1. The workspaces are there, and at least one. 2. What would be disconnected was confirmed. 3. All is written.
    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        let mut connection = organization.living_connection(&self.id)?;
        let meant = organization.meant(&self.access.workspaces)?;
        let before = organization.granted_to(&self.id)?;
        let granted: Vec<_> = meant.iter().filter(|workspace| !before.contains(&workspace.id)).collect();
        let living = organization.living_workspaces()?;
        let goes = |one: &&WorkspaceRecord| before.contains(&one.id) && !self.access.workspaces.contains(&one.id);
        let taken: Vec<_> = living.iter().filter(goes).collect();
        if !self.access.confirmed {
            organization.nothing_is_disconnected(&self.id, &taken)?;
        }
        if !granted.is_empty() || !taken.is_empty() {
            organization.grant(&self.id, granted.iter().copied())?;
            taken.iter().try_for_each(|workspace| organization.take_away(&connection, workspace, who))?;
            connection.shown.version += 1;
            organization.keep_connection(&connection)?;
            organization.note_access(&connection, &granted, &taken, who)?;
        }
        organization.shown_to(who, &connection)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Refuses, naming the projects that would lose the connection.
    fn nothing_is_disconnected(&self, id: &ConnectionId, taken: &[&WorkspaceRecord]) -> Result<(), Refusal> {
        let mut named = Vec::new();
        for workspace in taken {
            for project in self.projects_using(std::slice::from_ref(id), Some(&workspace.id))? {
                named.push(format!("{} ({})", project.name, workspace.name));
            }
        }
        if named.is_empty() {
            return Ok(());
        }
        Err(Refusal::ConfirmationRequired(format!("This would disconnect {}.", named.join(", "))))
    }
}
