//! Beginning to sign in, which anybody may: it stores nothing, and costs the provider next to nothing.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use super::provider::{ISSUER, Provider, answer, assert_outcome, requests};
use crate::{fakes::FakeResponse, ports::HttpFailure};

#[tokio::test]
async fn five_thousand_begun_sign_ins_keep_nobody_out_and_leave_nothing_behind() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let before = deployment.world.tables.dump();
    for _ in 0..5_000 {
        assert_eq!(deployment.stranger().get("/sign-in").await.status, StatusCode::SEE_OTHER);
    }
    assert!(deployment.world.hops.borrow().is_empty(), "the organization is not asked");
    assert_eq!(deployment.world.tables.dump(), before);
    let answered = provider.sign_in(&deployment).await;
    assert_outcome(&deployment, "one more", &answered, Ok(()));
}

#[tokio::test]
async fn two_begun_sign_ins_ask_the_provider_twice_in_all() {
    let deployment = Provider::new().deployment();
    deployment.stranger().get("/sign-in").await;
    deployment.stranger().get("/sign-in").await;
    assert_eq!(deployment.world.asked.borrow().len(), 2, "the description and the keys");
    deployment.world.clock.advance(Duration::from_mins(10));
    deployment.stranger().get("/sign-in").await;
    assert_eq!(deployment.world.asked.borrow().len(), 4, "after ten minutes both are fetched anew");
}

#[tokio::test]
async fn many_who_begin_at_once_ask_the_provider_once() {
    let deployment = Provider::new().deployment();
    let browsers: Vec<_> = (0..20).map(|_| deployment.stranger()).collect();
    let answers = futures::future::join_all(browsers.iter().map(|browser| browser.get("/sign-in"))).await;
    assert!(answers.iter().all(|answered| answered.status == StatusCode::SEE_OTHER));
    assert_eq!(deployment.world.asked.borrow().len(), 2);
}

#[tokio::test]
async fn a_provider_that_failed_is_asked_again_by_the_next_who_begins() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let (description, keys) = ("/.well-known/openid-configuration", "/keys");
    for (path, reply, reason) in [
        (description, FakeResponse::json(502, "{}"), "answered 502 at https://id.example/.well-known"),
        (keys, FakeResponse::json(502, "{}"), "keys at https://id.example/keys cannot be loaded: status 502"),
        (keys, FakeResponse::html(200, "Sign in"), "should be `application/json`"),
        (keys, FakeResponse::json(200, "{}"), "missing field `keys`"),
        (keys, FakeResponse::Failure(HttpFailure::Timeout), "cannot be loaded: no answer in time"),
    ] {
        provider.publish(&deployment);
        answer(&deployment, &format!("{ISSUER}{path}"), reply);
        let refused = deployment.stranger().get("/sign-in").await;
        assert_outcome(&deployment, path, &refused, Err(reason));
    }
    provider.publish(&deployment);
    assert_eq!(deployment.stranger().get("/sign-in").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_visitor_who_makes_a_callback_up_stores_nothing_and_asks_nobody() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let (hops, before) = (deployment.world.hops.borrow().len(), deployment.world.tables.dump());
    // A state of ours, but not this browser's; one that nobody made; none.
    let thief = deployment.stranger();
    thief.get("/sign-in").await;
    for path in [
        back.as_str(),
        "/sign-in/callback?code=x&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/sign-in/callback",
    ] {
        assert_eq!(thief.get(path).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(deployment.world.hops.borrow().len(), hops);
    assert_eq!(deployment.world.tables.dump(), before);
    assert!(requests(&deployment, "/token").is_empty());
    assert_outcome(&deployment, "the owner", &browser.get(&back).await, Ok(()));
}

#[tokio::test]
async fn a_code_that_the_provider_refuses_stores_nothing() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let before = deployment.world.tables.dump();
    let refusal = json!({"error": "invalid_grant"});
    answer(&deployment, &format!("{ISSUER}/token"), FakeResponse::json(400, &refusal.to_string()));
    let answered = browser.get(&back).await;
    assert_outcome(&deployment, "refused", &answered, Err("gave no tokens: invalid_grant"));
    assert_eq!(deployment.world.tables.dump(), before);
}

#[tokio::test]
async fn a_visitor_without_a_credential_stores_nothing_anywhere() {
    let deployment = Provider::new().deployment();
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let (before, hops) = (deployment.world.tables.dump(), deployment.world.hops.borrow().len());
    let secret = "A".repeat(43);
    for path in [
        "/sign-in".to_owned(),
        format!("/sign-in/callback?code=x&state={secret}"),
        format!("/oauth/start/{secret}"),
        format!("/oauth/callback?code=x&state={secret}"),
        "/api/v1/session".to_owned(),
        "/api/v1/connections".to_owned(),
        "/api/v1/connections/con_1/checkup".to_owned(),
        "/api/v1/timeline/export?format=csv".to_owned(),
    ] {
        let visitor = deployment.stranger();
        visitor.cookies.borrow_mut().insert("__Host-authorize-0".into(), secret.clone());
        visitor.get(&path).await;
        visitor.post(&path, &json!({})).await;
    }
    assert_eq!(deployment.world.hops.borrow().len(), hops, "nobody is asked either");
    for path in [format!("/api/v1/guides/{secret}"), "/healthz".to_owned()] {
        deployment.stranger().get(&path).await;
    }
    assert_eq!(deployment.world.tables.dump(), before);
}
