//! KV with its failures.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::pending,
    rc::Rc,
    time::Duration,
};

use api::{GrantId, Timestamp};

use super::{FakeClock, Faults};
use crate::{
    grant::TokenCopies,
    organization_id::OrganizationId,
    ports::{Clock, PortFailure},
};

/// How KV behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kv {
    /// It works, at once.
    #[default]
    Works,
    /// It refuses reads and writes.
    Refuses,
    /// It refuses writes, and serves reads.
    RefusesWrites,
    /// It answers nothing.
    Stalls,
    /// It accepts writes, and serves the value of that long ago, or nothing.
    Lags(Duration),
}

/// What a key had, and since when.
type History = Vec<(Timestamp, Option<String>)>;

/// The sealed copies, with every value a key ever had.
#[derive(Debug)]
pub struct ChaoticCopies {
    /// How it behaves from now on.
    pub mood: Cell<Kv>,
    history: RefCell<HashMap<String, History>>,
    clock: Rc<FakeClock>,
    faults: Rc<Faults>,
}

impl ChaoticCopies {
    /// Empty, and working.
    pub fn new(clock: Rc<FakeClock>, faults: Rc<Faults>) -> Self {
        Self { mood: Cell::default(), history: RefCell::default(), clock, faults }
    }

    /// The current value, whatever readers see.
    pub fn newest(&self, organization: &OrganizationId, grant: &GrantId) -> Option<String> {
        self.at(&key(organization, grant), self.clock.now())
    }

    /// Everything that was ever there.
    pub fn everything(&self) -> Vec<String> {
        self.history.borrow().values().flatten().filter_map(|(_, value)| value.clone()).collect()
    }

    fn at(&self, key: &str, moment: Timestamp) -> Option<String> {
        let history = self.history.borrow();
        history.get(key)?.iter().rev().find(|(since, _)| *since <= moment)?.1.clone()
    }

    async fn replace(&self, key: String, value: Option<String>) -> Result<(), PortFailure> {
        self.faults.pass("KV: before the write").await;
        match self.mood.get() {
            Kv::Stalls => pending().await,
            Kv::Refuses | Kv::RefusesWrites => Err(PortFailure("KV refused the write".to_owned())),
            Kv::Works | Kv::Lags(_) => {
                self.history.borrow_mut().entry(key).or_default().push((self.clock.now(), value));
                self.faults.pass("KV: after the write").await;
                Ok(())
            }
        }
    }
}

fn key(organization: &OrganizationId, grant: &GrantId) -> String {
    format!("grant/{organization}/{grant}")
}

impl TokenCopies for ChaoticCopies {
    async fn read(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Option<String>, PortFailure> {
        self.faults.pass("KV: read").await;
        let now = self.clock.now();
        let lag = match self.mood.get() {
            Kv::Stalls => pending().await,
            Kv::Refuses => return Err(PortFailure("KV refused the read".to_owned())),
            Kv::Works | Kv::RefusesWrites => Duration::ZERO,
            Kv::Lags(lag) => lag,
        };
        let lag = i64::try_from(lag.as_millis()).expect("a short while");
        Ok(self.at(&key(organization, grant), now.plus_millis(-lag)))
    }

    async fn write(&self, organization: &OrganizationId, grant: &GrantId, copy: &str) -> Result<(), PortFailure> {
        self.replace(key(organization, grant), Some(copy.to_owned())).await
    }

    async fn remove(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure> {
        self.replace(key(organization, grant), None).await
    }
}
