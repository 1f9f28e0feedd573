//! What happens to a connection after it was made, as the app and machines ask for it.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Browser, Deployment, account, path_of, tokens};
use crate::{fakes::FakeResponse, grant::KeeperCommand, ports::Clock};

const NONE: Value = Value::Null;

fn state(connection: &Value) -> &str {
    connection["status"]["state"].as_str().expect("a state")
}

async fn list(ada: &Browser<'_>, query: &str) -> Value {
    ada.get(&format!("/api/v1/connections?{query}")).await.json()
}

#[tokio::test]
async fn a15_a_reauthorization_by_another_account_changes_nothing_until_it_is_saved() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    deployment.world.me.replace(account("eve", "Eve"));
    let id = ada.authorize_for(&json!({"kind": "cloud_oauth2", "connection_id": connection["id"]})).await;
    let changes = ada.attempt(&id).await["changes"].clone();
    assert_eq!(
        (&changes["account_before"]["name"], &changes["account_after"]["name"]),
        (&json!("Ada Admin"), &json!("Eve"))
    );
    assert_eq!(ada.show(&connection).await, connection);
    assert_eq!(*deployment.world.told.borrow(), ["install", "activate", "install"]);
    let saved = ada.edit(&connection, &json!({"authorization_id": id})).await;
    assert_eq!((saved.status, &saved.json()["account"]["name"]), (StatusCode::OK, &json!("Eve")));
    assert_eq!(*deployment.world.told.borrow(), ["install", "activate", "install", "activate"], "the old one is kept");
}

#[tokio::test]
async fn one_click_goes_back_for_ten_minutes() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    deployment.world.me.replace(account("eve", "Eve"));
    ada.reauthorize(&connection).await;
    deployment.world.clock.advance(Duration::from_secs(599));
    let back = ada.act(&connection, "revert", &json!({})).await;
    assert_eq!((back.status, &back.json()["account"]["name"]), (StatusCode::OK, &json!("Ada Admin")));
    assert_eq!(back.headers["etag"], "\"3\"");
    assert_eq!(deployment.world.told.borrow().last().map(String::as_str), Some("retire"));
    assert_eq!(deployment.world.grants().len(), 1);
    let again = ada.act(&connection, "revert", &json!({})).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "nothing_to_revert".to_owned()));
}

#[tokio::test]
async fn a_reauthorization_can_be_saved_only_after_its_grant_has_answered_a_call() {
    let deployment = Deployment::new();
    let (ada, world) = (deployment.ada().await, &deployment.world);
    let connection = ada.connect("Staging").await;
    let mut new = tokens();
    new["access_token"] = json!("NEW-ACCESS-TOKEN");
    world.token_answer.replace(FakeResponse::json(200, &new.to_string()));
    let works = world.probe.replace(FakeResponse::json(403, "blocked"));
    let id = ada.authorize_for(&json!({"kind": "cloud_oauth2", "connection_id": connection["id"]})).await;
    assert_eq!(world.probed_with.borrow().last().map(String::as_str), Some("Bearer NEW-ACCESS-TOKEN"));
    assert_eq!(ada.attempt(&id).await["status"], "failed");
    let refused = ada.edit(&connection, &json!({"authorization_id": id})).await;
    assert_eq!(refused.code(), "authorization_not_ready");
    assert_eq!(ada.show(&connection).await, connection);
    world.probe.replace(works);
    assert_eq!(ada.reauthorize(&connection).await.status, StatusCode::OK);
    assert_eq!(world.probed_with.borrow().len(), 3);
}

#[tokio::test]
async fn the_account_that_can_be_gone_back_to_is_named_while_it_can() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    deployment.world.me.replace(account("eve", "Eve"));
    let saved = ada.reauthorize(&connection).await.json();
    assert_eq!((&saved["account"]["name"], &saved["revert_to"]["name"]), (&json!("Eve"), &json!("Ada Admin")));
    assert_eq!(ada.show(&connection).await["revert_to"], saved["revert_to"]);
    deployment.world.clock.advance(Duration::from_mins(10));
    assert_eq!(ada.show(&connection).await["revert_to"], NONE);
}

