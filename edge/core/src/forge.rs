//! What the platform vouches for about a request that its Forge app makes.
//!
//! All of this comes from a token that Atlassian signed. What the page of a browser says about itself is not here, and
//! decides nothing.

use serde::{Deserialize, Serialize};

use crate::{cloud_id::is_cloud_id, secrets::Digest};

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

impl VouchedPlace {
    /// The page of Confluence that it is; `None` if it is something else, for which no access can be given.
    pub fn page(&self) -> Option<VouchedPage<'_>> {
        let (kind, id) = self.content.as_ref()?;
        let resource = match kind.as_str() {
            "page" => "pages",
            "blogpost" => "blogposts",
            _ => return None,
        };
        let is_id = (1..=LONGEST_PAGE_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_page = self.module == MACRO && is_id && is_cloud_id(&self.cloud_id);
        is_page.then_some(VouchedPage { cloud_id: &self.cloud_id, resource, id })
    }
}

/// A page or a blog post of Confluence that the platform vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VouchedPage<'a> {
    cloud_id: &'a str,
    resource: &'static str,
    id: &'a str,
}

impl VouchedPage<'_> {
    /// What names it where access is given: the id of a placement.
    pub fn placement(&self) -> String {
        format!("{}/{}", self.cloud_id, self.id)
    }

    /// Its id in Confluence.
    pub const fn id(&self) -> &str {
        self.id
    }

    /// Its path at Atlassian's gateway. Both ids are plain, so the path leads nowhere else.
    /// Source: Confluence Cloud REST API v2, *Get page by id* and *Get blog post by id*.
    pub fn path(&self) -> String {
        format!("/ex/confluence/{}/wiki/api/v2/{}/{}", self.cloud_id, self.resource, self.id)
    }
}

/// The most digits of the id of a page.
const LONGEST_PAGE_ID: usize = 20;
/// The module that shows a chart on a page of Confluence.
const MACRO: &str = "jira-chart";

/// The modules of the manifest that only administrators of a site can open.
pub const SETTINGS_MODULES: &[&str] = &["jira-settings", "confluence-settings"];
/// The modules of the manifest that people look at.
pub const VIEW_MODULES: &[&str] =
    &[MACRO, "jira-chart-gadget", "project-charts", "jira-settings", "confluence-settings"];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(module: &str, kind: &str, id: &str) -> Option<String> {
        let content = Some((kind.to_owned(), id.to_owned()));
        let place = VouchedPlace { cloud_id: "one".into(), module: module.into(), content };
        place.page().map(|page| page.path())
    }

    #[test]
    fn only_pages_and_blog_posts_of_confluence_are_places_of_delegated_charts() {
        let path = |resource: &str| Some(format!("/ex/confluence/one/wiki/api/v2/{resource}/98765"));
        assert_eq!(at(MACRO, "page", "98765"), path("pages"));
        assert_eq!(at(MACRO, "blogpost", "98765"), path("blogposts"));
        for (module, kind, id) in [
            ("jira-chart-gadget", "dashboard", "98765"),
            ("jira-chart-gadget", "page", "98765"),
            (MACRO, "comment", "98765"),
            (MACRO, "page", "98765/../1"),
            (MACRO, "page", ""),
            (MACRO, "page", "999999999999999999999"),
        ] {
            assert_eq!(at(module, kind, id), None, "{module} {kind} {id}");
        }
        let place =
            VouchedPlace { cloud_id: "../x".into(), module: MACRO.into(), content: Some(("page".into(), "1".into())) };
        assert_eq!(place.page(), None);
    }
}
