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
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "cancelled");
    assert!(deployment.world.grants().is_empty());
}
