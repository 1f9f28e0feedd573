//! The sites of a consent, the account, and whether a site responds.
//!
//! Requests and parsing are separate: an authorization stops at the first failure, while a checkup evaluates every
//! response.

use api::{Account, Failure, FailureCode, Site};
use http::{Request, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    atlassian::failure,
    cloud_id::is_cloud_id,
    configuration::Atlassian,
    excerpt::{LONGEST_NAME, excerpt},
    grant::Token,
    ports::{Http, HttpFailure, HttpLimits},
};

/// Atlassian's text when a site's IP allow-list refuses a call.
const ALLOW_LIST_WORDS: &str = "not on the allowedlist";
/// The gateway's text when the token's scopes do not cover a call.
const SCOPE_WORDS: &str = "scope does not match";

/// The path that lists a token's sites.
pub const RESOURCES_PATH: &str = "/oauth/token/accessible-resources";

/// A site of accessible-resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessibleSite {
    /// The site.
    pub site: Site,
    /// The token's Jira scopes there.
    pub scopes: Vec<String>,
}

/// One entry of accessible-resources: a product, not a site.
#[derive(Deserialize)]
struct Resource {
    id: String,
    #[serde(default)]
    name: String,
    url: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default, rename = "avatarUrl")]
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Me {
    account_id: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct CloudAccount {
    #[serde(rename = "accountId")]
    account_id: String,
    #[serde(default, rename = "displayName")]
    display_name: String,
    #[serde(default, rename = "emailAddress")]
    email: Option<String>,
}

/// The Jira sites of a token, sorted by name.
pub async fn sites(world: &impl Http, atlassian: &Atlassian<'_>, token: &Token) -> Result<Vec<Site>, Failure> {
    let resources: Vec<Resource> = get(world, atlassian, RESOURCES_PATH, token).await?;
    Ok(merge(resources).into_iter().map(|site_reached| site_reached.site).collect())
}

/// The account that consented. `None` if the profile may not be read (the scope `read:me` was not granted).
pub async fn me(world: &impl Http, atlassian: &Atlassian<'_>, token: &Token) -> Option<Account> {
    let me: Me = get(world, atlassian, "/me", token).await.ok()?;
    Some(Account { account_id: me.account_id, name: excerpt(&me.name, LONGEST_NAME), email: me.email })
}

/// Calls the site once on behalf of the person. This finds IP allow-lists, blocked apps and lost access before anything
/// is stored.
pub async fn probe(
    world: &impl Http,
    atlassian: &Atlassian<'_>,
    cloud_id: &str,
    token: &Token,
) -> Result<Account, Failure> {
    let myself: CloudAccount = get(world, atlassian, &jira_path(cloud_id, "myself"), token).await?;
    Ok(myself.into())
}

impl From<CloudAccount> for Account {
    fn from(myself: CloudAccount) -> Self {
        Self { account_id: myself.account_id, name: excerpt(&myself.display_name, LONGEST_NAME), email: myself.email }
    }
}

/// The path of a call to version 3 of a site's REST API.
pub fn jira_path(cloud_id: &str, rest: &str) -> String {
    format!("/ex/jira/{cloud_id}/rest/api/3/{rest}")
}

/// Calls `path` at Atlassian's gateway, with a token or anonymously. Every status is a response.
pub async fn call(
    world: &impl Http,
    atlassian: &Atlassian<'_>,
    path: &str,
    token: Option<&Token>,
) -> Result<Response<Vec<u8>>, HttpFailure> {
    let mut request = Request::get(at(atlassian.api_url, path)).header(header::ACCEPT, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose()));
    }
    let request = request.body(Vec::new()).map_err(|error| HttpFailure::Broken(error.to_string()))?;
    world.send(request, HttpLimits::RESOURCE).await
}

/// Parses a response of accessible-resources. `None` if it is not one.
pub fn read_sites(body: &[u8]) -> Option<Vec<AccessibleSite>> {
    serde_json::from_slice(body).ok().map(merge)
}

/// Whether the body is the refusal of a site's IP allow-list.
pub fn is_allow_list(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(ALLOW_LIST_WORDS)
}

/// Whether the body is the gateway's refusal because of a missing scope.
pub fn is_scope_mismatch(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(SCOPE_WORDS)
}

