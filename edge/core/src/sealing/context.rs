//! The context that a sealed record is bound to; it opens in no other.

use super::KeyId;
use crate::organization_id::OrganizationId;

/// The version of the encoding below. Changing either makes every stored record unreadable.
const VERSION: u8 = 1;

/// The context of a sealed record.
#[derive(Clone, Copy, Debug)]
pub struct SealingContext<'a> {
    /// The tenant.
    pub organization: &'a OrganizationId,
    /// The id of the owner, prefix included: `grt_…`, `con_…`.
    pub owner: &'a str,
    /// The generation of the secret; 0 if it has none.
    pub generation: u64,
    /// The name of the secret, such as `refresh_token`.
    pub field: &'static str,
}

impl SealingContext<'_> {
    /// The additional authenticated data: the context and the key's id. Every text is preceded by its length, so that
    /// two contexts never give the same bytes.
    pub(super) fn additional_data(&self, key: &KeyId) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        for text in [self.organization.as_str(), self.owner, self.field, key.as_str()] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend(self.generation.to_be_bytes());
        bytes
    }
}
