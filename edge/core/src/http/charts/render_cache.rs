//! The last numbers of charts, as long as this isolate lives.
//!
//! They are kept under the grant whose access they were computed with, so that nobody gets what another account may see;
//! and the organization is asked whether that access may still be used before anything is looked up here. For five minutes
//! they are given again, and for an hour where Jira cannot be asked. What an isolate forgets is computed again.

use std::{cell::RefCell, collections::VecDeque};

use api::Timestamp;
use chart::Data;

/// How long numbers are given again, in milliseconds: five minutes.
const FRESH: i64 = 300_000;
/// How long they are kept for when Jira cannot be asked, in milliseconds: an hour.
const KEPT: i64 = 3_600_000;
/// The most charts whose numbers are kept.
const CHARTS: usize = 64;
/// The most bytes of the numbers of one, as JSON. More are not kept: an isolate has 128 MB for everything.
const LARGEST: usize = 128 * 1024;

/// The numbers of charts.
#[derive(Default)]
pub(in crate::http) struct RenderCache {
    /// The newest last.
    kept: RefCell<VecDeque<Kept>>,
}

struct Kept {
    key: String,
    at: Timestamp,
    data: Data,
}

impl RenderCache {
    /// Numbers of the last five minutes.
    pub(super) fn fresh(&self, key: &str, now: Timestamp) -> Option<Data> {
        self.younger_than(FRESH, key, now)
    }

    /// Numbers of the last hour.
    pub(super) fn last(&self, key: &str, now: Timestamp) -> Option<Data> {
        self.younger_than(KEPT, key, now)
    }

    fn younger_than(&self, age: i64, key: &str, now: Timestamp) -> Option<Data> {
        let kept = self.kept.borrow();
        let found = kept.iter().find(|one| one.key == key && (0..age).contains(&now.since(one.at)));
        found.map(|one| one.data.clone())
    }

    /// Keeps numbers in place of those before.
    pub(super) fn keep(&self, key: String, data: &Data, now: Timestamp) {
        let mut kept = self.kept.borrow_mut();
        kept.retain(|one| one.key != key && (0..KEPT).contains(&now.since(one.at)));
        if serde_json::to_vec(data).is_ok_and(|json| json.len() <= LARGEST) {
            kept.push_back(Kept { key, at: now, data: data.clone() });
        }
        while kept.len() > CHARTS {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use chart::{Amount, Counted, Counter};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn numbers(issues: u64, jql: &str) -> Data {
        Data {
            total: Amount { issues, value: 0.0, jql: Some(jql.to_owned()), url: None },
            segments: Vec::new(),
            columns: Vec::new(),
            adds_up: false,
            counted: Counted { at: String::new(), by: Counter::Jira, zone: String::new() },
            notes: Vec::new(),
        }
    }

    #[test]
    fn numbers_are_fresh_for_five_minutes_and_the_last_ones_for_an_hour() {
        let cache = RenderCache::default();
        cache.keep("a".into(), &numbers(1, ""), NOW);
        let at = |seconds| NOW.plus_seconds(seconds);
        assert!(cache.fresh("a", at(299)).is_some() && cache.fresh("a", at(300)).is_none());
        assert!(cache.last("a", at(3599)).is_some() && cache.last("a", at(3600)).is_none());
        assert!(cache.fresh("b", NOW).is_none() && cache.fresh("a", at(-1)).is_none(), "a clock that was set back");
    }

    #[test]
    fn the_oldest_and_the_largest_are_not_kept() {
        let cache = RenderCache::default();
        for number in 0..=CHARTS {
            cache.keep(number.to_string(), &numbers(1, ""), NOW);
        }
        assert!(cache.last("0", NOW).is_none() && cache.last("1", NOW).is_some());
        cache.keep("1".into(), &numbers(1, &"x".repeat(LARGEST)), NOW);
        assert!(cache.last("1", NOW).is_none(), "what is too large takes the place of what is old");
    }
}
