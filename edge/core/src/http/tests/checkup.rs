//! The checkup over HTTP: a line a step, the verdict last; cancelled by going away; and by itself from the alarm.

use std::{rc::Rc, time::Duration};

use api::{CHECKUP_PATH, CheckupLine, PROOF_HEADER, PROOF_VALUE, State, StepOutcome};
use axum::body::Body;
use futures::StreamExt as _;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment, PUBLIC_URL, WhoeverWaits, World, resource, tokens};
use crate::{
    alarm::run_due_checkups,
    checkup::{Context, STEPS},
    fakes::FakeResponse,
    http::{answer, router},
    ports::Clock as _,
};

const ALLOW_LIST: &str = "The IP address has been rejected because it is not on the allowedlist. See your admin.";

fn path_of(connection: &Value) -> String {
    CHECKUP_PATH.replace("{id}", connection["id"].as_str().expect("an id"))
}

async fn check(browser: &Browser<'_>, connection: &Value) -> Answered {
    browser.post(&path_of(connection), &json!({})).await
}

fn lines(answered: &Answered) -> Vec<CheckupLine> {
    answered.body.lines().map(|line| serde_json::from_str(line).expect("a line of the contract")).collect()
}

fn outcomes(lines: &[CheckupLine]) -> Vec<StepOutcome> {
    let step = |line: &CheckupLine| match line {
        CheckupLine::Step(step) => Some(step.outcome),
        CheckupLine::Verdict { .. } => None,
    };
    lines.iter().filter_map(step).collect()
}

fn verdict(lines: &[CheckupLine]) -> State {
    let Some(CheckupLine::Verdict { status, .. }) = lines.last() else { panic!("no verdict") };
    status.state()
}

/// The site as Atlassian lists it with everything that is needed, under this name.
fn listed(world: &World, name: &str) {
    let scopes = ["read:jira-work", "read:jira-user", "write:jira-work"];
    let mut sites: Vec<Value> = scopes.map(|scope| resource("one", scope)).to_vec();
    for site in &mut sites {
        site["name"] = json!(name);
    }
    *world.resources.borrow_mut() = FakeResponse::json(200, &json!(sites).to_string());
}

async fn shown(browser: &Browser<'_>, connection: &Value) -> Value {
    let id = connection["id"].as_str().expect("an id");
    browser.get(&format!("/api/v1/connections/{id}")).await.json()
}

#[tokio::test]
async fn a_checkup_answers_a_line_a_step_and_the_verdict_last() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    listed(&deployment.world, "Renamed");
    let answered = check(&ada, &connection).await;
    assert_eq!(
        (answered.status, answered.headers["content-type"].to_str().ok()),
        (StatusCode::OK, Some("application/x-ndjson"))
    );
    assert!(answered.headers.contains_key("x-request-id") && answered.headers.contains_key("content-security-policy"));
    let lines = lines(&answered);
    assert_eq!(lines.len(), STEPS.len() + 1);
    assert!(!outcomes(&lines).contains(&StepOutcome::Failed), "{}", answered.body);
    assert_eq!(verdict(&lines), State::Authorized);
    for secret in ["ACCESS-TOKEN", "REFRESH-TOKEN", "CLIENT-SECRET", "ada@example.com"] {
        assert!(!answered.body.contains(secret), "{secret}");
    }
    let now = shown(&ada, &connection).await;
    assert_eq!(now["site"]["name"], "Renamed", "a renamed site heals itself");
    assert!(now["checked_at"].is_string());
    assert_eq!(deployment.world.token_requests.get(), 1, "no refresh was burnt");
    assert!(!deployment.world.told.borrow().contains(&"retire".to_owned()), "no credential was discarded");
}

