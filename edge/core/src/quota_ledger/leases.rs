//! What an isolate, or an object, holds of the points of the hour.

use std::{cell::RefCell, collections::BTreeMap, pin::pin, time::Duration};

use api::Timestamp;
use futures::future::{Either, select};
use serde::{Deserialize, Serialize};

use super::{FIRST_LOT, LOT, Lease, LedgerCommand, QuotaLedgers, Spender, next_hour};
use crate::ports::{Level, Log, Timer};

/// How long the ledger is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is held of the points of the hour.
#[derive(Default)]
pub struct Leases {
    held: RefCell<BTreeMap<Spender, HeldLot>>,
}

/// Lots, as far as they are not spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLot {
    /// What is left; less than nothing if an answer held more than was left.
    left: i64,
    /// When the hour ends, and the points with it.
    until: Timestamp,
    /// How many points the last lot was to have.
    lot: u32,
    /// Whether the ledger has nothing more in this hour.
    is_last: bool,
}

impl Leases {
    /// Spends points before a call. The ledger is asked only if what is held does not suffice, and not again in an hour in
    /// which it has nothing more. A ledger that does not answer stops nothing: a lot is taken on trust, and it is asked again
    /// once that is spent. Atlassian refuses what is too much.
    ///
    /// # Errors
    /// When the next hour begins, if there are no points left.
    pub async fn spend(
        &self,
        platform: &(impl QuotaLedgers + Timer + Log),
        now: Timestamp,
        spender: &Spender,
        points: u32,
    ) -> Result<(), Timestamp> {
        self.held.borrow_mut().retain(|_, held| held.until > now);
        loop {
            let held = self.held.borrow().get(spender).copied();
            let rest = held.map_or(0, |held| held.left) - i64::from(points);
            match held {
                Some(held) if rest >= 0 => {
                    self.held.borrow_mut().insert(spender.clone(), HeldLot { left: rest, ..held });
                    return Ok(());
                }
                Some(held) if held.is_last => return Err(held.until),
                held => self.lease(platform, now, spender, rest.unsigned_abs(), held.map(|held| held.lot)).await,
            }
        }
    }

    /// Spends points after a call: what an answer costs is known only then. If they are not there, the next call needs more.
    pub fn charge(&self, spender: &Spender, points: u32) {
        if let Some(held) = self.held.borrow_mut().get_mut(spender) {
            held.left -= i64::from(points);
        }
    }

    /// Remembers and tells the ledger that Atlassian has refused a call because the hour is used up.
    pub async fn exhaust(&self, platform: &(impl QuotaLedgers + Timer + Log), now: Timestamp, spender: &Spender) {
        let held = HeldLot { left: 0, until: next_hour(now), lot: LOT, is_last: true };
        self.held.borrow_mut().insert(spender.clone(), held);
        if let Err(why) = ask(platform, &LedgerCommand::Exhausted).await {
            // The next call of whoever has points learns it from Atlassian.
            platform.log(Level::Warning, "quota.ledger_not_asked", &[("cause", &why)]);
        }
    }

    /// Whether anything is held.
    pub fn holds(&self, spender: &Spender) -> bool {
        self.held.borrow().contains_key(spender)
    }

    /// Gives away what is held, for whoever keeps it meanwhile.
    pub fn take(&self, spender: &Spender) -> Option<HeldLot> {
        self.held.borrow_mut().remove(spender)
    }

    /// Holds what was [taken](Self::take) before.
    pub fn put(&self, spender: Spender, held: HeldLot) {
        self.held.borrow_mut().insert(spender, held);
    }

    /// Asks for a lot of at least so many points.
    async fn lease(
        &self,
        platform: &(impl QuotaLedgers + Timer + Log),
        now: Timestamp,
        spender: &Spender,
        needed: u64,
        last: Option<u32>,
    ) {
        let points = u32::try_from(needed).unwrap_or(u32::MAX);
        let lot = match (spender, last) {
            (Spender::Tasks, None) => FIRST_LOT,
            (Spender::Tasks, Some(last)) => last.saturating_mul(2).min(LOT),
            _ => LOT,
        };
        let command = LedgerCommand::Lease { spender: spender.clone(), points, lot: Some(lot) };
        let lease = ask(platform, &command).await.unwrap_or_else(|why| {
            platform.log(Level::Warning, "quota.ledger_not_asked", &[("cause", &why)]);
            Lease { points: lot.max(points), until: next_hour(now) }
        });
        // Somebody else may have asked, or spent, meanwhile.
        let mut all = self.held.borrow_mut();
        let before = all.get(spender).filter(|held| held.until >= lease.until);
        let (left, was_last) = before.map_or((0, false), |held| (held.left, held.is_last));
        let held = HeldLot {
            left: left + i64::from(lease.points),
            until: lease.until,
            lot,
            is_last: was_last || lease.points == 0,
        };
        all.insert(spender.clone(), held);
    }
}

async fn ask(platform: &(impl QuotaLedgers + Timer), command: &LedgerCommand) -> Result<Lease, String> {
    let command = serde_json::to_string(command).map_err(|error| error.to_string())?;
    let answer = match select(pin!(platform.call_ledger(command)), pin!(platform.sleep(PATIENCE))).await {
        Either::Left((answer, _)) => answer.map_err(|failure| failure.0)?,
        Either::Right(((), _)) => return Err("it did not answer within five seconds".to_owned()),
    };
    serde_json::from_str(&answer).map_err(|error| error.to_string())
}
