//! Authorizing with a credential that was brought, at a Jira instance that answers as it is told.

use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment, PUBLIC_URL, configured};
use crate::{
    fakes::Reply,
    grant::{Credential, NewGrant},
};

const JIRA: &str = "https://jira.example.com/jira";
const MYSELF: &str = "/rest/api/2/myself";
const TOKEN: &str = "/rest/oauth2/latest/token";
const REQUEST_TOKEN: &str = "/plugins/servlet/oauth/request-token";
const ACCESS_TOKEN: &str = "/plugins/servlet/oauth/access-token";

/// An instance that works, and Ada signed in.
pub(super) fn jira() -> Deployment {
    let deployment = Deployment::new();
    let info = json!({"baseUrl": JIRA, "version": "10.3.2", "deploymentType": "Server", "serverTitle": "Quarry Works"});
    answers(&deployment, "/rest/api/2/serverInfo", Reply::json(200, &info.to_string()));
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let tokens = json!({"access_token": "LINK-ACCESS", "refresh_token": "LINK-REFRESH", "expires_in": 7200,
        "token_type": "Bearer", "scope": "WRITE"});
    answers(&deployment, TOKEN, Reply::json(200, &tokens.to_string()));
    answers(
        &deployment,
        REQUEST_TOKEN,
        form(200, "oauth_token=REQ-1&oauth_token_secret=x&oauth_callback_confirmed=true"),
    );
    answers(&deployment, ACCESS_TOKEN, form(200, "oauth_token=ACC-1&oauth_token_secret=x&oauth_expires_in=157680000"));
    deployment
}

fn answers(deployment: &Deployment, path: &str, reply: Reply) {
    deployment.world.instances.borrow_mut().insert(format!("jira.example.com/jira{path}"), reply);
}

fn myself(key: &str, name: &str) -> Reply {
    let body = json!({"key": key, "name": "ada", "displayName": name, "emailAddress": "ada@example.com"});
    Reply::json(200, &body.to_string()).with("x-seraph-loginreason", "OK")
}

fn form(status: u16, body: &str) -> Reply {
    Reply::of(status, "application/x-www-form-urlencoded", body.as_bytes())
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
    ada.get(&format!("/oauth/callback?code=CODE-1&state={}", parameter(&to, "state").expect("a state"))).await;
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
    let grants = deployment.world.grants.borrow();
    assert_eq!(grants.len(), 1);
    grants.values().next().expect("a grant").clone()
}

/// Nothing secret is stored in the clear, logged or answered.
fn keeps_to_itself(deployment: &Deployment, secret: &str, answers: &[&Value]) {
    assert!(!deployment.world.tables.dump().contains(secret), "stored");
    assert!(!format!("{:?}", deployment.world.log).contains(secret), "logged");
    assert!(answers.iter().all(|answer| !answer.to_string().contains(secret)), "answered");
}

#[tokio::test]
async fn a_password_is_checked_at_once_and_becomes_a_connection() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &password()).await;
    assert_eq!(begun["start_url"], Value::Null);
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!((&attempt["status"], &attempt["account"]["account_id"]), (&json!("authorized"), &json!("JIRAUSER1")));
    assert_eq!(asked(&deployment, MYSELF), 1);
    let connection = save(&ada, "Quarry", &attempt).await;
    assert_eq!((&connection["kind"], &connection["site"]["url"]), (&json!("basic"), &json!(JIRA)));
    assert_eq!((&connection["site"]["version"], &connection["site"]["cloud_id"]), (&json!("10.3.2"), &Value::Null));
    let shown = json!({"kind": "basic", "form": "password", "username": "ada", "expires_at": null});
    assert_eq!((&connection["credential"], &connection["missing_scopes"]), (&shown, &json!([])));
    keeps_to_itself(&deployment, "PASS WORD-1", &[&begun, &attempt, &connection]);
    let Credential::Basic(login) = only_grant(&deployment).credential else { panic!("a login") };
    assert_eq!(login.authorization(), "Basic YWRhOlBBU1MgV09SRC0x");
}

