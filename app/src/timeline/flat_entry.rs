//! A timeline entry with all fields of all events side by side.
//!
//! The contract's own type has a tagged enum within a tagged enum, whose serde reader is large: see `app/SIZES.md`. A
//! test compares this type with the contract's.

use api::{Cause, ConnectionId, Reach, Timestamp};
use serde::Deserialize;

/// Who or what acted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct FlatActor {
    /// The kind of actor, as the contract names it.
    pub(super) kind: String,
    /// Its name.
    #[serde(default)]
    pub(super) name: String,
    /// A person's e-mail address.
    #[serde(default)]
    pub(super) email: String,
}

/// An entry: the fields of every event, then those that some events have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct FlatEntry {
    /// When it happened; with a count above 1, when last.
    pub(super) at: Timestamp,
    /// How often it happened.
    pub(super) count: u32,
    /// The connection.
    pub(super) connection_id: Option<ConnectionId>,
    /// The name of the connection at that time.
    pub(super) connection_name: Option<String>,
    /// Who acted.
    pub(super) actor: Option<FlatActor>,
    /// The event, as the contract names it.
    pub(super) event: String,
    /// The account that authorized.
    pub(super) account: Option<String>,
    /// The value before.
    pub(super) from: Option<String>,
    /// The value after.
    pub(super) to: Option<String>,
    /// Whether every step passed.
    pub(super) passed: bool,
    /// The cause of a status.
    pub(super) cause: Option<Cause>,
    /// How far an unauthorization reached.
    pub(super) reach: Option<Reach>,
    /// The name of the API key.
    pub(super) key: String,
    /// The host of the webhook, or of the Jira instance of a guide.
    pub(super) host: String,
    /// The name of the webhook.
    pub(super) name: Option<String>,
    /// When the old API key stops working.
    pub(super) until: Option<Timestamp>,
    /// The workspaces that gained access.
    pub(super) granted: Vec<String>,
    /// The workspaces that lost access.
    pub(super) taken: Vec<String>,
    /// The members or API families that were added.
    pub(super) added: Vec<String>,
    /// The members or API families that were removed.
    pub(super) removed: Vec<String>,
    /// The name of the workspace.
    pub(super) workspace: String,
    /// What happened to the workspace, membership or project, as the contract names it.
    pub(super) change: String,
    /// The member's e-mail address.
    pub(super) member: String,
    /// The name of the project.
    pub(super) project: String,
    /// The title of the chart.
    pub(super) chart: String,
    /// Whose access to the chart it is.
    pub(super) access: String,
    /// The origins whose pages may show an embed.
    pub(super) origins: Vec<String>,
    /// The name of the Jira site.
    pub(super) site: String,
    /// Whether something is allowed from then on.
    pub(super) allowed: bool,
}

impl Default for FlatEntry {
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
            name: None,
            until: None,
            granted: Vec::new(),
            taken: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            workspace: String::new(),
            change: String::new(),
            member: String::new(),
            project: String::new(),
            chart: String::new(),
            access: String::new(),
            origins: Vec::new(),
            site: String::new(),
            allowed: false,
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
        let read: FlatEntry = serde_json::from_value(json).expect("an entry");
        let actor =
            FlatActor { kind: "member".to_owned(), name: "Ada".to_owned(), email: "ada@example.com".to_owned() };
        let expected = FlatEntry {
            count: 2,
            connection_id: written.connection_id,
            connection_name: written.connection_name,
            actor: Some(actor),
            event: "unauthorized".to_owned(),
            cause: Some(Cause::GrantRefused),
            reach: Some(Reach::Consent),
            ..FlatEntry::default()
        };
        assert_eq!(read, expected);
    }
}
