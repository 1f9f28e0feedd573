//! Deletes, restores and purges connections.
//!
//! A deleted connection loses its credential at once and is hidden, and its name is free for others. It can be restored
//! for thirty days; then it is purged.

use api::{
    Actor, Connection, ConnectionId, DeleteConnection, Deleted, GrantId, Nothing, RestoreConnection, TimelineEvent,
};

use crate::organization::{AccessLevel, Answers, Needs, Refusal, StoredConnection, Turn};

/// How long a deleted connection can be restored, in milliseconds: 30 days.
const RESTORABLE: i64 = 30 * 86_400_000;
/// The most connections purged in one turn; the next turn purges the rest.
const AT_ONCE: i64 = 100;

/// Deletes a connection. One that is deleted already stays as it is.
impl Answers for DeleteConnection {
    /// The grants that must be destroyed now.
    type Outcome = Vec<GrantId>;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Vec<GrantId>, Refusal> {
        let mut connection = turn.connection(&id)?;
        if connection.details.deleted.is_some() {
            return Ok(Vec::new());
        }
        let now = turn.now;
        let dropped = connection.end(turn.who.name(), now);
        connection.details.deleted =
            Some(Deleted { at: now, by: turn.who.name(), purge_at: now.plus_millis(RESTORABLE) });
        connection.details.version += 1;
        turn.store_connection(&connection)?;
        turn.retire(&dropped)?;
        turn.record_event(Some(&connection), turn.who.actor(), TimelineEvent::Deleted)?;
        Ok(dropped)
    }
}

/// Restores a deleted connection, without a credential. One that is not deleted stays as it is.
impl Answers for RestoreConnection {
    type Outcome = Connection;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let mut connection = turn.connection(&id)?;
        if connection.details.deleted.is_some() {
            turn.check_name(connection.details.name.as_str(), Some(&id))?;
            connection.details.deleted = None;
            connection.details.version += 1;
            turn.store_connection(&connection)?;
            turn.record_event(Some(&connection), turn.who.actor(), TimelineEvent::Restored)?;
        }
        turn.view_of(&connection)
    }
}

impl Turn<'_> {
    /// Purges the deleted connections that can no longer be restored.
    pub(super) fn purge(&self) -> Result<(), Refusal> {
        let due = "SELECT id, record FROM connections WHERE purge_at <= ? ORDER BY purge_at LIMIT ?";
        let values = vec![self.now.as_millis().into(), AT_ONCE.into()];
        let keep = "UPDATE connections SET purge_at = NULL WHERE id = ?";
        for connection in self.readable::<StoredConnection>("connections", due, values, keep)? {
            let id = || vec![connection.details.id.as_str().into()];
            self.sql.run("DELETE FROM connections WHERE id = ?", id())?;
            self.sql.run("DELETE FROM key_uses WHERE connection = ?", id())?;
            self.sql.run("DELETE FROM rsa_keys WHERE connection = ?", id())?;
            self.sql.run("DELETE FROM connection_admins WHERE connection = ?", id())?;
            self.sql.run("DELETE FROM connection_resyncs WHERE connection = ?", id())?;
            self.forget_subscription(&connection.details.id)?;
            self.delete_calls(&connection.details.id)?;
            self.delete_access(&connection)?;
            self.record_event(Some(&connection), Actor::Causeway, TimelineEvent::Purged)?;
        }
        Ok(())
    }
}
