//! Grants connections to workspaces, and revokes that access, which disconnects the workspaces' projects.

use api::{
    Actor, Connection, ConnectionAccess, ConnectionId, EditAccess, GetAccess, NewAccess, Nothing, TimelineEvent,
    WorkspaceAccess, WorkspaceId,
};
use serde::Deserialize;

use crate::organization::{
    AccessLevel, Answers, Needs, Refusal, StoredConnection, Turn, records, workspaces::StoredWorkspace,
};

#[derive(Deserialize)]
struct Granted {
    workspace: WorkspaceId,
}

impl Turn<'_> {
    fn granted_to(&self, id: &ConnectionId) -> Result<Vec<WorkspaceId>, Refusal> {
        let granted = "SELECT workspace FROM access WHERE connection = ?";
        let rows: Vec<Granted> = self.sql.rows(granted, vec![id.as_str().into()])?;
        Ok(rows.into_iter().map(|row| row.workspace).collect())
    }

    /// Finds the workspaces with these ids. Refuses an id that is unknown or of an archived workspace, and an empty
    /// list while there are workspaces.
    pub(super) fn resolve_workspaces(&self, ids: &[WorkspaceId]) -> Result<Vec<StoredWorkspace>, Refusal> {
        let mut living = self.living_workspaces()?;
        if ids.is_empty() && !living.is_empty() {
            return Err(Refusal::WorkspaceRequired);
        }
        if ids.iter().any(|id| living.iter().all(|workspace| &workspace.id != id)) {
            return Err(Refusal::Invalid("One of the chosen workspaces does not exist, or it is archived.".to_owned()));
        }
        living.retain(|workspace| ids.contains(&workspace.id));
        Ok(living)
    }

    /// Grants a connection to workspaces.
    pub(super) fn grant<'w>(
        &self,
        id: &ConnectionId,
        workspaces: impl IntoIterator<Item = &'w StoredWorkspace>,
    ) -> Result<(), Refusal> {
        for workspace in workspaces {
            let values = vec![id.as_str().into(), workspace.id.as_str().into()];
            self.sql.run("INSERT OR IGNORE INTO access (connection, workspace) VALUES (?, ?)", values)?;
        }
        Ok(())
    }

    /// Revokes the access of a workspace to a connection. Disconnects the projects that use it there.
    fn revoke_access(&self, connection: &StoredConnection, workspace: &StoredWorkspace) -> Result<(), Refusal> {
        let id = &connection.details.id;
        let values = vec![id.as_str().into(), workspace.id.as_str().into()];
        self.sql.run("DELETE FROM access WHERE connection = ? AND workspace = ?", values)?;
        let projects = self.projects_using(std::slice::from_ref(id), Some(&workspace.id))?;
        self.disconnect(projects, connection, &workspace.name, &self.who.actor())
    }

    /// Revokes the access of a workspace to all its connections, because it is archived.
    pub(super) fn revoke_all_access(&self, workspace: &StoredWorkspace) -> Result<(), Refusal> {
        let granted = "SELECT record FROM connections WHERE id IN (SELECT connection FROM access WHERE workspace = ?)";
        for connection in records::<StoredConnection>(self.sql, granted, vec![workspace.id.as_str().into()])? {
            self.revoke_access(&connection, workspace)?;
            self.record_access_event(&connection, &[], &[workspace])?;
        }
        Ok(())
    }

    /// Grants a new connection to workspaces, and records that.
    pub(super) fn grant_initially(
        &self,
        connection: &StoredConnection,
        workspaces: &[StoredWorkspace],
    ) -> Result<(), Refusal> {
        if workspaces.is_empty() {
            return Ok(());
        }
        self.grant(&connection.details.id, workspaces)?;
        self.record_access_event(connection, &workspaces.iter().collect::<Vec<_>>(), &[])
    }

    /// Grants connections to a new workspace, and records that for each of them.
    pub(super) fn take_in(&self, connections: &[ConnectionId], workspace: &StoredWorkspace) -> Result<(), Refusal> {
        for id in connections {
            let mut connection = self.living_connection(id).map_err(|refusal| match refusal {
                Refusal::NotFound => Refusal::Invalid("One of the chosen connections does not exist.".to_owned()),
                other => other,
            })?;
            self.grant(id, [workspace])?;
            connection.details.version += 1;
            self.store_connection(&connection)?;
            self.record_access_event(&connection, &[workspace], &[])?;
        }
        Ok(())
    }

    /// Deletes all access to a purged connection, and disconnects its projects.
    pub(super) fn delete_access(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        let id = &connection.details.id;
        for project in self.projects_using(std::slice::from_ref(id), None)? {
            let workspace = self.workspace(&project.workspace)?.name;
            self.disconnect(vec![project], connection, &workspace, &Actor::Causeway)?;
        }
        Ok(self.sql.run("DELETE FROM access WHERE connection = ?", vec![id.as_str().into()])?)
    }

    fn record_access_event(
        &self,
        connection: &StoredConnection,
        granted: &[&StoredWorkspace],
        revoked: &[&StoredWorkspace],
    ) -> Result<(), Refusal> {
        let names = |some: &[&StoredWorkspace]| some.iter().map(|workspace| workspace.name.to_string()).collect();
        let event = TimelineEvent::AccessChanged { granted: names(granted), taken: names(revoked) };
        self.record_event(Some(connection), self.who.actor(), event)
    }
}

