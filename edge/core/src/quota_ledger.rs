//! The ledger of the points that Atlassian lets an app spend in an hour, over all its customers.
//!
//! One Durable Object for each deployment hands them out in lots, and whoever has a lot spends it without asking: so in steady
//! state a chart costs no request to the ledger. What a lot leaves unspent is lost with its hour. Charts get half of the hour
//! at most, and somebody who looks with their own access a thousand points, so that tasks and calls always have the rest.
//! Source: <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>.

use std::{cell::RefCell, collections::BTreeMap};

use api::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::PortFailure;

/// An hour, in milliseconds. Atlassian's quota begins anew at each full hour of UTC.
const HOUR: i64 = 3_600_000;
/// What an app may spend in an hour.
const APP: u32 = 65_000;
/// What charts may spend of it.
const CHARTS: u32 = APP / 2;
/// What one viewer may spend of that.
const VIEWER: u32 = 1_000;
/// How many points a lot has, unless more are needed at once.
const LOT: u32 = 100;

/// What points are for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spender {
    /// Charts with the access of a connection, or of a delegation.
    Charts,
    /// Charts that somebody looks at with their own access: by its grant.
    Viewer(String),
    /// Tasks.
    Tasks,
}

/// A request to the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerCommand {
    /// Hand out points.
    Lease {
        /// What for.
        spender: Spender,
        /// How many are needed at once.
        points: u32,
    },
    /// Atlassian has refused a call because the hour is used up.
    Exhausted,
}

/// Points that were handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// How many; 0 if there are none left.
    pub points: u32,
    /// When the hour ends, and the points with it.
    pub until: Timestamp,
}

/// What was handed out in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The hour, counted from the Unix epoch.
    hour: i64,
    all: u32,
    charts: u32,
    viewers: BTreeMap<String, u32>,
    /// Whether Atlassian has said that the hour is used up.
    is_exhausted: bool,
}

/// The hour of a moment, and when it ends.
fn hour_of(now: Timestamp) -> (i64, Timestamp) {
    let hour = now.as_millis().div_euclid(HOUR);
    (hour, Timestamp::from_millis((hour + 1).saturating_mul(HOUR)))
}

/// When the next hour begins.
pub fn next_hour(now: Timestamp) -> Timestamp {
    hour_of(now).1
}

impl Ledger {
    /// Hands out a lot, or what is left of one; nothing if that is less than is needed at once.
    pub fn lease(&mut self, spender: &Spender, points: u32, now: Timestamp) -> Lease {
        let until = self.begin(now);
        let left = match spender {
            _ if self.is_exhausted => 0,
            Spender::Tasks => APP.saturating_sub(self.all),
            Spender::Charts => self.left_for_charts(),
            Spender::Viewer(grant) => {
                let spent = self.viewers.get(grant).copied().unwrap_or_default();
                self.left_for_charts().min(VIEWER.saturating_sub(spent))
            }
        };
        let lot = LOT.max(points).min(left);
        if lot < points {
            return Lease { points: 0, until };
        }
        self.all += lot;
        if *spender != Spender::Tasks {
            self.charts += lot;
        }
        if let Spender::Viewer(grant) = spender {
            *self.viewers.entry(grant.clone()).or_default() += lot;
        }
        Lease { points: lot, until }
    }

    /// Hands out nothing more in this hour.
    pub fn exhaust(&mut self, now: Timestamp) -> Lease {
        let until = self.begin(now);
        self.is_exhausted = true;
        Lease { points: 0, until }
    }

    /// Begins anew if the hour is another one. Returns when it ends.
    fn begin(&mut self, now: Timestamp) -> Timestamp {
        let (hour, until) = hour_of(now);
        if hour != self.hour {
            *self = Self { hour, ..Self::default() };
        }
        until
    }

    const fn left_for_charts(&self) -> u32 {
        let of_charts = CHARTS.saturating_sub(self.charts);
        let of_all = APP.saturating_sub(self.all);
        if of_charts < of_all { of_charts } else { of_all }
    }
}

/// What the ledger stores: one record.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait LedgerStore {
    /// The record.
    async fn load(&self) -> Result<Option<String>, PortFailure>;
    /// Replaces it.
    async fn save(&self, record: &str) -> Result<(), PortFailure>;
}

/// The Durable Object of the ledger.
pub struct LedgerObject<S> {
    store: S,
    ledger: RefCell<Option<Ledger>>,
}

impl<S: LedgerStore> LedgerObject<S> {
    /// Creates the object as it starts.
    pub const fn new(store: S) -> Self {
        Self { store, ledger: RefCell::new(None) }
    }

