//! A refusal of a credential that does not say that the credential is wrong.
//!
//! A reverse proxy, a sign-on page or an incident answers 401 as Jira does, and anybody who fails to log in as the user
//! makes Jira demand a CAPTCHA. So such an answer ends nothing. The credential stays sealed and unused, and the checkup asks Jira again with growing pauses. One acceptance ends the
//! refusal. A day of refusals ends the credential.

use api::{Cause, Timestamp};
use serde::{Deserialize, Serialize};

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;
/// An hour, in milliseconds.
const HOUR: i64 = 60 * MINUTE;
/// After refusals for this long, the credential ends: a day, in milliseconds.
const DAY: i64 = 24 * HOUR;
/// The longest pause between two questions, in milliseconds.
const LONGEST: i64 = 6 * HOUR;
/// The fewest refusals that end a credential, so that two bad moments a day apart do not.
const FEWEST: u32 = 4;

/// Whether a credential that is refused for this cause may be right all the same.
pub const fn is_kept(cause: Cause) -> bool {
    matches!(cause, Cause::CredentialRefused | Cause::CaptchaRequired)
}

/// The cause of a connection whose credential is refused and kept: the one that its status has.
pub fn kept_cause(status: Option<Cause>) -> Cause {
    status.filter(|cause| is_kept(*cause)).unwrap_or(Cause::CredentialRefused)
}

/// How long, and how often, the credential of a connection has been refused and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRefusal {
    /// When it was first refused.
    pub since: Timestamp,
    /// When it was last refused.
    pub last_at: Timestamp,
    /// How often Jira was asked and the credential was refused.
    pub times: u32,
}

impl CredentialRefusal {
    /// The refusal after another one, at `now`.
    pub fn after(before: Option<Self>, now: Timestamp) -> Self {
        let first = Self { since: now, last_at: now, times: 0 };
        let before = before.unwrap_or(first);
        Self { last_at: now, times: before.times.saturating_add(1), ..before }
    }

    /// Whether another refusal at `now` ends the credential.
    pub fn ends_with_another(&self, now: Timestamp) -> bool {
        now.since(self.since) >= DAY && self.times.saturating_add(1) >= FEWEST
    }

    /// The pause before the next question, in milliseconds: as long again as the refusals have lasted, and not beyond
    /// the day. Each refused login can lead to a CAPTCHA, so a user name (`has_username`) is shown once an hour at most.
    pub fn pause(&self, has_username: bool, now: Timestamp) -> i64 {
        let shortest = if has_username { HOUR } else { MINUTE };
        let lasted = now.since(self.since);
        let rest_of_day = if lasted < DAY { DAY - lasted } else { LONGEST };
        lasted.clamp(shortest, LONGEST).min(rest_of_day.max(shortest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    /// The pauses of a day in which every question is refused, in minutes, and how often it was refused at its end.
    fn day_of_refusals(has_username: bool) -> (Vec<i64>, u32) {
        let (mut now, mut refusal, mut pauses) = (START, CredentialRefusal::after(None, START), Vec::new());
        while !refusal.ends_with_another(now) {
            let pause = refusal.pause(has_username, now);
            pauses.push(pause / MINUTE);
            now = now.plus_millis(pause);
            if !refusal.ends_with_another(now) {
                refusal = CredentialRefusal::after(Some(refusal), now);
            }
        }
        assert_eq!(now.since(START), DAY, "{pauses:?}");
        (pauses, refusal.times)
    }

    #[test]
    fn jira_is_asked_again_after_growing_pauses_until_a_day_is_over() {
        let (pauses, times) = day_of_refusals(false);
        assert_eq!(pauses, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 208]);
        assert_eq!(times, 13);
    }

    #[test]
    fn a_user_name_is_shown_once_an_hour_at_most() {
        assert_eq!(day_of_refusals(true).0, [60, 60, 120, 240, 360, 360, 240]);
    }

    #[test]
    fn two_bad_moments_a_day_apart_end_nothing() {
        let refusal = CredentialRefusal::after(None, START);
        assert!(!refusal.ends_with_another(START.plus_millis(DAY)));
        let refusal = CredentialRefusal { times: FEWEST, ..refusal };
        assert!(!refusal.ends_with_another(START.plus_millis(DAY - 1)));
        assert!(refusal.ends_with_another(START.plus_millis(DAY)));
    }

    #[test]
    fn a_clock_that_jumps_back_neither_ends_the_credential_nor_asks_at_once() {
        let refusal = CredentialRefusal { times: 9, ..CredentialRefusal::after(None, START) };
        let earlier = START.plus_millis(-DAY);
        assert!(!refusal.ends_with_another(earlier));
        assert_eq!(refusal.pause(false, earlier), MINUTE);
    }
}
