//! Rate limits, as far as this isolate knows them.
//!
//! Atlassian has an hourly quota for the whole app over all tenants, another for each tenant, and burst limits for each
//! tenant, endpoint and method; `RateLimit-Reason` names the one that was exceeded. A quota pauses everything that it
//! covers, a burst limit only slows its endpoint down, and a limit on writes to one issue affects nothing else.
//!
//! Whoever answers could claim any of this, so a claim reaches no further than the one who makes it ([`RateLimited`]):
//! only Atlassian's gateway, about a call of the app, pauses what other connections do. A site that is called directly,
//! and a site's limits for somebody's API token, pause the connection alone. (The gateway serves scoped API tokens as
//! well, but the quotas count the calls of apps only.) Nor can the pauses of one displace those of another.

mod observed;

pub(super) use observed::observe;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::Hash,
    time::Duration,
};

use api::{ConnectionId, Timestamp};

use crate::{
    jira::JiraTarget,
    organization_id::OrganizationId,
    proxy::{GrantedAccess, admission::CallIdentity, headers::value, refusal::CallRefusal, retry_after},
};

/// The longest pause after a burst, in seconds.
const LONGEST_BURST: u64 = 60;
/// An hour, in seconds.
const HOUR: i64 = 3600;
/// The most owners that are remembered.
const MOST: usize = 1024;
/// The most endpoints of one owner that are remembered.
const MOST_ENDPOINTS: usize = 64;

/// Whose limits a call counts against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum RateLimited {
    /// The app's, at this cloudId: all connections of the app to that site share them.
    App(String),
    /// Those of this connection.
    Connection(OrganizationId, ConnectionId),
}

impl RateLimited {
    pub(super) fn of(granted: &GrantedAccess, caller: &CallIdentity) -> Self {
        match &granted.target {
            JiraTarget::Gateway { cloud_id } if granted.is_app() => Self::App(cloud_id.clone()),
            _ => Self::Connection(caller.organization.clone(), granted.connection.clone()),
        }
    }
}

/// The scope of a burst limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RateLimitedEndpoint {
    /// Whose limit it is.
    pub(super) owner: RateLimited,
    /// The method.
    pub(super) method: &'static str,
    /// The path with `*` for variable segments.
    pub(super) pattern: String,
}

/// When the pauses of one owner end.
#[derive(Default)]
struct Pauses {
    quota: Option<Timestamp>,
    endpoints: HashMap<(&'static str, String), Timestamp>,
}

impl Pauses {
    /// When the last of them ends.
    fn end(&self) -> Option<Timestamp> {
        self.endpoints.values().copied().chain(self.quota).max()
    }
}

/// When each pause ends.
#[derive(Default)]
pub(super) struct RateLimits {
    app: Cell<Option<Timestamp>>,
    owners: RefCell<HashMap<RateLimited, Pauses>>,
}

impl RateLimits {
    /// Refuses a call that an exhausted quota covers.
    pub(super) fn admit(&self, owner: &RateLimited, now: Timestamp) -> Result<(), CallRefusal> {
        let quota = |app, left| CallRefusal::Quota { app, retry_after: retry_after::clamped(left) };
        if matches!(owner, RateLimited::App(_))
            && let Some(left) = self.app.get().and_then(|until| seconds_left(until, now))
        {
            return Err(quota(true, left));
        }
        let until = self.owners.borrow().get(owner).and_then(|pauses| pauses.quota);
        until.and_then(|until| seconds_left(until, now)).map_or(Ok(()), |left| Err(quota(false, left)))
    }

    /// How long calls to the endpoint should wait after a burst.
    pub(super) fn delay(&self, endpoint: &RateLimitedEndpoint, now: Timestamp) -> Option<Duration> {
        let owners = self.owners.borrow();
        let until = *owners.get(&endpoint.owner)?.endpoints.get(&(endpoint.method, endpoint.pattern.clone()))?;
        u64::try_from(until.since(now)).ok().filter(|left| *left > 0).map(Duration::from_millis)
    }

