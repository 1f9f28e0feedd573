//! The timeline, read: of one connection, of the organization, and for an export.

use api::{ConnectionId, List, TimelineEvent, TimelineQuery};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Command, Condition, Identity, Needs, Organization, Refusal, Sql, WrittenEntry, standing::AccessLevel,
        timeline::EntryRecord,
    },
    ports::Random,
};

/// The most entries of a page.
const MOST: u16 = 200;
/// The entries of a page, if nobody says.
const USUAL: u16 = 50;

/// Finds a page of what happened to a connection, newest first.
#[derive(Serialize, Deserialize)]
pub struct FindTimeline {
    /// The connection.
    pub id: ConnectionId,
    /// Which entries.
    pub query: TimelineQuery,
}

impl Command for FindTimeline {
    const NAME: &'static str = "find_timeline";
    const NEEDS: Needs = Needs::Session;
    type Answer = List<WrittenEntry>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<List<WrittenEntry>, Refusal> {
        organization.require(who, &self.id, AccessLevel::Manages)?;
        organization.connection(&self.id)?;
        let mut condition = Condition::default();
        condition.and("connection = ?", vec![self.id.as_str().into()]);
        organization.read(Wanted::of(condition, &self.query)?)
    }
}

/// Finds a page of what happened in the organization, newest first: the audit log.
#[derive(Serialize, Deserialize)]
pub struct FindAuditLog {
    /// Which entries.
    pub query: TimelineQuery,
}

impl Command for FindAuditLog {
    const NAME: &'static str = "find_audit_log";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = List<WrittenEntry>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<List<WrittenEntry>, Refusal> {
        organization.read(Wanted::of(Condition::default(), &self.query)?)
    }
}

/// Writes down that somebody exports the audit log, and finds the first page of it: the export is part of what it
/// exports. A query that cannot be answered exports nothing.
#[derive(Serialize, Deserialize)]
pub struct BeginExport {
    /// Which entries.
    pub query: TimelineQuery,
}

impl Command for BeginExport {
    const NAME: &'static str = "begin_export";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = List<WrittenEntry>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<List<WrittenEntry>, Refusal> {
        let wanted = Wanted::of(Condition::default(), &self.query)?;
        organization.note(None, who.actor(), TimelineEvent::Exported)?;
        organization.read(wanted)
    }
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    record: String,
}

/// A page that was asked for, checked.
struct Wanted {
    condition: Condition,
    limit: u16,
}

impl Wanted {
    /// The entries for which `condition` holds and that `query` asks for. A cursor is the id of the last entry before.
    fn of(mut condition: Condition, query: &TimelineQuery) -> Result<Self, Refusal> {
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

impl<S: Sql, R: Random> Organization<'_, S, R> {
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
        let entry: EntryRecord =
            serde_json::from_str(&row.record).map_err(|error| Refusal::Storage(error.to_string()))?;
        Ok(entry.with_id(row.id))
    };
    Ok(List { items: rows.into_iter().map(read).collect::<Result<_, Refusal>>()?, next_cursor })
}
