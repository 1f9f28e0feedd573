//! The path of our redirect address that an authorization uses.

use api::{CLOUD_CALLBACK_PATH, SHARED_CALLBACK_PATH, data_center_callback_path};
use serde::{Deserialize, Serialize};

use crate::address::StoredAddress;

/// The path of our redirect address that an authorization uses. Only its authorization server has it, unless it is the
/// shared one: that of records from before each server had its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallbackPath(String);

impl Default for CallbackPath {
    fn default() -> Self {
        Self(SHARED_CALLBACK_PATH.to_owned())
    }
}

impl CallbackPath {
    /// Atlassian's.
    pub fn cloud() -> Self {
        Self(CLOUD_CALLBACK_PATH.to_owned())
    }

    /// That of the Data Center site at this base URL.
    pub fn data_center(address: &StoredAddress) -> Self {
        Self(data_center_callback_path(address.as_str()))
    }

    /// Whether it is the one that servers shared.
    pub fn is_shared(&self) -> bool {
        self.0 == SHARED_CALLBACK_PATH
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
