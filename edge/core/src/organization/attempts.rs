//! Attempts to authorize, as the organization keeps them.

use api::{Authorization, AuthorizationId, Changes, ConnectionId, Failure, GrantId, Site};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{Attempt, Consent, LIFE_SECONDS, Pinned, Stage, cancelled},
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, Value, record, records, to_record,
    },
    ports::Random,
    secrets::{Digest, opaque},
};

/// How many attempts a session may have waiting, and how many cookies of attempts a browser may hold.
pub const SLOTS: u8 = 16;

const BY_ID: &str = "SELECT record FROM attempts WHERE id = ?";

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// The attempt, for its own session only.
    fn own_attempt(&self, id: &AuthorizationId, who: &Identity) -> Result<Attempt, Refusal> {
        let attempt = self.attempt(id)?;
        if &attempt.session == who.session()? { Ok(attempt) } else { Err(Refusal::NotFound) }
    }

    fn attempt(&self, id: &AuthorizationId) -> Result<Attempt, Refusal> {
        record(self.sql, BY_ID, vec![id.as_str().into()])?.ok_or(Refusal::NotFound)
    }

    pub(super) fn keep_attempt(&self, attempt: &Attempt) -> Result<(), Refusal> {
        let grant = match &attempt.stage {
            Stage::Choosing { consent, .. } | Stage::Authorized { consent, .. } => Some(&consent.grant),
            Stage::Saved { grant } => Some(grant),
            _ => None,
        };
        let grant: Value = grant.map(ToString::to_string).into();
        let values = vec![to_record(attempt)?, grant, attempt.id.as_str().into()];
        Ok(self.sql.run("UPDATE attempts SET record = ?, grant_id = ? WHERE id = ?", values)?)
    }

    /// What *Save* would give to a connection: the attempt's consent and site, claimed once.
    pub(super) fn claim_attempt(
        &self,
        id: &AuthorizationId,
        connection: Option<&ConnectionId>,
        who: &Identity,
    ) -> Result<(Consent, Site), Refusal> {
        let mut attempt = self.own_attempt(id, who).map_err(|refusal| match refusal {
            Refusal::NotFound => Refusal::AuthorizationNotReady,
            other => other,
        })?;
        if attempt.connection.as_ref().map(|pinned| &pinned.connection) != connection {
            return Err(Refusal::AuthorizationNotReady);
        }
        let claimed = attempt.claim(self.now)?;
        self.keep_attempt(&attempt)?;
        Ok(claimed)
    }

    fn view(&self, attempt: &Attempt) -> Result<Authorization, Refusal> {
        let connections: Vec<ConnectionRecord> = match &attempt.stage {
            Stage::Choosing { sites, .. } => {
                let ids: Vec<&str> = sites.iter().map(|site| site.cloud_id.as_str()).collect();
                let of_sites = "SELECT record FROM connections WHERE cloud_id IN (SELECT value FROM json_each(?)) ORDER BY name_key";
                records(self.sql, of_sites, vec![to_record(&ids)?])?
            }
            _ => Vec::new(),
        };
        let connected = |site: &Site| {
            let uses = |c: &&ConnectionRecord| c.shown.site.as_ref().is_some_and(|s| s.cloud_id == site.cloud_id);
            connections.iter().filter(uses).map(|c| c.shown.name.to_string()).collect()
        };
        Ok(attempt.view(self.changes(attempt)?, connected, self.now))
    }

    fn changes(&self, attempt: &Attempt) -> Result<Option<Changes>, Refusal> {
        let (Some(pinned), Stage::Authorized { consent, .. }) = (&attempt.connection, &attempt.stage) else {
            return Ok(None);
        };
        let Some(account_after) = consent.account.clone() else { return Ok(None) };
        let now = self.connection(&pinned.connection)?.shown;
        let missing = |from: &[String], of: &[String]| of.iter().filter(|s| !from.contains(s)).cloned().collect();
        Ok(Some(Changes {
            scopes_gained: missing(&now.scopes, &consent.scopes),
            scopes_lost: missing(&consent.scopes, &now.scopes),
            account_before: now.account,
            account_after,
        }))
    }
}

/// Begins an attempt.
#[derive(Serialize, Deserialize)]
pub struct BeginAttempt {
    /// Of the ticket that the pop-up spends.
    pub ticket: Digest,
    /// The connection to reauthorize.
    pub connection: Option<ConnectionId>,
}