/// Lists the workspaces, whether the connection is granted to each, and the projects that use it.
impl Answers for GetAccess {
    type Outcome = ConnectionAccess;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<ConnectionAccess, Refusal> {
        turn.living_connection(&id)?;
        let granted = turn.granted_to(&id)?;
        let using = turn.projects_using(std::slice::from_ref(&id), None)?;
        let access = |workspace: StoredWorkspace| WorkspaceAccess {
            workspace: workspace.by_name(),
            granted: granted.contains(&workspace.id),
            projects: using.iter().filter(|p| p.workspace == workspace.id).map(|p| p.name.clone()).collect(),
        };
        Ok(ConnectionAccess { workspaces: turn.living_workspaces()?.into_iter().map(access).collect() })
    }
}

/// Grants a connection to exactly the given workspaces.
impl Answers for EditAccess {
    type Outcome = Connection;

    fn needs(_: &ConnectionId, _: &NewAccess) -> Needs {
        Needs::Administrator
    }

    /// 1. Find the workspaces. 2. Refuse to disconnect projects without a confirmation. 3. Grant and revoke access.
    fn answer(id: ConnectionId, access: NewAccess, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let mut connection = turn.living_connection(&id)?;
        let workspaces = turn.resolve_workspaces(&access.workspaces)?;
        let before = turn.granted_to(&id)?;
        let granted: Vec<_> = workspaces.iter().filter(|workspace| !before.contains(&workspace.id)).collect();
        let living = turn.living_workspaces()?;
        let is_revoked = |one: &&StoredWorkspace| before.contains(&one.id) && !access.workspaces.contains(&one.id);
        let revoked: Vec<_> = living.iter().filter(is_revoked).collect();
        if !access.confirmed {
            turn.refuse_disconnecting(&id, &revoked)?;
        }
        if !granted.is_empty() || !revoked.is_empty() {
            turn.grant(&id, granted.iter().copied())?;
            revoked.iter().try_for_each(|workspace| turn.revoke_access(&connection, workspace))?;
            connection.details.version += 1;
            turn.store_connection(&connection)?;
            turn.record_access_event(&connection, &granted, &revoked)?;
        }
        turn.view_of(&connection)
    }
}

impl Turn<'_> {
    /// Refuses if projects would lose the connection. The refusal names them.
    fn refuse_disconnecting(&self, id: &ConnectionId, revoked: &[&StoredWorkspace]) -> Result<(), Refusal> {
        let mut named = Vec::new();
        for workspace in revoked {
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
