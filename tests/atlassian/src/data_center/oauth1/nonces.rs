//! The nonces that were used recently. They are not stored: after a few minutes they no longer matter.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::data_center::Instance;

/// How far a timestamp may be from the clock here, in seconds.
pub(super) const WINDOW: u64 = 300;

/// The nonces of all instances, by timestamp.
#[derive(Debug, Default)]
pub(crate) struct Nonces(Mutex<BTreeSet<(u64, Instance, String)>>);

impl Nonces {
    /// Records one; false if it was there. Nonces whose timestamps are no longer accepted are removed.
    pub(super) fn is_new(&self, instance: Instance, timestamp: u64, nonce: &str, clock: u64) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = clock.saturating_sub(2 * WINDOW);
        *used = used.split_off(&(oldest, Instance::Quarry, String::new()));
        used.insert((timestamp, instance, nonce.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_used_once_at_one_instance_and_timestamp() {
        let nonces = Nonces::default();
        assert!(nonces.is_new(Instance::Quarry, 1000, "a", 1000));
        assert!(!nonces.is_new(Instance::Quarry, 1000, "a", 1001));
        assert!(nonces.is_new(Instance::Orchard, 1000, "a", 1001));
        assert!(nonces.is_new(Instance::Quarry, 1001, "a", 1001));
        assert!(nonces.is_new(Instance::Quarry, 1000, "a", 1000 + 2 * WINDOW + 1));
    }
}