#[tokio::test]
async fn every_way_to_refuse_a_password_is_told_apart_and_it_is_tried_once() {
    let captcha = Reply::html(403, "")
        .with("x-seraph-loginreason", "AUTHENTICATION_DENIED")
        .with("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp");
    let nobody = Reply::json(200, r#"{"name":"anonymous"}"#).with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    let disabled = r#"{"message":"Basic Authentication has been disabled on this instance."}"#;
    for (reply, code) in [
        (captcha, "captcha_required"),
        (nobody, "password_refused"),
        (Reply::json(200, ""), "anonymous"),
        (Reply::json(200, "{}"), "anonymous"),
        (Reply::html(401, ""), "password_refused"),
        (Reply::json(403, disabled), "basic_disabled"),
        (Reply::json(401, r#"{"message":"The token has expired."}"#), "token_expired"),
        (Reply::html(403, ""), "site_refused"),
        (Reply::html(302, "").with("location", "https://evil.example/"), "instance_unreachable"),
        (Reply::html(502, ""), "instance_unreachable"),
        (Reply::Failure(crate::ports::HttpFailure::Timeout), "instance_unreachable"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, MYSELF, reply);
        assert_eq!(failure(&ada, &password()).await["code"], code);
        assert_eq!(asked(&deployment, MYSELF), 1, "{code} was tried again");
        assert!(deployment.world.grants.borrow().is_empty());
    }
}

#[tokio::test]
async fn a_token_that_is_over_is_not_even_tried_and_one_that_ends_sets_the_horizon() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let token = |expires_at: &api::Timestamp| {
        json!({"kind": "basic", "credential": {"kind": "basic", "address": JIRA, "form": "personal_access_token",
            "secret": "PAT-1", "expires_at": expires_at}})
    };
    let now = crate::ports::Clock::now(&*deployment.world);
    assert_eq!(failure(&ada, &token(&now)).await["code"], "token_expired");
    assert_eq!(asked(&deployment, MYSELF), 0);
    let ends = now.plus_seconds(86_400);
    let begun = begin(&ada, &token(&ends)).await;
    let connection = save(&ada, "Quarry", &begun).await;
    assert_eq!(connection["reauthorize_before"], json!(ends));
    assert_eq!(deployment.world.asked.borrow().last().expect("asked").headers()["authorization"], "Bearer PAT-1");
}

#[tokio::test]
async fn a_scoped_api_token_goes_through_the_gateway_and_the_operator_can_forbid_api_tokens() {
    let token = json!({"kind": "basic", "credential": {"kind": "basic", "address": "https://acme.atlassian.net",
        "form": "scoped_api_token", "username": "ada@example.com", "secret": "ATATT-1"}});
    for (allowed, status) in [("true", "authorized"), ("false", "failed")] {
        let deployment = Deployment::with(move |name| match name {
            "ALLOW_CLOUD_BASIC" => Some(allowed.to_owned()),
            name => configured(name),
        });
        let ada = deployment.ada().await;
        let info = r#"{"version":"1001.0.0","deploymentType":"Cloud","serverTitle":"Acme"}"#;
        for (path, reply) in [("/rest/api/2/serverInfo", info), ("/_edge/tenant_info", r#"{"cloudId":"11-ff"}"#)] {
            let at = format!("acme.atlassian.net{path}");
            deployment.world.instances.borrow_mut().insert(at, Reply::json(200, reply));
        }
        let begun = begin(&ada, &token).await;
        let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
        assert_eq!(attempt["status"], status, "{attempt}");
        let through_the_gateway = deployment.world.probed_with.borrow().len();
        assert_eq!(through_the_gateway, usize::from(status == "authorized"));
        if status == "authorized" {
            assert_eq!(save(&ada, "Acme", &attempt).await["site"]["cloud_id"], "11-ff");
        } else {
            assert_eq!(attempt["failure"]["code"], "basic_not_allowed");
        }
    }
}

#[tokio::test]
async fn an_incoming_link_is_asked_in_its_own_words_and_its_secret_is_never_shown() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let (id, to) = leave(&ada, &link("LINK-SECRET")).await;
    assert!(to.as_str().starts_with("https://jira.example.com/jira/rest/oauth2/latest/authorize?"), "{to}");
    for (name, value) in [
        ("client_id", "client-1"),
        ("redirect_uri", "https://causeway.example/oauth/callback"),
        ("response_type", "code"),
        ("scope", "WRITE"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&to, name).as_deref(), Some(value), "{to}");
    }
    ada.get(&format!("/oauth/callback?code=CODE-1&state={}", parameter(&to, "state").expect("a state"))).await;
    let attempt = ada.attempt(&id).await;
    assert_eq!((&attempt["status"], &attempt["scopes"]), (&json!("authorized"), &json!(["WRITE"])), "{attempt}");
    let posted = posted(&deployment);
    let value = |name: &str| posted.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((value("client_secret"), value("code")), (Some("LINK-SECRET"), Some("CODE-1")));
    assert_eq!(value("redirect_uri"), Some("https://causeway.example/oauth/callback"));
    assert!(value("code_verifier").is_some());
    let connection = save(&ada, "Quarry", &attempt).await;
    let shown = json!({"kind": "data_center_oauth2", "client_id": "client-1", "scopes": ["READ", "WRITE"]});
    assert_eq!((&connection["kind"], &connection["credential"]), (&json!("data_center_oauth2"), &shown));
    let renewal = only_grant(&deployment).renewal.expect("it is refreshed");
    let provider = renewal.provider.expect("at the instance");
    assert_eq!((provider.address.as_str(), provider.client_id.as_str()), (JIRA, "client-1"));
    assert_eq!(provider.redirect_uri, "https://causeway.example/oauth/callback");
    keeps_to_itself(&deployment, "LINK-SECRET", &[&attempt, &connection]);
}

#[tokio::test]
async fn a_link_is_authorized_again_with_what_it_has_or_with_something_new() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let attempt = authorize_by_link(&ada, &link("SECRET-1")).await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let again = json!({"kind": "data_center_oauth2", "connection_id": connection["id"]});
    assert_eq!(authorize_by_link(&ada, &again).await["status"], "authorized");
    assert!(posted(&deployment).contains(&("client_secret".into(), "SECRET-1".into())));
    let mut new = link("SECRET-2");
    new["connection_id"] = connection["id"].clone();
    answers(&deployment, MYSELF, myself("JIRAUSER2", "Bob"));
    let attempt = authorize_by_link(&ada, &new).await;
    assert_eq!(attempt["changes"]["account_after"]["name"], "Bob");
    let before = ada.show(&connection).await;
    assert_eq!(before["account"]["name"], "Ada Admin", "nothing changes before Save");
    let saved = ada.edit(&before, &json!({"authorization_id": attempt["id"]})).await.json();
    assert_eq!((&saved["account"]["name"], &saved["revert_to"]["name"]), (&json!("Bob"), &json!("Ada Admin")));
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let back = ada.act(&saved, "revert", &json!({})).await;
    assert_eq!((back.status, &back.json()["account"]["name"]), (StatusCode::OK, &json!("Ada Admin")), "{}", back.body);
    authorize_by_link(&ada, &again).await;
    assert!(posted(&deployment).contains(&("client_secret".into(), "SECRET-1".into())), "the way back took it along");
}

