//! E-mail address and API token at Jira Cloud: without scopes on the site's own host, with scopes through the gateway.

use std::time::Duration;

use atlassian::sites::{HARBOUR, TINKER};
use atlassian::{Endpoint, Fault, Kind, Listener, Person};
use reqwest::Response;
use serde_json::json;

use crate::asking::{Asking, a_model, json_of, refusal};

impl Asking {
    /// With Basic, at any address of the model.
    async fn basic(&self, url: &str, email: &str, token: &str) -> Response {
        self.http.get(url).basic_auth(email, Some(token)).send().await.unwrap()
    }
}

fn reason(response: &Response) -> &str {
    response.headers().get("x-seraph-loginreason").map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_site_tells_anybody_its_cloud_id_and_that_it_is_cloud() {
    let asking = a_model().await;
    let host = asking.model.address_of(Listener::Site(TINKER));
    let tenant = asking.http.get(format!("{host}/_edge/tenant_info")).send().await.unwrap();
    assert_eq!(json_of(tenant).await, json!({ "cloudId": TINKER }));
    let info = asking.http.get(format!("{host}/rest/api/3/serverInfo")).send().await.unwrap();
    let info = json_of(info).await;
    assert_eq!((&info["deploymentType"], &info["baseUrl"]), (&json!("Cloud"), &json!(host)));
}

#[tokio::test]
async fn a_token_without_scopes_works_on_the_host_of_every_site_of_its_person_and_not_at_the_gateway() {
    let asking = a_model().await;
    let token = asking.model.create_api_token(Person::Max, None);
    let myself = |base: String| format!("{base}/rest/api/3/myself");
    let harbour =
        asking.basic(&myself(asking.model.address_of(Listener::Site(HARBOUR))), "max@example.com", &token).await;
    assert_eq!((harbour.status().as_u16(), reason(&harbour)), (200, "OK"));
    let harbour = json_of(harbour).await;
    assert_eq!(harbour["accountId"], Person::Max.account_id());
    let tinker =
        asking.basic(&myself(asking.model.address_of(Listener::Site(TINKER))), "max@example.com", &token).await;
    assert_eq!((tinker.status().as_u16(), reason(&tinker)), (401, "AUTHENTICATED_FAILED"));
    let gateway = asking.basic(&myself(asking.url(&format!("/ex/jira/{HARBOUR}"))), "max@example.com", &token).await;
    assert_eq!(refusal(gateway).await, (401, json!({ "code": 401, "message": "Unauthorized" })));
    assert!(asking.model.tokens_issued().contains(&token));
}

#[tokio::test]
async fn a_token_with_scopes_works_at_the_gateway_within_them_and_not_on_the_host() {
    let asking = a_model().await;
    let token = asking.model.create_scoped_api_token(Person::Ada, &["read:jira-user"], None);
    let gateway = |path: &str| asking.url(&format!("/ex/jira/{HARBOUR}/rest/api/3/{path}"));
    assert_eq!(asking.basic(&gateway("myself"), "ada@example.com", &token).await.status(), 200);
    let beyond = refusal(asking.basic(&gateway("project/search"), "ada@example.com", &token).await).await;
    assert_eq!(beyond, (401, json!({ "code": 401, "message": "Unauthorized; scope does not match" })));
    let host = format!("{}/rest/api/3/myself", asking.model.address_of(Listener::Site(HARBOUR)));
    assert_eq!(asking.basic(&host, "ada@example.com", &token).await.status(), 401);
}

#[tokio::test]
async fn a_wrong_token_is_answered_as_nobody_is_and_only_a_header_tells() {
    let asking = a_model().await;
    let host = asking.model.address_of(Listener::Site(HARBOUR));
    let projects = asking.basic(&format!("{host}/rest/api/3/project/search"), "ada@example.com", "wrong").await;
    assert_eq!((projects.status().as_u16(), reason(&projects)), (200, "AUTHENTICATED_FAILED"));
    assert_eq!(json_of(projects).await["total"], 0);
}

#[tokio::test]
async fn a_token_ends_by_age_revocation_another_address_and_deactivation() {
    let asking = a_model().await;
    let url = format!("{}/rest/api/3/myself", asking.model.address_of(Listener::Site(HARBOUR)));
    let status = async |email: &str, token: &str| asking.basic(&url, email, token).await.status().as_u16();
    let short = asking.model.create_api_token(Person::Ada, Some(Duration::from_hours(24)));
    let (long, of_max) =
        (asking.model.create_api_token(Person::Ada, None), asking.model.create_api_token(Person::Max, None));
    assert_eq!((status("ada@example.com", &short).await, status("bob@example.com", &short).await), (200, 401));
    asking.model.advance_clock(Duration::from_hours(25));
    assert_eq!((status("ada@example.com", &short).await, status("ada@example.com", &long).await), (401, 200));
    assert!(asking.model.revoke_api_token(&long));
    assert_eq!(status("ada@example.com", &long).await, 401);
    asking.model.deactivate(Person::Max);
    assert_eq!(status("max@example.com", &of_max).await, 401);
}

#[tokio::test]
async fn an_oauth_token_does_not_work_on_the_host() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let url = format!("{}/rest/api/3/myself", asking.model.address_of(Listener::Site(HARBOUR)));
    assert_eq!(asking.http.get(url).bearer_auth(&tokens.access).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_renamed_site_redirects_from_its_old_host_while_the_gateway_goes_on() {
    let asking = a_model().await;
    let token = asking.model.create_scoped_api_token(Person::Ada, &["read:jira-user"], None);
    asking.model.rename_site(HARBOUR, "Port", "https://port.atlassian.net");
    let host = asking.model.address_of(Listener::Site(HARBOUR));
    let old = asking.http.get(format!("{host}/rest/api/3/myself?x=1")).send().await.unwrap();
    assert_eq!(old.headers()["location"], "https://port.atlassian.net/rest/api/3/myself?x=1");
    let gateway = asking.url(&format!("/ex/jira/{HARBOUR}/rest/api/3/myself"));
    assert_eq!(asking.basic(&gateway, "ada@example.com", &token).await.status(), 200);
}

#[tokio::test]
async fn the_host_of_a_site_has_its_allow_list_its_faults_and_its_records() {
    let asking = a_model().await;
    let token = asking.model.create_api_token(Person::Ada, None);
    let host = asking.model.address_of(Listener::Site(HARBOUR));
    let url = format!("{host}/rest/api/3/myself");
    asking.model.set_ip_allow_list(HARBOUR, true);
    assert_eq!(asking.basic(&url, "ada@example.com", &token).await.status(), 403);
    asking.model.set_ip_allow_list(HARBOUR, false);
    asking.model.inject_fault(Fault::before(Endpoint::SiteHost, Kind::status(503, "{}")));
    assert_eq!(asking.basic(&url, "ada@example.com", &token).await.status(), 503);
    assert!(asking.model.requests().iter().all(|request| request.at == host));
    assert_eq!(asking.model.count(Endpoint::SiteHost), 2);
}
