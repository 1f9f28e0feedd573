//! Pages of the list of connections: order, cursor and size.
//!
//! A page begins after the last row of the previous page (keyset pagination), so rows that are added or removed
//! meanwhile neither repeat nor hide others. A grid that shows the middle of the list skips rows from there.

use api::{CONNECTION_CURSOR_CHARACTERS, Connection, ConnectionSort, ListConnectionsQuery, PAGE_ITEMS};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    folding::folded,
    organization::{Refusal, Value, WhereClause},
};

/// The rows of a page when the query has no limit.
const USUAL: u16 = 100;

/// A validated query for a page.
pub(super) struct Page {
    sort: ConnectionSort,
    limit: u16,
    skip: u32,
    cursor: Option<ListCursor>,
}

/// The last row of the previous page: the values that the list is ordered by.
#[derive(Serialize, Deserialize)]
struct ListCursor {
    name: String,
    at: i64,
    id: String,
}

impl Page {
    pub(super) fn of(query: &ListConnectionsQuery) -> Result<Self, Refusal> {
        let limit = page_limit(query.limit, USUAL)?;
        let cursor = query.cursor.as_deref().map(read_cursor).transpose()?;
        Ok(Self {
            sort: query.sort.unwrap_or(ConnectionSort::Name),
            limit,
            skip: query.skip.unwrap_or_default(),
            cursor,
        })
    }

    /// The clauses of a statement that select, in order, the rows after the cursor: one row more than the page has.
    pub(super) fn finish(&self, mut condition: WhereClause) -> (String, Vec<Value>) {
        let (column, compare, direction) = self.order();
        if let Some(cursor) = &self.cursor {
            let key = if column == "sort_key" { Value::from(cursor.name.clone()) } else { Value::from(cursor.at) };
            condition.and(&format!("({column}, id) {compare} (?, ?)"), vec![key, cursor.id.clone().into()]);
        }
        let (clause, mut values) = condition.clause();
        values.push((i64::from(self.limit) + 1).into());
        values.push(i64::from(self.skip).into());
        (format!("{clause} ORDER BY {column} {direction}, id {direction} LIMIT ? OFFSET ?"), values)
    }

    /// Removes the extra row that shows whether there is a next page. Returns the page and the next cursor.
    pub(super) fn cut(&self, mut items: Vec<Connection>) -> Result<(Vec<Connection>, Option<String>), Refusal> {
        let more = items.len() > usize::from(self.limit);
        items.truncate(usize::from(self.limit));
        let next_cursor = match items.last() {
            Some(last) if more => Some(write_cursor(last)?),
            _ => None,
        };
        Ok((items, next_cursor))
    }

    const fn order(&self) -> (&'static str, &'static str, &'static str) {
        match self.sort {
            ConnectionSort::Name => ("sort_key", ">", "ASC"),
            ConnectionSort::NameDescending => ("sort_key", "<", "DESC"),
            ConnectionSort::LastActivity => ("last_activity", ">", "ASC"),
            ConnectionSort::LastActivityDescending => ("last_activity", "<", "DESC"),
        }
    }
}

/// The number of items of a page of any list: what was asked for, or `usual`.
pub(super) fn page_limit(asked: Option<u16>, usual: u16) -> Result<u16, Refusal> {
    match asked {
        None => Ok(usual),
        Some(limit) if (1..=PAGE_ITEMS).contains(&limit) => Ok(limit),
        Some(_) => Err(Refusal::Invalid(format!("limit is a whole number from 1 to {PAGE_ITEMS}."))),
    }
}

fn write_cursor(last: &Connection) -> Result<String, Refusal> {
    let cursor =
        ListCursor { name: folded(last.name.as_str()), at: last.last_activity_at.as_millis(), id: last.id.to_string() };
    Ok(serde_json::to_vec(&cursor).map(|json| URL_SAFE_NO_PAD.encode(json))?)
}

fn read_cursor(text: &str) -> Result<ListCursor, Refusal> {
    let fits = text.len() <= CONNECTION_CURSOR_CHARACTERS;
    let json = if fits { URL_SAFE_NO_PAD.decode(text).ok() } else { None };
    json.and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| Refusal::Invalid("cursor is not one that a list gave.".to_owned()))
}
