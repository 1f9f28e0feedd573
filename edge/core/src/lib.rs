//! What the edge decides.
//!
//! Time, randomness, storage, outgoing HTTP and cryptography come through [`ports`]; `edge` implements them over Workers
//! and the tests implement them in memory. Nothing here knows the `worker` crate, reads a clock or opens a socket, so all
//! of it is tested natively.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod address;
pub mod alarm;
pub mod atlassian;
pub mod authorization;
pub mod checkup;
#[cfg(test)]
mod clocks;
mod cloud_id;
pub mod configuration;
pub mod connection_status;
pub mod credential_refusal;
pub mod delegation;
mod email;
mod excerpt;
pub mod failure_facts;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
mod folding;
pub mod forge;
#[cfg(test)]
mod fuzz;
pub mod grant;
mod hs256;
pub mod http;
pub mod instance;
pub mod issue_tracking;
pub mod jira;
pub mod loop_detection;
mod myself;
pub mod oauth1;
pub mod organization;
pub mod organization_id;
pub mod organization_object;
mod origin_failure;
pub mod ports;
pub mod project_keeper;
pub mod proxy;
pub mod quota_ledger;
pub mod sealing;
pub mod secrets;
pub mod webhooks;

/// The `User-Agent` of every request that Causeway sends, its own and proxied ones.
pub const USER_AGENT: &str = concat!("Causeway/", env!("CARGO_PKG_VERSION"));
