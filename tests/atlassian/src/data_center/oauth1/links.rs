//! Incoming application links: what a Jira administrator types in so that a consumer may sign.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use serde::{Deserialize, Serialize};

/// One consumer. Registering the same key again replaces name and public key: only the newer one verifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationLink {
    /// Letters, digits, `-` and `_`.
    pub consumer_key: String,
    /// What the approval page calls the consumer.
    pub consumer_name: String,
    /// The RSA public key as PEM, with or without the lines that begin and end it.
    pub public_key: String,
}

/// All links of an instance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ApplicationLinks(Vec<ApplicationLink>);

impl ApplicationLinks {
    pub(crate) fn all(&self) -> &[ApplicationLink] {
        &self.0
    }

    /// Registers a link or replaces the one of that key. `Err` is a sentence for the administrator.
    pub(crate) fn register(&mut self, link: ApplicationLink) -> Result<(), String> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if link.consumer_key.is_empty() || !link.consumer_key.chars().all(allowed) {
            return Err("The consumer key must be one word of letters, digits, - and _.".into());
        }
        if link.consumer_name.trim().is_empty() {
            return Err("You must specify a consumer name.".into());
        }
        link.verifying_key()?;
        self.remove(&link.consumer_key);
        self.0.push(link);
        Ok(())
    }

    pub(crate) fn of(&self, consumer_key: &str) -> Option<&ApplicationLink> {
        self.0.iter().find(|link| link.consumer_key == consumer_key)
    }

    /// False if there is none such.
    pub(crate) fn remove(&mut self, consumer_key: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|link| link.consumer_key != consumer_key);
        self.0.len() < before
    }
}

impl ApplicationLink {
    /// The key that verifies signatures.
    pub(super) fn verifying_key(&self) -> Result<RsaPublicKey, String> {
        let lines = self.public_key.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let complaint = "The public key is invalid: it must be an RSA key in PEM (X.509).";
        let der = STANDARD.decode(lines.collect::<String>()).map_err(|error| format!("{complaint} {error}"))?;
        RsaPublicKey::from_public_key_der(&der).map_err(|error| format!("{complaint} {error}"))
    }
}
