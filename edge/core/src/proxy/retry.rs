//! The retries of safe calls.

use std::time::Duration;

use crate::ports::Random;

/// The most retries.
const TRIES: u32 = 2;
/// The longest total wait of a call for its retries.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The remaining retries of a call.
#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    tried: u32,
    waited: Duration,
}

impl RetryBudget {
    /// The pause before the next attempt, or `None` if there is none. `retry_after` is Jira's, in seconds: it is
    /// respected, or the call is given up. Without it, or with 0, the pauses are about 1 s and 2 s.
    pub(super) fn next_pause(&mut self, retry_after: Option<u64>, random: &impl Random) -> Option<Duration> {
        if self.tried >= TRIES {
            return None;
        }
        let asked = retry_after.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let pause = asked.map_or_else(|| self.backoff(random), |asked| asked.saturating_add(jitter(random, 250)));
        let waited = self.waited.saturating_add(asked.unwrap_or(pause));
        if waited > TIMEOUT {
            return None;
        }
        self.tried += 1;
        self.waited = waited;
        Some(pause)
    }

    fn backoff(&self, random: &impl Random) -> Duration {
        Duration::from_millis(750 << self.tried).saturating_add(jitter(random, 500 << self.tried))
    }
}

/// A random pause of up to about `millis`, so that calls that failed together are not retried together.
pub(super) fn jitter(random: &impl Random, millis: u64) -> Duration {
    let mut byte = [0];
    random.fill(&mut byte);
    let [byte] = byte;
    Duration::from_millis(millis * u64::from(byte) / 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);
    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_call_is_tried_again_twice_at_most_after_about_one_and_two_seconds() {
        let mut budget = RetryBudget::default();
        let pauses: Vec<_> = (0..4).map(|_| budget.next_pause(None, &Always(128))).collect();
        assert_eq!(pauses, [Some(Duration::from_secs(1)), Some(Duration::from_secs(2)), None, None]);
    }

    #[test]
    fn zero_is_no_licence_to_hammer() {
        assert_eq!(RetryBudget::default().next_pause(Some(0), &Always(0)), Some(Duration::from_millis(750)));
    }

    #[test]
    fn a_call_waits_as_long_as_jira_asks_or_gives_up() {
        let mut budget = RetryBudget::default();
        assert_eq!(budget.next_pause(Some(6), &Always(0)), Some(Duration::from_secs(6)));
        assert_eq!(budget.next_pause(Some(6), &Always(0)), None, "12 s are more than the patience of 10 s");
        assert_eq!(budget.next_pause(Some(u64::MAX), &Always(255)), None);
    }
}
