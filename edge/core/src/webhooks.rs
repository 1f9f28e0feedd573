//! Webhooks on their way out: where they may go, how they are signed, and one round of sending.
//!
//! What is to be sent is decided and remembered by the organization (`organization::outbox`), in the same turn as what it
//! tells of; so nothing is lost, and what was cut off is sent again under the same id. Out of scope: HTTP for
//! administrators, and which change is an event.

mod address;
mod signing;

pub use address::check_address;
pub(crate) use signing::seconds;
pub use signing::{SigningSecret, self_check};
