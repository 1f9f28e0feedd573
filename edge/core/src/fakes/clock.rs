//! Time that moves when a test moves it.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Poll, Waker},
    time::Duration,
};

use api::Timestamp;

use crate::ports::{Clock, Timer};

/// A clock, and the timer that goes by it.
#[derive(Debug)]
pub struct FakeClock {
    now: Cell<Timestamp>,
    sleepers: RefCell<Vec<(Timestamp, Waker)>>,
}

impl Default for FakeClock {
    /// 22 November 2026, 05:00 UTC.
    fn default() -> Self {
        Self { now: Cell::new(Timestamp::from_millis(1_795_323_600_000)), sleepers: RefCell::default() }
    }
}

impl FakeClock {
    /// Moves time on and wakes whoever's pause is over.
    pub fn advance(&self, by: Duration) {
        self.now.set(self.now.get().plus_millis(i64::try_from(by.as_millis()).expect("a short while")));
        let now = self.now.get();
        self.sleepers.borrow_mut().retain(|(until, waker)| {
            let over = *until <= now;
            if over {
                waker.wake_by_ref();
            }
            !over
        });
    }

    /// Sets the time back. Pauses end when they would have ended.
    pub fn set_back(&self, by: Duration) {
        self.now.set(self.now.get().plus_millis(-i64::try_from(by.as_millis()).expect("a short while")));
    }

    /// When the next pause ends, if anybody sleeps. Pauses that nobody waits for any more are among them.
    pub fn next_awakening(&self) -> Option<Timestamp> {
        self.sleepers.borrow().iter().map(|(until, _)| *until).min()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }
}

impl Timer for FakeClock {
    async fn sleep(&self, pause: Duration) {
        let until = self.now.get().plus_millis(i64::try_from(pause.as_millis()).expect("a short while"));
        poll_fn(|context| {
            if self.now.get() >= until {
                return Poll::Ready(());
            }
            self.sleepers.borrow_mut().push((until, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
