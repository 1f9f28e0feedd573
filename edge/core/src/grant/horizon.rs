//! The horizon: how long a grant can live.

use api::{LONGEST_LIFE, Timestamp};

use super::{NEVER, backoff::DAY, record::StoredCredential};

/// Atlassian ends a grant that was idle for this long.
const IDLE: i64 = 90 * DAY;

/// When a grant must be reauthorized at the latest, if it is not refreshed again.
///
/// Atlassian announced the limit of a year in 2022 and does not document it. We warn early rather than be cut off.
pub fn reauthorize_before(authorized_at: Timestamp, refreshed_at: Timestamp) -> Timestamp {
    refreshed_at.plus_millis(IDLE).min(authorized_at.plus_millis(LONGEST_LIFE))
}

/// When a stored credential must be reauthorized, if known. The administrator of a Data Center site decides how long
/// refresh tokens live; the keeper refreshes them in time.
pub(super) fn horizon(stored: &StoredCredential) -> Option<Timestamp> {
    let end = stored.tokens.access_expires_at;
    if stored.tokens.is_static() {
        Some(end).filter(|end| *end < NEVER)
    } else {
        stored.tokens.have_leeway().then(|| reauthorize_before(stored.authorized_at, stored.refreshed_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_horizon_is_ninety_days_after_the_last_use_and_a_year_after_the_consent() {
        let start = Timestamp::from_millis(1_795_323_600_000);
        let day = |days: i64| start.plus_millis(days * DAY);
        assert_eq!(reauthorize_before(start, day(30)), day(120));
        assert_eq!(reauthorize_before(start, day(300)), day(365));
    }
}
