//! How many calls go through a connection at once, in one isolate.
//!
//! A place is taken from admission until the first byte of Jira's answer: what streams after that, the isolate does not
//! see. A place whose call was abandoned is never given back, so it lapses.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use api::{ConnectionId, Timestamp};

use crate::{
    organization_id::OrganizationId,
    ports::{Clock, Random, Timer},
    proxy::{refusal::Refusal, retry::jitter},
};

/// The most calls at once through one connection.
const MOST: usize = 256;
/// How long a call waits for a place, in milliseconds.
const PATIENCE: i64 = 30_000;
/// The first pause before looking again, in milliseconds; it doubles.
const FIRST_LOOK: u64 = 20;
/// The longest pause before looking again, in milliseconds: thousands may wait, and each look costs a timer.
const LAST_LOOK: u64 = 160;
/// How long a place is held without a sign of life, in milliseconds: longer than a call may wait for anything.
const LAPSES: i64 = 100_000;

type Through = (OrganizationId, ConnectionId);
type Taken = HashMap<Through, HashMap<u64, Timestamp>>;

/// The places taken.
#[derive(Default)]
pub(super) struct Places {
    taken: Rc<RefCell<Taken>>,
    numbers: RefCell<u64>,
}

/// A place. It is given back when dropped.
pub(super) struct Place {
    taken: Rc<RefCell<Taken>>,
    through: Through,
    number: u64,
}

impl Places {
    /// Takes a place, waiting for one if need be.
    pub(super) async fn enter(
        &self,
        ports: &(impl Clock + Timer + Random),
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<Place, Refusal> {
        let through = (organization.clone(), connection.clone());
        let patience_ends = ports.now().plus_millis(PATIENCE);
        let mut pause = FIRST_LOOK;
        loop {
            if let Some(place) = self.take(&through, ports.now()) {
                return Ok(place);
            }
            if ports.now() >= patience_ends {
                return Err(Refusal::TooManyCalls { retry_after: 1 });
            }
            ports.sleep(Duration::from_millis(pause).saturating_add(jitter(ports, pause))).await;
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    fn take(&self, through: &Through, now: Timestamp) -> Option<Place> {
        let mut taken = self.taken.borrow_mut();
        let places = taken.entry(through.clone()).or_default();
        if places.len() >= MOST {
            places.retain(|_, seen_at| now.since(*seen_at) < LAPSES);
        }
        if places.len() >= MOST {
            return None;
        }
        let number = self.numbers.replace_with(|last| last.wrapping_add(1));
        places.insert(number, now);
        Some(Place { taken: Rc::clone(&self.taken), through: through.clone(), number })
    }
}

impl Place {
    /// A sign of life.
    pub(super) fn hold(&self, now: Timestamp) {
        if let Some(places) = self.taken.borrow_mut().get_mut(&self.through) {
            places.insert(self.number, now);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.borrow_mut();
        if let Some(places) = taken.get_mut(&self.through) {
            places.remove(&self.number);
            if places.is_empty() {
                taken.remove(&self.through);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn through(connection: &str) -> Through {
        (OrganizationId::default(), ConnectionId::parse(connection).expect("an id"))
    }

    #[test]
    fn a_place_is_free_again_when_its_call_ends() {
        let places = Places::default();
        let mut taken: Vec<_> = (0..MOST).map(|_| places.take(&through("con_1"), T0)).collect();
        assert!(taken.iter().all(Option::is_some) && places.take(&through("con_1"), T0).is_none());
        assert!(places.take(&through("con_2"), T0).is_some(), "another connection has places of its own");
        taken.pop();
        assert!(places.take(&through("con_1"), T0).is_some());
        taken.clear();
        assert!(places.taken.borrow().is_empty(), "nothing is kept of connections that nobody uses");
    }

    #[test]
    fn the_place_of_an_abandoned_call_lapses_and_that_of_a_living_one_does_not() {
        let places = Places::default();
        let alive = places.take(&through("con_1"), T0).expect("the first place");
        (1..MOST).for_each(|_| std::mem::forget(places.take(&through("con_1"), T0)));
        let later = T0.plus_millis(LAPSES);
        alive.hold(later);
        let free: Vec<_> = (0..MOST).map_while(|_| places.take(&through("con_1"), later)).collect();
        assert_eq!(free.len(), MOST - 1);
    }
}
