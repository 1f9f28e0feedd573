//! Webhooks: which addresses they may have, and how their deliveries are signed.
//!
//! The organization stores each delivery in its outbox in the same transaction as the change that it reports, so none
//! is lost, and an interrupted one is sent again under the same id. Out of scope: sending (`alarm`), the HTTP
//! endpoints, and which changes are events.

mod address;
mod headers;
mod signing;

pub use address::check_address;
pub(crate) use headers::headers;
pub use signing::{SigningSecret, self_check};
