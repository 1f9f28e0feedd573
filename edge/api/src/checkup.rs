//! The stepwise diagnosis of a connection.

use serde::{Deserialize, Serialize};

use crate::{Cause, Status, Timestamp, words::words};

/// Where a checkup runs: `POST /api/v1/connections/{id}/checkup`. The answer is `application/x-ndjson`: one
/// [`CheckupLine`] a line, as the steps finish. Not an endpoint: its answer is a stream.
pub const CHECKUP_PATH: &str = "/api/v1/connections/{id}/checkup";

/// One line of a running checkup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum CheckupLine {
    /// A step has finished.
    Step(CheckupStep),
    /// All have: the last line.
    Verdict {
        /// What the connection's status is now.
        status: Status,
        /// When.
        at: Timestamp,
    },
}

words! {
    /// The steps, in their order.
    closed CheckupStepName {}
    /// Is everything configured that calls need?
    Configuration = "configuration";
    /// Does Atlassian answer at all?
    Network = "network";
    /// Is there a valid access token? No refresh is burnt to find out.
    Token = "token";
    /// Does Jira know who calls (`myself`)?
    Identity = "identity";
    /// Is the site still there, and under which name?
    Site = "site";
    /// Are the scopes granted that are needed?
    Scopes = "scopes";
    /// What may the account do (`mypermissions`)?
    Permissions = "permissions";
    /// Does an IP allow-list refuse Causeway?
    IpAllowList = "ip_allow_list";
    /// How much of Atlassian's rate limit is left?
    RateLimit = "rate_limit";
    /// Do our clock and Atlassian's agree?
    Clock = "clock";
}

words! {
    /// How a step ended.
    closed StepOutcome {}
    /// Well.
    Passed = "passed";
    /// Not well; `cause` or `detail` say why.
    Failed = "failed";
    /// Not tried, because an earlier step failed or the answer was not to be had.
    Skipped = "skipped";
}

/// A step that has finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckupStep {
    /// Which.
    pub name: CheckupStepName,
    /// How.
    pub outcome: StepOutcome,
    /// How long it took, in milliseconds.
    pub millis: u32,
    /// What was found, in a sentence. Redacted: fit for a support ticket.
    pub detail: String,
    /// What to do, if something must be done.
    pub remedy: Option<String>,
    /// The cause, if it is one of those that a status has.
    pub cause: Option<Cause>,
}
