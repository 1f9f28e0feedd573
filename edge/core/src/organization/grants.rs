//! What the keepers of grants ask and report.

use api::{Actor, Cause, GrantId, Status, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::Authorization,
    connection_status::{self, ConnectionHealth, CredentialState},
    grant::{Claim, GrantReport},
    organization::{
        Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, record, standing::AccessLevel,
    },
    ports::{PortFailure, Random},
};

/// The alert that stands while Atlassian refuses our own client id or secret.
pub(super) const CLIENT_REFUSED: &str = "ATLASSIAN_CLIENT_SECRET";

/// Asks what has become of a grant.
#[derive(Serialize, Deserialize)]
pub struct FindClaim {
    /// The grant.
    pub grant: GrantId,
}

impl Command for FindClaim {
    const NAME: &'static str = "find_claim";
    const NEEDS: Needs = Needs::Edge;
    type Answer = Claim;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<Claim, Refusal> {
        if organization.holder_of(&self.grant)?.is_some() || organization.can_be_gone_back_to(&self.grant)? {
            return Ok(Claim::Held);
        }
        let by_grant = "SELECT record FROM attempts WHERE grant_id = ?";
        let attempt: Option<Authorization> = record(organization.sql, by_grant, vec![self.grant.as_str().into()])?;
        let waits = attempt.is_some_and(|attempt| attempt.pending_grant(organization.now).is_some());
        Ok(if waits { Claim::Pending } else { Claim::Abandoned })
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    fn holder_of(&self, grant: &GrantId) -> Result<Option<ConnectionRecord>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM connections WHERE grant_id = ?", vec![grant.as_str().into()])?)
    }
}

/// Takes the news about a grant. News about a grant that no connection holds is dropped: it came late.
#[derive(Serialize, Deserialize)]
pub struct ReportGrant {
    /// The grant.
    pub grant: GrantId,
    /// The news.
    pub report: GrantReport,
}

