//! The id of the tenant that all data is partitioned by.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The organization's id: 1 to 64 lower-case letters, digits and `-`, a letter or digit first. It stands in storage keys,
/// in sealed records and in secrets that say whose they are. A self-hosted installation has one:
/// [`OrganizationId::default`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct OrganizationId(String);

/// A text that is not an organization's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnOrganization;

impl fmt::Display for NotAnOrganization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = OrganizationId::MAX_LENGTH;
        write!(f, "not an organization's id: 1 to {most} lower-case letters, digits and -, a letter or digit first")
    }
}

impl std::error::Error for NotAnOrganization {}

impl<'de> Deserialize<'de> for OrganizationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl OrganizationId {
    /// The most characters of an id.
    pub const MAX_LENGTH: usize = 64;

    /// Takes an id, if it is one.
    pub fn parse(text: impl Into<String>) -> Result<Self, NotAnOrganization> {
        let text = text.into();
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let begins = text.bytes().next().is_some_and(|b| b != b'-');
        if plain && begins && text.len() <= Self::MAX_LENGTH { Ok(Self(text)) } else { Err(NotAnOrganization) }
    }

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
