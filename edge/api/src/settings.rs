//! What an organization decides for all its members.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;

/// What the organization decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// Whether charts may be shown without signing in, with the access of whoever agrees to that. At first they may not.
    #[serde(default)]
    pub anonymous_charts: bool,
}

/// Changes to what the organization decided. Fields that are absent stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsEdit {
    /// Whether charts may be shown without signing in. If not, those that are shown so vanish within ten seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_charts: Option<bool>,
}

endpoints! {
    /// Show what the organization decided.
    ///
    /// Every member of the organization may see it.
    GetSettings: Get "/api/v1/settings" {
        answer: 200 Settings,
        problems: [],
    }

    /// Decide for the organization.
    ///
    /// Only administrators may decide.
    EditSettings: Patch "/api/v1/settings" {
        request: SettingsEdit,
        answer: 200 Settings,
        problems: [],
    }
}
