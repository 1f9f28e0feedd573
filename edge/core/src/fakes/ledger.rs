//! The ledger of points, in memory.

use std::cell::{Cell, RefCell};

use api::Timestamp;

use crate::{
    ports::PortFailure,
    quota_ledger::{Lease, LedgerObject, LedgerStore},
};

/// The ledger of points. It is started anew for each request, over what it has stored.
#[derive(Default)]
pub struct FakeLedger {
    record: RefCell<Option<String>>,
    asked: Cell<u32>,
    handed_out: Cell<u32>,
    is_silent: Cell<bool>,
}

impl FakeLedger {
    /// Answers a command, unless it is silent.
    pub async fn answer(&self, command: &str, now: Timestamp) -> Result<String, PortFailure> {
        self.asked.set(self.asked.get() + 1);
        if self.is_silent.get() {
            return Err(PortFailure("silent".to_owned()));
        }
        let answer = LedgerObject::new(self).handle(command, now).await?;
        let lease: Lease = serde_json::from_str(&answer).expect("a lease");
        self.handed_out.set(self.handed_out.get() + lease.points);
        Ok(answer)
    }

    /// How often it was asked.
    pub fn asked(&self) -> u32 {
        self.asked.get()
    }

    /// How many points it has handed out.
    pub fn handed_out(&self) -> u32 {
        self.handed_out.get()
    }

    /// Whether it fails every request from now on.
    pub fn falls_silent(&self, silent: bool) {
        self.is_silent.set(silent);
    }
}

impl LedgerStore for &FakeLedger {
    async fn load(&self) -> Result<Option<String>, PortFailure> {
        Ok(self.record.borrow().clone())
    }

    async fn save(&self, record: &str) -> Result<(), PortFailure> {
        self.record.replace(Some(record.to_owned()));
        Ok(())
    }
}
