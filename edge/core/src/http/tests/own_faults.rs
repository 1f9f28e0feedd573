//! Faults of Causeway's own: neither Atlassian nor Jira is blamed for them, and the person learns who must act.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    bringing::{CALLBACK, jira, link},
    world::{Browser, Deployment},
};

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
    let replaced = deployment.reconfigured("SEALING_KEYS", Some("k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,k1:"));
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
