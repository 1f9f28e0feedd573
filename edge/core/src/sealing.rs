//! Sealing: AES-256-GCM under a key ring, bound to the place where the record lies.
//!
//! A sealed record opens only in the organization, thing, generation and field that it was sealed for, and only while the
//! key that it names is in the ring. What a record *means* is the business of whoever seals it.

mod key_ring;
mod place;
mod sealed;
pub mod vectors;

pub use key_ring::{KeyId, KeyRing, KeyRingError};
pub use place::SealingContext;
pub use sealed::{Malformed, Sealed};

use std::fmt;

use crate::ports::{Aead, AeadFailure, Random};

/// Why a record does not open. The operator acts on the first, nobody can act on the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The key that it was sealed with is not in the ring. Nothing is lost: it opens again once the key is back.
    UnknownKey(KeyId),
    /// It was changed, or it was sealed for another place.
    Tampered,
    /// It is not a sealed record, or one of a version that this code does not know.
    Malformed,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(id) => write!(f, "sealed with the key `{id}`, which is not in SEALING_KEYS"),
            Self::Tampered => f.write_str("it was changed, or sealed for another place"),
            Self::Malformed => f.write_str("not a sealed record"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<Malformed> for OpenError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Seals `plain` for `place` under the ring's first key, with a fresh random nonce.
pub async fn seal(
    aead: &impl Aead,
    random: &impl Random,
    ring: &KeyRing,
    place: &SealingContext<'_>,
    plain: &[u8],
) -> Result<Sealed, AeadFailure> {
    let (id, key) = ring.first();
    let mut nonce = [0; 12];
    random.fill(&mut nonce);
    let ciphertext = aead.seal(key, &nonce, &place.additional_data(id), plain).await?;
    Ok(Sealed::new(id.clone(), nonce, ciphertext))
}

/// Opens a record that was sealed for `place`.
pub async fn open(
    aead: &impl Aead,
    ring: &KeyRing,
    place: &SealingContext<'_>,
    sealed: &Sealed,
) -> Result<Vec<u8>, OpenError> {
    let id = sealed.key_id();
    let key = ring.key(id).ok_or_else(|| OpenError::UnknownKey(id.clone()))?;
    aead.open(key, sealed.nonce(), &place.additional_data(id), sealed.ciphertext())
        .await
        .map_err(|AeadFailure| OpenError::Tampered)
}

/// Seals a record anew if another key than the first sealed it; `Ok(None)` if there is nothing to do.
pub async fn reseal(
    aead: &impl Aead,
    random: &impl Random,
    ring: &KeyRing,
    place: &SealingContext<'_>,
    sealed: &Sealed,
) -> Result<Option<Sealed>, OpenError> {
    if sealed.key_id() == ring.first().0 {
        return Ok(None);
    }
    let plain = open(aead, ring, place, sealed).await?;
    let again = seal(aead, random, ring, place, &plain).await;
    again.map(Some).map_err(|AeadFailure| OpenError::Tampered)
}

#[cfg(test)]
mod tests;
