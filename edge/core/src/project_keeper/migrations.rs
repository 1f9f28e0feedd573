//! The tables of a project's keeper. A released migration is never changed, only followed by another.

use serde::Deserialize;

use crate::{organization::Sql, ports::PortFailure};

/// The statements of each version, in order.
const MIGRATIONS: &[&[&str]] = &[VERSION_1, VERSION_2, VERSION_3, VERSION_4];

/// `seq` numbers the writes of tasks, so that a list is in the order of the last change. `due_at` is when the keeper goes on
/// with a task. `told` marks the events that products read; `reported`, those that the organization knows.
const VERSION_1: &[&str] = &[
    "CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL)",
    "CREATE TABLE tasks (id TEXT PRIMARY KEY, external_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, \
     cause TEXT NOT NULL, issue TEXT UNIQUE, due_at INTEGER, seq INTEGER NOT NULL UNIQUE, updated_at INTEGER NOT NULL, \
     search TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX tasks_by_state ON tasks (state, seq)",
    "CREATE INDEX tasks_by_cause ON tasks (cause, seq) WHERE cause <> ''",
    "CREATE INDEX tasks_by_due ON tasks (due_at) WHERE due_at IS NOT NULL",
    "CREATE TABLE counts (state TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE events (number INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, at INTEGER NOT NULL, \
     told INTEGER NOT NULL, reported INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX events_by_task ON events (task, number)",
    "CREATE INDEX events_told ON events (number) WHERE told = 1",
    "CREATE INDEX events_to_report ON events (number) WHERE reported = 0",
    "CREATE INDEX events_by_age ON events (at)",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID",
];

/// `waits` marks the items that are still to be carried out.
const VERSION_2: &[&str] = &[
    "CREATE TABLE resyncs (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX resyncs_by_age ON resyncs (created_at)",
    "CREATE TABLE resync_items (resync TEXT NOT NULL, number INTEGER NOT NULL, action TEXT NOT NULL, outcome TEXT, \
     waits INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (resync, number)) WITHOUT ROWID",
    "CREATE INDEX resync_items_that_wait ON resync_items (resync, number) WHERE waits = 1",
];

/// How many tasks each reason holds up, and one of them as an example.
const VERSION_3: &[&str] = &[
    "CREATE TABLE stories (cause TEXT NOT NULL, sentence TEXT NOT NULL, n INTEGER NOT NULL, record TEXT NOT NULL, \
     PRIMARY KEY (cause, sentence)) WITHOUT ROWID",
    "CREATE INDEX stories_by_size ON stories (n)",
    "INSERT INTO stories (cause, sentence, n, record) SELECT cause, json_extract(record, '$.blocked.sentence'), count(*), \
     max(json_extract(record, '$.blocked')) FROM tasks WHERE cause <> '' GROUP BY 1, 2",
];

/// When each comment was last edited that products were told of or that is Causeway's own. The index is for bodies that are
/// sealed: those of tasks that wait.
const VERSION_4: &[&str] = &[
    "CREATE TABLE comments (task TEXT NOT NULL, id TEXT NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (task, id)) WITHOUT ROWID",
    "CREATE INDEX tasks_without_issue ON tasks (id) WHERE issue IS NULL",
];

#[derive(Deserialize)]
struct Newest {
    version: i64,
}

/// Runs the migrations that are newer than the database, in order.
pub(super) fn migrate(sql: &dyn Sql) -> Result<(), PortFailure> {
    sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)", vec![])?;
    let newest: Vec<Newest> = sql.rows("SELECT coalesce(max(version), 0) AS version FROM schema_version", vec![])?;
    let done = newest.first().map_or(0, |row| row.version);
    for (version, statements) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > done) {
        statements.iter().try_for_each(|statement| sql.run(statement, vec![]))?;
        sql.run("INSERT INTO schema_version (version) VALUES (?)", vec![version.into()])?;
    }
    Ok(())
}
