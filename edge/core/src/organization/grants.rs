//! Handles the requests and reports of the grants' keepers: claims, health, and retirement.

use api::{Actor, Cause, GrantId, Nothing, RenewConnection, Status, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::Authorization,
    connection_status::{self, ConnectionHealth, CredentialState},
    credential_refusal::kept_cause,
    grant::{Claim, GrantReport},
    organization::{AccessLevel, Answers, Needs, Refusal, Step, StoredConnection, Turn, record},
    ports::PortFailure,
};

/// The name of the alert that is raised while Atlassian refuses Causeway's own client id or secret.
pub(super) const CLIENT_REFUSED: &str = "ATLASSIAN_CLIENT_SECRET";

/// Finds out for a keeper whether a connection or an authorization still claims its grant.
#[derive(Serialize, Deserialize)]
pub struct GetClaim {
    /// The grant.
    pub grant: GrantId,
}

impl Step for GetClaim {
    type Answer = Claim;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Claim, Refusal> {
        let is_viewers = turn.viewer_grant(&self.grant)?.is_some();
        if is_viewers || turn.holder_of(&self.grant)?.is_some() || turn.is_revertible(&self.grant)? {
            return Ok(Claim::Held);
        }
        let by_grant = "SELECT record FROM attempts WHERE grant_id = ?";
        let authorization: Option<Authorization> = record(turn.sql, by_grant, vec![self.grant.as_str().into()])?;
        let waits = authorization.is_some_and(|authorization| authorization.pending_grant(turn.now).is_some());
        Ok(if waits { Claim::Pending } else { Claim::Abandoned })
    }
}

impl Turn<'_> {
    fn holder_of(&self, grant: &GrantId) -> Result<Option<StoredConnection>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM connections WHERE grant_id = ?", vec![grant.as_str().into()])?)
    }
}

/// Applies a report about a grant. A report about a grant that no connection holds came late and is ignored.
#[derive(Serialize, Deserialize)]
pub struct ReportGrant {
    /// The grant.
    pub grant: GrantId,
    /// The report.
    pub report: GrantReport,
}

impl Step for ReportGrant {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        match self.report {
            GrantReport::Interrupted { cause: Cause::ClientRefused, since, .. } => {
                // Only the operator can correct this, so an alert is raised and no connection changes its status.
                return turn.raise_alert(CLIENT_REFUSED, Cause::ClientRefused, since);
            }
            GrantReport::Refreshed { .. } => turn.clear_client_alert()?,
            _ => {}
        }
        if let Some(grant) = turn.viewer_grant(&self.grant)? {
            turn.apply_report_of_viewer(grant, &self.report)
        } else if let Some(connection) = turn.holder_of(&self.grant)? {
            turn.apply_report(connection, &self.report)
        } else {
            turn.apply_report_of_replaced(&self.grant, &self.report)
        }
    }
}

impl Turn<'_> {
    /// Applies a report about the grant that a connection holds. A dead grant stays dead: a report after that came
    /// late.
    fn apply_report(&self, mut connection: StoredConnection, report: &GrantReport) -> Result<(), Refusal> {
        let known = connection.known();
        if matches!(known.credential, CredentialState::Dead { .. }) {
            return Ok(());
        }
        let mut is_news = false;
        if let GrantReport::Refreshed { reauthorize_before, generation, .. } = *report {
            is_news = generation.0 > connection.generation;
            connection.generation = connection.generation.max(generation.0);
            connection.details.reauthorize_before = reauthorize_before;
            connection.details.last_activity_at = self.now;
        }
        let (GrantReport::Interrupted { since: at, .. }
        | GrantReport::Unauthorized { since: at, .. }
        | GrantReport::Refreshed { at, .. }) = *report;
        connection.facts.token_status = match *report {
            GrantReport::Interrupted { status, .. } => status,
            GrantReport::Refreshed { .. } | GrantReport::Unauthorized { .. } => None,
        };
        let actor = match report {
            GrantReport::Unauthorized { cause: Cause::GrantRefused, .. } => Actor::Atlassian,
            _ => Actor::Causeway,
        };
        let mut known = known.after(report);
        if matches!(report, GrantReport::Unauthorized { .. }) {
            connection.refusal = None;
        } else if connection.refusal.is_some() && known.credential == CredentialState::Works {
            // That the keeper has the credential does not say that Jira accepts it.
            let cause = kept_cause(connection.details.status.cause());
            known.credential = CredentialState::Unavailable { cause };
        }
        let changed = self.apply_status(&mut connection, known, at, actor)?;
        self.store_connection(&connection)?;
        if is_news && !changed { self.record_refresh(&connection) } else { Ok(()) }
    }

    /// Computes the status of a connection from its health, and records a change in the timeline: one entry for the
    /// start of an incident, one for its end. Returns whether the status changed; the caller stores the connection.
    pub(crate) fn apply_status(
        &self,
        connection: &mut StoredConnection,
        known: ConnectionHealth,
        at: Timestamp,
        actor: Actor,
    ) -> Result<bool, Refusal> {
        let status = match &connection.details.status {
            // A change of health while the connection is deactivated shows once it is activated.
            off @ (Status::Deactivated { .. } | Status::Unknown(_)) => off.clone(),
            on => connection_status::status(on, known, at),
        };
        let was = std::mem::replace(&mut connection.details.status, status);
        connection.known = Some(known);
        let event = match (&was, &connection.details.status) {
            (was, is) if was == is => return Ok(false),
            (_, Status::Deactivated { .. }) => TimelineEvent::Deactivated,
            (_, Status::Interrupted { cause, .. }) => TimelineEvent::Interrupted { cause: *cause },
            (_, Status::Unauthorized { cause, .. }) => TimelineEvent::Unauthorized { cause: *cause, reach: None },
            (_, Status::Authorized) => TimelineEvent::Recovered,
            (_, Status::Unknown(_)) => return Ok(false),
        };
        self.record_event(Some(connection), actor, event)?;
        if connection.details.status.cause() == Some(Cause::GrantRefused) {
            self.check_siblings_soon(connection)?;
        }
        if let (Status::Interrupted { cause, .. }, Status::Authorized) = (&was, &connection.details.status) {
            self.check_story_soon(connection, *cause)?;
        }
        Ok(true)
    }

    /// Applies a report about a replaced grant that a revert could restore. If the grant is dead, it is retired.
    fn apply_report_of_replaced(&self, grant: &GrantId, report: &GrantReport) -> Result<(), Refusal> {
        let by_previous = "SELECT record FROM connections WHERE previous_grant_id = ?";
        let found: Option<StoredConnection> = record(self.sql, by_previous, vec![grant.as_str().into()])?;
        let Some(mut connection) = found else { return Ok(()) };
        if matches!(report, GrantReport::Unauthorized { .. }) {
            connection.replaced = None;
            self.retire(std::slice::from_ref(grant))?;
        } else if let Some(replaced) = &mut connection.replaced {
            let credential = &mut replaced.credential;
            credential.known = credential.known.after(report);
            if let GrantReport::Refreshed { reauthorize_before, generation, .. } = *report {
                credential.reauthorize_before = reauthorize_before;
                credential.generation = credential.generation.max(generation.0);
            }
        }
        self.store_connection(&connection)
    }
}

