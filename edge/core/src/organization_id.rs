//! The id of the tenant that all data is partitioned by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of an organization. A self-hosted installation has one: [`OrganizationId::default`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganizationId(String);

impl OrganizationId {
    /// The id, as used in storage keys and sealing contexts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for OrganizationId {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
