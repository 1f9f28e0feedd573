//! A Jira instance at an address that somebody gave: what runs there, which ways to connect it has, and who a credential
//! is there.
//!
//! Whether an address may be called at all is decided before ([`crate::address`]). Every answer here comes from a server
//! that nobody vouches for: it is bounded in time and size, never followed elsewhere, and shown as text only. Out of
//! scope: Atlassian's sign-in service and gateway for 3LO ([`crate::atlassian`]), and calls of others (the proxy).

mod discovery;
mod incoming_link;
mod methods;
mod myself;
mod refusals;
mod server_info;

pub(crate) use discovery::fetch_cloud_id;
pub use discovery::{DiscoveryRefused, discover};
pub use incoming_link::IncomingLink;
pub(crate) use incoming_link::code_of_error;
pub use myself::fetch_account;
pub use refusals::{jira_failure, oauth1_failure};
pub use server_info::{ServerInfo, Unreachable, fetch_server_info};
