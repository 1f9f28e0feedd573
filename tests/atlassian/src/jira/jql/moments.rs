//! Dates in JQL: absolute ones in the account's time zone, relative ones, and the functions that give one.

use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

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

/// `-30m`, `2d`, `-4w 2d`: so much before or after now.
fn shifted(from: Moment, text: &str) -> Option<Moment> {
    let text = text.trim();
    let (is_before, periods) = match text.strip_prefix('-') {
        Some(periods) => (true, periods),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let seconds = periods.split_whitespace().map(|period| {
        let (number, unit) = period.split_at_checked(period.len().checked_sub(1)?)?;
        let unit = match unit {
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            _ => return None,
        };
        i64::from(number.parse::<u32>().ok()?).checked_mul(unit)
    });
    let by = seconds.collect::<Option<Vec<i64>>>().filter(|all| !all.is_empty())?.iter().sum::<i64>();
    Some(Moment(from.0.saturating_add_signed(if is_before { -by } else { by })))
}

fn absolute(text: &str, person: Person) -> Option<Moment> {
    let (day, clock) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), "00:00"));
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let midnight = dates::day(day)?.midnight().assume_utc().unix_timestamp();
    let shown = u64::try_from(midnight).ok()? + hours * 3_600 + minutes * 60;
    Some(person.time_zone().moment(shown))
}

/// `startOfDay()`, `endOfMonth(-1)`, `startOfWeek("+2d")` and their like. A number without a unit counts in the
/// function's own.
fn function(name: &str, argument: Option<&str>, person: Person, now: Moment) -> Option<Moment> {
    let name = name.to_lowercase();
    if name == "now" {
        return Some(now);
    }
    let is_end = name.starts_with("endof");
    let own = Unit::named(name.strip_prefix("startof").or_else(|| name.strip_prefix("endof"))?)?;
    let (steps, unit) = argument.map_or(Some((0, own)), |argument| increment(argument, own))?;
    let shown = i64::try_from(person.time_zone().shown(now)).ok()?;
    let shown = OffsetDateTime::from_unix_timestamp(shown).ok()?;
    let begins = own.begin(shown.date(), person)?;
    let (first, rest) = if unit == own { (own.later(begins, steps)?, 0) } else { (begins, steps) };
    let first = if is_end { own.later(first, 1)? } else { first };
    let shown = unit.shift(first.midnight(), rest)?.assume_utc().unix_timestamp() - i64::from(is_end);
    Some(person.time_zone().moment(u64::try_from(shown).ok()?))
}

/// Number and unit of `-1`, `+2w`, `3M`.
fn increment(text: &str, own: Unit) -> Option<(i64, Unit)> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match &text[digits.len()..] {
        "" => own,
        "y" => Unit::Year,
        "M" => Unit::Month,
        "w" => Unit::Week,
        "d" => Unit::Day,
        "h" => Unit::Hour,
        "m" => Unit::Minute,
        _ => return None,
    };
    Some((digits.parse().ok()?, unit))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

impl Unit {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            _ => return None,
        })
    }

    /// The first day of the one that `day` is in. Weeks begin as the account's language has it.
    fn begin(self, day: Date, person: Person) -> Option<Date> {
        match self {
            Self::Year => Date::from_calendar_date(day.year(), Month::January, 1).ok(),
            Self::Month => day.replace_day(1).ok(),
            Self::Week => {
                let weekday = day.weekday();
                let begins_on_sunday = person.locale() == "en_US";
                let gone = if begins_on_sunday {
                    weekday.number_days_from_sunday()
                } else {
                    weekday.number_days_from_monday()
                };
                day.checked_sub(Duration::days(gone.into()))
            }
            Self::Day | Self::Hour | Self::Minute => Some(day),
        }
    }

    fn later(self, day: Date, steps: i64) -> Option<Date> {
        self.shift(day.midnight(), steps).map(PrimitiveDateTime::date)
    }

    fn shift(self, at: PrimitiveDateTime, steps: i64) -> Option<PrimitiveDateTime> {
        match self {
            Self::Year => shifted_by_months(at, steps.checked_mul(12)?),
            Self::Month => shifted_by_months(at, steps),
            Self::Week => at.checked_add(Duration::days(steps.checked_mul(7)?)),
            Self::Day => at.checked_add(Duration::days(steps)),
            Self::Hour => at.checked_add(Duration::hours(steps)),
            Self::Minute => at.checked_add(Duration::minutes(steps)),
        }
    }
}

