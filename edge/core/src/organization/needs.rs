//! The permissions that a handler requires of its caller. Each handler declares them, and the dispatcher checks them
//! before the handler runs.
//!
//! No access answers 404, exactly as an unknown id does.

use api::{AuthorizationId, ConnectionId, KeyScope, ProjectId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::organization::{AccessLevel, Identity, Refusal, Step, Turn, WorkspaceRole};

/// The permission that a request requires of its caller. A caller that a variant does not name is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// No permission: for endpoints that are open to visitors. Only the edge serves these; the organization refuses
    /// them.
    Nothing,
    /// Another part of the edge, which acts for itself.
    Edge,
    /// Any session: for endpoints about the member, and for lists that leave out what the member does not see.
    AnySession,
    /// Any session, or an API key with this scope: for lists that leave out what the caller does not see.
    AnySessionOrKey(KeyScope),
    /// An administrator's session.
    Administrator,
    /// A session with this level of access to the connection, or an API key with this scope that reaches it.
    Connection(ConnectionId, AccessLevel, Option<KeyScope>),
    /// As [`Needs::Connection`] without keys, or another part of the edge.
    ConnectionOrEdge(ConnectionId, AccessLevel),
    /// An API key with this scope that reaches the connection.
    Key(ConnectionId, KeyScope),
    /// An API key with this scope, for what leaves out the connections that the key may not use.
    AnyKey(KeyScope),
    /// For a new connection (`None`) an administrator's session; for one that exists, a session that may reauthorize
    /// it.
    Authorizing(Option<ConnectionId>),
    /// A session with this role in the workspace.
    Workspace(WorkspaceId, WorkspaceRole),
    /// A session with this role in the workspace of the project.
    Project(ProjectId, WorkspaceRole),
    /// A session with this role in the workspace of the project, or an API key with this scope that reaches the project.
    Tasks(ProjectId, WorkspaceRole, KeyScope),
    /// The session that created the authorization.
    Authorization(AuthorizationId),
}

impl Needs {
    /// Creates [`Needs::Connection`].
    pub(crate) fn connection(id: &ConnectionId, level: AccessLevel, scope: Option<KeyScope>) -> Self {
        Self::Connection(id.clone(), level, scope)
    }
}

impl Turn<'_> {
    /// Refuses a caller without the permission.
    pub(super) fn check(&self, needs: &Needs) -> Result<(), Refusal> {
        match (&self.who, needs) {
            (Identity::Edge, Needs::Edge | Needs::ConnectionOrEdge(..)) => Ok(()),
            (Identity::Member { .. }, _) => self.check_member(needs),
            (Identity::Key(key), Needs::AnySessionOrKey(scope) | Needs::AnyKey(scope)) => key.has(*scope),
            (Identity::Key(key), Needs::Key(id, scope)) => {
                key.has(*scope)?;
                self.require(id, AccessLevel::Manages)
            }
            (Identity::Key(key), Needs::Connection(id, level, Some(scope))) => {
                key.has(*scope)?;
                self.require(id, *level)
            }
            (Identity::Key(key), Needs::Tasks(project, _, scope)) => {
                key.has(*scope)?;
                self.require_reached(key, project)
            }
            (Identity::Edge, _)
            | (
                Identity::Key(_),
                Needs::Nothing
                | Needs::Edge
                | Needs::AnySession
                | Needs::Administrator
                | Needs::Connection(.., None)
                | Needs::ConnectionOrEdge(..)
                | Needs::Authorizing(_)
                | Needs::Workspace(..)
                | Needs::Project(..)
                | Needs::Authorization(_),
            ) => Err(Refusal::Forbidden),
        }
    }

    fn check_member(&self, needs: &Needs) -> Result<(), Refusal> {
        match needs {
            Needs::Nothing | Needs::Edge | Needs::Key(..) | Needs::AnyKey(_) => Err(Refusal::Forbidden),
            Needs::AnySession | Needs::AnySessionOrKey(_) => Ok(()),
            Needs::Administrator | Needs::Authorizing(None) => self.require_administrator(),
            Needs::Connection(id, level, _) | Needs::ConnectionOrEdge(id, level) => self.require(id, *level),
            Needs::Authorizing(Some(id)) => self.require(id, AccessLevel::Reauthorizes),
            Needs::Workspace(id, role) => self.require_role(&self.workspace(id)?, *role),
            Needs::Project(id, role) | Needs::Tasks(id, role, _) => {
                self.require_role(&self.workspace(&self.project(id)?.workspace)?, *role)
            }
            Needs::Authorization(id) => self.own_authorization(id).map(drop),
        }
    }

    fn require_administrator(&self) -> Result<(), Refusal> {
        if self.who.is_administrator() { Ok(()) } else { Err(Refusal::Forbidden) }
    }
}

/// Checks the permission for an endpoint before the edge does anything else. Changes nothing.
#[derive(Serialize, Deserialize)]
pub struct CheckNeeds {
    /// The permission that the endpoint declares.
    pub needs: Needs,
}

impl Step for CheckNeeds {
    type Answer = ();

    const IS_QUESTION: bool = true;

    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    /// Does nothing: the dispatcher has checked [`Step::needs`] already.
    fn run(self, _: &Turn<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}
