//! Deactivates and activates connections. A deactivated connection keeps its credential, and its keeper goes on
//! refreshing it.

use api::{
    ActivateConnection, Actor, Cause, Connection, ConnectionId, DeactivateConnection, Nothing, Status, TimelineEvent,
};

use crate::{
    connection_status::{ConnectionHealth, CredentialState},
    organization::{AccessLevel, Answers, Needs, Refusal, StoredConnection, Turn},
};

/// Activates a connection. One that is not deactivated stays as it is.
impl Answers for ActivateConnection {
    type Outcome = Connection;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let mut connection = turn.living_connection(&id)?;
        if matches!(connection.details.status, Status::Deactivated { .. }) {
            turn.switch(&mut connection, Status::Authorized, TimelineEvent::Activated)?;
        }
        turn.view_of(&connection)
    }
}

/// Deactivates a connection. One that is deactivated already stays as it is.
impl Answers for DeactivateConnection {
    type Outcome = Connection;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let mut connection = turn.living_connection(&id)?;
        match connection.details.status {
            Status::Deactivated { .. } | Status::Unknown(_) => {}
            Status::Unauthorized { .. } => return Err(Refusal::ConnectionUnauthorized),
            Status::Authorized | Status::Interrupted { .. } => {
                let off = Status::Deactivated { since: turn.now, by: turn.who.name() };
                turn.switch(&mut connection, off, TimelineEvent::Deactivated)?;
            }
        }
        turn.view_of(&connection)
    }
}

impl Turn<'_> {
    fn switch(&self, connection: &mut StoredConnection, to: Status, event: TimelineEvent) -> Result<(), Refusal> {
        let known = connection.known();
        connection.details.status = to;
        connection.details.version += 1;
        self.record_event(Some(connection), self.who.actor(), event)?;
        // While the connection was deactivated its health was recorded but not shown. Now it shows, with its cause.
        self.apply_status(connection, known, self.now, actor(known))?;
        self.store_connection(connection)
    }
}

/// The actor of a status change that happened while the connection was deactivated.
fn actor(known: ConnectionHealth) -> Actor {
    match known.credential {
        CredentialState::Dead { cause: Some(Cause::GrantRefused) } => Actor::Atlassian,
        _ => Actor::Causeway,
    }
}
