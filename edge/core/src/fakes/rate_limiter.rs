//! Rate limits that count as the platform does, within one period that never ends.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use crate::ports::{PortFailure, RateLimit, RateLimiter};

/// Counts by limit and key. Without a `most`, everything is admitted.
#[derive(Debug, Default)]
pub struct FakeRateLimiter {
    counts: RefCell<HashMap<(RateLimit, String), u32>>,
    /// How many requests each key may make.
    pub most: Cell<Option<u32>>,
    /// Whether the platform's limiter fails.
    pub fails: Cell<bool>,
}

impl FakeRateLimiter {
    /// How many requests were counted against a limit, over all keys.
    pub fn counted(&self, limit: RateLimit) -> u32 {
        self.counts.borrow().iter().filter(|((counted, _), _)| *counted == limit).map(|(_, count)| count).sum()
    }
}

impl RateLimiter for FakeRateLimiter {
    async fn count(&self, limit: RateLimit, key: &str) -> Result<bool, PortFailure> {
        if self.fails.get() {
            return Err(PortFailure("the limiter is away".to_owned()));
        }
        let mut counts = self.counts.borrow_mut();
        let count = counts.entry((limit, key.to_owned())).or_default();
        *count += 1;
        Ok(self.most.get().is_none_or(|most| *count <= most))
    }
}
