//! Limits the concurrent calls of a connection in one isolate.
//!
//! A call holds a permit from admission until the first byte of Jira's response; the isolate does not see the rest of
//! the stream. The permit of an abandoned call is never returned, so permits expire.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use api::{ConnectionId, Timestamp};

use crate::{
    organization_id::OrganizationId,
    ports::{Clock, Random, Timer},
    proxy::{refusal::CallRefusal, retry::jitter},
};

/// The most concurrent calls of a connection.
const MOST: usize = 256;
/// How long a call waits for a permit, in milliseconds.
const TIMEOUT: i64 = 30_000;
/// The first pause between polls, in milliseconds; it doubles.
const FIRST_LOOK: u64 = 20;
/// The longest pause between polls, in milliseconds: thousands may wait, and each poll costs a timer.
const LAST_LOOK: u64 = 160;
/// When a permit expires that is not renewed, in milliseconds: longer than a call can wait for anything.
const LAPSES: i64 = 100_000;

type LimitKey = (OrganizationId, ConnectionId);
type PermitsByKey = HashMap<LimitKey, HashMap<u64, Timestamp>>;

/// The permits in use.
#[derive(Default)]
pub(super) struct ConcurrencyLimit {
    taken: Rc<RefCell<PermitsByKey>>,
    numbers: RefCell<u64>,
}

/// A permit. Dropping it returns it.
pub(super) struct ConcurrencyPermit {
    taken: Rc<RefCell<PermitsByKey>>,
    key: LimitKey,
    number: u64,
}

impl ConcurrencyLimit {
    /// Acquires a permit, waiting for one if necessary.
    pub(super) async fn acquire(
        &self,
        ports: &(impl Clock + Timer + Random),
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<ConcurrencyPermit, CallRefusal> {
        let key = (organization.clone(), connection.clone());
        let deadline = ports.now().plus_millis(TIMEOUT);
        let mut pause = FIRST_LOOK;
        loop {
            if let Some(permit) = self.take(&key, ports.now()) {
                return Ok(permit);
            }
            if ports.now() >= deadline {
                return Err(CallRefusal::TooManyCalls { retry_after: 1 });
            }
            ports.sleep(Duration::from_millis(pause).saturating_add(jitter(ports, pause))).await;
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    fn take(&self, key: &LimitKey, now: Timestamp) -> Option<ConcurrencyPermit> {
        let mut taken = self.taken.borrow_mut();
        let permits = taken.entry(key.clone()).or_default();
        if permits.len() >= MOST {
            permits.retain(|_, seen_at| (0..LAPSES).contains(&now.since(*seen_at)));
        }
        if permits.len() >= MOST {
            return None;
        }
        let number = self.numbers.replace_with(|last| last.wrapping_add(1));
        permits.insert(number, now);
        Some(ConcurrencyPermit { taken: Rc::clone(&self.taken), key: key.clone(), number })
    }
}

impl ConcurrencyPermit {
    /// Renews the permit.
    pub(super) fn touch(&self, now: Timestamp) {
        if let Some(permits) = self.taken.borrow_mut().get_mut(&self.key) {
            permits.insert(self.number, now);
        }
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        let mut taken = self.taken.borrow_mut();
        if let Some(permits) = taken.get_mut(&self.key) {
            permits.remove(&self.number);
            if permits.is_empty() {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn key(connection: &str) -> LimitKey {
        (OrganizationId::default(), ConnectionId::parse(connection).expect("an id"))
    }

    #[test]
    fn a_place_is_free_again_when_its_call_ends() {
        let permits = ConcurrencyLimit::default();
        let mut taken: Vec<_> = (0..MOST).map(|_| permits.take(&key("con_1"), T0)).collect();
        assert!(taken.iter().all(Option::is_some) && permits.take(&key("con_1"), T0).is_none());
        assert!(permits.take(&key("con_2"), T0).is_some(), "another connection has places of its own");
        taken.pop();
        assert!(permits.take(&key("con_1"), T0).is_some());
        taken.clear();
        assert!(permits.taken.borrow().is_empty(), "nothing is kept of connections that nobody uses");
    }

    #[test]
    fn the_place_of_an_abandoned_call_lapses_and_that_of_a_living_one_does_not() {
        let permits = ConcurrencyLimit::default();
        let alive = permits.take(&key("con_1"), T0).expect("the first place");
        (1..MOST).for_each(|_| std::mem::forget(permits.take(&key("con_1"), T0)));
        let later = T0.plus_millis(LAPSES);
        alive.touch(later);
        let free: Vec<_> = (0..MOST).map_while(|_| permits.take(&key("con_1"), later)).collect();
        assert_eq!(free.len(), MOST - 1);
    }
}
