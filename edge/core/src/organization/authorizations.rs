//! Authorizations as the organization stores them, from their creation until the browser returns from Atlassian.

use api::{AuthorizationId, Changes, ConnectionId, GrantId, Kind, Site, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, Authorization, CallbackPath, Consent, LIFE_SECONDS, Pinned, Stage},
    grant::CloudClient,
    organization::{
        CredentialAuthorization, Needs, Refusal, Step, StoredConnection, Turn, Value, limits::AUTHORIZATIONS, record,
        records, to_record,
    },
    secrets::Digest,
};

/// The most authorizations that a session may have pending. Each has a slot, and its cookie is named after the slot.
pub const SLOTS: u8 = 16;

const BY_ID: &str = "SELECT record FROM attempts WHERE id = ?";

impl Turn<'_> {
    /// Finds an authorization of the caller's session.
    pub(super) fn own_authorization(&self, id: &AuthorizationId) -> Result<Authorization, Refusal> {
        let authorization = self.authorization(id)?;
        if &authorization.session == self.who.session()? { Ok(authorization) } else { Err(Refusal::NotFound) }
    }

    pub(super) fn authorization(&self, id: &AuthorizationId) -> Result<Authorization, Refusal> {
        record(self.sql, BY_ID, vec![id.as_str().into()])?.ok_or(Refusal::NotFound)
    }

    pub(super) fn store_authorization(&self, authorization: &Authorization) -> Result<(), Refusal> {
        let grant = match &authorization.stage {
            Stage::Choosing { consent, .. } | Stage::Authorized { consent, .. } => Some(&consent.grant),
            Stage::Saved { grant } => Some(grant),
            _ => None,
        };
        let grant: Value = grant.map(ToString::to_string).into();
        let values =
            vec![to_record(authorization)?, grant, taken_slot(authorization), authorization.id.as_str().into()];
        Ok(self.sql.run("UPDATE attempts SET record = ?, grant_id = ?, slot = ? WHERE id = ?", values)?)
    }

    /// Claims the grant of an authorization, which can be done once, to save it with `connection` or with a new one.
    pub(super) fn claim_authorization(
        &self,
        id: &AuthorizationId,
        connection: Option<&ConnectionId>,
    ) -> Result<AuthorizedGrant, Refusal> {
        let mut authorization = self.own_authorization(id).map_err(|refusal| match refusal {
            Refusal::NotFound => Refusal::AuthorizationNotReady,
            other => other,
        })?;
        if authorization.connection.as_ref().map(|pinned| &pinned.connection) != connection {
            return Err(Refusal::AuthorizationNotReady);
        }
        self.still_as_pinned(&authorization)?;
        let (consent, site) = authorization.claim(self.now)?;
        self.store_authorization(&authorization)?;
        Ok(AuthorizedGrant {
            consent,
            site,
            kind: authorization.kind(),
            auth: authorization.auth,
            ends_at: authorization.ends_at,
        })
    }

    /// Refuses an authorization that was begun when its connection had never been authorized, if it has been meanwhile:
    /// nothing says that both are for the same site.
    fn still_as_pinned(&self, authorization: &Authorization) -> Result<(), Refusal> {
        let Some(pinned) = authorization.connection.as_ref().filter(|pinned| pinned.site.is_none()) else {
            return Ok(());
        };
        let is_same = self.connection(&pinned.connection)?.details.site.is_none();
        if is_same { Ok(()) } else { Err(Refusal::AuthorizationNotReady) }
    }

    pub(super) fn view(&self, authorization: &Authorization) -> Result<api::Authorization, Refusal> {
        let connections: Vec<StoredConnection> = match authorization.stage {
            Stage::Choosing { ref sites, .. } => self.connected_to(sites)?,
            _ => Vec::new(),
        };
        let connected = |site: &Site| {
            let uses = |c: &&StoredConnection| c.details.site.as_ref().is_some_and(|s| s.key() == site.key());
            connections.iter().filter(uses).map(|c| c.details.name.to_string()).collect()
        };
        Ok(authorization.view(self.changes(authorization)?, connected, self.now))
    }

    fn connected_to(&self, sites: &[Site]) -> Result<Vec<StoredConnection>, Refusal> {
        let ids: Vec<&str> = sites.iter().map(Site::key).collect();
        let ids = serde_json::to_string(&ids)?;
        let connected = "SELECT record FROM connections \
             WHERE cloud_id IN (SELECT value FROM json_each(?)) AND deleted = 0 ORDER BY name_key";
        Ok(records(self.sql, connected, vec![ids.into()])?)
    }

    fn changes(&self, authorization: &Authorization) -> Result<Option<Changes>, Refusal> {
        let (Some(pinned), Stage::Authorized { consent, site }) = (&authorization.connection, &authorization.stage)
        else {
            return Ok(None);
        };
        let before = self.connection(&pinned.connection)?;
        let elsewhere = before.leads_elsewhere(Some(site));
        let now = &before.details;
        let missing = |from: &[String], of: &[String]| of.iter().filter(|s| !from.contains(s)).cloned().collect();
        Ok(Some(Changes {
            scopes_gained: missing(&now.scopes, &consent.scopes),
            scopes_lost: missing(&consent.scopes, &now.scopes),
            account_before: now.account.clone(),
            account_after: consent.account.clone(),
            address_before: before.details.site.filter(|_| elsewhere).map(|before| before.url),
        }))
    }
}

