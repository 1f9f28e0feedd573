//! A keeper's storage, which fails before the write and after it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use api::Timestamp;

use super::Faults;
use crate::{grant::KeeperStore, ports::PortFailure};

/// What goes wrong with one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// Nothing.
    None,
    /// It is refused, and nothing was written.
    Before,
    /// It is refused, and was written all the same.
    After,
}

/// One record and one alarm.
#[derive(Debug)]
pub struct FakeStore {
    /// What goes wrong with the next writes, one each; then all is well.
    pub faults: RefCell<VecDeque<WriteFault>>,
    /// Refuse every write, as the storage of an object does that was replaced by another instance.
    pub read_only: Cell<bool>,
    /// Refuse to set the alarm.
    pub no_alarm: Cell<bool>,
    record: RefCell<Option<String>>,
    alarm: Cell<Option<Timestamp>>,
    written: Cell<usize>,
    steps: Rc<Faults>,
}

impl FakeStore {
    /// Empty.
    pub fn new(steps: Rc<Faults>) -> Self {
        Self {
            faults: RefCell::default(),
            read_only: Cell::new(false),
            no_alarm: Cell::new(false),
            record: RefCell::default(),
            alarm: Cell::default(),
            written: Cell::default(),
            steps,
        }
    }

    /// What is stored.
    pub fn record(&self) -> Option<String> {
        self.record.borrow().clone()
    }

    /// Puts a record there, as an older version of the code might have left it.
    pub fn put(&self, record: &str) {
        *self.record.borrow_mut() = Some(record.to_owned());
    }

    /// When the alarm goes off.
    pub fn alarm(&self) -> Option<Timestamp> {
        self.alarm.get()
    }

    /// The platform takes the alarm back before it delivers it.
    pub fn disarm(&self) {
        self.alarm.set(None);
    }

    /// The platform sets the alarm again after a delivery that failed.
    pub fn arm(&self, at: Timestamp) {
        self.alarm.set(Some(at));
    }

    /// How often a record was written.
    pub fn writes(&self) -> usize {
        self.written.get()
    }

    async fn replace(&self, record: Option<&str>) -> Result<(), PortFailure> {
        self.steps.pass("storage: before the write").await;
        let fault = self.faults.borrow_mut().pop_front().unwrap_or(WriteFault::None);
        if self.read_only.get() || fault == WriteFault::Before {
            return Err(PortFailure("storage refused the write".to_owned()));
        }
        *self.record.borrow_mut() = record.map(str::to_owned);
        self.written.set(self.written.get() + 1);
        self.steps.pass("storage: after the write").await;
        if fault == WriteFault::After {
            Err(PortFailure("storage did not confirm the write".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl KeeperStore for FakeStore {
    async fn load(&self) -> Result<Option<String>, PortFailure> {
        self.steps.pass("storage: read").await;
        Ok(self.record())
    }

    async fn save(&self, record: &str) -> Result<(), PortFailure> {
        self.replace(Some(record)).await
    }

    async fn erase(&self) -> Result<(), PortFailure> {
        self.replace(None).await
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        self.steps.pass("alarm: before").await;
        if self.no_alarm.get() {
            return Err(PortFailure("the alarm was refused".to_owned()));
        }
        self.alarm.set(at);
        self.steps.pass("alarm: after").await;
        Ok(())
    }
}
