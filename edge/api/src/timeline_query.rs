//! Which entries of a timeline to list or to export.

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ActorText, EntryCursor, EventName, PageLimit};
use crate::{ConnectionId, List, TimelineEntry, Timestamp, endpoint::endpoints, export::list_and_export};

/// What can be asked for in [`TimelineQuery::actor`] beside the e-mail address of a member.
pub const ACTORS: [&str; 3] = ["api_key", "causeway", "atlassian"];

list_and_export! {
    /// Which entries of a timeline to list.
    TimelineQuery
    /// Which entries of the audit log to export, and in which format.
    ExportQuery
    /// Only this event, by its name, for example `renamed`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EventName>))]
    event: String,
    /// Only entries whose actor or connection contains this text.
    q: String,
    /// Only what this one did: the e-mail address of a member, or `api_key`, `causeway` or `atlassian`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ActorText>))]
    actor: String,
    /// Only entries of this moment or later.
    from: Timestamp,
    /// Only entries from before this moment.
    until: Timestamp,
    @page
    /// Where the page begins: the `next_cursor` of the page before.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    cursor: String,
    /// The most entries, 1 to 200; 50 if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    limit: u16,
}

/// Where the audit log is exported: `POST /api/v1/timeline/export?format=csv|json` with the other fields of
/// [`ExportQuery`], and no body. Administrators, newest first. A `POST`, because the export is itself recorded and a `GET`
/// never changes anything. Not an endpoint: its answer is a stream of a file.
pub const EXPORT_PATH: &str = "/api/v1/timeline/export";

endpoints! {
    /// Show the timeline of a connection.
    ///
    /// Newest entries first.
    GetTimeline: Get "/api/v1/connections/{id}/timeline" {
        params: ConnectionId,
        request: TimelineQuery,
        answer: 200 List<TimelineEntry>,
        problems: [],
    }

    /// Show the audit log of the organization.
    ///
    /// Newest entries first. Administrators only.
    GetAuditLog: Get "/api/v1/timeline" {
        request: TimelineQuery,
        answer: 200 List<TimelineEntry>,
        problems: [],
    }
}