#[tokio::test]
async fn each_refusal_over_an_incoming_link_has_its_code() {
    for (status, body, code) in [
        (401, r#"{"error":"invalid_client"}"#, "link_unknown"),
        (400, r#"{"error":"invalid_grant"}"#, "code_refused"),
        (400, r#"{"error":"invalid_scope"}"#, "scope_refused"),
        (500, "<html>", "provider_unavailable"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, TOKEN, Reply::json(status, body));
        assert_eq!(authorize_by_link(&ada, &link("s")).await["failure"]["code"], code, "{body}");
    }
    for (error, code) in [("access_denied", "denied"), ("invalid_scope", "scope_refused"), ("x", "provider_error")] {
        let deployment = jira();
        let ada = deployment.ada().await;
        let (id, to) = leave(&ada, &link("s")).await;
        ada.get(&format!("/oauth/callback?error={error}&state={}", parameter(&to, "state").expect("a state"))).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], code);
        assert_eq!(asked(&deployment, TOKEN), 0);
    }
}

#[tokio::test]
async fn the_kind_and_the_address_of_a_connection_stay() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &authorize_by_link(&ada, &link("s")).await).await;
    let mut elsewhere = link("s");
    elsewhere["credential"]["address"] = json!("https://other.example.com");
    let mut other_kind = password();
    for what in [&mut elsewhere, &mut other_kind] {
        what["connection_id"] = connection["id"].clone();
        assert_eq!(ada.post("/api/v1/authorizations", what).await.code(), "invalid_request");
    }
    let cloud = json!({"kind": "cloud_oauth2", "connection_id": connection["id"]});
    assert_eq!(ada.post("/api/v1/authorizations", &cloud).await.code(), "invalid_request");
    let mut inside = link("s");
    inside["credential"]["address"] = json!("https://10.0.0.1/jira");
    assert_eq!(ada.post("/api/v1/authorizations", &inside).await.code(), "address_refused");
    assert_eq!(ada.post("/api/v1/authorizations", &json!({"kind": "oauth1"})).await.code(), "invalid_request");
}

