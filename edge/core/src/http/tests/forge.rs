//! Charts on pages of Confluence and Jira: the platform's word, and what readers may do with it.

mod browser;
mod consent;
mod delegated;
mod page;
mod tokens;

use std::cell::Cell;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Request};
use openidconnect::{
    PrivateSigningKey as _,
    core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use serde_json::{Value, json};

use super::world::{Answered, Deployment, configured};
use crate::{fakes::FakeResponse, ports::Clock as _};

pub(super) const APP: &str = "ari:cloud:ecosystem::app/3f6f1c1e-0000-4000-8000-000000000000";
const KEYS: &str = "keys.example/jwks.json";
const INSTALLATION: &str = "ari:cloud:ecosystem::installation/one";

/// The configuration of the tests, with a Forge app.
pub(super) fn with_app(name: &'static str) -> Option<String> {
    match name {
        "FORGE_APP_ID" => Some(APP.to_owned()),
        "FORGE_JWKS_URL" => Some(format!("https://{KEYS}")),
        other => configured(other),
    }
}

/// A deployment with a Forge app, whose keys the platform publishes.
pub(super) fn deployment() -> Deployment {
    let deployment = Deployment::with(with_app);
    publish(&deployment, &json!([key("forge/invocation-token/1")]));
    deployment
}

pub(super) fn publish(deployment: &Deployment, keys: &Value) {
    let answer = FakeResponse::json(200, &json!({"keys": keys}).to_string());
    deployment.world.instances.borrow_mut().insert(KEYS.to_owned(), answer);
}

fn signer() -> CoreRsaPrivateSigningKey {
    let pem = include_str!("signing_in/development_only_rsa_key.pem");
    CoreRsaPrivateSigningKey::from_pem(pem, None).expect("a key")
}

/// The public key, under an id.
pub(super) fn key(id: &str) -> Value {
    let mut key = serde_json::to_value(signer().as_verification_key()).expect("JSON");
    key["kid"] = id.into();
    key["alg"] = "RS256".into();
    key["use"] = "sig".into();
    key
}

thread_local! {
    static TOKENS: Cell<u32> = const { Cell::new(0) };
}

/// What the platform says when `account` looks at a page with the macro.
pub(super) fn claims(deployment: &Deployment, account: Option<&str>) -> Value {
    let now = deployment.world.now().as_millis() / 1000;
    let number = TOKENS.replace(TOKENS.get() + 1);
    let mut claims = json!({
        "iss": "forge/invocation-token", "aud": APP, "iat": now, "nbf": now, "exp": now + 25, "jti": format!("jti-{number}"),
        "principal": account,
        "app": {
            "id": APP, "version": "1.0.0", "installationId": INSTALLATION, "apiBaseUrl": "https://api.atlassian.com",
            "environment": {"type": "PRODUCTION", "id": "env"}, "module": {"type": "xen:macro", "key": "jira-chart"},
            "installation": {"id": INSTALLATION, "contexts": [
                {"name": "ari:cloud:confluence::site/one", "apiBaseUrl": "https://api.atlassian.com", "cloudId": "one"},
            ]},
        },
        "context": {
            "cloudId": "one", "localId": "local", "moduleKey": "jira-chart", "siteUrl": "https://one.atlassian.net",
            "environmentType": "PRODUCTION", "accountType": "licensed", "userAccess": {"enabled": true, "hasAccess": true},
            "extension": {"type": "macro", "config": {}, "content": {"id": "98765", "type": "page"}, "space": {"id": "1", "key": "WEB"}},
        },
    });
    if let Some(account) = account {
        claims["context"]["accountId"] = account.into();
    }
    claims
}

/// What the platform says by itself.
pub(super) fn told(deployment: &Deployment, module: &str) -> Value {
    let mut claims = claims(deployment, None);
    claims["app"]["module"] = json!({"type": "core:trigger", "key": module});
    claims.as_object_mut().expect("an object").remove("context");
    claims
}

pub(super) fn sign(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(head), part(claims));
    let signature = signer().sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, message.as_bytes()).expect("signed");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(super) fn token(claims: &Value) -> String {
    sign(&json!({"alg": "RS256", "typ": "JWT", "kid": "forge/invocation-token/1"}), claims)
}

pub(super) async fn call(deployment: &Deployment, method: Method, path: &str, token: &str, body: &Value) -> Answered {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    deployment.send(request.expect("a request")).await
}

/// A reader of a page, whose requests the platform vouches for.
pub(super) struct Page<'d> {
    pub(super) deployment: &'d Deployment,
    pub(super) account: Option<&'static str>,
}

impl Page<'_> {
    pub(super) async fn post(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::POST, path, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        self.call(Method::GET, path, &json!({})).await
    }

    pub(super) async fn call(&self, method: Method, path: &str, body: &Value) -> Answered {
        let token = token(&claims(self.deployment, self.account));
        call(self.deployment, method, path, &token, body).await
    }

    /// The first render of these charts.
    pub(super) async fn renders(&self, charts: &[&str]) -> Value {
        let charts: Vec<Value> = charts.iter().map(|chart| json!({"chart": chart, "width": 500})).collect();
        let answered = self.post("/forge/v1/renders", &json!({"charts": charts})).await;
        assert_eq!(answered.status, http::StatusCode::OK, "{}", answered.body);
        answered.json()["renders"].take()
    }
}
