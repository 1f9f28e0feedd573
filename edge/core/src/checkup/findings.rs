//! The findings of a checkup, for the organization to store.

use api::{Cause, CheckupStep, GrantId, Site, StepOutcome, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{connection_status::CredentialState, failure_facts::FailureFacts};

/// The findings of a completed checkup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckupFindings {
    /// The grant that was checked: the findings apply to no other.
    pub grant: Option<GrantId>,
    /// The state of the credential; `None` if the checkup could not tell.
    pub credential: Option<CredentialState>,
    /// Whether Jira was asked now and the credential was refused, but not by Jira's own word.
    #[serde(default)]
    pub is_refused: bool,
    /// What keeps calls from succeeding although the credential may work.
    pub trouble: Option<Cause>,
    /// The site as Atlassian reports it now, if it was reached.
    pub site: Option<Site>,
    /// The scopes that the token has now, if the site was reached.
    pub scopes: Option<Vec<String>>,
    /// Whether the account behind the credential is active; `None` if the site did not say.
    #[serde(default)]
    pub owner_active: Option<bool>,
    /// Another address that the site seems to have, if one was found.
    #[serde(default)]
    pub moved_to: Option<String>,
    /// What is known of a failure beyond its cause.
    #[serde(default)]
    pub facts: FailureFacts,
    /// Whether no step failed.
    pub passed: bool,
    /// When the checkup began.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
}

/// The longest checkup that counts, in milliseconds: two minutes. Its steps have ten seconds each.
const LONGEST: i64 = 120_000;

/// Causes in order of precedence: a site that is gone also refuses calls, and an IP allow-list hides everything behind
/// it.
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

/// The cause that explains the failed steps. Causes that concern the credential are not considered, nor is a missing scope
/// while reading works (`reads_work`): it keeps some calls from succeeding, and the connection shows it by itself.
pub(super) fn most_telling(steps: &[CheckupStep], reads_work: bool) -> Option<Cause> {
    let failed: Vec<Cause> =
        steps.iter().filter(|step| step.outcome == StepOutcome::Failed).filter_map(|step| step.cause).collect();
    let counts = |cause: &Cause| failed.contains(cause) && !(reads_work && *cause == Cause::ScopesMissing);
    MOST_TELLING_FIRST.iter().copied().find(counts)
}

impl CheckupFindings {
    /// Whether the checkup took so long that its findings may be of another time: its steps run only as its reader reads.
    pub(crate) fn is_outdated(&self, now: Timestamp) -> bool {
        self.begun_at.is_some_and(|at| now.since(at) > LONGEST)
    }

    /// The cause for the status, if there is one.
    pub fn cause(&self) -> Option<Cause> {
        match self.credential {
            Some(CredentialState::Dead { cause }) => cause,
            Some(CredentialState::Unavailable { cause }) => Some(cause),
            Some(CredentialState::Works) | None => self.trouble,
        }
    }
}
