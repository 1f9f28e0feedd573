//! The credentials that people enter: every kind but OAuth 2.0 of Cloud.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Connection, ConnectionId, RsaKeyId, SHARED_CALLBACK_PATH, Timestamp, UnknownFields, endpoint::endpoints,
    words::words,
};
#[cfg(feature = "openapi")]
use crate::{
    ConsumerKey,
    openapi::texts::{ClientIdText, ClientSecret, JiraAddress, UserName},
};

/// A secret in a request. It is sealed and never sent back. Its `Debug` is redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WriteOnly(pub String);

impl fmt::Debug for WriteOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteOnly(…)")
    }
}

/// A credential that somebody enters. Addresses are base URLs with their context path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum NewCredential {
    /// OAuth 2.0 with an incoming link of a Data Center site. The link's redirect URL is Causeway's address, followed by
    /// `/oauth/callback/data-center/`, Jira's host and its context path.
    #[serde(rename = "data_center_oauth2")]
    DataCenterOauth2 {
        /// The base URL of Jira.
        #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
        address: String,
        /// The client id that Jira shows.
        #[cfg_attr(feature = "openapi", schema(value_type = ClientIdText))]
        client_id: String,
        /// The client secret that Jira shows.
        #[cfg_attr(feature = "openapi", schema(value_type = ClientSecret))]
        client_secret: WriteOnly,
        /// The scopes to ask for; at least one.
        #[cfg_attr(feature = "openapi", schema(min_items = 1))]
        scopes: Vec<DataCenterScope>,
    },
    /// OAuth 1.0a with an application link of a Data Center site.
    #[serde(rename = "oauth1")]
    Oauth1 {
        /// The base URL of Jira.
        #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
        address: String,
        /// The consumer key in the application link: letters, digits, `-` and `_`, at most 255.
        #[cfg_attr(feature = "openapi", schema(value_type = ConsumerKey))]
        consumer_key: String,
        /// The key pair whose public key is in the application link.
        key_id: RsaKeyId,
        /// Whether Jira shows a verification code instead of redirecting the browser back.
        #[serde(default)]
        verification_code: bool,
    },
    /// A name with a password or token, or a token alone.
    #[serde(rename = "basic")]
    Basic {
        /// The base URL of Jira; for Cloud `https://{site}.atlassian.net`.
        #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
        address: String,
        /// The kind of secret.
        form: BasicForm,
        /// The e-mail address (Cloud) or user name (Data Center); absent for a personal access token.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<UserName>))]
        username: Option<String>,
        /// The password or token.
        secret: WriteOnly,
        /// When the token expires, as Jira said when it was made.
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
}

words! {
    /// The kind of secret of a `basic` connection.
    closed BasicForm {}
    /// Cloud: an API token without scopes, with an e-mail address.
    ApiToken = "api_token";
    /// Cloud: an API token with scopes, with an e-mail address. Goes through Atlassian's gateway.
    ScopedApiToken = "scoped_api_token";
    /// Data Center: a user's password.
    Password = "password";
    /// Data Center: a personal access token, without a name.
    PersonalAccessToken = "personal_access_token";
}

words! {
    /// The scopes of an incoming link of a Data Center site. Each includes those before it.
    #[derive(PartialOrd, Ord)]
    closed DataCenterScope {}
    /// View projects and issues.
    Read = "READ";
    /// Create and edit projects and issues.
    Write = "WRITE";
    /// Administer the Jira instance.
    Admin = "ADMIN";
}

