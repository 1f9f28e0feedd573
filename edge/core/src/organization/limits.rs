//! How many of each thing there may be, so that nobody who may add something can fill the tables.

use serde::Deserialize;

use crate::organization::{Refusal, Turn, Value};

/// The most guides whose links work, for each connection and for new connections together.
pub(super) const GUIDES: u32 = 100;
/// The most key pairs that no connection holds, generated for each connection and for new connections together.
pub(super) const KEY_PAIRS: u32 = 100;
/// The most projects of a workspace.
pub(super) const PROJECTS: u32 = 500;
/// The most sessions of a member. Another sign-in ends the oldest.
pub(super) const SESSIONS: u32 = 100;
/// The most authorizations that a session may begin within their lifetime, whatever became of them.
pub(super) const AUTHORIZATIONS: usize = 200;

#[derive(Deserialize)]
struct Count {
    n: u32,
}

impl Turn<'_> {
    /// Refuses to add another row to those that `count` finds, if there are `most` already. `count` is a
    /// `SELECT count(*) AS n`; `why` tells the caller what to do.
    pub(super) fn limit(&self, most: u32, count: &str, values: Vec<Value>, why: &str) -> Result<(), Refusal> {
        let counted: Vec<Count> = self.sql.rows(count, values)?;
        if counted.first().is_some_and(|row| row.n >= most) {
            return Err(Refusal::LimitReached(why.to_owned()));
        }
        Ok(())
    }
}
