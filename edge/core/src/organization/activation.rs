//! Switching a connection off and on. Its credential is kept, and kept fresh, all the while.

use api::{Actor, Cause, Connection, ConnectionId, Status, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    connection_status::{ConnectionHealth, CredentialState},
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, standing::AccessLevel},
    ports::Random,
};

/// Switches a connection on or off. One that is so already stays as it is.
#[derive(Serialize, Deserialize)]
pub struct SwitchConnection {
    /// The connection.
    pub id: ConnectionId,
    /// Whether it is to be on.
    pub on: bool,
}

impl Command for SwitchConnection {
    const NAME: &'static str = "switch_connection";
    const NEEDS: Needs = Needs::Session;
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let mut connection = organization.living_connection(&self.id)?;
        let is_off = matches!(connection.shown.status, Status::Deactivated { .. });
        if is_off == self.on {
            let known = connection.known();
            let (status, event) = match connection.shown.status {
                Status::Unauthorized { .. } => return Err(Refusal::ConnectionUnauthorized),
                Status::Deactivated { .. } => (Status::Authorized, TimelineEvent::Activated),
                _ => (Status::Deactivated { since: organization.now, by: who.name() }, TimelineEvent::Deactivated),
            };
            connection.shown.status = status;
            connection.shown.version += 1;
            organization.note(Some(&connection), who.actor(), event)?;
            // What was learnt while it was off shows now, and why.
            organization.learn(&mut connection, known, organization.now, actor(known))?;
            organization.keep_connection(&connection)?;
        }
        organization.shown_to(who, &connection)
    }
}

/// Who ended what ended meanwhile.
fn actor(known: ConnectionHealth) -> Actor {
    match known.credential {
        CredentialState::Dead { cause: Some(Cause::GrantRefused) } => Actor::Atlassian,
        _ => Actor::Causeway,
    }
}
