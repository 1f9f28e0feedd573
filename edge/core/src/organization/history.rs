//! Reads the timeline: of one connection, of the organization (the audit log), and for an export.

use api::{ACTORS, ConnectionId, GetAuditLog, GetTimeline, List, TimelineEvent, TimelineQuery, entry_cursor};
use serde::{Deserialize, Serialize};

use crate::{
    email,
    organization::{
        AccessLevel, Answers, Needs, Refusal, Step, Turn, WhereClause, WrittenEntry, page::page_limit,
        timeline::StoredEntry,
    },
};

/// The entries of a page when the query has no limit.
const USUAL: u16 = 50;

/// Lists a page of a connection's timeline, newest first.
impl Answers for GetTimeline {
    type Outcome = List<WrittenEntry>;

    fn needs(id: &ConnectionId, _: &TimelineQuery) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }

    fn answer(id: ConnectionId, query: TimelineQuery, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        turn.connection(&id)?;
        let mut condition = WhereClause::default();
        condition.and("connection = ?", vec![id.as_str().into()]);
        turn.read(PageQuery::of(condition, &query)?)
    }
}

/// Lists a page of the audit log, newest first.
impl Answers for GetAuditLog {
    type Outcome = List<WrittenEntry>;

    fn needs((): &(), _: &TimelineQuery) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), query: TimelineQuery, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        turn.read(PageQuery::of(WhereClause::default(), &query)?)
    }
}

/// Records that the caller exports the audit log, and returns its first page, which contains that record. An invalid
/// query is refused before anything is recorded.
#[derive(Serialize, Deserialize)]
pub struct BeginExport {
    /// The entries to export.
    pub query: TimelineQuery,
}

impl Step for BeginExport {
    type Answer = List<WrittenEntry>;

    fn needs(&self) -> Needs {
        Needs::Administrator
    }

    fn run(self, turn: &Turn<'_>) -> Result<List<WrittenEntry>, Refusal> {
        let page = PageQuery::of(WhereClause::default(), &self.query)?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::Exported)?;
        turn.read(page)
    }
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    record: String,
}

/// A validated query for a page.
struct PageQuery {
    condition: WhereClause,
    limit: u16,
}

impl PageQuery {
    /// Validates `query` and adds it to `condition`. A cursor is the id of the last entry of the previous page.
    fn of(mut condition: WhereClause, query: &TimelineQuery) -> Result<Self, Refusal> {
        let limit = page_limit(query.limit, USUAL)?;
        if let Some(cursor) = &query.cursor {
            let foreign = || Refusal::Invalid("cursor is not one that a list gave.".to_owned());
            condition.and("id < ?", vec![entry_cursor(cursor).ok_or_else(foreign)?.into()]);
        }
        if let Some(event) = &query.event {
            if !TimelineEvent::NAMES.contains(&event.as_str()) {
                return Err(Refusal::Invalid(format!("event is one of {}.", TimelineEvent::NAMES.join(", "))));
            }
            condition.and("event = ?", vec![event.as_str().into()]);
        }
        if let Some(actor) = &query.actor {
            condition.and("actor = ?", vec![actor_of(actor)?.into()]);
        }
        if let Some(from) = query.from {
            condition.and("at >= ?", vec![from.as_millis().into()]);
        }
        if let Some(until) = query.until {
            condition.and("at < ?", vec![until.as_millis().into()]);
        }
        condition.and_contains("search", query.q.as_deref());
        Ok(Self { condition, limit })
    }
}

/// The actor that is asked for, as it is stored.
fn actor_of(text: &str) -> Result<String, Refusal> {
    if ACTORS.contains(&text) {
        return Ok(text.to_owned());
    }
    let words = ACTORS.join(", ");
    email::canonical(text)
        .ok_or_else(|| Refusal::Invalid(format!("actor is the e-mail address of a member, or one of {words}.")))
}

impl Turn<'_> {
    /// Reads a page, newest first.
    fn read(&self, page: PageQuery) -> Result<List<WrittenEntry>, Refusal> {
        let (clause, mut values) = page.condition.clause();
        values.push((i64::from(page.limit) + 1).into());
        let statement = format!("SELECT id, record FROM timeline {clause} ORDER BY id DESC LIMIT ?");
        let rows: Vec<Row> = self.sql.rows(&statement, values)?;
        cut(rows, usize::from(page.limit))
    }
}

/// Removes the extra row that shows whether there is a next page.
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
