//! What Causeway's Forge app asks, from within pages of Confluence and Jira.
//!
//! These are no endpoints of the interface that openapi.json describes: their callers are the app's own shell, which is
//! deployed with Causeway, and Atlassian. A request is let in by Atlassian's invocation token alone.

use std::collections::BTreeMap;

use chart::{Mark, Spec};
use serde::{Deserialize, Serialize};

use crate::{
    AuthorizationId, ChartId, ChartSummary, FailureCode, GrantId, RenderAccess, RenderAction, RenderState, Site,
    Timestamp,
};

/// The most charts of one request.
pub const FORGE_CHARTS: usize = 24;

/// Computes charts of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgeRenders {
    /// The charts.
    pub charts: Vec<ForgeRenderRequest>,
    /// Whether to ask Jira although it was asked within the last five minutes.
    #[serde(default)]
    pub refresh: bool,
}

/// A chart of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgeRenderRequest {
    /// The chart.
    pub chart: ChartId,
    /// How wide it is to be drawn, in CSS pixels.
    #[serde(default)]
    pub width: Option<u16>,
    /// What to narrow it by.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// Whether it is shown with the access that somebody gave for this page, as the author of the page chose. Otherwise it
    /// is shown with the reader's own: neither ever stands in for the other.
    #[serde(default)]
    pub delegated: bool,
    /// Whether only its state is wanted, without numbers: an open page looks whether what it shows may still be shown.
    #[serde(default)]
    pub check: bool,
}

/// What became of the charts of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForgeRendered {
    /// One for each chart that was asked for, in that order. Where computing takes long, those that are left out are to
    /// be asked for once more.
    pub renders: Vec<ForgeRender>,
}

/// A chart, drawn for a reader, or what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForgeRender {
    /// The chart.
    pub chart: ChartId,
    /// The title of the chart; `null` if there is no such chart.
    pub title: Option<String>,
    /// The site that it is about.
    pub site: Option<Site>,
    /// What became of it.
    pub state: RenderState,
    /// What happened, in a sentence.
    pub sentence: String,
    /// Why, where more is known.
    pub cause: Option<String>,
    /// What can be done about it.
    pub action: RenderAction,
    /// The words on its button; empty: there is none.
    pub button: String,
    /// Whose access it was computed with.
    pub access: Option<RenderAccess>,
    /// The figure, as HTML that needs `chart.css`; `null` if there are no numbers.
    pub figure: Option<String>,
    /// When the numbers were counted.
    pub counted_at: Option<String>,
    /// The chart's page in Causeway.
    pub edit_url: String,
    /// The name of who created the chart, who can be asked for access.
    pub author: Option<String>,
    /// The page in Causeway on which access is given for this page; `null` where none can be.
    pub ask_url: Option<String>,
    /// Whether the reader's browser can have the numbers counted, with what it is logged in to.
    pub counts_in_browser: bool,
}

/// Begins a consent of the reader's. One of the two says for which site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForgeAuthorization {
    /// The chart that is to be loaded.
    #[serde(default)]
    pub chart: Option<ChartId>,
    /// The key of a site in the list of charts.
    #[serde(default)]
    pub site: Option<String>,
}

/// A consent under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedForgeAuthorization {
    /// Its id, to ask how it stands.
    pub id: AuthorizationId,
    /// The address that the reader opens.
    pub start_url: String,
    /// When it cannot be used any more.
    pub expires_at: Timestamp,
}

/// How a consent stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeAuthorization {
    /// Its id.
    pub id: AuthorizationId,
    /// What the charts of the site are in now: `drawn` once they can be loaded, `consent_needed` while the consent is
    /// under way, and otherwise why it failed.
    pub state: RenderState,
    /// Whether it is still under way.
    pub is_pending: bool,
    /// What happened, in a sentence.
    pub sentence: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Why it failed.
    pub code: Option<FailureCode>,
    /// The words on the button.
    pub button: String,
}

/// Which charts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListForgeCharts {
    /// A part of the title, in any case.
    #[serde(default)]
    pub q: Option<String>,
}

/// The charts that can be shown, and the sites that charts can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeCharts {
    /// The charts, by title.
    pub charts: Vec<ChartSummary>,
    /// The sites.
    pub sites: Vec<ForgeSite>,
}

/// A site that charts can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeSite {
    /// What names it in requests.
    pub key: String,
    /// The site itself.
    pub site: Site,
    /// Whether Causeway reads it as the reader.
    pub is_authorized: bool,
}

/// Creates a chart from within a page that is edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForgeChart {
    /// The site that it is about.
    pub site: String,
    /// What it asks, and how it looks.
    pub spec: Spec,
}

/// A chart that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedForgeChart {
    /// The chart.
    pub id: ChartId,
    /// Its title.
    pub title: String,
    /// How it is drawn.
    pub mark: Mark,
}

/// What the reader lets Causeway read through this installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeAccess {
    /// One for each site.
    pub grants: Vec<crate::ViewerGrant>,
    /// Where the reader removes the consent itself.
    pub consent_url: String,
    /// Who else lets Causeway read; only for the administrators of the site.
    pub viewers: Option<Vec<ForgeViewer>>,
}

/// Somebody who lets Causeway read Jira as them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeViewer {
    /// The name of the account, where Atlassian tells it.
    pub name: String,
    /// One for each site.
    pub grants: Vec<crate::ViewerGrant>,
}

/// What the reader removes: one grant, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveForgeAccess {
    /// The grant; left out: all.
    #[serde(default)]
    pub grant: Option<GrantId>,
}
