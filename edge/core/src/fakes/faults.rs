//! Where a test kills the edge.

use std::{
    cell::{Cell, RefCell},
    future::pending,
};

/// Counts the steps between effects. A test can kill the edge at one of them: from then on nothing that passes here
/// continues, as if the process had ended. The test then drops what hangs and restarts over the same storage.
#[derive(Debug, Default)]
pub struct Faults {
    steps: RefCell<Vec<&'static str>>,
    kill_at: Cell<Option<usize>>,
    killed: Cell<bool>,
}

impl Faults {
    /// Kills the edge at the step of that number, counted from 0 and from now.
    pub fn kill_at(&self, step: usize) {
        self.steps.borrow_mut().clear();
        self.kill_at.set(Some(step));
    }

    /// Whether the edge was killed.
    pub fn killed(&self) -> bool {
        self.killed.get()
    }

    /// Lets a new edge live. Tells at which step the last one was killed, if it was.
    pub fn revive(&self) -> Option<&'static str> {
        let last = self.steps.borrow().last().copied();
        self.kill_at.set(None);
        last.filter(|_| self.killed.replace(false))
    }

    /// A step: returns at once, or never.
    pub async fn pass(&self, step: &'static str) {
        if !self.killed.get() {
            let number = self.steps.borrow().len();
            self.steps.borrow_mut().push(step);
            self.killed.set(self.kill_at.get() == Some(number));
        }
        if self.killed.get() {
            pending::<()>().await;
        }
    }
}
