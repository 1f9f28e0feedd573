//! A request body that can be sent twice if it is small.

use crate::proxy::{Upstream, refusal::CallRefusal};

/// The body of a call.
pub(super) enum ReplayableBody<B> {
    /// There is no body.
    None,
    /// Not sent yet, or kept.
    Available { body: B, keeps: bool },
    /// Sent, and not kept.
    Consumed,
}

impl<B> ReplayableBody<B> {
    /// `keeps`: whether a copy is kept when the body is sent.
    pub(super) fn new(body: Option<B>, keeps: bool) -> Self {
        body.map_or(Self::None, |body| Self::Available { body, keeps })
    }

    /// Whether there is no body.
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether the call can be sent (again).
    pub(super) const fn is_available(&self) -> bool {
        !matches!(self, Self::Consumed)
    }

    /// The body for one attempt.
    pub(super) fn take(&mut self, upstream: &impl Upstream<Body = B>) -> Result<Option<B>, CallRefusal> {
        match std::mem::replace(self, Self::Consumed) {
            Self::None => {
                *self = Self::None;
                Ok(None)
            }
            Self::Available { body, keeps: true } => {
                let (now, later) = upstream.copy(body);
                *self = Self::Available { body: later, keeps: true };
                Ok(Some(now))
            }
            Self::Available { body, keeps: false } => Ok(Some(body)),
            Self::Consumed => Err(CallRefusal::NotReplayable),
        }
    }
}
