//! Single flight: of many calls that need the same answer, one asks for it and the others poll the cache.
//!
//! No call awaits another. A call that finds the question taken polls the cache with its own timer, and asks by itself
//! after two seconds, whatever became of the one who took it.

use std::{cell::RefCell, collections::HashMap, hash::Hash, rc::Rc, time::Duration};

use api::Timestamp;

use crate::{
    ports::{Clock, Random, Timer},
    proxy::retry::jitter,
};

/// How long a taken question keeps others from asking.
const TAKEN: Duration = Duration::from_secs(2);
/// The first pause between polls; it doubles.
const FIRST_LOOK: Duration = Duration::from_millis(5);
/// The longest pause between polls.
const LAST_LOOK: Duration = Duration::from_millis(160);

/// The questions that are being asked, and since when.
pub(crate) struct SingleFlight<K>(Rc<RefCell<HashMap<K, Timestamp>>>);

impl<K> Default for SingleFlight<K> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

/// The permit to ask. Dropping it returns it; one that is never dropped (its client disconnected) expires.
pub(crate) struct FlightPermit<K: Eq + Hash> {
    single_flight: Rc<RefCell<HashMap<K, Timestamp>>>,
    key: K,
    taken_at: Timestamp,
}

impl<K: Clone + Eq + Hash> SingleFlight<K> {
    /// Takes the permit, unless somebody else has it.
    pub(crate) fn take(&self, key: &K, now: Timestamp) -> Option<FlightPermit<K>> {
        let mut single_flight = self.0.borrow_mut();
        single_flight.retain(|_, taken_at| (0..millis(TAKEN)).contains(&now.since(*taken_at)));
        if single_flight.contains_key(key) {
            return None;
        }
        single_flight.insert(key.clone(), now);
        Some(FlightPermit { single_flight: Rc::clone(&self.0), key: key.clone(), taken_at: now })
    }

    /// What `look` finds in the cache, now or while another call asks. Otherwise the caller must ask, and hold the
    /// permit until it is done.
    pub(crate) async fn join_or_begin<T>(
        &self,
        ports: &(impl Clock + Timer + Random),
        key: &K,
        look: impl Fn() -> Option<T>,
    ) -> Result<T, Option<FlightPermit<K>>> {
        let deadline = ports.now().plus_millis(millis(TAKEN));
        let mut pause = FIRST_LOOK;
        loop {
            if let Some(found) = look() {
                return Ok(found);
            }
            let permit = self.take(key, ports.now());
            if permit.is_some() || ports.now() >= deadline {
                return Err(permit);
            }
            ports.sleep(pause.saturating_add(jitter(ports, 5))).await;
            pause = pause.saturating_mul(2).min(LAST_LOOK);
        }
    }
}

impl<K: Eq + Hash> Drop for FlightPermit<K> {
    fn drop(&mut self) {
        let mut single_flight = self.single_flight.borrow_mut();
        if single_flight.get(&self.key) == Some(&self.taken_at) {
            single_flight.remove(&self.key);
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn a_question_is_taken_once_and_given_back() {
        let single_flight = SingleFlight::default();
        let permit = single_flight.take(&"a", T0);
        assert!(permit.is_some() && single_flight.take(&"a", T0).is_none() && single_flight.take(&"b", T0).is_some());
        drop(permit);
        assert!(single_flight.take(&"a", T0).is_some());
    }

    #[test]
    fn a_turn_that_is_never_given_back_lapses() {
        let single_flight = SingleFlight::default();
        std::mem::forget(single_flight.take(&"a", T0));
        assert!(single_flight.take(&"a", T0.plus_millis(1999)).is_none());
        assert!(single_flight.take(&"a", T0.plus_millis(2000)).is_some());
    }
}
