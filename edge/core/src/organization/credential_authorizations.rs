//! Authorizations with a credential that the request gives or that the connection has: every kind but Cloud's OAuth
//! 2.0.

use api::{AuthorizationId, ConnectionId, GrantId, Kind, Site, Timestamp, VerificationCode, VerifyAuthorization};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, Authorization, CallbackPath, PendingRequestToken, Pinned, Stage},
    oauth1::Verifier,
    organization::{AccessLevel, Answers, Needs, Refusal, Step, Turn},
    secrets::Digest,
};

/// An authorization with its credential: everything that the edge needs to continue it.
#[derive(Debug, Serialize, Deserialize)]
pub struct CredentialAuthorization {
    /// The authorization.
    pub id: AuthorizationId,
    /// How it authenticates.
    #[serde(rename = "means")]
    pub auth: AuthConfig,
    /// The path at which the browser must come back.
    #[serde(default)]
    pub callback_path: CallbackPath,
    /// The request token of OAuth 1.0a, once Jira has issued it.
    #[serde(rename = "asked")]
    pub request_token: Option<PendingRequestToken>,
    /// The site that the credential must be for, if a connection is being reauthorized.
    pub pinned: Option<Site>,
    /// The id for the new grant.
    pub grant: GrantId,
    /// The grant that the connection holds now.
    pub held: Option<GrantId>,
    /// When the authorization expires: it can be saved until then.
    pub pending_until: Timestamp,
}

impl Turn<'_> {
    /// The authorization with its credential; `None` for Cloud's OAuth 2.0.
    pub(super) fn credential_authorization(
        &self,
        authorization: &Authorization,
    ) -> Result<Option<CredentialAuthorization>, Refusal> {
        let Some(auth) = authorization.auth.clone() else { return Ok(None) };
        let pinned = authorization.connection.as_ref();
        let held = match pinned {
            Some(pinned) => self.connection(&pinned.connection)?.credential().map(|credential| credential.grant),
            None => None,
        };
        Ok(Some(CredentialAuthorization {
            id: authorization.id.clone(),
            auth,
            callback_path: authorization.callback_path.clone(),
            request_token: authorization.request_token.clone(),
            pinned: pinned.and_then(|pinned| pinned.site.clone()),
            grant: self.new_id(),
            held,
            pending_until: authorization.expires_at(),
        }))
    }

    /// The connection that an authorization is for; `None` for a new one. Once it was authorized, its kind never changes.
    fn pin(&self, id: Option<ConnectionId>, kind: Kind) -> Result<Option<Pinned>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let connection = self.living_connection(&id)?;
        self.require(&id, connection.least_to_authorize())?;
        let shown = connection.details;
        if shown.kind != kind && shown.draft.is_none() {
            let why = format!("This connection is {}. Create a new connection for another way.", shown.kind.title());
            return Err(Refusal::Invalid(why));
        }
        Ok(Some(Pinned { site: shown.site, connection: id }))
    }
}

/// Begins an authorization. One with Cloud's OAuth 2.0 takes no credential; for every other kind one is given, or the
/// connection has one.
#[derive(Serialize, Deserialize)]
pub struct BeginAuthorization {
    /// The id of the authorization, for which the secrets in `auth` were sealed.
    pub id: AuthorizationId,
    /// The digest of the ticket that the pop-up redeems, for kinds that need a browser.
    pub ticket: Digest,
    /// The connection to reauthorize; `None` for a new one.
    pub connection: Option<ConnectionId>,
    /// The kind of the connection.
    pub kind: Kind,
    /// How to authenticate; `None` to use what the connection has.
    #[serde(rename = "means")]
    pub auth: Option<AuthConfig>,
    /// The path at which the browser comes back from Atlassian, for Cloud's OAuth 2.0.
    #[serde(default)]
    pub cloud_callback: CallbackPath,
}

/// The authorization that was created.
#[derive(Debug, Serialize, Deserialize)]
pub struct BegunAuthorization {
    /// When the authorization expires: it can be saved until then.
    pub expires_at: Timestamp,
    /// The authorization with its credential; `None` for Cloud's OAuth 2.0.
    #[serde(rename = "brought")]
    pub credential: Option<CredentialAuthorization>,
}

impl Step for BeginAuthorization {
    type Answer = BegunAuthorization;

    fn needs(&self) -> Needs {
        Needs::Authorizing(self.connection.clone())
    }

