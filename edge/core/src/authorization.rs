//! One authorization, from the click to *Save*, as a state machine.
//!
//! An authorization has a ticket (redeemed when the pop-up opens), a state (redeemed at the callback) and a lifetime of
//! ten minutes. Every transition takes the current time and can be refused. Out of scope: access control (the
//! organization knows whose authorization it is) and HTTP.

use api::{Account, AuthorizationId, ConnectionId, Failure, GrantId, Kind, Oauth1Step, Site, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{grant::CloudClient, sealing::Sealed, secrets::Digest};

mod auth_config;
mod callback_path;
mod failures;
mod missing_scopes;
#[cfg(test)]
mod tests;
mod view;
mod viewer_consent;

pub use auth_config::{AuthConfig, AuthMethod};
pub use callback_path::CallbackPath;
use failures::came_back_wrong;
pub use failures::cancelled;
pub use missing_scopes::missing_scopes;
pub use viewer_consent::{ConsentOwner, Reader, ViewerConsent};

/// How long an authorization can be used, in seconds.
pub const LIFE_SECONDS: i64 = 600;
/// How many verification codes can be tried with one request token.
pub const CODES: u8 = 5;

/// An authorization as it is stored. Version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The version of the stored format.
    pub v: u8,
    /// The id.
    pub id: AuthorizationId,
    /// The session that started it; no other session can see it.
    pub session: Digest,
    /// The connection that is being reauthorized.
    #[serde(default)]
    pub connection: Option<Pinned>,
    /// When it was started.
    pub created_at: Timestamp,
    /// The number of its cookie: a browser can have several authorizations under way.
    pub slot: u8,
    /// Its current stage.
    pub stage: Stage,
    /// How the connection authenticates, for every kind but Cloud's OAuth 2.0.
    #[serde(default)]
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
    /// The path at which the browser must come back.
    #[serde(default, skip_serializing_if = "CallbackPath::is_shared")]
    pub callback_path: CallbackPath,
    /// The request token of OAuth 1.0a, once Jira has issued one.
    #[serde(default)]
    #[serde(rename = "asked")]
    pub request_token: Option<PendingRequestToken>,
    /// When the resulting credential expires, if Jira or the person said so.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// The step of OAuth 1.0a that failed.
    #[serde(default)]
    pub failed_step: Option<Oauth1Step>,
    /// The number of verification codes that Jira refused.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused_codes: u8,
    /// Why Jira refused the last verification code, until another one is submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_failure: Option<Failure>,
    /// Who wants to look at charts with the access, which is saved by itself. `None` for what a connection will hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<ViewerConsent>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

/// An OAuth 1.0a request token that the person has not approved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequestToken {
    /// The token, sealed for this authorization.
    pub token: Sealed,
    /// Where the person approves it, if they then paste a verification code. `None` if Jira redirects the browser back.
    pub approve_url: Option<String>,
}

/// The connection that is being reauthorized, and the site that the new credential must be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The connection.
    pub connection: ConnectionId,
    /// Its site, at another address if who manages the connection entered one.
    pub site: Option<Site>,
}

/// The stage of an authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The ticket has been issued.
    Ticketed,
    /// The browser has been redirected to Atlassian, with a state and a cookie.
    Away {
        /// Digest of the cookie that binds the callback to this browser.
        cookie: Digest,
    },
    /// The person approves at Jira, which then shows a verification code to paste.
    Approving,
    /// The callback or the verification code has arrived, or neither is needed; the credential is being obtained and
    /// tried.
    Exchanging,
    /// The consent covers several sites; the person must choose one.
    Choosing {
        /// The result of the consent.
        consent: Consent,
        /// The sites to choose from.
        sites: Vec<Site>,
    },
    /// The grant is pending until *Save*.
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
    /// It failed.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// The result of a consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The pending grant.
    pub grant: GrantId,
    /// The account that consented. Known before *Save* at the latest.
    pub account: Option<Account>,
    /// The scopes granted.
    pub scopes: Vec<String>,
}

