//! What is known of a failure beyond its cause, for the words in which people are told of it.

use api::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a failure beyond its cause. A fact that is not known is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureFacts {
    /// The status that the token endpoint answered when a new token was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_status: Option<u16>,
    /// The status that Jira, or what is in front of it, answered to the last checkup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jira_status: Option<u16>,
    /// Whether a web page, such as a sign-in page, answered the last checkup instead of Jira.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_web_page: bool,
    /// Until when a rate limit lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_until: Option<Timestamp>,
    /// Whether the account reaches no Jira site at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reaches_no_site: bool,
}

impl FailureFacts {
    /// Nothing is known.
    pub const NONE: Self = Self {
        token_status: None,
        jira_status: None,
        has_web_page: false,
        limited_until: None,
        reaches_no_site: false,
    };

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }
}
