//! The ports of a grant: the copies of its tokens, the way to its keeper, and the organization as the keeper sees it.

#![expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]

use api::GrantId;

use crate::{
    grant::{GrantReport, KeeperAnswer, KeeperCommand},
    organization_id::OrganizationId,
    ports::PortFailure,
};

/// The sealed copies of tokens in KV, key `grant/{organization}/{grant}`.
///
/// Workers KV accepts one write per second and key, and can serve stale or negative reads for more than a minute. A
/// failure of KV never fails a refresh.
pub trait TokenCopies {
    /// The copy as JSON, possibly a stale one.
    async fn read(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Option<String>, PortFailure>;
    /// Replaces the copy.
    async fn write(&self, organization: &OrganizationId, grant: &GrantId, copy: &str) -> Result<(), PortFailure>;
    /// Removes the copy.
    async fn remove(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure>;
}

/// Reaches the keeper of a grant, from anywhere.
pub trait GrantKeepers {
    /// Sends a command to the keeper of `grant`.
    async fn command(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure>;
}

/// The organization that a grant belongs to, as its keeper sees it.
pub trait GrantOwner {
    /// Whether a connection holds the grant.
    async fn claim_of(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Claim, PortFailure>;
    /// Reports a change. Idempotent.
    async fn report(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        report: &GrantReport,
    ) -> Result<(), PortFailure>;
}

/// Whether a connection holds a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A connection holds it.
    Held,
    /// It is pending until *Save*.
    Pending,
    /// No connection will ever hold it: it was never saved, or it was replaced or removed.
    Abandoned,
}
