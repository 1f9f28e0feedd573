//! A Jira instance at an address that somebody gave: what runs there, which ways to connect it has, and who a credential
//! is there.
//!
//! Whether an address may be called at all is decided before ([`crate::address`]). Every answer here comes from a server
//! that nobody vouches for: it is bounded in time and size, never followed elsewhere, and shown as text only. Out of
//! scope: Atlassian's sign-in service and gateway for 3LO ([`crate::atlassian`]), and calls of others (the proxy).

mod incoming_link;
mod looking;
mod methods;
mod myself;
mod refusals;
mod server_info;

pub(crate) use incoming_link::of_error;
pub use incoming_link::{IncomingLink, LinkTokens};
pub(crate) use looking::cloud_id;
pub use looking::{LookRefused, look_at};
pub use myself::{read_account, who};
pub use refusals::{failed_at_jira, of_oauth1};
pub use server_info::{ServerInfo, Unreachable, server_info};
