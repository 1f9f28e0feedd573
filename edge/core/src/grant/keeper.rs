//! The keeper of one grant.

mod ports;

pub use ports::{KeeperPorts, KeeperSettings, KeeperStore, TokenClient};
