//! Shows and lists connections.

use api::{
    Connection, ConnectionCounts, ConnectionId, ConnectionPage, GetConnection, KeyScope, ListConnections,
    ListConnectionsQuery, Nothing, State,
};
use serde::Deserialize;

use crate::organization::{
    AccessLevel, Answers, Identity, Needs, Page, Refusal, StoredConnection, Turn, Value, WhereClause,
    permissions::Visibility, records,
};

/// Shows a connection. A deleted one is shown only to callers who manage it.
impl Answers for GetConnection {
    type Outcome = Connection;

    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Sees, Some(KeyScope::ConnectionsRead))
    }

    fn answer(id: ConnectionId, _: Nothing, turn: &Turn<'_>) -> Result<Connection, Refusal> {
        let connection = turn.connection(&id)?;
        if connection.details.deleted.is_some() {
            turn.require(&id, AccessLevel::Manages).map_err(|_| Refusal::NotFound)?;
        }
        turn.view_of(&connection)
    }
}

/// Lists a page of connections, and counts the connections by state.
impl Answers for ListConnections {
    type Outcome = ConnectionPage;

    fn needs((): &(), _: &ListConnectionsQuery) -> Needs {
        Needs::AnySessionOrKey(KeyScope::ConnectionsRead)
    }

    fn answer((): (), query: ListConnectionsQuery, turn: &Turn<'_>) -> Result<ConnectionPage, Refusal> {
        let page = Page::of(&query)?;
        let (statement, values) = find(&query, &page, &turn.who)?;
        let found: Vec<StoredConnection> = records(turn.sql, &statement, values)?;
        let shown = turn.views_of(&found)?;
        let (items, next_cursor) = page.cut(shown)?;
        let counts = turn.counts(matching(&query, &turn.who)?)?;
        Ok(ConnectionPage { items, next_cursor, counts })
    }
}

/// The statement that selects a page, and its values.
fn find(query: &ListConnectionsQuery, page: &Page, who: &Identity) -> Result<(String, Vec<Value>), Refusal> {
    let mut condition = WhereClause::default();
    // A literal and not a parameter, so that SQLite can choose the index.
    condition.and(if query.deleted == Some(true) { "deleted = 1" } else { "deleted = 0" }, vec![]);
    if let Some(state) = query.status {
        condition.and("state = ?", vec![state.as_str().into()]);
    }
    condition.join(matching(query, who)?);
    let (rest, values) = page.finish(condition);
    Ok((format!("SELECT record FROM connections {rest}"), values))
}

/// The conditions of both the page and the counts: the search, the kind, and what the caller sees.
fn matching(query: &ListConnectionsQuery, who: &Identity) -> Result<WhereClause, Refusal> {
    let mut condition = who.sees()?;
    // A caller who does not see the accounts of connections must not be able to search by them.
    let column = match who.visibility() {
        Visibility::Everything | Visibility::OfKey(_) => "search",
        Visibility::OfMember(_) | Visibility::Nothing => "sort_key",
    };
    condition.and_contains(column, query.q.as_deref());
    if let Some(kind) = query.kind {
        condition.and("kind = ?", vec![kind.as_str().into()]);
    }
    Ok(condition)
}

#[derive(Deserialize)]
struct Counted {
    deleted: i64,
    state: State,
    n: u32,
}

impl Turn<'_> {
    fn counts(&self, matching: WhereClause) -> Result<ConnectionCounts, Refusal> {
        let (clause, values) = matching.clause();
        let count = format!("SELECT deleted, state, count(*) AS n FROM connections {clause} GROUP BY deleted, state");
        let rows: Vec<Counted> = self.sql.rows(&count, values)?;
        let mut counts = ConnectionCounts::default();
        for row in rows {
            let count = match (row.deleted, row.state) {
                (0, State::Authorized) => &mut counts.authorized,
                (0, State::Interrupted) => &mut counts.interrupted,
                (0, State::Unauthorized) => &mut counts.unauthorized,
                (0, State::Deactivated) => &mut counts.deactivated,
                _ => &mut counts.deleted,
            };
            *count = count.saturating_add(row.n);
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use api::ConnectionSort;

    use super::*;
    use crate::organization::fixture::Fixture;

    fn plan(query: &ListConnectionsQuery) -> String {
        let fixture = Fixture::new();
        let page = Page::of(query).expect("a page");
        let (statement, values) = find(query, &page, &Identity::Edge).expect("a statement");
        let steps: Vec<serde_json::Value> =
            fixture.tables.rows(&format!("EXPLAIN QUERY PLAN {statement}"), values).expect("a plan");
        steps.iter().filter_map(|step| step["detail"].as_str()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn every_page_is_read_in_order_from_an_index() {
        use ConnectionSort::{LastActivity, LastActivityDescending, Name, NameDescending};
        let cursor = "eyJuYW1lIjoiYSIsImF0IjoxLCJpZCI6ImNvbl8xIn0".to_owned();
        for sort in [Name, NameDescending, LastActivity, LastActivityDescending] {
            for cursor in [None, Some(cursor.clone())] {
                for deleted in [None, Some(true)] {
                    let query = ListConnectionsQuery {
                        sort: Some(sort),
                        deleted,
                        cursor: cursor.clone(),
                        ..Default::default()
                    };
                    let plan = plan(&query);
                    assert!(plan.contains("USING INDEX connections_by_"), "{sort:?}: {plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{sort:?}: {plan}");
                }
            }
        }
        let unauthorized = ListConnectionsQuery { status: Some(State::Unauthorized), ..Default::default() };
        assert!(
            plan(&unauthorized).contains("connections_by_state (deleted=? AND state=?)"),
            "{}",
            plan(&unauthorized)
        );
    }
}
