//! The audit log as a file.

use api::{EXPORT_PATH, ExportFormat, ExportQuery, GetAuditLog, TimelineQuery};
use serde_json::{Map, Value};

use super::{
    Exported, PAGE,
    csv::{moment, text},
};
use crate::organization::BeginExport;

pub(super) struct AuditLog;

impl Exported for AuditLog {
    const PATH: &'static str = EXPORT_PATH;
    const FILE: &'static str = "timeline";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "at_utc",
        "count",
        "event",
        "connection_id",
        "connection_name",
        "actor_kind",
        "actor_name",
        "actor_email",
        "details",
    ];
    type Query = ExportQuery;
    type Pages = TimelineQuery;
    type Listed = GetAuditLog;
    type Begin = BeginExport;

    fn parts(query: ExportQuery) -> (ExportFormat, TimelineQuery) {
        let (format, listed) = query.into_parts();
        (format, TimelineQuery { limit: Some(PAGE), ..listed })
    }

    fn begin(first: TimelineQuery) -> BeginExport {
        BeginExport { query: first }
    }

    fn after(first: &TimelineQuery, cursor: String) -> TimelineQuery {
        TimelineQuery { cursor: Some(cursor), ..first.clone() }
    }

    /// The fields that every entry has; the last column has the event's own fields as JSON.
    fn fields(mut entry: Map<String, Value>) -> Vec<String> {
        let mut take = |name: &str| text(entry.remove(name).as_ref());
        let [id, at, count, event] = ["id", "at", "count", "event"].map(&mut take);
        let at = moment(&at);
        let [connection_id, connection_name] = ["connection_id", "connection_name"].map(&mut take);
        let actor = entry.remove("actor").unwrap_or_default();
        let [kind, name, email] = ["kind", "name", "email"].map(|name| text(actor.get(name)));
        let name = match kind.as_str() {
            "causeway" => "Causeway".to_owned(),
            "atlassian" => "Atlassian".to_owned(),
            _ => name,
        };
        let details = Value::Object(entry).to_string();
        vec![id, at, count, event, connection_id, connection_name, kind, name, email, details]
    }
}
