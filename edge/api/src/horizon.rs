//! How near the moment is at which a connection must be reauthorized.

use crate::{Connection, Status, Timestamp};

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
    /// Over: Atlassian has ended the grant, or will at its next use.
    Past,
}

impl Horizon {
    /// How near `before` is at `now`.
    pub const fn of(before: Timestamp, now: Timestamp) -> Self {
        match before.since(now) {
            left if left <= 0 => Self::Past,
            left if left <= DAY => Self::Within1,
            left if left <= 7 * DAY => Self::Within7,
            left if left <= 30 * DAY => Self::Within30,
            _ => Self::Far,
        }
    }

    /// Whether *Renew now* should be offered.
    pub fn warns(self) -> bool {
        self > Self::Far
    }
}

impl Connection {
    /// How near this connection's horizon is. `None` without a credential: there is nothing left to renew.
    pub fn horizon(&self, now: Timestamp) -> Option<Horizon> {
        let lives = !matches!(self.status, Status::Unauthorized { .. }) && self.deleted.is_none();
        self.reauthorize_before.filter(|_| lives).map(|before| Horizon::of(before, now))
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
