//! Dates as Jira reads them.

use time::format_description::well_known::Iso8601;
use time::{Date, Month, OffsetDateTime};

use crate::clock::Moment;

/// `2026-02-03`, or with slashes.
pub(super) fn day(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// `2026-01-02T03:04:05.000+0000`, the offset with or without a colon, or `Z`.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let parsed = OffsetDateTime::parse(text, &Iso8601::PARSING).ok().or_else(|| {
        let (head, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
        OffsetDateTime::parse(&format!("{head}:{minutes}"), &Iso8601::PARSING).ok()
    });
    u64::try_from(parsed?.unix_timestamp()).ok().map(Moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_clients_write_them() {
        for text in [
            "2026-01-02T03:04:05.000+0000",
            "2026-01-02T03:04:05.000+00:00",
            "2026-01-02T04:04:05+0100",
            "2026-01-02T03:04:05Z",
        ] {
            assert_eq!(moment(text), Some(Moment(1_767_323_045)), "{text}");
        }
        assert!(moment("yesterday").is_none());
        assert!(day("2026-02-30").is_none() && day("2026-02-28").is_some());
    }
}
