//! Switching a connection off and on. Its credential is kept, and kept fresh, all the while.

use api::{
    ActivateConnection, Actor, Cause, Connection, ConnectionId, DeactivateConnection, Nothing, Status, TimelineEvent,
};

use crate::{
    connection_status::{ConnectionHealth, CredentialState},
    organization::{AccessLevel, Answers, Needs, Refusal, StoredConnection, Turn},
};

/// Switches a connection on. One that is on already stays as it is.
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

/// Switches a connection off. One that is off already stays as it is.
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
        // What was learnt while it was off shows now, and why.
        self.apply_status(connection, known, self.now, actor(known))?;
        self.store_connection(connection)
    }
}

/// Who ended what ended meanwhile.
fn actor(known: ConnectionHealth) -> Actor {
    match known.credential {
        CredentialState::Dead { cause: Some(Cause::GrantRefused) } => Actor::Atlassian,
        _ => Actor::Causeway,
    }
}
