//! An entry as this app reads it.
//!
//! The contract's own type carries a tagged choice within a tagged choice, and reading it takes a fifteenth of what the
//! first load may weigh. Here all its fields lie side by side; a test holds the two together.

use api::{Cause, ConnectionId, Reach, Timestamp};
use serde::Deserialize;

/// Who or what did something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Actor {
    /// What it is, by its name on the wire.
    pub(super) kind: String,
    /// What it is called.
    #[serde(default)]
    pub(super) name: String,
    /// A person's e-mail address.
    #[serde(default)]
    pub(super) email: String,
}

/// One entry: what every event has, then what some have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    /// When; of a folded entry, when last.
    pub(super) at: Timestamp,
    /// How often.
    pub(super) count: u32,
    /// The connection it happened to.
    pub(super) connection_id: Option<ConnectionId>,
    /// That connection's name at the time.
    pub(super) connection_name: Option<String>,
    /// Who did it.
    pub(super) actor: Option<Actor>,
    /// What happened, by its name on the wire.
    pub(super) event: String,
    /// As whom.
    pub(super) account: Option<String>,
    /// What was before.
    pub(super) from: Option<String>,
    /// What was after.
    pub(super) to: Option<String>,
    /// Whether every step passed.
    pub(super) passed: bool,
    /// Why.
    pub(super) cause: Option<Cause>,
    /// How far.
    pub(super) reach: Option<Reach>,
    /// The API key's name.
    pub(super) key: String,
    /// The host that a webhook goes to.
    pub(super) host: String,
    /// Which workspaces got it.
    pub(super) granted: Vec<String>,
    /// Which workspaces lost it.
    pub(super) taken: Vec<String>,
    /// Who was added.
    pub(super) added: Vec<String>,
    /// Who was removed.
    pub(super) removed: Vec<String>,
    /// A workspace's name.
    pub(super) workspace: String,
    /// What was done to the workspace or membership, by its name on the wire.
    pub(super) change: String,
    /// A member's e-mail address.
    pub(super) member: String,
    /// A project's name.
    pub(super) project: String,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            at: Timestamp::EPOCH,
            count: 1,
            connection_id: None,
            connection_name: None,
            actor: None,
            event: String::new(),
            account: None,
            from: None,
            to: None,
            passed: false,
            cause: None,
            reach: None,
            key: String::new(),
            host: String::new(),
            granted: Vec::new(),
            taken: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            workspace: String::new(),
            change: String::new(),
            member: String::new(),
            project: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use api::{TimelineEntry, TimelineEvent};

    use super::*;

    #[test]
    fn what_the_contract_writes_is_read() {
        let actor = api::Actor::Member { name: "Ada".to_owned(), email: "ada@example.com".to_owned() };
        let event = TimelineEvent::Unauthorized { cause: Some(Cause::GrantRefused), reach: Some(Reach::Consent) };
        let written = TimelineEntry {
            id: 1,
            at: Timestamp::EPOCH,
            count: 2,
            connection_id: ConnectionId::parse("con_1").ok(),
            connection_name: Some("Staging".to_owned()),
            actor,
            event,
        };
        let json = serde_json::to_value(&written).expect("JSON");
        let read: Entry = serde_json::from_value(json).expect("an entry");
        let actor = Actor { kind: "member".to_owned(), name: "Ada".to_owned(), email: "ada@example.com".to_owned() };
        let expected = Entry {
            count: 2,
            connection_id: written.connection_id,
            connection_name: written.connection_name,
            actor: Some(actor),
            event: "unauthorized".to_owned(),
            cause: Some(Cause::GrantRefused),
            reach: Some(Reach::Consent),
            ..Entry::default()
        };
        assert_eq!(read, expected);
    }
}