/// The same day of another month, or its last one.
fn shifted_by_months(at: PrimitiveDateTime, steps: i64) -> Option<PrimitiveDateTime> {
    let months = (i64::from(at.year()) * 12 + i64::from(u8::from(at.month())) - 1).checked_add(steps)?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let date = Date::from_calendar_date(year, month, at.day().min(month.length(year))).ok()?;
    let time: Time = at.time();
    Some(PrimitiveDateTime::new(date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_IN_JULY: Moment = Moment(1_783_425_600);

    fn value(text: &str) -> Option<Moment> {
        of(&Operand::Value(text.into()), Person::Ada, NOON_IN_JULY)
    }

    fn function_of(name: &str, arguments: &[&str], person: Person) -> Option<String> {
        let arguments = arguments.iter().map(|&argument| argument.into()).collect();
        of(&Operand::Function(name.into(), arguments), person, NOON_IN_JULY).map(Moment::as_rfc3339)
    }

    #[test]
    fn a_day_begins_at_midnight_in_berlin_in_summer_and_in_winter() {
        assert_eq!(value("2026-07-07").map(Moment::as_rfc3339).as_deref(), Some("2026-07-06T22:00:00Z"));
        assert_eq!(value("2026-01-07").map(Moment::as_rfc3339).as_deref(), Some("2026-01-06T23:00:00Z"));
        let of_ada = |name, arguments: &[&str]| function_of(name, arguments, Person::Ada);
        assert_eq!(of_ada("startOfDay", &[]).as_deref(), Some("2026-07-06T22:00:00Z"));
        assert_eq!(of_ada("startOfMonth", &["-6"]).as_deref(), Some("2025-12-31T23:00:00Z"));
        assert_eq!(of_ada("endOfWeek", &[]).as_deref(), Some("2026-07-12T21:59:59Z"));
        assert_eq!(of_ada("startOfYear", &[]).as_deref(), Some("2025-12-31T23:00:00Z"));
    }

    #[test]
    fn days_and_weeks_are_those_of_the_account() {
        let today = |person| function_of("startOfDay", &[], person);
        assert_eq!(today(Person::Bob).as_deref(), Some("2026-07-07T04:00:00Z"));
        assert_eq!(today(Person::Max).as_deref(), Some("2026-07-06T18:30:00Z"));
        let week = |person| function_of("startOfWeek", &[], person);
        assert_eq!(week(Person::Ada).as_deref(), Some("2026-07-05T22:00:00Z"), "a Monday");
        assert_eq!(week(Person::Bob).as_deref(), Some("2026-07-05T04:00:00Z"), "a Sunday");
    }

    #[test]
    fn functions_are_shifted_in_their_own_unit_or_another() {
        let of_ada = |name, argument| function_of(name, &[argument], Person::Ada);
        assert_eq!(of_ada("endOfMonth", "-1").as_deref(), Some("2026-06-30T21:59:59Z"));
        assert_eq!(of_ada("startOfMonth", "+14d").as_deref(), Some("2026-07-14T22:00:00Z"));
        assert_eq!(of_ada("startOfDay", "+8h").as_deref(), Some("2026-07-07T06:00:00Z"));
        assert_eq!(of_ada("startOfDay", "-1y").as_deref(), Some("2025-07-06T22:00:00Z"));
        assert_eq!(of_ada("startOfDay", "soon"), None);
        assert_eq!(function_of("startOfFortnight", &[], Person::Ada), None);
    }

    #[test]
    fn relative_times_are_counted_from_now() {
        assert_eq!(value("-30m"), Some(Moment(NOON_IN_JULY.0 - 1_800)));
        assert_eq!(value("1w"), Some(Moment(NOON_IN_JULY.0 + 604_800)));
        assert_eq!(value("-1w 2d"), Some(Moment(NOON_IN_JULY.0 - 604_800 - 172_800)));
        assert_eq!(value("soon"), None);
    }
}