#[tokio::test]
async fn a_checkup_after_an_hour_refreshes_the_token_once_and_moves_the_horizon() {
    let deployment = Deployment::new();
    let (ada, world) = (deployment.ada().await, &deployment.world);
    let connection = ada.connect("Staging").await;
    listed(world, "Site one");
    let mut rotated = tokens();
    (rotated["access_token"], rotated["refresh_token"]) = (json!("ACCESS-TOKEN-2"), json!("REFRESH-TOKEN-2"));
    world.token_answer.replace(FakeResponse::json(200, &rotated.to_string()));
    world.clock.advance(Duration::from_hours(1));
    let ada = deployment.ada().await;
    assert_eq!(verdict(&lines(&check(&ada, &connection).await)), State::Authorized);
    assert_eq!(world.token_requests.get(), 2, "the code's, and one refresh");
    assert_eq!(world.probed_with.borrow().last().map(String::as_str), Some("Bearer ACCESS-TOKEN-2"));
    let horizon = world.now().plus_seconds(90 * 86_400);
    assert_ne!(connection["reauthorize_before"], json!(horizon));
    assert_eq!(shown(&ada, &connection).await["reauthorize_before"], json!(horizon));
    check(&ada, &connection).await;
    assert_eq!(world.token_requests.get(), 2, "the new token is of use for another hour");
}

#[tokio::test]
async fn an_allow_list_interrupts_with_its_remedy_until_it_is_gone() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    listed(&deployment.world, "Site one");
    let well = deployment.world.probe.replace(FakeResponse::json(403, ALLOW_LIST));
    assert_eq!(verdict(&lines(&check(&ada, &connection).await)), State::Interrupted);
    assert_eq!(shown(&ada, &connection).await["status"]["cause"], "ip_allow_list");
    *deployment.world.probe.borrow_mut() = well;
    assert_eq!(verdict(&lines(&check(&ada, &connection).await)), State::Authorized);
}

#[tokio::test]
async fn a_reader_who_goes_away_cancels_the_checkup_and_nothing_is_recorded() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    *deployment.world.probe.borrow_mut() = FakeResponse::json(403, ALLOW_LIST);
    let key = ada.key(&["connections:read"]).await;
    let request = Request::post(path_of(&connection)).header("authorization", format!("Bearer {key}"));
    let request = request.body(Body::empty()).expect("a request");
    let answered = answer(&deployment.edge, router(&deployment.edge), Rc::new(WhoeverWaits), request).await;
    let mut body = answered.into_body().into_data_stream();
    for _ in 0..STEPS.len() {
        assert!(body.next().await.is_some());
    }
    drop(body);
    let now = shown(&ada, &connection).await;
    assert_eq!((now["status"]["state"].as_str(), &now["checked_at"]), (Some("authorized"), &Value::Null));
}

#[tokio::test]
async fn a_key_that_asks_again_gets_the_last_verdict_and_jira_is_left_in_peace() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    listed(&deployment.world, "Site one");
    let key = ada.key(&["connections:read"]).await;
    let request = || Request::post(path_of(&connection)).header("authorization", format!("Bearer {key}"));
    let mut counts = Vec::new();
    for _ in 0..3 {
        let answered = deployment.stranger().send(request(), Body::empty()).await;
        assert_eq!(answered.headers["content-type"], "application/x-ndjson");
        assert_eq!(verdict(&lines(&answered)), State::Authorized);
        counts.push(lines(&answered).len());
    }
    assert_eq!(counts, [STEPS.len() + 1, 1, 1]);
}

#[tokio::test]
async fn the_rules_for_callers_are_those_of_every_change() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = path_of(&connection);
    assert_eq!(deployment.stranger().post(&path, &json!({})).await.code(), "not_signed_in");
    let foreign = Request::post(&path).header("origin", "https://evil.example").header(PROOF_HEADER, PROOF_VALUE);
    assert_eq!(ada.send(foreign, Body::empty()).await.code(), "cross_site");
    let unproved = Request::post(&path).header("origin", PUBLIC_URL);
    assert_eq!(ada.send(unproved, Body::empty()).await.code(), "cross_site");
    let as_key = async |key: &str| {
        let request = Request::post(&path).header("authorization", format!("Bearer {key}"));
        deployment.send(request.body(Body::empty()).expect("a request")).await
    };
    assert_eq!(as_key(&ada.key(&["proxy"]).await).await.code(), "forbidden");
    assert_eq!(as_key(&ada.key(&["connections:read"]).await).await.status, StatusCode::OK);
    assert_eq!(as_key("cw_nonsense").await.code(), "api_key_refused");
    for unknown in ["con_unknown", "..%2f", "key_1"] {
        let path = CHECKUP_PATH.replace("{id}", unknown);
        assert_eq!(ada.post(&path, &json!({})).await.code(), "not_found", "{unknown}");
    }
    assert_eq!(ada.get(&path).await.code(), "method_not_allowed");
}

