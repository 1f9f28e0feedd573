//! Moments in words, relative to now.

use api::Timestamp;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;
const YEAR: i64 = 365 * DAY;

/// `then` relative to `now`: *4 minutes ago*, *in 3 days*. Rounded down.
pub(crate) fn relative(now: Timestamp, then: Timestamp) -> String {
    let passed = now.since(then);
    match span(passed.abs()) {
        None => "just now".to_owned(),
        Some(words) if passed > 0 => format!("{words} ago"),
        Some(words) => format!("in {words}"),
    }
}

/// A time span in its largest unit; `None` under a minute. Up to two months it is in days, because warnings about an
/// expiry begin at 30 days and count down.
fn span(millis: i64) -> Option<String> {
    let (unit, name) = [(YEAR, "year"), (MONTH, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")]
        .into_iter()
        .find(|(unit, _)| millis >= *unit && (*unit != MONTH || millis >= 2 * MONTH))?;
    let count = millis / unit;
    Some(if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(seconds_ago: i64) -> String {
        let now = Timestamp::from_millis(1_795_323_600_000);
        relative(now, now.plus_seconds(-seconds_ago))
    }

    #[test]
    fn a_moment_is_told_in_its_largest_whole_unit() {
        let told = [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (3_599, "59 minutes ago")];
        for (seconds, words) in told {
            assert_eq!(said(seconds), words);
        }
        assert_eq!(said(86_400 * 2), "2 days ago");
        assert_eq!(said(86_400 * 45), "45 days ago");
        assert_eq!(said(86_400 * 65), "2 months ago");
        assert_eq!(said(86_400 * 800), "2 years ago");
    }

    #[test]
    fn a_moment_to_come_is_told_as_such() {
        assert_eq!(said(-3 * 86_400), "in 3 days");
        assert_eq!(said(-1), "just now");
    }
}
