//! What the token endpoint answers, of use or not.

use super::*;

#[tokio::test]
async fn a12_an_unusable_token_answer_is_a_clean_failure_and_the_next_attempt_works() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let with = |name: &str, value: serde_json::Value| {
        let mut answer = tokens();
        answer[name] = value;
        FakeResponse::json(200, &answer.to_string())
    };
    let mut without_life = tokens();
    without_life.as_object_mut().expect("an object").remove("expires_in");
    let unusable = [
        FakeResponse::html(200, "<html>Sign in</html>"),
        FakeResponse::json(200, ""),
        FakeResponse::json(200, &format!("\"{}\"", "x".repeat(1024 * 1024))),
        FakeResponse::of(200, "application/json", b"{\"access_token\":\"\xff\xfe\"}"),
        with("expires_in", json!(-1)),
        with("expires_in", json!(1e18)),
        with("expires_in", json!("3600")),
        FakeResponse::json(200, &without_life.to_string()),
        with("access_token", json!("a\r\nX-Evil: 1")),
        with("refresh_token", json!("a\r\nb")),
        FakeResponse::json(500, "{}"),
    ];
    for reply in unusable {
        deployment.world.token_answer.replace(reply.clone());
        let (id, state) = ada.leave().await;
        let back = ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{reply:?}");
        assert_eq!(ada.attempt(&id).await["failure"]["code"], "provider_unavailable", "{reply:?}");
        assert!(deployment.world.grants().is_empty(), "{reply:?} was stored");
    }
    deployment.world.token_answer.replace(FakeResponse::json(200, &tokens().to_string()));
    ada.connect("After all").await;
}

#[tokio::test]
async fn a13_a_token_endpoint_that_redirects_is_not_followed() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    deployment
        .world
        .token_answer
        .replace(FakeResponse::json(307, "{}").with("location", "https://evil.example/oauth/token"));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["status"], "failed");
    assert_eq!(deployment.world.token_requests.get(), 1);
}

#[tokio::test]
async fn our_own_wrong_secret_is_named_as_ours_and_a_refused_code_as_atlassians() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for (status, body, code) in [
        (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#, "client_refused"),
        (403, r#"{"error":"invalid_grant","error_description":"Invalid code"}"#, "code_refused"),
    ] {
        deployment.world.token_answer.replace(FakeResponse::json(status, body));
        let (id, state) = ada.leave().await;
        ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], code);
    }
}

#[tokio::test]
async fn a_consent_without_a_refresh_token_is_not_kept() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut answer = tokens();
    answer.as_object_mut().expect("an object").remove("refresh_token");
    deployment.world.token_answer.replace(FakeResponse::json(200, &answer.to_string()));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "no_refresh_token");
}

#[tokio::test]
async fn scopes_that_are_left_out_are_those_that_were_asked_for() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut answer = tokens();
    answer.as_object_mut().expect("an object").remove("scope");
    deployment.world.token_answer.replace(FakeResponse::json(200, &answer.to_string()));
    let connection = ada.connect("Staging").await;
    assert_eq!(connection["scopes"], json!(crate::configuration::SCOPES));
}