/// How a connection authenticates, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind")]
pub enum CredentialShown {
    /// OAuth 2.0 with an incoming link of a Data Center site.
    #[serde(rename = "data_center_oauth2")]
    DataCenterOauth2 {
        /// The client id of the incoming link.
        client_id: String,
        /// The scopes that are asked for.
        scopes: Vec<DataCenterScope>,
        /// The path of the redirect URL that the link was registered with in Jira. `/oauth/callback` is shared by links
        /// from before each site had its own: such a link should be renewed.
        #[serde(default = "shared_callback_path")]
        callback_path: String,
    },
    /// OAuth 1.0a with an application link of a Data Center site.
    #[serde(rename = "oauth1")]
    Oauth1 {
        /// The consumer key.
        consumer_key: String,
        /// The key pair that signs calls.
        key: RsaKey,
        /// The key pair that will replace it once Jira accepts it.
        next_key: Option<RsaKey>,
    },
    /// A name with a password or token, or a token alone.
    #[serde(rename = "basic")]
    Basic {
        /// The kind of secret.
        form: BasicForm,
        /// The e-mail address or user name, if there is one.
        username: Option<String>,
        /// When the token expires.
        expires_at: Option<Timestamp>,
    },
    /// A credential that this version does not know.
    #[serde(untagged)]
    Unknown(UnknownFields),
}

fn shared_callback_path() -> String {
    SHARED_CALLBACK_PATH.to_owned()
}

/// An RSA key pair. The private key never leaves Causeway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RsaKey {
    /// The key pair's id.
    pub id: RsaKeyId,
    /// The public key: `SubjectPublicKeyInfo` as PEM, to paste into Jira.
    pub public_key: String,
    /// When it was generated.
    pub created_at: Timestamp,
}

/// Asks for a new key pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRsaKey {
    /// The connection that will be authorized with it. Without one, only administrators may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
}

/// The address that an administrator confirms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressConfirmation {
    /// The connection's `moved_to`, as it was shown.
    #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
    pub address: String,
}

endpoints! {
    /// Generate an RSA key pair for OAuth 1.0a.
    ///
    /// A key pair that no connection uses is destroyed after 30 days. There may be a hundred of them for each
    /// connection, and a hundred for new ones.
    GenerateRsaKey: Post "/api/v1/rsa-keys" {
        request: NewRsaKey,
        answer: 201 RsaKey,
        problems: [NotFound, ConnectionDeleted, LimitReached],
    }

    /// Generate the key pair that will replace the current one.
    ///
    /// Both key pairs are kept until the new one has worked.
    RotateKey: Post "/api/v1/connections/{id}/next-key" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, LimitReached],
    }

    /// Switch to the new key pair if Jira accepts it.
    ///
    /// Signs a call with the new key, and drops the old one if Jira accepts it; 409 `key_not_installed` otherwise.
    AdoptKey: Post "/api/v1/connections/{id}/next-key/adopt" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, ConnectionUnauthorized, KeyNotUsable, KeyNotInstalled, AddressRefused, UpstreamUnreachable, EditConflict, CredentialUnavailable],
    }

    /// Discard the new key pair and keep the current one.
    ///
    /// Succeeds without a new key pair, too.
    DropNextKey: Delete "/api/v1/connections/{id}/next-key" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted],
    }

    /// Activate a connection.
    ///
    /// Activating twice succeeds.
    ActivateConnection: Post "/api/v1/connections/{id}/activate" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, ConnectionUnauthorized],
    }

    /// Deactivate a connection and keep its credential.
    ///
    /// Calls are refused within ten seconds. The credential is kept.
    DeactivateConnection: Post "/api/v1/connections/{id}/deactivate" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted, ConnectionUnauthorized],
    }

    /// Confirm the new address of a site.
    ///
    /// The site is at `moved_to` from now on. The new address is checked first, and the credential must belong to the
    /// same account there. 412 if another address than the confirmed one is offered by now, or none.
    ConfirmAddress: Post "/api/v1/connections/{id}/confirm-address" {
        params: ConnectionId,
        request: AddressConfirmation,
        answer: 200 Connection,
        problems: [ConnectionDeleted, ConnectionUnauthorized, AddressRefused, InstanceUnreachable, EditConflict, CredentialUnavailable],
    }

    /// Dismiss the suggested new address of a site.
    ///
    /// The suggested address is not offered any more.
    DismissAddress: Delete "/api/v1/connections/{id}/confirm-address" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [ConnectionDeleted],
    }
}
