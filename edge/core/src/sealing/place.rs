//! Where a sealed record lies. It opens nowhere else.

use super::KeyId;
use crate::organization_id::OrganizationId;

/// The version of the encoding below. A change of either makes every record that is already sealed unreadable.
const VERSION: u8 = 1;

/// The place that a record is bound to.
#[derive(Clone, Copy, Debug)]
pub struct SealingContext<'a> {
    /// The tenant.
    pub organization: &'a OrganizationId,
    /// The id of the thing that the record belongs to, prefix included: `grt_…`, `con_…`.
    pub owner: &'a str,
    /// Which version of the thing; 0 for what has no versions.
    pub generation: u64,
    /// Which of the thing's secrets, for example `refresh_token`.
    pub field: &'static str,
}

impl SealingContext<'_> {
    /// The place and the key's id as the additional data of AES-GCM: every text is preceded by its length, so that no two
    /// places have the same bytes.
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
