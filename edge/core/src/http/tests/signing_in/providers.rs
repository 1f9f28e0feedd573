//! The providers that companies use: each signs in, or is refused with the true reason on the page and in the log.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    provider::{Provider, answer, assert_outcome, query, requests},
    shapes::{apple, table},
};
use crate::fakes::FakeResponse;

#[tokio::test]
async fn every_provider_signs_in_or_says_on_the_page_and_in_the_log_why_not() {
    for (name, provider, expected) in table() {
        let deployment = provider.deployment();
        let answered = provider.sign_in(&deployment).await;
        assert_outcome(&deployment, name, &answered, expected);
    }
}

#[tokio::test]
async fn a_provider_that_calls_itself_otherwise_is_named_as_configured_and_as_it_came() {
    for (configured, own) in [
        ("https://acme.eu.auth0.com", "https://acme.eu.auth0.com/"),
        ("https://accounts.google.com/", "https://accounts.google.com"),
    ] {
        let provider = Provider::at(configured).document(&json!({"issuer": own}));
        let deployment = provider.deployment();
        let answered = deployment.stranger().get("/sign-in").await;
        let reason = format!("calls itself `{own}`, but OIDC_ISSUER is `{configured}`");
        assert_outcome(&deployment, configured, &answered, Err(&reason));
    }
}

#[tokio::test]
async fn the_client_authenticates_as_the_provider_or_the_operator_says() {
    let basic = format!("Basic {}", STANDARD.encode("causeway:OIDC-SECRET"));
    let methods = |methods: &[&str]| json!({"token_endpoint_auth_methods_supported": methods});
    for (said, configured, header, in_body) in [
        (json!({}), None, Some(basic.as_str()), false),
        (methods(&["client_secret_post", "client_secret_basic"]), None, Some(basic.as_str()), false),
        (methods(&["client_secret_post", "private_key_jwt"]), None, None, true),
        (methods(&["client_secret_basic"]), Some("client_secret_post"), None, true),
        (methods(&["client_secret_post"]), Some("client_secret_basic"), Some(basic.as_str()), false),
        (methods(&["none"]), Some("none"), None, false),
    ] {
        let provider = Provider::new().document(&said);
        let provider = configured.iter().fold(provider, |provider, value| provider.set("OIDC_CLIENT_AUTH", value));
        let deployment = provider.deployment();
        let answered = provider.sign_in(&deployment).await;
        assert_outcome(&deployment, &said.to_string(), &answered, Ok(()));
        let asked = requests(&deployment, "/token").pop().expect("a request");
        let sent = asked.headers().get("authorization").map(|value| value.to_str().expect("text"));
        assert_eq!(sent, header, "{said}");
        assert_eq!(String::from_utf8_lossy(asked.body()).contains("client_secret=OIDC-SECRET"), in_body, "{said}");
    }
    let provider = Provider::new().document(&methods(&["private_key_jwt", "tls_client_auth"]));
    let deployment = provider.deployment();
    let refused = deployment.stranger().get("/sign-in").await;
    assert_outcome(
        &deployment,
        "private_key_jwt",
        &refused,
        Err("Causeway knows client_secret_basic, client_secret_post"),
    );
}

#[tokio::test]
async fn a_client_that_the_provider_refuses_is_told_as_that() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let refusal = json!({"error": "invalid_client", "error_description": "AADSTS7000222: the secret has expired"});
    answer(&deployment, "https://id.example/token", FakeResponse::json(401, &refusal.to_string()));
    let answered = browser.get(&back).await;
    assert_outcome(&deployment, "secret", &answered, Err("invalid_client: AADSTS7000222: the secret has expired"));
    assert!(answered.body.contains("OIDC_CLIENT_SECRET"), "{}", answered.body);
}

#[tokio::test]
async fn signing_in_with_another_account_asks_the_provider_for_a_choice() {
    let prompts = |values: &Value| json!({"prompt_values_supported": values});
    for (said, expected) in [
        (json!({}), Some("select_account")),
        (prompts(&json!(["none", "login", "select_account"])), Some("select_account")),
        (prompts(&json!(["none", "login"])), Some("login")),
        (prompts(&json!(["none"])), None),
    ] {
        let deployment = Provider::new().document(&said).deployment();
        let left = deployment.stranger().get("/sign-in?prompt=select_account").await;
        assert_eq!(query(left.location()).get("prompt").map(String::as_str), expected, "{said}");
        let left = deployment.stranger().get("/sign-in").await;
        assert_eq!(query(left.location()).get("prompt"), None);
    }
}

#[tokio::test]
async fn a_provider_that_knows_no_choice_of_accounts_has_the_person_sign_in_anew() {
    let deployment = Provider::new().deployment();
    let browser = deployment.stranger();
    let left = browser.get("/sign-in?prompt=select_account&return_to=/webhooks").await;
    let state = &query(left.location())["state"];
    let back = browser.get(&format!("/sign-in/callback?error=invalid_request&state={state}")).await;
    assert_eq!(back.location(), "/sign-in?prompt=login&return_to=%2Fwebhooks");
    let again = browser.get(back.location()).await;
    let sent = query(again.location());
    assert_eq!(sent["prompt"], "login");
    let refused = browser.get(&format!("/sign-in/callback?error=invalid_request&state={}", sent["state"])).await;
    assert_outcome(&deployment, "for another reason", &refused, Err("invalid_request"));
}

#[tokio::test]
async fn apple_is_asked_for_no_scope_that_it_refuses_and_posts_its_answer() {
    let provider = apple();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let left = query(browser.get("/sign-in").await.location());
    assert_eq!((left["scope"].as_str(), left["response_mode"].as_str()), ("openid email", "form_post"));

    let back = provider.leave(&browser, &deployment).await;
    let form = back.split_once('?').expect("a query").1;
    // Another site's form: the browser sends no cookie along.
    let posted = http::Request::post("/sign-in/callback")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://appleid.apple.com");
    let user = "&user=%7B%22name%22%3A1%7D";
    let posted = posted.body(axum::body::Body::from(format!("{form}{user}"))).expect("a request");
    let forwarded = deployment.send(posted).await;
    assert_eq!((forwarded.status.as_u16(), forwarded.location()), (303, back.as_str()));
    let answered = browser.get(forwarded.location()).await;
    assert_outcome(&deployment, "Apple", &answered, Ok(()));
}
