//! Compares our clock with the other side's.

use api::Timestamp;
use chrono::DateTime;
use http::{HeaderMap, header};

use crate::checkup::step_result::StepResult;

/// The largest harmless difference, in milliseconds: beyond five minutes, expiries are misjudged.
const APART: i64 = 300_000;

/// The `Date` of a response (RFC 9110, section 6.6.1).
pub(super) fn read(headers: &HeaderMap) -> Option<Timestamp> {
    let date = DateTime::parse_from_rfc2822(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    Some(Timestamp::from_millis(date.timestamp_millis()))
}

/// The owner of the other clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockOwner {
    /// Atlassian, whose clock is taken to be right.
    Atlassian,
    /// A Data Center site, whose clock may be wrong.
    Jira,
}

impl ClockOwner {
    const fn name(self) -> &'static str {
        match self {
            Self::Atlassian => "Atlassian",
            Self::Jira => "Jira",
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::Atlassian => "The operator of Causeway must correct the clock of the machine that it runs on.",
            Self::Jira => "A Jira administrator must correct the clock of the Jira server.",
        }
    }
}

/// Compares the other side's date with our time at its arrival.
pub(super) fn judge(clock_reading: Option<(Timestamp, Timestamp)>, whose: ClockOwner) -> StepResult {
    let name = whose.name();
    let Some((theirs, ours)) = clock_reading else {
        return StepResult::skipped(format!("Skipped: {name}'s answer carried no date."));
    };
    let apart = ours.since(theirs);
    if apart.abs() <= APART {
        return StepResult::passed(format!("Our clock and {name}'s agree."));
    }
    let direction = if apart > 0 { "ahead of" } else { "behind" };
    let minutes = (apart.abs() + 30_000) / 60_000;
    StepResult::flawed(format!("Our clock is {minutes} minutes {direction} {name}'s."), whose.remedy())
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
            assert_eq!(
                judge(Some((ours.plus_millis(-apart), ours)), ClockOwner::Atlassian).outcome,
                outcome,
                "{apart} ms"
            );
        }
        let hour = Some((ours.plus_millis(3_600_000), ours));
        let behind = judge(hour, ClockOwner::Atlassian);
        assert_eq!(behind.detail, "Our clock is 60 minutes behind Atlassian's.");
        let nearly = Some((ours.plus_millis(1_199_400), ours));
        assert_eq!(judge(nearly, ClockOwner::Jira).detail, "Our clock is 20 minutes behind Jira's.");
        let behind = judge(hour, ClockOwner::Jira);
        assert_eq!(behind.detail, "Our clock is 60 minutes behind Jira's.");
        assert!(behind.remedy.is_some_and(|remedy| remedy.contains("Jira administrator")));
        assert_eq!(judge(None, ClockOwner::Jira).outcome, StepOutcome::Skipped);
    }

    #[test]
    fn the_date_is_read_from_the_answer() {
        let read = |date: &str| read(answer_with(200, "", &[("date", date)]).headers());
        assert_eq!(read("Sun, 22 Nov 2026 05:00:00 GMT"), Timestamp::parse("2026-11-22T05:00:00Z"));
        assert_eq!(read("yesterday"), None);
    }
}
