//! A Jira instance at an address that a person entered: what runs there, which methods to connect it offers, and whose
//! credential is used there.
//!
//! Whether an address may be called is decided before ([`crate::address`]). The responses come from an untrusted
//! server: they are limited in time and size, redirects are not followed, and text is only ever shown as text. Out of
//! scope: Atlassian's authorization server and gateway ([`crate::atlassian`]), and calls on behalf of others (the
//! proxy).

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
pub(crate) use server_info::{SERVER_INFO, read_server_info};
pub use server_info::{ServerInfo, Unreachable, fetch_server_info};
