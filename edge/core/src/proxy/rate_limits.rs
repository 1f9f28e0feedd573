//! Atlassian's rate limits, as far as this isolate knows them.
//!
//! Atlassian has an hourly quota for the whole app over all tenants, another for each tenant, and burst limits for each
//! tenant, endpoint and method; `RateLimit-Reason` names the one that was exceeded. A quota pauses everything that it
//! covers, a burst limit only slows its endpoint down, and a limit on writes to one issue affects nothing else.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::Hash,
    time::Duration,
};

use api::Timestamp;

use crate::proxy::{headers::value, refusal::CallRefusal, retry_after};

/// The longest pause after a burst, in seconds.
const LONGEST_BURST: u64 = 60;
/// An hour, in seconds.
const HOUR: i64 = 3600;
/// The most sites, and the most endpoints, that are remembered.
const MOST: usize = 1024;

/// The scope of a burst limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RateLimitedEndpoint {
    /// The tenant: [`JiraTarget::key`](crate::jira::JiraTarget::key).
    pub(super) site: String,
    /// The method.
    pub(super) method: &'static str,
    /// The path with `*` for variable segments.
    pub(super) pattern: String,
}

/// When each pause ends.
#[derive(Default)]
pub(super) struct RateLimits {
    app: Cell<Option<Timestamp>>,
    sites: RefCell<HashMap<String, Timestamp>>,
    endpoints: RefCell<HashMap<RateLimitedEndpoint, Timestamp>>,
}

impl RateLimits {
    /// Refuses a call that an exhausted quota covers.
    pub(super) fn admit(&self, site: &str, now: Timestamp) -> Result<(), CallRefusal> {
        let quota = |app, left| CallRefusal::Quota { app, retry_after: retry_after::clamped(left) };
        if let Some(left) = self.app.get().and_then(|until| seconds_left(until, now)) {
            return Err(quota(true, left));
        }
        let site = self.sites.borrow().get(site).copied();
        site.and_then(|until| seconds_left(until, now)).map_or(Ok(()), |left| Err(quota(false, left)))
    }

    /// How long calls to the endpoint should wait after a burst.
    pub(super) fn delay(&self, endpoint: &RateLimitedEndpoint, now: Timestamp) -> Option<Duration> {
        let until = self.endpoints.borrow().get(endpoint).copied()?;
        u64::try_from(until.since(now)).ok().filter(|left| *left > 0).map(Duration::from_millis)
    }

    /// Applies a 429 response. Returns whether the same call may be retried; an exhausted quota refuses it.
    pub(super) fn apply(
        &self,
        endpoint: &RateLimitedEndpoint,
        headers: &[(String, String)],
        now: Timestamp,
    ) -> Result<MayTryAgain, CallRefusal> {
        let reason = value(headers, "ratelimit-reason").unwrap_or_default().to_ascii_lowercase();
        match reason.trim() {
            "jira-quota-global-based" => self.app.set(Some(quota_resets(headers, now))),
            "jira-quota-tenant-based" => {
                insert(&mut self.sites.borrow_mut(), endpoint.site.clone(), quota_resets(headers, now), now);
            }
            "jira-burst-based" => {
                let seconds = asked(headers, now).unwrap_or(1).clamp(1, LONGEST_BURST);
                let until = now.plus_seconds(i64::from(retry_after::clamped(seconds)));
                insert(&mut self.endpoints.borrow_mut(), endpoint.clone(), until, now);
            }
            "jira-per-issue-on-write" => return Ok(MayTryAgain::No),
            _ => {}
        }
        self.admit(&endpoint.site, now).map(|()| MayTryAgain::Yes)
    }
}

/// Whether a rate-limited call may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MayTryAgain {
    Yes,
    No,
}

/// When a quota resets: as Atlassian says, within an hour; by default at the top of the UTC hour.
fn quota_resets(headers: &[(String, String)], now: Timestamp) -> Timestamp {
    let reset = value(headers, "x-ratelimit-reset").and_then(|reset| Timestamp::parse(reset.trim()));
    let reset = reset.and_then(|reset| seconds_left(reset, now));
    let checkup_requests = asked(headers, now).filter(|seconds| *seconds > 0).max(reset);
    let hour_ends = HOUR - (now.as_millis() / 1000) % HOUR;
    now.plus_seconds(checkup_requests.map_or(hour_ends, |seconds| i64::from(retry_after::clamped(seconds))))
}

