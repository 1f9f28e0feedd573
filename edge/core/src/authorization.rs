//! One attempt to authorize, from the click to *Save*, as a state machine.
//!
//! An attempt has a ticket (spent when the pop-up starts), a state (spent when Atlassian sends the browser back) and a
//! life of ten minutes. Every transition takes the time and can refuse. Out of scope: who asks (the organization knows
//! whose attempt it is) and HTTP.

use api::{
    Account, AuthorizationId, AuthorizationStatus, Changes, ConnectionId, Failure, FailureCode, GrantId, Kind,
    Oauth1Progress, Oauth1Step, Site, SiteChoice, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{sealing::Sealed, secrets::Digest};

mod auth_config;
#[cfg(test)]
mod tests;

pub use auth_config::{AuthConfig, AuthMethod};

/// How long an attempt lives, in seconds.
pub const LIFE_SECONDS: i64 = 600;

/// An attempt as it is stored. Version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The version of this form.
    pub v: u8,
    /// Its id.
    pub id: AuthorizationId,
    /// The session that began it; nobody else sees it.
    pub session: Digest,
    /// The connection that is being reauthorized.
    #[serde(default)]
    pub connection: Option<Pinned>,
    /// When it began.
    pub created_at: Timestamp,
    /// Which of the browser's attempt cookies is its own.
    pub slot: u8,
    /// How far it has come.
    pub stage: Stage,
    /// With what it authenticates, for every kind but Cloud's OAuth 2.0.
    #[serde(default)]
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
    /// The request token of OAuth 1.0a, once Jira gave one.
    #[serde(default)]
    #[serde(rename = "asked")]
    pub request_token: Option<PendingRequestToken>,
    /// When the credential ends that it got, if Jira or a person said.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// The step of OAuth 1.0a that failed.
    #[serde(default)]
    pub failed_step: Option<Oauth1Step>,
}

/// A request token that waits for its approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequestToken {
    /// The token, sealed for the attempt.
    pub token: Sealed,
    /// Where the person approves it, where they go there by themselves to bring back a code.
    pub approve_url: Option<String>,
}

/// The connection that a reauthorization is for, and the site that it stays on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The connection.
    pub connection: ConnectionId,
    /// Its site.
    pub site: Option<Site>,
}

/// How far an attempt has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The ticket was given out.
    Ticketed,
    /// The browser was sent to Atlassian, with a state and a cookie.
    Away {
        /// What binds the answer to this browser.
        cookie: Digest,
    },
    /// The person approves at Jira, and brings back a verification code.
    Approving,
    /// The browser is back, or the code was pasted, or there is nothing to wait for; the credential is being tried.
    Exchanging,
    /// Several sites; one must be chosen.
    Choosing {
        /// What the consent gave.
        consent: Consent,
        /// What can be chosen.
        sites: Vec<Site>,
    },
    /// A pending grant waits for *Save*.
    Authorized {
        /// What the consent gave.
        consent: Consent,
        /// The site.
        site: Site,
    },
    /// A connection holds the grant.
    Saved {
        /// The grant.
        grant: GrantId,
    },
    /// It did not work.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// What a consent gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The grant, pending at its keeper.
    pub grant: GrantId,
    /// Who gave it. Known before *Save* at the latest.
    pub account: Option<Account>,
    /// The scopes granted.
    pub scopes: Vec<String>,
}

/// An attempt cannot do this now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationRefused {
    /// Ten minutes have passed.
    Expired,
    /// It is at another stage: spent, finished, or not there yet.
    WrongStage,
    /// The browser does not have the attempt's cookie.
    OtherBrowser,
    /// The site is not one of those to choose from.
    UnknownSite,
}

