//! The ledger of the points that Atlassian lets an app spend in an hour, over all its customers.
//!
//! One Durable Object for each deployment hands them out in lots, and whoever has a lot spends it without asking: so in steady
//! state neither a chart nor a task costs a request to the ledger. What a lot leaves unspent is lost with its hour.
//!
//! Each leaves room for the others. Charts get half of the hour at most, and somebody who looks with their own access a
//! thousand points; tasks get three quarters; all of them together nine tenths, and the last tenth stays for calls of API
//! keys, which nobody leases. Of what tasks get, the last tenth goes in small lots only, to projects that have just begun:
//! so one with many tasks does not hold up the others.
//! Source: <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>.

mod leases;

#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::BTreeMap};

use api::Timestamp;
use serde::{Deserialize, Serialize};

pub use leases::{HeldLot, Leases};

use crate::ports::PortFailure;

/// An hour, in milliseconds. Atlassian's quota begins anew at each full hour of UTC.
const HOUR: i64 = 3_600_000;
/// What an app may spend in an hour.
const APP: u32 = 65_000;
/// What is handed out of it.
const LEASED: u32 = APP / 10 * 9;
/// What charts may spend of it.
const CHARTS: u32 = APP / 2;
/// What one viewer may spend of that.
const VIEWER: u32 = 1_000;
/// What tasks may spend of it.
const TASKS: u32 = APP / 4 * 3;
/// What is left of that to projects that have just begun.
const BEGINNERS: u32 = TASKS / 10;
/// How many points a lot has, unless more are needed at once.
const LOT: u32 = 100;
/// How many the first lot of a project in an hour has. Each further one has twice as many, up to [`LOT`]: many projects have
/// little to do, and what they leave is lost.
const FIRST_LOT: u32 = 10;

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
        /// How many are wanted, if there are enough; `None` for a whole lot.
        #[serde(default)]
        lot: Option<u32>,
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
#[serde(default)]
pub struct Ledger {
    /// The hour, counted from the Unix epoch.
    hour: i64,
    all: u32,
    charts: u32,
    tasks: u32,
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
    pub fn lease(&mut self, spender: &Spender, points: u32, lot: Option<u32>, now: Timestamp) -> Lease {
        let until = self.begin(now);
        let lot = lot.map_or(LOT, |lot| lot.min(LOT));
        let left = match spender {
            _ if self.is_exhausted => 0,
            Spender::Tasks if lot < LOT => self.left_of(TASKS, self.tasks),
            Spender::Tasks => self.left_of(TASKS, self.tasks).saturating_sub(BEGINNERS),
            Spender::Charts => self.left_of(CHARTS, self.charts),
            Spender::Viewer(grant) => {
                let spent = self.viewers.get(grant).copied().unwrap_or_default();
                self.left_of(CHARTS, self.charts).min(VIEWER.saturating_sub(spent))
            }
        };
        let lot = lot.max(points).min(left);
        if lot < points {
            return Lease { points: 0, until };
        }
        self.all += lot;
        if *spender == Spender::Tasks {
            self.tasks += lot;
        } else {
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

    /// What is left of a share of the hour, of which so much is spent.
    fn left_of(&self, share: u32, spent: u32) -> u32 {
        share.saturating_sub(spent).min(LEASED.saturating_sub(self.all))
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
                LedgerCommand::Lease { spender, points, lot } => ledger.lease(spender, *points, *lot, now),
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