fn asked(headers: &[(String, String)], now: Timestamp) -> Option<u64> {
    value(headers, "retry-after").and_then(|value| retry_after::read(value, now))
}

/// The seconds left, rounded up; `None` if none are.
fn seconds_left(until: Timestamp, now: Timestamp) -> Option<u64> {
    u64::try_from(until.since(now)).ok().filter(|left| *left > 0).map(|left| left.div_ceil(1000))
}

fn insert<K: Eq + Hash>(map: &mut HashMap<K, Timestamp>, key: K, until: Timestamp, now: Timestamp) {
    if map.len() >= MOST {
        map.retain(|_, until| *until > now);
    }
    if map.len() >= MOST {
        map.clear();
    }
    map.insert(key, until);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 minutes before the top of the hour.
    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T05:40:00Z").expect("a date")
    }

    fn endpoint(site: &str) -> RateLimitedEndpoint {
        RateLimitedEndpoint { site: site.into(), method: "GET", pattern: "rest/api/3/issue/*".into() }
    }

    fn apply(reason: &str, more: &[(&str, &str)]) -> (RateLimits, Result<MayTryAgain, CallRefusal>) {
        let limits = RateLimits::default();
        let mut headers = vec![("RateLimit-Reason".to_owned(), reason.to_owned())];
        headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let heeded = limits.apply(&endpoint("a"), &headers, now());
        (limits, heeded)
    }

    fn quota(app: bool, retry_after: u32) -> CallRefusal {
        CallRefusal::Quota { app, retry_after }
    }

    #[test]
    fn a_used_up_quota_of_the_app_pauses_every_site_until_it_resets() {
        let (limits, heeded) = apply("jira-quota-global-based", &[("X-RateLimit-Reset", "2026-11-22T06:00:00Z")]);
        assert_eq!(heeded, Err(quota(true, 1200)));
        assert_eq!(limits.admit("another", now().plus_seconds(600)), Err(quota(true, 600)));
        assert_eq!(limits.admit("another", now().plus_seconds(1200)), Ok(()));
    }

    #[test]
    fn a_used_up_quota_of_a_tenant_pauses_that_site_only() {
        let (limits, heeded) = apply("jira-quota-tenant-based", &[("Retry-After", "90")]);
        assert_eq!(heeded, Err(quota(false, 90)));
        assert_eq!(limits.admit("a", now()), Err(quota(false, 90)));
        assert_eq!(limits.admit("another", now()), Ok(()));
    }

    #[test]
    fn a_quota_without_a_date_or_with_an_absurd_one_is_over_within_the_hour() {
        for (headers, seconds) in [
            (vec![], 1200),
            (vec![("Retry-After", "0")], 1200),
            (vec![("Retry-After", "-1"), ("X-RateLimit-Reset", "soon")], 1200),
            (vec![("Retry-After", "1000000000")], 3600),
            (vec![("X-RateLimit-Reset", "9999-01-01T00:00:00Z")], 3600),
            (vec![("X-RateLimit-Reset", "1999-01-01T00:00:00Z")], 1200),
        ] {
            assert_eq!(apply("jira-quota-global-based", &headers).1, Err(quota(true, seconds)), "{headers:?}");
        }
    }

    #[test]
    fn a_burst_slows_only_its_endpoint() {
        let (limits, heeded) = apply("jira-burst-based", &[("Retry-After", "5")]);
        assert_eq!(heeded, Ok(MayTryAgain::Yes));
        assert_eq!(limits.delay(&endpoint("a"), now()), Some(Duration::from_secs(5)));
        assert_eq!(limits.delay(&endpoint("a"), now().plus_seconds(5)), None);
        assert_eq!(limits.delay(&endpoint("b"), now()), None);
        let writing = RateLimitedEndpoint { method: "POST", ..endpoint("a") };
        assert_eq!(limits.delay(&writing, now()), None);
        assert_eq!(limits.admit("a", now()), Ok(()));
    }

    #[test]
    fn a_limit_on_writes_to_one_issue_is_passed_on_and_slows_nothing() {
        let (limits, heeded) = apply("jira-per-issue-on-write", &[("Retry-After", "5")]);
        assert_eq!(heeded, Ok(MayTryAgain::No));
        assert_eq!(limits.delay(&endpoint("a"), now()), None);
    }
}
