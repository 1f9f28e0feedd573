//! How a connection authenticates, for every kind but Cloud's OAuth 2.0 (whose client is in the configuration).
//!
//! It is stored with the authorization and then with the connection, so that the connection can be reauthorized without
//! entering everything again. The credential itself is not part of it: only the keeper of the grant has that. A
//! password or API token therefore has to be entered again.

use api::{
    AuthorizationId, BasicForm, ConsumerKey, CredentialShown, DataCenterScope, Kind, RsaKey, RsaKeyId, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{address::StoredAddress, authorization::CallbackPath, sealing::Sealed};

/// The stored configuration. Secrets in it are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthConfig {
    /// The base URL of Jira.
    pub address: StoredAddress,
    /// The method.
    #[serde(flatten)]
    pub method: AuthMethod,
}

/// A method of authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum AuthMethod {
    /// An incoming link of Data Center, OAuth 2.0.
    IncomingLink {
        /// The client id.
        client_id: String,
        /// The client secret.
        client_secret: Sealed,
        /// The authorization that the client secret was sealed for.
        sealed_for: AuthorizationId,
        /// The requested scopes.
        scopes: Vec<DataCenterScope>,
        /// The path of the redirect address that the link was registered with in Jira. It stays when the site moves.
        #[serde(default, skip_serializing_if = "CallbackPath::is_shared")]
        callback_path: CallbackPath,
    },
    /// An application link of Data Center, OAuth 1.0a.
    ApplicationLink {
        /// The consumer key.
        consumer_key: ConsumerKey,
        /// The key pair that signs.
        key: RsaKey,
        /// The key pair that will replace it.
        #[serde(default)]
        next_key: Option<RsaKey>,
        /// Whether Jira shows a verification code to paste instead of redirecting the browser back.
        #[serde(default)]
        verification_code: bool,
    },
    /// A user name with a password or API token, or a personal access token alone.
    Basic {
        /// The kind of secret.
        form: BasicForm,
        /// The user name.
        #[serde(default)]
        username: Option<String>,
        /// When the token expires.
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
}

impl AuthMethod {
    /// The field name under which a client secret is sealed.
    pub(crate) const CLIENT_SECRET: &'static str = "client_secret";
}

impl AuthConfig {
    /// The kind of connection that uses this.
    pub const fn kind(&self) -> Kind {
        match self.method {
            AuthMethod::IncomingLink { .. } => Kind::DataCenterOauth2,
            AuthMethod::ApplicationLink { .. } => Kind::Oauth1,
            AuthMethod::Basic { .. } => Kind::Basic,
        }
    }

    /// The part that people may see.
    pub fn shown(&self) -> CredentialShown {
        match self.method.clone() {
            AuthMethod::IncomingLink { client_id, scopes, callback_path, .. } => {
                let callback_path = callback_path.as_str().to_owned();
                CredentialShown::DataCenterOauth2 { client_id, scopes, callback_path }
            }
            AuthMethod::ApplicationLink { consumer_key, key, next_key, .. } => {
                CredentialShown::Oauth1 { consumer_key: consumer_key.to_string(), key, next_key }
            }
            AuthMethod::Basic { form, username, expires_at } => CredentialShown::Basic { form, username, expires_at },
        }
    }

    /// The path at which the browser comes back: an incoming link is registered with one, an application link is told
    /// one each time, and Basic needs none.
    pub fn callback_path(&self) -> CallbackPath {
        match &self.method {
            AuthMethod::IncomingLink { callback_path, .. } => callback_path.clone(),
            AuthMethod::ApplicationLink { .. } => CallbackPath::data_center(&self.address),
            AuthMethod::Basic { .. } => CallbackPath::default(),
        }
    }

    /// The ids of the key pairs in use.
    pub fn keys(&self) -> Vec<&RsaKeyId> {
        match &self.method {
            AuthMethod::ApplicationLink { key, next_key, .. } => {
                [Some(key), next_key.as_ref()].into_iter().flatten().map(|key| &key.id).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it is a credential that only Jira Cloud accepts.
    pub const fn is_for_cloud(&self) -> bool {
        matches!(self.method, AuthMethod::Basic { form: BasicForm::ApiToken | BasicForm::ScopedApiToken, .. })
    }

    /// Whether the person pastes a verification code.
    pub const fn by_verification_code(&self) -> bool {
        matches!(self.method, AuthMethod::ApplicationLink { verification_code: true, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_means_are_read_by_every_later_version() {
        // These are bytes of version 1. If they could not be read any more, connections could not be reauthorized.
        let link = r#"{"address":"https://jira.example.com/jira","way":"incoming_link","client_id":"c","sealed_for":"aut_1",
            "client_secret":{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"},"scopes":["READ","WRITE"]}"#;
        let application = r#"{"address":"https://jira.example.com","way":"application_link","consumer_key":"causeway",
            "key":{"id":"rsa_1","public_key":"PEM","created_at":"2026-11-22T05:00:00Z"},"tomorrow":1}"#;
        let basic = r#"{"address":"https://jira.example.com","way":"basic","form":"password","username":"ada"}"#;
        let kind = |text| serde_json::from_str::<AuthConfig>(text).map(|auth| auth.kind()).ok();
        assert_eq!(kind(link), Some(Kind::DataCenterOauth2));
        let old: AuthConfig = serde_json::from_str(link).expect("a link");
        assert!(old.callback_path().is_shared(), "a link goes on with the address that it was registered with");
        assert!(!serde_json::to_string(&old).expect("JSON").contains("callback_path"));
        assert_eq!(kind(application), Some(Kind::Oauth1));
        assert_eq!(kind(basic), Some(Kind::Basic));
    }
}
