//! The ports of a grant: where its copies lie, how its keeper is reached, and what the keeper needs of the organization.

#![expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]

use api::GrantId;

use crate::{
    grant::{GrantReport, KeeperAnswer, KeeperCommand},
    organization_id::OrganizationId,
    ports::PortFailure,
};

/// The sealed copies of tokens in KV, key `grant/{organization}/{grant}`.
///
/// Workers KV accepts one write a second a key, and serves stale and negative reads for a minute and more. A failure
/// here never fails a refresh.
pub trait TokenCopies {
    /// The copy, as JSON, perhaps an old one.
    async fn read(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Option<String>, PortFailure>;
    /// Replaces the copy.
    async fn write(&self, organization: &OrganizationId, grant: &GrantId, copy: &str) -> Result<(), PortFailure>;
    /// Removes the copy.
    async fn remove(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure>;
}

/// The way to a grant's keeper, from anywhere.
pub trait GrantKeepers {
    /// Asks the keeper of `grant`.
    async fn command(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure>;
}

/// What a grant's keeper asks of, and tells to, the organization that the grant belongs to.
pub trait GrantOwner {
    /// What has become of the attempt that this grant came from.
    async fn claim_of(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Claim, PortFailure>;
    /// Tells the news about a grant. May be told twice.
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
    /// It waits for *Save*.
    Pending,
    /// Nobody will ever hold it: never saved, replaced, or removed.
    Abandoned,
}
