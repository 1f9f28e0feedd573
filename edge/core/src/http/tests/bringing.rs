//! Authorizing with a credential in the request, at a Jira instance whose answers each test sets.

mod application_links;
mod closed_sites;
mod cloud_tokens;
mod drafts;
mod incoming_links;
mod mix_up;
mod moving;
mod passwords;
mod refusals;

use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment, PUBLIC_URL, configured, path_of};
use crate::{
    fakes::FakeResponse,
    grant::{Credential, NewGrant},
};

pub(super) const JIRA: &str = "https://jira.example.com/jira";
/// Where Jira sends the browser back to.
pub(super) const CALLBACK: &str = "/oauth/callback/data-center/jira.example.com/jira";
const MYSELF: &str = "/rest/api/2/myself";
const TOKEN: &str = "/rest/oauth2/latest/token";
const REQUEST_TOKEN: &str = "/plugins/servlet/oauth/request-token";
const ACCESS_TOKEN: &str = "/plugins/servlet/oauth/access-token";

/// An instance that works, and Ada signed in.
pub(super) fn jira() -> Deployment {
    let deployment = Deployment::new();
    let info = json!({"baseUrl": JIRA, "version": "10.3.2", "deploymentType": "Server", "serverTitle": "Quarry Works"});
    answers(&deployment, "/rest/api/2/serverInfo", FakeResponse::json(200, &info.to_string()));
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let tokens = json!({"access_token": "LINK-ACCESS", "refresh_token": "LINK-REFRESH", "expires_in": 7200,
        "token_type": "Bearer", "scope": "WRITE"});
    answers(&deployment, TOKEN, FakeResponse::json(200, &tokens.to_string()));
    answers(
        &deployment,
        REQUEST_TOKEN,
        form(200, "oauth_token=REQ-1&oauth_token_secret=x&oauth_callback_confirmed=true"),
    );
    answers(&deployment, ACCESS_TOKEN, form(200, "oauth_token=ACC-1&oauth_token_secret=x&oauth_expires_in=157680000"));
    deployment
}

fn answers(deployment: &Deployment, path: &str, reply: FakeResponse) {
    deployment.world.instances.borrow_mut().insert(format!("jira.example.com/jira{path}"), reply);
}

fn myself(key: &str, name: &str) -> FakeResponse {
    let body = json!({"key": key, "name": "ada", "displayName": name, "emailAddress": "ada@example.com"});
    FakeResponse::json(200, &body.to_string()).with("x-seraph-loginreason", "OK")
}

fn form(status: u16, body: &str) -> FakeResponse {
    FakeResponse::of(status, "application/x-www-form-urlencoded", body.as_bytes())
}

/// How often a path of the instance was asked for.
fn asked(deployment: &Deployment, path: &str) -> usize {
    deployment.world.asked.borrow().iter().filter(|request| request.uri().path() == format!("/jira{path}")).count()
}

/// The form that the token endpoint was sent last.
fn posted(deployment: &Deployment) -> Vec<(String, String)> {
    let asked = deployment.world.asked.borrow();
    let last = asked.iter().rfind(|request| request.uri().path().ends_with(TOKEN)).expect("it was asked");
    assert_eq!(last.headers()["content-type"], "application/x-www-form-urlencoded");
    url::form_urlencoded::parse(last.body()).into_owned().collect()
}

fn password() -> Value {
    json!({"kind": "basic", "credential": {"kind": "basic", "address": JIRA, "form": "password", "username": "ada",
        "secret": "PASS WORD-1"}})
}

pub(super) fn link(secret: &str) -> Value {
    json!({"kind": "data_center_oauth2", "credential": {"kind": "data_center_oauth2", "address": JIRA,
        "client_id": "client-1", "client_secret": secret, "scopes": ["READ", "WRITE"]}})
}

pub(super) async fn application_link(ada: &Browser<'_>, verification_code: bool) -> Value {
    let key = ada.post("/api/v1/rsa-keys", &json!({})).await.json();
    json!({"kind": "oauth1", "credential": {"kind": "oauth1", "address": JIRA, "consumer_key": "causeway",
        "key_id": key["id"], "verification_code": verification_code}})
}

async fn begin(ada: &Browser<'_>, what: &Value) -> Value {
    let begun = ada.post("/api/v1/authorizations", what).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    begun.json()
}

/// Begins, and lets the browser leave for Jira. Answers the attempt and where it went.
async fn leave(ada: &Browser<'_>, what: &Value) -> (String, url::Url) {
    let begun = begin(ada, what).await;
    let left = ada.get(begun["start_url"].as_str().expect("an address")).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
    let to = url::Url::parse(PUBLIC_URL).expect("a URL").join(left.location()).expect("a URL");
    (begun["id"].as_str().expect("an id").to_owned(), to)
}

fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The callback that a request token was asked for with, from the header that was signed.
fn signed_callback(deployment: &Deployment) -> String {
    let asked = deployment.world.asked.borrow();
    let header = asked.iter().rfind(|request| request.uri().path().ends_with(REQUEST_TOKEN)).expect("asked");
    let header = header.headers()["authorization"].to_str().expect("text").to_owned();
    let value = header.split("oauth_callback=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a callback");
    url::form_urlencoded::parse(format!("c={value}").as_bytes()).next().expect("a pair").1.into_owned()
}

pub(super) async fn authorize_by_link(ada: &Browser<'_>, what: &Value) -> Value {
    let (id, to) = leave(ada, what).await;
    let back = url::Url::parse(&parameter(&to, "redirect_uri").expect("a redirect URI")).expect("a URL");
    ada.get(&format!("{}?code=CODE-1&state={}", back.path(), parameter(&to, "state").expect("a state"))).await;
    ada.attempt(&id).await
}

pub(super) async fn authorize_by_signature(
    deployment: &Deployment,
    ada: &Browser<'_>,
    what: &Value,
    token: &str,
) -> Value {
    let (id, to) = leave(ada, what).await;
    assert_eq!(parameter(&to, "oauth_token").as_deref(), Some("REQ-1"), "{to}");
    let callback = signed_callback(deployment);
    let path = callback.strip_prefix(PUBLIC_URL).expect("our own address");
    let back = ada.get(&format!("{path}&oauth_token={token}&oauth_verifier=uWq3fK")).await;
    assert_eq!(back.location(), format!("/authorize/{id}"));
    ada.attempt(&id).await
}

pub(super) async fn save(ada: &Browser<'_>, name: &str, attempt: &Value) -> Value {
    let saved = ada.post("/api/v1/connections", &json!({"name": name, "authorization_id": attempt["id"]})).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{} {attempt}", saved.body);
    saved.json()
}

async fn failure(ada: &Browser<'_>, what: &Value) -> Value {
    let begun = begin(ada, what).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!(attempt["status"], "failed", "{attempt}");
    attempt["failure"].clone()
}

fn only_grant(deployment: &Deployment) -> NewGrant {
    let grants = deployment.world.grants();
    assert_eq!(grants.len(), 1);
    grants.into_values().next().expect("a grant")
}

/// Nothing secret is stored in the clear, logged or answered.
fn keeps_to_itself(deployment: &Deployment, secret: &str, answers: &[&Value]) {
    assert!(!deployment.world.tables.dump().contains(secret), "stored");
    assert!(!format!("{:?}", deployment.world.log).contains(secret), "logged");
    assert!(answers.iter().all(|answer| !answer.to_string().contains(secret)), "answered");
}
