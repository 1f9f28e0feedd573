//! The condition of an edit: which version of the entity it may replace.

use serde::{Deserialize, Serialize};

/// What `If-Match` says (RFC 9110, section 13.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfMatch {
    /// `*`: whatever version there is.
    Any,
    /// One of these versions. The list is empty if no tag is one of ours.
    Versions(Vec<u64>),
}

impl IfMatch {
    /// Whether an edit may replace the version `current`.
    pub fn allows(&self, current: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&current),
        }
    }
}

impl From<u64> for IfMatch {
    fn from(version: u64) -> Self {
        Self::Versions(vec![version])
    }
}
