//! Rate limits, as enforced since March 2026: an hourly quota of points for the app across all sites, and refusals
//! for bursts. Plain rules over a given time.

use std::collections::BTreeMap;

use http::Method;
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
    /// Those of all hours.
    total: u64,
}

/// At most so many calls in so many seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) calls: usize,
    pub(crate) seconds: u64,
}

/// How many calls of an operation a site takes in a second: 100 of GET and POST, 50 of PUT and DELETE, and more where it
/// is documented.
pub(crate) fn burst_limit(method: &Method, operation: &str) -> Limit {
    let calls = match operation {
        "countIssues" | "getIssue" => 150,
        "getChangeLogs" => 200,
        _ if matches!(*method, Method::PUT | Method::DELETE) => 50,
        _ => 100,
    };
    Limit { calls, seconds: 1 }
}

/// Writes to one issue.
pub(crate) const WRITES_TO_ONE_ISSUE: [Limit; 2] = [Limit { calls: 20, seconds: 2 }, Limit { calls: 100, seconds: 30 }];

/// When calls came lately, by what they count for.
#[derive(Debug, Default)]
pub(crate) struct Bursts(BTreeMap<String, Vec<Moment>>);

impl Bursts {
    /// Counts a call, unless it is one too many.
    pub(crate) fn take(&mut self, key: String, limits: &[Limit], now: Moment) -> bool {
        let calls = self.0.entry(key).or_default();
        let longest = limits.iter().map(|limit| limit.seconds).max().unwrap_or_default();
        calls.retain(|call| now.since(*call).as_secs() < longest);
        let is_within = |limit: &Limit| {
            calls.iter().filter(|call| now.since(**call).as_secs() < limit.seconds).count() < limit.calls
        };
        let taken = limits.iter().all(is_within);
        if taken {
            calls.push(now);
        }
        taken
    }
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
            *self = Self { hour, spent: 0, ..*self };
        }
        let resets = Moment((hour + 1) * HOUR);
        if self.spent >= limit {
            return Err(Balance { limit, remaining: 0, resets });
        }
        self.spent += points;
        self.total += points;
        Ok(Balance { limit, remaining: limit.saturating_sub(self.spent), resets })
    }
}

impl Quota {
    /// How many points were ever spent.
    pub(crate) const fn total(self) -> u64 {
        self.total
    }

    /// Takes points that were spent already.
    pub(crate) fn charge(&mut self, points: u64, limit: u64, now: Moment) -> Balance {
        let hour = now.0 / HOUR;
        if hour != self.hour {
            *self = Self { hour, spent: 0, ..*self };
        }
        self.spent += points;
        self.total += points;
        Balance { limit, remaining: limit.saturating_sub(self.spent), resets: Moment((hour + 1) * HOUR) }
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
    fn twenty_writes_to_one_issue_in_two_seconds_are_the_most() {
        let mut bursts = Bursts::default();
        let mut write = |issue: &str, second| bursts.take(issue.into(), &WRITES_TO_ONE_ISSUE, Moment(second));
        assert!((0..20).all(|_| write("DOCK-1", 100)));
        assert!(!write("DOCK-1", 101));
        assert!(write("DOCK-2", 101));
        assert!(write("DOCK-1", 102));
        assert!((0..16).all(|pause| (0..5).all(|_| write("DOCK-3", 200 + pause))));
        assert!((0..20).all(|_| write("DOCK-3", 217)));
        assert!(!write("DOCK-3", 219), "a hundred in half a minute");
    }

    #[test]
    fn what_was_answered_is_charged_even_beyond_the_limit() {
        let mut quota = Quota::default();
        assert!(quota.spend(1, 3, Moment(0)).is_ok());
        assert_eq!(quota.charge(50, 3, Moment(1)).remaining, 0);
        assert!(quota.spend(1, 3, Moment(2)).is_err());
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
