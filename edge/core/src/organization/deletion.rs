//! Deleting, restoring and purging connections.
//!
//! A deleted connection has lost its credential at once and is hidden; its name is free for others. For thirty days it can
//! be restored, then it goes for good.

use api::{Actor, Connection, ConnectionId, Deleted, GrantId, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, records, standing::AccessLevel,
    },
    ports::Random,
};

/// How long a deleted connection can be restored, in milliseconds: 30 days.
const RESTORABLE: i64 = 30 * 86_400_000;
/// The most connections purged in one turn; the rest follows in the next.
const AT_ONCE: i64 = 100;

/// Deletes a connection. One that is deleted already stays as it is.
#[derive(Serialize, Deserialize)]
pub struct DeleteConnection {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for DeleteConnection {
    const NAME: &'static str = "delete_connection";
    const NEEDS: Needs = Needs::Session;
    /// The grants that must be destroyed now.
    type Answer = Vec<GrantId>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Vec<GrantId>, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let mut connection = organization.connection(&self.id)?;
        if connection.shown.deleted.is_some() {
            return Ok(Vec::new());
        }
        let now = organization.now;
        let dropped = connection.end(who.name(), now);
        connection.shown.deleted = Some(Deleted { at: now, by: who.name(), purge_at: now.plus_millis(RESTORABLE) });
        connection.shown.version += 1;
        organization.keep_connection(&connection)?;
        organization.retire(&dropped)?;
        organization.note(Some(&connection), who.actor(), TimelineEvent::Deleted)?;
        Ok(dropped)
    }
}

/// Restores a deleted connection, without a credential. One that is not deleted stays as it is.
#[derive(Serialize, Deserialize)]
pub struct RestoreConnection {
    /// The connection.
    pub id: ConnectionId,
}

impl Command for RestoreConnection {
    const NAME: &'static str = "restore_connection";
    const NEEDS: Needs = Needs::Session;
    type Answer = Connection;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Connection, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let mut connection = organization.connection(&self.id)?;
        if connection.shown.deleted.is_some() {
            organization.name_is_free(connection.shown.name.as_str(), Some(&self.id))?;
            connection.shown.deleted = None;
            connection.shown.version += 1;
            organization.keep_connection(&connection)?;
            organization.note(Some(&connection), who.actor(), TimelineEvent::Restored)?;
        }
        organization.shown_to(who, &connection)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Removes for good what was deleted long enough ago.
    pub(super) fn purge(&self) -> Result<(), Refusal> {
        let due = "SELECT record FROM connections WHERE purge_at <= ? ORDER BY purge_at LIMIT ?";
        let values = vec![self.now.as_millis().into(), AT_ONCE.into()];
        for connection in records::<ConnectionRecord>(self.sql, due, values)? {
            let id = || vec![connection.shown.id.as_str().into()];
            self.sql.run("DELETE FROM connections WHERE id = ?", id())?;
            self.sql.run("DELETE FROM key_uses WHERE connection = ?", id())?;
            self.sql.run("DELETE FROM rsa_keys WHERE connection = ?", id())?;
            self.sql.run("DELETE FROM connection_admins WHERE connection = ?", id())?;
            self.forget_access(&connection)?;
            self.note(Some(&connection), Actor::Causeway, TimelineEvent::Purged)?;
        }
        Ok(())
    }
}
