//! Pauses between token requests.

use api::Timestamp;

use super::record::Intent;

pub(super) const SECOND: i64 = 1000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// Within this time after the refresh token was first presented, it can safely be presented again: Atlassian's ten
/// minutes of leeway, minus one for clock differences and latency.
const LEEWAY: i64 = 9 * MINUTE;
/// The longest pause within the leeway.
const LONGEST_INSIDE: i64 = MINUTE;
/// The pause after the leeway.
const AFTERWARDS: i64 = 3 * MINUTE;
/// Seconds after which to check again for a missing key.
pub(super) const KEY_RETRY: u32 = 60;
/// The longest pause that a response can impose.
const LONGEST: i64 = 5 * MINUTE;

/// A random fraction, from 0 to 1000 per mille, so that many grants do not act at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jitter(i64);

impl Jitter {
    pub(super) fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(i64::from(u16::from_be_bytes(bytes)) * 1000 / i64::from(u16::MAX))
    }

    /// This fraction of `whole`.
    pub(super) const fn of(self, whole: i64) -> i64 {
        whole / 1000 * self.0 + whole % 1000 * self.0 / 1000
    }
}

/// The pause after attempt number `attempt`: 1, 2, 4, 8 … s up to a minute within the leeway, then three minutes; plus
/// up to a tenth of jitter.
pub(super) fn pause_after(attempt: u32, first_sent: Timestamp, now: Timestamp, jitter: Jitter) -> i64 {
    let pause = if now.since(first_sent) < LEEWAY {
        (SECOND << attempt.saturating_sub(1).min(10)).min(LONGEST_INSIDE)
    } else {
        AFTERWARDS
    };
    pause + jitter.of(pause / 10)
}

/// The pause while an endpoint refuses our client: one minute, growing to five.
pub(super) fn circuit_break_pause(attempt: u32, jitter: Jitter) -> i64 {
    (i64::from(attempt.max(1)) * MINUTE + jitter.of(SECOND)).min(LONGEST)
}

/// The pause that respects `Retry-After`: at least `pause`, at most five minutes. A value that is not a number of
/// seconds is ignored.
pub(super) fn with_retry_after(retry_after: Option<&str>, pause: i64) -> i64 {
    let asked = retry_after.and_then(whole_seconds).and_then(|seconds| i64::try_from(seconds.min(300)).ok());
    asked.map_or(pause, |seconds| pause.max(seconds * SECOND))
}

/// The seconds of a `Retry-After` that is not a date: digits only (RFC 9110, section 10.2.3).
pub(crate) fn whole_seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Seconds until the next attempt, at least one, for callers.
pub(super) fn retry_after(intent: Option<&Intent>, now: Timestamp) -> u32 {
    let millis = intent.map_or(SECOND, |intent| intent.next_attempt_at.since(now));
    u32::try_from((millis + SECOND - 1) / SECOND).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_323_600_000);
    const NONE: Jitter = Jitter(0);

    #[test]
    fn pauses_double_up_to_a_minute_and_become_minutes_after_the_leeway() {
        let early = |attempt| pause_after(attempt, START, START.plus_seconds(60), NONE) / SECOND;
        assert_eq!((1..=8).map(early).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause_after(u32::MAX, START, START.plus_seconds(9 * 60), NONE), 3 * MINUTE);
    }

    #[test]
    fn chance_adds_no_more_than_a_tenth() {
        let most = Jitter::from_bytes([0xff, 0xff]);
        assert_eq!(pause_after(1, START, START, most), 1100);
        assert_eq!(Jitter::from_bytes([0, 0]), NONE);
        assert_eq!(most.of(5 * DAY), 5 * DAY);
    }

    #[test]
    fn a_wish_for_quiet_is_honoured_within_bounds() {
        let cases = [("30", 30), ("1e9", 1), ("1000000000", 300), ("0", 1), ("-1", 1), ("", 1), ("NaN", 1)];
        for (text, seconds) in cases {
            assert_eq!(with_retry_after(Some(text), SECOND), seconds * SECOND, "{text}");
        }
        assert_eq!(with_retry_after(Some("Sun, 22 Nov 2026 05:00:00 GMT"), SECOND), SECOND);
        assert_eq!(with_retry_after(None, 7 * SECOND), 7 * SECOND);
    }

    #[test]
    fn the_circuit_stays_open_for_one_to_five_minutes() {
        assert_eq!([1, 2, 5, 50].map(|n| circuit_break_pause(n, NONE) / MINUTE), [1, 2, 5, 5]);
    }
}
