//! The ports and settings of a keeper.

#![expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]

use api::{GrantId, Timestamp};

use crate::{
    address::Policy,
    grant::{GrantOwner, TokenCopies},
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Log, PortFailure, Random, Spawner, Timer},
    sealing::KeyRing,
};

/// A keeper's own storage: one record and one alarm, in the keeper's Durable Object.
///
/// What `save` has confirmed survives a crash, and is on disk before any later request is sent: that is the platform's
/// output gate.
pub trait KeeperStore {
    /// Reads the record, if there is one.
    async fn load(&self) -> Result<Option<String>, PortFailure>;
    /// Replaces the record.
    async fn save(&self, record: &str) -> Result<(), PortFailure>;
    /// Removes the record and everything else that the object stores.
    async fn erase(&self) -> Result<(), PortFailure>;
    /// Sets when `Keeper::alarm` is called; `None` cancels the alarm.
    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure>;
}

/// Everything that a keeper needs.
pub trait KeeperPorts: 'static {
    /// Time.
    fn clock(&self) -> &(impl Clock + Timer);
    /// Randomness.
    fn random(&self) -> &impl Random;
    /// Encryption.
    fn aead(&self) -> &impl Aead;
    /// Token endpoints and Jira.
    fn http(&self) -> &impl Http;
    /// The copies in KV.
    fn copies(&self) -> &impl TokenCopies;
    /// The organization.
    fn owner(&self) -> &impl GrantOwner;
    /// The log.
    fn log(&self) -> &impl Log;
    /// This keeper's own storage.
    fn store(&self) -> &impl KeeperStore;
    /// Work that goes on after an answer.
    fn spawner(&self) -> &impl Spawner;
}

/// The identity and the configuration of a keeper.
#[derive(Clone, Debug)]
pub struct KeeperSettings {
    /// Atlassian's token endpoint and Causeway's client there; `None` while that is not configured.
    pub client: Option<TokenClient>,
    /// The same for viewers; `None` while they have no client of their own.
    pub viewer_client: Option<TokenClient>,
    /// Which addresses of Data Center sites may be called.
    pub policy: Policy,
    /// The sealing keys.
    pub ring: KeyRing,
    /// The tenant.
    pub organization: OrganizationId,
    /// The grant.
    pub grant: GrantId,
}

/// Causeway's OAuth client at a token endpoint.
#[derive(Clone, Debug)]
pub struct TokenClient {
    /// The token endpoint.
    pub token_url: oauth2::TokenUrl,
    /// The client id.
    pub id: oauth2::ClientId,
    /// The client secret. Its `Debug` is redacted.
    pub secret: oauth2::ClientSecret,
}
