//! What blocks tasks, each reason once with how many it holds up. Counted with each write of a task, so that nobody has to
//! read all of them.

use api::{Blocked, BlockedStory};
use serde::Deserialize;

use super::store::Store;
use crate::{organization::to_record, ports::PortFailure};

/// The most reasons that are told.
const TOLD: i64 = 20;

#[derive(Deserialize)]
struct StoryRow {
    n: u32,
    record: String,
}

impl Store<'_> {
    /// The reasons that hold up most tasks, the largest first.
    pub(super) fn stories(self) -> Result<Vec<BlockedStory>, PortFailure> {
        let largest = "SELECT n, record FROM stories WHERE n > 0 ORDER BY n DESC LIMIT ?";
        let rows: Vec<StoryRow> = self.0.rows(largest, vec![TOLD.into()])?;
        let read = |row: StoryRow| {
            let blocked = serde_json::from_str(&row.record).map_err(|error| PortFailure(error.to_string()))?;
            Ok(BlockedStory { blocked, tasks: row.n })
        };
        rows.into_iter().map(read).collect()
    }

    /// A task was held up by `before`, by cause and sentence, and is by `after`.
    pub(super) fn count_story(self, before: Option<(&str, &str)>, after: Option<&Blocked>) -> Result<(), PortFailure> {
        if before == after.map(|blocked| (blocked.cause.as_str(), blocked.sentence.as_str())) {
            return Ok(());
        }
        if let Some((cause, sentence)) = before {
            let values = || vec![cause.into(), sentence.into()];
            self.0.run("UPDATE stories SET n = n - 1 WHERE cause = ? AND sentence = ?", values())?;
            self.0.run("DELETE FROM stories WHERE cause = ? AND sentence = ? AND n <= 0", values())?;
        }
        if let Some(blocked) = after {
            let add = "INSERT INTO stories (cause, sentence, n, record) VALUES (?, ?, 1, ?) \
                 ON CONFLICT (cause, sentence) DO UPDATE SET n = n + 1";
            let values = vec![blocked.cause.as_str().into(), blocked.sentence.as_str().into(), to_record(blocked)?];
            self.0.run(add, values)?;
        }
        Ok(())
    }
}
