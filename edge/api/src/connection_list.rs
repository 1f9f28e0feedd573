//! The list of connections: what is listed, in which order, and as a file.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ConnectionCursor, PageLimit, Skip};
use crate::{
    Connection, Kind, State,
    export::list_and_export,
    words::{known, words},
};

list_and_export! {
    /// Which connections to list, and in which order.
    ListConnectionsQuery
    /// Which connections to export, in which order and format.
    ConnectionExportQuery
    /// Only connections whose name, site or account contains this text.
    q: String,
    /// Only connections in this state.
    #[serde(deserialize_with = "known")]
    status: State,
    /// Only connections of this kind.
    #[serde(deserialize_with = "known")]
    kind: Kind,
    /// `true` selects only connections whose credential ends within 30 days, as far as the caller sees that.
    ends_soon: bool,
    /// `true` selects only deleted connections; `false`, or nothing, only those that are not deleted.
    deleted: bool,
    /// The order of the list or file; by name if absent.
    sort: ConnectionSort,
    @page
    /// Where the page begins: the `next_cursor` of the page before.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ConnectionCursor>))]
    cursor: String,
    /// How many items to skip from there.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Skip>))]
    skip: u32,
    /// The most items, 1 to 200; 100 if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    limit: u16,
}

words! {
    /// The orders of a list of connections. A minus means descending. Connections that are alike are listed by name, and
    /// those without a value last.
    closed ConnectionSort {}
    /// By name, A first.
    Name = "name";
    /// By name, Z first.
    NameDescending = "-name";
    /// The most urgent first: no credential, failing calls, a credential that ends soon, missing scopes.
    Attention = "attention";
    /// By state: authorized, interrupted, unauthorized, deactivated.
    Status = "status";
    /// By state, deactivated first.
    StatusDescending = "-status";
    /// By the words for its kind, A first.
    Kind = "kind";
    /// By the words for its kind, Z first.
    KindDescending = "-kind";
    /// By the name of the site, A first.
    Site = "site";
    /// By the name of the site, Z first.
    SiteDescending = "-site";
    /// By the name of the account, A first, as far as the caller sees accounts.
    Account = "account";
    /// By the name of the account, Z first.
    AccountDescending = "-account";
    /// By the first of its workspaces that the caller sees, A first.
    Workspaces = "workspaces";
    /// By the first of its workspaces that the caller sees, Z first.
    WorkspacesDescending = "-workspaces";
    /// By the number of projects that use it, fewest first.
    Projects = "projects";
    /// By the number of projects that use it, most first.
    ProjectsDescending = "-projects";
    /// By the date by which it must be reauthorized, soonest first.
    ReauthorizeBefore = "reauthorize_before";
    /// By the date by which it must be reauthorized, latest first.
    ReauthorizeBeforeDescending = "-reauthorize_before";
    /// By last activity, oldest first.
    LastActivity = "last_activity";
    /// By last activity, newest first.
    LastActivityDescending = "-last_activity";
}

/// A page of connections, and how many match in each state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionPage {
    /// The page's connections, in the order asked for.
    pub items: Vec<Connection>,
    /// Give this back as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
    /// How many match in each state, with the same search and kind.
    pub counts: ConnectionCounts,
    /// Whether the organization has workspaces. Without any, connections are granted to nobody in particular.
    #[serde(default)]
    pub has_workspaces: bool,
}

/// How many connections match, by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionCounts {
    /// Connections whose credential works.
    pub authorized: u32,
    /// Connections whose calls fail.
    pub interrupted: u32,
    /// Connections without a working credential.
    pub unauthorized: u32,
    /// Connections that somebody deactivated.
    #[serde(default)]
    pub deactivated: u32,
    /// Connections that were deleted and not purged yet. They are in no other count.
    pub deleted: u32,
    /// Connections whose credential ends within 30 days, as far as the caller sees that. They are in the count of their
    /// state, too.
    #[serde(default)]
    pub ends_soon: u32,
}

/// Where the list of connections is exported: `POST /api/v1/connections/export?format=csv|json` with the other fields of
/// [`ConnectionExportQuery`], and no body. Any session, and it has what the session sees. A `POST`, because the export is
/// recorded in the audit log and a `GET` never changes anything. Not an endpoint: its answer is a stream of a file.
pub const CONNECTION_EXPORT_PATH: &str = "/api/v1/connections/export";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExportFormat;

    #[test]
    fn an_export_has_what_the_list_has() {
        let query: ConnectionExportQuery = serde_json::from_value(serde_json::json!({
            "format": "csv", "q": "a", "status": "interrupted", "kind": "basic", "ends_soon": true, "deleted": false,
            "sort": "attention",
        }))
        .expect("a query");
        let (format, listed) = query.into_parts();
        assert_eq!(format, ExportFormat::Csv);
        let listed = serde_json::to_value(listed).expect("JSON");
        assert_eq!(
            listed,
            serde_json::json!({
                "q": "a", "status": "interrupted", "kind": "basic", "ends_soon": true, "deleted": false, "sort": "attention",
            })
        );
    }
}
