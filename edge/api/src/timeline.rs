//! What happened, in plain words, append-only.

use serde::{Deserialize, Serialize};

use crate::{Cause, ConnectionId, Endpoint, List, Method, Reach, Timestamp};

/// How long entries are kept, in days.
pub const RETENTION_DAYS: u16 = 400;

/// Who or what did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person.
    Member {
        /// The name at the time.
        name: String,
        /// The e-mail address at the time.
        email: String,
    },
    /// A machine.
    ApiKey {
        /// The key's name at the time.
        name: String,
    },
    /// Causeway by itself.
    Causeway,
    /// Atlassian, or somebody there.
    Atlassian,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TimelineEvent {
    /// The connection was made and authorized.
    Created {
        /// As which account.
        account: Option<String>,
    },
    /// It was authorized again.
    Reauthorized {
        /// The account before.
        from: Option<String>,
        /// The account after.
        to: Option<String>,
    },
    /// The last reauthorization was taken back.
    Reverted,
    /// It was renamed.
    Renamed {
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// Its tokens were refreshed. Folded: the entry's `count` says how often.
    Refreshed,
    /// It was tested, by somebody or by itself.
    Tested {
        /// Whether every step passed.
        passed: bool,
        /// What failed.
        cause: Option<Cause>,
    },
    /// Calls began to fail.
    Interrupted {
        /// Why.
        cause: Cause,
    },
    /// Calls work again.
    Recovered,
    /// It lost its credential.
    Unauthorized {
        /// Why, if it was not on purpose.
        cause: Option<Cause>,
        /// How far, if it was on purpose.
        reach: Option<Reach>,
    },
    /// It was deleted.
    Deleted,
    /// It was restored.
    Restored,
    /// It was purged for good.
    Purged,
    /// Its site was renamed or moved at Atlassian.
    SiteRenamed {
        /// The name and address before.
        from: String,
        /// The name and address after.
        to: String,
    },
    /// An API key called through it for the first time.
    KeyFirstUsed {
        /// The key's name.
        key: String,
    },
    /// An API key was made.
    KeyCreated {
        /// The key's name.
        key: String,
    },
    /// An API key was revoked.
    KeyRevoked {
        /// The key's name.
        key: String,
    },
    /// A webhook was made.
    WebhookCreated {
        /// The host that it goes to.
        host: String,
    },
    /// A webhook was changed.
    WebhookChanged {
        /// The host that it goes to now.
        host: String,
    },
    /// A webhook was deleted.
    WebhookRemoved {
        /// The host that it went to.
        host: String,
    },
    /// Somebody signed in.
    SignedIn,
    /// Somebody exported the audit log.
    Exported,
    /// It was switched on again.
    Activated,
    /// It was switched off.
    Deactivated,
    /// Another RSA key signs its calls now.
    KeyRotated,
    /// It was granted to workspaces, or taken from them.
    AccessChanged {
        /// The names of the workspaces that got it.
        granted: Vec<String>,
        /// The names of those that lost it.
        taken: Vec<String>,
    },
    /// Other members may manage it now.
    AdminsChanged {
        /// Who was added.
        added: Vec<String>,
        /// Who was removed.
        removed: Vec<String>,
    },
    /// Its site has another address now, confirmed by an administrator.
    AddressChanged {
        /// The address before.
        from: String,
        /// The address after.
        to: String,
    },
    /// The account behind its credential turned out deactivated.
    OwnerAtRisk {
        /// The account's name.
        account: String,
    },
    /// A workspace was made, renamed, archived or brought back.
    WorkspaceChanged {
        /// Its name.
        workspace: String,
        /// `created`, `renamed`, `archived` or `restored`.
        change: String,
    },
    /// Somebody was let into a workspace, got another role there, or was removed.
    MembershipChanged {
        /// The e-mail address.
        member: String,
        /// The workspace's name.
        workspace: String,
        /// `added`, `changed` or `removed`.
        change: String,
    },
    /// A project lost its connection.
    ProjectDisconnected {
        /// The project's name.
        project: String,
        /// Its workspace's name.
        workspace: String,
    },
    /// An event that this version does not know.
    #[serde(other)]
    Unknown,
}

impl TimelineEvent {
    /// What can be asked for in [`TimelineQuery::event`]: every event's name on the wire.
    pub const NAMES: &'static [&'static str] = &[
        "created",
        "reauthorized",
        "reverted",
        "renamed",
        "refreshed",
        "tested",
        "interrupted",
        "recovered",
        "unauthorized",
        "deleted",
        "restored",
        "purged",
        "site_renamed",
        "key_first_used",
        "key_created",
        "key_revoked",
        "webhook_created",
        "webhook_changed",
        "webhook_removed",
        "signed_in",
        "exported",
        "activated",
        "deactivated",
        "key_rotated",
        "access_changed",
        "admins_changed",
        "address_changed",
        "owner_at_risk",
        "workspace_changed",
        "membership_changed",
        "project_disconnected",
    ];
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Counts the organization's entries; higher is later.
    pub id: u64,
    /// When it happened; of a folded entry, when last.
    pub at: Timestamp,
    /// How often it happened; more than 1 for folded entries only.
    pub count: u32,
    /// The connection it happened to, if to one.
    pub connection_id: Option<ConnectionId>,
    /// That connection's name at the time.
    pub connection_name: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    #[serde(flatten)]
    pub event: TimelineEvent,
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimelineQuery {
    /// Only this event, by its name on the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Words that actor or connection contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Where the page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The most entries, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// `GET /api/v1/connections/{id}/timeline`, newest first.
pub struct GetTimeline;

impl Endpoint for GetTimeline {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/connections/{id}/timeline";
    type Params = ConnectionId;
    type Request = TimelineQuery;
    type Answer = List<TimelineEntry>;
}

/// `GET /api/v1/timeline`: the organization's, which is the audit log. Administrators, newest first.
pub struct GetAuditLog;

impl Endpoint for GetAuditLog {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/timeline";
    type Params = ();
    type Request = TimelineQuery;
    type Answer = List<TimelineEntry>;
}

/// In which form the audit log is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// RFC 4180, with a header line. What a spreadsheet could take for a formula begins with an apostrophe.
    Csv,
    /// One array of [`TimelineEntry`].
    Json,
}

/// What of the audit log is exported, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// In which form.
    pub format: ExportFormat,
    /// Only this event, by its name on the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Words that actor or connection contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// Where the audit log is exported: `POST /api/v1/timeline/export?format=csv|json` with the other fields of
/// [`ExportQuery`], and no body. Administrators, newest first. A `POST`, because the export is itself recorded and a `GET`
/// never changes anything. Not an endpoint: its answer is a stream of a file.
pub const EXPORT_PATH: &str = "/api/v1/timeline/export";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_can_be_asked_for_by_its_name() {
        use TimelineEvent as Event;
        let (from, to) = (String::new(), String::new());
        let key = String::new;
        let events = [
            Event::Created { account: None },
            Event::Reauthorized { from: None, to: None },
            Event::Reverted,
            Event::Renamed { from: from.clone(), to: to.clone() },
            Event::Refreshed,
            Event::Tested { passed: true, cause: None },
            Event::Interrupted { cause: Cause::RateLimited },
            Event::Recovered,
            Event::Unauthorized { cause: None, reach: None },
            Event::Deleted,
            Event::Restored,
            Event::Purged,
            Event::SiteRenamed { from: from.clone(), to: to.clone() },
            Event::KeyFirstUsed { key: key() },
            Event::KeyCreated { key: key() },
            Event::KeyRevoked { key: key() },
            Event::WebhookCreated { host: key() },
            Event::WebhookChanged { host: key() },
            Event::WebhookRemoved { host: key() },
            Event::SignedIn,
            Event::Exported,
            Event::Activated,
            Event::Deactivated,
            Event::KeyRotated,
            Event::AccessChanged { granted: vec![], taken: vec![] },
            Event::AdminsChanged { added: vec![], removed: vec![] },
            Event::AddressChanged { from, to },
            Event::OwnerAtRisk { account: key() },
            Event::WorkspaceChanged { workspace: key(), change: key() },
            Event::MembershipChanged { member: key(), workspace: key(), change: key() },
            Event::ProjectDisconnected { project: key(), workspace: key() },
        ];
        let names: Vec<_> =
            events.iter().map(|event| serde_json::to_value(event).expect("JSON")["event"].clone()).collect();
        assert_eq!(names, TimelineEvent::NAMES);
    }

    #[test]
    fn an_event_of_a_newer_version_is_read_as_unknown() {
        let entry = r#"{"id":1,"at":"2026-11-22T05:00:00Z","count":1,"connection_id":null,"connection_name":null,
            "actor":{"kind":"causeway"},"event":"brand_new","of":"tomorrow"}"#;
        assert_eq!(
            serde_json::from_str::<TimelineEntry>(entry).map(|entry| entry.event).ok(),
            Some(TimelineEvent::Unknown)
        );
    }
}
