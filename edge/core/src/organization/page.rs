//! Pages of the list of connections: cursor and size.
//!
//! A page begins after the last row of the previous page (keyset pagination), so rows that are added or removed
//! meanwhile neither repeat nor hide others. A grid that shows the middle of the list skips rows from there.

use api::{CONNECTION_CURSOR_CHARACTERS, ConnectionSort, ListConnectionsQuery, PAGE_ITEMS, Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::organization::{Identity, Refusal, Row, StoredConnection, Value, WhereClause, ordering::Order};

/// The rows of a page when the query has no limit.
const USUAL: u16 = 100;

/// A validated query for a page.
pub(super) struct Page {
    sort: ConnectionSort,
    order: Order,
    limit: u16,
    skip: u32,
    cursor: Option<Cursor>,
}

/// The last row of the previous page: the values that the list is ordered by.
#[derive(Serialize, Deserialize)]
struct Cursor {
    sort: ConnectionSort,
    keys: Vec<Key>,
}

/// A value that a list is ordered by.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Number(number) => Self::Integer(number),
            Key::Text(text) => Self::Text(text),
        }
    }
}

impl Page {
    pub(super) fn of(query: &ListConnectionsQuery, who: &Identity, now: Timestamp) -> Result<Self, Refusal> {
        let limit = page_limit(query.limit, USUAL)?;
        let sort = query.sort.unwrap_or(ConnectionSort::Name);
        let order = Order::of(sort, who, now);
        let cursor = query.cursor.as_deref().map(read_cursor).transpose()?;
        if cursor.as_ref().is_some_and(|cursor| cursor.sort != sort || cursor.keys.len() != order.terms.len()) {
            return Err(Refusal::Invalid("cursor belongs to a list in another order.".to_owned()));
        }
        Ok(Self { sort, order, limit, skip: query.skip.unwrap_or_default(), cursor })
    }

    /// The statement that selects, in order, the rows after the cursor: one row more than the page has. The values that
    /// they are ordered by are the columns `k0`, `k1` and so on.
    pub(super) fn statement(&self, mut condition: WhereClause) -> (String, Vec<Value>) {
        let terms = || self.order.terms.iter().enumerate();
        let columns: Vec<String> = terms().map(|(at, term)| format!("{} AS k{at}", term.value.sql)).collect();
        let order: Vec<String> = terms().map(|(at, term)| format!("k{at}{}", direction(term.descending))).collect();
        if let Some(cursor) = &self.cursor {
            let (after, values) = self.after(&cursor.keys);
            condition.and(&after, values);
        }
        let (clause, values) = condition.clause();
        let mut all: Vec<Value> = terms().flat_map(|(_, term)| term.value.values.clone()).collect();
        all.extend(values);
        all.push((i64::from(self.limit) + 1).into());
        all.push(i64::from(self.skip).into());
        let (columns, order) = (columns.join(", "), order.join(", "));
        (format!("SELECT record, {columns} FROM connections {clause} ORDER BY {order} LIMIT ? OFFSET ?"), all)
    }

    /// The condition for the rows after the one that has these keys. Where all terms have one direction it is a
    /// comparison of rows, which SQLite looks up in an index.
    fn after(&self, keys: &[Key]) -> (String, Vec<Value>) {
        let terms = &self.order.terms;
        let compare = |descending| if descending { "<" } else { ">" };
        let values = |keys: &[Key]| keys.iter().cloned().map(Value::from).collect::<Vec<_>>();
        if let [first, others @ ..] = terms.as_slice()
            && others.iter().all(|term| term.descending == first.descending)
        {
            let columns: Vec<String> = (0..terms.len()).map(|at| format!("k{at}")).collect();
            let places = vec!["?"; terms.len()].join(", ");
            return (format!("({}) {} ({places})", columns.join(", "), compare(first.descending)), values(keys));
        }
        let mut ways = Vec::new();
        let mut all = Vec::new();
        for (at, term) in terms.iter().enumerate() {
            let same = (0..at).map(|before| format!("k{before} = ? AND ")).collect::<Vec<_>>().concat();
            ways.push(format!("({same}k{at} {} ?)", compare(term.descending)));
            all.extend(values(keys.get(..=at).unwrap_or_default()));
        }
        (format!("({})", ways.join(" OR ")), all)
    }

    /// Reads the rows of [`Self::statement`]. Removes the extra row that shows whether there is a next page. Returns
    /// the page and the next cursor.
    pub(super) fn cut(&self, mut rows: Vec<Row>) -> Result<(Vec<StoredConnection>, Option<String>), Refusal> {
        let more = rows.len() > usize::from(self.limit);
        rows.truncate(usize::from(self.limit));
        let next_cursor = match rows.last() {
            Some(last) if more => Some(self.cursor_after(last)?),
            _ => None,
        };
        let read = |row: &Row| {
            let record = row.get("record").and_then(serde_json::Value::as_str);
            Ok(serde_json::from_str(record.unwrap_or_default())?)
        };
        Ok((rows.iter().map(read).collect::<Result<_, Refusal>>()?, next_cursor))
    }

    fn cursor_after(&self, row: &Row) -> Result<String, Refusal> {
        let key = |at| {
            let value = row.get(&format!("k{at}")).cloned().unwrap_or_default();
            Ok(serde_json::from_value::<Key>(value)?)
        };
        let keys = (0..self.order.terms.len()).map(key).collect::<Result<_, Refusal>>()?;
        let json = serde_json::to_vec(&Cursor { sort: self.sort, keys })?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }
}

const fn direction(descending: bool) -> &'static str {
    if descending { " DESC" } else { "" }
}

/// The number of items of a page of any list: what was asked for, or `usual`.
pub(crate) fn page_limit(asked: Option<u16>, usual: u16) -> Result<u16, Refusal> {
    match asked {
        None => Ok(usual),
        Some(limit) if (1..=PAGE_ITEMS).contains(&limit) => Ok(limit),
        Some(_) => Err(Refusal::Invalid(format!("limit is a whole number from 1 to {PAGE_ITEMS}."))),
    }
}

fn read_cursor(text: &str) -> Result<Cursor, Refusal> {
    let fits = text.len() <= CONNECTION_CURSOR_CHARACTERS;
    let json = if fits { URL_SAFE_NO_PAD.decode(text).ok() } else { None };
    json.and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| Refusal::Invalid("cursor is not one that a list gave.".to_owned()))
}
