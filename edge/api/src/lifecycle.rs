//! What happens to a connection after it was made: unauthorized, deleted, restored, renewed, taken back.

use serde::{Deserialize, Serialize};

use crate::{Account, Connection, ConnectionId, Name, Nothing, Site, Timestamp, endpoint::endpoints, words::words};

/// That a connection was deleted. Until `purge_at` it can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted {
    /// When.
    pub at: Timestamp,
    /// By whom: a member's name or an API key's.
    pub by: String,
    /// When it goes for good, 30 days after it was deleted.
    pub purge_at: Timestamp,
}

words! {
    /// What an administrator is about to do.
    closed ImpactAction {}
    /// Destroy credentials.
    Unauthorize = "unauthorize";
    /// Unauthorize and hide.
    Delete = "delete";
}

/// Asks for the impact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImpactQuery {
    /// Of what.
    pub action: ImpactAction,
}

/// Everything that shares the fate of a connection's consent, by name.
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
    /// Where the person behind the account removes the consent itself, at Atlassian; `null` where there is no consent.
    pub consent_url: Option<String>,
}

/// A project that is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AffectedProject {
    /// Its name.
    pub name: Name,
    /// The name of the workspace that holds it.
    pub workspace: Name,
}

/// A connection that is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Affected {
    /// The connection's id.
    pub id: ConnectionId,
    /// Its name.
    pub name: Name,
    /// Its site.
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

/// Unauthorizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Unauthorize {
    /// How far.
    pub reach: Reach,
}

/// What was unauthorized: the checklist of what to reauthorize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unauthorized {
    /// The connections, as they are now.
    pub connections: Vec<Connection>,
}

endpoints! {
    /// Preview what unauthorizing or deleting would affect.
    ///
    /// Changes nothing.
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
    /// Restores the credential before the last reauthorization, within ten minutes of saving it; 409
    /// `nothing_to_revert` later.
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
