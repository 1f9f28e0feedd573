//! Charts of Jira issues: saved questions with a look, and renders of them.
//!
//! A chart is one Jira site's. It says nothing about access: each render is computed with somebody's own access, and
//! says whose. What a chart asks and what its numbers are is the crate `chart`.

mod renders;

use chart::{FieldKind, Mark, Spec};
use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{ChartSiteKey, JqlText};
use crate::{
    ChartId, ConnectionId, Deleted, List, Name, Nothing, Site, Timestamp,
    endpoint::endpoints,
    words::{object, words},
};

pub use renders::*;

/// The most charts of an organization, deleted ones among them.
pub const CHARTS: u32 = 500;
/// How many versions of a chart are kept.
pub const CHART_VERSIONS: u16 = 50;
/// The most bytes of a site's key: a cloudId or a base URL.
pub const CHART_SITE_BYTES: usize = 1024;

/// A saved question to Jira with a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chart {
    /// The chart's id.
    pub id: ChartId,
    /// The Jira site that it is about.
    pub site: Site,
    /// What it asks, and how it looks.
    pub spec: Spec,
    /// The digest of what it asks. It stays the same as long as only the look changes.
    pub meaning: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The name of the member who created it.
    pub created_by: String,
    /// When this version was saved.
    pub saved_at: Timestamp,
    /// The name of the member who saved this version.
    pub saved_by: String,
    /// When and by whom it was deleted; `null` if it was not.
    pub deleted: Option<Deleted>,
    /// Whether the caller may change it.
    pub may_edit: bool,
    /// The number of the version. The `ETag` is this number in quotes.
    pub version: u64,
}

/// A chart in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartSummary {
    /// The chart's id.
    pub id: ChartId,
    /// The title of the chart.
    pub title: String,
    /// How it is drawn.
    pub mark: Mark,
    /// The Jira site that it is about.
    pub site: Site,
    /// When it was last saved.
    pub saved_at: Timestamp,
    /// The name of the member who last saved it.
    pub saved_by: String,
    /// When and by whom it was deleted; `null` if it was not.
    pub deleted: Option<Deleted>,
    /// Whether the caller may change it.
    pub may_edit: bool,
}

words! {
    /// What was done to a chart.
    open ChartChange {}
    /// The chart was created.
    Created = "created";
    /// Another version of the chart was saved.
    Changed = "changed";
    /// The chart was deleted.
    Deleted = "deleted";
    /// The chart was restored.
    Restored = "restored";
    /// The chart was purged, 30 days after it was deleted.
    Purged = "purged";
}

/// Which charts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ListChartsQuery {
    /// A part of the title, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Whether to list deleted charts instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// A new chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewChart {
    /// The site that it is about: the `key` of a site in the list of sites.
    #[cfg_attr(feature = "openapi", schema(value_type = ChartSiteKey))]
    pub site: String,
    /// What it asks, and how it looks.
    #[serde(deserialize_with = "required_object")]
    pub spec: Spec,
}

/// Another version of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChartEdit {
    /// What it asks from now on, and how it looks.
    #[serde(deserialize_with = "required_object")]
    pub spec: Spec,
}

fn required_object<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    object(deserializer)?.ok_or_else(|| serde::de::Error::custom("an object is expected"))
}

/// A version of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartVersion {
    /// The number of the version.
    pub version: u64,
    /// What the chart asked, and how it looked.
    pub spec: Spec,
    /// The digest of what it asked.
    pub meaning: String,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The name of the member who saved it.
    pub saved_by: String,
}

/// A Jira site that the caller can make charts of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartSite {
    /// What names it in requests: its cloudId, or its address.
    pub key: String,
    /// The site itself.
    pub site: Site,
    /// The connections whose access the caller may look at charts with.
    pub connections: Vec<ChartConnection>,
    /// Whether Causeway reads it as the caller.
    pub is_authorized: bool,
}

/// A connection that may be used for charts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartConnection {
    /// The connection's id.
    pub id: ConnectionId,
    /// The name of the connection.
    pub name: Name,
}

/// Which site to ask, and with whose access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ChartSourceQuery {
    /// The `key` of a site in the list of sites.
    #[cfg_attr(feature = "openapi", schema(value_type = ChartSiteKey))]
    pub site: String,
    /// The connection whose access to use. Left out: the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// A part of the name, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// A field of Jira that charts can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartField {
    /// Its id, for example `status` or `customfield_10016`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How its values make segments.
    pub kind: FieldKind,
}

/// A saved filter of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChartFilter {
    /// The id of the filter.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The query of the filter.
    pub jql: String,
}

/// A query to check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QueryToCheck {
    /// The site whose Jira checks it: the `key` of a site in the list of sites.
    #[cfg_attr(feature = "openapi", schema(value_type = ChartSiteKey))]
    pub site: String,
    /// The connection whose access to use. Left out: the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The query, in JQL.
    #[cfg_attr(feature = "openapi", schema(value_type = JqlText))]
    pub jql: String,
}

