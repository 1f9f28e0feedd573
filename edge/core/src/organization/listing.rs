//! Shows and lists connections.

use api::{
    Connection, ConnectionCounts, ConnectionId, ConnectionPage, GetConnection, KeyScope, ListConnections,
    ListConnectionsQuery, Nothing, State, TimelineEvent, Timestamp,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::organization::{
    AccessLevel, Answers, Identity, Needs, Page, Refusal, Step, Turn, Value, WhereClause, ordering::ends_soon,
    permissions::Visibility,
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
        turn.list(&query)
    }
}

/// Records that the caller exports the list of connections, and returns its first page. An invalid query is refused
/// before anything is recorded.
#[derive(Serialize, Deserialize)]
pub struct BeginConnectionExport {
    /// The connections to export.
    pub query: ListConnectionsQuery,
}

impl Step for BeginConnectionExport {
    type Answer = ConnectionPage;

    fn needs(&self) -> Needs {
        Needs::AnySession
    }

    fn run(self, turn: &Turn<'_>) -> Result<ConnectionPage, Refusal> {
        let page = turn.list(&self.query)?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::ConnectionsExported)?;
        Ok(page)
    }
}

/// The statement that selects a page, and its values.
fn find(
    query: &ListConnectionsQuery,
    page: &Page,
    who: &Identity,
    now: Timestamp,
) -> Result<(String, Vec<Value>), Refusal> {
    let mut condition = WhereClause::default();
    // A literal and not a parameter, so that SQLite can choose the index.
    condition.and(if query.deleted == Some(true) { "deleted = 1" } else { "deleted = 0" }, vec![]);
    if let Some(state) = query.status {
        condition.and("state = ?", vec![state.as_str().into()]);
    }
    if query.ends_soon == Some(true) {
        let soon = ends_soon(who, now);
        condition.and(&soon.sql, soon.values);
    }
    condition.join(matching(query, who)?);
    Ok(page.statement(condition))
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
    soon: u32,
}

impl Turn<'_> {
    fn list(&self, query: &ListConnectionsQuery) -> Result<ConnectionPage, Refusal> {
        let page = Page::of(query, &self.who, self.now)?;
        let (statement, values) = find(query, &page, &self.who, self.now)?;
        let (found, next_cursor) = page.cut(self.sql.query(&statement, values)?)?;
        let items = self.views_of(&found)?;
        let counts = self.counts(matching(query, &self.who)?)?;
        let workspaces: Vec<IgnoredAny> = self.sql.rows("SELECT id FROM workspaces LIMIT 1", vec![])?;
        Ok(ConnectionPage { items, next_cursor, counts, has_workspaces: !workspaces.is_empty() })
    }

    fn counts(&self, matching: WhereClause) -> Result<ConnectionCounts, Refusal> {
        let (clause, others) = matching.clause();
        let soon = ends_soon(&self.who, self.now);
        let count = format!(
            "SELECT deleted, state, count(*) AS n, sum(CASE WHEN {} THEN 1 ELSE 0 END) AS soon FROM connections {clause} \
             GROUP BY deleted, state",
            soon.sql
        );
        let values = soon.values.into_iter().chain(others).collect();
        let rows: Vec<Counted> = self.sql.rows(&count, values)?;
        let mut counts = ConnectionCounts::default();
        for row in rows {
            counts.ends_soon = counts.ends_soon.saturating_add(row.soon);
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
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;
    use crate::organization::fixture::Fixture;

    fn plan(query: &ListConnectionsQuery) -> String {
        let fixture = Fixture::new();
        let page = Page::of(query, &Identity::Edge, fixture.now).expect("a page");
        let (statement, values) = find(query, &page, &Identity::Edge, fixture.now).expect("a statement");
        let steps: Vec<serde_json::Value> =
            fixture.tables.rows(&format!("EXPLAIN QUERY PLAN {statement}"), values).expect("a plan");
        steps.iter().filter_map(|step| step["detail"].as_str()).collect::<Vec<_>>().join("; ")
    }

    fn cursor(sort: ConnectionSort, first: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!(r#"{{"sort":"{}","keys":[{first},"con_1"]}}"#, sort.as_str()))
    }

    #[test]
    fn every_page_by_name_or_activity_is_read_in_order_from_an_index() {
        use ConnectionSort::{LastActivity, LastActivityDescending, Name, NameDescending};
        for (sort, first) in
            [(Name, "\"a\""), (NameDescending, "\"a\""), (LastActivity, "1"), (LastActivityDescending, "1")]
        {
            for cursor in [None, Some(cursor(sort, first))] {
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
