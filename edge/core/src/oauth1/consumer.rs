//! Our end of an application link.

use api::ConsumerKey;

use super::{rsa::PrivateKey, tokens::TokenKey};

/// Who we are for Jira: the consumer key and the private half of the key pair.
#[derive(Debug)]
pub struct Consumer {
    /// By what Jira finds the public half.
    pub key: ConsumerKey,
    /// What signs.
    pub private_key: PrivateKey,
}

/// All that a call is signed with.
#[derive(Debug)]
pub struct SigningCredentials {
    /// Who calls.
    pub consumer: Consumer,
    /// In whose name.
    pub token: TokenKey,
}