impl Command for BeginAttempt {
    const NAME: &'static str = "begin_attempt";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Authorization, Refusal> {
        let session = who.session()?.clone();
        let slot = free_slot(organization, &session)?;
        let connection = match self.connection {
            Some(id) => Some(Pinned { site: organization.connection(&id)?.shown.site, connection: id }),
            None => None,
        };
        let id = AuthorizationId::parse(format!("aut_{}", opaque(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let attempt =
            Attempt { v: 1, id, session, connection, created_at: organization.now, slot, stage: Stage::Ticketed };
        let values = vec![
            attempt.id.as_str().into(),
            attempt.session.as_str().into(),
            self.ticket.as_str().into(),
            attempt.expires_at().as_millis().into(),
            to_record(&attempt)?,
        ];
        let insert = "INSERT INTO attempts (id, session, ticket, expires_at, record) VALUES (?, ?, ?, ?, ?)";
        organization.sql.run(insert, values)?;
        organization.view(&attempt)
    }
}

/// A slot that no living attempt of the session has.
fn free_slot<S: Sql, R: Random>(organization: &Organization<'_, S, R>, session: &Digest) -> Result<u8, Refusal> {
    let living = "SELECT record FROM attempts WHERE session = ? AND expires_at > ?";
    let values = vec![session.as_str().into(), organization.now.as_millis().into()];
    let living: Vec<Attempt> = records(organization.sql, living, values)?;
    let finished = |attempt: &Attempt| matches!(attempt.stage, Stage::Saved { .. } | Stage::Failed { .. });
    let taken: Vec<u8> = living.iter().filter(|a| !finished(a)).map(|a| a.slot).collect();
    (0..SLOTS).find(|slot| !taken.contains(slot)).ok_or(Refusal::TooManyAuthorizations)
}

/// Spends a ticket: the browser goes to Atlassian.
#[derive(Serialize, Deserialize)]
pub struct SpendTicket {
    /// Of the ticket.
    pub ticket: Digest,
    /// Of the state that goes along.
    pub state: Digest,
    /// Of the cookie that stays.
    pub cookie: Digest,
}

impl Command for SpendTicket {
    const NAME: &'static str = "spend_ticket";
    const NEEDS: Needs = Needs::Administrator;
    /// The slot of the cookie.
    type Answer = u8;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<u8, Refusal> {
        let by_ticket = "SELECT record FROM attempts WHERE ticket = ?";
        let found: Option<Attempt> = record(organization.sql, by_ticket, vec![self.ticket.as_str().into()])?;
        let mut attempt = found.ok_or(Refusal::Spent)?;
        if &attempt.session != who.session()? {
            return Err(Refusal::Spent);
        }
        attempt.leave(self.cookie, organization.now).map_err(|_| Refusal::Spent)?;
        organization.keep_attempt(&attempt)?;
        let values = vec![self.state.as_str().into(), attempt.id.as_str().into()];
        organization.sql.run("UPDATE attempts SET state = ? WHERE id = ?", values)?;
        Ok(attempt.slot)
    }
}

/// Spends a state: the browser came back from Atlassian.
#[derive(Serialize, Deserialize)]
pub struct SpendState {
    /// Of the state that came back.
    pub state: Digest,
    /// Of the cookies of attempts that the browser sent.
    pub cookies: Vec<Digest>,
}

/// An attempt whose browser is back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Returned {
    /// The attempt.
    pub id: AuthorizationId,
    /// Of the cookie that was its own.
    pub cookie: Digest,
    /// The slot of its cookie.
    pub slot: u8,
    /// The site that the connection stays on, when it is being reauthorized.
    pub pinned: Option<Site>,
    /// The id that the grant will have.
    pub grant: GrantId,
    /// Until when *Save* may come.
    pub pending_until: api::Timestamp,
}

impl Command for SpendState {
    const NAME: &'static str = "spend_state";
    const NEEDS: Needs = Needs::Edge;
    /// A browser that may not go on is not a refusal of the command: the spent state must be kept.
    type Answer = Option<Returned>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Option<Returned>, Refusal> {
        let by_state = "SELECT record FROM attempts WHERE state = ?";
        let found: Option<Attempt> = record(organization.sql, by_state, vec![self.state.as_str().into()])?;
        let Some(mut attempt) = found else { return Ok(None) };
        let Stage::Away { cookie } = attempt.stage.clone() else { return Ok(None) };
        let back = attempt.come_back(&self.cookies, organization.now);
        organization.keep_attempt(&attempt)?;
        if back.is_err() {
            return Ok(None);
        }
        let grant = GrantId::parse(format!("grt_{}", opaque(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        Ok(Some(Returned {
            pending_until: attempt.created_at.plus_seconds(LIFE_SECONDS),
            id: attempt.id,
            cookie,
            slot: attempt.slot,
            pinned: attempt.connection.and_then(|pinned| pinned.site),
            grant,
        }))
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
    type Answer = Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Authorization, Refusal> {
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
        let grant = attempt.fail(self.failure)?;
        organization.keep_attempt(&attempt)?;
        organization.retire(grant.as_ref())?;
        Ok(grant)
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
        let grant = attempt.fail(self.failure)?;
        organization.keep_attempt(&attempt)?;
        organization.retire(grant.as_ref())?;
        Ok(grant)
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
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Authorization;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Authorization, Refusal> {
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
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Choice;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Choice, Refusal> {
        let attempt = organization.own_attempt(&self.id, who)?;
        let alive = attempt.pending_grant(organization.now).is_some();
        let Stage::Choosing { consent, sites } = attempt.stage else { return Err(Refusal::AuthorizationNotReady) };
        if !alive {
            return Err(Refusal::AuthorizationNotReady);
        }
        let site = sites.into_iter().find(|site| site.cloud_id == self.cloud_id);
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
    const NEEDS: Needs = Needs::Administrator;
    /// The grant that must be destroyed now, if there is one.
    type Answer = Option<GrantId>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Option<GrantId>, Refusal> {
        let mut attempt = organization.own_attempt(&self.id, who)?;
        let grant = attempt.fail(cancelled())?;
        organization.keep_attempt(&attempt)?;
        organization.retire(grant.as_ref())?;
        Ok(grant)
    }
}
