//! What Jira tells: how it is asked to, whose word counts, and what it can cost.

use std::time::Duration;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment, configured, resource, tokens};
use crate::{
    alarm::keep_subscriptions,
    checkup::Context,
    fakes::{FakeResponse, NativeMac},
    organization::{Step as _, StoreMapping},
    ports::{Clock as _, Mac as _},
};

/// Where the gateway has the webhooks of the site.
const WEBHOOKS: &str = "api.atlassian.example/ex/jira/one/rest/api/3/webhook";
const DAY: u64 = 86_400;

fn hearing() -> Deployment {
    let deployment =
        Deployment::with(|name| if name == "JIRA_EVENTS" { Some("true".into()) } else { configured(name) });
    let mut granted = tokens();
    granted["scope"] = json!(format!("{} manage:jira-webhook", granted["scope"].as_str().expect("scopes")));
    deployment.world.token_answer.replace(FakeResponse::json(200, &granted.to_string()));
    let scopes = ["read:jira-work", "read:jira-user", "write:jira-work", "manage:jira-webhook"];
    let sites = json!(scopes.map(|scope| resource("one", scope)));
    deployment.world.resources.replace(FakeResponse::json(200, &sites.to_string()));
    answers(&deployment, &[], json!({"webhookRegistrationResult": [{"createdWebhookId": 7}]}));
    deployment
}

/// Jira lists these webhooks, and answers everything else with `also`.
fn answers(deployment: &Deployment, listed: &[Value], also: Value) {
    let mut answer = also;
    answer["values"] = json!(listed);
    deployment.world.instances.borrow_mut().insert(WEBHOOKS.to_owned(), FakeResponse::json(200, &answer.to_string()));
    let refreshed = json!({"expirationDate": deployment.world.now().plus_seconds(30 * 86_400).as_millis()});
    let refresh = format!("{WEBHOOKS}/refresh");
    deployment.world.instances.borrow_mut().insert(refresh, FakeResponse::json(200, &refreshed.to_string()));
}

/// A connection whose project `ABC` has tasks in sync.
struct Linked {
    connection: String,
    projects: String,
    project: String,
}

impl Linked {
    async fn new(deployment: &Deployment, ada: &Browser<'_>) -> Self {
        let connection = ada.connect("Staging").await;
        let new = json!({"name": "Web", "connections": [connection["id"]]});
        let made = ada.post("/api/v1/workspaces", &new).await.json();
        let projects = format!("/api/v1/workspaces/{}/projects", made["id"].as_str().expect("an id"));
        let new = json!({"name": "Shop", "connection_id": connection["id"], "jira_project": "ABC"});
        let project = ada.post(&projects, &new).await.json();
        let id = project["id"].as_str().expect("an id");
        let project = format!("/api/v1/projects/{id}");
        let store = StoreMapping {
            project: api::ProjectId::parse(id).expect("an id"),
            mapping: api::Mapping::default(),
            revision: 0,
        };
        store.run(&deployment.world.turn()).expect("stored");
        let connection = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
        Self { connection, projects, project }
    }

    /// Until when Jira tells of changes.
    async fn horizon(&self, deployment: &Deployment) -> Value {
        deployment.ada().await.get(&self.projects).await.json()["items"][0]["connection"]["hears_until"].clone()
    }
}

/// The organization's alarm, as far as subscriptions go. Answers what Jira was asked: the methods.
async fn keep(deployment: &Deployment) -> Vec<String> {
    deployment.run();
    deployment.world.asked.borrow_mut().clear();
    let world = &*deployment.world;
    let (configuration, organization) = (&*deployment.edge.configuration, &deployment.edge.organization);
    let cx = Context { world, configuration, organization };
    keep_subscriptions(&cx, || world.turn()).await.expect("the tables answer");
    asked(deployment)
}

fn asked(deployment: &Deployment) -> Vec<String> {
    let of_webhooks = |request: &&Request<Vec<u8>>| request.uri().path().contains("/webhook");
    let asked = deployment.world.asked.borrow();
    asked.iter().filter(of_webhooks).map(|request| request.method().to_string()).collect()
}

fn pass(deployment: &Deployment, seconds: u64) {
    deployment.world.clock.advance(Duration::from_secs(seconds));
}

fn webhook(deployment: &Deployment, days: i64) -> Value {
    json!({"id": 7, "jqlFilter": "project in (\"ABC\")", "events": ["jira:issue_updated", "jira:issue_deleted"],
        "url": "https://causeway.example/jira-events",
        "expirationDate": deployment.world.now().plus_seconds(days * 86_400).as_millis()})
}

