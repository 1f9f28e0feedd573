//! The invocation token: nothing but a genuine one opens anything.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{super::world::Deployment, APP, call, claims, deployment, key, publish, sign, token, told, with_app};

const RENDERS: &str = "/forge/v1/renders";

async fn connected() -> Deployment {
    let deployment = deployment();
    deployment.ada().await.connect("Staging").await;
    deployment
}

/// What a request with this token is answered, and why.
async fn answer(deployment: &Deployment, path: &str, token: &str) -> (StatusCode, String) {
    let answered = call(deployment, Method::POST, path, token, &json!({"charts": []})).await;
    let why = if answered.status.is_success() { String::new() } else { answered.json()["detail"].to_string() };
    (answered.status, why)
}

fn with(deployment: &Deployment, changes: &[(&str, Value)]) -> Value {
    let mut all = claims(deployment, Some("max"));
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let parent = all.pointer_mut(parent).expect("it is there").as_object_mut().expect("an object");
        if value.is_null() {
            parent.remove(name);
        } else {
            parent.insert(name.to_owned(), value.clone());
        }
    }
    all
}

#[tokio::test]
async fn a_genuine_token_is_taken() {
    let deployment = connected().await;
    for (what, changes) in [
        ("as it is", vec![]),
        ("a list of one audience", vec![("/aud", json!([APP]))]),
        (
            "a site that only the context's name has",
            vec![("/app/installation/contexts", json!([{"name": "ari:cloud:jira::site/one"}]))],
        ),
        (
            "two products of a site",
            vec![("/app/installation/contexts", json!([{"cloudId": "one"}, {"cloudId": "two"}]))],
        ),
        ("an anonymous reader", vec![("/principal", Value::Null), ("/context/accountId", Value::Null)]),
        ("claims that nobody knows", vec![("/new", json!({"a": 1}))]),
    ] {
        let (status, why) = answer(&deployment, RENDERS, &token(&with(&deployment, &changes))).await;
        assert_eq!(status, StatusCode::OK, "{what}: {why}");
    }
}

#[tokio::test]
async fn broken_tokens_are_refused_each_for_its_own_reason() {
    let deployment = connected().await;
    let now = claims(&deployment, None)["iat"].as_i64().expect("a time");
    let good = token(&claims(&deployment, Some("max")));
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (head, body) = signed.split_once('.').expect("two parts");
    let forged = URL_SAFE_NO_PAD.encode(claims(&deployment, Some("ada")).to_string());
    let headed = |head: Value| sign(&head, &claims(&deployment, Some("max")));
    let kid = "forge/invocation-token/1";
    let text = [
        ("none", String::new(), "it is no token"),
        ("one part", head.to_owned(), "it is no token"),
        ("two parts", signed.to_owned(), "it is no token"),
        ("four parts", format!("{good}.x"), "it is no token"),
        ("an API key", "cw_0123456789012345678901234567890123456789012".to_owned(), "it is no token"),
        ("padding", format!("{good}=="), "it is no token"),
        ("an endless one", "a".repeat(17_000), "it is too long"),
        ("no signature", format!("{signed}."), "its signature"),
        ("the signature of another", format!("{head}.{forged}.{signature}"), "its signature"),
        ("a cut signature", good[..good.len() - 2].to_owned(), "its signature"),
        (
            "an unsigned one",
            format!("{}.{body}.", URL_SAFE_NO_PAD.encode(json!({"alg": "none", "kid": kid}).to_string())),
            "not signed with RS256",
        ),
        ("HMAC with the public key", headed(json!({"alg": "HS256", "kid": kid})), "not signed with RS256"),
        ("another RSA algorithm", headed(json!({"alg": "PS256", "kid": kid})), "not signed with RS256"),
        ("no key id", headed(json!({"alg": "RS256"})), "it is no token"),
        ("an unknown key", headed(json!({"alg": "RS256", "kid": "forge/invocation-token/2"})), "names a key"),
        ("another kind of token", headed(json!({"alg": "RS256", "kid": kid, "typ": "at+jwt"})), "of another kind"),
        ("critical extensions", headed(json!({"alg": "RS256", "kid": kid, "crit": ["b64"]})), "of another kind"),
        ("claims that are no object", sign(&json!({"alg": "RS256", "kid": kid}), &json!("max")), "cannot be read"),
    ];
    let installation = |id: &str, site: &str| json!({"id": id, "contexts": [{"cloudId": site}]});
    let claimed = [
        ("another issuer", vec![("/iss", json!("https://id.atlassian.com"))], "another issuer"),
        ("another app", vec![("/aud", json!("ari:cloud:ecosystem::app/other"))], "for another app"),
        ("two audiences", vec![("/aud", json!([APP, "ari:cloud:ecosystem::app/other"]))], "for another app"),
        ("an app within", vec![("/app/id", json!("ari:cloud:ecosystem::app/other"))], "for another app"),
        ("another environment", vec![("/app/environment/type", json!("DEVELOPMENT"))], "another environment"),
        ("expired", vec![("/iat", json!(now - 60)), ("/exp", json!(now - 5))], "it has expired"),
        ("of tomorrow", vec![("/nbf", json!(now + 60))], "not valid yet"),
        ("issued tomorrow", vec![("/iat", json!(now + 60)), ("/exp", json!(now + 85))], "not valid yet"),
        ("for a day", vec![("/exp", json!(now + 86_400))], "it lives too long"),
        ("without an end", vec![("/exp", Value::Null)], "cannot be read"),
        ("without an id", vec![("/jti", json!(""))], "empty or too long"),
        (
            "two installations",
            vec![("/app/installationId", json!("ari:cloud:ecosystem::installation/other"))],
            "two installations",
        ),
        ("no installation", vec![("/app/installation", Value::Null)], "cannot be read"),
        ("no site", vec![("/app/installation/contexts", json!([]))], "names no site"),
        (
            "another site",
            vec![("/app/installation", installation(super::INSTALLATION, "two"))],
            "not one of the installation",
        ),
        ("two accounts", vec![("/context/accountId", json!("ada"))], "two accounts"),
        ("an isolated cloud", vec![("/app/icLabel", json!("gov"))], "isolated cloud"),
        ("a module of somebody else", vec![("/context/moduleKey", json!("other-macro"))], "may not ask"),
        ("what the platform tells", vec![("/context", Value::Null)], "may not ask"),
    ];
    let of_claims = claimed.map(|(what, changes, why)| (what, token(&with(&deployment, &changes)), why));
    let all: Vec<_> = text.into_iter().chain(of_claims).collect();
    assert!(all.len() >= 30, "{}", all.len());
    for (what, token, reason) in all {
        let (status, why) = answer(&deployment, RENDERS, &token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}: {why}");
        assert!(why.contains(reason), "{what}: {why}");
    }
    let (status, _) = answer(&deployment, RENDERS, &good).await;
    assert_eq!(status, StatusCode::OK, "the good one");
}

