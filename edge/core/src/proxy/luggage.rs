//! A call's body: sent once, or kept for a second time if it is small.

use crate::proxy::{Upstream, refusal::Refusal};

/// The body of a call on its way.
pub(super) enum Luggage<B> {
    /// The call has none.
    None,
    /// Not sent yet, or kept.
    There { body: B, keeps: bool },
    /// Sent, and not kept.
    Spent,
}

impl<B> Luggage<B> {
    /// `keeps`: whether a copy may be kept when it is sent.
    pub(super) fn pack(body: Option<B>, keeps: bool) -> Self {
        body.map_or(Self::None, |body| Self::There { body, keeps })
    }

    /// Whether the call can be sent (again).
    pub(super) const fn can_go(&self) -> bool {
        !matches!(self, Self::Spent)
    }

    /// The body for one try.
    pub(super) fn take(&mut self, upstream: &impl Upstream<Body = B>) -> Result<Option<B>, Refusal> {
        match std::mem::replace(self, Self::Spent) {
            Self::None => {
                *self = Self::None;
                Ok(None)
            }
            Self::There { body, keeps: true } => {
                let (now, later) = upstream.copy(body);
                *self = Self::There { body: later, keeps: true };
                Ok(Some(now))
            }
            Self::There { body, keeps: false } => Ok(Some(body)),
            Self::Spent => Err(Refusal::NotReplayable),
        }
    }
}
