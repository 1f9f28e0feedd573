//! The timeline of a connection and the audit log: entries about what happened, append-only.

use serde::{Deserialize, Serialize};

use crate::{
    Cause, ChartChange, ConnectionId, DelegationChange, DelegationPause, EmbedChange, Reach, Timestamp, ViewerChange,
    words::words,
};

/// How long entries are kept, in days.
pub const RETENTION_DAYS: u16 = 400;

/// Who or what did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person who was signed in.
    Member {
        /// The person's name at the time.
        name: String,
        /// The person's e-mail address at the time.
        email: String,
    },
    /// A program with an API key.
    ApiKey {
        /// The key's name at the time.
        name: String,
    },
    /// Causeway by itself.
    Causeway,
    /// Atlassian, or somebody there.
    Atlassian,
}

/// Declares [`TimelineEvent`]: one row is an event, with its documentation, its name in code, its word and its fields.
macro_rules! events {
    ($($(#[doc = $doc:tt])* $event:ident = $word:tt $({ $($(#[doc = $field_doc:tt])* $field:ident: $type:ty,)* })?;)*) => {
        /// What happened to a connection, or in the organization.
        ///
        /// An event that this version does not know is read as `Unknown`, without its name and fields. Nothing is lost:
        /// entries are append-only, and they are served as they were written, unread.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "event")]
        pub enum TimelineEvent {
            $(
                $(#[doc = $doc])*
                #[serde(rename = $word)]
                $event $({ $($(#[doc = $field_doc])* $field: $type,)* })?,
            )*
            /// An event that this version does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl TimelineEvent {
            /// What can be asked for in [`TimelineQuery::event`](crate::TimelineQuery::event): every event's name on the wire.
            pub const NAMES: &'static [&'static str] = &[$($word),*];
        }
    };
}

events! {
    /// The connection was created, and authorized unless it was saved for later.
    Created = "created" {
        /// The name of the account that it was authorized as; `null` if it was saved for later, or Jira does not tell.
        account: Option<String>,
    };
    /// It was authorized again, or for the first time after it was saved for later.
    Reauthorized = "reauthorized" {
        /// The name of the account before.
        from: Option<String>,
        /// The name of the account after.
        to: Option<String>,
    };
    /// The last reauthorization was undone.
    Reverted = "reverted";
    /// It was renamed.
    Renamed = "renamed" {
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    };
    /// Its tokens were refreshed. Refreshes in a row are one entry, whose `count` says how many there were.
    Refreshed = "refreshed";
    /// A checkup tested it, started by a person or by Causeway.
    Tested = "tested" {
        /// Whether every step passed.
        passed: bool,
        /// The cause of the failure, if a step failed.
        cause: Option<Cause>,
    };
    /// Calls began to fail.
    Interrupted = "interrupted" {
        /// Why calls fail.
        cause: Cause,
    };
    /// Calls work again.
    Recovered = "recovered";
    /// It lost its credential.
    Unauthorized = "unauthorized" {
        /// Why it lost the credential; `null` if somebody unauthorized it.
        cause: Option<Cause>,
        /// How far unauthorizing reached, if somebody unauthorized it.
        reach: Option<Reach>,
    };
    /// It was deleted.
    Deleted = "deleted";
    /// It was restored.
    Restored = "restored";
    /// It was purged, 30 days after it was deleted.
    Purged = "purged";
    /// Its site was renamed or moved at Atlassian.
    SiteRenamed = "site_renamed" {
        /// The name and address before.
        from: String,
        /// The name and address after.
        to: String,
    };
    /// An API key called through it for the first time.
    KeyFirstUsed = "key_first_used" {
        /// The name of the API key.
        key: String,
    };
    /// An API key was created.
    KeyCreated = "key_created" {
        /// The name of the API key.
        key: String,
    };
    /// An API key was revoked.
    KeyRevoked = "key_revoked" {
        /// The name of the API key.
        key: String,
    };
    /// A webhook was created.
    WebhookCreated = "webhook_created" {
        /// The host that it delivers to.
        host: String,
        /// The webhook's name; `null` in entries from before webhooks had names.
        name: Option<String>,
    };
    /// A webhook was changed.
    WebhookChanged = "webhook_changed" {
        /// The host that it delivers to from now on.
        host: String,
        /// The webhook's name; `null` in entries from before webhooks had names.
        name: Option<String>,
    };
    /// A webhook was deleted.
    WebhookRemoved = "webhook_removed" {
        /// The host that it delivered to.
        host: String,
        /// The webhook's name; `null` in entries from before webhooks had names.
        name: Option<String>,
    };
    /// Somebody signed in.
    SignedIn = "signed_in";
    /// Somebody exported the audit log.
    Exported = "exported";
    /// It was activated again.
    Activated = "activated";
    /// It was deactivated.
    Deactivated = "deactivated";
    /// Its calls are signed with another RSA key from now on.
    KeyRotated = "key_rotated";
    /// It was granted to workspaces, or access was removed.
    AccessChanged = "access_changed" {
        /// The names of the workspaces that it was granted to.
        granted: Vec<String>,
        /// The names of the workspaces that lost access.
        taken: Vec<String>,
    };
    /// The members who may manage it changed.
    AdminsChanged = "admins_changed" {
        /// The names of the members who were added.
        added: Vec<String>,
        /// The names of the members who were removed.
        removed: Vec<String>,
    };
    /// Its API keys may call other parts of Jira's REST interface from now on.
    ApiFamiliesChanged = "api_families_changed" {
        /// The API families that were added.
        added: Vec<String>,
        /// The API families that were removed.
        removed: Vec<String>,
    };
    /// Whether its access may be used for charts changed.
    ChartsAllowed = "charts_allowed" {
        /// Whether those who manage it may look at charts with its access.
        allowed: bool,
    };
    /// Its site has another address now, confirmed by an administrator.
    AddressChanged = "address_changed" {
        /// The address before.
        from: String,
        /// The address after.
        to: String,
    };
    /// The account behind its credential turned out deactivated.
    OwnerAtRisk = "owner_at_risk" {
        /// The account's name.
        account: String,
    };
    /// A workspace was created, renamed, archived or restored.
    WorkspaceChanged = "workspace_changed" {
        /// The name of the workspace.
        workspace: String,
        /// What was done to it.
        change: WorkspaceChange,
    };
    /// Somebody was added to a workspace, got another role there, or was removed.
    MembershipChanged = "membership_changed" {
        /// The e-mail address of the member.
        member: String,
        /// The workspace's name.
        workspace: String,
        /// What was done to the membership.
        change: MembershipChange,
    };
    /// Somebody may sign in with another account at the `OpenID` provider: the one before was released.
    AccountReleased = "account_released" {
        /// The e-mail address of the member.
        member: String,
    };
    /// Somebody exported the list of connections.
    ConnectionsExported = "connections_exported";
    /// An API key got a new secret.
    ApiKeyRotated = "api_key_rotated" {
        /// The name of the API key.
        key: String,
        /// When the secret from before stops working; `null` if it ended at once.
        until: Option<Timestamp>,
    };
    /// A project was created, changed or deleted.
    ProjectChanged = "project_changed" {
        /// The project's name.
        project: String,
        /// Its workspace's name.
        workspace: String,
        /// What was done to the project.
        change: ProjectChange,
    };
    /// A chart was created, changed, deleted, restored or purged.
    ChartChanged = "chart_changed" {
        /// The title of the chart.
        chart: String,
        /// What was done to the chart.
        change: ChartChange,
    };
    /// Somebody let Causeway read a Jira site as them, or that was removed.
    ViewerChanged = "viewer_changed" {
        /// The e-mail address of the member, or the name of the account of somebody who reads pages with the Forge app.
        member: String,
        /// The name of the site.
        site: String,
        /// What was done to the access.
        change: ViewerChange,
    };
    /// Somebody was asked for access to a chart, gave it, or it paused or ended.
    DelegationChanged = "delegation_changed" {
        /// The title of the chart.
        chart: String,
        /// Whose access it is: the name of a member or of a connection.
        access: String,
        /// What was done to the delegation.
        change: DelegationChange,
        /// Why it paused; `null` if it did not.
        cause: Option<DelegationPause>,
    };
    /// An embed of a chart was created, changed, paused or resumed, got a new key, or ended.
    EmbedChanged = "embed_changed" {
        /// The title of the chart.
        chart: String,
        /// The origins whose pages may show it.
        origins: Vec<String>,
        /// What was done to the embed.
        change: EmbedChange,
    };
    /// An administrator allowed charts to be shown without signing in, or no longer.
    AnonymousChartsAllowed = "anonymous_charts_allowed" {
        /// Whether they may be from then on.
        allowed: bool,
    };
    /// A member was signed out everywhere by an administrator.
    SignedOut = "signed_out" {
        /// The e-mail address of the member.
        member: String,
    };
    /// A link to a guide for a Jira administrator was created. Whoever has the link can read the guide.
    GuideCreated = "guide_created" {
        /// The host of the Jira instance that the guide is for.
        host: String,
    };
    /// A project lost its connection.
    ProjectDisconnected = "project_disconnected" {
        /// The project's name.
        project: String,
        /// Its workspace's name.
        workspace: String,
    };
}

words! {
    /// What was done to a workspace.
    open WorkspaceChange {}
    /// The workspace was created.
    Created = "created";
    /// The workspace got another name.
    Renamed = "renamed";
    /// The workspace was archived.
    Archived = "archived";
    /// The workspace was restored from the archive.
    Restored = "restored";
}

words! {
    /// What was done to a project of a workspace.
    open ProjectChange {}
    /// The project was created.
    Created = "created";
    /// Its name, its connection or its Jira project was changed.
    Changed = "changed";
    /// The project was deleted.
    Deleted = "deleted";
}

words! {
    /// What was done to a membership of a workspace.
    open MembershipChange {}
    /// The person was added to the workspace.
    Added = "added";
    /// The person got another role.
    Changed = "changed";
    /// The person was removed.
    Removed = "removed";
}

/// One entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// The number of the entry in the organization; a higher one is later.
    pub id: u64,
    /// When it happened; for refreshes in a row, when the last one happened.
    pub at: Timestamp,
    /// How often it happened; more than 1 only for refreshes in a row.
    pub count: u32,
    /// The connection that it happened to, if any.
    pub connection_id: Option<ConnectionId>,
    /// That connection's name at the time.
    pub connection_name: Option<String>,
    /// Who or what did it.
    pub actor: Actor,
    /// What happened to a connection, or in the organization.
    #[serde(flatten)]
    pub event: TimelineEvent,
}

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
            Event::WebhookCreated { host: key(), name: None },
            Event::WebhookChanged { host: key(), name: None },
            Event::WebhookRemoved { host: key(), name: None },
            Event::SignedIn,
            Event::Exported,
            Event::Activated,
            Event::Deactivated,
            Event::KeyRotated,
            Event::AccessChanged { granted: vec![], taken: vec![] },
            Event::AdminsChanged { added: vec![], removed: vec![] },
            Event::ApiFamiliesChanged { added: vec![], removed: vec![] },
            Event::ChartsAllowed { allowed: true },
            Event::AddressChanged { from, to },
            Event::OwnerAtRisk { account: key() },
            Event::WorkspaceChanged { workspace: key(), change: WorkspaceChange::Created },
            Event::MembershipChanged { member: key(), workspace: key(), change: MembershipChange::Added },
            Event::AccountReleased { member: key() },
            Event::ConnectionsExported,
            Event::ApiKeyRotated { key: key(), until: None },
            Event::ProjectChanged { project: key(), workspace: key(), change: ProjectChange::Created },
            Event::ChartChanged { chart: key(), change: ChartChange::Created },
            Event::ViewerChanged { member: key(), site: key(), change: ViewerChange::Authorized },
            Event::DelegationChanged { chart: key(), access: key(), change: DelegationChange::Asked, cause: None },
            Event::EmbedChanged { chart: key(), origins: vec![], change: EmbedChange::Created },
            Event::AnonymousChartsAllowed { allowed: true },
            Event::SignedOut { member: key() },
            Event::GuideCreated { host: key() },
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
