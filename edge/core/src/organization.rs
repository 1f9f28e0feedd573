//! The organization: who may do what, which connections there are, and everything that must happen exactly once about
//! them, apart from a grant's rotation.
//!
//! One Durable Object per organization runs [`Organization::answer`] over its SQLite; the tests run it over SQLite in
//! memory. A command is answered in one synchronous turn, so its writes are atomic and no two commands interleave.
//! Out of scope: HTTP, sealing, and anything that waits.

mod access;
mod api_keys;
mod attempts;
mod command;
mod connections;
mod grants;
mod housekeeping;
mod identity;
mod page;
mod refusal;
mod sign_in;
mod sql;

pub use access::*;
pub use api_keys::*;
pub use attempts::*;
pub use command::*;
pub use connections::*;
pub use grants::*;
pub use housekeeping::destroy;
pub use identity::*;
use page::Page;
pub use refusal::*;
pub use sign_in::*;
pub use sql::*;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
