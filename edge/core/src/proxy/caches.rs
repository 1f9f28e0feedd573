//! What one isolate remembers between calls.

use std::rc::Rc;

use crate::proxy::{
    access::AccessCache, checkup_requests::CheckupRequests, concurrency::ConcurrencyLimit, rate_limits::RateLimits,
    tokens::TokenCache,
};

/// What one isolate remembers: for each caller what it may do (ten seconds at most), for each grant its access token, and
/// what Atlassian asked to go slow on. Bounded. A clone is the same memory.
#[derive(Clone, Default)]
pub struct ProxyCaches {
    pub(super) access: Rc<AccessCache>,
    pub(super) tokens: Rc<TokenCache>,
    pub(super) rate_limits: Rc<RateLimits>,
    pub(super) concurrency: Rc<ConcurrencyLimit>,
    pub(super) checkup_requests: Rc<CheckupRequests>,
}
