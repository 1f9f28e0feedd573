//! The time limits of sending a call: for its body, then for Jira's response.

use std::{future::Future, pin::pin, time::Duration};

use futures::{
    channel::oneshot,
    future::{Either, select},
};

use crate::{
    ports::Timer,
    proxy::{UploadEnd, timeout::with_timeout},
};

/// The time limit until the first byte of Jira's response, counted from the last byte of the body.
pub(super) const FIRST_BYTE: Duration = Duration::from_mins(1);
/// The time limit for sending a body: the largest needs 35 KB/s.
const UPLOAD: Duration = Duration::from_mins(10);
/// How often a call that is sending its body says that it is alive.
const ALIVE: Duration = Duration::from_secs(30);

/// What became of sending a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SendOutcome<T> {
    /// There is a response, or none will come.
    Ended(T),
    /// Jira did not begin to respond in time.
    Unanswered,
    /// The body was not sent in time.
    TooSlow,
    /// The body is larger than may be sent.
    TooLarge,
}

/// Sends a call with a body within the time limits. `uploaded` tells how sending the body ended; `alive` is called from
/// time to time until the response has begun.
pub(super) async fn send_within<T>(
    timer: &impl Timer,
    sending: impl Future<Output = T>,
    mut uploaded: oneshot::Receiver<UploadEnd>,
    alive: impl Fn(),
) -> SendOutcome<T> {
    let mut sending = pin!(sending);
    let mut waited = Duration::ZERO;
    loop {
        alive();
        match with_timeout(timer, ALIVE, select(sending.as_mut(), &mut uploaded)).await {
            Some(Either::Left((ended, _))) => {
                let is_cut = matches!(uploaded.try_recv(), Ok(Some(UploadEnd::TooLarge)));
                return if is_cut { SendOutcome::TooLarge } else { SendOutcome::Ended(ended) };
            }
            Some(Either::Right((Ok(UploadEnd::TooLarge), _))) => return SendOutcome::TooLarge,
            Some(Either::Right(_)) => break,
            None => waited = waited.saturating_add(ALIVE),
        }
        if waited >= UPLOAD {
            return SendOutcome::TooSlow;
        }
    }
    alive();
    with_timeout(timer, FIRST_BYTE, sending).await.map_or(SendOutcome::Unanswered, SendOutcome::Ended)
}
