//! The organization: members and their permissions, connections, and every decision about them that must be made
//! exactly once. Only the rotation of a grant is decided elsewhere, by the grant's keeper.
//!
//! One Durable Object per organization runs [`Turn::answer`] over its SQLite; the tests run it over SQLite in memory. A
//! command runs in one synchronous turn and one transaction, so no two commands interleave and a refusal changes
//! nothing. Out of scope: HTTP, sealing, and anything that waits.

mod activation;
mod api_keys;
mod attention;
mod authorization_outcomes;
mod authorizations;
mod authorize_call;
mod calls;
mod chart_access;
mod charts;
mod checkup_schedule;
mod checkups;
mod connection_credential;
mod connection_resyncs;
mod connections;
mod credential_authorizations;
mod deletion;
mod deliveries;
mod delivery_views;
mod diagnosis;
mod dispatch;
mod drafts;
mod envelope;
mod forge;
mod grants;
mod guides;
mod handlers;
mod history;
mod housekeeping;
mod identity;
mod if_match;
mod jira_projects;
mod key_rotation;
mod limits;
mod listing;
mod members;
mod migrations;
mod needs;
mod ordering;
mod outbox;
mod page;
mod permissions;
mod projects;
mod refusal;
mod resealing;
mod rsa_keys;
mod saving;
mod sign_in;
mod site_address;
mod sql;
mod subscriptions;
mod task_events;
mod tasks;
mod timeline;
mod turn;
mod unauthorize;
mod viewers;
mod watched;
mod webhooks;
mod where_clause;
mod workspace_access;
mod workspaces;

pub use api_keys::*;
pub use authorization_outcomes::*;
use authorizations::AuthorizedGrant;
pub use authorizations::*;
pub use authorize_call::*;
pub use calls::{CallCount, CountedCalls, FailingRun, KeyCalls, ObservedRateLimit, RecordCalls};
pub(crate) use calls::{HOUR, step_of};
pub use chart_access::{ChartAccess, ChartToCompute};
pub use checkups::*;
pub(crate) use connection_credential::*;
pub use connection_resyncs::*;
pub(crate) use connections::*;
pub use credential_authorizations::*;
pub use deliveries::*;
pub use dispatch::Listed;
#[cfg(test)]
pub(crate) use dispatch::PanicHalfway;
pub use envelope::*;
pub use forge::*;
pub use grants::*;
pub use guides::*;
pub use handlers::*;
pub use history::*;
pub use housekeeping::destroy;
pub use identity::*;
pub use if_match::*;
pub use jira_projects::*;
pub use key_rotation::*;
pub use listing::*;
use migrations::migrate;
pub(crate) use migrations::{is_new, learn_id, stored_id};
pub use needs::*;
use outbox::StoredDelivery;
use page::Page;
pub(crate) use page::page_limit;
pub use permissions::{AccessLevel, WorkspaceRole};
pub use refusal::*;
pub use resealing::*;
pub use rsa_keys::*;
pub use saving::*;
pub use sign_in::*;
pub use site_address::*;
pub use sql::*;
pub use subscriptions::*;
pub use task_events::*;
pub use tasks::*;
pub use timeline::WrittenEntry;
pub use turn::*;
pub use unauthorize::*;
pub use viewers::BeginViewerAuthorization;
pub use watched::ListWatched;
pub use webhooks::*;
use where_clause::WhereClause;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
