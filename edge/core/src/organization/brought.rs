//! Attempts whose credential was brought: begun with it, or with what the connection has.

use api::{AuthorizationId, ConnectionId, GrantId, Kind, Site, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, Authorization, Consent, PendingRequestToken, Pinned, Stage},
    organization::{Command, Identity, Needs, Organization, Refusal, Sql, standing::AccessLevel},
    ports::Random,
    secrets::{Digest, random_id},
};

/// An attempt with what it authenticates with: all that the edge needs to bring it on.
#[derive(Debug, Serialize, Deserialize)]
pub struct CredentialAuthorization {
    /// The attempt.
    pub id: AuthorizationId,
    /// With what.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The request token, once there is one.
    #[serde(rename = "asked")]
    pub request_token: Option<PendingRequestToken>,
    /// The site that the connection stays on, when it is being reauthorized.
    pub pinned: Option<Site>,
    /// The id that the grant will have.
    pub grant: GrantId,
    /// The grant that the connection holds now.
    pub held: Option<GrantId>,
    /// Until when *Save* may come; the attempt ends then.
    pub pending_until: Timestamp,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// What the edge needs of an attempt whose credential was brought. `None` of one for Cloud's OAuth 2.0.
    pub(super) fn brought(&self, attempt: &Authorization) -> Result<Option<CredentialAuthorization>, Refusal> {
        let Some(auth) = attempt.auth.clone() else { return Ok(None) };
        let pinned = attempt.connection.as_ref();
        let held = match pinned {
            Some(pinned) => self.connection(&pinned.connection)?.held().map(|held| held.grant),
            None => None,
        };
        Ok(Some(CredentialAuthorization {
            id: attempt.id.clone(),
            auth,
            request_token: attempt.request_token.clone(),
            pinned: pinned.and_then(|pinned| pinned.site.clone()),
            grant: self.new_grant()?,
            held,
            pending_until: attempt.expires_at(),
        }))
    }

    pub(super) fn new_grant(&self) -> Result<GrantId, Refusal> {
        let id = format!("{}{}", GrantId::PREFIX, random_id(self.random));
        GrantId::parse(id).map_err(|error| Refusal::Storage(error.to_string()))
    }

    /// The connection that an attempt of `who` is for; `None` for a new one. Its kind never changes.
    pub(super) fn pin(&self, who: &Identity, id: Option<ConnectionId>, kind: Kind) -> Result<Option<Pinned>, Refusal> {
        let Some(id) = id else { return who.administers().map(|()| None) };
        self.require(who, &id, AccessLevel::TracksIssues)?;
        let shown = self.living_connection(&id)?.shown;
        if shown.kind != kind {
            let why = format!("This connection is {}. Make a new connection for another way.", shown.kind.title());
            return Err(Refusal::Invalid(why));
        }
        Ok(Some(Pinned { site: shown.site, connection: id }))
    }
}

/// Begins an attempt with a credential.
#[derive(Serialize, Deserialize)]
pub struct BeginBrought {
    /// The attempt's id, for which secrets were sealed.
    pub id: AuthorizationId,
    /// Of the ticket that the pop-up spends, where one goes anywhere.
    pub ticket: Digest,
    /// The connection to reauthorize.
    pub connection: Option<ConnectionId>,
    /// How.
    pub kind: Kind,
    /// With what; `None`: with what the connection has.
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
}

impl Command for BeginBrought {
    const NAME: &'static str = "begin_brought";
    const NEEDS: Needs = Needs::Session;
    type Answer = CredentialAuthorization;

