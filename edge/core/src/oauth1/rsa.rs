//! RSA with SHA-1, as RFC 5849 requires: key pairs that are generated here, and the port that generates and uses them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// RSASSA-PKCS1-v1_5 with SHA-1 (RFC 8017, section 8.2). RFC 5849 and Jira support no other hash here; forging a
/// signature would need a second preimage, which SHA-1 still resists.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Rsa {
    /// Generates a key pair of at least 2048 bits with the exponent 65537.
    async fn generate(&self) -> Result<KeyPair, RsaFailure>;
    /// Signs `message`. The signature is as long as the modulus.
    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure>;
}

/// The key could not be generated, read or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaFailure;

impl fmt::Display for RsaFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the RSA key could not be used")
    }
}

impl std::error::Error for RsaFailure {}

/// A key pair.
#[derive(Debug)]
pub struct KeyPair {
    /// Must be sealed at once.
    pub private_key: PrivateKey,
    /// For the Jira administrator.
    pub public_key: PublicKey,
}

/// The private key: PKCS #8 in DER. It is never printed or cloned, and stored only sealed.
pub struct PrivateKey(Vec<u8>);

impl PrivateKey {
    /// From the bytes of a PKCS #8 structure, which are not parsed: an invalid key fails when it signs.
    pub const fn from_pkcs8(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// The bytes, to seal or to sign with.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// SHA-256 of the bytes: identifies an imported key without keeping it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// The public key: `SubjectPublicKeyInfo` in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// From the bytes of a `SubjectPublicKeyInfo`.
    pub const fn from_spki(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// The bytes.
    pub fn as_spki(&self) -> &[u8] {
        &self.0
    }

    /// The form that Jira accepts: PEM (RFC 7468), lines of 64 characters, a trailing line break.
    pub fn to_pem(&self) -> String {
        let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
        for (at, character) in STANDARD.encode(&self.0).chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push_str("\n-----END PUBLIC KEY-----\n");
        pem
    }
}