/// The result of an authorization that a connection takes over.
pub(super) struct AuthorizedGrant {
    pub(super) consent: Consent,
    pub(super) site: Site,
    pub(super) kind: Kind,
    pub(super) auth: Option<AuthConfig>,
    pub(super) ends_at: Option<Timestamp>,
}

impl Turn<'_> {
    /// Creates an authorization for the caller's session at a stage, with the `AuthConfig` of a kind that needs one, and with the path at
    /// which the browser comes back.
    pub(super) fn begin(
        &self,
        id: AuthorizationId,
        ticket: &Digest,
        connection: Option<Pinned>,
        (stage, auth, callback_path): (Stage, Option<AuthConfig>, CallbackPath),
    ) -> Result<Authorization, Refusal> {
        self.begin_for(self.who.session()?.clone(), id, ticket, connection, (stage, auth, callback_path))
    }

    /// As [`Turn::begin`], for a session or what stands for one.
    pub(super) fn begin_for(
        &self,
        session: Digest,
        id: AuthorizationId,
        ticket: &Digest,
        connection: Option<Pinned>,
        (stage, auth, callback_path): (Stage, Option<AuthConfig>, CallbackPath),
    ) -> Result<Authorization, Refusal> {
        let slot = free_slot(self, &session)?;
        let authorization = Authorization {
            v: 1,
            id,
            session,
            connection,
            created_at: self.now,
            slot,
            stage,
            auth,
            callback_path,
            request_token: None,
            ends_at: None,
            failed_step: None,
            refused_codes: 0,
            code_failure: None,
            viewer: None,
        };
        let values = vec![
            authorization.id.as_str().into(),
            authorization.session.as_str().into(),
            ticket.as_str().into(),
            authorization.expires_at().as_millis().into(),
            taken_slot(&authorization),
            to_record(&authorization)?,
        ];
        let insert = "INSERT INTO attempts (id, session, ticket, expires_at, slot, record) VALUES (?, ?, ?, ?, ?, ?)";
        self.sql.run(insert, values)?;
        Ok(authorization)
    }
}

/// The slot that an authorization uses: its own while it is pending.
fn taken_slot(authorization: &Authorization) -> Value {
    match authorization.stage {
        Stage::Saved { .. } | Stage::Failed { .. } => Value::Null,
        _ => i64::from(authorization.slot).into(),
    }
}

#[derive(Deserialize)]
struct Taken {
    slot: Option<u8>,
}

/// Finds a slot that no pending authorization of the session uses. Those that are finished count as well, against
/// [`AUTHORIZATIONS`].
fn free_slot(turn: &Turn<'_>, session: &Digest) -> Result<u8, Refusal> {
    let living = "SELECT slot FROM attempts WHERE session = ? AND expires_at > ?";
    let values = vec![session.as_str().into(), turn.now.as_millis().into()];
    let living: Vec<Taken> = turn.sql.rows(living, values)?;
    if living.len() >= AUTHORIZATIONS {
        return Err(Refusal::TooManyAuthorizations);
    }
    let free = |slot: &u8| living.iter().all(|other| other.slot != Some(*slot));
    (0..SLOTS).find(free).ok_or(Refusal::TooManyAuthorizations)
}

/// Redeems a ticket: the browser is redirected to Atlassian or Jira.
#[derive(Serialize, Deserialize)]
pub struct RedeemTicket {
    /// The digest of the ticket.
    pub ticket: Digest,
    /// The digest of the state that the redirect carries.
    pub state: Digest,
    /// The digest of the cookie that binds the authorization to the browser.
    pub cookie: Digest,
}

/// The authorization whose browser is being redirected.
#[derive(Debug, Serialize, Deserialize)]
pub struct Redirect {
    /// The slot of the authorization's cookie.
    pub slot: u8,
    /// The path at which the browser must come back.
    #[serde(default)]
    pub callback_path: CallbackPath,
    /// The credential to authorize with; `None` for Cloud's OAuth 2.0.
    #[serde(default, rename = "brought")]
    pub credential: Option<CredentialAuthorization>,
    /// Which of Causeway's clients at Atlassian is consented to, for Cloud's OAuth 2.0.
    #[serde(default)]
    pub client: CloudClient,
}

impl Step for RedeemTicket {
    type Answer = Redirect;

    fn needs(&self) -> Needs {
        Needs::AnySession
    }

