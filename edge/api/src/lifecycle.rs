//! The life of a connection after it was created: unauthorizing, deleting, restoring, renewing, undoing.

use serde::{Deserialize, Serialize};

use crate::{
    Account, ChartId, Connection, ConnectionId, DelegationId, Name, Nothing, Site, Timestamp, endpoint::endpoints,
    words::words,
};

/// When and by whom a connection was deleted. It can be restored until `purge_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted {
    /// When it was deleted.
    pub at: Timestamp,
    /// Who deleted it: the name of a member or of an API key.
    pub by: String,
    /// When it is purged for good: 30 days after it was deleted.
    pub purge_at: Timestamp,
}

words! {
    /// What somebody is about to do to a connection.
    closed ImpactAction {}
    /// Destroy the credentials only.
    Unauthorize = "unauthorize";
    /// Destroy credentials and hide the connection.
    Delete = "delete";
}

/// Which action to preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImpactQuery {
    /// The action to preview.
    pub action: ImpactAction,
}

/// Everything that an action on a connection would affect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Impact {
    /// The account whose consent it is; `null` if the connection has no credential.
    pub account: Option<Account>,
    /// The connections that share the consent, this one first.
    pub connections: Vec<Affected>,
    /// The projects that use one of these connections.
    #[serde(default)]
    pub projects: Vec<AffectedProject>,
    /// The charts that others see with the access of one of these connections or viewers, and will not see any more.
    #[serde(default)]
    pub delegations: Vec<AffectedDelegation>,
    /// What people let Causeway read by the same consent. It ends with everything that the account authorized.
    #[serde(default)]
    pub viewers: Vec<AffectedViewer>,
    /// The page at Atlassian where the account's owner removes the consent itself; `null` where there is no consent.
    pub consent_url: Option<String>,
}

/// A project that would be affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AffectedProject {
    /// The name of the project.
    pub name: Name,
    /// The name of the workspace that holds it.
    pub workspace: Name,
}

/// A chart that would not be shown to others any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AffectedDelegation {
    /// The id of the delegation.
    pub id: DelegationId,
    /// The id of the chart.
    pub chart_id: ChartId,
    /// The title of the chart.
    pub chart_title: String,
    /// Whose access it is shown with: the name of a member or of a connection.
    pub access: String,
}

/// A viewer who would lose access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AffectedViewer {
    /// The e-mail address of the viewer.
    pub member: String,
    /// The name of the site that Causeway reads as them.
    pub site: String,
}

/// A connection that is affected, with what names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Affected {
    /// The connection's id.
    pub id: ConnectionId,
    /// The name of the connection.
    pub name: Name,
    /// The Jira site of the connection.
    pub site: Option<Site>,
}

words! {
    /// How far unauthorizing reaches. It is stored in entries of the timeline only, which are passed on unread.
    closed Reach {}
    /// Only this connection: its tokens are destroyed, Atlassian's consent stays.
    Connection = "connection";
    /// Everything that the same Atlassian account authorized.
    Consent = "consent";
}

/// Asks to unauthorize a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Unauthorize {
    /// How far unauthorizing reaches.
    pub reach: Reach,
}

/// The connections that were unauthorized and must be authorized again to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unauthorized {
    /// The connections, as they are now.
    pub connections: Vec<Connection>,
}

endpoints! {
    /// Preview what unauthorizing or deleting would affect.
    ///
    /// The request only reads.
    GetImpact: Get "/api/v1/connections/{id}/impact" {
        params: ConnectionId,
        request: ImpactQuery,
        answer: 200 Impact,
        problems: [ConnectionDeleted],
    }

    /// Unauthorize a connection, or every connection of one account.
    ///
    /// Destroys credentials. What ends is what the impact named.
    UnauthorizeConnection: Post "/api/v1/connections/{id}/unauthorize" {
        params: ConnectionId,
        request: Unauthorize,
        answer: 200 Unauthorized,
        problems: [ConnectionDeleted],
    }

    /// Delete a connection, which can be restored for 30 days.
    ///
    /// Destroys the credential and hides the connection. Deleting twice succeeds.
    DeleteConnection: Delete "/api/v1/connections/{id}" {
        params: ConnectionId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Restore a deleted connection.
    ///
    /// The connection comes back without a credential if deleting destroyed it. 409 `name_taken` if another connection
    /// has its name by now.
    RestoreConnection: Post "/api/v1/connections/{id}/restore" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [NameTaken],
    }

    /// Undo the last reauthorization.
    ///
    /// Restores the credential before the last reauthorization, and the address that it is for, within ten minutes of
    /// saving it; 409 `nothing_to_revert` later. It is tried at that address first.
    RevertConnection: Post "/api/v1/connections/{id}/revert" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, NothingToRevert, WayBackClosed, EditConflict, IpAllowList, UpstreamUnreachable, CredentialUnavailable],
    }

    /// Refresh the credential of a connection now.
    ///
    /// A refresh moves the date before which the connection must be reauthorized.
    RenewConnection: Post "/api/v1/connections/{id}/renew" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, ConnectionUnauthorized, CredentialUnavailable],
    }
}
