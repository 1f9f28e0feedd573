//! Which sites a consent covers, who gave it, and whether a site answers.
//!
//! Asking and reading are apart: an authorization asks and gives up at the first failure, a checkup asks and judges
//! every answer.

use api::{Account, Failure, FailureCode, Site};
use http::{Request, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    atlassian::failure,
    cloud_id::is_cloud_id,
    configuration::Atlassian,
    grant::Token,
    ports::{Http, HttpFailure, HttpLimits},
};

/// The words with which a site's IP allow-list refuses, as Atlassian spells them.
const ALLOW_LIST_WORDS: &str = "not on the allowedlist";
/// The words with which the gateway refuses a call that the token's scopes do not cover.
const SCOPE_WORDS: &str = "scope does not match";

/// Where a token's sites are listed.
pub const RESOURCES_PATH: &str = "/oauth/token/accessible-resources";

/// A site as accessible-resources tells of it.
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
struct Myself {
    #[serde(rename = "accountId")]
    account_id: String,
    #[serde(default, rename = "displayName")]
    display_name: String,
    #[serde(default, rename = "emailAddress")]
    email: Option<String>,
}

/// The Jira sites that a token reaches, by name.
pub async fn sites(world: &impl Http, atlassian: &Atlassian<'_>, token: &Token) -> Result<Vec<Site>, Failure> {
    let resources: Vec<Resource> = get(world, atlassian, RESOURCES_PATH, token).await?;
    Ok(merge(resources).into_iter().map(|site_reached| site_reached.site).collect())
}

/// Who gave the consent. `None` where the profile may not be read (the scope `read:me` was not granted).
pub async fn me(world: &impl Http, atlassian: &Atlassian<'_>, token: &Token) -> Option<Account> {
    let me: Me = get(world, atlassian, "/me", token).await.ok()?;
    Some(Account { account_id: me.account_id, name: me.name, email: me.email })
}

/// Calls the site once as the person. This catches IP allow-lists, blocked apps and lost access before anything is kept.
pub async fn probe(
    world: &impl Http,
    atlassian: &Atlassian<'_>,
    cloud_id: &str,
    token: &Token,
) -> Result<Account, Failure> {
    let myself: Myself = get(world, atlassian, &jira_path(cloud_id, "myself"), token).await?;
    Ok(myself.into())
}

impl From<Myself> for Account {
    fn from(myself: Myself) -> Self {
        Self { account_id: myself.account_id, name: myself.display_name, email: myself.email }
    }
}

/// The path of a call to a site's REST interface, version 3.
pub fn jira_path(cloud_id: &str, rest: &str) -> String {
    format!("/ex/jira/{cloud_id}/rest/api/3/{rest}")
}

/// Asks Atlassian's gateway for `path`, in a person's name or in nobody's. Any status is an answer.
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

/// The sites of an answer of accessible-resources. `None` if it is not one.
pub fn read_sites(body: &[u8]) -> Option<Vec<AccessibleSite>> {
    serde_json::from_slice(body).ok().map(merge)
}

/// Whether these are the words of a site's IP allow-list.
pub fn is_allow_list(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(ALLOW_LIST_WORDS)
}

/// Whether these are the gateway's words about a scope that the token lacks.
pub fn is_scope_mismatch(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(SCOPE_WORDS)
}

/// Atlassian gives one entry a product with the same id, in no order: the same site is put together again, and sites
/// without a Jira scope are left out.
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
        let name = if resource.name.is_empty() { resource.url.clone() } else { resource.name };
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

/// Whether a scope is Jira's: classic ones (`read:jira-work`) and granular ones (`read:issue:jira`).
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
    fn an_id_or_avatar_that_is_none_is_not_taken() {
        assert!(merge(vec![resource("../x", "acme", "read:jira-work")]).is_empty());
        let sites = merge(vec![resource("a", "acme", "read:jira-work")]);
        assert_eq!(sites.first().and_then(|site_reached| site_reached.site.avatar_url.clone()), None);
    }
}
