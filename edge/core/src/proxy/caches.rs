//! The caches of one isolate.

use std::rc::Rc;

use crate::proxy::{
    access_cache::AccessCache, call_counts::CallCounts, checkup_requests::CheckupRequests,
    concurrency::ConcurrencyLimit, rate_limits::RateLimits, refused_calls::RefusedCalls, tokens::TokenCache,
};

/// The caches of one isolate: access per caller (last known to be right at most ten seconds ago), access tokens per grant, refused calls, rate limits,
/// concurrency permits, checkup requests, and the calls that were counted and not sent yet. All are bounded. A clone shares the caches.
#[derive(Clone, Default)]
pub struct ProxyCaches {
    pub(super) access: Rc<AccessCache>,
    pub(super) tokens: Rc<TokenCache>,
    pub(super) refused_calls: Rc<RefusedCalls>,
    pub(super) rate_limits: Rc<RateLimits>,
    pub(super) concurrency: Rc<ConcurrencyLimit>,
    pub(super) checkup_requests: Rc<CheckupRequests>,
    pub(super) call_counts: Rc<CallCounts>,
}
