//! OAuth 1.0a with a Jira Data Center application link: RFC 5849 with RSA-SHA1.
//!
//! A [`Consumer`] is our end of an application link: the consumer key and the RSA key whose public half the Jira
//! administrator pasted. [`ApplicationLink`] makes the three steps with it (request token, approval, access token), [`sign`] signs
//! the calls that follow, and [`Oauth1Answer`] reads why Jira refused, as a [`Oauth1Refusal`] with its cause and its remedy in words.
//!
//! Secrets of tokens take no part in RSA-SHA1 signatures (RFC 5849, section 3.4.3), so they are dropped when they arrive:
//! what must be kept sealed is the private key and the access token.
//!
//! **Forms are not signed.** The fields of a form take part in the signature (section 3.4.1.3.1), and the bodies of
//! calls stream through the proxy unread. Jira's REST interface is JSON, so [`sign`] refuses a call whose content type is
//! that of a form and says why, instead of sending what Jira must refuse. Bodies of every other type take no part.
//!
//! Sources: RFC 5849; the OAuth Problem Reporting and OAuth Session extensions, as Jira speaks them. Out of scope: where
//! any of this is stored, and which addresses may be called at all.

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

/// The most characters of a text of Jira's that a refusal shows.
const LONGEST_TEXT: usize = 100;
