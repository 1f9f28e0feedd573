//! Faults of Causeway's own: neither Atlassian nor Jira is blamed for them, and the person learns who must act.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    bringing::{CALLBACK, jira, link},
    world::{Browser, Deployment, configured},
};
use crate::configuration::Configuration;

/// What the authorization shows after the browser came back to `deployment`, which need not be the one it left from.
async fn failure_after_callback(ada: &Browser<'_>, deployment: &Deployment, what: &Value) -> Value {
    let (id, state) = ada.leave_for(what).await;
    let path = if what["kind"] == "cloud_oauth2" { "/oauth/callback/cloud" } else { CALLBACK };
    let back = ada.at(deployment).get(&format!("{path}?code=CODE&state={state}")).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, format!("/authorize/{id}").as_str()));
    ada.attempt(&id).await["failure"].clone()
}

fn blames_the_configuration(failure: &Value, missing: &str) {
    assert_eq!(failure["code"], "misconfigured", "{failure}");
    assert!(failure["message"].as_str().expect("a message").contains(missing), "{failure}");
    assert!(failure["remedy"].as_str().expect("a remedy").contains("operator"), "{failure}");
}

fn blames_causeway(failure: &Value) {
    assert_eq!(failure["code"], "internal", "{failure}");
    assert!(failure["message"].as_str().expect("a message").contains("Causeway"), "{failure}");
    assert!(failure["remedy"].as_str().expect("a remedy").contains("operator"), "{failure}");
}

#[tokio::test]
async fn a_missing_public_url_is_not_blamed_on_atlassian() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for missing in ["PUBLIC_URL", "ATLASSIAN_CLIENT_ID", "ATLASSIAN_CLIENT_SECRET"] {
        let broken = deployment.without(missing);
        let failure = failure_after_callback(&ada, &broken, &json!({"kind": "cloud_oauth2"})).await;
        blames_the_configuration(&failure, missing);
    }
    assert_eq!(deployment.world.token_requests.get(), 0);
}

#[tokio::test]
async fn the_published_development_values_are_named_and_stop_what_needs_them() {
    let example = include_str!("../../../../../.dev.vars.example");
    let published = |name: &str| {
        example.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).map(str::to_owned).expect("a value")
    };
    let whole = Deployment::new();
    let ada = whole.ada().await;
    for (name, path) in [
        ("ATLASSIAN_CLIENT_SECRET", "/api/v1/authorizations"),
        ("OIDC_CLIENT_SECRET", "/sign-in"),
        ("SEALING_KEYS", "/api/v1/rsa-keys"),
    ] {
        let value = published(name);
        let read = |asked| if asked == name { Some(value.clone()) } else { configured(asked) };
        let deployment = whole.configured_as(Configuration::read(read));
        let health = deployment.stranger().get("/healthz").await;
        assert_eq!(
            (health.status, &health.json()["findings"][0]["name"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!(name))
        );
        assert!(!health.body.contains(&value), "the value is not repeated");
        let there = ada.at(&deployment);
        let refused = match path {
            "/sign-in" => there.get(path).await,
            "/api/v1/rsa-keys" => there.post(path, &json!({})).await,
            _ => there.post(path, &json!({"kind": "cloud_oauth2"})).await,
        };
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", refused.body);
        assert!(refused.body.contains(name), "{path}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_missing_public_url_is_not_blamed_on_jira() {
    let deployment = jira();
    let (ada, broken) = (deployment.ada().await, deployment.without("PUBLIC_URL"));
    blames_the_configuration(&failure_after_callback(&ada, &broken, &link("LINK-SECRET")).await, "PUBLIC_URL");
    let begun = ada.post("/api/v1/authorizations", &link("LINK-SECRET")).await.json();
    ada.at(&broken).get(begun["start_url"].as_str().expect("an address")).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    blames_the_configuration(&attempt["failure"], "PUBLIC_URL");
}

#[tokio::test]
async fn a_secret_that_does_not_open_is_not_blamed_on_jira() {
    let deployment = jira();
    let ada = deployment.ada().await;
    deployment.world.opens_nothing.set(true);
    blames_causeway(&failure_after_callback(&ada, &deployment, &link("LINK-SECRET")).await);
    assert_eq!(deployment.world.log.of("authorization.not_stored").len(), 1);
}

#[tokio::test]
async fn a_sealing_key_that_was_removed_is_not_blamed_on_jira() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let replaced = deployment.reconfigured("SEALING_KEYS", Some("k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=,k1:"));
    blames_the_configuration(&failure_after_callback(&ada, &replaced, &link("LINK-SECRET")).await, "SEALING_KEYS");
}

#[tokio::test]
async fn a_keeper_that_does_not_answer_is_blamed_on_neither_atlassian_nor_jira() {
    let deployment = jira();
    let ada = deployment.ada().await;
    deployment.world.keepers_are_silent.set(true);
    blames_causeway(&failure_after_callback(&ada, &deployment, &json!({"kind": "cloud_oauth2"})).await);
    blames_causeway(&failure_after_callback(&ada, &deployment, &link("LINK-SECRET")).await);
    assert_eq!(deployment.world.log.of("authorization.not_stored").len(), 2);
}
