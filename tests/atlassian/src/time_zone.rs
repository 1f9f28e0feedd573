//! The time zones of accounts: how far their clocks are ahead of UTC, in summer and in winter.

use time::{Date, Month, OffsetDateTime};

use crate::clock::Moment;

const HOUR: i64 = 3_600;

/// Where somebody's account is set to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeZone {
    Berlin,
    NewYork,
    Kolkata,
}

impl TimeZone {
    /// The name in the time zone database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Berlin => "Europe/Berlin",
            Self::NewYork => "America/New_York",
            Self::Kolkata => "Asia/Kolkata",
        }
    }

    /// Seconds that its clocks are ahead of UTC.
    pub(crate) fn offset(self, at: Moment) -> i64 {
        let at = i64::try_from(at.0).unwrap_or_default();
        let year = OffsetDateTime::from_unix_timestamp(at).map_or(1970, OffsetDateTime::year);
        let is_between = |begin: Option<i64>, end: Option<i64>| begin <= Some(at) && Some(at) < end;
        match self {
            // Both changes are at one o'clock UTC, on the last Sundays of March and October.
            Self::Berlin if is_between(sunday(year, Month::March, 25, 1), sunday(year, Month::October, 25, 1)) => {
                2 * HOUR
            }
            Self::Berlin => HOUR,
            // Both changes are at two o'clock there, on the second Sunday of March and the first of November.
            Self::NewYork if is_between(sunday(year, Month::March, 8, 7), sunday(year, Month::November, 1, 6)) => {
                -4 * HOUR
            }
            Self::NewYork => -5 * HOUR,
            Self::Kolkata => 5 * HOUR + HOUR / 2,
        }
    }

    /// The moment at which its clocks show that many seconds since 1970.
    pub(crate) fn moment(self, shown: u64) -> Moment {
        let first_guess = Moment(shown.saturating_add_signed(-self.offset(Moment(shown))));
        Moment(shown.saturating_add_signed(-self.offset(first_guess)))
    }

    /// What its clocks show, as seconds since 1970.
    pub(crate) fn shown(self, at: Moment) -> u64 {
        at.0.saturating_add_signed(self.offset(at))
    }
}

/// The first Sunday of a month from `day` on, at that hour of UTC, in seconds since 1970.
fn sunday(year: i32, month: Month, day: u8, hour: u8) -> Option<i64> {
    let first = Date::from_calendar_date(year, month, day).ok()?;
    let until_sunday = (7 - first.weekday().number_days_from_sunday()) % 7;
    let sunday = first.checked_add(time::Duration::days(until_sunday.into()))?;
    Some(sunday.with_hms(hour, 0, 0).ok()?.assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_JULY: Moment = Moment(1_783_425_600);
    const IN_JANUARY: Moment = Moment(1_767_690_000);

    #[test]
    fn clocks_are_changed_in_berlin_and_new_york_and_not_in_kolkata() {
        let hours = |zone: TimeZone| [IN_JANUARY, IN_JULY].map(|at| zone.offset(at) / 60);
        assert_eq!(hours(TimeZone::Berlin), [60, 120]);
        assert_eq!(hours(TimeZone::NewYork), [-300, -240]);
        assert_eq!(hours(TimeZone::Kolkata), [330, 330]);
    }

    #[test]
    fn a_week_after_america_europe_changes_its_clocks() {
        // 8 March and 29 March 2026 are the Sundays; 15 March is between them.
        let between = Moment(1_773_576_000);
        assert_eq!(TimeZone::NewYork.offset(between), -4 * HOUR);
        assert_eq!(TimeZone::Berlin.offset(between), HOUR);
    }

    #[test]
    fn what_a_clock_shows_leads_back_to_the_moment() {
        for zone in [TimeZone::Berlin, TimeZone::NewYork, TimeZone::Kolkata] {
            for at in [IN_JANUARY, IN_JULY] {
                assert_eq!(zone.moment(zone.shown(at)), at);
            }
        }
    }
}
