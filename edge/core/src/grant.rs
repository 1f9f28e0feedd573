//! A grant: the credential that a successful authorization leaves, and the protocol that keeps it fresh.
//!
//! What is decided stands in pure functions: [`course`] (how a request for a token is answered), [`attempt`] (whether a
//! refresh token is presented, and what the answer makes of the grant), [`pacing`] (when again), [`chores`] (copies, news
//! and the alarm). [`Keeper`] drives them over the ports, and is all that a Durable Object has to hold.

mod attempt;
mod chores;
mod copy;
mod course;
mod credential;
mod horizon;
mod keeper;
mod messages;
mod pacing;
mod ports;
mod record;
#[cfg(test)]
mod tests;
mod token_endpoint;

pub use copy::open_copy;
pub use credential::*;
pub use horizon::reauthorize_before;
pub use keeper::{Keeper, KeeperPorts, KeeperSettings, KeeperStore, TokenClient};
pub use messages::*;
pub(crate) use pacing::whole_seconds;
pub use ports::*;
pub use token_endpoint::GivenTokens;
