//! What the edge decides.
//!
//! Time, randomness, storage, outgoing HTTP and cryptography come through [`ports`]; `edge` implements them over Workers
//! and the tests implement them in memory. Nothing here knows the `worker` crate, reads a clock or opens a socket, so all
//! of it is tested natively.

pub mod address;
pub mod atlassian;
pub mod authorization;
pub mod checkup;
pub mod configuration;
pub mod connection_status;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
pub mod grant;
pub mod http;
pub mod instance;
pub mod jira;
pub mod oauth1;
pub mod organization;
pub mod organization_id;
pub mod ports;
pub mod proxy;
pub mod resealing;
pub mod sealing;
pub mod secrets;
pub mod webhooks;
