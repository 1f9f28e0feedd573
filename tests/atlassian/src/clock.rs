//! The model's clock: real time plus an offset that tests and people increase. It never goes back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A point on the model's clock, in whole seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// This moment and `duration` more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }

    /// How long ago `earlier` was; nothing if it is yet to come.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// For callers that speak the standard library's time.
    pub fn as_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0)
    }

    /// As Jira writes dates: `2026-02-03T10:11:12.000+0000`.
    pub(crate) fn as_jira_date(self) -> String {
        self.as_jira_date_in(0)
    }

    /// The same on clocks that are so many seconds ahead of UTC: `2026-02-03T11:11:12.000+0100`.
    pub(crate) fn as_jira_date_in(self, ahead: i64) -> String {
        let (date, clock) = Self(self.0.saturating_add_signed(ahead)).date_and_clock();
        let (sign, minutes) = (if ahead < 0 { '-' } else { '+' }, ahead.unsigned_abs() / 60);
        format!("{date}T{clock}.000{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }

    /// As RFC 3339 writes dates, in UTC.
    pub(crate) fn as_rfc3339(self) -> String {
        let (date, clock) = self.date_and_clock();
        format!("{date}T{clock}Z")
    }

    /// As HTTP writes dates: `Tue, 14 Nov 2023 22:13:20 GMT`.
    pub(crate) fn as_http_date(self) -> String {
        let at = self.as_date_time();
        let (_, clock) = self.date_and_clock();
        let day = &at.weekday().to_string()[..3];
        let month = &at.month().to_string()[..3];
        format!("{day}, {:02} {month} {:04} {clock} GMT", at.day(), at.year())
    }

    fn date_and_clock(self) -> (String, String) {
        let at = self.as_date_time();
        let date = format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day());
        (date, format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()))
    }

    fn as_date_time(self) -> OffsetDateTime {
        i64::try_from(self.0)
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// How far the model is ahead of the real time. It is stored, so that a restart does not set the clock back.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Clock {
    ahead_seconds: u64,
}

impl Clock {
    /// The model's current time.
    pub(crate) fn now(self) -> Moment {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment(real.as_secs()).plus(Duration::from_secs(self.ahead_seconds))
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead_seconds = self.ahead_seconds.saturating_add(by.as_secs());
    }

    /// How far ahead of the real time the model is.
    pub(crate) fn ahead(self) -> Duration {
        Duration::from_secs(self.ahead_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_is_ahead_by_exactly_what_it_was_moved() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.advance(Duration::from_hours(1));
        assert!(clock.now().since(before) >= Duration::from_hours(1));
        assert_eq!(clock.ahead(), Duration::from_hours(1));
    }

    #[test]
    fn dates_read_as_jira_writes_them() {
        assert_eq!(Moment(1_700_000_000).as_jira_date(), "2023-11-14T22:13:20.000+0000");
        assert_eq!(Moment(1_700_000_000).as_jira_date_in(-18_000), "2023-11-14T17:13:20.000-0500");
        assert_eq!(Moment(1_700_000_000).as_jira_date_in(19_800), "2023-11-15T03:43:20.000+0530");
        assert_eq!(Moment(1_700_000_000).as_rfc3339(), "2023-11-14T22:13:20Z");
        assert_eq!(Moment(1_700_000_000).as_http_date(), "Tue, 14 Nov 2023 22:13:20 GMT");
    }
}
