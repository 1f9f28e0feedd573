//! A grant: the credential that a successful authorization leaves, and the protocol that keeps it fresh.
//!
//! What is decided stands in pure functions: [`decision`] (how a request for a token is answered), [`attempt`] (whether a
//! refresh token is presented, and what the answer makes of the grant), [`backoff`] (when again), [`background_tasks`] (copies, news
//! and the alarm). [`Keeper`] drives them over the ports, and is all that a Durable Object has to hold.

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
