//! The stepwise diagnosis of a connection.

use serde::{Deserialize, Serialize};

use crate::{Cause, Status, Timestamp};

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

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckupStepName {
    /// Is everything configured that calls need?
    Configuration,
    /// Does Atlassian answer at all?
    Network,
    /// Is there a valid access token? No refresh is burnt to find out.
    Token,
    /// Does Jira know who calls (`myself`)?
    Identity,
    /// Is the site still there, and under which name?
    Site,
    /// Are the scopes granted that are needed?
    Scopes,
    /// What may the account do (`mypermissions`)?
    Permissions,
    /// Does an IP allow-list refuse Causeway?
    IpAllowList,
    /// How much of Atlassian's rate limit is left?
    RateLimit,
    /// Do our clock and Atlassian's agree?
    Clock,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Well.
    Passed,
    /// Not well; `cause` or `detail` say why.
    Failed,
    /// Not tried, because an earlier step failed or the answer was not to be had.
    Skipped,
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
