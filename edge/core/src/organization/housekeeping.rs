//! What is swept away when its time is over.

use api::Timestamp;
use serde::Deserialize;

use crate::{
    organization::{Organization, Sql},
    ports::{PortFailure, Random},
};

/// How long a finished attempt stays readable, in milliseconds: a day. Its grant is the keeper's business.
const ATTEMPT_KEPT: i64 = 86_400_000;
/// The pause between two sweeps, in milliseconds: an hour.
const PAUSE: i64 = 3_600_000;

#[derive(Deserialize)]
struct Count {
    n: i64,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Removes sign-ins, sessions and attempts that are over. Answers when to sweep again, if anything is left.
    pub fn sweep(&self) -> Result<Option<Timestamp>, PortFailure> {
        let now = self.now.as_millis();
        self.sql.run("DELETE FROM sign_ins WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM sessions WHERE expires_at <= ?", vec![now.into()])?;
        self.sql.run("DELETE FROM attempts WHERE expires_at <= ?", vec![(now - ATTEMPT_KEPT).into()])?;
        let left = "SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM attempts) AS n";
        let left: Vec<Count> = self.sql.rows(left, vec![])?;
        Ok(left.first().filter(|count| count.n > 0).map(|_| self.now.plus_millis(PAUSE)))
    }
}
