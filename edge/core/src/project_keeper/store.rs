//! The tables of a project's keeper.

use api::{
    BlockedCause, List, ListChangesQuery, ListTasksQuery, Name, TASKS_OF_PROJECT, TaskCounts, TaskEntry, TaskEvent,
    TaskState, TaskTimelineQuery, Timestamp, entry_cursor,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{comments::StoredComment, messages::ProjectIdentity, task::StoredTask};
use crate::{
    organization::{EndedResync, Refusal, Sql, Value, page_limit, record, records, to_record},
    ports::PortFailure,
};

/// How many items a page has if nobody says.
const PAGE: u16 = 50;
/// Larger than every number that is given. JavaScript has no larger integers.
const NEWEST: i64 = 9_007_199_254_740_991;
/// How long events are kept, in milliseconds: 90 days.
const EVENTS_KEPT: i64 = 90 * 86_400_000;

/// Access to the tables.
#[derive(Clone, Copy)]
pub(super) struct Store<'a>(pub(super) &'a dyn Sql);

/// What happened to a task, as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredEvent {
    pub(super) event: TaskEvent,
    pub(super) sentence: String,
    pub(super) external_id: String,
    pub(super) status: Name,
    pub(super) issue_key: Option<String>,
    pub(super) cause: Option<BlockedCause>,
    /// The resync that it is about. Then it is about no task: `external_id` is empty, and `status` is that of the resync.
    #[serde(default)]
    pub(super) resync: Option<EndedResync>,
    /// The comment that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<StoredComment>,
}

/// An event with its number.
#[derive(Clone, Debug)]
pub(super) struct NumberedEvent {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) event: StoredEvent,
}

#[derive(Deserialize)]
struct EventRow {
    number: u64,
    at: i64,
    record: String,
}

#[derive(Deserialize)]
struct TaskRow {
    seq: i64,
    record: String,
}

#[derive(Deserialize)]
struct StateRow {
    state: String,
    cause: String,
    sentence: Option<String>,
}

impl StateRow {
    /// What held the task up, by cause and sentence.
    fn story(&self) -> Option<(&str, &str)> {
        Some((self.cause.as_str(), self.sentence.as_deref()?))
    }
}

#[derive(Deserialize)]
struct CountRow {
    state: String,
    n: u32,
}

#[derive(Deserialize)]
struct Number {
    n: Option<i64>,
}

impl EventRow {
    fn read(self) -> Result<NumberedEvent, Refusal> {
        let event = serde_json::from_str(&self.record)?;
        Ok(NumberedEvent { number: self.number, at: Timestamp::from_millis(self.at), event })
    }
}

/// Whether products read an event in the feed of changes.
fn is_told(event: TaskEvent) -> bool {
    is_reported(event) || matches!(event, TaskEvent::Missing | TaskEvent::MovedAway)
}

/// Whether an event is one that webhooks can ask for.
fn is_reported(event: TaskEvent) -> bool {
    use TaskEvent::{Blocked, Commented, Conflict, Linked, Recovered, ResyncFinished, StatusChanged};
    matches!(event, Linked | StatusChanged | Blocked | Recovered | Conflict | Commented | ResyncFinished)
}

