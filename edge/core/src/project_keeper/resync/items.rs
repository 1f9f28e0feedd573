//! The tables of resyncs.

use api::{List, ListResyncItemsQuery, Resync, ResyncId, ResyncItem, TaskId, entry_cursor};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    issue_tracking::resync::PlannedStep,
    organization::{Refusal, Value, page_limit, record, records, to_record},
    ports::PortFailure,
    project_keeper::{store::Store, task::StoredTask},
};

/// How many items a page has if nobody says.
const PAGE: u16 = 50;

/// A task of a resync as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredItem {
    pub(super) number: u32,
    pub(super) task: TaskId,
    pub(super) item: ResyncItem,
    pub(super) plan: PlannedStep,
}

impl Store<'_> {
    pub(super) fn put_resync(self, resync: &Resync, stored: &impl Serialize) -> Result<(), PortFailure> {
        let upsert = "INSERT INTO resyncs (id, created_at, record) VALUES (?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET record = excluded.record";
        let values = vec![resync.id.as_str().into(), resync.created_at.as_millis().into(), to_record(stored)?];
        self.0.run(upsert, values)
    }

    pub(super) fn resync<T: DeserializeOwned>(self, id: &ResyncId) -> Result<Option<T>, PortFailure> {
        record(self.0, "SELECT record FROM resyncs WHERE id = ?", vec![id.as_str().into()])
    }

    /// The newest resyncs, newest first.
    pub(super) fn newest_resyncs<T: DeserializeOwned>(self, most: i64) -> Result<Vec<T>, PortFailure> {
        records(self.0, "SELECT record FROM resyncs ORDER BY created_at DESC LIMIT ?", vec![most.into()])
    }

    /// Deletes all but the newest resyncs, with their items.
    pub(super) fn forget_old_resyncs(self, kept: i64) -> Result<(), PortFailure> {
        #[derive(Deserialize)]
        struct Old {
            id: String,
        }
        let old = "SELECT id FROM resyncs ORDER BY created_at DESC LIMIT -1 OFFSET ?";
        for Old { id } in self.0.rows::<Old>(old, vec![kept.into()])? {
            self.0.run("DELETE FROM resync_items WHERE resync = ?", vec![id.as_str().into()])?;
            self.0.run("DELETE FROM resyncs WHERE id = ?", vec![id.into()])?;
        }
        Ok(())
    }

    pub(super) fn put_resync_item(self, id: &ResyncId, item: &StoredItem) -> Result<(), PortFailure> {
        let upsert = "INSERT OR REPLACE INTO resync_items (resync, number, action, outcome, waits, record) \
             VALUES (?, ?, ?, ?, ?, ?)";
        let outcome = item.item.outcome.as_ref().map(|outcome| outcome.as_str().to_owned());
        let values = vec![
            id.as_str().into(),
            i64::from(item.number).into(),
            item.item.action.as_str().into(),
            outcome.clone().into(),
            i64::from(item.plan.is_to_be_done() && outcome.is_none()).into(),
            to_record(item)?,
        ];
        self.0.run(upsert, values)
    }

    /// The next item that is to be carried out.
    pub(super) fn next_resync_item(self, id: &ResyncId) -> Result<Option<StoredItem>, PortFailure> {
        let next = "SELECT record FROM resync_items WHERE resync = ? AND waits = 1 ORDER BY number LIMIT 1";
        record(self.0, next, vec![id.as_str().into()])
    }

    /// A page of items, in the order of the preview.
    pub(super) fn resync_items(self, id: &ResyncId, query: &ListResyncItemsQuery) -> Result<List<ResyncItem>, Refusal> {
        let limit = page_limit(query.limit, PAGE)?;
        let wrong = || Refusal::Invalid("cursor is not one that a list gave.".to_owned());
        let after = query.cursor.as_deref().map(|text| entry_cursor(text).ok_or_else(wrong)).transpose()?;
        let mut clause = "resync = ? AND number > ?".to_owned();
        let mut values = vec![id.as_str().into(), Value::Integer(after.unwrap_or(-1))];
        if let Some(action) = &query.action {
            clause.push_str(" AND action = ?");
            values.push(action.as_str().into());
        }
        if let Some(outcome) = &query.outcome {
            clause.push_str(" AND outcome = ?");
            values.push(outcome.as_str().into());
        }
        values.push(i64::from(limit).into());
        let select = format!("SELECT record FROM resync_items WHERE {clause} ORDER BY number LIMIT ?");
        let found: Vec<StoredItem> = records(self.0, &select, values)?;
        let is_full = found.len() == usize::from(limit);
        let next_cursor = found.last().filter(|_| is_full).map(|last| last.number.to_string());
        Ok(List { items: found.into_iter().map(|item| item.item).collect(), next_cursor })
    }

    /// Tasks in the order of their ids, after one of them: all, or those that failed.
    pub(super) fn tasks_after(self, after: &str, most: usize, failed: bool) -> Result<Vec<StoredTask>, PortFailure> {
        let states = if failed { " AND state IN ('blocked', 'conflict', 'missing', 'moved', 'retrying')" } else { "" };
        let select = format!("SELECT record FROM tasks WHERE id > ?{states} ORDER BY id LIMIT ?");
        records(self.0, &select, vec![after.into(), i64::try_from(most).unwrap_or(i64::MAX).into()])
    }
}
