//! Which sites a consent covers, who gave it, and whether a site answers.

use api::{Account, Failure, FailureCode, Site};
use http::{Request, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    atlassian::failure,
    configuration::Atlassian,
    grant::Token,
    ports::{Http, HttpLimits},
};

/// The words with which a site's IP allow-list refuses, as Atlassian spells them.
const ALLOW_LIST_WORDS: &str = "not on the allowedlist";

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
    let url = at(atlassian.api_url, "/oauth/token/accessible-resources");
    let resources: Vec<Resource> = get(world, &url, token).await?;
    Ok(merge(resources))
}

/// Who gave the consent. `None` where the profile may not be read (the scope `read:me` was not granted).
pub async fn me(world: &impl Http, atlassian: &Atlassian<'_>, token: &Token) -> Option<Account> {
    let me: Me = get(world, &at(atlassian.api_url, "/me"), token).await.ok()?;
    Some(Account { account_id: me.account_id, name: me.name, email: me.email })
}

/// Calls the site once as the person. This catches IP allow-lists, blocked apps and lost access before anything is kept.
pub async fn probe(
    world: &impl Http,
    atlassian: &Atlassian<'_>,
    cloud_id: &str,
    token: &Token,
) -> Result<Account, Failure> {
    let path = format!("/ex/jira/{cloud_id}/rest/api/3/myself");
    let myself: Myself = get(world, &at(atlassian.api_url, &path), token).await?;
    Ok(Account { account_id: myself.account_id, name: myself.display_name, email: myself.email })
}

/// Atlassian gives one entry a product with the same id, in no order: the same site is put together again, and sites
/// without a Jira scope are left out.
fn merge(resources: Vec<Resource>) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for resource in resources {
        let jira = resource.scopes.iter().any(|scope| is_jira(scope));
        let known = sites.iter().any(|site| site.cloud_id == resource.id);
        if !jira || known || !is_cloud_id(&resource.id) {
            continue;
        }
        let name = if resource.name.is_empty() { resource.url.clone() } else { resource.name };
        let web = |url: &String| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        sites.push(Site {
            cloud_id: resource.id,
            name,
            url: Some(resource.url).filter(web).unwrap_or_default(),
            avatar_url: resource.avatar_url.filter(web),
        });
    }
    sites.sort_by(|a, b| (a.name.to_lowercase(), &a.cloud_id).cmp(&(b.name.to_lowercase(), &b.cloud_id)));
    sites
}

/// Classic scopes (`read:jira-work`) and granular ones (`read:issue:jira`).
fn is_jira(scope: &str) -> bool {
    scope.split(':').any(|part| part == "jira" || part.starts_with("jira-"))
}

/// It becomes a segment of every path that is called.
fn is_cloud_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn at(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

async fn get<T: DeserializeOwned>(world: &impl Http, url: &str, token: &Token) -> Result<T, Failure> {
    let unavailable = |why: &str| failure(FailureCode::ProviderUnavailable, Some(why));
    let request = Request::get(url)
        .header(header::AUTHORIZATION, format!("Bearer {}", token.expose()))
        .header(header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|error| unavailable(&error.to_string()))?;
    let answer =
        world.send(request, HttpLimits::RESOURCE).await.map_err(|failure| unavailable(&failure.to_string()))?;
    let words = String::from_utf8_lossy(answer.body()).into_owned();
    match answer.status() {
        StatusCode::OK => {
            serde_json::from_slice(answer.body()).map_err(|_| unavailable("the answer is not the JSON expected"))
        }
        _ if words.contains(ALLOW_LIST_WORDS) => Err(failure(FailureCode::IpAllowList, Some(&words))),
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
            assert_eq!(sites.first().map(|site| site.name.as_str()), Some("acme"));
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
        assert_eq!(sites.first().and_then(|site| site.avatar_url.clone()), None);
    }
}
