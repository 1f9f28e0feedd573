//! Access to the organization's tables.
//!
//! Each row holds its entity as versioned JSON in `record`, and beside it the columns for lookups, uniqueness and
//! order. So a new field needs no migration, and old and new code can use the same rows during a deployment.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ports::PortFailure;

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// An integer. Milliseconds and counters stay far below 2^53, so JavaScript represents them exactly.
    Integer(i64),
    /// `NULL`.
    Null,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// A row: its columns by name.
pub type Row = serde_json::Map<String, serde_json::Value>;

/// The SQLite of a Durable Object: synchronous, and used by this object alone.
pub trait Sql {
    /// Runs one statement and returns its rows.
    fn query(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, PortFailure>;

    /// Runs `work` once in a transaction: commits if it returns true, and rolls back if it returns false or panics.
    /// Transactions nest.
    fn transaction(&self, work: &mut dyn FnMut() -> bool) -> Result<(), PortFailure>;
}

impl dyn Sql + '_ {
    /// Runs one statement and reads its rows, each as an object of its columns.
    pub fn rows<T: DeserializeOwned>(&self, statement: &str, values: Vec<Value>) -> Result<Vec<T>, PortFailure> {
        let rows = self.query(statement, values)?;
        rows.into_iter().map(|row| serde_json::from_value(row.into()).map_err(unreadable)).collect()
    }

    /// Runs one statement and ignores its rows.
    pub fn run(&self, statement: &str, values: Vec<Value>) -> Result<(), PortFailure> {
        self.query(statement, values).map(drop)
    }
}

/// A row with only the column `record`.
#[derive(Deserialize)]
struct Recorded {
    record: String,
}

/// Reads the records of a `SELECT record …`.
pub(crate) fn records<T: DeserializeOwned>(
    sql: &dyn Sql,
    statement: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, PortFailure> {
    let rows: Vec<Recorded> = sql.rows(statement, values)?;
    rows.iter().map(|row| serde_json::from_str(&row.record).map_err(unreadable)).collect()
}

/// Reads the first record of a `SELECT record …`, if there is one.
pub(crate) fn record<T: DeserializeOwned>(
    sql: &dyn Sql,
    statement: &str,
    values: Vec<Value>,
) -> Result<Option<T>, PortFailure> {
    records(sql, statement, values).map(|found| found.into_iter().next())
}

/// Writes a record as JSON.
pub(crate) fn to_record(entity: &impl Serialize) -> Result<Value, PortFailure> {
    serde_json::to_string(entity).map(Value::Text).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unreadable(error: serde_json::Error) -> PortFailure {
    PortFailure(format!("a stored record is not of its form: {error}"))
}
