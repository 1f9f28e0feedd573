//! The stepwise diagnosis of a connection.

use serde::{Deserialize, Serialize};

use crate::{Cause, Diagnosis, Status, Timestamp, words::words};

/// Where a checkup runs: `POST /api/v1/connections/{id}/checkup`. The answer is `application/x-ndjson`: one
/// [`CheckupLine`] a line, as the steps finish. An API key that begins a checkup within ten seconds of the last one gets the
/// verdict of that one alone. Not an endpoint: its answer is a stream.
pub const CHECKUP_PATH: &str = "/api/v1/connections/{id}/checkup";

/// One line of a running checkup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum CheckupLine {
    /// A step has finished.
    Step(CheckupStep),
    /// Every step has finished. This is the last line.
    Verdict {
        /// The status of the connection after the checkup.
        status: Status,
        /// When the checkup was recorded.
        at: Timestamp,
        /// Why the connection does not work; `null` if it works.
        #[serde(default)]
        diagnosis: Option<Diagnosis>,
    },
}

words! {
    /// The steps, in their order.
    closed CheckupStepName {}
    /// Whether everything that calls need is configured.
    Configuration = "configuration";
    /// Whether Atlassian answers at all.
    Network = "network";
    /// Whether there is a valid access token. Nothing is refreshed to find out.
    Token = "token";
    /// Whether Jira knows the account (`myself`).
    Identity = "identity";
    /// Whether the site still exists, and under which name.
    Site = "site";
    /// Whether the scopes that Causeway needs were granted.
    Scopes = "scopes";
    /// What the account may do (`mypermissions`).
    Permissions = "permissions";
    /// Whether an IP allowlist refuses Causeway.
    IpAllowList = "ip_allow_list";
    /// How much of Atlassian's rate limit is left.
    RateLimit = "rate_limit";
    /// Whether our clock and Atlassian's agree.
    Clock = "clock";
}

words! {
    /// How a step ended.
    closed StepOutcome {}
    /// The step found no problem.
    Passed = "passed";
    /// The step failed; `cause` or `detail` says why.
    Failed = "failed";
    /// The step was not tried, because an earlier one failed or there was no answer.
    Skipped = "skipped";
}

/// A step that has finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckupStep {
    /// The name of the step.
    pub name: CheckupStepName,
    /// How the step ended.
    pub outcome: StepOutcome,
    /// How long it took, in milliseconds.
    pub millis: u32,
    /// What was found, in one sentence. It contains no secrets and can go into a support ticket.
    pub detail: String,
    /// What to do about it, if anything must be done.
    pub remedy: Option<String>,
    /// The cause, if it is one of those that a status has.
    pub cause: Option<Cause>,
}
