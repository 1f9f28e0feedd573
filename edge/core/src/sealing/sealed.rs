//! A sealed record as it is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::KeyId;

/// The version of the stored format.
const VERSION: u32 = 1;

/// A sealed record: `{"v":1,"kid":"…","nonce":"…","ciphertext":"…"}`. Bytes are base64url without padding; the tag is
/// at the end of the ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Sealed {
    key_id: KeyId,
    nonce: [u8; 12],
    ciphertext: Vec<u8>,
}

/// The text is not a sealed record of a known version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a sealed record")
    }
}

impl std::error::Error for Malformed {}

impl Sealed {
    pub(super) const fn new(key_id: KeyId, nonce: [u8; 12], ciphertext: Vec<u8>) -> Self {
        Self { key_id, nonce, ciphertext }
    }

    /// Parses the stored format.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Malformed> {
        serde_json::from_slice(bytes).map_err(|_| Malformed)
    }

    /// The stored format.
    pub fn to_json(&self) -> String {
        let Stored { v, kid, nonce, ciphertext } = self.clone().into();
        // All four values are ASCII without quotes or backslashes, so this is valid JSON.
        format!(r#"{{"v":{v},"kid":"{kid}","nonce":"{nonce}","ciphertext":"{ciphertext}"}}"#)
    }

    /// The id of the key that sealed it.
    pub const fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    pub(super) const fn nonce(&self) -> &[u8; 12] {
        &self.nonce
    }

    pub(super) fn ciphertext(&self) -> &[u8] {
        &self.ciphertext
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    kid: KeyId,
    nonce: String,
    ciphertext: String,
}

impl From<Sealed> for Stored {
    fn from(sealed: Sealed) -> Self {
        Self {
            v: VERSION,
            kid: sealed.key_id,
            nonce: URL_SAFE_NO_PAD.encode(sealed.nonce),
            ciphertext: URL_SAFE_NO_PAD.encode(sealed.ciphertext),
        }
    }
}

impl TryFrom<Stored> for Sealed {
    type Error = Malformed;

    fn try_from(stored: Stored) -> Result<Self, Malformed> {
        if stored.v != VERSION {
            return Err(Malformed);
        }
        let nonce = URL_SAFE_NO_PAD.decode(stored.nonce).map_err(|_| Malformed)?;
        Ok(Self {
            key_id: stored.kid,
            nonce: nonce.try_into().map_err(|_| Malformed)?,
            ciphertext: URL_SAFE_NO_PAD.decode(stored.ciphertext).map_err(|_| Malformed)?,
        })
    }
}