impl Turn<'_> {
    fn raise_alert(&self, name: &str, cause: Cause, since: Timestamp) -> Result<(), Refusal> {
        let values =
            vec![name.into(), since.as_millis().into(), format!("{} {}", cause.sentence(), cause.remedy()).into()];
        let insert = "INSERT INTO alerts (name, since, message) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING";
        Ok(self.sql.run(insert, values)?)
    }

    /// Clears the alert [`CLIENT_REFUSED`], because Atlassian has just accepted Causeway's client id and secret.
    pub(super) fn clear_client_alert(&self) -> Result<(), Refusal> {
        Ok(self.sql.run("DELETE FROM alerts WHERE name = ?", vec![CLIENT_REFUSED.into()])?)
    }
}

impl Turn<'_> {
    /// Retires grants: records that they must be destroyed, until their keepers confirm it.
    pub(super) fn retire<'g>(&self, grants: impl IntoIterator<Item = &'g GrantId>) -> Result<(), Refusal> {
        grants.into_iter().try_for_each(|grant| self.retire_at(grant, self.now))
    }

    /// Retires a grant at `due`. If it is to be retired earlier already, that time stays.
    pub(super) fn retire_at(&self, grant: &GrantId, due: Timestamp) -> Result<(), Refusal> {
        let values = vec![grant.as_str().into(), self.now.as_millis().into(), due.as_millis().into()];
        let insert = "INSERT INTO retiring (grant_id, since, due) VALUES (?, ?, ?) \
             ON CONFLICT (grant_id) DO UPDATE SET due = min(due, excluded.due)";
        Ok(self.sql.run(insert, values)?)
    }

    /// Cancels the retirement of a grant that a connection holds again.
    pub(super) fn cancel_retirement(&self, grant: &GrantId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM retiring WHERE grant_id = ?", vec![grant.as_str().into()])
    }

    fn is_revertible(&self, grant: &GrantId) -> Result<bool, PortFailure> {
        let later = "SELECT grant_id FROM retiring WHERE grant_id = ? AND due > ?";
        let rows: Vec<serde_json::Value> =
            self.sql.rows(later, vec![grant.as_str().into(), self.now.as_millis().into()])?;
        Ok(!rows.is_empty())
    }
}

/// Finds the grant that can be renewed.
impl Answers for RenewConnection {
    type Outcome = GrantId;

    fn needs(id: &api::ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: api::ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<GrantId, Refusal> {
        let credential = turn.living_connection(&id)?.credential();
        credential.map(|credential| credential.grant).ok_or(Refusal::ConnectionUnauthorized)
    }
}

/// Records a keeper's confirmation that a grant is destroyed.
#[derive(Serialize, Deserialize)]
pub struct ConfirmRetired {
    /// The grant.
    pub grant: GrantId,
}

impl Step for ConfirmRetired {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        Ok(turn.retired(&self.grant)?)
    }
}

/// Lists the alerts for the operator.
#[derive(Serialize, Deserialize)]
pub struct ListAlerts {}

impl Step for ListAlerts {
    type Answer = Vec<api::Finding>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<api::Finding>, Refusal> {
        Ok(turn.sql.rows("SELECT name, message FROM alerts ORDER BY since", vec![])?)
    }
}