#[tokio::test]
async fn jira_is_asked_once_for_a_connection_and_every_ten_days_and_the_horizon_is_told() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    let linked = Linked::new(&deployment, &ada).await;
    assert_eq!(linked.horizon(&deployment).await, Value::Null);
    assert_eq!(keep(&deployment).await, ["GET", "POST"]);
    {
        let asked = deployment.world.asked.borrow();
        let body: Value = serde_json::from_slice(asked[1].body()).expect("JSON");
        assert_eq!(body["url"], "https://causeway.example/jira-events");
        assert_eq!(body["webhooks"][0]["jqlFilter"], "project in (\"ABC\")");
    }
    let first = linked.horizon(&deployment).await;
    assert!(first.is_string(), "{first}");
    assert!(keep(&deployment).await.is_empty(), "nothing is due");
    pass(&deployment, 10 * DAY + 1);
    answers(&deployment, &[webhook(&deployment, 20)], json!({}));
    assert_eq!(keep(&deployment).await, ["GET", "PUT"]);
    let second = linked.horizon(&deployment).await;
    assert!(second.as_str() > first.as_str(), "{second}");
    // Jira has lost it, whatever it promised.
    pass(&deployment, 10 * DAY + 1);
    answers(&deployment, &[], json!({"webhookRegistrationResult": [{"createdWebhookId": 8}]}));
    assert_eq!(keep(&deployment).await, ["GET", "POST"]);
    pass(&deployment, 31 * DAY);
    assert_eq!(linked.horizon(&deployment).await, Value::Null, "one that was not refreshed is over");
}

#[tokio::test]
async fn what_is_not_needed_is_removed_and_a_lost_answer_makes_no_second_one() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    let linked = Linked::new(&deployment, &ada).await;
    answers(&deployment, &[], json!({}));
    assert_eq!(keep(&deployment).await, ["GET", "POST"]);
    assert_eq!(linked.horizon(&deployment).await, Value::Null, "what Jira answered is not what was expected");
    pass(&deployment, 3_601);
    answers(&deployment, &[webhook(&deployment, 30)], json!({}));
    assert_eq!(keep(&deployment).await, ["GET"], "it was made all the same");
    assert!(linked.horizon(&deployment).await.is_string());
    let deleted = deployment.ada().await.call(Method::DELETE, &linked.project, &json!({})).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    assert_eq!(keep(&deployment).await, ["GET", "DELETE"]);
    pass(&deployment, 40 * DAY);
    assert!(keep(&deployment).await.is_empty());
}

#[tokio::test]
async fn it_is_removed_before_the_credential_ends_and_nothing_is_asked_with_it_after() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    let linked = Linked::new(&deployment, &ada).await;
    keep(&deployment).await;
    deployment.world.asked.borrow_mut().clear();
    let ended = ada.post(&format!("{}/unauthorize", linked.connection), &json!({"reach": "connection"})).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    assert_eq!(asked(&deployment), ["DELETE"]);
    pass(&deployment, 3_601);
    assert!(keep(&deployment).await.is_empty(), "nobody asks with a credential that was ended");
    assert_eq!(linked.horizon(&deployment).await, Value::Null);
}

#[tokio::test]
async fn without_the_scope_or_a_free_place_nothing_is_interrupted_and_the_checkup_says_so() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    let linked = Linked::new(&deployment, &ada).await;
    answers(&deployment, &[], json!({"webhookRegistrationResult": [{"errors": ["Five webhooks at most."]}]}));
    assert_eq!(keep(&deployment).await, ["GET", "POST"]);
    assert!(keep(&deployment).await.is_empty(), "it is asked again tomorrow");
    let said = scopes_step(&ada, &linked).await;
    assert!(said.contains("\u{201c}Five webhooks at most.\u{201d}"), "{said}");

    let deployment = hearing();
    deployment.world.token_answer.replace(FakeResponse::json(200, &tokens().to_string()));
    let sites = json!([
        resource("one", "read:jira-work"),
        resource("one", "write:jira-work"),
        resource("one", "read:jira-user")
    ]);
    deployment.world.resources.replace(FakeResponse::json(200, &sites.to_string()));
    let ada = deployment.ada().await;
    let linked = Linked::new(&deployment, &ada).await;
    assert!(keep(&deployment).await.is_empty(), "Jira would refuse it");
    let said = scopes_step(&ada, &linked).await;
    assert!(said.contains("manage:jira-webhook was not granted"), "{said}");
    let connection = ada.get(&linked.connection).await.json();
    assert_eq!((&connection["status"]["state"], &connection["missing_scopes"]), (&json!("authorized"), &json!([])));
}