    /// Answers JSON of a [`LedgerCommand`] with JSON of a [`Lease`], once it is stored that it was handed out.
    pub async fn handle(&self, command: &str, now: Timestamp) -> Result<String, PortFailure> {
        let unreadable = |error: serde_json::Error| PortFailure(error.to_string());
        let command: LedgerCommand = serde_json::from_str(command).map_err(unreadable)?;
        if self.ledger.borrow().is_none() {
            let stored = self.store.load().await?;
            // A record that cannot be read is one of an older version: the hour begins anew.
            let read = stored.and_then(|record| serde_json::from_str(&record).ok()).unwrap_or_default();
            self.ledger.borrow_mut().get_or_insert(read);
        }
        let (lease, record) = {
            let mut ledger = self.ledger.borrow_mut();
            let ledger = ledger.get_or_insert_default();
            let lease = match &command {
                LedgerCommand::Lease { spender, points } => ledger.lease(spender, *points, now),
                LedgerCommand::Exhausted => ledger.exhaust(now),
            };
            (lease, serde_json::to_string(ledger).map_err(unreadable)?)
        };
        self.store.save(&record).await?;
        serde_json::to_string(&lease).map_err(unreadable)
    }
}

/// Access to the ledger. Each command is one request to its object.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait QuotaLedgers {
    /// Sends JSON of a [`LedgerCommand`] to the ledger and returns JSON of a [`Lease`].
    async fn call_ledger(&self, command: String) -> Result<String, PortFailure>;
}

/// What an isolate holds of the points of the hour.
#[derive(Default)]
pub struct Leases {
    held: RefCell<BTreeMap<Spender, Held>>,
}

/// A lot, as far as it is not spent.
#[derive(Clone, Copy)]
struct Held {
    lease: Lease,
    /// Whether the ledger has nothing more in this hour.
    is_last: bool,
}

impl Leases {
    /// Spends points. The ledger is asked only if what is held does not suffice, and not again in an hour in which it has
    /// nothing more. A ledger that does not answer stops nothing.
    ///
    /// # Errors
    /// When the next hour begins, if there are no points left.
    pub async fn spend(
        &self,
        ledgers: &impl QuotaLedgers,
        now: Timestamp,
        spender: &Spender,
        points: u32,
    ) -> Result<(), Timestamp> {
        self.held.borrow_mut().retain(|_, held| held.lease.until > now);
        let held = self.held.borrow().get(spender).copied();
        let left = held.map_or(0, |held| held.lease.points);
        if let Some(held) = held.filter(|held| held.lease.points >= points || held.is_last) {
            return self.take(spender, held, points);
        }
        let command = LedgerCommand::Lease { spender: spender.clone(), points: points.saturating_sub(left) };
        let Ok(command) = serde_json::to_string(&command) else { return Ok(()) };
        let Ok(answer) = ledgers.call_ledger(command).await else { return Ok(()) };
        let Ok(lease) = serde_json::from_str::<Lease>(&answer) else { return Ok(()) };
        let is_last = lease.points == 0;
        let lease = Lease { points: lease.points + left, ..lease };
        self.take(spender, Held { lease, is_last }, points)
    }

    fn take(&self, spender: &Spender, held: Held, points: u32) -> Result<(), Timestamp> {
        let Held { lease, is_last } = held;
        let (rest, taken) = match lease.points.checked_sub(points) {
            Some(rest) => (rest, Ok(())),
            None => (lease.points, Err(lease.until)),
        };
        let held = Held { lease: Lease { points: rest, ..lease }, is_last };
        self.held.borrow_mut().insert(spender.clone(), held);
        taken
    }

