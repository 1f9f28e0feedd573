//! Moments in words, relative to now.

use api::Timestamp;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
const MONTH: i64 = YEAR / 12;

/// How far ahead a moment may be and still be *just now*: the clocks of the edge and of the browser differ.
const SKEW: i64 = 5_000;

/// A unit, with its name and the shortest time that is counted in it.
type Unit = (i64, i64, &'static str);

/// The units of what has passed. Days go up to four months, because a month is no exact count of days.
const PAST: [Unit; 5] = [
    (2 * YEAR, YEAR, "year"),
    (4 * MONTH, MONTH, "month"),
    (DAY, DAY, "day"),
    (HOUR, HOUR, "hour"),
    (MINUTE, MINUTE, "minute"),
];

/// The units of what is to come. They are finer, because people plan by them.
const FUTURE: [Unit; 5] = [
    (2 * YEAR, YEAR, "year"),
    (4 * MONTH, MONTH, "month"),
    (2 * DAY, DAY, "day"),
    (2 * HOUR, HOUR, "hour"),
    (MINUTE, MINUTE, "minute"),
];

/// `then` relative to `now`: *4 minutes ago*, *in 3 days*. What has passed is rounded down, as people count it; what is
/// to come is rounded to the nearest, so that 90 days that began a second ago are still 90 days.
pub(crate) fn relative(now: Timestamp, then: Timestamp) -> String {
    let passed = now.since(then);
    if passed >= 0 {
        counted(&PAST, passed, |unit| passed / unit)
            .map_or_else(|| "just now".to_owned(), |words| format!("{words} ago"))
    } else if -passed <= SKEW {
        "just now".to_owned()
    } else {
        counted(&FUTURE, -passed, |unit| (unit / 2 - passed) / unit)
            .map_or_else(|| "in less than a minute".to_owned(), |words| format!("in {words}"))
    }
}

/// A time span in the largest unit that fits; `None` under a minute.
fn counted(units: &[Unit], millis: i64, count: impl Fn(i64) -> i64) -> Option<String> {
    let (_, unit, name) = units.iter().find(|(shortest, ..)| millis >= *shortest)?;
    let count = count(*unit);
    Some(if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(seconds_ago: i64) -> String {
        let now = Timestamp::from_millis(1_795_323_600_000);
        relative(now, now.plus_seconds(-seconds_ago))
    }

    const SECONDS_A_DAY: i64 = 86_400;

    #[test]
    fn what_has_passed_is_told_in_whole_units() {
        let told = [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (2 * 3_600 - 1, "1 hour ago"),
            (SECONDS_A_DAY - 1, "23 hours ago"),
            (2 * SECONDS_A_DAY, "2 days ago"),
            (45 * SECONDS_A_DAY, "45 days ago"),
            (90 * SECONDS_A_DAY - 1, "89 days ago"),
            (121 * SECONDS_A_DAY, "121 days ago"),
            (122 * SECONDS_A_DAY, "4 months ago"),
            (729 * SECONDS_A_DAY, "23 months ago"),
            (800 * SECONDS_A_DAY, "2 years ago"),
        ];
        for (seconds, words) in told {
            assert_eq!(said(seconds), words, "{seconds} s ago");
        }
    }

    #[test]
    fn what_is_to_come_is_rounded_to_the_nearest() {
        let told = [
            (10, "in less than a minute"),
            (59, "in less than a minute"),
            (60, "in 1 minute"),
            (20 * 60 - 1, "in 20 minutes"),
            (3_600 - 1, "in 60 minutes"),
            (90 * 60, "in 90 minutes"),
            (24 * 3_600 - 1, "in 24 hours"),
            (47 * 3_600, "in 47 hours"),
            (3 * SECONDS_A_DAY - 1, "in 3 days"),
            (30 * SECONDS_A_DAY - 1, "in 30 days"),
            (90 * SECONDS_A_DAY - 864, "in 90 days"),
            (365 * SECONDS_A_DAY - 1, "in 12 months"),
            (1_000 * SECONDS_A_DAY, "in 3 years"),
        ];
        for (seconds, words) in told {
            assert_eq!(said(-seconds), words, "in {seconds} s");
        }
    }

    #[test]
    fn a_clock_that_is_a_little_slow_tells_nothing_of_the_future() {
        assert_eq!(said(-1), "just now");
        assert_eq!(said(-5), "just now");
    }
}