impl Authorization {
    /// When the attempt ends by itself.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus_seconds(LIFE_SECONDS)
    }

    /// Spends the ticket: the browser goes to Atlassian with `cookie`.
    pub fn redirect(&mut self, cookie: Digest, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        match self.stage {
            Stage::Ticketed => {
                self.stage = Stage::Away { cookie };
                Ok(())
            }
            _ => Err(AuthorizationRefused::WrongStage),
        }
    }

    /// Spends the state: the browser came back with `cookies`. Whatever is refused here, the state is spent.
    pub fn accept_callback(&mut self, cookies: &[Digest], now: Timestamp) -> Result<(), AuthorizationRefused> {
        let Stage::Away { cookie } = &self.stage else { return Err(AuthorizationRefused::WrongStage) };
        let ours = cookies.contains(cookie);
        self.stage = Stage::Exchanging;
        let refused = if self.alive(now).is_err() {
            AuthorizationRefused::Expired
        } else if ours {
            return Ok(());
        } else {
            AuthorizationRefused::OtherBrowser
        };
        self.failed_step = Some(Oauth1Step::Approval);
        self.stage = Stage::Failed { failure: came_back_wrong(refused) };
        Err(refused)
    }

    /// Takes the request token that Jira gave. Where a code will be pasted, the person can approve it now.
    pub fn keep_request_token(
        &mut self,
        request_token: PendingRequestToken,
        now: Timestamp,
    ) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        let pasted = self.auth.as_ref().is_some_and(AuthConfig::by_verification_code);
        match (&self.stage, pasted) {
            (Stage::Ticketed, true) => self.stage = Stage::Approving,
            (Stage::Away { .. }, false) => {}
            _ => return Err(AuthorizationRefused::WrongStage),
        }
        self.request_token = Some(request_token);
        Ok(())
    }

    /// The person pasted a verification code. It is tried once.
    pub fn submit_code(&mut self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        match self.stage {
            Stage::Approving => {
                self.stage = Stage::Exchanging;
                Ok(())
            }
            _ => Err(AuthorizationRefused::WrongStage),
        }
    }

    /// Takes the outcome of the exchange: several sites to choose from.
    pub fn offer(&mut self, consent: Consent, sites: Vec<Site>, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.exchanging(now)?;
        self.stage = Stage::Choosing { consent, sites };
        Ok(())
    }

    /// Takes the outcome of the exchange, or of choosing: a site that answered.
    pub fn settle(&mut self, consent: Consent, site: Site, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        match &self.stage {
            Stage::Exchanging => {}
            Stage::Choosing { sites, .. } if sites.iter().any(|s| s.key() == site.key()) => {}
            Stage::Choosing { .. } => return Err(AuthorizationRefused::UnknownSite),
            _ => return Err(AuthorizationRefused::WrongStage),
        }
        self.stage = Stage::Authorized { consent, site };
        Ok(())
    }

    /// Ends the attempt, unless it was saved. Gives the grant that must be destroyed, if there is one.
    pub fn fail(&mut self, failure: Failure) -> Result<Option<GrantId>, AuthorizationRefused> {
        let grant = match &self.stage {
            Stage::Saved { .. } => return Err(AuthorizationRefused::WrongStage),
            Stage::Choosing { consent, .. } | Stage::Authorized { consent, .. } => Some(consent.grant.clone()),
            _ => None,
        };
        if !matches!(self.stage, Stage::Failed { .. }) {
            self.failed_step = Some(self.step());
            self.stage = Stage::Failed { failure };
        }
        Ok(grant)
    }

    /// *Save*: gives the pending grant to a connection, once.
    pub fn claim(&mut self, now: Timestamp) -> Result<(Consent, Site), AuthorizationRefused> {
        self.alive(now)?;
        let Stage::Authorized { consent, site } = &self.stage else { return Err(AuthorizationRefused::WrongStage) };
        let claimed = (consent.clone(), site.clone());
        self.stage = Stage::Saved { grant: claimed.0.grant.clone() };
        Ok(claimed)
    }

    /// The grant that waits for *Save*, while it may still come.
    pub fn pending_grant(&self, now: Timestamp) -> Option<&GrantId> {
        match &self.stage {
            Stage::Choosing { consent, .. } | Stage::Authorized { consent, .. } if self.alive(now).is_ok() => {
                Some(&consent.grant)
            }
            _ => None,
        }
    }

    /// The attempt as its own session sees it.
    pub fn view(
        &self,
        changes: Option<Changes>,
        connected: impl Fn(&Site) -> Vec<String>,
        now: Timestamp,
    ) -> api::Authorization {
        let mut view = api::Authorization {
            id: self.id.clone(),
            connection_id: self.connection.as_ref().map(|pinned| pinned.connection.clone()),
            status: AuthorizationStatus::Waiting,
            expires_at: self.expires_at(),
            sites: Vec::new(),
            site: None,
            account: None,
            scopes: Vec::new(),
            changes,
            failure: None,
            oauth1: self.progress(),
        };
        match &self.stage {
            Stage::Failed { failure } => view.fail(failure.clone()),
            Stage::Saved { .. } => view.status = AuthorizationStatus::Authorized,
            _ if self.alive(now).is_err() => view.fail(expired()),
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving | Stage::Exchanging => {}
            Stage::Choosing { consent, sites } => {
                view.status = AuthorizationStatus::ChooseSite;
                view.show(consent);
                let choice = |site: &Site| SiteChoice { site: site.clone(), connected_as: connected(site) };
                view.sites = sites.iter().map(choice).collect();
            }
            Stage::Authorized { consent, site } => {
                view.status = AuthorizationStatus::Authorized;
                view.show(consent);
                view.site = Some(site.clone());
            }
        }
        view
    }

    /// The kind of connection that it is for.
    pub fn kind(&self) -> Kind {
        self.auth.as_ref().map_or(Kind::CloudOauth2, AuthConfig::kind)
    }

    fn progress(&self) -> Option<Oauth1Progress> {
        let auth = self.auth.as_ref().filter(|auth| auth.kind() == Kind::Oauth1)?;
        let approve_url = self.request_token.as_ref().filter(|_| auth.by_verification_code());
        Some(Oauth1Progress {
            step: self.step(),
            approve_url: approve_url.and_then(|request_token| request_token.approve_url.clone()),
        })
    }

    /// The step of OAuth 1.0a that is under way, or that failed.
    fn step(&self) -> Oauth1Step {
        match self.stage {
            Stage::Failed { .. } => self.failed_step.unwrap_or(Oauth1Step::RequestToken),
            Stage::Authorized { .. } | Stage::Saved { .. } => Oauth1Step::Done,
            Stage::Exchanging | Stage::Choosing { .. } => Oauth1Step::AccessToken,
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving if self.request_token.is_none() => {
                Oauth1Step::RequestToken
            }
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving => Oauth1Step::Approval,
        }
    }

    fn alive(&self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        if now >= self.expires_at() { Err(AuthorizationRefused::Expired) } else { Ok(()) }
    }

    fn exchanging(&self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        if self.stage == Stage::Exchanging { Ok(()) } else { Err(AuthorizationRefused::WrongStage) }
    }
}

