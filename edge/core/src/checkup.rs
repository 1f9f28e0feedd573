//! The checkup: a diagnosis of one connection in steps. The *Test* button shows it, and the connection's status follows
//! from it.
//!
//! [`Checkup::next`] runs one step after another over the ports (`probes`); in the module of each step, a pure function
//! decides what the response means. A checkup requests no refresh, with one exception: a token that Jira refused
//! with 401 is replaced once, as the proxy does, because only that distinguishes a revoked consent from a site that
//! refuses. It ends a credential that cannot be refreshed only on Jira's own word about our own question, `/myself`, or
//! after a day of refusals ([`CredentialRefusal`]).
//!
//! Out of scope: what the findings change ([`crate::connection_status`], and the organization, which stores them).

mod clock;
mod configuration;
mod direct;
mod evidence;
mod findings;
mod identity;
mod limits;
mod network;
mod permissions;
mod probes;
mod redaction;
mod site;
mod step_result;
mod token;

#[cfg(test)]
mod tests;

use api::{
    Cause, CheckupStep, CheckupStepName, Connection, CredentialKind, Diagnosis, Facts, GrantId, StepOutcome, Timestamp,
    explain,
};
use serde::{Deserialize, Serialize};

pub use findings::CheckupFindings;

use crate::{
    address::StoredAddress,
    checkup::{evidence::Evidence, step_result::StepResult},
    configuration::Configuration,
    connection_status::CredentialState,
    credential_refusal::{CredentialRefusal, kept_cause},
    grant::GrantKeepers,
    jira::JiraTarget,
    oauth1::Rsa,
    organization_id::OrganizationId,
    ports::{Clock, Http, PortFailure, Random},
};

/// The steps, in their order.
pub const STEPS: [CheckupStepName; 10] = [
    CheckupStepName::Configuration,
    CheckupStepName::Network,
    CheckupStepName::Token,
    CheckupStepName::Identity,
    CheckupStepName::Site,
    CheckupStepName::Scopes,
    CheckupStepName::Permissions,
    CheckupStepName::IpAllowList,
    CheckupStepName::RateLimit,
    CheckupStepName::Clock,
];

/// The connection to check, as it was when the checkup began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The connection.
    pub connection: Connection,
    /// Its grant, if it has one.
    pub grant: Option<GrantId>,
    /// The refusals of its credential so far that ended nothing.
    #[serde(default)]
    pub refusal: Option<CredentialRefusal>,
    /// When the checkup began.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
    /// What became of asking Jira to tell of changes; `None` if nothing over the connection wants that.
    #[serde(default)]
    pub events: Option<EventsWanted>,
}

/// What became of asking Jira to tell of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsWanted {
    /// Until when it does.
    pub until: Option<Timestamp>,
    /// Why it refuses to.
    pub refused: Option<String>,
}

/// What a task needs: the ports, the configuration and the organization.
pub struct Context<'a, W> {
    /// The ports.
    pub world: &'a W,
    /// What the operator configured.
    pub configuration: &'a Configuration,
    /// The tenant.
    pub organization: &'a OrganizationId,
}

/// A checkup that the object of the connection's grant is to run.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckupEnvelope {
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub checkup: Subject,
}

/// Runs checkups in the objects of grants. Each of those has outgoing connections of its own, so that many checkups run at
/// the same time and none waits for another one's site.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CheckupRunner {
    /// Runs all steps in the object of `grant`. Fails if that cannot be reached.
    async fn run_checkup(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        subject: &Subject,
    ) -> Result<CheckupFindings, PortFailure>;
}

/// A running checkup. Dropping it cancels it; nothing has been stored yet.
pub struct Checkup {
    subject: Subject,
    evidence: Evidence,
    done: Vec<CheckupStep>,
}

impl Checkup {
    /// A checkup before its first step.
    pub fn of(subject: Subject) -> Self {
        Self { subject, evidence: Evidence::default(), done: Vec::new() }
    }

    /// Runs the next step. `None` after the last.
    pub async fn next<W: Http + Clock + GrantKeepers + Rsa + Random>(
        &mut self,
        cx: &Context<'_, W>,
    ) -> Option<CheckupStep> {
        let name = *STEPS.get(self.done.len())?;
        let begun = cx.world.now();
        let result = match self.evidence.reason_to_skip(name, self.kind()) {
            Some(why) => StepResult::skipped(why),
            None => self.run_step(name, cx).await,
        };
        let now = cx.world.now();
        let step = result.into_step(name, millis(begun, now), |cause| self.explained(cause, cx.configuration, now));
        self.evidence.record(&step);
        self.done.push(step.clone());
        Some(step)
    }

    /// What a cause means for this connection, with what was found so far.
    fn explained(&self, cause: Cause, configuration: &Configuration, now: Timestamp) -> Diagnosis {
        let (known, operator) = (self.evidence.facts(now), configuration.operator());
        let facts = Facts {
            failing: None,
            jira_status: known.jira_status,
            token_status: known.token_status,
            lacks_token: self.evidence.credential.is_some_and(|credential| credential.lacks_token_for(cause)),
            reaches_no_site: known.reaches_no_site,
            has_web_page: known.has_web_page,
            limited_until: known.limited_until,
            missing_scopes: &self.subject.connection.missing_scopes,
            egress_addresses: &operator.egress_addresses,
            support_url: operator.support_url.as_deref(),
        };
        explain(cause, self.kind(), &facts)
    }

