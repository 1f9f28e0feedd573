//! The periodic work of the alarm: deletes expired rows, and retires grants whose keepers have not confirmed it yet.

use api::{GrantId, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    grant::{GrantKeepers, KeeperAnswer, KeeperCommand},
    organization::{KEPT, Refusal, Turn, Value, timeline::RETENTION},
    organization_id::OrganizationId,
    ports::{Level, Log, PortFailure},
};

/// How long an expired authorization stays readable, in milliseconds: a day. The keeper destroys its grant
/// independently.
const AUTHORIZATION_KEPT: i64 = 86_400_000;
/// The pause between two sweeps, in milliseconds: an hour.
const SWEEP_PAUSE: i64 = 3_600_000;
/// The pause before a retirement that a keeper did not confirm is retried, in milliseconds: a minute.
const RETRY_RETIREMENT: i64 = 60_000;

/// The pending housekeeping. Times are milliseconds since the epoch.
#[derive(Deserialize)]
struct Pending {
    /// Whether grants are to be destroyed now: 0 or 1.
    retiring: i64,
    /// When the next of the other retired grants is to be destroyed.
    retire_at: Option<i64>,
    /// Whether there are sign-ins, sessions or authorizations: 0 or 1.
    passing: i64,
    /// When the next deleted connection is purged.
    purge_at: Option<i64>,
    /// The time of the oldest entry of the timeline.
    oldest: Option<i64>,
    /// The time of the oldest delivery.
    oldest_delivery: Option<i64>,
    /// The earliest time since which a key pair has had no connection.
    free_since: Option<i64>,
    /// When the next guide's link stops working.
    guide_ends: Option<i64>,
    /// The first hour in which calls were counted.
    first_calls: Option<i64>,
    /// When the next deleted chart is purged.
    purge_chart_at: Option<i64>,
    /// When the next delegation ends or is forgotten.
    delegation_due: Option<i64>,
    /// When the installation of the Forge app that has been silent for the longest time was last seen.
    silent_since: Option<i64>,
}

#[derive(Deserialize)]
struct Retiring {
    grant_id: GrantId,
}

impl Turn<'_> {
    /// Deletes expired rows, each kind in a transaction of its own, so that one that fails stops no other. Returns the
    /// result of each.
    pub fn sweep(&self) -> Vec<(&'static str, Result<(), Refusal>)> {
        type Part<'t> = fn(&Turn<'t>) -> Result<(), Refusal>;
        let parts: [(&'static str, Part<'_>); 13] = [
            // What older versions wrote.
            ("sign_ins", |turn| turn.delete_ended("DELETE FROM sign_ins WHERE expires_at <= ?", 0)),
            ("spent_sign_ins", |turn| turn.delete_ended("DELETE FROM spent_sign_ins WHERE expires_at <= ?", 0)),
            ("sessions", |turn| turn.delete_ended("DELETE FROM sessions WHERE expires_at <= ?", 0)),
            ("authorizations", |turn| {
                turn.delete_ended("DELETE FROM attempts WHERE expires_at <= ?", AUTHORIZATION_KEPT)
            }),
            ("timeline", |turn| Ok(turn.delete_old_entries()?)),
            ("deliveries", |turn| Ok(turn.delete_old_deliveries()?)),
            ("rsa_keys", |turn| Ok(turn.delete_unheld_keys()?)),
            ("guides", |turn| Ok(turn.delete_old_guides()?)),
            ("calls", Self::delete_old_calls),
            ("purge", Self::purge),
            ("charts", Self::purge_charts),
            ("delegations", Self::settle_due_delegations),
            ("forge", Self::end_silent_installations),
        ];
        parts.into_iter().map(|(name, part)| (name, self.transaction(|| part(self)))).collect()
    }

    fn delete_ended(&self, statement: &str, kept: i64) -> Result<(), Refusal> {
        Ok(self.sql.run(statement, vec![(self.now.as_millis() - kept).into()])?)
    }

    /// When housekeeping is due next; `None` if nothing is pending.
    pub fn housekeeping_due(&self) -> Result<Option<Timestamp>, PortFailure> {
        let now = self.now.as_millis();
        let found: Vec<Pending> = self.sql.rows(
            "SELECT EXISTS (SELECT 1 FROM retiring WHERE due <= ?) AS retiring, \
             (SELECT min(due) FROM retiring WHERE due > ?) AS retire_at, \
             EXISTS (SELECT 1 FROM spent_sign_ins) OR EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM attempts) AS passing, \
             (SELECT min(purge_at) FROM connections WHERE purge_at IS NOT NULL) AS purge_at, \
             (SELECT min(at) FROM timeline) AS oldest, \
             (SELECT min(at) FROM deliveries) AS oldest_delivery, \
             (SELECT min(free_since) FROM rsa_keys WHERE free_since IS NOT NULL) AS free_since, \
             (SELECT min(expires_at) FROM guides) AS guide_ends, \
             (SELECT min(hour) FROM calls) AS first_calls, \
             (SELECT min(purge_at) FROM charts WHERE purge_at IS NOT NULL) AS purge_chart_at, \
             (SELECT min(due_at) FROM delegations WHERE due_at IS NOT NULL) AS delegation_due, \
             (SELECT min(seen_at) FROM forge_installations WHERE seen_at IS NOT NULL) AS silent_since",
            vec![now.into(), now.into()],
        )?;
        let Some(pending) = found.first() else { return Ok(None) };
        let times = [
            (pending.retiring > 0).then_some(now + RETRY_RETIREMENT),
            pending.retire_at,
            (pending.passing > 0).then_some(now + SWEEP_PAUSE),
            pending.purge_at,
            pending.oldest.map(|at| at.saturating_add(RETENTION)),
            pending.oldest_delivery.map(|at| at.saturating_add(KEPT)),
            pending.free_since.map(Self::key_forgotten_at),
            pending.guide_ends,
            pending.first_calls.map(Self::calls_forgotten_at),
            pending.purge_chart_at,
            pending.delegation_due,
            pending.silent_since.map(Self::silent_at),
            self.next_checkup_at()?.map(Timestamp::as_millis),
            self.next_delivery_at()?.map(Timestamp::as_millis),
            self.resealing_due_at()?.map(Timestamp::as_millis),
            self.next_subscription_at()?.map(Timestamp::as_millis),
        ];
        Ok(times.into_iter().flatten().min().map(Timestamp::from_millis))
    }

    /// The grants whose retirement is due and not confirmed yet.
    pub fn retiring(&self) -> Result<Vec<GrantId>, PortFailure> {
        let due = "SELECT grant_id FROM retiring WHERE due <= ? ORDER BY due LIMIT 100";
        let rows: Vec<Retiring> = self.sql.rows(due, vec![self.now.as_millis().into()])?;
        Ok(rows.into_iter().map(|row| row.grant_id).collect())
    }

    /// Deletes the retirement of a grant whose keeper confirmed it.
    pub fn retired(&self, grant: &GrantId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM retiring WHERE grant_id = ?", vec![grant.as_str().into()])
    }
}

