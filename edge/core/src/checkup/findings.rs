//! What a checkup found, for the organization to keep.

use api::{Cause, CheckupStep, GrantId, Site, StepOutcome};
use serde::{Deserialize, Serialize};

use crate::connection_status::CredentialState;

/// What a whole checkup found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckupFindings {
    /// The grant that was looked at: the findings hold for no other.
    pub grant: Option<GrantId>,
    /// Whether the credential works; `None` if the checkup did not come so far.
    pub credential: Option<CredentialState>,
    /// What keeps calls away although the credential may work.
    pub trouble: Option<Cause>,
    /// The site as Atlassian knows it now, if it was heard.
    pub site: Option<Site>,
    /// The scopes that the token really has now, if the site was heard.
    pub scopes: Option<Vec<String>>,
    /// Whether the account behind the credential is active; `None` if the site did not say.
    #[serde(default)]
    pub owner_active: Option<bool>,
    /// Another address that the site seems to have, if it was heard of.
    #[serde(default)]
    pub moved_to: Option<String>,
    /// Whether no step failed.
    pub passed: bool,
}

/// Of several causes the one that explains the others: a site that is gone also refuses whoever asks, an allow-list hides
/// everything behind it.
const MOST_TELLING_FIRST: &[Cause] = &[
    Cause::AtlassianUnreachable,
    Cause::AddressRefused,
    Cause::SiteGone,
    Cause::SiteMoved,
    Cause::IpAllowList,
    Cause::BasicDisabled,
    Cause::ClockSkew,
    Cause::ConsumerUnknown,
    Cause::SignatureInvalid,
    Cause::RateLimited,
    Cause::ScopesMissing,
    Cause::SiteRefused,
    Cause::SiteUnreachable,
];

/// The cause that explains the steps that failed. What concerns the credential is not among them.
pub(super) fn most_telling(steps: &[CheckupStep]) -> Option<Cause> {
    let failed: Vec<Cause> =
        steps.iter().filter(|step| step.outcome == StepOutcome::Failed).filter_map(|step| step.cause).collect();
    MOST_TELLING_FIRST.iter().copied().find(|cause| failed.contains(cause))
}

impl CheckupFindings {
    /// What failed, if a status has a cause for it.
    pub fn cause(&self) -> Option<Cause> {
        match self.credential {
            Some(CredentialState::Dead { cause }) => cause,
            Some(CredentialState::Unavailable { cause }) => Some(cause),
            Some(CredentialState::Works) | None => self.trouble,
        }
    }
}