impl Store<'_> {
    /// Runs `work` in one transaction: an error or a panic rolls everything back.
    pub(super) fn transaction<T, E: From<PortFailure>>(self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let (mut work, mut outcome) = (Some(work), None);
        self.0.transaction(&mut || {
            outcome = work.take().map(|work| work());
            matches!(outcome, Some(Ok(_)))
        })?;
        outcome.unwrap_or_else(|| Err(PortFailure("the transaction was not run".to_owned()).into()))
    }

    /// The task with the product's id.
    pub(super) fn task(self, external_id: &str) -> Result<Option<StoredTask>, PortFailure> {
        record(self.0, "SELECT record FROM tasks WHERE external_id = ?", vec![external_id.into()])
    }

    /// The task whose issue this is.
    pub(super) fn task_of_issue(self, issue: &str) -> Result<Option<StoredTask>, PortFailure> {
        record(self.0, "SELECT record FROM tasks WHERE issue = ?", vec![issue.into()])
    }

    /// Stores a task, new or changed.
    pub(super) fn put(self, task: &StoredTask) -> Result<(), PortFailure> {
        let id = task.id.as_str();
        let before = self.before(id)?;
        self.count(before.as_ref().map(|row| row.state.as_str()), Some(task.state.as_str()))?;
        self.count_story(before.as_ref().and_then(StateRow::story), task.blocked.as_ref())?;
        let newest: Vec<Number> = self.0.rows("SELECT max(seq) AS n FROM tasks", vec![])?;
        let seq = newest.first().and_then(|row| row.n).unwrap_or(0) + 1;
        let issue_key = task.link.as_ref().map_or("", |link| link.key.as_str());
        let search = format!("{}\n{}\n{issue_key}", task.external_id, task.content.title).to_lowercase();
        let values = vec![
            id.into(),
            task.external_id.as_str().into(),
            task.state.as_str().into(),
            task.blocked.as_ref().map_or("", |blocked| blocked.cause.as_str()).into(),
            task.link.as_ref().map(|link| link.issue.as_str().to_owned()).into(),
            task.due_at.map_or(Value::Null, |at| at.as_millis().into()),
            seq.into(),
            task.updated_at.as_millis().into(),
            search.into(),
            to_record(task)?,
        ];
        // A replacing insert would also delete another task with the same issue.
        let upsert = "INSERT INTO tasks (id, external_id, state, cause, issue, due_at, seq, updated_at, search, record) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
             cause = excluded.cause, issue = excluded.issue, due_at = excluded.due_at, seq = excluded.seq, \
             updated_at = excluded.updated_at, search = excluded.search, record = excluded.record";
        self.0.run(upsert, values)
    }

    fn before(self, id: &str) -> Result<Option<StateRow>, PortFailure> {
        let before =
            "SELECT state, cause, json_extract(record, '$.blocked.sentence') AS sentence FROM tasks WHERE id = ?";
        Ok(self.0.rows(before, vec![id.into()])?.into_iter().next())
    }

    /// Deletes a task with its events.
    pub(super) fn remove(self, task: &StoredTask) -> Result<(), PortFailure> {
        self.count(Some(task.state.as_str()), None)?;
        let before = self.before(task.id.as_str())?;
        self.count_story(before.as_ref().and_then(StateRow::story), None)?;
        self.0.run("DELETE FROM events WHERE task = ?", vec![task.id.as_str().into()])?;
        self.0.run("DELETE FROM comments WHERE task = ?", vec![task.id.as_str().into()])?;
        self.0.run("DELETE FROM tasks WHERE id = ?", vec![task.id.as_str().into()])
    }

    fn count(self, before: Option<&str>, after: Option<&str>) -> Result<(), PortFailure> {
        if before == after {
            return Ok(());
        }
        if let Some(before) = before {
            self.0.run("UPDATE counts SET n = n - 1 WHERE state = ?", vec![before.into()])?;
        }
        if let Some(after) = after {
            let add = "INSERT INTO counts (state, n) VALUES (?, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1";
            self.0.run(add, vec![after.into()])?;
        }
        Ok(())
    }

    /// How many tasks there are in each state.
    pub(super) fn counts(self) -> Result<TaskCounts, PortFailure> {
        let mut counts = TaskCounts::default();
        for CountRow { state, n } in self.0.rows("SELECT state, n FROM counts", vec![])? {
            counts.total += n;
            let place = match TaskState::read(&state) {
                TaskState::Waiting => &mut counts.waiting,
                TaskState::OutcomeUnknown => &mut counts.outcome_unknown,
                TaskState::InSync => &mut counts.in_sync,
                TaskState::Syncing => &mut counts.syncing,
                TaskState::Retrying => &mut counts.retrying,
                TaskState::Blocked => &mut counts.blocked,
                TaskState::Conflict => &mut counts.conflict,
                TaskState::Missing => &mut counts.missing,
                TaskState::Moved => &mut counts.moved,
                TaskState::Unlinked => &mut counts.unlinked,
                TaskState::Unknown(_) => continue,
            };
            *place += n;
        }
        Ok(counts)
    }

    /// A page of tasks, those that changed last first, with the cursor of the next one.
    pub(super) fn page(self, query: &ListTasksQuery) -> Result<(Vec<StoredTask>, Option<String>), Refusal> {
        let limit = page_limit(query.limit, PAGE)?;
        let before = cursor(query.cursor.as_deref())?.unwrap_or(NEWEST);
        let mut clause = "seq < ?".to_owned();
        let mut values = vec![Value::Integer(before)];
        let mut and = |condition: &str, value: Value| {
            clause.push_str(" AND ");
            clause.push_str(condition);
            values.push(value);
        };
        if let Some(state) = &query.state {
            and("state = ?", state.as_str().into());
        }
        if let Some(cause) = &query.cause {
            and("cause = ?", cause.as_str().into());
        }
        if let Some(after) = query.updated_after {
            and("updated_at > ?", after.as_millis().into());
        }
        if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            and("instr(search, ?) > 0", q.to_lowercase().into());
        }
        values.push(i64::from(limit).into());
        // A partial index is used only if the statement says so itself.
        let named = if query.cause.is_some() { " AND cause <> ''" } else { "" };
        let select = format!("SELECT seq, record FROM tasks WHERE {clause}{named} ORDER BY seq DESC LIMIT ?");
        let rows: Vec<TaskRow> = self.0.rows(&select, values)?;
        let is_full = rows.len() == usize::from(limit);
        let next = rows.last().filter(|_| is_full).map(|row| row.seq.to_string());
        let tasks = rows.iter().map(|row| Ok(serde_json::from_str(&row.record)?)).collect::<Result<_, Refusal>>()?;
        Ok((tasks, next))
    }

    /// The tasks that are due, those that waited longest first.
    pub(super) fn due(self, now: Timestamp, most: usize) -> Result<Vec<StoredTask>, PortFailure> {
        let due = "SELECT record FROM tasks WHERE due_at <= ? ORDER BY due_at LIMIT ?";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        records(self.0, due, vec![now.as_millis().into(), most.into()])
    }

    /// When the keeper goes on with a task next.
    pub(super) fn next_due(self) -> Result<Option<Timestamp>, PortFailure> {
        let next = "SELECT min(due_at) AS n FROM tasks WHERE due_at IS NOT NULL";
        let rows: Vec<Number> = self.0.rows(next, vec![])?;
        Ok(rows.first().and_then(|row| row.n).map(Timestamp::from_millis))
    }

    /// Linked tasks by the id of their issue, after `after`.
    pub(super) fn linked_after(self, after: &str, most: usize) -> Result<Vec<StoredTask>, PortFailure> {
        let linked = "SELECT record FROM tasks WHERE issue > ? ORDER BY issue LIMIT ?";
        records(self.0, linked, vec![after.into(), i64::try_from(most).unwrap_or(i64::MAX).into()])
    }

    /// Writes down what happened to a task.
    pub(super) fn tell(
        self,
        task: &StoredTask,
        event: TaskEvent,
        sentence: String,
        now: Timestamp,
    ) -> Result<(), PortFailure> {
        self.write_event(task, event, sentence, None, now)
    }

    /// Writes down what happened to a task, with the comment that it is about.
    pub(super) fn write_event(
        self,
        task: &StoredTask,
        event: TaskEvent,
        sentence: String,
        comment: Option<StoredComment>,
        now: Timestamp,
    ) -> Result<(), PortFailure> {
        let stored = StoredEvent {
            event,
            sentence,
            external_id: task.external_id.clone(),
            status: task.product().status.clone(),
            issue_key: task.link.as_ref().map(|link| link.key.clone()),
            cause: task.blocked.as_ref().map(|blocked| blocked.cause),
            resync: None,
            comment,
        };
        self.add_event(task.id.as_str(), &stored, now)
    }

    /// Writes down something that happened to a task or to a resync.
    pub(super) fn add_event(self, about: &str, stored: &StoredEvent, now: Timestamp) -> Result<(), PortFailure> {
        let values = vec![
            about.into(),
            now.as_millis().into(),
            i64::from(is_told(stored.event)).into(),
            i64::from(!is_reported(stored.event)).into(),
            to_record(stored)?,
        ];
        self.0.run("INSERT INTO events (task, at, told, reported, record) VALUES (?, ?, ?, ?, ?)", values)
    }

    /// The timeline of a task, newest first.
    pub(super) fn timeline(self, task: &StoredTask, query: &TaskTimelineQuery) -> Result<List<TaskEntry>, Refusal> {
        let limit = page_limit(query.limit, PAGE)?;
        let before = cursor(query.cursor.as_deref())?.unwrap_or(NEWEST);
        let select = "SELECT number, at, record FROM events WHERE task = ? AND number < ? ORDER BY number DESC LIMIT ?";
        let values = vec![task.id.as_str().into(), before.into(), i64::from(limit).into()];
        let rows: Vec<EventRow> = self.0.rows(select, values)?;
        let is_full = rows.len() == usize::from(limit);
        let entry = |row: EventRow| {
            let NumberedEvent { number, at, event } = row.read()?;
            Ok(TaskEntry { number, at, event: event.event, sentence: event.sentence })
        };
        let items = rows.into_iter().map(entry).collect::<Result<Vec<_>, Refusal>>()?;
        let next_cursor = items.last().filter(|_| is_full).map(|entry| entry.number.to_string());
        Ok(List { items, next_cursor })
    }

    /// The changes after a number, oldest first; after which number the next ones are, and whether there are more already.
    pub(super) fn changes(self, query: &ListChangesQuery) -> Result<(Vec<NumberedEvent>, String, bool), Refusal> {
        let limit = page_limit(query.limit, PAGE)?;
        let after = cursor(query.after.as_deref())?.unwrap_or(0);
        let select = "SELECT number, at, record FROM events WHERE told = 1 AND number > ? ORDER BY number LIMIT ?";
        let rows: Vec<EventRow> = self.0.rows(select, vec![after.into(), (i64::from(limit) + 1).into()])?;
        let more = rows.len() > usize::from(limit);
        let items = rows.into_iter().take(limit.into()).map(EventRow::read).collect::<Result<Vec<_>, Refusal>>()?;
        let next_after = items.last().map_or(after.to_string(), |change| change.number.to_string());
        Ok((items, next_after, more))
    }

    /// Events that the organization does not know yet, oldest first.
    pub(super) fn unreported(self, most: usize) -> Result<Vec<NumberedEvent>, Refusal> {
        let select = "SELECT number, at, record FROM events WHERE reported = 0 AND number > 0 ORDER BY number LIMIT ?";
        let rows: Vec<EventRow> = self.0.rows(select, vec![i64::try_from(most).unwrap_or(i64::MAX).into()])?;
        rows.into_iter().map(EventRow::read).collect()
    }

    /// The organization knows these events.
    pub(super) fn reported_up_to(self, number: u64) -> Result<(), PortFailure> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.0.run("UPDATE events SET reported = 1 WHERE reported = 0 AND number <= ?", vec![number.into()])
    }

    /// Deletes events that are too old to be of use.
    pub(super) fn forget_old_events(self, now: Timestamp) -> Result<(), PortFailure> {
        let before = now.plus_millis(-EVENTS_KEPT).as_millis();
        self.0.run("DELETE FROM events WHERE at < ? AND reported = 1", vec![before.into()])
    }

    /// What is stored under a name.
    pub(super) fn fact<T: DeserializeOwned>(self, name: &str) -> Result<Option<T>, PortFailure> {
        record(self.0, "SELECT record FROM facts WHERE name = ?", vec![name.into()])
    }

    /// Stores something under a name.
    pub(super) fn set_fact(self, name: &str, fact: &impl Serialize) -> Result<(), PortFailure> {
        let upsert = "INSERT OR REPLACE INTO facts (name, record) VALUES (?, ?)";
        self.0.run(upsert, vec![name.into(), to_record(fact)?])
    }

    /// Forgets what is stored under a name.
    pub(super) fn remove_fact(self, name: &str) -> Result<(), PortFailure> {
        self.0.run("DELETE FROM facts WHERE name = ?", vec![name.into()])
    }

    /// Which project these tables belong to, if it is stored.
    pub(super) fn identity(self) -> Result<Option<ProjectIdentity>, PortFailure> {
        record(self.0, "SELECT record FROM identity", vec![])
    }

    /// Stores which project these tables belong to, because an alarm does not name it.
    pub(super) fn set_identity(self, identity: &ProjectIdentity) -> Result<(), PortFailure> {
        let insert = "INSERT OR IGNORE INTO identity (one, record) VALUES (1, ?)";
        self.0.run(insert, vec![to_record(identity)?])
    }

    /// Whether the project has as many tasks as it may have.
    pub(super) fn is_full(self) -> Result<bool, PortFailure> {
        Ok(usize::try_from(self.counts()?.total).unwrap_or(usize::MAX) >= TASKS_OF_PROJECT)
    }
}

/// Reads the cursor of a list.
fn cursor(text: Option<&str>) -> Result<Option<i64>, Refusal> {
    let wrong = || Refusal::Invalid("cursor is not one that a list gave.".to_owned());
    text.map(|text| entry_cursor(text).ok_or_else(wrong)).transpose()
}
