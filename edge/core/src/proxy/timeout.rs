//! Waiting no longer than one is willing to.

use std::{future::Future, pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::ports::Timer;

/// What `work` gives, if it does within `limit`. After that it is dropped.
pub(super) async fn with_timeout<T>(timer: &impl Timer, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(timer.sleep(limit))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}
