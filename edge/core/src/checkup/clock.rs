//! Do our clock and Atlassian's agree?

use api::Timestamp;
use chrono::DateTime;
use http::{HeaderMap, header};

use crate::checkup::judgement::Judgement;

/// So far apart, in milliseconds, expiries are misjudged: five minutes.
const APART: i64 = 300_000;

/// The `Date` of an answer (RFC 9110, section 6.6.1).
pub(super) fn read(headers: &HeaderMap) -> Option<Timestamp> {
    let date = DateTime::parse_from_rfc2822(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    Some(Timestamp::from_millis(date.timestamp_millis()))
}

/// Judges Atlassian's date and ours at its arrival.
pub(super) fn judge(dated: Option<(Timestamp, Timestamp)>) -> Judgement {
    let Some((theirs, ours)) = dated else {
        return Judgement::skipped("Skipped: Atlassian's answer carried no date.");
    };
    let apart = ours.since(theirs);
    if apart.abs() <= APART {
        return Judgement::passed("Our clock and Atlassian's agree.");
    }
    let direction = if apart > 0 { "ahead of" } else { "behind" };
    Judgement::flawed(
        format!("Our clock is {} minutes {direction} Atlassian's.", apart.abs() / 60_000),
        "The operator of Causeway must set the clock of the machine that it runs on.",
    )
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;
    use crate::checkup::tests::answer_with;

    #[test]
    fn clocks_more_than_five_minutes_apart_fail() {
        let ours = Timestamp::from_millis(1_795_323_600_000);
        for (apart, outcome) in [
            (0, StepOutcome::Passed),
            (APART, StepOutcome::Passed),
            (-APART, StepOutcome::Passed),
            (APART + 1, StepOutcome::Failed),
            (-APART - 1, StepOutcome::Failed),
        ] {
            assert_eq!(judge(Some((ours.plus_millis(-apart), ours))).outcome, outcome, "{apart} ms");
        }
        let behind = judge(Some((ours.plus_millis(3_600_000), ours)));
        assert_eq!(behind.detail, "Our clock is 60 minutes behind Atlassian's.");
        assert_eq!(judge(None).outcome, StepOutcome::Skipped);
    }

    #[test]
    fn the_date_is_read_from_the_answer() {
        let read = |date: &str| read(answer_with(200, "", &[("date", date)]).headers());
        assert_eq!(read("Sun, 22 Nov 2026 05:00:00 GMT"), Timestamp::parse("2026-11-22T05:00:00Z"));
        assert_eq!(read("yesterday"), None);
    }
}
