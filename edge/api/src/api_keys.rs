//! API keys, which programs call with.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ApiKeyText, KeyConnections, OverlapSeconds};
use crate::{
    ApiKeyId, ConnectionId, List, Name, Nothing, Timestamp, WorkspaceId, WorkspaceName,
    endpoint::endpoints,
    words::{known, words},
};

words! {
    /// The scopes of API keys.
    open KeyScope {}
    /// Read connections.
    ConnectionsRead = "connections:read";
    /// Rename connections.
    ConnectionsWrite = "connections:write";
    /// Call Jira through connections.
    Proxy = "proxy";
    /// Read tasks and changes of the projects that use connections of the key.
    TasksRead = "tasks:read";
    /// Push tasks to those projects.
    TasksWrite = "tasks:write";
    /// Read charts: what they ask, not their numbers.
    ChartsRead = "charts:read";
}

/// An API key, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The name of the key, which says what it is for.
    pub name: Name,
    /// How the key begins: `cw_`, the organization and the first four characters of the secret, which tell nothing about
    /// the rest. By it, a key that turns up somewhere is found in this list. `null` for a key made before this was kept.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The scopes of the key.
    pub scopes: Vec<KeyScope>,
    /// The connections it may use; `null` for all.
    pub connections: Option<Vec<ConnectionId>>,
    /// The names of those connections that exist, in alphabetical order; empty if it may use all.
    #[serde(default)]
    pub connection_names: Vec<Name>,
    /// The workspace that it is bound to: it may use the connections granted to it, and only those.
    #[serde(default)]
    pub workspace: Option<WorkspaceName>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The name of the member who created it; `null` for a key made before this was kept.
    #[serde(default)]
    pub created_by: Option<String>,
    /// When it expires; `null` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; `null` for never, or not since it was rotated.
    pub last_used_at: Option<Timestamp>,
    /// When it was last rotated; `null` for never.
    #[serde(default)]
    pub rotated_at: Option<Timestamp>,
    /// The key from before the last rotation, while it still works.
    #[serde(default)]
    pub previous: Option<PreviousApiKey>,
}

/// The key from before a rotation, which still works for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviousApiKey {
    /// How that key begins; `null` for a key made before this was kept.
    pub prefix: Option<String>,
    /// When it stops working.
    pub until: Timestamp,
    /// When it was last used, to the minute; `null` for never. A system that still uses it has not been given the new key.
    pub last_used_at: Option<Timestamp>,
}

/// A new API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// The name of the key, which says what it is for.
    pub name: Name,
    /// The scopes of the key; at least one.
    #[serde(deserialize_with = "known")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<KeyScope>,
    /// The connections it may use; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<KeyConnections>))]
    pub connections: Option<Vec<ConnectionId>>,
    /// The workspace to bind it to; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
    /// When it expires, in the future; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// How to replace the secret of an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRotation {
    /// For how many seconds the old key keeps working, up to a day; 0: it ends at once.
    #[cfg_attr(feature = "openapi", schema(value_type = OverlapSeconds))]
    pub overlap_seconds: u32,
    /// When the new key expires, in the future; absent: when the old one would have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A new key: the only time the key itself is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The key: `cw_` and a secret. Only its SHA-256 is stored.
    #[cfg_attr(feature = "openapi", schema(value_type = ApiKeyText))]
    pub key: String,
}

endpoints! {
    /// List API keys.
    ///
    /// Administrators only. The keys themselves are never shown.
    ListApiKeys: Get "/api/v1/api-keys" {
        answer: 200 List<ApiKey>,
        problems: [],
    }

    /// Create an API key.
    ///
    /// Administrators only. The answer is the only one that shows the key.
    CreateApiKey: Post "/api/v1/api-keys" {
        request: NewApiKey,
        answer: 201 CreatedApiKey,
        problems: [],
    }

    /// Rotate an API key.
    ///
    /// Administrators only. The key keeps its id, its name and what it may do, and gets a new secret. The answer is the
    /// only one that shows it. The old key works for as long as asked for; one from an earlier rotation ends at once.
    RotateApiKey: Post "/api/v1/api-keys/{id}/rotate" {
        params: ApiKeyId,
        request: ApiKeyRotation,
        answer: 201 CreatedApiKey,
        problems: [],
    }

    /// Revoke an API key.
    ///
    /// Administrators only. The key is refused everywhere within ten seconds.
    RevokeApiKey: Delete "/api/v1/api-keys/{id}" {
        params: ApiKeyId,
        answer: 204 Nothing,
        problems: [],
    }
}
