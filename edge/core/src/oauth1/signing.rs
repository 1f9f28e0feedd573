//! Signing: the protocol parameters, the signature over them and the request, and the header with both.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::Url;

use super::{
    base_string::{QueryUnreadable, base_string},
    consumer::{Consumer, SigningCredentials},
    percent::encode,
    rsa::{Rsa, RsaFailure},
    tokens::TokenKey,
};
use crate::ports::{Clock, Random};

/// A request to sign.
#[derive(Clone, Copy, Debug)]
pub struct RequestToSign<'a> {
    /// Its method.
    pub method: &'a str,
    /// The complete URL.
    pub url: &'a Url,
    /// Its `Content-Type`, if it has one.
    pub content_type: Option<&'a str>,
}

/// Why a request is not signed. The caller can correct the first three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSigned {
    /// The body is a form.
    FormBody,
    /// The query is ambiguous.
    QueryUnreadable,
    /// The query contains a parameter of the protocol (`oauth_…`), which Jira would read twice.
    ProtocolParameter,
    /// The private key cannot sign.
    KeyUnusable,
}

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormBody => f.write_str(
                "A form cannot be sent over an OAuth 1.0a connection: its fields would have to be signed, and Causeway \
                 does not read the bodies of calls. Send JSON.",
            ),
            Self::QueryUnreadable => QueryUnreadable.fmt(f),
            Self::ProtocolParameter => {
                f.write_str("The query has a parameter whose name begins with oauth_. Remove it.")
            }
            Self::KeyUnusable => f.write_str("The private key of this connection cannot be used. Generate a new key."),
        }
    }
}

impl std::error::Error for NotSigned {}

impl From<QueryUnreadable> for NotSigned {
    fn from(_: QueryUnreadable) -> Self {
        Self::QueryUnreadable
    }
}

impl From<RsaFailure> for NotSigned {
    fn from(_: RsaFailure) -> Self {
        Self::KeyUnusable
    }
}

/// The value of `Authorization` for one request. Every request needs its own, retries included.
pub async fn sign(
    world: &(impl Rsa + Random + Clock),
    call: RequestToSign<'_>,
    credential: &SigningCredentials,
) -> Result<String, NotSigned> {
    if call.content_type.is_some_and(is_form) {
        return Err(NotSigned::FormBody);
    }
    authorization(world, call.method, call.url, &credential.consumer, Some(&credential.token), None).await
}

fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Signs a request without a form. `step` is the additional parameter of a protocol step (RFC 5849, sections 2.1 and
/// 2.3).
pub(super) async fn authorization(
    world: &(impl Rsa + Random + Clock),
    method: &str,
    url: &Url,
    consumer: &Consumer,
    token: Option<&TokenKey>,
    step: Option<(&'static str, &str)>,
) -> Result<String, NotSigned> {
    if url.query_pairs().any(|(name, _)| name.starts_with("oauth_")) {
        return Err(NotSigned::ProtocolParameter);
    }
    let timestamp = (world.now().as_millis() / 1000).to_string();
    let nonce = nonce(world);
    let mut protocol = vec![
        ("oauth_consumer_key", consumer.key.as_str()),
        ("oauth_nonce", &nonce),
        ("oauth_signature_method", "RSA-SHA1"),
        ("oauth_timestamp", &timestamp),
        ("oauth_version", "1.0"),
    ];
    protocol.extend(token.map(|token| ("oauth_token", token.expose())));
    protocol.extend(step);
    let base = base_string(method, url, None, &protocol)?;
    let signature = STANDARD.encode(world.sign_sha1(&consumer.private_key, base.as_bytes()).await?);
    protocol.push(("oauth_signature", &signature));
    Ok(header(&protocol))
}

/// 120 random bits as 30 hexadecimal digits: unique without state, and accepted by strict servers.
fn nonce(random: &impl Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    format!("{:030x}", u128::from_be_bytes(bytes) >> 8)
}

/// RFC 5849, section 3.5.1.
fn header(protocol: &[(&str, &str)]) -> String {
    let parameter = |(name, value): &(&str, &str)| format!("{}=\"{}\"", encode(name), encode(value));
    format!("OAuth {}", protocol.iter().map(parameter).collect::<Vec<_>>().join(", "))
}
