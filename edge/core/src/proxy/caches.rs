//! What one isolate remembers between calls.

use std::rc::Rc;

use crate::proxy::{
    access::AccessCache, concurrency::Places, rate_limits::RateLimits, tokens::TokenCache, trouble::Told,
};

/// What one isolate remembers: for each caller what it may do (ten seconds at most), for each grant its access token, and
/// what Atlassian asked to go slow on. Bounded. A clone is the same memory.
#[derive(Clone, Default)]
pub struct ProxyCaches {
    pub(super) access: Rc<AccessCache>,
    pub(super) tokens: Rc<TokenCache>,
    pub(super) rate_limits: Rc<RateLimits>,
    pub(super) places: Rc<Places>,
    pub(super) told: Rc<Told>,
}
