//! Calls that fail in a row.

use api::{CallOutcome, Cause, FailingCalls, Timestamp};
use serde::{Deserialize, Serialize};

/// So many failed calls in a row say that a connection does not work.
const ENOUGH: u32 = 3;
/// Fewer say so, too, if every call failed for so long, in milliseconds: two minutes.
const LONG: i64 = 120_000;

/// Calls that failed in a row for reasons that lie in the connection: no call succeeded after the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingRun {
    /// What people see of it.
    #[serde(flatten)]
    pub calls: FailingCalls,
    /// The cause that the last of them named.
    pub cause: Cause,
    /// When the last of them failed.
    pub last_at: Timestamp,
}

impl FailingRun {
    /// A run of one call.
    pub const fn began(at: Timestamp, outcome: CallOutcome, cause: Cause, http_status: Option<u16>) -> Self {
        Self { calls: FailingCalls { since: at, failed: 1, of: 1, outcome, http_status }, cause, last_at: at }
    }

    /// This run, and then `later`. Isolates count on their own, so their batches may overlap.
    #[must_use]
    pub fn and_then(self, later: Self) -> Self {
        let newest = if later.last_at >= self.last_at { later } else { self };
        let calls = FailingCalls {
            since: self.calls.since.min(later.calls.since),
            failed: self.calls.failed.saturating_add(later.calls.failed),
            of: self.calls.of.saturating_add(later.calls.of),
            ..newest.calls
        };
        Self { calls, ..newest }
    }

    /// This run, and a call that neither succeeded nor says anything about the connection.
    #[must_use]
    pub fn and_another(mut self) -> Self {
        self.calls.of = self.calls.of.saturating_add(1);
        self
    }

    /// What is left of the run after a call that succeeded `at`. Of how many calls failed later, only the last is known.
    pub fn after_success(self, at: Timestamp) -> Option<Self> {
        let only_last = || FailingCalls { since: self.last_at, failed: 1, of: 1, ..self.calls };
        match (at < self.calls.since, at < self.last_at) {
            (true, _) => Some(self),
            (false, true) => Some(Self { calls: only_last(), ..self }),
            (false, false) => None,
        }
    }

    /// Whether the run says that the connection does not work. Where calls succeeded and failed in turn a moment before
    /// (`is_mixed`), only a long run does: three in a row happen there by chance.
    pub fn is_verdict(&self, is_mixed: bool) -> bool {
        let is_long = self.last_at.since(self.calls.since) >= LONG;
        match (self.calls.failed >= ENOUGH, is_long) {
            (true, true) => true,
            (true, false) => !is_mixed,
            (false, true) => self.calls.failed > 1 && !is_mixed,
            (false, false) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn failed(second: i64) -> FailingRun {
        FailingRun::began(T0.plus_seconds(second), CallOutcome::JiraFault, Cause::SiteUnreachable, Some(503))
    }

    fn run(seconds: &[i64]) -> FailingRun {
        seconds.iter().copied().map(failed).reduce(FailingRun::and_then).expect("a call")
    }

    #[test]
    fn three_calls_in_a_row_or_every_call_of_two_minutes_are_a_verdict() {
        assert!(!run(&[0]).is_verdict(false) && !run(&[0, 1]).is_verdict(false) && run(&[0, 1, 2]).is_verdict(false));
        assert!(!run(&[0, 119]).is_verdict(false) && run(&[0, 120]).is_verdict(false));
    }

    #[test]
    fn where_calls_fail_and_succeed_in_turn_only_a_long_run_is_a_verdict() {
        assert!(!run(&[0, 1, 2, 119]).is_verdict(true));
        assert!(!run(&[0, 120]).is_verdict(true));
        assert!(run(&[0, 60, 120]).is_verdict(true));
    }

    #[test]
    fn runs_of_two_isolates_are_one_from_the_first_call_to_the_last() {
        let late = FailingRun { cause: Cause::IpAllowList, ..failed(9) };
        for both in [run(&[2, 4]).and_then(late), late.and_then(run(&[2, 4]))] {
            assert_eq!((both.calls.since, both.last_at), (T0.plus_seconds(2), T0.plus_seconds(9)));
            assert_eq!((both.calls.failed, both.calls.of, both.cause), (3, 3, Cause::IpAllowList));
        }
    }

    #[test]
    fn a_success_ends_what_failed_before_it_and_nothing_that_failed_after_it() {
        let both = run(&[2, 4, 6]);
        assert_eq!(both.after_success(T0.plus_seconds(1)), Some(both));
        assert_eq!(both.after_success(T0.plus_seconds(5)), Some(failed(6)));
        assert_eq!(both.after_success(T0.plus_seconds(6)), None);
    }

    #[test]
    fn a_call_that_says_nothing_about_the_connection_counts_among_all() {
        let one = failed(0).and_another();
        assert_eq!((one.calls.failed, one.calls.of), (1, 2));
    }
}
