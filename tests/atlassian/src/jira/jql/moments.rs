//! Dates in JQL: absolute ones in the account's time zone, relative ones, and the functions that give one.

use time::{Date, Duration, Month, OffsetDateTime};

use super::super::dates;
use super::Operand;
use crate::clock::Moment;
use crate::people::Person;

/// The moment that an operand means. None if it means none.
pub(super) fn of(operand: &Operand, person: Person, now: Moment) -> Option<Moment> {
    match operand {
        Operand::Empty => None,
        Operand::Value(text) => shifted(now, text).or_else(|| absolute(text, person)),
        Operand::Function(name, arguments) => function(name, arguments.first().map(String::as_str), person, now),
    }
}

/// `-30m`, `2d`, `-1w`: so much before or after now.
fn shifted(from: Moment, text: &str) -> Option<Moment> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let by = number.parse::<i64>().ok()?.checked_mul(seconds)?;
    Some(Moment(from.0.saturating_add_signed(by)))
}

fn absolute(text: &str, person: Person) -> Option<Moment> {
    let (day, clock) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), "00:00"));
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let midnight = dates::day(day)?.midnight().assume_utc().unix_timestamp();
    let local = u64::try_from(midnight).ok()? + hours * 3_600 + minutes * 60;
    Some(in_utc(local, person))
}

/// `startOfDay()`, `endOfMonth(-1)` and their like.
fn function(name: &str, argument: Option<&str>, person: Person, now: Moment) -> Option<Moment> {
    let name = name.to_lowercase();
    if name == "now" {
        return Some(now);
    }
    let is_end = name.starts_with("endof");
    let unit = name.strip_prefix("startof").or_else(|| name.strip_prefix("endof"))?;
    let steps: i64 =
        argument.map_or(Some(0), |argument| argument.trim_end_matches(char::is_alphabetic).parse().ok())?;
    let local =
        OffsetDateTime::from_unix_timestamp(i64::try_from(now.0).ok()?.checked_add(offset(now.0, person))?).ok()?;
    let first = begin(local.date(), unit, steps + i64::from(is_end))?;
    let begins = in_utc(u64::try_from(first.midnight().assume_utc().unix_timestamp()).ok()?, person);
    Some(if is_end { Moment(begins.0 - 1) } else { begins })
}

fn begin(day: Date, unit: &str, steps: i64) -> Option<Date> {
    match unit {
        "day" => day.checked_add(Duration::days(steps)),
        "week" => {
            let monday = day.checked_sub(Duration::days(i64::from(day.weekday().number_days_from_monday())))?;
            monday.checked_add(Duration::weeks(steps))
        }
        "month" => {
            let months = i64::from(day.year()) * 12 + i64::from(u8::from(day.month())) - 1 + steps;
            let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
            Date::from_calendar_date(i32::try_from(months.div_euclid(12)).ok()?, month, 1).ok()
        }
        "year" => Date::from_calendar_date(day.year() + i32::try_from(steps).ok()?, Month::January, 1).ok(),
        _ => None,
    }
}

fn in_utc(local: u64, person: Person) -> Moment {
    let first_guess = local.saturating_add_signed(-offset(local, person));
    Moment(local.saturating_add_signed(-offset(first_guess, person)))
}

/// Seconds that the clock of somebody's account is ahead of UTC: everybody is in Berlin.
fn offset(utc: u64, _person: Person) -> i64 {
    let Some(at) = i64::try_from(utc).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok()) else {
        return 0;
    };
    let change = |month| {
        let last = Date::from_calendar_date(at.year(), month, 31).ok()?;
        let sunday = last.checked_sub(Duration::days(i64::from(last.weekday().number_days_from_sunday())))?;
        Some(sunday.with_hms(1, 0, 0).ok()?.assume_utc())
    };
    let summer = change(Month::March).zip(change(Month::October)).is_some_and(|(begin, end)| begin <= at && at < end);
    if summer { 7_200 } else { 3_600 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_IN_JULY: Moment = Moment(1_783_425_600);

    fn value(text: &str) -> Option<Moment> {
        of(&Operand::Value(text.into()), Person::Ada, NOON_IN_JULY)
    }

    fn function_of(name: &str, arguments: &[&str]) -> Option<String> {
        let arguments = arguments.iter().map(|&argument| argument.into()).collect();
        of(&Operand::Function(name.into(), arguments), Person::Ada, NOON_IN_JULY).map(Moment::as_rfc3339)
    }

    #[test]
    fn a_day_begins_at_midnight_in_berlin_in_summer_and_in_winter() {
        assert_eq!(value("2026-07-07").map(Moment::as_rfc3339).as_deref(), Some("2026-07-06T22:00:00Z"));
        assert_eq!(value("2026-01-07").map(Moment::as_rfc3339).as_deref(), Some("2026-01-06T23:00:00Z"));
        assert_eq!(function_of("startOfDay", &[]).as_deref(), Some("2026-07-06T22:00:00Z"));
        assert_eq!(function_of("startOfMonth", &["-6"]).as_deref(), Some("2025-12-31T23:00:00Z"));
        assert_eq!(function_of("endOfWeek", &[]).as_deref(), Some("2026-07-12T21:59:59Z"));
        assert_eq!(function_of("startOfYear", &[]).as_deref(), Some("2025-12-31T23:00:00Z"));
    }

    #[test]
    fn relative_times_are_counted_from_now() {
        assert_eq!(value("-30m"), Some(Moment(NOON_IN_JULY.0 - 1_800)));
        assert_eq!(value("1w"), Some(Moment(NOON_IN_JULY.0 + 604_800)));
        assert_eq!(value("soon"), None);
    }
}
