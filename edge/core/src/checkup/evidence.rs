//! What the steps of a checkup have found so far, and which further steps that makes pointless.

use api::{CheckupStep, CheckupStepName, CredentialKind, StepOutcome, Timestamp};
use http::{Response, StatusCode};

use crate::{
    atlassian::AccessibleSite,
    checkup::{direct::ServerInfoResult, limits},
    connection_status::CredentialState,
    failure_facts::FailureFacts,
    grant::AccessToken,
    instance::Unreachable,
    jira::is_web_page,
    ports::HttpFailure,
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
    /// The status that the token endpoint answered, if no token could be obtained.
    pub(super) token_status: Option<u16>,
    /// Whether the list of the account's sites was empty.
    pub(super) reaches_no_site: bool,
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
    pub(super) fn reason_to_skip(&self, name: CheckupStepName, kind: CredentialKind) -> Option<String> {
        use CheckupStepName as Step;
        let failed = |step: Step| self.failed.contains(&step);
        let why = match name {
            _ if failed(Step::Configuration) => "the configuration must be corrected first".to_owned(),
            _ if failed(Step::Network) && kind == CredentialKind::CloudOauth2 => "Atlassian does not answer".to_owned(),
            _ if failed(Step::Network) => "Jira does not answer".to_owned(),
            Step::Configuration | Step::Network | Step::Token | Step::Clock => return None,
            _ if self.token.is_none() && failed(Step::Identity) => format!("Jira refused {}", kind.secret()),
            _ if self.token.is_none() => format!("without {}, Jira cannot be asked", kind.secret()),
            Step::Permissions if failed(Step::Site) => "the site is not reached any more".to_owned(),
            _ => return None,
        };
        Some(format!("Skipped: {why}."))
    }

    /// What is known of a failure beyond its cause, at `now`.
    pub(super) fn facts(&self, now: Timestamp) -> FailureFacts {
        let answers = self.of_jira();
        let refused = answers.iter().map(|answer| answer.status()).find(|status| !status.is_success());
        let unreached = match &self.found {
            Some(Ok(Err(Unreachable::Status(status)))) => Some(*status),
            _ => None,
        };
        FailureFacts {
            token_status: self.token_status,
            jira_status: refused.or(unreached).map(|status| status.as_u16()),
            has_web_page: self.has_web_page(),
            limited_until: limits::limited_until(&answers, now),
            reaches_no_site: self.reaches_no_site,
        }
    }

    /// Whether something in front of Jira answered: its REST interface has neither redirects nor pages.
    fn has_web_page(&self) -> bool {
        let answered = self.identity.as_ref().and_then(|answer| answer.as_ref().ok());
        answered.is_some_and(|answer| {
            answer.status().is_redirection() || answer.status() == StatusCode::OK && is_web_page(answer.body())
        })
    }

    /// Whether Jira answered a call, so that reading works.
    pub(super) fn reads_work(&self) -> bool {
        self.of_jira().iter().any(|answer| answer.status() == StatusCode::OK && !is_web_page(answer.body()))
    }

    /// Jira's responses, the newest first.
    pub(super) fn of_jira(&self) -> Vec<&Response<Vec<u8>>> {
        [&self.permissions, &self.identity].into_iter().flatten().flatten().collect()
    }
}