/// Why a transition was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationRefused {
    /// Ten minutes have passed.
    Expired,
    /// The authorization is at another stage.
    WrongStage,
    /// The browser does not send the authorization's cookie.
    OtherBrowser,
    /// The site is not among those to choose from.
    UnknownSite,
}

impl Authorization {
    /// When the authorization expires.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus_seconds(LIFE_SECONDS)
    }

    /// Redeems the ticket: the browser is redirected to Atlassian with `cookie`.
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

    /// Redeems the state at the callback, which came with `cookies`. The state is spent even if the callback is
    /// refused.
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

    /// Stores the request token that Jira issued. If the person pastes a verification code, they can now approve it.
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

    /// The person pasted a verification code, which is tried once. Only one is tried at a time.
    pub fn submit_code(&mut self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        match self.stage {
            Stage::Approving => {
                self.stage = Stage::Exchanging;
                self.code_failure = None;
                Ok(())
            }
            _ => Err(AuthorizationRefused::WrongStage),
        }
    }

    /// Jira refused the verification code. The request token is kept, so that the person can paste another code; after
    /// [`CODES`] refused ones the authorization fails.
    pub fn refuse_code(&mut self, failure: Failure, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.exchanging(now)?;
        self.refused_codes = self.refused_codes.saturating_add(1);
        if self.refused_codes >= CODES {
            return self.fail(failure).map(drop);
        }
        self.code_failure = Some(failure);
        self.stage = Stage::Approving;
        Ok(())
    }

    /// Stores the result of the exchange when there are several sites to choose from.
    pub fn offer(&mut self, consent: Consent, sites: Vec<Site>, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.exchanging(now)?;
        self.stage = Stage::Choosing { consent, sites };
        Ok(())
    }

    /// Stores the result of the exchange, or the choice of the person: a site that answered a call.
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

    /// Ends the authorization, unless it was saved. Returns the pending grant, which must be destroyed, if there is
    /// one.
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

    /// *Save*: hands the pending grant to a connection, once.
    pub fn claim(&mut self, now: Timestamp) -> Result<(Consent, Site), AuthorizationRefused> {
        self.alive(now)?;
        let Stage::Authorized { consent, site } = &self.stage else { return Err(AuthorizationRefused::WrongStage) };
        let claimed = (consent.clone(), site.clone());
        self.stage = Stage::Saved { grant: claimed.0.grant.clone() };
        Ok(claimed)
    }

    /// The pending grant, while it can still be saved.
    pub fn pending_grant(&self, now: Timestamp) -> Option<&GrantId> {
        match &self.stage {
            Stage::Choosing { consent, .. } | Stage::Authorized { consent, .. } if self.alive(now).is_ok() => {
                Some(&consent.grant)
            }
            _ => None,
        }
    }

    /// Which of Causeway's clients at Atlassian is consented to.
    pub fn cloud_client(&self) -> CloudClient {
        self.viewer.as_ref().map(|viewer| viewer.client).unwrap_or_default()
    }

    /// The reader of a page whose consent it is, if it is one's.
    pub fn reader(&self) -> Option<&Reader> {
        self.viewer.as_ref().and_then(ViewerConsent::reader)
    }

    /// The kind of the connection to be made.
    pub fn kind(&self) -> Kind {
        self.auth.as_ref().map_or(Kind::CloudOauth2, AuthConfig::kind)
    }

    fn alive(&self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        if now >= self.expires_at() { Err(AuthorizationRefused::Expired) } else { Ok(()) }
    }

    fn exchanging(&self, now: Timestamp) -> Result<(), AuthorizationRefused> {
        self.alive(now)?;
        if self.stage == Stage::Exchanging { Ok(()) } else { Err(AuthorizationRefused::WrongStage) }
    }
}
