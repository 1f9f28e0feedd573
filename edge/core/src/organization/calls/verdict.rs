//! What calls say about a connection's status.

use api::{Actor, Cause, Timestamp};

use super::{CountedCalls, FailingRun};
use crate::{
    connection_status::{ConnectionHealth, CredentialState},
    credential_refusal::is_kept,
    organization::{Refusal, StoredConnection, Turn, checkup_schedule::next_due},
};

/// For so long after calls failed and succeeded in turn, three that fail in a row are no verdict, in milliseconds: two
/// minutes.
const MIXED: i64 = 120_000;
/// A scheduled checkup that passes ends a run of failing calls if none failed for so long, in milliseconds: a minute.
/// What calls need may be another thing than what a checkup asks for.
const QUIET: i64 = 60_000;

impl Turn<'_> {
    /// Applies a batch of calls to the connection's status. A connection of which nothing changes is not written.
    pub(super) fn judge_calls(&self, mut connection: StoredConnection, calls: &CountedCalls) -> Result<(), Refusal> {
        let before = connection.clone();
        connection.follow_calls(calls);
        let continues = match (before.failing, connection.failing) {
            (Some(before), Some(now)) => now.calls.since <= before.calls.since,
            _ => false,
        };
        let since = connection.failing.map_or(self.now, |run| run.calls.since);
        let mut known = connection.known();
        if let Some(at) = calls.succeeded_at.filter(|at| connection.is_news(*at)) {
            known = connection.proved_by_call(known, at);
        }
        // A run that was a verdict stays one until a call succeeds.
        let was_verdict = continues && known.calls.is_some();
        known.calls = connection.failing_cause(was_verdict, self.now);
        if known != before.known() {
            self.apply_status(&mut connection, known, since, Actor::Causeway)?;
        }
        let is_same = connection.failing == before.failing
            && connection.calls_mixed_at == before.calls_mixed_at
            && connection.refusal == before.refusal
            && connection.known() == before.known();
        if is_same {
            return Ok(());
        }
        self.store_connection(&connection)?;
        if connection.details.status != before.details.status {
            self.check_no_later(&connection.details.id, next_due(&connection, self.now))?;
        }
        Ok(())
    }
}

impl StoredConnection {
    /// Whether something that happened `at` is about the credential that the connection has now.
    fn is_news(&self, at: Timestamp) -> bool {
        self.details.authorized_at.is_none_or(|authorized| at > authorized)
    }

    /// Takes a batch into account: which calls fail in a row, and when calls last failed and succeeded in turn.
    fn follow_calls(&mut self, calls: &CountedCalls) {
        if let Some(at) = calls.succeeded_at {
            let left = self.failing.and_then(|run| run.after_success(at));
            if calls.is_mixed || left != self.failing {
                self.calls_mixed_at = self.calls_mixed_at.max(Some(at));
            }
            self.failing = left;
        }
        let new = calls.failing.filter(|run| self.is_news(run.calls.since));
        self.failing = match (self.failing, new) {
            (Some(before), Some(new)) => Some(before.and_then(new)),
            (before, new) => before.or(new),
        };
    }

    /// The cause that the calls which fail in a row make of the status.
    fn failing_cause(&self, was_verdict: bool, now: Timestamp) -> Option<Cause> {
        let run = self.failing?;
        let is_mixed = self.calls_mixed_at.is_some_and(|at| (0..MIXED).contains(&now.since(at)));
        (was_verdict || run.is_verdict(is_mixed)).then_some(run.cause)
    }

    /// The health after a call that succeeded `at`. It ends what an earlier checkup found and what such a call disproves.
    fn proved_by_call(&mut self, known: ConnectionHealth, at: Timestamp) -> ConnectionHealth {
        if self.details.checked_at.is_some_and(|checked| at <= checked) {
            return known;
        }
        let trouble = known.trouble.filter(|cause| !is_disproved_by_call(*cause));
        match known.credential {
            CredentialState::Unavailable { cause } if is_kept(cause) => {
                self.refusal = None;
                ConnectionHealth { credential: CredentialState::Works, trouble, ..known }
            }
            _ => ConnectionHealth { trouble, ..known },
        }
    }

    /// Forgets the calls that failed: they were about another credential.
    pub(in crate::organization) fn forget_failing_calls(&mut self) {
        self.failing = None;
        self.calls_mixed_at = None;
        self.known = self.known.map(|known| ConnectionHealth { calls: None, ..known });
    }

    /// Since when calls have failed, if that is the incident which a checkup found as well.
    pub(in crate::organization) fn began_failing(&self, found: Option<Cause>) -> Option<Timestamp> {
        let is_same = |run: &FailingRun| self.known().calls.is_some() || found == Some(run.cause);
        self.failing.as_ref().filter(|run| is_same(run)).map(|run| run.calls.since)
    }

    /// Forgets the calls that failed before a checkup that passed, if a person ran it or if none failed lately.
    pub(in crate::organization) fn calls_pass(&mut self, is_for_a_person: bool, now: Timestamp) -> bool {
        let is_quiet = |run: &FailingRun| now.since(run.last_at) >= QUIET;
        let passes = is_for_a_person || self.failing.as_ref().is_none_or(is_quiet);
        if passes {
            self.failing = None;
        }
        passes
    }
}

/// Whether a call that succeeds shows that the cause is over.
const fn is_disproved_by_call(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::SiteUnreachable
            | Cause::RateLimited
            | Cause::IpAllowList
            | Cause::SiteMoved
            | Cause::AtlassianUnreachable
    )
}