/// What the checkup says of scopes.
async fn scopes_step(ada: &Browser<'_>, linked: &Linked) -> String {
    let checkup = ada.post(&format!("{}/checkup", linked.connection), &json!({})).await.body;
    let line = checkup.lines().find(|line| line.contains("\"scopes\"")).expect("a step").to_owned();
    assert!(line.contains("\"passed\""), "{line}");
    line
}

/// A token of Jira's, or something that would be one.
async fn token(header: Value, claims: Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = NativeMac.hmac_sha256(secret.as_bytes(), signed.as_bytes()).await.expect("signed");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn told(deployment: &Deployment, token: &str, body: impl Into<Body>) -> Answered {
    let request = Request::post("/jira-events").header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").header("cf-connecting-ip", "203.0.113.7");
    deployment.send(request.body(body.into()).expect("a request")).await
}

fn event() -> String {
    json!({"webhookEvent": "jira:issue_updated", "matchedWebhookIds": [7],
        "issue": {"id": "10001", "key": "ABC-1", "fields": {"status": {"id": "2"}}}})
    .to_string()
}

#[tokio::test]
async fn only_jiras_word_counts_and_only_once() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    Linked::new(&deployment, &ada).await;
    keep(&deployment).await;
    let second = deployment.world.now().as_millis() / 1_000;
    let hs256 = json!({"alg": "HS256", "typ": "JWT"});
    let claims = |id: &str| json!({"iss": "client", "iat": second, "exp": second + 900, "jti": id});
    let with = |id: &str, name: &str, value: Value| {
        let mut claims = claims(id);
        claims[name] = value;
        claims
    };
    let secret = "CLIENT-SECRET";
    let good = token(hs256.clone(), claims("1"), secret).await;
    assert_eq!(told(&deployment, &good, event()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(told(&deployment, &good, event()).await.status, StatusCode::UNAUTHORIZED, "it was replayed");
    let unsigned =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims("2").to_string()));
    for (refused, why) in [
        (unsigned, "nobody signed it"),
        (token(json!({"alg": "none"}), claims("3"), secret).await, "the algorithm is none"),
        (token(json!({"alg": "HS512"}), claims("3"), secret).await, "another algorithm"),
        (token(hs256.clone(), claims("4"), "VIEWER-SECRET").await, "another key"),
        (token(hs256.clone(), claims("5"), "").await, "an empty key"),
        (token(hs256.clone(), with("6", "exp", json!(second - 61)), secret).await, "it has expired"),
        (token(hs256.clone(), with("7", "exp", Value::Null), secret).await, "it never expires"),
        (token(hs256.clone(), with("8", "nbf", json!(second + 600)), secret).await, "it is for later"),
        (token(hs256.clone(), with("9", "aud", json!("another-app")), secret).await, "it is for another app"),
        ("x".repeat(20_000), "it is none"),
        (String::new(), "there is none"),
    ] {
        let answer = told(&deployment, &refused, event()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
    }
    let ours = token(hs256.clone(), with("10", "aud", json!(["client"])), secret).await;
    assert_eq!(told(&deployment, &ours, event()).await.status, StatusCode::NO_CONTENT);
    for (id, body, status) in [
        ("11", "x".repeat(5 * 1024 * 1024), StatusCode::PAYLOAD_TOO_LARGE),
        ("12", "{}".to_owned(), StatusCode::BAD_REQUEST),
        ("13", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), StatusCode::BAD_REQUEST),
        ("14", event().replace("[7]", "[99]"), StatusCode::NO_CONTENT),
    ] {
        let token = token(hs256.clone(), claims(id), secret).await;
        assert_eq!(told(&deployment, &token, body).await.status, status, "{id}");
    }
    let off = deployment.reconfigured("JIRA_EVENTS", None);
    assert_eq!(told(&off, &good, event()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(deployment.stranger().get("/jira-events").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_flood_asks_the_organization_once_in_ten_seconds_and_others_are_slowed_down() {
    let deployment = hearing();
    let ada = deployment.ada().await;
    Linked::new(&deployment, &ada).await;
    keep(&deployment).await;
    let second = deployment.world.now().as_millis() / 1_000;
    let before = deployment.world.hops.borrow().len();
    for number in 0..200 {
        let claims = json!({"exp": second + 900, "jti": number});
        let token = token(json!({"alg": "HS256"}), claims, "CLIENT-SECRET").await;
        assert_eq!(told(&deployment, &token, event()).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(deployment.world.hops.borrow().len() - before, 1);
    deployment.world.limiter.most.set(Some(300));
    let mut statuses = Vec::new();
    for _ in 0..400 {
        statuses.push(told(&deployment, "a.b.c", event()).await.status);
    }
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(deployment.world.hops.borrow().len() - before, 1, "a guess costs no hop");
}