    /// What the connection authenticates with.
    fn kind(&self) -> CredentialKind {
        CredentialKind::of(self.subject.connection.kind, self.subject.connection.credential.as_ref())
    }

    /// Runs every step.
    pub async fn finish<W: Http + Clock + GrantKeepers + Rsa + Random>(
        mut self,
        cx: &Context<'_, W>,
    ) -> CheckupFindings {
        while self.next(cx).await.is_some() {}
        self.findings(cx.world.now())
    }

    /// The findings so far; complete after the last step.
    pub fn findings(&self, now: Timestamp) -> CheckupFindings {
        CheckupFindings {
            grant: self.subject.grant.clone(),
            credential: self.credential(),
            is_refused: self.evidence.is_refused,
            trouble: findings::most_telling(&self.done, self.evidence.reads_work()),
            facts: self.evidence.facts(now),
            site: self.evidence.site_reached.as_ref().map(|site_reached| site_reached.site.clone()),
            scopes: self
                .evidence
                .site_reached
                .as_ref()
                .map(|site_reached| site_reached.scopes_beside(&self.subject.connection.scopes)),
            moved_to: self.evidence.moved_to.clone(),
            owner_active: self.evidence.owner_active,
            passed: self.done.iter().all(|step| step.outcome != StepOutcome::Failed),
            begun_at: self.subject.begun_at,
        }
    }

    /// The state of the credential. One that was refused stays refused until Jira accepts it: that the keeper has it, or
    /// that Jira could not be asked, proves nothing.
    fn credential(&self) -> Option<CredentialState> {
        let waits = self.subject.refusal.is_some() && !self.evidence.refusal_is_over;
        match self.evidence.credential {
            Some(CredentialState::Works) if waits => {
                Some(CredentialState::Unavailable { cause: kept_cause(self.subject.connection.status.cause()) })
            }
            credential => credential,
        }
    }

    async fn run_step<W: Http + Clock + GrantKeepers + Rsa + Random>(
        &mut self,
        name: CheckupStepName,
        cx: &Context<'_, W>,
    ) -> StepResult {
        if let Some(JiraTarget::Direct { address }) = JiraTarget::of(&self.subject.connection) {
            return self.run_direct_step(name, &address, cx).await;
        }
        let atlassian = match configuration::needed(cx.configuration) {
            Ok(atlassian) => atlassian,
            Err(finding) => return configuration::judge(Some(finding)),
        };
        match name {
            CheckupStepName::Configuration => configuration::judge_app(cx.configuration),
            CheckupStepName::Network => self.network(cx, &atlassian).await,
            CheckupStepName::Token => self.token(cx).await,
            CheckupStepName::Identity => self.identity(cx).await,
            CheckupStepName::Site => self.site(cx, &atlassian).await,
            CheckupStepName::Scopes => self.scopes(cx.configuration.hears_events()),
            CheckupStepName::Permissions => self.permissions(cx).await,
            CheckupStepName::IpAllowList => limits::ip_allow_list(&self.evidence.of_jira()),
            CheckupStepName::RateLimit => limits::rate_limit(&self.evidence.of_jira()),
            CheckupStepName::Clock => clock::judge(self.evidence.clock_reading, clock::ClockOwner::Atlassian),
        }
    }
}

impl Checkup {
    /// Runs a step for a connection whose calls go directly to the instance.
    async fn run_direct_step<W: Http + Clock + GrantKeepers + Rsa + Random>(
        &mut self,
        name: CheckupStepName,
        address: &StoredAddress,
        cx: &Context<'_, W>,
    ) -> StepResult {
        let connection = &self.subject.connection;
        let is_cloud = connection.site.as_ref().is_some_and(|site| site.cloud_id.is_some());
        match name {
            CheckupStepName::Configuration => match cx.configuration.key_ring() {
                Ok(_) => configuration::judge_link(connection.credential.as_ref()),
                Err(finding) => configuration::judge(Some(finding)),
            },
            CheckupStepName::Network => self.network_directly(cx, address).await,
            CheckupStepName::Token => self.token(cx).await,
            CheckupStepName::Identity => self.identity(cx).await,
            CheckupStepName::Site => self.site_directly(),
            CheckupStepName::Scopes => {
                direct::scopes(connection.kind, connection.credential.as_ref(), &connection.scopes)
            }
            CheckupStepName::Permissions => self.permissions(cx).await,
            CheckupStepName::IpAllowList if is_cloud => limits::ip_allow_list(&self.evidence.of_jira()),
            CheckupStepName::RateLimit => limits::rate_limit(&self.evidence.of_jira()),
            CheckupStepName::IpAllowList => StepResult::skipped("Skipped: only Jira Cloud has an IP allowlist."),
            CheckupStepName::Clock if is_cloud => {
                clock::judge(self.evidence.clock_reading, clock::ClockOwner::Atlassian)
            }
            CheckupStepName::Clock => clock::judge(self.evidence.clock_reading, clock::ClockOwner::Jira),
        }
    }
}

fn millis(begun: Timestamp, ended: Timestamp) -> u32 {
    u32::try_from(ended.since(begun).max(0)).unwrap_or(u32::MAX)
}
