//! What becomes of an attempt once the browser is back from Atlassian: a choice of sites, a pending grant, or nothing.

use api::{AuthorizationId, Failure, GrantId, Site};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{Authorization, Consent, Stage, cancelled},
    organization::{Command, Identity, Needs, Organization, Refusal, Sql},
    ports::Random,
};

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Ends an attempt. Gives the grant that must be destroyed now, if there is one, and remembers it until it is.
    fn end_attempt(&self, attempt: &mut Authorization, failure: Failure) -> Result<Option<GrantId>, Refusal> {
        let grant = attempt.fail(failure)?;
        self.keep_attempt(attempt)?;
        self.retire(&grant)?;
        Ok(grant)
    }
}

/// Takes the outcome of an exchange: several sites.
#[derive(Serialize, Deserialize)]
pub struct OfferSites {
    /// The attempt.
    pub id: AuthorizationId,
    /// What the consent gave.
    pub consent: Consent,
    /// The sites.
    pub sites: Vec<Site>,
}

impl Command for OfferSites {
    const NAME: &'static str = "offer_sites";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        attempt.offer(self.consent, self.sites, organization.now)?;
        organization.client_is_accepted()?;
        organization.keep_attempt(&attempt)
    }
}

/// Takes the outcome of an exchange or of choosing: a site that answered.
#[derive(Serialize, Deserialize)]
pub struct SettleAttempt {
    /// The attempt.
    pub id: AuthorizationId,
    /// What the consent gave.
    pub consent: Consent,
    /// The site.
    pub site: Site,
}

impl Command for SettleAttempt {
    const NAME: &'static str = "settle_attempt";
    const NEEDS: Needs = Needs::Edge;
    type Answer = api::Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<api::Authorization, Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        attempt.settle(self.consent, self.site, organization.now)?;
        organization.client_is_accepted()?;
        organization.keep_attempt(&attempt)?;
        organization.view(&attempt)
    }
}

/// Takes the outcome of an exchange or of choosing: it did not work.
#[derive(Serialize, Deserialize)]
pub struct FailAttempt {
    /// The attempt.
    pub id: AuthorizationId,
    /// Why.
    pub failure: Failure,
}

impl Command for FailAttempt {
    const NAME: &'static str = "fail_attempt";
    const NEEDS: Needs = Needs::Edge;
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Option<GrantId>, Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        organization.end_attempt(&mut attempt, self.failure)
    }
}

/// Shows an attempt to its own session.
#[derive(Serialize, Deserialize)]
pub struct ShowAttempt {
    /// The attempt.
    pub id: AuthorizationId,
}

impl Command for ShowAttempt {
    const NAME: &'static str = "show_attempt";
    const NEEDS: Needs = Needs::Session;
    type Answer = api::Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<api::Authorization, Refusal> {
        organization.view(&organization.own_attempt(&self.id, who)?)
    }
}

/// Finds what choosing a site needs.
#[derive(Serialize, Deserialize)]
pub struct FindChoice {
    /// The attempt.
    pub id: AuthorizationId,
    /// The site that was chosen.
    pub cloud_id: String,
}

/// A choice that can be made.
#[derive(Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What the consent gave.
    pub consent: Consent,
    /// The site.
    pub site: Site,
}

impl Command for FindChoice {
    const NAME: &'static str = "find_choice";
    const NEEDS: Needs = Needs::Session;
    type Answer = Choice;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Choice, Refusal> {
        let attempt = organization.own_attempt(&self.id, who)?;
        let alive = attempt.pending_grant(organization.now).is_some();
        let Stage::Choosing { consent, sites } = attempt.stage else { return Err(Refusal::AuthorizationNotReady) };
        if !alive {
            return Err(Refusal::AuthorizationNotReady);
        }
        let site = sites.into_iter().find(|site| site.key() == self.cloud_id);
        let unknown = || Refusal::Invalid("The site is not one of those to choose from.".to_owned());
        Ok(Choice { consent, site: site.ok_or_else(unknown)? })
    }
}

/// Ends an attempt because its person says so.
#[derive(Serialize, Deserialize)]
pub struct CancelAttempt {
    /// The attempt.
    pub id: AuthorizationId,
}

impl Command for CancelAttempt {
    const NAME: &'static str = "cancel_attempt";
    const NEEDS: Needs = Needs::Session;
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Option<GrantId>, Refusal> {
        let mut attempt = organization.own_attempt(&self.id, who)?;
        organization.end_attempt(&mut attempt, cancelled())
    }
}

/// Takes the outcome of choosing: the site refused. An attempt that was settled meanwhile stays as it is.
#[derive(Serialize, Deserialize)]
pub struct FailChoice {
    /// The attempt.
    pub id: AuthorizationId,
    /// Why.
    pub failure: Failure,
}

impl Command for FailChoice {
    const NAME: &'static str = "fail_choice";
    const NEEDS: Needs = Needs::Edge;
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Option<GrantId>, Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        if !matches!(attempt.stage, Stage::Choosing { .. }) {
            return Ok(None);
        }
        organization.end_attempt(&mut attempt, self.failure)
    }
}
