//! Records events in the timeline.
//!
//! An entry is never changed, with one exception: consecutive refreshes share one entry that counts them. The actor and
//! the event are returned as unparsed JSON: code that parses and serializes each kind of event would be larger than the
//! rest of this module.

use api::{Actor, ApiKeyId, ConnectionId, List, RETENTION_DAYS, TimelineEntry, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Map;

use crate::{
    folding::searchable,
    organization::{Identity, Refusal, StoredConnection, Turn, Value, WrittenAs, to_record},
    ports::PortFailure,
};

/// How long entries are kept, in milliseconds.
pub(super) const RETENTION: i64 = RETENTION_DAYS as i64 * 86_400_000;
/// The version of the stored form.
const VERSION: u8 = 1;

/// A timeline entry as stored. Version 1. Its id is that of the row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredEntry {
    v: u8,
    at: Timestamp,
    count: u32,
    #[serde(default)]
    connection: Option<ConnectionId>,
    #[serde(default)]
    name: Option<String>,
    actor: serde_json::Value,
    event: Map<String, serde_json::Value>,
}

/// A [`TimelineEntry`] whose actor and event are passed on as unparsed JSON.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenEntry {
    id: u64,
    at: Timestamp,
    count: u32,
    connection_id: Option<ConnectionId>,
    connection_name: Option<String>,
    actor: serde_json::Value,
    #[serde(flatten)]
    event: Map<String, serde_json::Value>,
}

impl WrittenAs<List<TimelineEntry>> for List<WrittenEntry> {}

#[cfg(test)]
impl WrittenEntry {
    pub(super) fn read(self) -> TimelineEntry {
        serde_json::to_value(self).and_then(serde_json::from_value).expect("an entry is written as the contract says")
    }
}

impl StoredEntry {
    pub(super) fn with_id(self, id: u64) -> WrittenEntry {
        WrittenEntry {
            id,
            at: self.at,
            count: self.count,
            connection_id: self.connection,
            connection_name: self.name,
            actor: self.actor,
            event: self.event,
        }
    }
}

/// The text that a search matches: the actor and the connection.
fn searched(actor: &Actor, connection: Option<&str>) -> String {
    let actor = match actor {
        Actor::Member { name, email } => format!("{name}\n{email}"),
        Actor::ApiKey { name } => name.clone(),
        Actor::Causeway => "Causeway".to_owned(),
        Actor::Atlassian => "Atlassian".to_owned(),
    };
    searchable(&format!("{actor}\n{}", connection.unwrap_or_default()))
}

/// What the column `actor` holds, by which entries are found: a member's e-mail address, or the kind of another actor
/// ([`api::ACTORS`]).
fn actor_key(actor: &Actor) -> String {
    match actor {
        Actor::Member { email, .. } => email.to_lowercase(),
        Actor::ApiKey { .. } => "api_key".to_owned(),
        Actor::Causeway => "causeway".to_owned(),
        Actor::Atlassian => "atlassian".to_owned(),
    }
}

impl Identity {
    /// The caller as the actor of a timeline entry.
    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Edge => Actor::Causeway,
            Self::Member { member, .. } => Actor::Member { name: member.name.clone(), email: member.email.clone() },
            Self::Key(key) => Actor::ApiKey { name: key.details.name.to_string() },
        }
    }

    /// The name of the caller, or the e-mail address of a member without a name.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Edge => "Causeway".to_owned(),
            Self::Member { member, .. } if member.name.is_empty() => member.email.clone(),
            Self::Member { member, .. } => member.name.clone(),
            Self::Key(key) => key.details.name.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Last {
    id: i64,
    event: String,
    record: String,
}

impl Turn<'_> {
    /// Records an event of a connection; `None` for an event of the organization.
    pub(super) fn record_event(
        &self,
        connection: Option<&StoredConnection>,
        actor: Actor,
        event: TimelineEvent,
    ) -> Result<(), Refusal> {
        let name = connection.map(|connection| connection.details.name.to_string());
        let (searched, (word, event)) = (searched(&actor, name.as_deref()), written(event)?);
        let actor_key = actor_key(&actor);
        let entry = StoredEntry {
            v: VERSION,
            at: self.now,
            count: 1,
            connection: connection.map(|connection| connection.details.id.clone()),
            name,
            actor: serde_json::to_value(actor)?,
            event,
        };
        let values = vec![
            entry.at.as_millis().into(),
            entry.connection.as_ref().map(ToString::to_string).into(),
            word.into(),
            searched.into(),
            actor_key.into(),
            to_record(&entry)?,
        ];
        let insert = "INSERT INTO timeline (at, connection, event, search, actor, record) VALUES (?, ?, ?, ?, ?, ?)";
        Ok(self.sql.run(insert, values)?)
    }

    /// Records a refresh. If the connection's last entry is of refreshes, it is counted there.
    pub(super) fn record_refresh(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        let last = "SELECT id, event, record FROM timeline WHERE connection = ? ORDER BY id DESC LIMIT 1";
        let last: Vec<Last> = self.sql.rows(last, vec![connection.details.id.as_str().into()])?;
        let (refreshed, _) = written(TimelineEvent::Refreshed)?;
        let Some(last) = last.into_iter().find(|last| last.event == refreshed) else {
            return self.record_event(Some(connection), Actor::Causeway, TimelineEvent::Refreshed);
        };
        let mut entry: StoredEntry = serde_json::from_str(&last.record)?;
        entry.at = self.now;
        entry.count = entry.count.saturating_add(1);
        let values = vec![entry.at.as_millis().into(), to_record(&entry)?, last.id.into()];
        Ok(self.sql.run("UPDATE timeline SET at = ?, record = ? WHERE id = ?", values)?)
    }

    /// Records the first call of an API key through a connection.
    pub(super) fn record_key_use(&self, connection: &StoredConnection, key: &ApiKeyId) -> Result<(), Refusal> {
        let pair = || -> Vec<Value> { vec![connection.details.id.as_str().into(), key.as_str().into()] };
        let known = "SELECT connection FROM key_uses WHERE connection = ? AND api_key = ?";
        let known: Vec<IgnoredAny> = self.sql.rows(known, pair())?;
        if !known.is_empty() {
            return Ok(());
        }
        self.sql.run("INSERT INTO key_uses (connection, api_key) VALUES (?, ?)", pair())?;
        self.record_event(Some(connection), self.who.actor(), TimelineEvent::KeyFirstUsed { key: self.who.name() })
    }

    /// Deletes the entries that are older than [`RETENTION`].
    pub(super) fn delete_old_entries(&self) -> Result<(), PortFailure> {
        let until = self.now.as_millis().saturating_sub(RETENTION);
        self.sql.run("DELETE FROM timeline WHERE at <= ?", vec![until.into()])
    }
}

/// The name of an event, which is stored in its own column, and the event as JSON.
fn written(event: TimelineEvent) -> Result<(String, Map<String, serde_json::Value>), Refusal> {
    let written = serde_json::to_value(event)?;
    let word = written.get("event").and_then(serde_json::Value::as_str).map(str::to_owned);
    match (word, written) {
        (Some(word), serde_json::Value::Object(event)) => Ok((word, event)),
        _ => Err(Refusal::Internal("an event has no name".to_owned())),
    }
}
