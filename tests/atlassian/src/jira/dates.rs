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

/// `2026-01-06T10:00:00.000+0100` as people read it: `06/Jan/26 10:00 AM`.
pub(super) fn pretty(written: &str) -> Option<String> {
    let date = day(written.get(..10)?)?;
    let (hour, minute) = (written.get(11..13)?.parse::<u8>().ok()?, written.get(14..16)?);
    let month = date.month().to_string();
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    Some(format!("{:02}/{}/{:02} {hour}:{minute} {half}", date.day(), &month[..3], date.year() % 100))
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
        assert_eq!(pretty("2026-01-06T00:05:00.000+0100").as_deref(), Some("06/Jan/26 12:05 AM"));
        assert_eq!(pretty("2026-01-06T15:05:00.000+0100").as_deref(), Some("06/Jan/26 3:05 PM"));
        assert!(day("2026-02-30").is_none() && day("2026-02-28").is_some());
    }
}