/// What Jira says of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckedQuery {
    /// What is wrong with it, in sentences. Empty: nothing.
    pub errors: Vec<String>,
    /// What in it means another thing for everybody who looks, such as `currentUser()`; `null` if nothing does.
    pub personal: Option<String>,
}

endpoints! {
    /// List charts.
    ///
    /// Every member of the organization. API keys need the scope `charts:read`. By title.
    ListCharts: Get "/api/v1/charts" {
        request: ListChartsQuery,
        answer: 200 List<ChartSummary>,
        problems: [],
    }

    /// Create a chart.
    ///
    /// Every member of the organization, for a site of a connection that they see. An organization has 500 charts at most.
    CreateChart: Post "/api/v1/charts" {
        request: NewChart,
        answer: 201 Chart,
        problems: [NotFound, LimitReached],
    }

    /// List the Jira sites that charts can be made of.
    ///
    /// The sites of the connections that the caller sees, with those whose access the caller may use.
    ListChartSites: Get "/api/v1/charts/sites" {
        answer: 200 List<ChartSite>,
        problems: [],
    }

    /// List the fields of a Jira site.
    ///
    /// Those that charts can be grouped, split or measured by, by name; 200 at most. Jira is asked when this is called.
    ListChartFields: Get "/api/v1/charts/fields" {
        request: ChartSourceQuery,
        answer: 200 List<ChartField>,
        problems: [
            NotFound, ChartsNotAllowed, ConsentNeeded, ConnectionUnauthorized, ConnectionDeactivated, ConnectionDeleted,
            AddressRefused, CredentialRefused, CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// List the saved filters of a Jira site.
    ///
    /// Those that the account sees, with their queries, by name; 50 at most. Jira is asked when this is called. Data Center
    /// lists favourites only.
    ListChartFilters: Get "/api/v1/charts/filters" {
        request: ChartSourceQuery,
        answer: 200 List<ChartFilter>,
        problems: [
            NotFound, ChartsNotAllowed, ConsentNeeded, ConnectionUnauthorized, ConnectionDeactivated, ConnectionDeleted,
            AddressRefused, CredentialRefused, CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Check a query for a chart.
    ///
    /// Its brackets and quotes here, everything else by Jira, which is asked when this is called.
    CheckChartQuery: Post "/api/v1/charts/check" {
        request: QueryToCheck,
        answer: 200 CheckedQuery,
        problems: [
            NotFound, ChartsNotAllowed, ConsentNeeded, ConnectionUnauthorized, ConnectionDeactivated, ConnectionDeleted,
            AddressRefused, CredentialRefused, CredentialUnavailable, UpstreamUnreachable,
        ],
    }

    /// Compute a chart that is not saved.
    ///
    /// With the caller's own access, or with that of a connection that may be used for charts and that the caller
    /// manages. Whatever becomes of it is an answer, with its state. Numbers of the last five minutes may be given again;
    /// they say when they were counted.
    PreviewChart: Post "/api/v1/charts/preview" {
        request: NewPreview,
        answer: 200 Render,
        problems: [NotFound, ChartsNotAllowed, ConnectionDeleted, ConnectionUnauthorized, ConnectionDeactivated],
    }

    /// Show a chart.
    ///
    /// The answer carries an `ETag`. API keys need the scope `charts:read`.
    GetChart: Get "/api/v1/charts/{id}" {
        params: ChartId,
        answer: 200 Chart,
        problems: [],
    }

    /// Save another version of a chart.
    ///
    /// Needs `If-Match`: 428 without it, 412 when somebody else saved first. Whoever created it, and administrators.
    EditChart: Patch "/api/v1/charts/{id}" {
        params: ChartId,
        request: ChartEdit,
        answer: 200 Chart,
        if_match: required,
        problems: [ChartDeleted],
    }

    /// Delete a chart.
    ///
    /// It can be restored for 30 days. Whoever created it, and administrators.
    DeleteChart: Delete "/api/v1/charts/{id}" {
        params: ChartId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Restore a deleted chart.
    ///
    /// Whoever created it, and administrators.
    RestoreChart: Post "/api/v1/charts/{id}/restore" {
        params: ChartId,
        answer: 200 Chart,
        problems: [],
    }

    /// List the versions of a chart.
    ///
    /// The newest 50, the newest first.
    ListChartVersions: Get "/api/v1/charts/{id}/versions" {
        params: ChartId,
        answer: 200 List<ChartVersion>,
        problems: [],
    }

    /// Compute a chart.
    ///
    /// As a preview. With the caller's own access, with that of a connection that may be used for charts and that the caller
    /// manages, or with that of a delegation. Numbers of a delegation are those of the last five minutes, whoever asks.
    RenderChart: Post "/api/v1/charts/{id}/renders" {
        params: ChartId,
        request: NewRender,
        answer: 200 Render,
        problems: [ChartDeleted, ChartsNotAllowed, ConnectionDeleted, ConnectionUnauthorized, ConnectionDeactivated],
    }
}
