//! Delegations: somebody's yes that others may see one chart with **their** access to Jira. Other products call it *user
//! impersonation*.
//!
//! Only its owner gives access: a member their own, or whoever manages a connection that connection's. Everybody else can
//! only ask for it. A delegation says who may look, where, until when, and what they see.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{EmailAddress, MeaningDigest, PlacementText, Placements};
use crate::{
    ChartId, ConnectionId, DelegationId, List, Name, RenderAccess, Site, Timestamp, ViewerMember,
    endpoint::endpoints,
    words::{known, words},
};

/// The most delegations of a chart that have not ended.
pub const DELEGATIONS: u32 = 20;
/// The most places of a delegation.
pub const PLACEMENTS: usize = 20;
/// The most characters of what names a place.
pub const PLACEMENT_CHARACTERS: usize = 255;
/// How long a delegation lasts unless it says otherwise, in days.
pub const DELEGATION_DAYS: i64 = 90;
/// How long a delegation lasts at most, in days: a year.
pub const LONGEST_DELEGATION_DAYS: i64 = 366;

words! {
    /// How a delegation stands.
    open DelegationState {}
    /// Whose access it is has been asked, and has not answered.
    Asked = "asked";
    /// The chart is shown with the access.
    Active = "active";
    /// The chart is not shown until the owner of the access says yes again.
    Paused = "paused";
    /// It is over.
    Ended = "ended";
}

words! {
    /// Why a delegation paused.
    open DelegationPause {
        /// What happened, in a sentence.
        sentence: &'static str = "It paused for a reason that this version does not know.",
    }
    /// The owner of the access paused it.
    ByOwner = "by_owner", "Whoever gave the access has paused it.";
    /// The member who gave it has left, or does not manage the connection any more.
    OwnerLeft = "owner_left", "Whoever gave the access has left.";
    /// The access to Jira has ended.
    AccessEnded = "access_ended", "The access to Jira has ended.";
    /// The access is that of another account at Jira than before.
    AccountChanged = "account_changed", "The access is that of another Jira account now.";
    /// The connection may not be used for charts any more.
    NotAllowed = "charts_not_allowed", "The access of the connection may not be used for charts any more.";
    /// Its date has come.
    Expired = "expired", "The access was given until a date that has come.";
}

words! {
    /// What was done to a delegation.
    open DelegationChange {}
    /// The owner of the access was asked.
    Asked = "asked";
    /// The owner of the access said yes.
    Granted = "granted";
    /// It paused.
    Paused = "paused";
    /// It ended, or the owner of the access said no.
    Ended = "ended";
    /// The chart asks something else since. The version that was agreed to is shown on.
    Outdated = "outdated";
    /// The saved filter of the chart says something else in Jira since. The query that was agreed to is shown on.
    FilterChanged = "filter_changed";
}

words! {
    /// Who may look.
    open DelegationAudience {}
    /// Members of this organization.
    Members = "members";
    /// Whoever has a licence of the product that the place is in, and members of this organization.
    Licensed = "licensed";
    /// Whoever may read the page.
    Page = "page";
    /// Everybody, without signing in. Only if the organization allows it.
    Anonymous = "anonymous";
}

words! {
    /// What kind of place a chart is shown in.
    open PlacementKind {}
    /// Causeway, to members of this organization.
    Organization = "organization";
    /// A page or dashboard at Atlassian.
    Page = "page";
    /// An embed in a foreign page.
    Embed = "embed";
}

/// A place where a chart may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// What kind of place it is.
    #[serde(deserialize_with = "known")]
    pub kind: PlacementKind,
    /// What names it: of an embed its id, of a page the site's cloudId, a slash and the page's id. Left out for this
    /// organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PlacementText>))]
    pub id: Option<String>,
    /// What people call the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
}

impl Placement {
    /// This organization.
    pub const fn organization() -> Self {
        Self { kind: PlacementKind::Organization, id: None, title: None }
    }
}

/// What readers see beside numbers. A query is never shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DelegationShows {
    /// The names of people, in charts by assignee and the like.
    #[serde(default)]
    pub names: bool,
    /// The keys of issues, in charts by parent and the like.
    #[serde(default)]
    pub keys: bool,
    /// Links that open the issues in Jira. The address of such a link holds the query.
    #[serde(default)]
    pub drill_down: bool,
}

/// That others may see a chart with somebody's access.
#[expect(clippy::struct_excessive_bools, reason = "independent facts: any combination is possible")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delegation {
    /// The delegation's id.
    pub id: DelegationId,
    /// The chart that is shown.
    pub chart_id: ChartId,
    /// The title of the chart.
    pub chart_title: String,
    /// The Jira site that the chart is about.
    pub site: Site,
    /// Whose access it is, and until when.
    pub access: RenderAccess,
    /// The connection, if it is a connection's access.
    pub connection_id: Option<ConnectionId>,
    /// Who gave it or is asked for it; `null` if those who manage the connection are asked.
    pub delegator: Option<ViewerMember>,
    /// The name of the member who asked for it or gave it.
    pub asked_by: String,
    /// When it was asked for or given.
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: DelegationState,
    /// Why it paused; `null` if it did not.
    pub cause: Option<DelegationPause>,
    /// Since when it stands like this.
    pub since: Timestamp,
    /// The digest of what the chart asks in the version that is shown.
    pub meaning: String,
    /// Whether that is what the chart asks now. If not, an earlier version is shown.
    pub is_current: bool,
    /// Whether the saved filter of the chart says something else in Jira, or is not there any more for this access. What was
    /// agreed to is its query at the time. Jira is asked once a day while somebody looks.
    #[serde(default)]
    pub filter_changed: bool,
    /// Who may look.
    pub audience: DelegationAudience,
    /// Where it may be shown.
    pub placements: Vec<Placement>,
    /// What readers see beside numbers.
    pub shows: DelegationShows,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Where and how often it was used. Nobody but its owner, whoever asked for it and administrators see that: for others
    /// it is empty.
    pub uses: Vec<DelegationUse>,
    /// Whether the caller may say yes.
    pub may_grant: bool,
    /// Whether the caller may pause or end it.
    pub may_end: bool,
}

