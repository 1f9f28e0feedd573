//! The endpoints that refused a credential which cannot be refreshed.
//!
//! Each refused login can lead to a CAPTCHA, so a client that calls one endpoint in a loop must not show the credential
//! each time. The refusal may be about that endpoint alone, so calls to others go on. Whether the credential is good is
//! found out by the checkup that the refused call requests.

use std::{cell::RefCell, collections::HashMap};

use api::Timestamp;

use crate::{
    grant::{AccessToken, Generation},
    proxy::{rate_limits::RateLimitedEndpoint, tokens::GrantKey},
};

/// How long an endpoint is not called with the credential that it refused, in milliseconds: a minute.
const REST: i64 = 60_000;
/// The most endpoints that are remembered.
const MOST: usize = 4096;

/// When each endpoint last refused which generation of a grant.
#[derive(Default)]
pub(super) struct RefusedCalls(RefCell<HashMap<(GrantKey, RateLimitedEndpoint), (Generation, Timestamp)>>);

impl RefusedCalls {
    pub(super) fn record(
        &self,
        grant_key: &GrantKey,
        generation: Generation,
        endpoint: &RateLimitedEndpoint,
        now: Timestamp,
    ) {
        let mut refused = self.0.borrow_mut();
        if refused.len() >= MOST {
            refused.clear();
        }
        refused.insert((grant_key.clone(), endpoint.clone()), (generation, now));
    }

    /// Whether the endpoint is not to be called with `token` now.
    pub(super) fn rests(
        &self,
        grant_key: &GrantKey,
        token: &AccessToken,
        endpoint: &RateLimitedEndpoint,
        now: Timestamp,
    ) -> bool {
        let refused = self.0.borrow();
        // In the steady state nothing is refused, and no key is made to look it up.
        if refused.is_empty() || !token.is_static() {
            return false;
        }
        let found = refused.get(&(grant_key.clone(), endpoint.clone()));
        found.is_some_and(|(generation, at)| *generation == token.generation && (0..REST).contains(&now.since(*at)))
    }
}
