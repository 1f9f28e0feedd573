//! Our side of an application link.

use api::ConsumerKey;

use super::{rsa::PrivateKey, tokens::TokenKey};

/// Our identity at Jira: the consumer key and the private half of the key pair.
#[derive(Debug)]
pub struct Consumer {
    /// The name under which Jira has the public half.
    pub key: ConsumerKey,
    /// The private key.
    pub private_key: PrivateKey,
}

/// The credentials that sign a call.
#[derive(Debug)]
pub struct SigningCredentials {
    /// Who calls.
    pub consumer: Consumer,
    /// The access token.
    pub token: TokenKey,
}
