//! Which project keepers the watchdog looks at.

use api::ProjectId;
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Refusal, Step, Turn},
    project_keeper::WATCHED,
};

/// Lists the projects whose keepers the watchdog looks at this time. With many projects it takes several times to look at
/// all.
#[derive(Serialize, Deserialize)]
pub struct ListWatched {
    /// Which time it is; each next one has the next number.
    pub round: u64,
}

#[derive(Deserialize)]
struct Counted {
    n: u64,
}

#[derive(Deserialize)]
struct WatchedRow {
    id: ProjectId,
}

impl Step for ListWatched {
    type Answer = Vec<ProjectId>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<ProjectId>, Refusal> {
        let count = "SELECT count(*) AS n FROM projects WHERE connection IS NOT NULL";
        let counted: Vec<Counted> = turn.sql.rows(count, vec![])?;
        let most = WATCHED as u64;
        let pages = counted.first().map_or(0, |row| row.n).div_ceil(most).max(1);
        let skipped = (self.round % pages).saturating_mul(most);
        let page = "SELECT id FROM projects WHERE connection IS NOT NULL ORDER BY connection, id LIMIT ? OFFSET ?";
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX).into();
        let rows: Vec<WatchedRow> = turn.sql.rows(page, vec![number(most), number(skipped)])?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }
}
