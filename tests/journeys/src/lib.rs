//! End-to-end tests: a real browser, the real Worker on `workerd`, and the model of Atlassian.
//!
//! This library starts and ends them; its functions are named by what a person does (*signs in as*, *sees*, *chooses*).
//! The tests are in `tests/`. `make run` starts the same things by hand. Nothing here depends on the code of the edge or
//! of the app: they are used through their address, as by people and machines.

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
mod tls_front;
mod visitor;
mod waiting;
mod worker;

pub use causeway::Causeway;
pub use other_issuer::{Claims, OtherIssuer};
pub use ports::{free_port, port_or_free};
pub use process_guard::ProcessGuard;
pub use receiver::{Received, Receiver};
pub use recording_proxy::RecordingProxy;
pub use tls_front::TlsFront;
pub use visitor::{Answer, Connected, Visitor, jira_calls};
pub use waiting::{PATIENCE, eventually};
pub use worker::{Launcher, Worker, WriteWatch};
