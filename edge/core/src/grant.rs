//! A grant: the credential that a successful authorization leaves, and the protocol that keeps it fresh.

mod messages;

pub use messages::*;
