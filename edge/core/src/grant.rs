//! A grant: the credential that a successful authorization leaves, and the protocol that keeps it fresh.

mod keeper;
mod messages;

pub use keeper::{KeeperPorts, KeeperSettings, KeeperStore, TokenClient};
pub use messages::*;