#[tokio::test]
async fn a_session_that_ends_during_a_checkup_records_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let key = ada.key(&["connections:read"]).await;
    let request = Request::post(path_of(&connection)).header("authorization", format!("Bearer {key}"));
    let answered = answer(
        &deployment.edge,
        router(&deployment.edge),
        Rc::new(WhoeverWaits),
        request.body(Body::empty()).expect("a request"),
    )
    .await;
    let mut body = answered.into_body().into_data_stream();
    assert!(body.next().await.is_some());
    let id = ada.get("/api/v1/api-keys").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    ada.call(http::Method::DELETE, &format!("/api/v1/api-keys/{id}"), &json!({})).await;
    assert_eq!(body.count().await, STEPS.len() - 1, "the other steps, and no verdict");
    assert_eq!(shown(&ada, &connection).await["checked_at"], Value::Null);
    assert_eq!(deployment.world.log.of("checkup.not_recorded").len(), 1);
}

/// The organization's alarm.
async fn alarm(deployment: &Deployment) {
    let edge = &deployment.edge;
    let cx = Context { world: &*edge.platform, configuration: &edge.configuration, organization: &edge.organization };
    run_due_checkups(&cx, || deployment.world.turn()).await.expect("the tables answer");
}

#[tokio::test]
async fn a_removed_consent_is_noticed_once_and_told_as_one_story() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut connections = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        connections.push(ada.connect(name).await);
    }
    listed(&deployment.world, "Site one");
    deployment.world.consent_removed.set(true);
    assert_eq!(verdict(&lines(&check(&ada, &connections[0]).await)), State::Unauthorized);
    assert_eq!(shown(&ada, &connections[1]).await["status"]["state"], "authorized", "not assumed: looked at");
    alarm(&deployment).await;
    let page: api::ConnectionPage =
        serde_json::from_value(ada.get("/api/v1/connections").await.json()).expect("a page");
    assert!(page.items.iter().all(|connection| connection.status.state() == State::Unauthorized));
    let attention = ada.get("/api/v1/attention").await.json();
    assert_eq!(
        (attention["stories"].as_array().map(Vec::len), &attention["needs"], &attention["total"]),
        (Some(1), &json!([]), &json!(4))
    );
    assert_eq!(
        (&attention["stories"][0]["cause"], &attention["stories"][0]["total"]),
        (&json!("grant_refused"), &json!(4))
    );
}

#[tokio::test]
async fn checkups_run_by_themselves_all_that_are_due() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for at in 0..5 {
        ada.connect(&format!("Connection {at}")).await;
    }
    listed(&deployment.world, "Renamed");
    deployment.world.clock.advance(Duration::from_hours(24));
    let ada = deployment.ada().await;
    alarm(&deployment).await;
    let page = ada.get("/api/v1/connections").await.json();
    let renamed = page["items"].as_array().expect("items").iter().filter(|c| c["site"]["name"] == "Renamed");
    assert_eq!(renamed.count(), 5);
}

#[tokio::test]
async fn a_checkup_whose_keeper_cannot_be_reached_runs_a_minute_later() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    deployment.world.clock.advance(Duration::from_hours(24));
    let ada = deployment.ada().await;
    deployment.world.keepers_are_silent.set(true);
    alarm(&deployment).await;
    let shown_before = shown(&ada, &connection).await;
    assert_eq!((&shown_before["checked_at"], &shown_before["status"]["state"]), (&Value::Null, &json!("authorized")));
    assert_eq!(deployment.world.log.of("checkup.not_run").len(), 1);
    deployment.world.keepers_are_silent.set(false);
    deployment.world.clock.advance(Duration::from_mins(1));
    alarm(&deployment).await;
    assert_ne!(shown(&ada, &connection).await["checked_at"], Value::Null);
}
