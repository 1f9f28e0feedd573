//! Random secrets and their digests.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ports::Random;

mod organization_claim;

pub use organization_claim::{ClaimCheck, OrganizationClaim, SecretUse};

/// A secret of 256 random bits, 43 base64url characters: a ticket, a state, a cookie, the secret part of an API key.
pub struct Secret(String);

impl Secret {
    /// Generates a secret that does not say whose it is.
    pub fn generate(random: &(impl Random + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Parses a secret that a browser or a program sent, with or without an organization.
    pub fn parse(text: &str) -> Option<Self> {
        OrganizationClaim::read(text).map(|_| Self(text.to_owned()))
    }

    /// Which organization it says it belongs to.
    pub fn claim(&self) -> OrganizationClaim {
        OrganizationClaim::read(&self.0).unwrap_or_default()
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its digest, which is all that is stored.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// Derives another secret, so that it need not be stored: SHA-256 over `purpose`, this secret and `salt`. The
    /// result has 43 characters and can be a PKCE verifier (RFC 7636, section 4.1).
    #[must_use]
    pub fn derive(&self, purpose: &str, salt: &str) -> Self {
        let mut hasher = Sha256::new();
        for part in [purpose, &self.0, salt] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(URL_SAFE_NO_PAD.encode(hasher.finalize()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret, base64url. Secrets have 256 random bits, so no salt and no stretching is needed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of `secret`.
    pub fn of(secret: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(secret)))
    }

    /// The digest as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A random id, which follows the prefix of an id type: 128 random bits, 22 base64url characters.
pub fn random_id(random: &(impl Random + ?Sized)) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The prefix of every API key; a [`Secret`] follows.
pub use api::API_KEY_PREFIX;

/// How many characters of a key's secret are shown: 24 bits of 256, so that a guess is no easier.
const SHOWN: usize = 4;

/// How an API key begins: `cw_`, the organization, and the first characters of the secret. It may be shown and stored.
pub fn key_prefix(key: &str) -> String {
    let before_secret = match key.len().checked_sub(organization_claim::SECRET + organization_claim::CHECK) {
        Some(before) if before > API_KEY_PREFIX.len() => before,
        _ => API_KEY_PREFIX.len(),
    };
    key.chars().take(before_secret + SHOWN).collect()
}

/// An API key as it came in a request: whose it says it is, and the digest of the whole key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PresentedKey {
    /// Whose it says it is.
    pub claim: OrganizationClaim,
    /// Of the whole key, `cw_` included.
    pub digest: Digest,
}

impl PresentedKey {
    /// Reads `Bearer cw_…`. `None` if it has not the form of a key, so that no guess reaches a store.
    pub fn read(authorization: &str) -> Option<Self> {
        let (scheme, key) = authorization.split_once(' ')?;
        Self::parse(key.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
    }

    /// Reads a key alone: `cw_…`.
    pub fn parse(key: &str) -> Option<Self> {
        let secret = key.strip_prefix(API_KEY_PREFIX).and_then(Secret::parse)?;
        Some(Self { claim: secret.claim(), digest: Digest::of(key) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (value, byte) in (0..).zip(bytes) {
                *byte = value;
            }
        }
    }

    #[test]
    fn a_secret_is_not_printed_and_only_its_digest_is_stored() {
        let secret = Secret::generate(&Counting);
        assert_eq!(secret.expose().len(), 43);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_ne!(secret.digest().as_str(), secret.expose());
        assert!(Secret::parse(secret.expose()).is_some());
        assert!(Secret::parse("short").is_none());
    }

    #[test]
    fn a_key_is_recognized_by_its_first_characters_which_give_nothing_of_the_rest_away() {
        let key = format!("cw_acme_AbCd{}", "x".repeat(39 + 12));
        assert_eq!(key_prefix(&key), "cw_acme_AbCd");
        let of_the_old_form = format!("cw_AbCd{}", "x".repeat(39));
        assert_eq!(key_prefix(&of_the_old_form), "cw_AbCd");
    }

    #[test]
    fn derived_secrets_differ_by_purpose_and_salt() {
        let secret = Secret::generate(&Counting);
        let verifier = secret.derive("verifier", "s");
        assert_eq!(verifier.expose().len(), 43);
        assert_ne!(verifier.expose(), secret.derive("nonce", "s").expose());
        assert_ne!(verifier.expose(), secret.derive("verifier", "t").expose());
    }
}
