//! What is done when nobody asks: sweeping away what is over, and destroying grants whose keepers were not told yet.

use api::{GrantId, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    grant::{GrantKeepers, KeeperAnswer, KeeperCommand},
    organization::{KEPT, Refusal, Turn, Value, timeline::RETENTION},
    organization_id::OrganizationId,
    ports::{Level, Log, PortFailure},
};

/// How long a finished attempt stays readable, in milliseconds: a day. Its grant is the keeper's business.
const ATTEMPT_KEPT: i64 = 86_400_000;
/// The pause between two sweeps, in milliseconds: an hour.
const SWEEP: i64 = 3_600_000;
/// The pause before a keeper that could not be told is told again, in milliseconds: a minute.
const TELL_AGAIN: i64 = 60_000;

/// What there is to keep house for. Times are milliseconds.
#[derive(Deserialize)]
struct Pending {
    /// Grants to destroy now.
    retiring: i64,
    /// When the next grant is to be destroyed later.
    retire_at: Option<i64>,
    /// Sign-ins, sessions and attempts.
    passing: i64,
    /// When the next deleted connection is purged.
    purge_at: Option<i64>,
    /// The oldest entry of the timeline.
    oldest: Option<i64>,
    /// The oldest delivery.
    oldest_delivery: Option<i64>,
    /// Since when the key pair is free that nobody has held for the longest.
    free_since: Option<i64>,
    /// When the next guide's link stops working.
    guide_ends: Option<i64>,
}

#[derive(Deserialize)]
struct Retiring {
    grant_id: GrantId,
}

impl Turn<'_> {
    /// Removes what is over, each kind in a transaction of its own: one that fails stops no other. Answers how each went.
    pub fn sweep(&self) -> Vec<(&'static str, Result<(), Refusal>)> {
        type Part<'t> = fn(&Turn<'t>) -> Result<(), Refusal>;
        let parts: [(&'static str, Part<'_>); 8] = [
            ("sign_ins", |turn| turn.delete_ended("DELETE FROM sign_ins WHERE expires_at <= ?", 0)),
            ("sessions", |turn| turn.delete_ended("DELETE FROM sessions WHERE expires_at <= ?", 0)),
            ("authorizations", |turn| turn.delete_ended("DELETE FROM attempts WHERE expires_at <= ?", ATTEMPT_KEPT)),
            ("timeline", |turn| Ok(turn.delete_old_entries()?)),
            ("deliveries", |turn| Ok(turn.delete_old_deliveries()?)),
            ("rsa_keys", |turn| Ok(turn.delete_unheld_keys()?)),
            ("guides", |turn| Ok(turn.delete_old_guides()?)),
            ("purge", Self::purge),
        ];
        parts.into_iter().map(|(name, part)| (name, self.transaction(|| part(self)))).collect()
    }

    fn delete_ended(&self, statement: &str, kept: i64) -> Result<(), Refusal> {
        Ok(self.sql.run(statement, vec![(self.now.as_millis() - kept).into()])?)
    }

    /// When housekeeping is due next; `None` while there is nothing to keep house for.
    pub fn housekeeping_due(&self) -> Result<Option<Timestamp>, PortFailure> {
        let now = self.now.as_millis();
        let found: Vec<Pending> = self.sql.rows(
            "SELECT EXISTS (SELECT 1 FROM retiring WHERE due <= ?) AS retiring, \
             (SELECT min(due) FROM retiring WHERE due > ?) AS retire_at, \
             EXISTS (SELECT 1 FROM sign_ins) OR EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM attempts) AS passing, \
             (SELECT min(purge_at) FROM connections WHERE purge_at IS NOT NULL) AS purge_at, \
             (SELECT min(at) FROM timeline) AS oldest, \
             (SELECT min(at) FROM deliveries) AS oldest_delivery, \
             (SELECT min(free_since) FROM rsa_keys WHERE free_since IS NOT NULL) AS free_since, \
             (SELECT min(expires_at) FROM guides) AS guide_ends",
            vec![now.into(), now.into()],
        )?;
        let Some(pending) = found.first() else { return Ok(None) };
        let times = [
            (pending.retiring > 0).then_some(now + TELL_AGAIN),
            pending.retire_at,
            (pending.passing > 0).then_some(now + SWEEP),
            pending.purge_at,
            pending.oldest.map(|at| at.saturating_add(RETENTION)),
            pending.oldest_delivery.map(|at| at.saturating_add(KEPT)),
            pending.free_since.map(Self::key_forgotten_at),
            pending.guide_ends,
            self.next_checkup_at()?.map(Timestamp::as_millis),
            self.next_delivery_at()?.map(Timestamp::as_millis),
            self.resealing_due_at()?.map(Timestamp::as_millis),
        ];
        Ok(times.into_iter().flatten().min().map(Timestamp::from_millis))
    }

    /// The grants to destroy now whose keepers have not confirmed yet that they are.
    pub fn retiring(&self) -> Result<Vec<GrantId>, PortFailure> {
        let due = "SELECT grant_id FROM retiring WHERE due <= ? ORDER BY due LIMIT 100";
        let rows: Vec<Retiring> = self.sql.rows(due, vec![self.now.as_millis().into()])?;
        Ok(rows.into_iter().map(|row| row.grant_id).collect())
    }

    /// Forgets a grant whose keeper confirmed.
    pub fn retired(&self, grant: &GrantId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM retiring WHERE grant_id = ?", vec![grant.as_str().into()])
    }
}

impl Turn<'_> {
    /// Reads the rows of a `SELECT id, record …`, for work that nobody waits for. A row that cannot be read is set aside
    /// by `set_aside`, a statement that takes its id and lets it be due no more; an operator finds it in `unreadable` and
    /// in `/healthz`.
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

/// A row whose record may be of a form that this version cannot read.
#[derive(Deserialize)]
struct Stored {
    id: String,
    record: String,
}

/// Tells a keeper that its grant must be destroyed. Answers whether it confirmed; if not, it is told again later.
pub async fn destroy(world: &(impl GrantKeepers + Log), organization: &OrganizationId, grant: &GrantId) -> bool {
    let told = world.command(organization, grant, KeeperCommand::Retire).await;
    let done = matches!(told, Ok(KeeperAnswer::Done | KeeperAnswer::Gone));
    if !done {
        let cause = format!("{told:?}");
        world.log(Level::Warning, "grant.not_destroyed_yet", &[("grant", grant.as_str()), ("cause", &cause)]);
    }
    done
}