#[tokio::test]
async fn clocks_may_be_five_seconds_apart() {
    let deployment = connected().await;
    let early = claims(&deployment, Some("max"));
    deployment.world.clock.advance(Duration::from_secs(29));
    assert_eq!(answer(&deployment, RENDERS, &token(&early)).await.0, StatusCode::OK);
    deployment.world.clock.advance(Duration::from_secs(1));
    assert_eq!(answer(&deployment, RENDERS, &token(&early)).await.0, StatusCode::UNAUTHORIZED);
    let now = claims(&deployment, None)["iat"].as_i64().expect("a time");
    let ahead = with(&deployment, &[("/iat", json!(now + 5)), ("/nbf", json!(now + 5))]);
    assert_eq!(answer(&deployment, RENDERS, &token(&ahead)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn neither_a_cookie_nor_an_api_key_opens_what_a_token_opens() {
    let deployment = connected().await;
    let ada = deployment.ada().await;
    let by_cookie = ada.post(RENDERS, &json!({"charts": []})).await;
    assert_eq!((by_cookie.status, by_cookie.code().as_str()), (StatusCode::UNAUTHORIZED, "invocation_refused"));
}

#[tokio::test]
async fn each_module_may_ask_for_its_own_only() {
    let deployment = connected().await;
    for (path, module, expected) in [
        ("/forge/v1/lifecycle", "life", StatusCode::OK),
        ("/forge/v1/lifecycle", "leaving", StatusCode::UNAUTHORIZED),
        ("/forge/v1/uninstalling", "life", StatusCode::UNAUTHORIZED),
        (RENDERS, "life", StatusCode::UNAUTHORIZED),
        ("/forge/v1/uninstalling", "leaving", StatusCode::OK),
    ] {
        let (status, why) = answer(&deployment, path, &token(&told(&deployment, module))).await;
        assert_eq!(status, expected, "{path} by {module}: {why}");
    }
    let reader = token(&claims(&deployment, Some("max")));
    assert_eq!(answer(&deployment, "/forge/v1/uninstalling", &reader).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_one_that_is_new() {
    let deployment = connected().await;
    let fetched = || deployment.world.asked.borrow().iter().filter(|one| one.uri().path() == "/jwks.json").count();
    for _ in 0..3 {
        assert_eq!(answer(&deployment, RENDERS, &token(&claims(&deployment, Some("max")))).await.0, StatusCode::OK);
    }
    assert_eq!(fetched(), 1);
    let head = json!({"alg": "RS256", "kid": "forge/invocation-token/2"});
    for _ in 0..3 {
        let newer = sign(&head, &claims(&deployment, Some("max")));
        assert_eq!(answer(&deployment, RENDERS, &newer).await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(fetched(), 1, "they are a moment old");
    deployment.world.clock.advance(Duration::from_mins(2));
    publish(&deployment, &json!([key("forge/invocation-token/2")]));
    let newer = sign(&head, &claims(&deployment, Some("max")));
    assert_eq!(answer(&deployment, RENDERS, &newer).await.0, StatusCode::OK);
    assert_eq!(fetched(), 2);
}

#[tokio::test]
async fn without_an_app_nothing_is_served_and_a_malformed_one_is_named() {
    let deployment = Deployment::new();
    let (status, why) = answer(&deployment, RENDERS, "x").await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && why.contains("FORGE_APP_ID"), "{why}");
    assert!(!deployment.stranger().get("/healthz").await.body.contains("FORGE"), "an app is optional");
    for (name, value) in [
        ("FORGE_APP_ID", "3f6f1c1e"),
        ("FORGE_JWKS_URL", "http://keys.example/jwks.json"),
        ("FORGE_ENVIRONMENT", "live"),
        ("FORGE_SITES", "https://one.atlassian.net"),
    ] {
        let get = |asked| if asked == name { Some(value.to_owned()) } else { with_app(asked) };
        let health = Deployment::with(get).stranger().get("/healthz").await.body;
        assert!(health.contains(name), "{name}: {health}");
    }
}
