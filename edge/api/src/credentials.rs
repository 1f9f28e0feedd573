//! With what a connection authenticates, where the organization brings it: everything but Cloud's OAuth 2.0.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Connection, ConnectionId, Endpoint, Method, Nothing, RsaKeyId, Timestamp, UnknownFields, words::words};

/// Something secret on its way in: taken, sealed, and never sent back. Its `Debug` is redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct WriteOnly(pub String);

impl fmt::Debug for WriteOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteOnly(…)")
    }
}

/// A credential that is being brought. Addresses are base URLs with their context path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum NewCredential {
    /// An incoming link of a Data Center site, OAuth 2.0.
    #[serde(rename = "data_center_oauth2")]
    DataCenterOauth2 {
        /// Where Jira runs.
        address: String,
        /// The client id that Jira shows.
        client_id: String,
        /// The client secret that Jira shows.
        client_secret: WriteOnly,
        /// What to ask for; at least one.
        scopes: Vec<DataCenterScope>,
    },
    /// An application link of a Data Center site, OAuth 1.0a.
    #[serde(rename = "oauth1")]
    Oauth1 {
        /// Where Jira runs.
        address: String,
        /// The consumer key in the application link: letters, digits, `-` and `_`, at most 64.
        consumer_key: String,
        /// The key pair whose public key is in the application link.
        key_id: RsaKeyId,
        /// Whether Jira shows a verification code to paste, instead of sending the browser back.
        #[serde(default)]
        verification_code: bool,
    },
    /// A name with a password or token, or a token alone.
    #[serde(rename = "basic")]
    Basic {
        /// Where Jira runs; for Cloud `https://{site}.atlassian.net`.
        address: String,
        /// What the secret is.
        form: BasicForm,
        /// The e-mail address (Cloud) or user name (Data Center); absent for a personal access token.
        #[serde(default)]
        username: Option<String>,
        /// The password or token.
        secret: WriteOnly,
        /// When the token expires, as Jira said when it was made.
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
}

words! {
    /// What a `basic` connection's secret is.
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
    /// What an incoming link of a Data Center site allows. Each includes those before it.
    #[derive(PartialOrd, Ord)]
    closed DataCenterScope {}
    /// View projects and issues.
    Read = "READ";
    /// Create and edit them.
    Write = "WRITE";
    /// Administer Jira.
    Admin = "ADMIN";
}

/// With what a connection authenticates, apart from what is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind")]
pub enum CredentialShown {
    /// See [`NewCredential::DataCenterOauth2`].
    #[serde(rename = "data_center_oauth2")]
    DataCenterOauth2 {
        /// The client id.
        client_id: String,
        /// What is asked for.
        scopes: Vec<DataCenterScope>,
    },
    /// See [`NewCredential::Oauth1`].
    #[serde(rename = "oauth1")]
    Oauth1 {
        /// The consumer key.
        consumer_key: String,
        /// The key pair that signs.
        key: RsaKey,
        /// The key pair that is to replace it, once it has worked.
        next_key: Option<RsaKey>,
    },
    /// See [`NewCredential::Basic`].
    #[serde(rename = "basic")]
    Basic {
        /// What the secret is.
        form: BasicForm,
        /// The name.
        username: Option<String>,
        /// When the token expires.
        expires_at: Option<Timestamp>,
    },
    /// A credential that this version does not know.
    #[serde(untagged)]
    Unknown(UnknownFields),
}

/// An RSA key pair of the edge. The private key never leaves it.
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

/// Asks for a key pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRsaKey {
    /// The connection that is to be authorized with it, by whoever may reauthorize it. Without one: administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
}

/// `POST /api/v1/rsa-keys`: *Generate new key*. One that no connection holds is destroyed after 30 days.
pub struct GenerateRsaKey;

impl Endpoint for GenerateRsaKey {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/rsa-keys";
    const SUCCESS: u16 = 201;
    type Params = ();
    type Request = NewRsaKey;
    type Answer = RsaKey;
}

macro_rules! on_connection {
    ($($(#[$doc:meta])* $name:ident: $method:ident $path:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Endpoint for $name {
            const METHOD: Method = Method::$method;
            const PATH: &'static str = $path;
            type Params = ConnectionId;
            type Request = Nothing;
            type Answer = Connection;
        }
    )*};
}

on_connection! {
    /// `POST /api/v1/connections/{id}/next-key`: generates the key pair that is to replace this one. Both are good until
    /// the new one has worked.
    RotateKey: Post "/api/v1/connections/{id}/next-key";
    /// `POST /api/v1/connections/{id}/next-key/adopt`: signs a call with the new key, and drops the old one if Jira takes
    /// it; 409 `key_not_installed` otherwise.
    AdoptKey: Post "/api/v1/connections/{id}/next-key/adopt";
    /// `DELETE /api/v1/connections/{id}/next-key`: stays with the old key.
    DropNextKey: Delete "/api/v1/connections/{id}/next-key";
    /// `POST /api/v1/connections/{id}/activate`. Activating twice succeeds.
    ActivateConnection: Post "/api/v1/connections/{id}/activate";
    /// `POST /api/v1/connections/{id}/deactivate`. Calls are refused within ten seconds; the credential is kept.
    DeactivateConnection: Post "/api/v1/connections/{id}/deactivate";
    /// `POST /api/v1/connections/{id}/confirm-address`: the site is at `moved_to` from now on. The new address is checked
    /// and must answer to the credential as the same account.
    ConfirmAddress: Post "/api/v1/connections/{id}/confirm-address";
    /// `DELETE /api/v1/connections/{id}/confirm-address`: it has not moved; stops offering the address.
    DismissAddress: Delete "/api/v1/connections/{id}/confirm-address";
}
