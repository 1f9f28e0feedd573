//! Calls through a connection, counted: how they ended, and what the site said about its rate limit.

use serde::{Deserialize, Serialize};

use crate::{Cause, ConnectionId, Timestamp, endpoint::endpoints, words::words};

words! {
    /// How a call through a connection ended.
    open CallOutcome {
        /// What people call it, in legends and tables.
        title: &'static str = "Other",
    }
    /// Jira answered the call. A 400 or 404 is such an answer, too: it is about the call, not about the connection.
    Succeeded = "succeeded", "Succeeded";
    /// Jira, or something in front of it, refused the credential.
    Credential = "credential", "Sign-in refused";
    /// The credential lacks a scope that the call needs.
    Scope = "scope", "Scope missing";
    /// The site's IP allowlist refused Causeway.
    IpAllowList = "ip_allow_list", "IP allowlist";
    /// The rate limit of Jira, or of Atlassian, is used up.
    RateLimit = "rate_limit", "Rate limit";
    /// Jira answered that it has a fault: a status of 500 or more.
    JiraFault = "jira_fault", "Jira fault";
    /// Jira did not answer: not reached, or not in time.
    NoAnswer = "no_answer", "No answer";
    /// The site answered with a redirect or with a page for people.
    NotJira = "not_jira", "Redirect or web page";
    /// There was no token to call with.
    NoToken = "no_token", "No access token";
    /// More calls at a time than Causeway passes on through one connection.
    TooManyCalls = "too_many_calls", "Too many at a time";
}

words! {
    /// The period that calls are shown for.
    closed CallPeriod {}
    /// The last 24 hours, in steps of an hour.
    Day = "day";
    /// The last 7 days, in steps of six hours.
    Week = "week";
    /// The last 30 days, in steps of a day.
    Month = "month";
}

/// Which calls to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallsQuery {
    /// The period; a day if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<CallPeriod>,
}

/// The calls through a connection. They are counted in batches: the last minute may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Calls {
    /// Where the period begins: the beginning of the first step.
    pub from: Timestamp,
    /// When this was put together: the end of the last step at the latest.
    pub until: Timestamp,
    /// The length of a step, in seconds.
    pub step_seconds: u32,
    /// The steps in which there were calls, oldest first.
    pub steps: Vec<CallStep>,
    /// The last failed calls, newest first, at most 20.
    pub failed: Vec<FailedCall>,
    /// What the site last said about its rate limit; `null` if it said nothing yet.
    pub rate_limit: Option<SiteRateLimit>,
}

/// The calls of one step of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallStep {
    /// When the step begins.
    pub at: Timestamp,
    /// How many calls ended how. Outcomes that no call had are missing.
    pub counts: Vec<OutcomeCount>,
    /// How long the slowest call took, in milliseconds.
    pub slowest_millis: u32,
}

/// How many calls ended in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutcomeCount {
    /// How the calls ended.
    pub outcome: CallOutcome,
    /// How many calls ended so.
    pub count: u32,
}

/// A call that failed. Neither its query nor a body is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedCall {
    /// When the call ended.
    pub at: Timestamp,
    /// The method, for example `GET`.
    pub method: String,
    /// The path at Jira, without the query, at most 200 characters.
    pub path: String,
    /// The status that the caller got.
    pub status: u16,
    /// How the call ended.
    pub outcome: CallOutcome,
    /// The request id that the caller got.
    pub request_id: String,
}

/// What a site last said about its rate limit, and who called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteRateLimit {
    /// When the site said it.
    pub at: Timestamp,
    /// How much may be used until `resets_at`, if the site said it.
    pub limit: Option<u64>,
    /// How much of it is left, if the site said it.
    pub remaining: Option<u64>,
    /// When the whole limit is there again, if the site said it.
    pub resets_at: Option<Timestamp>,
    /// Until when calls wait or are refused because the limit is used up; `null` if they are not.
    pub limited_until: Option<Timestamp>,
    /// Who called the site since the hour began, most calls first, at most ten.
    pub spenders: Vec<Spender>,
}

/// An API key that called a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spender {
    /// The name of the API key, or what else called, such as a viewer of charts.
    pub name: String,
    /// The connection that it called through, if the caller may see it.
    pub connection: Option<ConnectionId>,
    /// How many calls it made in this hour.
    pub calls: u32,
}

/// Calls that fail in a row: no call succeeded after `since`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingCalls {
    /// When the first of them failed.
    pub since: Timestamp,
    /// How many calls failed since then.
    pub failed: u32,
    /// How many calls ended since then, in whatever way.
    pub of: u32,
    /// How the last of them ended.
    pub outcome: CallOutcome,
    /// The status that Jira, or what stands in front of it, answered last, if it answered.
    pub http_status: Option<u16>,
}

/// The calls of the last 24 hours, for the list of connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallSummary {
    /// How many calls succeeded in each of the last 24 hours, oldest first; empty if there was no call at all.
    #[serde(default)]
    pub succeeded: Vec<u32>,
    /// How many calls failed in each of the last 24 hours, oldest first; empty if there was no call at all.
    #[serde(default)]
    pub failed: Vec<u32>,
    /// The calls that fail in a row, if the last one failed.
    #[serde(default)]
    pub failing: Option<FailingCalls>,
    /// When a call last succeeded, as far as that is known.
    #[serde(default)]
    pub last_succeeded_at: Option<Timestamp>,
}

impl CallOutcome {
    /// The cause that a connection is marked with, if its calls keep ending so. `None`: it is no fault of the connection.
    pub const fn cause(self) -> Option<Cause> {
        match self {
            Self::Credential => Some(Cause::CredentialRefused),
            Self::Scope => Some(Cause::ScopesMissing),
            Self::IpAllowList => Some(Cause::IpAllowList),
            Self::RateLimit => Some(Cause::RateLimited),
            Self::JiraFault | Self::NoAnswer => Some(Cause::SiteUnreachable),
            Self::NotJira => Some(Cause::SiteMoved),
            Self::Succeeded | Self::NoToken | Self::TooManyCalls | Self::Unknown(_) => None,
        }
    }
}

endpoints! {
    /// Show the calls through a connection.
    ///
    /// For those who may reauthorize it. Calls that Causeway refused because of the caller are not counted. Names of API
    /// keys are shown to those who may manage the connection that they called through.
    GetCalls: Get "/api/v1/connections/{id}/calls" {
        params: ConnectionId,
        request: CallsQuery,
        answer: 200 Calls,
        problems: [],
    }
}