    /// 1. Check that the connection exists and has the requested kind. 2. Create the authorization.
    fn run(self, turn: &Turn<'_>) -> Result<BegunAuthorization, Refusal> {
        let mut pinned = turn.pin(self.connection.clone(), self.kind)?;
        let auth = match self.kind {
            Kind::CloudOauth2 => None,
            Kind::DataCenterOauth2 | Kind::Oauth1 | Kind::Basic | Kind::Unknown(_) => {
                Some(turn.given_or_stored(&self, &mut pinned)?)
            }
        };
        let callback_path = auth.as_ref().map_or(self.cloud_callback, AuthConfig::callback_path);
        // Basic needs no browser: the edge tests the credential before it answers.
        let stage = if self.kind == Kind::Basic { Stage::Exchanging } else { Stage::Ticketed };
        let authorization = turn.begin(self.id, &self.ticket, pinned, (stage, auth, callback_path))?;
        Ok(BegunAuthorization {
            expires_at: authorization.expires_at(),
            credential: turn.credential_authorization(&authorization)?,
        })
    }
}

impl Turn<'_> {
    /// The `AuthConfig` that the request gives or that the connection has. 1. Its address must be that of the
    /// connection's site, unless the caller manages the connection. 2. No other connection may hold its key pair.
    fn given_or_stored(&self, begin: &BeginAuthorization, pinned: &mut Option<Pinned>) -> Result<AuthConfig, Refusal> {
        let nothing = || Refusal::Invalid(format!("{} needs a credential.", begin.kind.title()));
        let auth = match (begin.auth.clone(), pinned) {
            (Some(auth), None) => auth,
            (Some(auth), Some(pinned)) => {
                self.pin_address(&auth, pinned)?;
                auth
            }
            (None, Some(pinned)) => self.connection(&pinned.connection)?.auth.ok_or_else(nothing)?,
            (None, None) => return Err(nothing()),
        };
        for key in auth.keys() {
            self.usable_key(key, begin.connection.as_ref())?;
        }
        Ok(auth)
    }

    /// Pins the address that a credential is entered for. It decides what is called and where the credential is sent, so
    /// for another one than that of the connection's site, the caller must manage the connection. Data Center stays Data
    /// Center, and a Cloud site keeps its cloudId.
    fn pin_address(&self, auth: &AuthConfig, pinned: &mut Pinned) -> Result<(), Refusal> {
        if pinned.site.as_ref().is_some_and(|site| site.url == auth.address.as_str()) {
            return Ok(());
        }
        self.require(&pinned.connection, AccessLevel::Manages)?;
        let Some(site) = &mut pinned.site else { return Ok(()) };
        let why = match (site.cloud_id.is_some(), auth.is_for_cloud()) {
            (true, false) => "This connection is to Jira Cloud. Create a new connection for Jira Data Center.",
            (false, true) => "This connection is to Jira Data Center. Create a new connection for Jira Cloud.",
            _ => {
                auth.address.as_str().clone_into(&mut site.url);
                return Ok(());
            }
        };
        Err(Refusal::Invalid(why.to_owned()))
    }
}

/// Stores the request token that Jira issued for an authorization.
#[derive(Serialize, Deserialize)]
pub struct StoreRequestToken {
    /// The authorization.
    pub id: AuthorizationId,
    /// The request token.
    #[serde(rename = "asked")]
    pub request_token: PendingRequestToken,
}

impl Step for StoreRequestToken {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let mut authorization = turn.authorization(&self.id)?;
        authorization.keep_request_token(self.request_token, turn.now)?;
        turn.store_authorization(&authorization)
    }
}

/// Submits a verification code, which can be done once.
impl Answers for VerifyAuthorization {
    type Outcome = CredentialAuthorization;

    fn needs(id: &AuthorizationId, _: &VerificationCode) -> Needs {
        Needs::Authorization(id.clone())
    }

    /// A malformed code is refused and does not count as submitted.
    fn answer(
        id: AuthorizationId,
        code: VerificationCode,
        turn: &Turn<'_>,
    ) -> Result<CredentialAuthorization, Refusal> {
        Verifier::parse(&code.code).map_err(|why| Refusal::Invalid(why.to_string()))?;
        let mut authorization = turn.own_authorization(&id)?;
        authorization.submit_code(turn.now)?;
        turn.store_authorization(&authorization)?;
        turn.credential_authorization(&authorization)?.ok_or(Refusal::AuthorizationNotReady)
    }
}
