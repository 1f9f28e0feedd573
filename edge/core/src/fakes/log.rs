//! The log, kept.

use std::cell::RefCell;

use crate::ports::{Level, Log};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who should read it.
    pub level: Level,
    /// Its stable name.
    pub event: &'static str,
    /// Its pairs, as `name=value`, separated by blanks.
    pub details: String,
}

/// Keeps every line.
#[derive(Debug, Default)]
pub struct LogRecorder(RefCell<Vec<Line>>);

impl LogRecorder {
    /// Every line so far.
    pub fn lines(&self) -> Vec<Line> {
        self.0.borrow().clone()
    }

    /// The lines of one event.
    pub fn of(&self, event: &str) -> Vec<Line> {
        self.lines().into_iter().filter(|line| line.event == event).collect()
    }
}

impl Log for LogRecorder {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        let details = details.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
        self.0.borrow_mut().push(Line { level, event, details });
    }
}
