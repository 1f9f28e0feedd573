//! Time limits.

use std::{future::Future, pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::ports::Timer;

/// The result of `work`, or `None` after `limit`, when it is dropped.
pub(crate) async fn with_timeout<T>(timer: &impl Timer, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(timer.sleep(limit))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}