#[tokio::test]
async fn nobody_goes_back_to_a_credential_that_does_not_answer_any_more() {
    let (deployment, saved) = handed_over().await;
    let (ada, world, connection) = (deployment.ada().await, &deployment.world, &saved);
    let list = "The IP address has been rejected because it is not on the allowedlist. See your admin.";
    let works = world.probe.borrow().clone();
    for (answer, status, code) in [
        (FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized"}"#), 409, "way_back_closed"),
        (FakeResponse::json(403, list), 403, "ip_allow_list"),
        (FakeResponse::json(503, "<html>"), 502, "upstream_unreachable"),
    ] {
        world.probe.replace(answer);
        let refused = ada.act(connection, "revert", &json!({})).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (status, code.to_owned()));
        assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.ends_with("Nothing was changed.")));
        assert_eq!(ada.show(connection).await, saved);
    }
    world.probe.replace(works);
    expire(&deployment, FakeResponse::json(503, "<html>").with("retry-after", "7"));
    let later = ada.act(connection, "revert", &json!({})).await;
    assert_eq!(ada.show(connection).await, saved);
    let retry_after = later.headers.get("retry-after").and_then(|value| value.to_str().ok());
    assert_eq!((later.code(), retry_after), ("credential_unavailable".to_owned(), Some("7")));
    assert_eq!(world.grants().len(), 2, "both grants are kept");
    world.clock.advance(Duration::from_secs(7));
    world.token_answer.replace(FakeResponse::json(200, &tokens().to_string()));
    assert_eq!(ada.act(connection, "revert", &json!({})).await.json()["account"]["name"], "Ada Admin");

    let (deployment, mut saved) = handed_over().await;
    expire(&deployment, FakeResponse::json(403, r#"{"error":"invalid_grant"}"#));
    assert_closed(&deployment, &saved).await;
    // The keeper has reported that Atlassian ended the grant.
    (saved["revert_until"], saved["revert_to"]) = (NONE, NONE);
    assert_eq!(deployment.ada().await.show(&saved).await, saved);

    let (deployment, saved) = handed_over().await;
    deployment.world.command_first(KeeperCommand::Retire).await;
    assert_closed(&deployment, &saved).await;
    assert_eq!(deployment.ada().await.show(&saved).await, saved);
}

/// There is no way back for this connection, now or later.
async fn assert_closed(deployment: &Deployment, connection: &Value) {
    let refused = deployment.ada().await.act(connection, "revert", &json!({})).await;
    assert_eq!((refused.code(), refused.headers.get("retry-after")), ("way_back_closed".to_owned(), None));
}

/// Ada's connection after Eve has authorized it again, each with a token that lasts a minute.
async fn handed_over() -> (Deployment, Value) {
    let deployment = Deployment::new();
    let saved = {
        let ada = deployment.ada().await;
        let mut new = tokens();
        new["expires_in"] = json!(60);
        deployment.world.token_answer.replace(FakeResponse::json(200, &new.to_string()));
        let connection = ada.connect("Staging").await;
        deployment.world.me.replace(account("eve", "Eve"));
        ada.reauthorize(&connection).await.json()
    };
    (deployment, saved)
}

/// The tokens that last a minute expire, and this is what Atlassian answers to whoever refreshes them.
fn expire(deployment: &Deployment, answer: FakeResponse) {
    deployment.world.clock.advance(Duration::from_mins(1));
    deployment.world.token_answer.replace(answer);
}

#[tokio::test]
async fn a14_a_scope_that_was_not_granted_is_named() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut fewer = tokens();
    fewer["scope"] = json!("read:jira-work read:jira-user offline_access read:me");
    deployment.world.token_answer.replace(FakeResponse::json(200, &fewer.to_string()));
    let connection = ada.connect("Staging").await;
    assert_eq!((state(&connection), &connection["missing_scopes"]), ("authorized", &json!(["write:jira-work"])));
}

