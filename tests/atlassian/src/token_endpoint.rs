//! `POST /oauth/token`: exchanges codes and refresh tokens for tokens. JSON is documented, a form is accepted too; the
//! client authenticates in the body only. Refusals have the bodies and statuses seen in production.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::codes::{CODE_LIFE, CodeRefusal, Exchange};
use crate::families::{Dead, Family, FreshTokens};
use crate::random;
use crate::settings::{RefusalWords, Settings};
use crate::state::State as Remembered;
use crate::world::{Shared, World};

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/oauth/token", post(answer))
}

#[derive(Debug, Deserialize)]
struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

/// Why there are no tokens.
#[derive(Debug)]
enum Refusal {
    Unreadable(String),
    WrongClient,
    GrantType(String),
    Missing(&'static str),
    Code(CodeRefusal),
    RefreshToken(RefusalWords),
}

/// 1. Unreadable: 400.
/// 2. Wrong client: 401.
/// 3. Unknown grant type or a missing field: 403.
/// 4. Dead code or refresh token: 403.
/// 5. Tokens: 200.
async fn answer(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let tokens = read(&headers, &body).and_then(|request| tokens(&world, &request));
    let (status, body) = match tokens {
        Ok(tokens) => (StatusCode::OK, tokens),
        Err(refusal) => refusal.words(),
    };
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::SERVER, "AtlassianEdge")];
    (status, headers, axum::Json(body)).into_response()
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<TokenRequest, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("application/json") {
        serde_json::from_slice(body).map_err(|error| Refusal::Unreadable(error.to_string()))
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        serde_urlencoded::from_bytes(body).map_err(|error| Refusal::Unreadable(error.to_string()))
    } else {
        Err(Refusal::Unreadable("Content-Type must be application/json".into()))
    }
}

fn tokens(world: &World, request: &TokenRequest) -> Result<Value, Refusal> {
    let client = (request.client_id.as_deref(), request.client_secret.as_deref());
    if client != (Some(&world.options.client_id), Some(&world.options.client_secret)) {
        return Err(Refusal::WrongClient);
    }
    match request.grant_type.as_deref() {
        Some("authorization_code") => world.change(|state| exchange(state, request)),
        Some("refresh_token") => world.change(|state| refresh(state, request)),
        Some(other) => Err(Refusal::GrantType(other.to_owned())),
        None => Err(Refusal::Missing("grant_type")),
    }
}

fn exchange(state: &mut Remembered, request: &TokenRequest) -> Result<Value, Refusal> {
    let now = state.now();
    let shown = Exchange {
        code: request.code.as_deref().ok_or(Refusal::Missing("code"))?,
        redirect_uri: request.redirect_uri.as_deref(),
        verifier: request.code_verifier.as_deref(),
        verifies_pkce: state.settings.verifies_pkce,
        life: CODE_LIFE,
    };
    let birth = state.codes.spend(shown, now).map_err(Refusal::Code)?;
    let fresh = fresh(&state.settings);
    let life = fresh.life;
    Ok(in_json(state.families.begin(birth, fresh, now), life, true))
}

fn refresh(state: &mut Remembered, request: &TokenRequest) -> Result<Value, Refusal> {
    let presented = request.refresh_token.as_deref().ok_or(Refusal::Missing("refresh_token"))?;
    let (now, fresh, keeps) = (state.now(), fresh(&state.settings), state.settings.keeps_refresh_tokens);
    let life = fresh.life;
    let family = if keeps {
        state.families.refresh_without_rotation(presented, fresh, now)
    } else {
        state.families.refresh(presented, fresh, now)
    };
    let words = state.settings.refusal_words;
    family.map(|family| in_json(family, life, !keeps)).map_err(|Dead| Refusal::RefreshToken(words))
}

fn fresh(settings: &Settings) -> FreshTokens {
    let life = Duration::from_secs(settings.access_token_life);
    FreshTokens { access_token: random::token(), refresh_token: random::token(), life }
}

fn in_json(family: &Family, life: Duration, with_refresh_token: bool) -> Value {
    let pair = family.newest();
    let mut tokens = json!({
        "access_token": pair.access_token,
        "expires_in": life.as_secs(),
        "scope": family.scopes.join(" "),
        "token_type": "Bearer",
    });
    if let Some(refresh_token) = pair.refresh_token.as_ref().filter(|_| with_refresh_token) {
        tokens["refresh_token"] = json!(refresh_token);
    }
    tokens
}

impl Refusal {
    fn words(self) -> (StatusCode, Value) {
        let forbidden = StatusCode::FORBIDDEN;
        let (status, error, description) = match self {
            Self::Unreadable(why) => (StatusCode::BAD_REQUEST, "invalid_request", why),
            Self::WrongClient => (StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized".into()),
            Self::GrantType(given) => (forbidden, "unsupported_grant_type", format!("Unsupported grant type: {given}")),
            Self::Missing(name) => (forbidden, "invalid_request", format!("Missing required parameter: {name}")),
            Self::Code(refusal) => (forbidden, "invalid_grant", code_words(refusal).into()),
            Self::RefreshToken(words) => {
                let (error, description) = refresh_words(words);
                (forbidden, error, description.into())
            }
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}

fn code_words(refusal: CodeRefusal) -> &'static str {
    match refusal {
        CodeRefusal::UnknownUsedOrExpired => "Invalid authorization code",
        CodeRefusal::OtherRedirect => "The redirect URI is wrong.",
        CodeRefusal::WrongVerifier => "Failed to verify code verifier",
    }
}

fn refresh_words(words: RefusalWords) -> (&'static str, &'static str) {
    match words {
        RefusalWords::UnknownOrInvalid => ("invalid_grant", "Unknown or invalid refresh token."),
        RefusalWords::RefreshTokenIsInvalid => ("unauthorized_client", "refresh_token is invalid"),
        RefusalWords::ExpiredOrRevoked => ("invalid_grant", "Token has been expired or revoked."),
    }
}