    /// Until when calls to the endpoint wait or are refused; `None` if they are not.
    pub(super) fn limited_until(&self, endpoint: &RateLimitedEndpoint, now: Timestamp) -> Option<Timestamp> {
        let app = self.app.get().filter(|_| matches!(endpoint.owner, RateLimited::App(_)));
        let owners = self.owners.borrow();
        let pauses = owners.get(&endpoint.owner);
        let quota = pauses.and_then(|pauses| pauses.quota);
        let burst =
            pauses.and_then(|pauses| pauses.endpoints.get(&(endpoint.method, endpoint.pattern.clone())).copied());
        app.max(quota).max(burst).filter(|until| *until > now)
    }

    /// Applies a 429 response. Returns whether the same call may be retried; an exhausted quota refuses it.
    pub(super) fn apply(
        &self,
        endpoint: &RateLimitedEndpoint,
        headers: &[(String, String)],
        now: Timestamp,
    ) -> Result<MayTryAgain, CallRefusal> {
        let reason = value(headers, "ratelimit-reason").unwrap_or_default().to_ascii_lowercase();
        match (reason.trim(), &endpoint.owner) {
            ("jira-quota-global-based", RateLimited::App(_)) => self.app.set(Some(quota_resets(headers, now))),
            ("jira-quota-tenant-based", owner) => {
                self.pause(owner, now, |pauses| pauses.quota = Some(quota_resets(headers, now)));
            }
            ("jira-burst-based", owner) => {
                let seconds = asked(headers, now).unwrap_or(1).clamp(1, LONGEST_BURST);
                let until = now.plus_seconds(i64::from(retry_after::clamped(seconds)));
                let key = (endpoint.method, endpoint.pattern.clone());
                self.pause(owner, now, |pauses| {
                    insert(&mut pauses.endpoints, MOST_ENDPOINTS, key, until, |end| Some(*end), now);
                });
            }
            ("jira-per-issue-on-write", _) => return Ok(MayTryAgain::No),
            _ => {}
        }
        self.admit(&endpoint.owner, now).map(|()| MayTryAgain::Yes)
    }

    fn pause(&self, owner: &RateLimited, now: Timestamp, change: impl FnOnce(&mut Pauses)) {
        let mut owners = self.owners.borrow_mut();
        let mut pauses = owners.remove(owner).unwrap_or_default();
        change(&mut pauses);
        insert(&mut owners, MOST, owner.clone(), pauses, Pauses::end, now);
    }
}

/// Inserts into a map of at most `most` entries. What has ended makes room first, then what ends soonest.
fn insert<K: Clone + Eq + Hash, V>(
    map: &mut HashMap<K, V>,
    most: usize,
    key: K,
    value: V,
    end: impl Fn(&V) -> Option<Timestamp>,
    now: Timestamp,
) {
    if map.len() >= most && !map.contains_key(&key) {
        map.retain(|_, value| end(value) > Some(now));
    }
    if map.len() >= most && !map.contains_key(&key) {
        let soonest = map.iter().min_by_key(|(_, value)| end(value)).map(|(key, _)| key.clone());
        soonest.and_then(|key| map.remove(&key));
    }
    map.insert(key, value);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 minutes before the top of the hour.
    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T05:40:00Z").expect("a date")
    }

    fn app(site: &str) -> RateLimited {
        RateLimited::App(site.to_owned())
    }

    fn direct(connection: &str) -> RateLimited {
        RateLimited::Connection(OrganizationId::default(), ConnectionId::parse(connection).expect("an id"))
    }

    fn endpoint_of(owner: RateLimited) -> RateLimitedEndpoint {
        RateLimitedEndpoint { owner, method: "GET", pattern: "rest/api/3/issue/*".into() }
    }

    fn endpoint(site: &str) -> RateLimitedEndpoint {
        endpoint_of(app(site))
    }

