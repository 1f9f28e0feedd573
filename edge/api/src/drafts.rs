//! Drafts: what is known of a connection that was never authorized, so that somebody can continue it later.

use serde::{Deserialize, Serialize};

use crate::{BasicForm, DataCenterScope, RsaKey, RsaKeyId, Timestamp};
#[cfg(feature = "openapi")]
use crate::{
    ConsumerKey,
    openapi::texts::{ClientIdText, JiraAddress, UserName},
};

/// What is known of a connection before it is authorized, by its kind. It never contains a secret: whoever authorizes
/// the connection enters client secrets, passwords and tokens. Addresses are base URLs with their context path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum ConnectionDraft {
    /// Jira Cloud, OAuth 2.0: there is nothing to prepare.
    #[serde(rename = "cloud_oauth2")]
    CloudOauth2 {},
    /// OAuth 2.0 with an incoming link of a Data Center site.
    #[serde(rename = "data_center_oauth2")]
    DataCenterOauth2 {
        /// The base URL of Jira.
        #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
        address: String,
        /// The client id that Jira shows, once the incoming link is made.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<ClientIdText>))]
        client_id: Option<String>,
        /// The scopes to ask for.
        #[serde(default)]
        scopes: Vec<DataCenterScope>,
    },
    /// OAuth 1.0a with an application link of a Data Center site.
    #[serde(rename = "oauth1")]
    Oauth1 {
        /// The base URL of Jira.
        #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
        address: String,
        /// The consumer key in the application link, once it is chosen.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<ConsumerKey>))]
        consumer_key: Option<String>,
        /// The key pair whose public key is, or will be, in the application link. It is reserved for this connection as
        /// long as the connection exists.
        #[serde(default)]
        key_id: Option<RsaKeyId>,
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
        /// The e-mail address (Cloud) or user name (Data Center), if it is known.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<UserName>))]
        username: Option<String>,
        /// When the token expires, as Jira said when it was made.
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
}

impl ConnectionDraft {
    /// The address, for every kind that has one.
    pub const fn address_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::CloudOauth2 {} => None,
            Self::DataCenterOauth2 { address, .. } | Self::Oauth1 { address, .. } | Self::Basic { address, .. } => {
                Some(address)
            }
        }
    }
}

/// What is known of a connection that was never authorized, without secrets. Its kind is that of the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftShown {
    /// The base URL of Jira; `null` for `cloud_oauth2`.
    #[serde(default)]
    pub address: Option<String>,
    /// The client id of the incoming link, if it is known.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The scopes to ask for over an incoming link.
    #[serde(default)]
    pub scopes: Vec<DataCenterScope>,
    /// The consumer key of the application link, if it is chosen.
    #[serde(default)]
    pub consumer_key: Option<String>,
    /// The key pair that is reserved for this connection, if one was generated.
    #[serde(default)]
    pub key: Option<RsaKey>,
    /// Whether Jira shows a verification code instead of redirecting the browser back.
    #[serde(default)]
    pub verification_code: bool,
    /// The kind of secret, for `basic`.
    #[serde(default)]
    pub form: Option<BasicForm>,
    /// The e-mail address or user name, if it is known.
    #[serde(default)]
    pub username: Option<String>,
    /// When the token expires.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}
