//! What the keepers of grants ask and report.

use api::{Cause, GrantId, Status, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::Attempt,
    grant,
    organization::{Command, ConnectionRecord, Identity, Needs, Organization, Refusal, Sql, record},
    ports::{Claim, Random},
};

/// The alert that stands while Atlassian refuses our own client id or secret.
const CLIENT_REFUSED: &str = "ATLASSIAN_CLIENT_SECRET";

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
        if organization.holder_of(&self.grant)?.is_some() {
            return Ok(Claim::Held);
        }
        let by_grant = "SELECT record FROM attempts WHERE grant_id = ?";
        let attempt: Option<Attempt> = record(organization.sql, by_grant, vec![self.grant.as_str().into()])?;
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
    pub report: grant::GrantReport,
}

impl Command for ReportGrant {
    const NAME: &'static str = "report_grant";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        match self.report {
            grant::GrantReport::Interrupted { cause: Cause::ClientRefused, since } => {
                // Ours to correct: no connection is marked, the operator is told.
                return organization.raise(CLIENT_REFUSED, Cause::ClientRefused, since);
            }
            grant::GrantReport::Refreshed { .. } => organization.client_is_accepted()?,
            _ => {}
        }
        let Some(mut connection) = organization.holder_of(&self.grant)? else { return Ok(()) };
        connection.hear(&self.report, organization.now);
        organization.keep_connection(&connection)
    }
}

impl ConnectionRecord {
    fn hear(&mut self, report: &grant::GrantReport, now: Timestamp) {
        match *report {
            grant::GrantReport::Refreshed { reauthorize_before, .. } => {
                self.shown.status = Status::Authorized;
                self.shown.reauthorize_before = Some(reauthorize_before);
                self.shown.last_activity_at = now;
            }
            grant::GrantReport::Interrupted { since, cause } => {
                self.shown.status = Status::Interrupted { cause, since }
            }
            grant::GrantReport::Unauthorized { since, cause } => {
                self.shown.status = Status::Unauthorized { cause: Some(cause), since: Some(since) };
            }
        }
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
    /// Remembers that a grant must be destroyed, until its keeper confirms that it was.
    pub(super) fn retire(&self, grant: Option<&GrantId>) -> Result<(), Refusal> {
        let Some(grant) = grant else { return Ok(()) };
        let values = vec![grant.as_str().into(), self.now.as_millis().into()];
        Ok(self.sql.run("INSERT OR IGNORE INTO retiring (grant_id, since) VALUES (?, ?)", values)?)
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
