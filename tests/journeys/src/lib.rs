//! Whole journeys: a real browser, the real Worker on `workerd`, and the model of Atlassian.
//!
//! This library starts and ends them and speaks a person's words (*sign in as*, *sees*, *chooses*); the claims are in
//! `tests/`. `make run` starts the same things by hand. Nothing here knows how the edge or the app are made: it meets
//! them where people and machines do, at the address.

pub mod browser;
mod causeway;
pub mod checkout;
pub mod configuration;
mod evidence;
pub mod leak_search;
mod other_issuer;
mod ports;
mod process_guard;
mod processes;
pub mod raw_http;
mod receiver;
mod recording_proxy;
mod visitor;
mod waiting;
mod worker;

pub use causeway::Causeway;
pub use other_issuer::{Claims, OtherIssuer};
pub use ports::{free_port, port_or_free};
pub use process_guard::ProcessGuard;
pub use receiver::{Received, Receiver};
pub use recording_proxy::RecordingProxy;
pub use visitor::{Answer, Connected, Visitor, jira_calls};
pub use waiting::{PATIENCE, eventually};
pub use worker::{Launcher, Worker};
