//! The access epoch: what isolates that remember what API keys may do have to ask again.
//!
//! An answer about a call rests on three tables: `api_keys`, `connections` and `access`. Triggers on them count what
//! changes such an answer, whichever command changes it, and whichever version of Causeway: a command cannot forget it.
//! Each change is a row of `access_changes`, and the newest row's number is the epoch. What does not concern calls (dates
//! of use, refreshed tokens, results of checkups) leaves the epoch as it is. Keys also end by themselves; that is told
//! with the answer ([`Admitted::To`](crate::organization::Admitted::To)).

use std::collections::HashSet;

use api::ConnectionId;
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Refusal, Step, Turn},
    ports::PortFailure,
    secrets::Digest,
};

/// The number of a change; it only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub i64);

/// Finds out what has changed since an epoch.
#[derive(Debug, Serialize, Deserialize)]
pub struct GetAccessChanges {
    /// The epoch.
    pub since: Epoch,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessChanges {
    /// The epoch now.
    pub epoch: Epoch,
    /// The changes since the one that was asked about; `None` if it may be anything.
    pub changes: Option<Vec<AccessChange>>,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessChange {
    /// Of a connection. It may also change which connection a call goes through that names its site only.
    Connection(ConnectionId),
    /// Of the key with this digest.
    Key(Digest),
}

/// The keys and connections of some changes.
#[derive(Debug, Default)]
pub struct Changed<'a> {
    connections: HashSet<&'a ConnectionId>,
    keys: HashSet<&'a Digest>,
}

impl<'a> Changed<'a> {
    /// What `changes` are about.
    pub fn of(changes: &'a [AccessChange]) -> Self {
        let mut about = Self::default();
        for change in changes {
            match change {
                AccessChange::Connection(id) => about.connections.insert(id),
                AccessChange::Key(digest) => about.keys.insert(digest),
            };
        }
        about
    }

    /// Whether an answer about a key may not hold any more. `names_site`: the connection was found by its site.
    pub fn concerns(&self, key: &Digest, connection: &ConnectionId, names_site: bool) -> bool {
        self.keys.contains(key) || self.connections.contains(connection) || (names_site && !self.connections.is_empty())
    }
}

#[derive(Deserialize)]
struct Bounds {
    oldest: Option<Epoch>,
    newest: Option<Epoch>,
}

#[derive(Deserialize)]
struct Row {
    connection: Option<ConnectionId>,
    digest: Option<Digest>,
}

impl Row {
    /// `None`: anything may have changed.
    fn into_change(self) -> Option<AccessChange> {
        self.connection.map(AccessChange::Connection).or(self.digest.map(AccessChange::Key))
    }
}

impl Step for GetAccessChanges {
    type Answer = AccessChanges;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<AccessChanges, Refusal> {
        let Bounds { oldest, newest } = turn.known_changes()?;
        let epoch = newest.unwrap_or(Epoch(0));
        let is_known = self.since <= epoch && oldest.is_some_and(|oldest| oldest.0 <= self.since.0 + 1);
        if !is_known {
            return Ok(AccessChanges { epoch, changes: None });
        }
        let since = "SELECT connection, digest FROM access_changes WHERE epoch > ? ORDER BY epoch";
        let rows: Vec<Row> = turn.sql.rows(since, vec![self.since.0.into()])?;
        Ok(AccessChanges { epoch, changes: rows.into_iter().map(Row::into_change).collect() })
    }
}

impl Turn<'_> {
    /// The epoch now.
    pub(super) fn epoch(&self) -> Result<Epoch, PortFailure> {
        Ok(self.known_changes()?.newest.unwrap_or(Epoch(0)))
    }

    fn known_changes(&self) -> Result<Bounds, PortFailure> {
        let bounds = "SELECT (SELECT min(epoch) FROM access_changes) AS oldest, \
             (SELECT max(epoch) FROM access_changes) AS newest";
        let rows: Vec<Bounds> = self.sql.rows(bounds, vec![])?;
        Ok(rows.into_iter().next().unwrap_or(Bounds { oldest: None, newest: None }))
    }

    /// Begins an epoch in which nothing counts that was answered before. Called once for each start of the object: a
    /// version from before the triggers, or one that writes other columns, may have answered in between.
    pub(crate) fn begin_epoch(&self) -> Result<(), PortFailure> {
        self.sql.run("INSERT INTO access_changes (connection) VALUES (NULL)", vec![])
    }
}
