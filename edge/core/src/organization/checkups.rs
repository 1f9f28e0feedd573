//! The organization's part in checkups: it decides who may begin one, and records the findings.

use api::{Actor, Cause, ConnectionId, Diagnosis, KeyScope, Site, Status, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    checkup::{CheckupFindings, Subject},
    connection_status::{ConnectionHealth, CredentialState},
    credential_refusal::CredentialRefusal,
    organization::{AccessLevel, Identity, Needs, Refusal, Step, StoredConnection, Turn},
};

/// For so long, in milliseconds, a checkup answers the API keys that begin another one: ten seconds. Within it, a member
/// who tests again gets a new result, which is recorded only if it is another one. A checkup that a failed call requests
/// runs so long after the last one at the earliest.
const CHECKUP_PAUSE: i64 = 10_000;

#[derive(Deserialize)]
struct Passed {
    passed: Option<i64>,
}

impl Turn<'_> {
    /// Records the findings of a scheduled checkup.
    pub fn record_own_checkup(&self, connection: &ConnectionId, findings: &CheckupFindings) -> Result<Status, Refusal> {
        self.record_findings(connection, findings, Actor::Causeway)
    }

    fn record_findings(&self, id: &ConnectionId, findings: &CheckupFindings, actor: Actor) -> Result<Status, Refusal> {
        let mut connection = self.living_connection(id)?;
        if connection.grant != findings.grant || findings.is_outdated(self.now) {
            // The connection was reauthorized or unauthorized meanwhile, so the findings are about another grant; or the
            // checkup was held up, and what it found may be over.
            return Ok(connection.details.status);
        }
        let is_for_a_person = matches!(actor, Actor::Member { .. });
        if let Some(scopes) = &findings.scopes {
            connection.details.scopes.clone_from(scopes);
        }
        self.record_test(&connection, findings, actor)?;
        self.update_site(&mut connection, findings.site.as_ref())?;
        if findings.site.is_some() || findings.moved_to.is_some() {
            connection.offer_address(findings.moved_to.clone());
        }
        connection.facts = findings.facts;
        connection.refusal = refusal_after(connection.refusal, findings, self.now);
        let mut known = connection.known().after_checkup(findings);
        let since = connection.began_failing(findings.cause()).unwrap_or(self.now);
        if findings.passed && connection.calls_pass(is_for_a_person, self.now) {
            known.calls = None;
        }
        let by = if findings.cause() == Some(Cause::GrantRefused) { Actor::Atlassian } else { Actor::Causeway };
        self.apply_status(&mut connection, known, since, by)?;
        self.update_owner_state(&mut connection, findings.owner_active)?;
        connection.details.checked_at = Some(self.now);
        self.store_connection(&connection)?;
        self.check_later(id, self.due_after(&connection)?)?;
        Ok(connection.details.status)
    }

    /// Records a checkup in the timeline if its result differs from the previous one. If a member requested it, an equal
    /// result is recorded as well, unless the previous checkup was a moment ago.
    fn record_test(
        &self,
        connection: &StoredConnection,
        findings: &CheckupFindings,
        actor: Actor,
    ) -> Result<(), Refusal> {
        let id = connection.details.id.as_str();
        let before = "SELECT passed FROM checkups WHERE connection = ?";
        let before: Vec<Passed> = self.sql.rows(before, vec![id.into()])?;
        let passed = i64::from(findings.passed);
        self.sql.run("UPDATE checkups SET passed = ? WHERE connection = ?", vec![passed.into(), id.into()])?;
        let is_unchanged = match before.first() {
            Some(row) => row.passed.unwrap_or(1) == passed,
            // Without a credential a connection has no row, and no checkup of it passes.
            None => !findings.passed,
        };
        let is_for_a_person = matches!(actor, Actor::Member { .. }) && !connection.was_checked_just_now(self.now);
        if is_unchanged && !is_for_a_person {
            return Ok(());
        }
        // A connection that only lacks scopes works, and yet not every step passes.
        let lacks_scopes = !findings.passed && !connection.view(self.now).missing_scopes.is_empty();
        let cause = findings.cause().or(lacks_scopes.then_some(Cause::ScopesMissing));
        let tested = TimelineEvent::Tested { passed: findings.passed, cause };
        self.record_event(Some(connection), actor, tested)
    }

    /// Updates the stored name, address and avatar of the site. Does nothing if the credential would be sent elsewhere.
    fn update_site(&self, connection: &mut StoredConnection, now: Option<&Site>) -> Result<(), Refusal> {
        let (Some(now), Some(before)) = (now, &connection.details.site) else { return Ok(()) };
        if now == before || connection.leads_elsewhere(Some(now)) {
            return Ok(());
        }
        let renamed = (&now.name, &now.url) != (&before.name, &before.url);
        let describe = |site: &Site| format!("{} ({})", site.name, site.url);
        let event = TimelineEvent::SiteRenamed { from: describe(before), to: describe(now) };
        connection.details.site = Some(now.clone());
        if renamed { self.record_event(Some(connection), Actor::Atlassian, event) } else { Ok(()) }
    }
}

