//! Which entries of a timeline to list or to export.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ActorText, EntryCursor, EventName, PageLimit};
use crate::{ConnectionId, List, TimelineEntry, Timestamp, endpoint::endpoints, words::words};

/// What can be asked for in [`TimelineQuery::actor`] beside the e-mail address of a member.
pub const ACTORS: [&str; 3] = ["api_key", "causeway", "atlassian"];

/// Which entries of a timeline to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimelineQuery {
    /// Only this event, by its name, for example `renamed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EventName>))]
    pub event: Option<String>,
    /// Only entries whose actor or connection contains this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only what this one did: the e-mail address of a member, or `api_key`, `causeway` or `atlassian`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ActorText>))]
    pub actor: Option<String>,
    /// Only entries of this moment or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only entries from before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where the page begins: the `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EntryCursor>))]
    pub cursor: Option<String>,
    /// The most entries, 1 to 200; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PageLimit>))]
    pub limit: Option<u16>,
}

words! {
    /// The format of an exported file.
    closed ExportFormat {}
    /// CSV (RFC 4180) with a byte-order mark and a header line; moments are UTC, as `2026-11-22 05:00:00`. A value that a spreadsheet could take for a formula begins with an apostrophe.
    Csv = "csv";
    /// One array of what the list has.
    Json = "json";
}

/// Which entries of the audit log to export, and in which format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// The format of the file.
    pub format: ExportFormat,
    /// Only this event, by its name, for example `renamed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EventName>))]
    pub event: Option<String>,
    /// Only entries whose actor or connection contains this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only what this one did: the e-mail address of a member, or `api_key`, `causeway` or `atlassian`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ActorText>))]
    pub actor: Option<String>,
    /// Only entries of this moment or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only entries from before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
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
