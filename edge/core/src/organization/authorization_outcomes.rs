//! The outcomes of an authorization after the browser has returned from Atlassian: a choice of sites, a pending grant,
//! or a failure.

use api::{
    AuthorizationId, CancelAuthorization, ChooseAuthorizationSite, Endpoint, Failure, GetAuthorization, GrantId, Kind,
    Nothing, Site, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{Authorization, Consent, Stage, cancelled},
    organization::{Answers, Needs, Refusal, Step, Turn},
};

impl Turn<'_> {
    /// Fails an authorization and retires its grant. Returns the grant that must be destroyed now, if there is one.
    fn end_authorization(
        &self,
        authorization: &mut Authorization,
        failure: Failure,
    ) -> Result<Option<GrantId>, Refusal> {
        let grant = authorization.fail(failure)?;
        self.store_authorization(authorization)?;
        self.retire(&grant)?;
        Ok(grant)
    }
}

/// Stores the outcome of an exchange whose consent covers several sites.
#[derive(Serialize, Deserialize)]
pub struct OfferSites {
    /// The authorization.
    pub id: AuthorizationId,
    /// The consent: the grant, its scopes and its account.
    pub consent: Consent,
    /// The sites.
    pub sites: Vec<Site>,
}

impl Step for OfferSites {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        authorization.offer(self.consent, self.sites, turn.now)?;
        turn.clear_client_alert()?;
        turn.store_authorization(&authorization)
    }
}

/// Stores the outcome of an exchange or of choosing a site: the site answered.
#[derive(Serialize, Deserialize)]
pub struct SettleAuthorization {
    /// The authorization.
    pub id: AuthorizationId,
    /// The consent: the grant, its scopes and its account.
    pub consent: Consent,
    /// The site.
    pub site: Site,
    /// When the credential ends, if Jira or a person stated it. `None` for Cloud, whose grants are refreshed.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
}

impl Step for SettleAuthorization {
    type Answer = api::Authorization;

    fn run(self, turn: &Turn<'_>) -> Result<api::Authorization, Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        authorization.ends_at = self.ends_at;
        authorization.settle(self.consent, self.site, turn.now)?;
        if authorization.kind() == Kind::CloudOauth2 {
            turn.clear_client_alert()?;
        }
        if let Some(viewer) = authorization.viewer.clone() {
            turn.save_viewer_grant(&mut authorization, &viewer)?;
        }
        turn.store_authorization(&authorization)?;
        turn.view(&authorization)
    }
}

/// Stores the outcome of an exchange or of choosing a site: it failed.
#[derive(Serialize, Deserialize)]
pub struct FailAuthorization {
    /// The authorization.
    pub id: AuthorizationId,
    /// Why it failed.
    pub failure: Failure,
}

impl Step for FailAuthorization {
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run(self, turn: &Turn<'_>) -> Result<Option<GrantId>, Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        turn.end_authorization(&mut authorization, self.failure)
    }
}

/// Stores the outcome of submitting a verification code: Jira refused the code. Another one can be submitted, a few
/// times.
#[derive(Serialize, Deserialize)]
pub struct RefuseVerificationCode {
    /// The authorization.
    pub id: AuthorizationId,
    /// Why Jira refused it.
    pub failure: Failure,
}

impl Step for RefuseVerificationCode {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        authorization.refuse_code(self.failure, turn.now)?;
        turn.store_authorization(&authorization)
    }
}

/// Shows an authorization to the session that created it.
impl Answers for GetAuthorization {
    type Outcome = api::Authorization;

    fn needs(id: &AuthorizationId, _: &Nothing) -> Needs {
        Needs::Authorization(id.clone())
    }

    fn answer(id: AuthorizationId, _: Nothing, turn: &Turn<'_>) -> Result<api::Authorization, Refusal> {
        turn.view(&turn.own_authorization(&id)?)
    }
}

/// The chosen site, and the consent that covers it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Choice {
    /// The consent: the grant, its scopes and its account.
    pub consent: Consent,
    /// The site.
    pub site: Site,
}

/// Finds the consent and the site for a choice of site. Changes nothing.
impl Answers for ChooseAuthorizationSite {
    type Outcome = Choice;

    fn needs(id: &AuthorizationId, _: &<Self as Endpoint>::Request) -> Needs {
        Needs::Authorization(id.clone())
    }

    fn answer(id: AuthorizationId, request: <Self as Endpoint>::Request, turn: &Turn<'_>) -> Result<Choice, Refusal> {
        let authorization = turn.own_authorization(&id)?;
        let alive = authorization.pending_grant(turn.now).is_some();
        let Stage::Choosing { consent, sites } = authorization.stage else {
            return Err(Refusal::AuthorizationNotReady);
        };
        if !alive {
            return Err(Refusal::AuthorizationNotReady);
        }
        let site = sites.into_iter().find(|site| site.key() == request.cloud_id);
        let unknown = || Refusal::Invalid("The site is not one of those to choose from.".to_owned());
        Ok(Choice { consent, site: site.ok_or_else(unknown)? })
    }
}

/// Cancels an authorization at its user's request.
impl Answers for CancelAuthorization {
    /// The grant that must be destroyed now, if there is one.
    type Outcome = Option<GrantId>;

    fn needs(id: &AuthorizationId, _: &Nothing) -> Needs {
        Needs::Authorization(id.clone())
    }

    fn answer(id: AuthorizationId, _: Nothing, turn: &Turn<'_>) -> Result<Option<GrantId>, Refusal> {
        let mut authorization = turn.own_authorization(&id)?;
        turn.end_authorization(&mut authorization, cancelled())
    }
}

/// Stores the outcome of choosing a site: the site refused the token. An authorization that was settled meanwhile stays
/// as it is.
#[derive(Serialize, Deserialize)]
pub struct FailSiteChoice {
    /// The authorization.
    pub id: AuthorizationId,
    /// Why it failed.
    pub failure: Failure,
}

impl Step for FailSiteChoice {
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run(self, turn: &Turn<'_>) -> Result<Option<GrantId>, Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        if !matches!(authorization.stage, Stage::Choosing { .. }) {
            return Ok(None);
        }
        turn.end_authorization(&mut authorization, self.failure)
    }
}
