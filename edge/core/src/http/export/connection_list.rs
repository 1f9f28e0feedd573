//! The list of connections as a file.

use api::{
    BasicForm, CONNECTION_EXPORT_PATH, ConnectionExportQuery, ExportFormat, Kind, ListConnections, ListConnectionsQuery,
};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{
    Exported, PAGE,
    csv::{moment, text},
};
use crate::organization::BeginConnectionExport;

pub(super) struct ConnectionList;

impl Exported for ConnectionList {
    const PATH: &'static str = CONNECTION_EXPORT_PATH;
    const FILE: &'static str = "connections";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "state",
        "cause",
        "since_utc",
        "why",
        "kind",
        "site",
        "address",
        "account",
        "workspaces",
        "projects",
        "last_activity_utc",
        "reauthorize_before_utc",
        "authorized_utc",
        "checked_utc",
        "created_utc",
        "deleted_utc",
    ];
    type Query = ConnectionExportQuery;
    type Pages = ListConnectionsQuery;
    type Listed = ListConnections;
    type Begin = BeginConnectionExport;

    fn parts(query: ConnectionExportQuery) -> (ExportFormat, ListConnectionsQuery) {
        let (format, listed) = query.into_parts();
        (format, ListConnectionsQuery { limit: Some(PAGE), ..listed })
    }

    fn begin(first: ListConnectionsQuery) -> BeginConnectionExport {
        BeginConnectionExport { query: first }
    }

    fn after(first: &ListConnectionsQuery, cursor: String) -> ListConnectionsQuery {
        ListConnectionsQuery { cursor: Some(cursor), ..first.clone() }
    }

    fn fields(connection: Map<String, Value>) -> Vec<String> {
        let connection = Value::Object(connection);
        let at = |path: &str| text(connection.pointer(path));
        let when = |path: &str| moment(&at(path));
        vec![
            at("/id"),
            at("/name"),
            at("/status/state"),
            at("/status/cause"),
            when("/status/since"),
            at("/diagnosis/headline"),
            kind(&connection),
            at("/site/name"),
            at("/site/url"),
            at("/account/name"),
            workspaces(&connection),
            at("/projects"),
            when("/last_activity_at"),
            when("/reauthorize_before"),
            when("/authorized_at"),
            when("/checked_at"),
            when("/created_at"),
            when("/deleted/at"),
        ]
    }
}

/// The kind in the words of people.
fn kind(connection: &Value) -> String {
    let kind = Kind::read(connection["kind"].as_str().unwrap_or_default());
    let form = connection.pointer("/credential/form").and_then(|form| BasicForm::deserialize(form).ok());
    kind.title_with(form).to_owned()
}

/// The names of its workspaces.
fn workspaces(connection: &Value) -> String {
    let all = connection["workspaces"].as_array().into_iter().flatten();
    all.filter_map(|workspace| workspace["name"].as_str()).collect::<Vec<_>>().join("; ")
}
