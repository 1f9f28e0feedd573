//! Attempts that nobody saves, and grants that die before *Save*.

use super::*;
use crate::grant::{Generation, KeeperAnswer, KeeperCommand};

#[tokio::test]
async fn cancelling_destroys_what_the_attempt_got() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let id = ada.authorize().await;
    let path = format!("/api/v1/authorizations/{id}");
    let cancelled = ada.call(http::Method::DELETE, &path, &json!({})).await;
    assert_eq!(cancelled.status, StatusCode::NO_CONTENT);
    assert!(deployment.world.grants().is_empty());
    let save = ada.post("/api/v1/connections", &json!({"name": "Late", "authorization_id": id})).await;
    assert_eq!(save.code(), "authorization_not_ready");
}

#[tokio::test]
async fn a_grant_that_died_before_save_makes_its_connection_unauthorized_at_once() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let id = ada.authorize().await;
    deployment.world.consent_removed.set(true);
    let refused = KeeperCommand::Token { seen: Some(Generation(1)), refused: true };
    let answer = deployment.world.command_first(refused).await;
    assert_eq!(answer, KeeperAnswer::Unauthorized { cause: api::Cause::GrantRefused });
    let saved = ada.post("/api/v1/connections", &json!({"name": "Staging", "authorization_id": id})).await.json();
    assert_eq!(saved["status"]["state"], "unauthorized");
    assert_eq!(saved["status"]["cause"], "grant_refused");
}

#[tokio::test]
async fn an_attempt_that_is_cancelled_while_atlassian_is_asked_leaves_no_grant() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    deployment.world.on_probe.replace(Some(api::AuthorizationId::parse(id.clone()).expect("an id")));
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "cancelled");
    assert!(deployment.world.grants().is_empty());
}

#[tokio::test]
async fn a_grant_that_nobody_saves_is_destroyed_once_its_attempt_is_over() {
    let deployment = Deployment::new();
    let (ada, world) = (deployment.ada().await, &deployment.world);
    ada.authorize().await;
    world.deliver_alarms().await;
    assert_eq!(world.grants().len(), 1, "it may still be saved");
    world.clock.advance(Duration::from_mins(11));
    world.deliver_alarms().await;
    assert!(world.grants().is_empty(), "its keeper has asked the organization");
}

#[tokio::test]
async fn a_keeper_that_missed_save_asks_the_organization_and_keeps_its_grant() {
    let deployment = Deployment::new();
    let (ada, world) = (deployment.ada().await, &deployment.world);
    let id = ada.authorize().await;
    world.keepers_are_silent.set(true);
    let saved = ada.post("/api/v1/connections", &json!({"name": "Staging", "authorization_id": id})).await;
    assert_eq!(saved.json()["status"]["state"], "authorized", "the decision stands");
    world.keepers_are_silent.set(false);
    assert!(world.copies().everything().is_empty(), "only a grant that a connection holds has a copy in KV");
    world.clock.advance(Duration::from_mins(11));
    world.deliver_alarms().await;
    assert_eq!((world.grants().len(), world.copies().everything().len()), (1, 1));
}