impl Turn<'_> {
    /// Records whether the account behind the credential is still active; `None` if the site did not say. A deactivated
    /// account is recorded in the timeline once.
    fn update_owner_state(&self, connection: &mut StoredConnection, active: Option<bool>) -> Result<(), Refusal> {
        match (active, connection.details.owner_at_risk) {
            (Some(false), None) => {
                connection.details.owner_at_risk = Some(self.now);
                let account = connection.details.account.as_ref().map(|account| account.name.clone());
                let event = TimelineEvent::OwnerAtRisk { account: account.unwrap_or_default() };
                self.record_event(Some(connection), Actor::Causeway, event)
            }
            (Some(true), Some(_)) => {
                connection.details.owner_at_risk = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The refusals after a checkup. What says nothing about the credential neither adds to them nor ends them.
fn refusal_after(
    before: Option<CredentialRefusal>,
    findings: &CheckupFindings,
    now: Timestamp,
) -> Option<CredentialRefusal> {
    match findings.credential {
        _ if findings.is_refused => Some(CredentialRefusal::after(before, now)),
        Some(CredentialState::Works | CredentialState::Dead { .. }) => None,
        Some(CredentialState::Unavailable { .. }) | None => before,
    }
}

/// Whether `at` was less than `pause` milliseconds ago. A time to come was not: the clock was corrected since.
fn is_recent(at: Option<Timestamp>, now: Timestamp, pause: i64) -> bool {
    at.is_some_and(|at| (0..pause).contains(&now.since(at)))
}

impl StoredConnection {
    fn was_checked_just_now(&self, now: Timestamp) -> bool {
        is_recent(self.details.checked_at, now, CHECKUP_PAUSE)
    }

    /// The last result, while a refused credential waits to be asked about again: no API key hurries that, because Jira may
    /// count refusals.
    fn refusal_to_spare(&self, now: Timestamp) -> Option<Recorded> {
        self.next_question_at().filter(|next| *next > now)?;
        Some(self.recorded(self.details.checked_at?))
    }

    /// The last result, for an API key that begins a checkup shortly after another one.
    fn recent_checkup(&self, now: Timestamp) -> Option<Recorded> {
        let began = self.key_checkup_at.filter(|at| is_recent(Some(*at), now, CHECKUP_PAUSE));
        let at = self.details.checked_at.filter(|_| began.is_some() || self.was_checked_just_now(now)).or(began)?;
        Some(self.recorded(at))
    }

    fn recorded(&self, at: Timestamp) -> Recorded {
        Recorded { status: self.details.status.clone(), at, diagnosis: None }
    }
}

impl Turn<'_> {
    /// What a checkup of a connection begins with.
    pub(super) fn subject_of(&self, connection: &StoredConnection) -> Subject {
        Subject {
            grant: connection.grant.clone(),
            connection: connection.view(self.now),
            refusal: connection.refusal,
            begun_at: Some(self.now),
            // A checkup is not kept from running by what it would only mention.
            events: self.events_wanted(connection).unwrap_or_default(),
        }
    }
}

impl ConnectionHealth {
    /// The health after a checkup. What the checkup did not test stays as it was, and a dead credential stays dead.
    fn after_checkup(self, findings: &CheckupFindings) -> Self {
        match (self.credential, findings.credential) {
            (CredentialState::Dead { .. }, _) => self,
            (_, Some(credential @ CredentialState::Dead { .. })) => Self { credential, trouble: None, calls: None },
            (_, Some(credential)) => Self { credential, trouble: findings.trouble, ..self },
            (_, None) => Self { trouble: findings.trouble.or(self.trouble), ..self },
        }
    }
}

/// Begins a checkup that a caller requested. It changes nothing that is shown, so a cancelled checkup leaves no trace.
#[derive(Serialize, Deserialize)]
pub struct BeginCheckup {
    /// The connection.
    pub connection: ConnectionId,
}

/// What a caller who begins a checkup gets.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckupBegun {
    /// A checkup of this.
    Run(Box<Subject>),
    /// The result of the last checkup, because it was a moment ago and the caller is an API key: a key that may only read
    /// must not make Causeway call Jira as often as it likes.
    Recent(Box<Recorded>),
}

impl Step for BeginCheckup {
    type Answer = CheckupBegun;

    fn needs(&self) -> Needs {
        Needs::connection(&self.connection, AccessLevel::Reauthorizes, Some(KeyScope::ConnectionsRead))
    }

    fn run(self, turn: &Turn<'_>) -> Result<CheckupBegun, Refusal> {
        let mut connection = turn.living_connection(&self.connection)?;
        if let Status::Deactivated { .. } = connection.details.status {
            return Err(Refusal::ConnectionDeactivated);
        }
        if let Identity::Key(_) = turn.who {
            let recent = connection.recent_checkup(turn.now).or_else(|| connection.refusal_to_spare(turn.now));
            if let Some(recent) = recent {
                let diagnosis = turn.view_of(&connection)?.diagnosis;
                return Ok(CheckupBegun::Recent(Box::new(Recorded { diagnosis, ..recent })));
            }
            connection.key_checkup_at = Some(turn.now);
            turn.store_connection(&connection)?;
        }
        Ok(CheckupBegun::Run(Box::new(turn.subject_of(&connection))))
    }
}

/// Records the findings of a checkup that a caller requested.
#[derive(Serialize, Deserialize)]
pub struct RecordCheckup {
    /// The connection.
    pub connection: ConnectionId,
    /// The findings.
    pub findings: CheckupFindings,
}

/// The result of a checkup.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The status after the checkup.
    pub status: Status,
    /// When it was recorded.
    pub at: Timestamp,
    /// Why the connection does not work; `None` if it works.
    #[serde(default)]
    pub diagnosis: Option<Diagnosis>,
}