impl Turn<'_> {
    /// Reads the rows of a `SELECT id, record …` for background work. A row that cannot be parsed is set aside:
    /// `set_aside`, a statement that takes its id, makes it no longer due, and an alert names it to the operator, as do
    /// the table `unreadable` and `/healthz`.
    pub(super) fn readable<T: DeserializeOwned>(
        &self,
        table: &'static str,
        select: &str,
        values: Vec<Value>,
        set_aside: &str,
    ) -> Result<Vec<T>, PortFailure> {
        let mut readable = Vec::new();
        for Stored { id, record } in self.sql.rows::<Stored>(select, values)? {
            match serde_json::from_str(&record) {
                Ok(entity) => readable.push(entity),
                Err(error) => {
                    self.sql.run(set_aside, vec![id.as_str().into()])?;
                    self.note_unreadable(table, &id, &error.to_string())?;
                }
            }
        }
        Ok(readable)
    }

    fn note_unreadable(&self, table: &'static str, id: &str, why: &str) -> Result<(), PortFailure> {
        let note = "INSERT OR REPLACE INTO unreadable (name, id, at, why) VALUES (?, ?, ?, ?)";
        self.sql.run(note, vec![table.into(), id.into(), self.now.as_millis().into(), why.into()])?;
        let message = format!("The record {id} of {table} cannot be read and was set aside: {why}.");
        let alert = "INSERT INTO alerts (name, since, message) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING";
        self.sql.run(alert, vec![format!("{table}/{id}").into(), self.now.as_millis().into(), message.into()])
    }
}

/// A row whose record this version may be unable to parse.
#[derive(Deserialize)]
struct Stored {
    id: String,
    record: String,
}

/// Sends a keeper the command to retire its grant. Returns whether the keeper confirmed; if not, the alarm retries.
pub async fn destroy(world: &(impl GrantKeepers + Log), organization: &OrganizationId, grant: &GrantId) -> bool {
    let answer = world.command(organization, grant, KeeperCommand::Retire).await;
    let done = matches!(answer, Ok(KeeperAnswer::Done | KeeperAnswer::Gone));
    if !done {
        let cause = format!("{answer:?}");
        world.log(Level::Warning, "grant.not_destroyed_yet", &[("grant", grant.as_str()), ("cause", &cause)]);
    }
    done
}