    fn run(self, turn: &Turn<'_>) -> Result<Redirect, Refusal> {
        let authorization = turn.with_ticket(&self.ticket)?;
        if &authorization.session != turn.who.session()? {
            return Err(Refusal::Spent);
        }
        turn.redeem_ticket(authorization, self)
    }
}

/// Redeems the ticket of a reader's consent. Whoever opens the link may: it is worth nothing without the reader's account,
/// which must be the one that consents.
#[derive(Serialize, Deserialize)]
pub struct RedeemReaderTicket {
    /// The ticket, with what the redirect carries.
    pub redeem: RedeemTicket,
}

impl Step for RedeemReaderTicket {
    type Answer = Redirect;

    fn run(self, turn: &Turn<'_>) -> Result<Redirect, Refusal> {
        let authorization = turn.with_ticket(&self.redeem.ticket)?;
        if authorization.reader().is_none() {
            return Err(Refusal::Spent);
        }
        turn.redeem_ticket(authorization, self.redeem)
    }
}

impl Turn<'_> {
    fn with_ticket(&self, ticket: &Digest) -> Result<Authorization, Refusal> {
        let by_ticket = "SELECT record FROM attempts WHERE ticket = ?";
        record(self.sql, by_ticket, vec![ticket.as_str().into()])?.ok_or(Refusal::Spent)
    }

    fn redeem_ticket(&self, mut authorization: Authorization, redeem: RedeemTicket) -> Result<Redirect, Refusal> {
        authorization.redirect(redeem.cookie, self.now).map_err(|_| Refusal::Spent)?;
        self.store_authorization(&authorization)?;
        let values = vec![redeem.state.as_str().into(), authorization.id.as_str().into()];
        self.sql.run("UPDATE attempts SET state = ? WHERE id = ?", values)?;
        let credential = self.credential_authorization(&authorization)?;
        let client = authorization.cloud_client();
        Ok(Redirect { slot: authorization.slot, callback_path: authorization.callback_path, credential, client })
    }
}

/// Redeems a state: the browser has returned to the callback.
#[derive(Serialize, Deserialize)]
pub struct RedeemState {
    /// The digest of the state in the callback.
    pub state: Digest,
    /// The digests of the authorization cookies that the browser sent.
    pub cookies: Vec<Digest>,
}

/// An authorization whose callback was accepted.
#[derive(Debug, Serialize, Deserialize)]
pub struct CallbackAccepted {
    /// The authorization.
    pub id: AuthorizationId,
    /// The digest of its cookie.
    pub cookie: Digest,
    /// The slot of its cookie.
    pub slot: u8,
    /// The path at which the browser must come back.
    #[serde(default)]
    pub callback_path: CallbackPath,
    /// The site of the connection that is being reauthorized, which must stay the same.
    pub pinned: Option<Site>,
    /// The id for the new grant.
    pub grant: GrantId,
    /// When the authorization expires: it can be saved until then.
    pub pending_until: api::Timestamp,
    /// The credential to authorize with; `None` for Cloud's OAuth 2.0.
    #[serde(default, rename = "brought")]
    pub credential: Option<CredentialAuthorization>,
    /// Which of Causeway's clients at Atlassian was consented to, for Cloud's OAuth 2.0.
    #[serde(default)]
    pub client: CloudClient,
    /// Whether the access is a viewer's, so that it is saved by itself.
    #[serde(default)]
    pub is_viewers: bool,
    /// The account that must be the one that consents, if the access is a reader's.
    #[serde(default)]
    pub account: Option<String>,
}

impl Step for RedeemState {
    /// `None` for a state or cookie that is not accepted. This is not a refusal, because a refusal rolls back and would
    /// make the state valid again.
    type Answer = Option<CallbackAccepted>;

    fn run(self, turn: &Turn<'_>) -> Result<Option<CallbackAccepted>, Refusal> {
        let by_state = "SELECT record FROM attempts WHERE state = ?";
        let found: Option<Authorization> = record(turn.sql, by_state, vec![self.state.as_str().into()])?;
        let Some(mut authorization) = found else { return Ok(None) };
        let Stage::Away { cookie } = authorization.stage.clone() else { return Ok(None) };
        let back = authorization.accept_callback(&self.cookies, turn.now);
        turn.store_authorization(&authorization)?;
        if back.is_err() {
            return Ok(None);
        }
        let credential = turn.credential_authorization(&authorization)?;
        Ok(Some(CallbackAccepted {
            grant: turn.new_id(),
            credential,
            pending_until: authorization.created_at.plus_seconds(LIFE_SECONDS),
            client: authorization.cloud_client(),
            is_viewers: authorization.viewer.is_some(),
            account: authorization.reader().map(|reader| reader.account.clone()),
            id: authorization.id,
            cookie,
            slot: authorization.slot,
            callback_path: authorization.callback_path,
            pinned: match authorization.viewer {
                Some(viewer) => Some(viewer.site),
                None => authorization.connection.and_then(|pinned| pinned.site),
            },
        }))
    }
}
