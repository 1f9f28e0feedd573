//! What happened, written down as it happens.
//!
//! An entry is never changed, with one exception: refreshes in a row are one entry that counts them.

use api::{Actor, ApiKeyId, ConnectionId, RETENTION_DAYS, TimelineEntry, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{ConnectionRecord, Identity, Organization, Refusal, Sql, Value, to_record},
    ports::{PortFailure, Random},
};

/// How long entries are kept, in milliseconds.
pub(super) const RETENTION: i64 = RETENTION_DAYS as i64 * 86_400_000;
/// The version of the stored form.
const VERSION: u8 = 1;

/// An entry as stored. Version 1. Its id is the row's.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EntryRecord {
    v: u8,
    at: Timestamp,
    count: u32,
    #[serde(default)]
    connection: Option<ConnectionId>,
    #[serde(default)]
    name: Option<String>,
    actor: Actor,
    event: TimelineEvent,
}

impl EntryRecord {
    pub(super) fn with_id(self, id: u64) -> TimelineEntry {
        TimelineEntry {
            id,
            at: self.at,
            count: self.count,
            connection_id: self.connection,
            connection_name: self.name,
            actor: self.actor,
            event: self.event,
        }
    }

    /// What a search looks at: who, and which connection.
    fn searched(&self) -> String {
        let actor = match &self.actor {
            Actor::Member { name, email } => format!("{name}\n{email}"),
            Actor::ApiKey { name } => name.clone(),
            Actor::Causeway => "Causeway".to_owned(),
            Actor::Atlassian => "Atlassian".to_owned(),
        };
        format!("{actor}\n{}", self.name.as_deref().unwrap_or_default()).to_lowercase()
    }
}

impl Identity {
    /// Who this is, for the timeline.
    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Edge => Actor::Causeway,
            Self::Member { member, .. } => Actor::Member { name: member.name.clone(), email: member.email.clone() },
            Self::Key(key) => Actor::ApiKey { name: key.shown.name.to_string() },
        }
    }

    /// Who this is, by name.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Edge => "Causeway".to_owned(),
            Self::Member { member, .. } if member.name.is_empty() => member.email.clone(),
            Self::Member { member, .. } => member.name.clone(),
            Self::Key(key) => key.shown.name.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Last {
    id: i64,
    event: String,
    record: String,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Writes down what happened to a connection, or to none.
    pub(super) fn note(
        &self,
        connection: Option<&ConnectionRecord>,
        actor: Actor,
        event: TimelineEvent,
    ) -> Result<(), Refusal> {
        let entry = EntryRecord {
            v: VERSION,
            at: self.now,
            count: 1,
            connection: connection.map(|connection| connection.shown.id.clone()),
            name: connection.map(|connection| connection.shown.name.to_string()),
            actor,
            event,
        };
        let values = vec![
            entry.at.as_millis().into(),
            entry.connection.as_ref().map(ToString::to_string).into(),
            event_word(&entry.event)?.into(),
            entry.searched().into(),
            to_record(&entry)?,
        ];
        let insert = "INSERT INTO timeline (at, connection, event, search, record) VALUES (?, ?, ?, ?, ?)";
        Ok(self.sql.run(insert, values)?)
    }

    /// Writes down a refresh: into the connection's last entry, if that is one of refreshes.
    pub(super) fn note_refresh(&self, connection: &ConnectionRecord) -> Result<(), Refusal> {
        let last = "SELECT id, event, record FROM timeline WHERE connection = ? ORDER BY id DESC LIMIT 1";
        let last: Vec<Last> = self.sql.rows(last, vec![connection.shown.id.as_str().into()])?;
        let refreshed = event_word(&TimelineEvent::Refreshed)?;
        let Some(last) = last.into_iter().find(|last| last.event == refreshed) else {
            return self.note(Some(connection), Actor::Causeway, TimelineEvent::Refreshed);
        };
        let mut entry: EntryRecord =
            serde_json::from_str(&last.record).map_err(|error| Refusal::Storage(error.to_string()))?;
        entry.at = self.now;
        entry.count = entry.count.saturating_add(1);
        let values = vec![entry.at.as_millis().into(), to_record(&entry)?, last.id.into()];
        Ok(self.sql.run("UPDATE timeline SET at = ?, record = ? WHERE id = ?", values)?)
    }

    /// Writes down that a key called through a connection, the first time it does.
    pub(super) fn note_key_use(
        &self,
        connection: &ConnectionRecord,
        key: &ApiKeyId,
        who: &Identity,
    ) -> Result<(), Refusal> {
        let pair = || -> Vec<Value> { vec![connection.shown.id.as_str().into(), key.as_str().into()] };
        let known = "SELECT connection FROM key_uses WHERE connection = ? AND api_key = ?";
        let known: Vec<serde_json::Value> = self.sql.rows(known, pair())?;
        if !known.is_empty() {
            return Ok(());
        }
        self.sql.run("INSERT INTO key_uses (connection, api_key) VALUES (?, ?)", pair())?;
        self.note(Some(connection), who.actor(), TimelineEvent::KeyFirstUsed { key: who.name() })
    }

    /// Removes the entries that are too old.
    pub(super) fn forget_old_entries(&self) -> Result<(), PortFailure> {
        let until = self.now.as_millis().saturating_sub(RETENTION);
        self.sql.run("DELETE FROM timeline WHERE at <= ?", vec![until.into()])
    }
}

/// An event's name on the wire: what its column holds.
fn event_word(event: &TimelineEvent) -> Result<String, Refusal> {
    let json = serde_json::to_value(event).map_err(|error| Refusal::Storage(error.to_string()))?;
    let word = json.get("event").and_then(serde_json::Value::as_str).map(str::to_owned);
    word.ok_or_else(|| Refusal::Storage("an event has no name".to_owned()))
}
