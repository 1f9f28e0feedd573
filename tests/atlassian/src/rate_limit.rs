//! Rate limits, as enforced since March 2026: an hourly quota of points for the app across all sites, and refusals
//! for bursts. Plain rules over a given time.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

const HOUR: u64 = 3600;

/// Which limit was hit, as `RateLimit-Reason` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The hourly quota of the app across all tenants.
    #[serde(rename = "jira-quota-global-based")]
    GlobalQuota,
    /// The hourly quota of the app at one tenant.
    #[serde(rename = "jira-quota-tenant-based")]
    TenantQuota,
    /// Too many calls of one endpoint and method in a moment.
    #[serde(rename = "jira-burst-based")]
    Burst,
    /// Too many writes to one issue.
    #[serde(rename = "jira-per-issue-on-write")]
    WritesPerIssue,
}

impl Reason {
    /// The value of the header.
    pub fn as_header(self) -> &'static str {
        match self {
            Self::GlobalQuota => "jira-quota-global-based",
            Self::TenantQuota => "jira-quota-tenant-based",
            Self::Burst => "jira-burst-based",
            Self::WritesPerIssue => "jira-per-issue-on-write",
        }
    }
}

/// A limit that a test sets: every matching call is refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RateLimit {
    /// Which limit.
    pub reason: Reason,
    /// The value of `Retry-After`, sent as it is (so it may be odd), or absent.
    pub retry_after: Option<String>,
    /// Only calls whose path contains this; all if empty.
    #[serde(default)]
    pub path_contains: String,
    /// When it ends; never, if absent.
    #[serde(default)]
    pub until: Option<Moment>,
}

impl RateLimit {
    /// A limit on everything, until it is cleared.
    pub fn because_of(reason: Reason, retry_after_seconds: u64) -> Self {
        let retry_after = Some(retry_after_seconds.to_string());
        Self { reason, retry_after, path_contains: String::new(), until: None }
    }

    pub(crate) fn refuses(&self, path: &str, now: Moment) -> bool {
        path.contains(&self.path_contains) && self.until.is_none_or(|until| now < until)
    }
}

/// The points spent in the running hour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quota {
    hour: u64,
    spent: u64,
}

/// What is left after a call, as the headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    pub(crate) resets: Moment,
}

impl Quota {
    /// Takes the points of one call; `Err` if they are used up, until the top of the UTC hour.
    pub(crate) fn spend(&mut self, points: u64, limit: u64, now: Moment) -> Result<Balance, Balance> {
        let hour = now.0 / HOUR;
        if hour != self.hour {
            *self = Self { hour, spent: 0 };
        }
        let resets = Moment((hour + 1) * HOUR);
        if self.spent >= limit {
            return Err(Balance { limit, remaining: 0, resets });
        }
        self.spent += points;
        Ok(Balance { limit, remaining: limit.saturating_sub(self.spent), resets })
    }
}

impl Balance {
    /// Less than a fifth is left.
    pub(crate) fn near_limit(self) -> bool {
        self.remaining * 5 < self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_is_refilled_at_the_top_of_the_hour() {
        let mut quota = Quota::default();
        let late = Moment(2 * HOUR - 1);
        assert_eq!(quota.spend(3, 3, late), Ok(Balance { limit: 3, remaining: 0, resets: Moment(2 * HOUR) }));
        assert!(quota.spend(1, 3, late).is_err());
        assert!(quota.spend(1, 3, Moment(2 * HOUR)).is_ok());
    }

    #[test]
    fn a_limit_on_one_path_leaves_the_others_alone() {
        let limit = RateLimit { path_contains: "search".into(), ..RateLimit::because_of(Reason::Burst, 5) };
        assert!(limit.refuses("/rest/api/3/search/jql", Moment(0)));
        assert!(!limit.refuses("/rest/api/3/myself", Moment(0)));
    }

    #[test]
    fn a_limit_with_an_end_ends() {
        let limit = RateLimit { until: Some(Moment(10)), ..RateLimit::because_of(Reason::Burst, 5) };
        assert!(limit.refuses("/", Moment(9)));
        assert!(!limit.refuses("/", Moment(10)));
    }
}