trait Fill {
    fn fail(&mut self, failure: Failure);
    fn show(&mut self, consent: &Consent);
}

impl Fill for api::Authorization {
    fn fail(&mut self, failure: Failure) {
        self.status = AuthorizationStatus::Failed;
        self.changes = None;
        self.failure = Some(failure);
    }

    fn show(&mut self, consent: &Consent) {
        self.account.clone_from(&consent.account);
        self.scopes.clone_from(&consent.scopes);
    }
}

fn came_back_wrong(refused: AuthorizationRefused) -> Failure {
    if refused == AuthorizationRefused::Expired {
        return expired();
    }
    Failure {
        code: FailureCode::OtherBrowser,
        message: "The answer from Atlassian came back in another browser.".to_owned(),
        remedy: "Authorize again, and finish in the window that opens.".to_owned(),
        details: None,
    }
}

fn expired() -> Failure {
    Failure {
        code: FailureCode::Expired,
        message: "Ten minutes have passed since this authorization was started.".to_owned(),
        remedy: "Authorize again.".to_owned(),
        details: None,
    }
}

/// What a person sees who chose *Cancel* in Causeway.
pub fn cancelled() -> Failure {
    Failure {
        code: FailureCode::Cancelled,
        message: "The authorization was cancelled.".to_owned(),
        remedy: "Authorize again when you are ready.".to_owned(),
        details: None,
    }
}
