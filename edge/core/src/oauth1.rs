//! OAuth 1.0a with a Jira Data Center application link: RFC 5849 with RSA-SHA1.
//!
//! A [`Consumer`] is our side of an application link: the consumer key, and the private half of the key pair whose
//! public half the Jira administrator pasted. [`ApplicationLink`] performs the three steps (request token, approval,
//! access token), [`sign`] signs the calls that follow, and [`Oauth1Answer`] reads why Jira refused, as an
//! [`Oauth1Refusal`] with its cause and remedy.
//!
//! RSA-SHA1 signatures do not use token secrets (RFC 5849, section 3.4.3), so these are dropped; the private key and
//! the access token must be stored sealed.
//!
//! **Forms are not signed.** The fields of a form are part of the signature (section 3.4.1.3.1), but the proxy streams
//! bodies unread. Jira's REST API uses JSON, so [`sign`] refuses a call with the content type of a form and says why,
//! instead of sending what Jira must refuse. Bodies of other types are not part of the signature.
//!
//! Sources: RFC 5849; the OAuth Problem Reporting and OAuth Session extensions, as Jira implements them. Out of scope:
//! storage, and which addresses may be called.

mod access_token;
mod answer;
mod base_string;
mod callback;
mod challenge;
mod consumer;
mod form;
mod link;
mod messages;
mod percent;
mod refusal;
mod rsa;
mod signing;
mod tokens;
pub mod vectors;

pub use access_token::AccessGrant;
pub use answer::Oauth1Answer;
pub use api::{ConsumerKey, ConsumerKeyRefused};
pub use base_string::{QueryUnreadable, base_string};
pub use callback::{Callback, verifier_in_callback};
pub use consumer::{Consumer, SigningCredentials};
pub use link::ApplicationLink;
pub use refusal::{Clocks, Oauth1Refusal, SignatureMismatch};
pub use rsa::{KeyPair, PrivateKey, PublicKey, Rsa, RsaFailure};
pub use signing::{NotSigned, RequestToSign, sign};
pub use tokens::{RequestToken, SessionHandle, TokenKey, Verifier, VerifierRefused};

#[cfg(test)]
mod tests;

/// The most characters of Jira's text that a refusal shows.
const LONGEST_TEXT: usize = 100;