#[tokio::test]
async fn an_application_link_is_authorized_in_three_steps_by_callback() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let begun = begin(&ada, &what).await;
    let id = begun["id"].as_str().expect("an id");
    assert_eq!(ada.attempt(id).await["oauth1"], json!({"step": "request_token", "approve_url": null}));
    ada.get(begun["start_url"].as_str().expect("an address")).await;
    assert_eq!(ada.attempt(id).await["oauth1"]["step"], "approval");
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    assert_eq!((&attempt["status"], &attempt["oauth1"]["step"]), (&json!("authorized"), &json!("done")), "{attempt}");
    let connection = save(&ada, "Quarry", &attempt).await;
    assert_eq!(connection["credential"]["key"]["id"], what["credential"]["key_id"]);
    assert!(connection["reauthorize_before"].is_string(), "five years, as Jira said");
    assert!(matches!(only_grant(&deployment).credential, Credential::Oauth1(_)));
    keeps_to_itself(&deployment, "ACC-1", &[&attempt, &connection]);
    keeps_to_itself(&deployment, "REQ-1", &[&attempt, &connection]);
    let taken = ada.post("/api/v1/authorizations", &what).await;
    assert_eq!(taken.code(), "key_not_usable", "another connection has the key");
    let again = json!({"kind": "oauth1", "connection_id": connection["id"]});
    assert_eq!(authorize_by_signature(&deployment, &ada, &again, "REQ-1").await["status"], "authorized");
}

#[tokio::test]
async fn an_approval_of_another_request_token_is_exchanged_for_nothing() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-2").await;
    assert_eq!(
        (&attempt["failure"]["code"], &attempt["oauth1"]["step"]),
        (&json!("token_refused"), &json!("access_token"))
    );
    assert_eq!(asked(&deployment, ACCESS_TOKEN), 0);
}

async fn verify(ada: &Browser<'_>, id: &str, code: &str) -> Answered {
    ada.post(&format!("/api/v1/authorizations/{id}/verification-code"), &json!({"code": code})).await
}

#[tokio::test]
async fn a_verification_code_is_pasted_once() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &application_link(&ada, true).await).await;
    assert_eq!(begun["start_url"], Value::Null);
    assert_eq!(signed_callback(&deployment), "oob");
    let id = begun["id"].as_str().expect("an id");
    let approve = format!("{JIRA}/plugins/servlet/oauth/authorize?oauth_token=REQ-1");
    assert_eq!(ada.attempt(id).await["oauth1"], json!({"step": "approval", "approve_url": approve}));
    assert_eq!(verify(&ada, id, "your code is x").await.code(), "invalid_request");
    let verified = verify(&ada, id, " uWq3fK\n").await;
    assert_eq!(
        (verified.status, &verified.json()["status"]),
        (StatusCode::OK, &json!("authorized")),
        "{}",
        verified.body
    );
    assert_eq!(verify(&ada, id, "uWq3fK").await.code(), "authorization_not_ready");
    assert_eq!(asked(&deployment, ACCESS_TOKEN), 1);
    save(&ada, "Quarry", &begun).await;
}

#[tokio::test]
async fn each_oauth_problem_has_its_cause_and_remedy_in_words() {
    for (problem, code, words) in [
        ("consumer_key_unknown", "link_unknown", "consumer key"),
        ("signature_invalid", "signature_invalid", "public key"),
        ("timestamp_refused&oauth_acceptable_timestamps=100-200", "clock_skew", "1970-01-01T00:02:30Z"),
        ("nonce_used", "provider_error", "twice"),
        ("permission_denied", "denied", "denied"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, REQUEST_TOKEN, form(401, &format!("oauth_problem={problem}")));
        let failed = failure(&ada, &application_link(&ada, true).await).await;
        assert_eq!(failed["code"], code, "{failed}");
        assert!(failed["message"].as_str().expect("a cause").contains(words), "{failed}");
        assert!(!failed["remedy"].as_str().expect("a remedy").is_empty());
        let (id, to) = leave(&ada, &application_link(&ada, false).await).await;
        assert_eq!(to.path(), format!("/authorize/{id}"), "the pop-up says why");
        assert_eq!(ada.attempt(&id).await["oauth1"]["step"], "request_token");
    }
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &application_link(&ada, true).await).await;
    answers(&deployment, ACCESS_TOKEN, form(401, "oauth_problem=verifier_invalid"));
    let failed = verify(&ada, begun["id"].as_str().expect("an id"), "uWq3fK").await.json();
    assert_eq!((&failed["failure"]["code"], &failed["oauth1"]["step"]), (&json!("code_wrong"), &json!("access_token")));
}

