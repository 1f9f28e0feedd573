//! Spans of time: half-open, so that every moment is in exactly one.

use time::{Date, Duration, Month};

use crate::{Buckets, Every, SEGMENTS, check::day};

/// A span of time: from its first day to the day after its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The day after the last one.
    pub until: Date,
}

impl Buckets {
    /// How many spans they are: more than [`SEGMENTS`] stands for any number that is too large, 0 for what makes no sense.
    pub fn count(&self) -> usize {
        match (self.last, self.from.as_deref().and_then(day), self.until.as_deref().and_then(day)) {
            (Some(last), None, None) => usize::from(last),
            (None, Some(from), Some(until)) => {
                between(self.every, from, until).map_or(SEGMENTS + 1, |spans| spans.len())
            }
            _ => 0,
        }
    }

    /// The spans, the earliest first. `today` is the day in the time zone of whoever asks. `None`: they make no
    /// sense, are too many or lie beyond the calendar.
    pub fn spans(&self, today: Date) -> Option<Vec<Span>> {
        match (self.last, self.from.as_deref().and_then(day), self.until.as_deref().and_then(day)) {
            (Some(last), None, None) => {
                let mut from = self.every.begin(today)?;
                let mut spans = Vec::new();
                for _ in 0..last {
                    spans.push(Span { from, until: self.every.next(from)? });
                    from = self.every.begin(from.previous_day()?)?;
                }
                spans.reverse();
                Some(spans)
            }
            (None, Some(from), Some(until)) => between(self.every, from, until),
            _ => None,
        }
    }
}

/// The first and the last span may be shorter than the others.
fn between(every: Every, from: Date, until: Date) -> Option<Vec<Span>> {
    let (mut from, mut spans) = (from, Vec::new());
    while from < until {
        let next = every.next(every.begin(from)?)?.min(until);
        spans.push(Span { from, until: next });
        from = next;
        if spans.len() > SEGMENTS {
            return None;
        }
    }
    Some(spans)
}

impl Every {
    /// The first day of the span that `date` is in.
    fn begin(self, date: Date) -> Option<Date> {
        let first = |month: Month| Date::from_calendar_date(date.year(), month, 1).ok();
        match self {
            Self::Day => Some(date),
            Self::Week => date.checked_sub(Duration::days(date.weekday().number_days_from_monday().into())),
            Self::Month => first(date.month()),
            Self::Quarter => first(quarter(date.month())),
            Self::Year => first(Month::January),
        }
    }

    /// The first day of the span after the one that begins on `from`.
    fn next(self, from: Date) -> Option<Date> {
        let months = match self {
            Self::Day => return from.next_day(),
            Self::Week => return from.checked_add(Duration::WEEK),
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        };
        let month = (0..months).fold(from.month(), |month, _| month.next());
        let year = if (month as u8) <= (from.month() as u8) { from.year() + 1 } else { from.year() };
        Date::from_calendar_date(year, month, 1).ok()
    }
}

const fn quarter(month: Month) -> Month {
    match month {
        Month::January | Month::February | Month::March => Month::January,
        Month::April | Month::May | Month::June => Month::April,
        Month::July | Month::August | Month::September => Month::July,
        Month::October | Month::November | Month::December => Month::October,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(every: Every, last: u8, today: &str) -> Vec<String> {
        let buckets = Buckets { every, last: Some(last), from: None, until: None };
        let spans = buckets.spans(day(today).expect("a day")).expect("spans");
        assert!(spans.is_sorted_by(|a, b| a.until == b.from), "no gap and no overlap: {spans:?}");
        spans.into_iter().map(|span| format!("{} {}", span.from, span.until)).collect()
    }

    #[test]
    fn the_last_span_is_the_one_that_today_is_in() {
        assert_eq!(spans(Every::Day, 2, "2026-03-01"), ["2026-02-28 2026-03-01", "2026-03-01 2026-03-02"]);
        assert_eq!(spans(Every::Week, 2, "2026-03-01"), ["2026-02-16 2026-02-23", "2026-02-23 2026-03-02"]);
        assert_eq!(spans(Every::Month, 2, "2026-01-31"), ["2025-12-01 2026-01-01", "2026-01-01 2026-02-01"]);
        assert_eq!(spans(Every::Quarter, 2, "2026-12-31"), ["2026-07-01 2026-10-01", "2026-10-01 2027-01-01"]);
        assert_eq!(spans(Every::Year, 1, "2024-02-29"), ["2024-01-01 2025-01-01"]);
    }

    #[test]
    fn spans_between_two_days_begin_and_end_there() {
        let (from, until) = (Some("2026-01-15".into()), Some("2026-03-02".into()));
        let buckets = Buckets { every: Every::Month, last: None, from, until };
        let spans = buckets.spans(day("2030-01-01").expect("a day")).expect("spans");
        let written: Vec<String> = spans.iter().map(|span| format!("{} {}", span.from, span.until)).collect();
        assert_eq!(written, ["2026-01-15 2026-02-01", "2026-02-01 2026-03-01", "2026-03-01 2026-03-02"]);
        assert_eq!(buckets.count(), 3);
    }

    #[test]
    fn a_century_of_days_is_refused_before_it_is_written_down() {
        let (from, until) = (Some("1900-01-01".into()), Some("2000-01-01".into()));
        let buckets = Buckets { every: Every::Day, last: None, from, until };
        assert!(buckets.count() > SEGMENTS);
        assert_eq!(buckets.spans(day("2030-01-01").expect("a day")), None);
    }
}