    /// 1. The connection and its kind are what they were, and so is its site, unless who manages it gives another
    ///    address. 2. The key pair is free, or the connection's own.
    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<CredentialAuthorization, Refusal> {
        let nothing = || Refusal::Invalid(format!("{} needs a credential.", self.kind.title()));
        let mut pinned = organization.pin(who, self.connection.clone(), self.kind)?;
        let auth = match (self.auth.clone(), &mut pinned) {
            (Some(auth), None) => auth,
            (Some(auth), Some(pinned)) => {
                if is_elsewhere(&auth, pinned) {
                    organization.let_go_of_address(who, &auth, pinned)?;
                }
                auth
            }
            (None, Some(pinned)) => organization.connection(&pinned.connection)?.auth.ok_or_else(nothing)?,
            (None, None) => return Err(nothing()),
        };
        for key in auth.keys() {
            organization.usable_key(key, self.connection.as_ref())?;
        }
        // Nobody goes anywhere: what comes of it is known before the answer.
        let stage = if auth.kind() == Kind::Basic { Stage::Exchanging } else { Stage::Ticketed };
        let attempt = organization.begin(self.id, &self.ticket, pinned, (stage, Some(auth)), who)?;
        organization.brought(&attempt)?.ok_or(Refusal::AuthorizationNotReady)
    }
}

/// Whether a credential is for another address than that of the connection's Data Center site. For Cloud the cloudId
/// decides, once it is known.
fn is_elsewhere(auth: &AuthConfig, pinned: &Pinned) -> bool {
    let site = pinned.site.as_ref().filter(|site| site.cloud_id.is_none());
    site.is_some_and(|site| site.url != auth.address.as_str())
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Lets a Data Center connection be authorized at another address, which decides where the credential goes: who
    /// merely reauthorizes may not.
    fn let_go_of_address(&self, who: &Identity, auth: &AuthConfig, pinned: &mut Pinned) -> Result<(), Refusal> {
        self.require(who, &pinned.connection, AccessLevel::Manages)?;
        if auth.is_for_cloud() {
            let why = "This connection is to Jira Data Center. Make a new connection for Jira Cloud.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        pinned.site = None;
        Ok(())
    }
}

/// Keeps the request token that Jira gave for an attempt.
#[derive(Serialize, Deserialize)]
pub struct KeepRequestToken {
    /// The attempt.
    pub id: AuthorizationId,
    /// The token.
    #[serde(rename = "asked")]
    pub request_token: PendingRequestToken,
}

impl Command for KeepRequestToken {
    const NAME: &'static str = "keep_request_token";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        attempt.keep_request_token(self.request_token, organization.now)?;
        organization.keep_attempt(&attempt)
    }
}

/// Takes a verification code in hand: it is tried once.
#[derive(Serialize, Deserialize)]
pub struct PasteCode {
    /// The attempt.
    pub id: AuthorizationId,
}

impl Command for PasteCode {
    const NAME: &'static str = "paste_code";
    const NEEDS: Needs = Needs::Session;
    type Answer = CredentialAuthorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<CredentialAuthorization, Refusal> {
        let mut attempt = organization.own_attempt(&self.id, who)?;
        attempt.submit_code(organization.now)?;
        organization.keep_attempt(&attempt)?;
        organization.brought(&attempt)?.ok_or(Refusal::AuthorizationNotReady)
    }
}

/// Takes the outcome of trying a credential that was brought: Jira named an account.
#[derive(Serialize, Deserialize)]
pub struct SettleBrought {
    /// The attempt.
    pub id: AuthorizationId,
    /// The grant, pending at its keeper, with the account.
    pub consent: Consent,
    /// The site.
    pub site: Site,
    /// When the credential ends, if Jira or a person said.
    pub ends_at: Option<Timestamp>,
}

impl Command for SettleBrought {
    const NAME: &'static str = "settle_brought";
    const NEEDS: Needs = Needs::Edge;
    type Answer = api::Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<api::Authorization, Refusal> {
        let mut attempt = organization.attempt(&self.id)?;
        attempt.ends_at = self.ends_at;
        attempt.settle(self.consent, self.site, organization.now)?;
        organization.keep_attempt(&attempt)?;
        organization.view(&attempt)
    }
}
