//! What the steps of a checkup have found so far, and which further steps that makes pointless.

use api::{CheckupStep, CheckupStepName, StepOutcome, Timestamp};
use http::Response;

use crate::{
    atlassian::AccessibleSite, checkup::direct::ServerInfoResult, connection_status::CredentialState,
    grant::AccessToken, ports::HttpFailure,
};

/// The response to a probe.
pub(super) type ProbeAnswer = Result<Response<Vec<u8>>, HttpFailure>;

/// The evidence. `None`: not probed yet.
#[derive(Default)]
pub(super) struct Evidence {
    /// The other side's date, and our time when it arrived.
    pub(super) clock_reading: Option<(Timestamp, Timestamp)>,
    pub(super) credential: Option<CredentialState>,
    pub(super) token: Option<AccessToken>,
    pub(super) identity: Option<ProbeAnswer>,
    pub(super) permissions: Option<ProbeAnswer>,
    pub(super) site_reached: Option<AccessibleSite>,
    /// The result of `serverInfo`, for an instance that is called directly.
    pub(super) found: Option<ServerInfoResult>,
    /// The address that the site reports, or that a redirect leads to.
    pub(super) moved_to: Option<String>,
    /// Whether the credential was refused, but not by Jira's own word.
    pub(super) is_refused: bool,
    /// Whether Jira accepted the credential, or gave another reason of its own.
    pub(super) refusal_is_over: bool,
    /// Whether the account is active, if Jira says.
    pub(super) owner_active: Option<bool>,
    /// The steps that failed.
    failed: Vec<CheckupStepName>,
}

impl Evidence {
    /// Records the outcome of a step.
    pub(super) fn record(&mut self, step: &CheckupStep) {
        if step.outcome == StepOutcome::Failed {
            self.failed.push(step.name);
        }
    }

    /// Why a step is skipped, if it is.
    pub(super) fn reason_to_skip(&self, name: CheckupStepName) -> Option<&'static str> {
        use CheckupStepName as Step;
        let failed = |step: Step| self.failed.contains(&step);
        match name {
            _ if failed(Step::Configuration) => Some("Skipped: the configuration must be corrected first."),
            _ if failed(Step::Network) => Some("Skipped: there is no answer to begin with."),
            Step::Configuration | Step::Network | Step::Token | Step::Clock => None,
            _ if self.token.is_none() => Some("Skipped: there is no access token to ask with."),
            Step::Permissions if failed(Step::Site) => Some("Skipped: the site is not reached any more."),
            _ => None,
        }
    }

    /// Jira's responses, the newest first.
    pub(super) fn of_jira(&self) -> Vec<&Response<Vec<u8>>> {
        [&self.permissions, &self.identity].into_iter().flatten().flatten().collect()
    }
}
