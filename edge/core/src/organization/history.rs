//! The timeline, read: of one connection, of the organization, and for an export.

use api::{ConnectionId, GetAuditLog, GetTimeline, List, TimelineEvent, TimelineQuery};
use serde::{Deserialize, Serialize};

use crate::organization::{
    AccessLevel, Answers, Needs, Refusal, Step, Turn, WhereClause, WrittenEntry, timeline::StoredEntry,
};

/// The most entries of a page.
const MOST: u16 = 200;
/// The entries of a page, if nobody says.
const USUAL: u16 = 50;

/// Finds a page of what happened to a connection, newest first.
impl Answers for GetTimeline {
    type Outcome = List<WrittenEntry>;

    fn needs(id: &ConnectionId, _: &TimelineQuery) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, query: TimelineQuery, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        turn.connection(&id)?;
        let mut condition = WhereClause::default();
        condition.and("connection = ?", vec![id.as_str().into()]);
        turn.read(Wanted::of(condition, &query)?)
    }
}

/// Finds a page of what happened in the organization, newest first: the audit log.
impl Answers for GetAuditLog {
    type Outcome = List<WrittenEntry>;

    fn needs((): &(), _: &TimelineQuery) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), query: TimelineQuery, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        turn.read(Wanted::of(WhereClause::default(), &query)?)
    }
}

/// Writes down that somebody exports the audit log, and finds the first page of it: the export is part of what it
/// exports. A query that cannot be answered exports nothing.
#[derive(Serialize, Deserialize)]
pub struct BeginExport {
    /// Which entries.
    pub query: TimelineQuery,
}

impl Step for BeginExport {
    type Answer = List<WrittenEntry>;

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    fn run(self, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        let wanted = Wanted::of(WhereClause::default(), &self.query)?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::Exported)?;
        turn.read(wanted)
    }
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    record: String,
}

/// A page that was asked for, checked.
struct Wanted {
    condition: WhereClause,
    limit: u16,
}

impl Wanted {
    /// The entries for which `condition` holds and that `query` asks for. A cursor is the id of the last entry before.
    fn of(mut condition: WhereClause, query: &TimelineQuery) -> Result<Self, Refusal> {
        let limit = query.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Refusal::Invalid(format!("limit is a whole number from 1 to {MOST}.")));
        }
        if let Some(cursor) = &query.cursor {
            let foreign = |_| Refusal::Invalid("cursor is not one that a list gave.".to_owned());
            condition.and("id < ?", vec![cursor.parse::<i64>().map_err(foreign)?.into()]);
        }
        if let Some(event) = &query.event {
            if !TimelineEvent::NAMES.contains(&event.as_str()) {
                return Err(Refusal::Invalid(format!("event is one of {}.", TimelineEvent::NAMES.join(", "))));
            }
            condition.and("event = ?", vec![event.as_str().into()]);
        }
        condition.and_contains("search", query.q.as_deref());
        Ok(Self { condition, limit })
    }
}

impl Turn<'_> {
    /// A page, newest first.
    fn read(&self, wanted: Wanted) -> Result<List<WrittenEntry>, Refusal> {
        let (clause, mut values) = wanted.condition.clause();
        values.push((i64::from(wanted.limit) + 1).into());
        let statement = format!("SELECT id, record FROM timeline {clause} ORDER BY id DESC LIMIT ?");
        let rows: Vec<Row> = self.sql.rows(&statement, values)?;
        cut(rows, usize::from(wanted.limit))
    }
}

/// Cuts off the row that only tells whether there is a next page.
fn cut(mut rows: Vec<Row>, limit: usize) -> Result<List<WrittenEntry>, Refusal> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let read = |row: Row| {
        let entry: StoredEntry = serde_json::from_str(&row.record)?;
        Ok(entry.with_id(row.id))
    };
    Ok(List { items: rows.into_iter().map(read).collect::<Result<_, Refusal>>()?, next_cursor })
}
