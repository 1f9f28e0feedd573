//! What an isolate remembers between requests.

use super::{
    guard::Guard,
    health::{Cryptography, HealthCache},
};

/// The memory of one isolate, shared by all its requests. Nothing here is authoritative: an isolate may end at any time.
#[derive(Debug, Default)]
pub struct Isolate {
    /// What `/healthz` has checked of the platform's cryptography.
    pub(super) cryptography: Cryptography,
    /// The last answer of `/healthz`.
    pub(super) health: HealthCache,
    /// Which old credentials the organization accepts.
    pub(super) guard: Guard,
}
