//! What is done when nobody asks: sweeping away what is over, and destroying grants whose keepers were not told yet.

use api::{GrantId, Timestamp};
use serde::Deserialize;

use crate::{
    grant::{KeeperAnswer, KeeperCommand},
    organization::{Organization, Sql},
    organization_id::OrganizationId,
    ports::{GrantKeepers, Level, Log, PortFailure, Random},
};

/// How long a finished attempt stays readable, in milliseconds: a day. Its grant is the keeper's business.
const ATTEMPT_KEPT: i64 = 86_400_000;
/// The pause between two sweeps, in milliseconds: an hour.
const SWEEP: i64 = 3_600_000;
/// The pause before a keeper that could not be told is told again, in milliseconds: a minute.
const TELL_AGAIN: i64 = 60_000;

#[derive(Deserialize)]
struct Count {
    n: i64,
}

#[derive(Deserialize)]
struct Retiring {
    grant_id: GrantId,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Removes sign-ins, sessions and attempts that are over.
    pub fn sweep(&self) -> Result<(), PortFailure> {
        let now = self.now.as_millis();
        self.sql.run("DELETE FROM sign_ins WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM sessions WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM attempts WHERE expires_at <= ?", vec![(now - ATTEMPT_KEPT).into()])
    }

    /// When housekeeping is due next; `None` while there is nothing to keep house for.
    pub fn housekeeping_due(&self) -> Result<Option<Timestamp>, PortFailure> {
        let count = |statement: &str| {
            let rows: Vec<Count> = self.sql.rows(statement, vec![])?;
            Ok::<_, PortFailure>(rows.first().is_some_and(|row| row.n > 0))
        };
        if count("SELECT count(*) AS n FROM retiring")? {
            return Ok(Some(self.now.plus_millis(TELL_AGAIN)));
        }
        let left = "SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM attempts) AS n";
        Ok(count(left)?.then(|| self.now.plus_millis(SWEEP)))
    }

    /// The grants whose keepers have not confirmed yet that they are destroyed.
    pub fn retiring(&self) -> Result<Vec<GrantId>, PortFailure> {
        let rows: Vec<Retiring> = self.sql.rows("SELECT grant_id FROM retiring ORDER BY since LIMIT 100", vec![])?;
        Ok(rows.into_iter().map(|row| row.grant_id).collect())
    }

    /// Forgets a grant whose keeper confirmed.
    pub fn retired(&self, grant: &GrantId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM retiring WHERE grant_id = ?", vec![grant.as_str().into()])
    }
}

/// Tells a keeper that its grant must be destroyed. Answers whether it confirmed; if not, it is told again later.
pub async fn destroy(world: &(impl GrantKeepers + Log), organization: &OrganizationId, grant: &GrantId) -> bool {
    let told = world.ask(organization, grant, KeeperCommand::Retire).await;
    let done = matches!(told, Ok(KeeperAnswer::Done | KeeperAnswer::Gone));
    if !done {
        let cause = format!("{told:?}");
        world.log(Level::Warning, "grant_not_destroyed_yet", &[("grant", grant.as_str()), ("cause", &cause)]);
    }
    done
}
