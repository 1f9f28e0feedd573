//! API keys, which programs call with.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ApiKeyText, KeyConnections};
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
}

/// An API key, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The name of the key, which says what it is for.
    pub name: Name,
    /// The scopes of the key.
    pub scopes: Vec<KeyScope>,
    /// The connections it may use; `null` for all.
    pub connections: Option<Vec<ConnectionId>>,
    /// The workspace that it is bound to: it may use the connections granted to it, and only those.
    #[serde(default)]
    pub workspace: Option<WorkspaceName>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; `null` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; `null` for never.
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

    /// Revoke an API key.
    ///
    /// Administrators only. The key is refused everywhere within ten seconds.
    RevokeApiKey: Delete "/api/v1/api-keys/{id}" {
        params: ApiKeyId,
        answer: 204 Nothing,
        problems: [],
    }
}
