//! Sealing: AES-256-GCM with a key ring, bound to a context as additional authenticated data.
//!
//! A sealed record opens only in the context (organization, owner, generation, field) that it was sealed for, and only
//! while its key is in the ring. Its content is the caller's business.

mod context;
mod key_ring;
mod sealed;
pub mod vectors;

pub use context::SealingContext;
pub use key_ring::{KeyId, KeyRing, KeyRingError};
pub use sealed::{Malformed, Sealed};

use std::fmt;

use crate::ports::{Aead, AeadFailure, Random};

/// Why a record does not open. Only the first case can be corrected, by the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// Its key is not in the ring. Nothing is lost: it opens again once the key is back.
    UnknownKey(KeyId),
    /// It was modified, or sealed for another context.
    Tampered,
    /// It is not a sealed record, or its version is unknown.
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

/// Seals `plain` with the ring's first key and a fresh random nonce.
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

/// Opens a record that was sealed for this context.
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

/// Reseals a record with the first key of the ring. `Ok(None)` if that key sealed it already.
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