impl Command for ReportGrant {
    const NAME: &'static str = "report_grant";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        match self.report {
            GrantReport::Interrupted { cause: Cause::ClientRefused, since } => {
                // Ours to correct: no connection is marked, the operator is told.
                return organization.raise(CLIENT_REFUSED, Cause::ClientRefused, since);
            }
            GrantReport::Refreshed { .. } => organization.client_is_accepted()?,
            _ => {}
        }
        if let Some(connection) = organization.holder_of(&self.grant)? {
            organization.hear(connection, &self.report)
        } else {
            organization.hear_of_replaced(&self.grant, &self.report)
        }
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Takes news of the grant that a connection holds. A dead grant stays dead: whatever comes after that came late.
    fn hear(&self, mut connection: ConnectionRecord, report: &GrantReport) -> Result<(), Refusal> {
        let known = connection.known();
        if matches!(known.credential, CredentialState::Dead { .. }) {
            return Ok(());
        }
        let mut is_news = false;
        if let GrantReport::Refreshed { reauthorize_before, generation, .. } = *report {
            is_news = generation.0 > connection.generation;
            connection.generation = connection.generation.max(generation.0);
            connection.shown.reauthorize_before = reauthorize_before;
            connection.shown.last_activity_at = self.now;
        }
        let (GrantReport::Interrupted { since: at, .. }
        | GrantReport::Unauthorized { since: at, .. }
        | GrantReport::Refreshed { at, .. }) = *report;
        let actor = match report {
            GrantReport::Unauthorized { cause: Cause::GrantRefused, .. } => Actor::Atlassian,
            _ => Actor::Causeway,
        };
        let changed = self.learn(&mut connection, known.after(report), at, actor)?;
        self.keep_connection(&connection)?;
        if is_news && !changed { self.note_refresh(&connection) } else { Ok(()) }
    }

    /// Lets the status of a connection follow from what is known of it now, and writes down what that changes: one entry
    /// for an incident, one for its end. Answers whether the status changed; the caller keeps the connection.
    pub(crate) fn learn(
        &self,
        connection: &mut ConnectionRecord,
        known: ConnectionHealth,
        at: Timestamp,
        actor: Actor,
    ) -> Result<bool, Refusal> {
        let status = match &connection.shown.status {
            // What is learnt meanwhile shows when it is switched on again.
            off @ Status::Deactivated { .. } => off.clone(),
            on => connection_status::status(on, known, at),
        };
        let was = std::mem::replace(&mut connection.shown.status, status);
        connection.known = Some(known);
        let event = match (&was, &connection.shown.status) {
            (was, is) if was == is => return Ok(false),
            (_, Status::Deactivated { .. }) => TimelineEvent::Deactivated,
            (_, Status::Interrupted { cause, .. }) => TimelineEvent::Interrupted { cause: *cause },
            (_, Status::Unauthorized { cause, .. }) => TimelineEvent::Unauthorized { cause: *cause, reach: None },
            (_, Status::Authorized) => TimelineEvent::Recovered,
        };
        self.note(Some(connection), actor, event)?;
        if connection.shown.status.cause() == Some(Cause::GrantRefused) {
            self.probe_siblings(connection)?;
        }
        Ok(true)
    }

    /// Takes news of a grant that was replaced and can still be gone back to. One that died cannot.
    fn hear_of_replaced(&self, grant: &GrantId, report: &GrantReport) -> Result<(), Refusal> {
        let by_previous = "SELECT record FROM connections WHERE previous_grant_id = ?";
        let found: Option<ConnectionRecord> = record(self.sql, by_previous, vec![grant.as_str().into()])?;
        let Some(mut connection) = found else { return Ok(()) };
        if matches!(report, GrantReport::Unauthorized { .. }) {
            connection.replaced = None;
            self.retire(std::slice::from_ref(grant))?;
        } else if let Some(replaced) = &mut connection.replaced {
            let held = &mut replaced.credential;
            held.known = held.known.after(report);
            if let GrantReport::Refreshed { reauthorize_before, generation, .. } = *report {
                held.reauthorize_before = reauthorize_before;
                held.generation = held.generation.max(generation.0);
            }
        }
        self.keep_connection(&connection)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    fn raise(&self, name: &str, cause: Cause, since: Timestamp) -> Result<(), Refusal> {
        let values =
            vec![name.into(), since.as_millis().into(), format!("{} {}", cause.sentence(), cause.remedy()).into()];
        let insert = "INSERT INTO alerts (name, since, message) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING";
        Ok(self.sql.run(insert, values)?)
    }

    /// Atlassian has just accepted our client id and secret.
    pub(super) fn client_is_accepted(&self) -> Result<(), Refusal> {
        Ok(self.sql.run("DELETE FROM alerts WHERE name = ?", vec![CLIENT_REFUSED.into()])?)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Remembers that grants must be destroyed, until their keepers confirm that they were.
    pub(super) fn retire<'g>(&self, grants: impl IntoIterator<Item = &'g GrantId>) -> Result<(), Refusal> {
        grants.into_iter().try_for_each(|grant| self.retire_at(grant, self.now))
    }

    /// Remembers that a grant must be destroyed, but not before `due`. What is due already stays so.
    pub(super) fn retire_at(&self, grant: &GrantId, due: Timestamp) -> Result<(), Refusal> {
        let values = vec![grant.as_str().into(), self.now.as_millis().into(), due.as_millis().into()];
        let insert = "INSERT INTO retiring (grant_id, since, due) VALUES (?, ?, ?) \
             ON CONFLICT (grant_id) DO UPDATE SET due = min(due, excluded.due)";
        Ok(self.sql.run(insert, values)?)
    }

    /// A grant that was to be destroyed later is held again.
    pub(super) fn keep_from_retiring(&self, grant: &GrantId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM retiring WHERE grant_id = ?", vec![grant.as_str().into()])
    }

    fn can_be_gone_back_to(&self, grant: &GrantId) -> Result<bool, PortFailure> {
        let later = "SELECT grant_id FROM retiring WHERE grant_id = ? AND due > ?";
        let rows: Vec<serde_json::Value> =
            self.sql.rows(later, vec![grant.as_str().into(), self.now.as_millis().into()])?;
        Ok(!rows.is_empty())
    }
}

/// Finds the grant that can be renewed.
#[derive(Serialize, Deserialize)]
pub struct FindRenewal {
    /// The connection.
    pub id: api::ConnectionId,
}

impl Command for FindRenewal {
    const NAME: &'static str = "find_renewal";
    const NEEDS: Needs = Needs::Session;
    type Answer = GrantId;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<GrantId, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        let held = organization.living_connection(&self.id)?.held();
        held.map(|held| held.grant).ok_or(Refusal::ConnectionUnauthorized)
    }
}

/// Takes a keeper's word that a grant is destroyed.
#[derive(Serialize, Deserialize)]
pub struct ConfirmRetired {
    /// The grant.
    pub grant: GrantId,
}

impl Command for ConfirmRetired {
    const NAME: &'static str = "confirm_retired";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        Ok(organization.retired(&self.grant)?)
    }
}

/// Finds what needs an operator.
#[derive(Serialize, Deserialize)]
pub struct FindAlerts {}

impl Command for FindAlerts {
    const NAME: &'static str = "find_alerts";
    const NEEDS: Needs = Needs::Edge;
    type Answer = Vec<api::Finding>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<Vec<api::Finding>, Refusal> {
        Ok(organization.sql.rows("SELECT name, message FROM alerts ORDER BY since", vec![])?)
    }
}