/// Merges the entries of each site: Atlassian lists one entry per product with the same id, in no order. Sites without
/// a Jira scope are left out.
fn merge(resources: Vec<Resource>) -> Vec<AccessibleSite> {
    let mut sites: Vec<AccessibleSite> = Vec::new();
    for resource in resources {
        let scopes: Vec<String> = resource.scopes.into_iter().filter(|scope| is_jira_scope(scope)).collect();
        if scopes.is_empty() || !is_cloud_id(&resource.id) {
            continue;
        }
        if let Some(known) = sites.iter_mut().find(|known| known.site.key() == resource.id) {
            let more: Vec<String> = scopes.into_iter().filter(|scope| !known.scopes.contains(scope)).collect();
            known.scopes.extend(more);
            continue;
        }
        let name = excerpt(if resource.name.is_empty() { &resource.url } else { &resource.name }, LONGEST_NAME);
        let web = |url: &String| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        let site = Site {
            cloud_id: Some(resource.id),
            name,
            url: Some(resource.url).filter(web).unwrap_or_default(),
            avatar_url: resource.avatar_url.filter(web),
            version: None,
        };
        sites.push(AccessibleSite { site, scopes });
    }
    sites
        .sort_by_cached_key(|site_reached| (site_reached.site.name.to_lowercase(), site_reached.site.key().to_owned()));
    sites
}

/// Whether a scope is Jira's: classic (`read:jira-work`) or granular (`read:issue:jira`).
pub fn is_jira_scope(scope: &str) -> bool {
    scope.split(':').any(|part| part == "jira" || part.starts_with("jira-"))
}

fn at(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

async fn get<T: DeserializeOwned>(
    world: &impl Http,
    atlassian: &Atlassian<'_>,
    path: &str,
    token: &Token,
) -> Result<T, Failure> {
    let unavailable = |why: &str| failure(FailureCode::ProviderUnavailable, Some(why));
    let answer = call(world, atlassian, path, Some(token)).await;
    let answer = answer.map_err(|failure| unavailable(&failure.to_string()))?;
    let words = String::from_utf8_lossy(answer.body()).into_owned();
    match answer.status() {
        StatusCode::OK => {
            serde_json::from_slice(answer.body()).map_err(|_| unavailable("the answer is not the JSON expected"))
        }
        _ if is_allow_list(answer.body()) => Err(failure(FailureCode::IpAllowList, Some(&words))),
        status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
            Err(failure(FailureCode::SiteRefused, Some(&format!("{status}: {words}"))))
        }
        status => Err(unavailable(&format!("{status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(id: &str, name: &str, scope: &str) -> Resource {
        Resource {
            id: id.into(),
            name: name.into(),
            url: format!("https://{name}.example"),
            scopes: vec![scope.into()],
            avatar_url: Some("javascript:alert(1)".into()),
        }
    }

    #[test]
    fn products_of_one_site_are_one_site_whatever_their_order() {
        let jira = || resource("a", "acme", "read:jira-work");
        let wiki = || resource("a", "acme", "read:confluence-content.all");
        for entries in [vec![jira(), wiki()], vec![wiki(), jira()], vec![jira(), jira()]] {
            let sites = merge(entries);
            assert_eq!(sites.len(), 1);
            assert_eq!(sites.first().map(|site_reached| site_reached.site.name.as_str()), Some("acme"));
            assert_eq!(
                sites.first().map(|site_reached| site_reached.scopes.clone()),
                Some(vec!["read:jira-work".to_owned()])
            );
        }
    }

    #[test]
    fn a_site_without_jira_scopes_is_no_site_for_us() {
        assert!(merge(vec![resource("a", "acme", "read:confluence-content.all")]).is_empty());
        assert_eq!(merge(vec![resource("a", "acme", "read:issue:jira")]).len(), 1);
    }

    #[test]
    fn a_long_name_of_a_site_is_cut() {
        let sites = merge(vec![resource("a", &"n".repeat(10_000), "read:jira-work")]);
        assert_eq!(sites.first().map(|reached| reached.site.name.len()), Some(LONGEST_NAME));
    }

    #[test]
    fn an_id_or_avatar_that_is_none_is_not_taken() {
        assert!(merge(vec![resource("../x", "acme", "read:jira-work")]).is_empty());
        let sites = merge(vec![resource("a", "acme", "read:jira-work")]);
        assert_eq!(sites.first().and_then(|site_reached| site_reached.site.avatar_url.clone()), None);
    }
}