    /// Remembers and tells the ledger that Atlassian has refused a call because the hour is used up.
    pub async fn exhaust(&self, ledgers: &impl QuotaLedgers, now: Timestamp, spender: &Spender) {
        let (_, until) = hour_of(now);
        let held = Held { lease: Lease { points: 0, until }, is_last: true };
        self.held.borrow_mut().insert(spender.clone(), held);
        if let Ok(command) = serde_json::to_string(&LedgerCommand::Exhausted) {
            // If the ledger does not learn it, the next call learns it from Atlassian.
            drop(ledgers.call_ledger(command).await);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::executor::block_on;

    use super::*;

    /// Full past some hour.
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000 / HOUR * HOUR + 60_000);

    fn viewer(grant: &str) -> Spender {
        Spender::Viewer(grant.to_owned())
    }

    /// Takes lots until there are none, and answers how many points those were.
    fn all_of(ledger: &mut Ledger, spender: &Spender) -> u32 {
        std::iter::from_fn(|| Some(ledger.lease(spender, 1, NOW).points).filter(|points| *points > 0)).sum()
    }

    #[test]
    fn charts_get_half_of_the_hour_a_viewer_a_thousand_points_and_tasks_the_rest() {
        let mut ledger = Ledger::default();
        assert_eq!(all_of(&mut ledger, &viewer("grt_1")), 1_000);
        assert_eq!(all_of(&mut ledger, &viewer("grt_2")), 1_000);
        assert_eq!(all_of(&mut ledger, &Spender::Charts), 32_500 - 2_000);
        assert_eq!(ledger.lease(&viewer("grt_3"), 1, NOW).points, 0);
        assert_eq!(all_of(&mut ledger, &Spender::Tasks), 32_500);
    }

    #[test]
    fn an_hour_begins_anew_and_ends_at_a_full_hour() {
        let mut ledger = Ledger::default();
        all_of(&mut ledger, &viewer("grt_1"));
        let refused = ledger.lease(&viewer("grt_1"), 1, NOW);
        assert_eq!((refused.points, refused.until), (0, NOW.plus_millis(HOUR - 60_000)));
        assert_eq!(ledger.lease(&viewer("grt_1"), 1, refused.until).points, LOT);
        assert_eq!(ledger.exhaust(NOW).points, 0);
        assert_eq!(ledger.lease(&Spender::Tasks, 1, NOW).points, 0, "what Atlassian says counts");
    }

    #[test]
    fn what_is_needed_at_once_is_handed_out_whole_or_not_at_all() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.lease(&viewer("grt_1"), 950, NOW).points, 950);
        assert_eq!(ledger.lease(&viewer("grt_1"), 51, NOW).points, 0);
        assert_eq!(ledger.lease(&viewer("grt_1"), 50, NOW).points, 50);
    }

    #[derive(Default)]
    struct Kept(RefCell<Option<String>>);

    impl LedgerStore for &Kept {
        async fn load(&self) -> Result<Option<String>, PortFailure> {
            Ok(self.0.borrow().clone())
        }

        async fn save(&self, record: &str) -> Result<(), PortFailure> {
            self.0.replace(Some(record.to_owned()));
            Ok(())
        }
    }

    /// A ledger that counts how often it is asked, and is restarted each time.
    #[derive(Default)]
    struct Counted {
        kept: Kept,
        asked: Cell<u32>,
        is_silent: Cell<bool>,
    }

    impl QuotaLedgers for Counted {
        async fn call_ledger(&self, command: String) -> Result<String, PortFailure> {
            self.asked.set(self.asked.get() + 1);
            if self.is_silent.get() {
                return Err(PortFailure("silent".to_owned()));
            }
            LedgerObject::new(&self.kept).handle(&command, NOW).await
        }
    }

    #[test]
    fn in_steady_state_a_call_costs_no_request_to_the_ledger() {
        let (ledgers, leases) = (Counted::default(), Leases::default());
        let spend = |points| block_on(leases.spend(&ledgers, NOW, &Spender::Charts, points));
        assert!((0..1_000).all(|_| spend(1).is_ok()));
        assert_eq!(ledgers.asked.get(), 10, "once in a hundred points");
    }

    #[test]
    fn who_has_spent_the_hour_is_told_when_the_next_begins_and_the_ledger_is_not_asked_again() {
        let (ledgers, leases) = (Counted::default(), Leases::default());
        let spend = |now| block_on(leases.spend(&ledgers, now, &viewer("grt_1"), 40));
        let allowed = (0..100).filter(|_| spend(NOW).is_ok()).count();
        assert_eq!(allowed, 25, "a thousand points");
        let asked = ledgers.asked.get();
        assert_eq!((spend(NOW), ledgers.asked.get()), (Err(NOW.plus_millis(HOUR - 60_000)), asked));
        assert!(block_on(leases.spend(&ledgers, NOW, &viewer("grt_2"), 40)).is_ok(), "others are not held up");
    }

    #[test]
    fn a_ledger_that_is_silent_stops_nothing() {
        let (ledgers, leases) = (Counted::default(), Leases::default());
        ledgers.is_silent.set(true);
        assert!(block_on(leases.spend(&ledgers, NOW, &Spender::Charts, 1)).is_ok());
    }

    #[test]
    fn what_atlassian_refuses_ends_the_hour_for_all() {
        let (ledgers, one, other) = (Counted::default(), Leases::default(), Leases::default());
        block_on(one.exhaust(&ledgers, NOW, &Spender::Charts));
        for leases in [&one, &other] {
            assert!(block_on(leases.spend(&ledgers, NOW, &Spender::Charts, 1)).is_err());
        }
    }
}