#[tokio::test]
async fn unauthorizing_ends_what_the_impact_named_and_answers_the_checklist() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (one, two) = (ada.connect("One").await, ada.connect("Two").await);
    let impact = ada.get(&format!("{}/impact?action=unauthorize", path_of(&two))).await.json();
    assert_eq!((&impact["account"]["name"], &impact["connections"][0]["name"]), (&json!("Ada Admin"), &json!("Two")));
    assert_eq!(
        (&impact["connections"][1]["id"], impact["connections"].as_array().map(Vec::len)),
        (&one["id"], Some(2))
    );
    let ended = ada.act(&two, "unauthorize", &json!({"reach": "consent"})).await;
    assert_eq!(ended.status, StatusCode::OK);
    let checklist = ended.json()["connections"].clone();
    assert_eq!((&checklist[0]["name"], &checklist[1]["name"]), (&json!("Two"), &json!("One")));
    let status = &checklist[1]["status"];
    assert_eq!(
        (&status["state"], &status["by"], &status["cause"]),
        (&json!("unauthorized"), &json!("Ada Admin"), &NONE)
    );
    assert!(deployment.world.grants().is_empty(), "the tokens are destroyed");
    let impact = ada.get(&format!("{}/impact?action=delete", path_of(&two))).await.json();
    assert_eq!((&impact["account"], impact["connections"].as_array().map(Vec::len)), (&NONE, Some(1)));
}

#[tokio::test]
async fn a_deleted_connection_is_found_only_where_one_looks_for_it_and_comes_back_restored() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = path_of(&connection);
    for _ in 0..2 {
        assert_eq!(ada.call(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
    }
    assert!(deployment.world.grants().is_empty());
    let (shown, hidden) = (list(&ada, "").await, list(&ada, "deleted=true").await);
    assert_eq!((&shown["items"], &shown["counts"]["deleted"]), (&json!([]), &json!(1)));
    assert_eq!(
        (&hidden["items"][0]["id"], &hidden["items"][0]["deleted"]["by"]),
        (&connection["id"], &json!("Ada Admin"))
    );
    let purge_at = deployment.world.now().plus_seconds(30 * 86_400);
    assert_eq!(hidden["items"][0]["deleted"]["purge_at"], json!(purge_at));
    let deleted = ada.show(&connection).await;
    for refused in [
        ada.edit(&deleted, &json!({"name": "Other"})).await,
        ada.act(&deleted, "unauthorize", &json!({"reach": "connection"})).await,
        ada.act(&deleted, "renew", &json!({})).await,
        ada.act(&deleted, "revert", &json!({})).await,
        ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2", "connection_id": connection["id"]})).await,
    ] {
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "connection_deleted".to_owned()));
    }
    let restored = ada.act(&connection, "restore", &json!({})).await;
    assert_eq!((restored.status, state(&restored.json())), (StatusCode::OK, "unauthorized"));
    assert_eq!(list(&ada, "status=unauthorized").await["items"][0]["id"], connection["id"]);
    assert_eq!(ada.reauthorize(&restored.json()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_restored_is_looked_at_if_there_is_a_credential_to_look_at() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    ada.call(Method::DELETE, &path_of(&connection), &json!({})).await;
    let restored = ada.act(&connection, "restore", &json!({})).await.json();
    assert_eq!((state(&restored), &restored["checked_at"]), ("unauthorized", &NONE));
    assert_eq!(ada.reauthorize(&restored).await.status, StatusCode::OK);
    let restored = ada.act(&connection, "restore", &json!({})).await.json();
    assert_eq!((state(&restored), &restored["checked_at"]), ("authorized", &json!(deployment.world.now())));
    assert_eq!(restored["missing_scopes"][0], "read:jira-user", "as accessible-resources lists the site today");
}

#[tokio::test]
async fn the_name_of_a_deleted_connection_may_be_given_away() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    ada.call(Method::DELETE, &path_of(&connection), &json!({})).await;
    ada.connect("staging").await;
    let refused = ada.act(&connection, "restore", &json!({})).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "name_taken".to_owned()));
}

#[tokio::test]
async fn a_renewal_shows_the_new_horizon() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    deployment.world.clock.advance(Duration::from_hours(1));
    let ada = deployment.ada().await;
    let horizon = deployment.world.now().plus_seconds(90 * 86_400);
    assert_ne!(connection["reauthorize_before"], json!(horizon));
    let renewed = ada.act(&connection, "renew", &json!({})).await;
    assert_eq!((renewed.status, &renewed.json()["reauthorize_before"]), (StatusCode::OK, &json!(horizon)));
}