    fn reason(reason: &str) -> Vec<(String, String)> {
        vec![("RateLimit-Reason".to_owned(), reason.to_owned())]
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
        assert_eq!(limits.admit(&app("another"), now().plus_seconds(600)), Err(quota(true, 600)));
        assert_eq!(limits.admit(&app("another"), now().plus_seconds(1200)), Ok(()));
    }

    #[test]
    fn a_used_up_quota_of_a_tenant_pauses_that_site_only() {
        let (limits, heeded) = apply("jira-quota-tenant-based", &[("Retry-After", "90")]);
        assert_eq!(heeded, Err(quota(false, 90)));
        assert_eq!(limits.admit(&app("a"), now()), Err(quota(false, 90)));
        assert_eq!(limits.admit(&app("another"), now()), Ok(()));
    }

    #[test]
    fn only_the_gateway_about_a_call_of_the_app_speaks_for_the_app_and_pauses_only_such_calls() {
        let limits = RateLimits::default();
        let from_site = limits.apply(&endpoint_of(direct("con_1")), &reason("jira-quota-global-based"), now());
        assert_eq!(from_site, Ok(MayTryAgain::Yes));
        assert_eq!((limits.admit(&app("a"), now()), limits.admit(&direct("con_1"), now())), (Ok(()), Ok(())));
        let from_gateway = limits.apply(&endpoint("a"), &reason("jira-quota-global-based"), now());
        assert!(from_gateway.is_err() && limits.admit(&app("b"), now()).is_err());
        assert_eq!(limits.admit(&direct("con_1"), now()), Ok(()), "the app's quota is not that of its credential");
    }

    #[test]
    fn what_a_site_says_of_its_own_limits_pauses_that_connection_only() {
        let limits = RateLimits::default();
        let site = endpoint_of(direct("con_1"));
        assert_eq!(limits.apply(&site, &reason("jira-burst-based"), now()), Ok(MayTryAgain::Yes));
        assert!(limits.apply(&site, &reason("jira-quota-tenant-based"), now()).is_err());
        assert!(limits.admit(&direct("con_1"), now()).is_err() && limits.delay(&site, now()).is_some());
        assert_eq!(limits.admit(&direct("con_2"), now()), Ok(()));
        assert_eq!(limits.delay(&endpoint_of(direct("con_2")), now()), None);
    }

    #[test]
    fn the_pauses_of_one_displace_those_of_no_other() {
        let (limits, _) = apply("jira-burst-based", &[("Retry-After", "5")]);
        for number in 0..2 * MOST {
            let pattern = format!("rest/api/2/{number}");
            let endpoint = RateLimitedEndpoint { pattern, ..endpoint_of(direct("con_1")) };
            assert_eq!(limits.apply(&endpoint, &reason("jira-burst-based"), now()), Ok(MayTryAgain::Yes));
        }
        assert_eq!(limits.delay(&endpoint("a"), now()), Some(Duration::from_secs(5)));
        let owners = limits.owners.borrow();
        assert_eq!(owners.get(&direct("con_1")).map(|pauses| pauses.endpoints.len()), Some(MOST_ENDPOINTS));
    }

    #[test]
    fn a_full_memory_forgets_first_what_ends_first() {
        let (limits, _) = apply("jira-quota-tenant-based", &[("Retry-After", "600")]);
        for number in 0..2 * MOST {
            let endpoint = endpoint_of(direct(&format!("con_{number}")));
            assert_eq!(limits.apply(&endpoint, &reason("jira-burst-based"), now()), Ok(MayTryAgain::Yes));
        }
        assert_eq!((limits.admit(&app("a"), now()), limits.owners.borrow().len()), (Err(quota(false, 600)), MOST));
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
        assert_eq!(limits.admit(&app("a"), now()), Ok(()));
    }

    #[test]
    fn a_limit_on_writes_to_one_issue_is_passed_on_and_slows_nothing() {
        let (limits, heeded) = apply("jira-per-issue-on-write", &[("Retry-After", "5")]);
        assert_eq!(heeded, Ok(MayTryAgain::No));
        assert_eq!(limits.delay(&endpoint("a"), now()), None);
    }
}