#[tokio::test]
async fn a_key_is_replaced_only_once_jira_takes_the_new_one() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let rotated = ada.act(&connection, "next-key", &json!({})).await.json();
    let (old, new) = (rotated["credential"]["key"].clone(), rotated["credential"]["next_key"].clone());
    assert!(old["id"] != new["id"] && new["public_key"].is_string(), "{rotated}");
    answers(&deployment, MYSELF, form(401, "oauth_problem=signature_invalid"));
    let refused = ada.act(&connection, "next-key/adopt", &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "key_not_installed"));
    assert_eq!(ada.show(&connection).await["credential"]["key"], old, "both are good until the new one has worked");
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let before = only_grant(&deployment);
    let adopted = ada.act(&connection, "next-key/adopt", &json!({})).await;
    assert_eq!(adopted.status, StatusCode::OK, "{}", adopted.body);
    assert_eq!((&adopted.json()["credential"]["key"], &adopted.json()["credential"]["next_key"]), (&new, &Value::Null));
    assert!(only_grant(&deployment) != before, "the grant with the old key is destroyed");
    assert_eq!(ada.act(&connection, "next-key/adopt", &json!({})).await.code(), "key_not_usable");
}

#[tokio::test]
async fn a_next_key_can_be_given_up() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let connection = save(&ada, "Quarry", &authorize_by_signature(&deployment, &ada, &what, "REQ-1").await).await;
    ada.act(&connection, "next-key", &json!({})).await;
    let path = format!("{}/next-key", super::world::path_of(&connection));
    let stayed = ada.call(http::Method::DELETE, &path, &json!({})).await.json();
    assert_eq!(
        (&stayed["credential"]["next_key"], &stayed["credential"]["key"]),
        (&Value::Null, &connection["credential"]["key"])
    );
}

/// A connection by password, whose site seems to have moved to `to`.
async fn moved(deployment: &Deployment, ada: &Browser<'_>, to: &str) -> Value {
    let begun = begin(ada, &password()).await;
    let connection = save(ada, "Quarry", &begun).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::OfferAddress { id, to: Some(to.to_owned()) };
    deployment.edge.ask(&offer).await.expect("offered");
    connection
}

#[tokio::test]
async fn a_new_address_is_taken_only_where_the_same_account_answers() {
    const NEW: &str = "https://jira.example.com/jira/new";
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = moved(&deployment, &ada, NEW).await;
    assert_eq!(ada.show(&connection).await["moved_to"], NEW);
    let info = r#"{"version":"10.4.0","deploymentType":"Server","serverTitle":"Quarry Works"}"#;
    answers(&deployment, "/new/rest/api/2/serverInfo", Reply::json(200, info));
    for reply in [myself("JIRAUSER2", "Bob"), Reply::html(401, ""), Reply::json(200, "{}")] {
        answers(&deployment, &format!("/new{MYSELF}"), reply);
        let refused = ada.act(&connection, "confirm-address", &json!({})).await;
        assert_eq!(refused.code(), "instance_unreachable", "{}", refused.body);
        assert_eq!(ada.show(&connection).await["site"]["url"], JIRA, "the old address stays");
    }
    answers(&deployment, &format!("/new{MYSELF}"), myself("JIRAUSER1", "Ada Admin"));
    let taken = ada.act(&connection, "confirm-address", &json!({})).await.json();
    assert_eq!((&taken["site"]["url"], &taken["site"]["version"]), (&json!(NEW), &json!("10.4.0")), "{taken}");
    assert_eq!(taken["moved_to"], Value::Null);
    assert!(deployment.world.told.borrow().contains(&format!("move: {NEW}")), "refreshes go there");
    let timeline = ada.get(&format!("{}/timeline", super::world::path_of(&connection))).await;
    assert!(timeline.body.contains("address_changed"), "{}", timeline.body);
}

#[tokio::test]
async fn a_new_address_is_judged_like_any_other_and_a_dismissed_one_is_not_offered_again() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let inside = "https://10.0.0.1/jira";
    let connection = moved(&deployment, &ada, inside).await;
    assert_eq!(ada.act(&connection, "confirm-address", &json!({})).await.code(), "address_refused");
    let path = format!("{}/confirm-address", super::world::path_of(&connection));
    assert_eq!(ada.call(http::Method::DELETE, &path, &json!({})).await.json()["moved_to"], Value::Null);
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::OfferAddress { id, to: Some(inside.to_owned()) };
    deployment.edge.ask(&offer).await.expect("asked");
    assert_eq!(ada.show(&connection).await["moved_to"], Value::Null);
    assert_eq!(ada.act(&connection, "confirm-address", &json!({})).await.code(), "invalid_request");
}
