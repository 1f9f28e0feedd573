//! The only place that waits: it polls for something that a person would see, until a deadline.

use std::time::{Duration, Instant};

/// How long a test waits at most. Generous, because machines that run tests are busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

const GLANCE: Duration = Duration::from_millis(50);

/// Looks until `look` finds something; nothing if it did not within `patience`.
pub async fn eventually<T>(patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return Some(found);
        }
        if Instant::now() >= deadline {
            return None;
        }
        tokio::time::sleep(GLANCE).await;
    }
}
