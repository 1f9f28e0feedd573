//! How near the date is by which a connection must be reauthorized: its horizon.

use crate::{Connection, Kind, Status, Timestamp};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// How near the horizon is. People are warned at 30, 7 and 1 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Horizon {
    /// More than 30 days away: nothing to show.
    Far,
    /// At most 30 days away.
    Within30,
    /// At most 7 days away.
    Within7,
    /// At most a day away.
    Within1,
    /// In the past: Atlassian has ended the grant, or will end it at its next use.
    Past,
}

/// The longest life of a grant, in milliseconds: Atlassian announced to end each a year after the consent.
pub const LONGEST_LIFE: i64 = 365 * DAY;

impl Horizon {
    /// How many milliseconds before the end the first warning is shown: 30 days.
    pub const WARNS: i64 = 30 * DAY;
    /// How many milliseconds before the end it becomes urgent: 7 days.
    pub const PRESSES: i64 = 7 * DAY;

    /// How near the date `before` is at `now`.
    pub const fn of(before: Timestamp, now: Timestamp) -> Self {
        match before.since(now) {
            left if left <= 0 => Self::Past,
            left if left <= DAY => Self::Within1,
            left if left <= Self::PRESSES => Self::Within7,
            left if left <= Self::WARNS => Self::Within30,
            _ => Self::Far,
        }
    }

    /// Whether people are warned.
    pub fn warns(self) -> bool {
        self > Self::Far
    }

    /// How near it is, as the text of a title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Far => "The authorization lasts for more than 30 days",
            Self::Within30 => "The authorization ends within 30 days",
            Self::Within7 => "The authorization ends within 7 days",
            Self::Within1 => "The authorization ends within a day",
            Self::Past => "The authorization should have ended",
        }
    }
}

impl Horizon {
    /// How near the end of a credential is. `None` without a credential: then there is nothing to renew.
    pub fn ahead(before: Option<Timestamp>, status: &Status, deleted: bool, now: Timestamp) -> Option<Self> {
        let lives = !matches!(status, Status::Unauthorized { .. }) && !deleted;
        before.filter(|_| lives).map(|before| Self::of(before, now))
    }

    /// Whether renewing moves the end of a credential. Only Cloud's OAuth 2.0 has refresh tokens that prolong it, and a
    /// year after the consent only a new consent does.
    pub fn moves(kind: Kind, authorized_at: Option<Timestamp>, before: Option<Timestamp>) -> bool {
        // The year begins when the consent is given, some minutes before it is saved: a day's tolerance.
        let end = authorized_at.map(|at| at.plus_millis(LONGEST_LIFE - DAY));
        let moves = |before: Timestamp| end.is_none_or(|end| before < end);
        kind == Kind::CloudOauth2 && before.is_some_and(moves)
    }
}

impl Connection {
    /// How near this connection's horizon is: [`Horizon::ahead`].
    pub fn horizon(&self, now: Timestamp) -> Option<Horizon> {
        Horizon::ahead(self.reauthorize_before, &self.status, self.deleted.is_some(), now)
    }

    /// Whether renewing moves the horizon: [`Horizon::moves`].
    pub fn renewable(&self) -> bool {
        Horizon::moves(self.kind, self.authorized_at, self.reauthorize_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_warned_at_thirty_seven_and_one_days() {
        let now = Timestamp::from_millis(1_795_323_600_000);
        for (left, horizon) in [
            (30 * DAY + 1, Horizon::Far),
            (30 * DAY, Horizon::Within30),
            (7 * DAY + 1, Horizon::Within30),
            (7 * DAY, Horizon::Within7),
            (DAY + 1, Horizon::Within7),
            (DAY, Horizon::Within1),
            (1, Horizon::Within1),
            (0, Horizon::Past),
            (-DAY, Horizon::Past),
        ] {
            assert_eq!(Horizon::of(now.plus_millis(left), now), horizon, "{left} ms before");
            assert_eq!(horizon.warns(), horizon != Horizon::Far);
        }
    }
}
