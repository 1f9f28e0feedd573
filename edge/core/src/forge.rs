//! What the platform vouches for about a request that its Forge app makes.
//!
//! All of this comes from a token that Atlassian signed. What the page of a browser says about itself is not here, and
//! decides nothing.

use serde::{Deserialize, Serialize};

use crate::secrets::Digest;

/// An invocation of the Forge app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The digest of its id, by which it is recognized if it comes twice.
    pub id: Digest,
    /// When its token ends, in milliseconds since the epoch.
    pub ends_at: i64,
    /// Where the app is installed.
    pub installation: Installation,
    /// The key of the module that was invoked, as the manifest names it.
    pub module: String,
    /// Who looks, and where; `None` for what the platform itself tells.
    pub view: Option<View>,
}

/// An installation of the app, as the platform knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: String,
    /// The cloudIds of the sites that it is installed on.
    pub sites: Vec<String>,
}

/// Somebody who looks at a page with the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The reader's account at Atlassian; `None` for an anonymous reader.
    pub account: Option<String>,
    /// Whether the reader has a licence for the product.
    pub is_licensed: bool,
    /// The address of the site, for people.
    pub site_url: Option<String>,
    /// Where they look.
    pub place: VouchedPlace,
}

/// A place that the platform vouches for. Delegated access is shown only where it was allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedPlace {
    /// The site.
    pub cloud_id: String,
    /// The key of the module.
    pub module: String,
    /// The page, dashboard or project: its kind, as the platform calls it, and its id.
    pub content: Option<(String, String)>,
}

/// The modules of the manifest that only administrators of a site can open.
pub const SETTINGS_MODULES: &[&str] = &["jira-settings", "confluence-settings"];
/// The modules of the manifest that people look at.
pub const VIEW_MODULES: &[&str] =
    &["jira-chart", "jira-chart-gadget", "project-charts", "jira-settings", "confluence-settings"];
