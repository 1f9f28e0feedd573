//! JSON Web Tokens that a shared secret signs: HS256, and nothing else (RFC 7519; RFC 7515, appendix A.1; RFC 8725).
//!
//! Nothing of a token is believed before its signature was compared. What its claims must say is decided by whoever reads it.

#[cfg(test)]
mod fuzzed;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::ports::{Mac, MacFailure};

/// Why a token is none that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotReadable {
    /// It has not the form of a token.
    Malformed,
    /// It is longer than any that is expected.
    TooLong,
    /// It is signed with another algorithm, or not at all.
    Algorithm,
    /// Its header says that it has to be read in another way.
    Kind,
}

/// A token whose signature was not compared yet.
pub(crate) struct SignedToken<'t> {
    /// What is signed: header and claims, as they came.
    message: &'t str,
    claims: &'t str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

impl<'t> SignedToken<'t> {
    /// Takes a token of at most `longest` bytes apart.
    pub(crate) fn read(token: &'t str, longest: usize) -> Result<Self, NotReadable> {
        if token.len() > longest {
            return Err(NotReadable::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(NotReadable::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(NotReadable::Malformed)?;
        let header: Header = part(header).ok_or(NotReadable::Malformed)?;
        if header.alg != "HS256" {
            return Err(NotReadable::Algorithm);
        }
        if header.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt")) || header.crit.is_some() {
            return Err(NotReadable::Kind);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| NotReadable::Malformed)?;
        Ok(Self { message, claims, signature })
    }

    /// Whether `key` signed it.
    pub(crate) async fn is_signed_with(&self, mac: &impl Mac, key: &[u8]) -> Result<bool, MacFailure> {
        Ok(is_same(&mac.hmac_sha256(key, self.message.as_bytes()).await?, &self.signature))
    }

    /// Its claims. They are worth nothing unless a key signed them. `None` if they are not of this type.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        part(self.claims)
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    // serde also reads a struct from an array, field by field.
    if !json.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(&json).ok()
}

/// Compares in a time that does not depend on where the two differ.
pub(crate) fn is_same(expected: &[u8], given: &[u8]) -> bool {
    expected.len() == given.len() && expected.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
