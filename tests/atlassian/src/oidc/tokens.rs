//! `POST /oidc/token`: exchanges the issuer's codes for ID tokens. The client authenticates in the header or the body.

use std::time::Duration;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{SignIn, SignInSession, id_token};
use crate::codes::{CODE_LIFE, Exchange};
use crate::random;
use crate::world::{Shared, World};

const LIFE: Duration = Duration::from_hours(1);

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/oidc/token", post(answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Wrong client: 401 `invalid_client`. Other grant types: 400. A code that is unknown or used: 400 `invalid_grant`.
async fn answer(State(world): State<Shared>, headers: HeaderMap, Form(request): Form<TokenRequest>) -> Response {
    let (status, body) = match tokens(&world, &headers, &request) {
        Ok(tokens) => (StatusCode::OK, tokens),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn tokens(world: &World, headers: &HeaderMap, request: &TokenRequest) -> Result<Value, (StatusCode, &'static str)> {
    let in_body = request.client_id.clone().zip(request.client_secret.clone());
    let (id, secret) = basic(headers).or(in_body).ok_or((StatusCode::UNAUTHORIZED, "invalid_client"))?;
    if (id, secret) != (world.options.oidc_client_id.clone(), world.options.oidc_client_secret.clone()) {
        return Err((StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    if request.grant_type != "authorization_code" {
        return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let sign_in = world.change(|state| {
        let (redirect_uri, verifier) = (request.redirect_uri.as_deref(), request.code_verifier.as_deref());
        let shown = Exchange { code: &request.code, redirect_uri, verifier, verifies_pkce: true, life: CODE_LIFE };
        state.sign_in_codes.spend(shown, state.clock.now())
    });
    let sign_in = sign_in.map_err(|_| (StatusCode::BAD_REQUEST, "invalid_grant"))?;
    Ok(in_json(world, sign_in))
}

fn in_json(world: &World, sign_in: SignIn) -> Value {
    let (access_token, id_token) = (random::opaque(32), id_token::for_sign_in(world, &sign_in));
    let scope = sign_in.scopes.join(" ");
    world.change(|state| {
        let expires = state.now().plus(LIFE);
        state.sign_ins.insert(access_token.clone(), SignInSession { sign_in, expires });
    });
    json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": LIFE.as_secs(),
        "scope": scope,
        "id_token": id_token,
    })
}

/// Client id and secret of `Authorization: Basic`, each form-encoded first (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let pair = format!("={text}");
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
}
