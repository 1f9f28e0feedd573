//! `Retry-After` (RFC 9110, section 10.2.3), which may be missing or contain anything.

use api::Timestamp;
use chrono::DateTime;

use crate::grant::whole_seconds;

/// The longest wait that is accepted or sent, in seconds: Atlassian's quota is hourly.
pub(super) const LONGEST: u64 = 3600;

/// The seconds to wait; `None` if the value is neither a number nor a date. A date in the past is 0.
pub(crate) fn read(value: &str, now: Timestamp) -> Option<u64> {
    if let Some(seconds) = whole_seconds(value) {
        return Some(seconds);
    }
    let date = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    let seconds = date.timestamp().saturating_sub(now.as_millis() / 1000);
    Some(u64::try_from(seconds).unwrap_or(0))
}

/// The value for callers: 1 to 3600 seconds.
pub(crate) fn clamped(seconds: u64) -> u32 {
    u32::try_from(seconds.clamp(1, LONGEST)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jira_might_send_is_read_and_bounded() {
        let now = Timestamp::parse("2026-11-22T05:00:00Z").expect("a date");
        for (sent, read_as, checkup_requests) in [
            ("30", Some(30), 30),
            ("0", Some(0), 1),
            ("1000000000", Some(1_000_000_000), 3600),
            ("99999999999999999999999", Some(u64::MAX), 3600),
            ("Sun, 22 Nov 2026 05:00:10 GMT", Some(10), 10),
            ("Sun, 22 Nov 2026 04:00:00 GMT", Some(0), 1),
            ("-1", None, 1),
            ("", None, 1),
            ("soon", None, 1),
            ("1.5", None, 1),
            ("1e9", None, 1),
        ] {
            assert_eq!(read(sent, now), read_as, "{sent}");
            assert_eq!(clamped(read_as.unwrap_or(0)), checkup_requests, "{sent}");
        }
    }
}
