//! A grant: the credential that results from a successful authorization, and the protocol that keeps it fresh.
//!
//! Decisions are pure functions: [`token_decision`] (how a request for a token is answered), [`refresh_state`] (whether
//! a refresh token is presented, and what the response makes of the grant), [`backoff`] (when to retry),
//! [`background_tasks`] (copies, reports and the alarm). [`Keeper`] executes them over the ports; a Durable Object only
//! holds it.

mod background_tasks;
mod backoff;
mod copy;
mod credential;
mod horizon;
mod keeper;
mod messages;
mod ports;
mod record;
mod refresh_state;
#[cfg(test)]
mod tests;
mod token_decision;
mod token_endpoint;

pub(crate) use backoff::whole_seconds;
pub use copy::open_copy;
pub use credential::*;
pub use horizon::reauthorize_before;
pub use keeper::{Keeper, KeeperPorts, KeeperSettings, KeeperStore, TokenClient};
pub use messages::*;
pub use ports::*;
pub use token_endpoint::TokenSet;
