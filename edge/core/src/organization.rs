//! The organization: who may do what, which connections there are, and everything that must happen exactly once about
//! them, apart from a grant's rotation.
//!
//! One Durable Object per organization runs [`Organization::answer`] over its SQLite; the tests run it over SQLite in
//! memory. A command is answered in one synchronous turn, so its writes are atomic and no two commands interleave.
//! Out of scope: HTTP, sealing, and anything that waits.

mod access;
mod activation;
mod api_keys;
mod attempts;
mod attention;
mod brought;
mod checkups;
mod command;
mod condition;
mod connections;
mod deletion;
mod deliveries;
mod granting;
mod grants;
mod guides;
mod history;
mod housekeeping;
mod identity;
mod listing;
mod members;
mod migrations;
mod moving;
mod outbox;
mod outcomes;
mod page;
mod projects;
mod reach;
mod refusal;
mod resealing;
mod rotation;
mod rsa_keys;
mod saving;
mod schedule;
mod sign_in;
mod sql;
mod standing;
mod timeline;
mod webhooks;
mod workspaces;

pub use access::*;
pub use activation::SwitchConnection;
pub use api_keys::*;
use attempts::AuthorizedGrant;
pub use attempts::*;
pub use attention::FindAttention;
pub use brought::*;
pub use checkups::*;
pub use command::*;
use condition::Condition;
pub(crate) use connections::*;
pub use deletion::*;
pub use deliveries::*;
pub use granting::{FindAccess, SaveAccess};
pub use grants::*;
pub use guides::*;
pub use history::*;
pub use housekeeping::destroy;
pub use identity::*;
pub use listing::*;
pub use members::{FindMembers, SignMemberOut};
use migrations::migrate;
pub use moving::*;
use outbox::DeliveryRecord;
pub use outcomes::*;
use page::Page;
pub use projects::{DropProject, FindProjects, MakeProject, SaveProject};
pub use reach::*;
pub use refusal::*;
pub use resealing::*;
pub use rotation::*;
pub use rsa_keys::*;
pub use saving::*;
pub use sign_in::*;
pub use sql::*;
pub use timeline::WrittenEntry;
pub use webhooks::*;
pub use workspaces::{AddMembership, DropMembership, FindWorkspaces, MakeWorkspace, SaveWorkspace, ShowWorkspace};

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
