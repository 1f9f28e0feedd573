//! The id that names a request in its answer, in problems and in the log.

use axum::extract::Request;

use crate::{ports::Random, secrets::random_id};

/// The id of a request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

impl RequestId {
    /// A new id.
    pub(super) fn new(random: &impl Random) -> Self {
        Self(format!("req_{}", random_id(random)))
    }

    /// The id that the middleware assigned to this request; empty without the middleware.
    pub(super) fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or(Self(String::new()))
    }
}