impl Step for RecordCheckup {
    type Answer = Recorded;

    fn needs(&self) -> Needs {
        Needs::connection(&self.connection, AccessLevel::Reauthorizes, Some(KeyScope::ConnectionsRead))
    }

    fn run(self, turn: &Turn<'_>) -> Result<Recorded, Refusal> {
        let status = turn.record_findings(&self.connection, &self.findings, turn.who.actor())?;
        let diagnosis = turn.view_of(&turn.living_connection(&self.connection)?)?.diagnosis;
        Ok(Recorded { status, at: turn.now, diagnosis })
    }
}

/// Requests a checkup soon, because a call failed in a way that only a checkup can explain.
#[derive(Serialize, Deserialize)]
pub struct RequestCheckup {
    /// The connection.
    pub connection: ConnectionId,
}

impl Step for RequestCheckup {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let connection = turn.living_connection(&self.connection)?;
        // A refused credential is asked about at its own times.
        if connection.refusal.is_some() {
            return Ok(());
        }
        // The last checkup may have ended just before calls began to fail.
        let checked = connection.details.checked_at.filter(|at| is_recent(Some(*at), turn.now, CHECKUP_PAUSE));
        let due = checked.map_or(turn.now, |at| at.plus_millis(CHECKUP_PAUSE));
        turn.check_no_later(&connection.details.id, due)
    }
}
