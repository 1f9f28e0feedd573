//! Calls through connections: how many ended how, which failed last, what sites said about their rate limits, and what
//! all of this says about a connection's status.
//!
//! The proxy counts calls in its isolates and sends them in batches ([`RecordCalls`]), after the calls were answered. A
//! batch that is lost is lost: nothing that somebody decided depends on it.

mod failing_run;
mod history;
mod rate_limit;
mod recorded;
mod verdict;

pub use failing_run::FailingRun;
pub use recorded::{CallCount, CountedCalls, KeyCalls, ObservedRateLimit, RecordCalls};

/// An hour, in milliseconds: calls are counted by the hour.
pub(crate) const HOUR: i64 = 3_600_000;
/// A day, in milliseconds.
const DAY: i64 = 24 * HOUR;
/// How long counts and failed calls are kept, in milliseconds: 31 days.
const CALLS_KEPT: i64 = 31 * DAY;

/// The beginning of the step of `millis` that `at` falls into.
pub(crate) const fn step_of(at: api::Timestamp, millis: i64) -> api::Timestamp {
    api::Timestamp::from_millis(at.as_millis() - at.as_millis().rem_euclid(millis))
}
