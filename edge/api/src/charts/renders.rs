//! Renders: charts computed for somebody, or what became of them.

use std::collections::BTreeMap;

use chart::{Data, Spec};
use serde::{Deserialize, Serialize};

use super::required_object;
#[cfg(feature = "openapi")]
use crate::openapi::texts::{ChartParams, ChartSiteKey, PictureWidth};
use crate::{
    ConnectionId, DelegationId, Name, Timestamp,
    words::{object, words},
};

/// How wide a picture can be, in CSS pixels.
pub const PICTURE_WIDTHS: std::ops::RangeInclusive<u16> = 240..=1600;

words! {
    /// What became of a render. Each has a sentence for whoever looks, and what they can do about it.
    open RenderState {
        /// What happened, in a sentence.
        sentence: &'static str = "This chart is in a state that this version does not know.",
        /// What can be done about it.
        action: RenderAction = RenderAction::TryAgain,
    }
    /// The chart was computed.
    Drawn = "drawn", "Here is the chart.", RenderAction::None;
    /// The numbers are the last ones, because Jira cannot be asked.
    Stale = "stale", "These are the last numbers: Jira cannot be asked for new ones.", RenderAction::TryAgain;
    /// Whoever looks has not let Causeway read this site as them.
    ConsentNeeded = "consent_needed", "To show this chart, Causeway has to look at Jira as you.", RenderAction::Authorize;
    /// The delegation does not allow the chart in this place, or to whoever looks.
    NotDelegatedHere = "not_delegated_here", "Nobody has given access for this chart to be shown here.", RenderAction::Ask;
    /// The delegation has paused or ended.
    DelegationEnded = "delegation_ended", "The access that this chart was shown with is not given any more.", RenderAction::Ask;
    /// This Jira is read with the access of connections alone: a Data Center.
    NoOwnAccess = "no_own_access", "This Jira cannot be looked at with an access of one's own.", RenderAction::Ask;
    /// The consent came from another account than that of whoever looks.
    WrongAccount = "wrong_account", "The consent came from another Atlassian account than the one that you use here.", RenderAction::Authorize;
    /// The access does not reach what the chart asks for.
    NoJiraAccess = "no_jira_access", "This account may not see these issues in Jira.", RenderAction::Authorize;
    /// There are too many issues or numbers.
    TooLarge = "too_large", "This chart asks for more than can be counted at once.", RenderAction::Edit;
    /// Jira does not understand the query, or a field cannot be used in this way.
    QueryRefused = "query_refused", "Jira does not accept the query of this chart.", RenderAction::Edit;
    /// Jira's limit of calls is used up.
    QuotaExhausted = "quota_exhausted", "Jira's limit of calls is used up for now.", RenderAction::TryAgain;
    /// Jira cannot be asked.
    SiteUnreachable = "site_unreachable", "Jira does not answer.", RenderAction::TryAgain;
}

words! {
    /// What whoever looks at a chart can do.
    open RenderAction {
        /// The words on the button; empty: there is none.
        label: &'static str = "Try again",
    }
    /// Nothing has to be done.
    None = "none", "";
    /// Let Causeway read Jira as them.
    Authorize = "authorize", "Load chart";
    /// Ask somebody for access, or look with their own.
    Ask = "ask", "Ask the author";
    /// Change the chart.
    Edit = "edit", "Edit chart";
    /// Ask once more.
    TryAgain = "try_again", "Try again";
}

words! {
    /// Whose access a render is computed with.
    open RenderAccessKind {}
    /// That of whoever looks.
    Own = "own";
    /// That of a connection, for those who manage it.
    Connection = "connection";
    /// That of somebody who gave it to others for this chart.
    Delegation = "delegation";
}

/// Whose access a render was computed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenderAccess {
    /// Whose it is.
    pub kind: RenderAccessKind,
    /// The name of the account at Jira, if Jira tells it; of a delegation, the name of the member who gave it.
    pub account: Option<String>,
    /// The name of the connection, if it is a connection's.
    pub connection: Option<Name>,
    /// When a delegation ends by itself; `null` for others.
    pub until: Option<Timestamp>,
}

/// A chart, computed for the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Render {
    /// What became of it.
    pub state: RenderState,
    /// What happened, in a sentence for whoever looks.
    pub sentence: String,
    /// Why, where more is known: the words of Jira, or what to change.
    pub cause: Option<String>,
    /// What can be done about it.
    pub action: RenderAction,
    /// Whose access it was computed with; `null` if nobody's was.
    pub access: Option<RenderAccess>,
    /// The numbers; `null` if there are none.
    pub data: Option<Data>,
    /// The picture, as SVG with its colours; `null` if none was asked for, or if there are no numbers or the chart is a table.
    #[serde(default)]
    pub picture: Option<String>,
    /// The version that the numbers are of, if that is not the chart as it is now: the one that a delegation was given for.
    pub spec: Option<Spec>,
}

/// A chart that is not saved, to be computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// The site that it is about: the `key` of a site in the list of sites.
    #[cfg_attr(feature = "openapi", schema(value_type = ChartSiteKey))]
    pub site: String,
    /// What it asks, and how it looks.
    #[serde(deserialize_with = "required_object")]
    pub spec: Spec,
    /// The connection whose access to use. Left out: the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// What to narrow it by: names of parameters of the chart with one of their values each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = ChartParams))]
    pub params: BTreeMap<String, String>,
    /// Whether to ask Jira although it was asked within the last five minutes.
    #[serde(default)]
    pub refresh: bool,
}

words! {
    /// The form of a render.
    closed RenderForm {}
    /// The numbers, for whoever draws them.
    Data = "data";
    /// A picture of them.
    Svg = "svg";
}

words! {
    /// The colours of a picture.
    closed PictureTheme {}
    /// Dark on light.
    Light = "light";
    /// Light on dark.
    Dark = "dark";
}

/// How a picture looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenderLook {
    /// Its colours. Left out: light ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<PictureTheme>,
    /// How wide it is, in CSS pixels. Left out: 640.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PictureWidth>))]
    pub width: Option<u16>,
}

impl RenderLook {
    /// Whether a picture can look like this.
    pub fn is_possible(&self) -> bool {
        self.width.is_none_or(|width| PICTURE_WIDTHS.contains(&width))
    }
}

/// How to compute a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRender {
    /// The connection whose access to use. Left out: the caller's own, or that of a delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The delegation whose access to use. Left out: none's. Not together with a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_id: Option<DelegationId>,
    /// What to narrow it by: names of parameters of the chart with one of their values each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = ChartParams))]
    pub params: BTreeMap<String, String>,
    /// Whether to ask Jira although it was asked within the last five minutes.
    #[serde(default)]
    pub refresh: bool,
    /// In which form; left out: the numbers.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub form: Option<RenderForm>,
    /// How a picture looks.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub look: Option<RenderLook>,
}