#[tokio::test]
async fn a_renewal_that_gets_no_answer_says_whose_turn_it_is() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let cause = api::Cause::AtlassianUnreachable;
    let production = ada.connect("Production").await;
    deployment.world.token_answer.replace(FakeResponse::json(503, "<html>").with("retry-after", "4"));
    let refused = ada.act(&connection, "renew", &json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "credential_unavailable".to_owned()));
    assert_eq!(refused.json()["detail"], format!("{} Causeway asks again in 4 s.", cause.sentence()));
    assert_eq!(refused.headers["retry-after"], "4");
    deployment.world.consent_removed.set(true);
    assert_eq!(ada.act(&production, "renew", &json!({})).await.code(), "connection_unauthorized");
    deployment.world.command_first(KeeperCommand::Retire).await;
    assert_eq!(ada.act(&connection, "renew", &json!({})).await.code(), "connection_unauthorized");
}

#[tokio::test]
async fn what_ends_or_changes_connections_is_for_administrators_only() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let key = ada.key(&["connections:read", "connections:write", "proxy"]).await;
    let before = ada.show(&connection).await;
    let path = path_of(&connection);
    for (method, path, body) in [
        ("GET", format!("{path}/impact?action=delete"), ""),
        ("POST", format!("{path}/unauthorize"), r#"{"reach":"consent"}"#),
        ("DELETE", path.clone(), ""),
        ("POST", format!("{path}/restore"), ""),
        ("POST", format!("{path}/revert"), ""),
        ("POST", format!("{path}/renew"), ""),
        ("GET", format!("{path}/timeline"), ""),
        ("GET", "/api/v1/timeline".to_owned(), ""),
        ("GET", "/api/v1/attention".to_owned(), ""),
        ("POST", "/api/v1/timeline/export?format=csv".to_owned(), ""),
        ("POST", "/api/v1/connections/export?format=csv".to_owned(), ""),
    ] {
        let request = Request::builder().method(method).uri(&path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {key}")).body(Body::from(body));
        let refused = deployment.send(request.expect("a request")).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "forbidden".to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(ada.show(&connection).await, before);
}

#[tokio::test]
async fn an_unknown_connection_answers_not_found_whatever_is_asked() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let unknown = json!({"id": "con_unknown"});
    for what in ["unauthorize", "restore", "revert", "renew"] {
        let body = if what == "unauthorize" { json!({"reach": "connection"}) } else { json!({}) };
        assert_eq!(ada.act(&unknown, what, &body).await.code(), "not_found", "{what}");
    }
    assert_eq!(ada.call(Method::DELETE, &path_of(&unknown), &json!({})).await.code(), "not_found");
    for what in ["impact?action=delete", "timeline"] {
        assert_eq!(ada.get(&format!("{}/{what}", path_of(&unknown))).await.code(), "not_found", "{what}");
    }
}

#[tokio::test]
async fn activating_looks_at_the_credential_so_that_the_answer_is_the_truth() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (staging, production) = (ada.connect("Staging").await, ada.connect("Production").await);
    for connection in [&staging, &production] {
        let off = ada.act(connection, "deactivate", &json!({})).await;
        assert_eq!(off.json()["status"]["state"], "deactivated");
    }
    let before = deployment.world.probed_with.borrow().len();
    let on = ada.act(&staging, "activate", &json!({})).await.json();
    assert_eq!(state(&on), "authorized", "reading works: {on}");
    assert_eq!(on["missing_scopes"][0], "read:jira-user", "as accessible-resources lists the site today: {on}");
    assert!(on["checked_at"].is_string() && deployment.world.probed_with.borrow().len() > before, "Jira was asked");
    // The person took the consent back while it was off, and nobody heard of it.
    deployment.world.consent_removed.set(true);
    let on = ada.act(&production, "activate", &json!({})).await.json();
    assert_eq!((&on["status"]["state"], &on["status"]["cause"]), (&json!("unauthorized"), &json!("grant_refused")));
}
