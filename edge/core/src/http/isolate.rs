//! What an isolate remembers between requests.

use super::{
    charts::RenderCache,
    embeds::EmbedMemory,
    forge::{ForgeKeys, PagesRead},
    guard::Guard,
    health::{Cryptography, HealthCache},
    jira_events::EventMemory,
    openid::ProviderCache,
};
use crate::quota_ledger::Leases;

/// The memory of one isolate, shared by all its requests. Nothing here is authoritative: an isolate may end at any time.
#[derive(Default)]
pub struct Isolate {
    /// What `/healthz` has checked of the platform's cryptography.
    pub(super) cryptography: Cryptography,
    /// The last answer of `/healthz`.
    pub(super) health: HealthCache,
    /// Which old credentials the organization accepts.
    pub(super) guard: Guard,
    /// What is known of the OpenID provider.
    pub(super) provider: ProviderCache,
    /// What it holds of the points that Atlassian lets the app spend.
    pub(super) leases: Leases,
    /// The keys that sign invocation tokens of the Forge app.
    pub(super) forge_keys: ForgeKeys,
    /// Which readers may read which pages, as Confluence said a moment ago.
    pub(super) pages_read: PagesRead,
    /// Which events of Jira were taken, and whom they concern.
    pub(super) events: EventMemory,
    /// What embeds showed a moment ago.
    pub(super) embeds: EmbedMemory,
    /// The last numbers of charts.
    pub(super) renders: RenderCache,
}
