//! Credentials in plaintext. They travel only between parts of the edge, are stored sealed, and are never printed.

use std::fmt;

use api::{ConsumerKey, LOGIN_CHARACTERS, TOKEN_CHARACTERS, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    address::StoredAddress,
    oauth1::{self, Consumer, PrivateKey, TokenKey},
};

/// The expiry of a credential whose expiry is unknown.
pub const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

/// A token in plaintext. It is never printed, and serialized only between parts of the edge, never for storage.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Parses a token of 1 to 8192 visible ASCII characters (RFC 6749, appendix A); `None` otherwise.
    ///
    /// A token can be sent in a header as it is.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=TOKEN_CHARACTERS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A user name with a password or API token, for Basic authentication (RFC 7617).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    username: String,
    password: String,
}

impl Login {
    /// Parses a user name and a password or API token: 1 to 1024 characters each, no control characters, no colon in the
    /// name (which separates the two). `None` otherwise.
    pub fn parse(username: impl Into<String>, password: impl Into<String>) -> Option<Self> {
        let (username, password) = (username.into(), password.into());
        let fits =
            |text: &str| (1..=LOGIN_CHARACTERS).contains(&text.chars().count()) && !text.contains(char::is_control);
        (fits(&username) && fits(&password) && !username.contains(':')).then_some(Self { username, password })
    }

    /// The user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The value of `Authorization`. Jira reads the credentials as UTF-8.
    pub fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.username, self.password)))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// A credential.
///
/// Between parts of the edge, a bearer token is serialized as plain text, which earlier versions understand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Credential {
    /// An OAuth 2.0 access token, or a personal access token.
    Bearer(Token),
    /// A user name with a password or API token.
    Basic(Login),
    /// OAuth 1.0a: every call is signed, retries included.
    Oauth1(SignedWith),
}

impl Credential {
    /// The bearer token, if it is one.
    pub const fn bearer(&self) -> Option<&Token> {
        match self {
            Self::Bearer(token) => Some(token),
            Self::Basic(_) | Self::Oauth1(_) => None,
        }
    }
}

/// The credentials of OAuth 1.0a, which sign calls over an application link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedWith {
    /// The consumer key: our name at Jira.
    pub consumer_key: ConsumerKey,
    /// The access token.
    pub token: Token,
    /// The private key: PKCS #8, DER, in base64.
    pub private_key: Token,
}

impl SignedWith {
    /// From the result of an authorization. `None` if the size of the private key is impossible.
    pub fn new(consumer: &Consumer, token: &TokenKey) -> Option<Self> {
        Some(Self {
            consumer_key: consumer.key.clone(),
            token: Token::parse(token.expose())?,
            private_key: Token::parse(STANDARD.encode(consumer.private_key.expose()))?,
        })
    }

    /// The form that signs. `None` if the stored form was not made by [`Self::new`].
    pub fn to_sign(&self) -> Option<oauth1::SigningCredentials> {
        let key = STANDARD.decode(self.private_key.expose()).ok()?;
        let consumer = Consumer { key: self.consumer_key.clone(), private_key: PrivateKey::from_pkcs8(key) };
        Some(oauth1::SigningCredentials { consumer, token: TokenKey::new(self.token.expose())? })
    }
}

/// The credential of a new grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGrant {
    /// The credential.
    pub credential: Credential,
    /// How it is refreshed; `None` if it cannot be.
    #[serde(default)]
    pub renewal: Option<Renewal>,
    /// When the credential expires; [`NEVER`] if unknown.
    pub expires_at: Timestamp,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// Until when it can be saved. After that it is destroyed, unless a connection holds it.
    pub pending_until: Timestamp,
}

/// How a bearer token is refreshed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// The refresh token.
    pub refresh_token: Token,
    /// The provider; `None` for Atlassian with the client of the configuration.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// Which of Causeway's clients at Atlassian obtained it, where there is no provider. It is stored beside the sealed
    /// token and not in it.
    #[serde(default, skip_serializing_if = "CloudClient::is_first")]
    pub client: CloudClient,
}

/// Causeway's clients at Atlassian. Atlassian keeps one consent for each account and client, and a new consent replaces the
/// scopes of the old one: so that looking at a chart takes no connection its scopes, viewers can have a client of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloudClient {
    /// That of connections.
    #[default]
    First,
    /// The one that may only read, for viewers.
    Viewers,
}

impl CloudClient {
    /// Whether it is that of connections.
    pub const fn is_first(&self) -> bool {
        matches!(self, Self::First)
    }

    /// Whether it is the one that may only read.
    pub const fn is_viewers(&self) -> bool {
        matches!(self, Self::Viewers)
    }
}

/// The OAuth 2.0 provider of a Data Center site, and our client there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// The site's base URL with its context path; checked again for each call.
    pub address: StoredAddress,
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Token,
    /// The redirect URI of the authorization request, which a refresh request must repeat.
    pub redirect_uri: String,
}

impl Provider {
    /// The path of the token endpoint below the base URL.
    pub const TOKEN_PATH: &'static str = "/rest/oauth2/latest/token";
    /// The path of the call that shows whether an access token works.
    pub const PROBE_PATH: &'static str = "/rest/api/2/myself";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let token = Token::parse("s3cret").expect("a token");
        let login = Login::parse("ada", "s3cret").expect("a login");
        let signed = SignedWith {
            consumer_key: ConsumerKey::parse("causeway").expect("a key"),
            token: token.clone(),
            private_key: token.clone(),
        };
        for credential in [Credential::Bearer(token), Credential::Basic(login), Credential::Oauth1(signed)] {
            assert!(!format!("{credential:?}").contains("s3cret"), "{credential:?}");
        }
    }

    #[test]
    fn between_parts_a_bearer_token_is_written_as_it_always_was() {
        let written = |credential: &Credential| serde_json::to_string(credential).expect("JSON");
        let read = |text: &str| serde_json::from_str::<Credential>(text).expect("a credential");
        let bearer = Credential::Bearer(Token::parse("abc").expect("a token"));
        let basic = Credential::Basic(Login::parse("ada", "p w").expect("a login"));
        let signed = r#"{"consumer_key":"causeway","token":"abc","private_key":"QUJD"}"#;
        assert_eq!(written(&bearer), r#""abc""#);
        assert_eq!(written(&basic), r#"{"username":"ada","password":"p w"}"#);
        assert_eq!((read(&written(&bearer)), read(&written(&basic))), (bearer, basic));
        assert_eq!(written(&read(signed)), signed);
    }

    #[test]
    fn a_name_with_its_password_becomes_a_header_whatever_is_in_the_password() {
        let login = Login::parse("ada", "pä: ss").expect("a login");
        assert_eq!(login.authorization(), "Basic YWRhOnDDpDogc3M=");
        for (name, password) in [("a:b", "c"), ("", "c"), ("a", ""), ("a\n", "c"), ("a", "c\u{7f}")] {
            assert_eq!(Login::parse(name, password), None, "{name:?} {password:?}");
        }
    }
}