/// How a delegation was used in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DelegationUse {
    /// Where it was used.
    pub placement: Placement,
    /// How often somebody looked. Looking on for ten minutes is looking once.
    pub count: u64,
    /// How many people looked.
    pub readers: u64,
    /// When somebody last looked, to ten minutes.
    pub last_used_at: Timestamp,
}

/// A delegation to give or to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    /// The connection whose access it is. Left out: that of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The e-mail address of the member who is asked for theirs. Left out: it is the caller's own, or the connection's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EmailAddress>))]
    pub ask: Option<String>,
    /// Who may look.
    #[serde(default = "members", deserialize_with = "known")]
    pub audience: DelegationAudience,
    /// Where it may be shown; left out: in this organization.
    #[serde(default = "here")]
    #[cfg_attr(feature = "openapi", schema(value_type = Placements))]
    pub placements: Vec<Placement>,
    /// What readers see beside numbers.
    #[serde(default)]
    pub shows: DelegationShows,
    /// When it ends by itself, a year from now at most; left out: 90 days from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

const fn members() -> DelegationAudience {
    DelegationAudience::Members
}

fn here() -> Vec<Placement> {
    vec![Placement::organization()]
}

impl Default for NewDelegation {
    fn default() -> Self {
        Self {
            connection_id: None,
            ask: None,
            audience: members(),
            placements: here(),
            shows: DelegationShows::default(),
            expires_at: None,
        }
    }
}

/// A yes to a delegation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantedDelegation {
    /// The digest of what the chart asks, as whoever says yes has seen it. Another one is refused.
    #[cfg_attr(feature = "openapi", schema(value_type = MeaningDigest))]
    pub meaning: String,
    /// When it ends by itself, a year from now at most; left out: as before, or 90 days from now if that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Which delegations to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ListDelegationsQuery {
    /// Whether to list only those of the caller's own access, and of connections that the caller manages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<bool>,
}

endpoints! {
    /// List the delegations of a chart.
    ///
    /// Every member sees those that are given or paused; who is asked, who asked and administrators the others as well. Not
    /// those that ended.
    ListChartDelegations: Get "/api/v1/charts/{id}/delegations" {
        params: ChartId,
        answer: 200 List<Delegation>,
        problems: [],
    }

    /// Let others see a chart, or ask somebody to.
    ///
    /// With the caller's own access, or that of a connection that may be used for charts and that the caller manages, it
    /// begins at once. Otherwise the owner of the access is asked. A chart that means another thing for everybody who looks,
    /// as with `currentUser()`, that rests on a saved filter which may change, or that lists texts of issues, is refused.
    CreateDelegation: Post "/api/v1/charts/{id}/delegations" {
        params: ChartId,
        request: NewDelegation,
        answer: 201 Delegation,
        problems: [ChartDeleted, ChartsNotAllowed, ConsentNeeded, ConnectionDeleted, ConnectionUnauthorized, ConnectionDeactivated, LimitReached],
    }

    /// List delegations.
    ///
    /// Those of the caller's own access and of connections that the caller manages, and those that the caller asked for;
    /// administrators see all. The newest first; without those that ended.
    ListDelegations: Get "/api/v1/delegations" {
        request: ListDelegationsQuery,
        answer: 200 List<Delegation>,
        problems: [],
    }

    /// Show a delegation.
    ///
    /// Its owner, who asked for it, administrators, and every member if it is given.
    GetDelegation: Get "/api/v1/delegations/{id}" {
        params: DelegationId,
        answer: 200 Delegation,
        problems: [],
    }

    /// Say yes to a delegation.
    ///
    /// The owner of the access alone: nobody else can, administrators included. Also to go on after a pause, to another date,
    /// or with what the chart asks now.
    GrantDelegation: Post "/api/v1/delegations/{id}/grant" {
        params: DelegationId,
        request: GrantedDelegation,
        answer: 200 Delegation,
        problems: [
            ChartDeleted, ChartsNotAllowed, ConsentNeeded, ConnectionDeleted, ConnectionUnauthorized,
            ConnectionDeactivated, DelegationOver, EditConflict,
        ],
    }

    /// Pause a delegation.
    ///
    /// Whose access it is, and administrators. Open pages notice within ten seconds.
    PauseDelegation: Post "/api/v1/delegations/{id}/pause" {
        params: DelegationId,
        answer: 200 Delegation,
        problems: [DelegationOver],
    }

    /// End a delegation, or decline it.
    ///
    /// Whose access it is, who asked for it, and administrators. One that ended stays as it is.
    EndDelegation: Post "/api/v1/delegations/{id}/end" {
        params: DelegationId,
        answer: 200 Delegation,
        problems: [],
    }
}
