//! What is done when nobody asks: sweeping away what is over, and destroying grants whose keepers were not told yet.

use api::{GrantId, Timestamp};
use serde::Deserialize;

use crate::{
    grant::{GrantKeepers, KeeperAnswer, KeeperCommand},
    organization::{Organization, Refusal, Sql, deliveries::KEPT, timeline::RETENTION},
    organization_id::OrganizationId,
    ports::{Level, Log, PortFailure, Random},
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

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Removes what is over: sign-ins, sessions, attempts, deleted connections, old entries of the timeline,
    /// old deliveries, key pairs that nobody holds, guides.
    pub fn sweep(&self) -> Result<(), Refusal> {
        let now = self.now.as_millis();
        self.sql.run("DELETE FROM sign_ins WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM sessions WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM attempts WHERE expires_at <= ?", vec![(now - ATTEMPT_KEPT).into()])?;
        self.forget_old_entries()?;
        self.forget_old_deliveries()?;
        self.forget_free_keys()?;
        self.forget_old_guides()?;
        self.purge()
    }

    /// When housekeeping is due next; `None` while there is nothing to keep house for.
    pub fn housekeeping_due(&self) -> Result<Option<Timestamp>, PortFailure> {
        let now = self.now.as_millis();
        let found: Vec<Pending> = self.sql.rows(
            "SELECT (SELECT count(*) FROM retiring WHERE due <= ?) AS retiring, \
             (SELECT min(due) FROM retiring WHERE due > ?) AS retire_at, \
             (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM attempts) AS passing, \
             (SELECT min(purge_at) FROM connections) AS purge_at, \
             (SELECT min(at) FROM timeline) AS oldest, \
             (SELECT min(at) FROM deliveries) AS oldest_delivery, \
             (SELECT min(free_since) FROM rsa_keys) AS free_since, \
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

/// Tells a keeper that its grant must be destroyed. Answers whether it confirmed; if not, it is told again later.
pub async fn destroy(world: &(impl GrantKeepers + Log), organization: &OrganizationId, grant: &GrantId) -> bool {
    let told = world.command(organization, grant, KeeperCommand::Retire).await;
    let done = matches!(told, Ok(KeeperAnswer::Done | KeeperAnswer::Gone));
    if !done {
        let cause = format!("{told:?}");
        world.log(Level::Warning, "grant_not_destroyed_yet", &[("grant", grant.as_str()), ("cause", &cause)]);
    }
    done
}
