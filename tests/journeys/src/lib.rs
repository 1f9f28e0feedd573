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
mod leash;
mod other_issuer;
mod ports;
mod processes;
mod receiver;
pub mod traces;
mod visitor;
mod waiting;
pub mod wire;
mod wiretap;
mod worker;

pub use causeway::Causeway;
pub use leash::Leashed;
pub use other_issuer::{Claims, OtherIssuer};
pub use ports::{free_port, port_or_free};
pub use receiver::{Received, Receiver};
pub use visitor::{Answer, Connected, Visitor, jira_calls};
pub use waiting::{PATIENCE, eventually};
pub use wiretap::Wiretap;
pub use worker::Worker;
