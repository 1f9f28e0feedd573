//! `token` and `revoke`: forms only, with client id and secret in the body.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::grants::{Oauth2Grant, Shown};
use super::{At, CODE_LIFE};
use crate::codes::Exchange;

pub(super) fn routes() -> Router<At> {
    Router::new().route("/rest/oauth2/latest/token", post(token)).route("/rest/oauth2/latest/revoke", post(revoke))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    grant_type: String,
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: String,
    token: String,
}

/// Why there are no tokens.
#[derive(Clone, Copy, Debug)]
enum Refusal {
    NotAForm,
    WrongClient,
    GrantType,
    Grant,
}

/// 1. Anything but a form: 500.
/// 2. Wrong client id or secret: 401 `invalid_client`.
/// 3. Another grant type: 400 `unsupported_grant_type`.
/// 4. A code or refresh token that is invalid for any reason: 400 and `invalid_grant` without a description.
/// 5. Tokens: 200.
async fn token(State(at): State<At>, headers: HeaderMap, body: Bytes) -> Response {
    let tokens = read(&at, &headers, &body).and_then(|asked| match asked.grant_type.as_str() {
        "authorization_code" => exchange(&at, &asked).ok_or(Refusal::Grant),
        "refresh_token" => refresh(&at, &asked).ok_or(Refusal::Grant),
        _ => Err(Refusal::GrantType),
    });
    let (status, body) = tokens.map_or_else(Refusal::words, |grant| (StatusCode::OK, in_json(&grant)));
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// 200 whether there was such a token or not (RFC 7009).
async fn revoke(State(at): State<At>, headers: HeaderMap, body: Bytes) -> Response {
    match read(&at, &headers, &body) {
        Ok(asked) => {
            at.change(|installation| {
                let shown = |grant: &Oauth2Grant| [&grant.access_token, &grant.refresh_token].contains(&&asked.token);
                installation.oauth2.grants.end(|grant| grant.client_id == asked.client_id && shown(grant));
            });
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            let (status, body) = refusal.words();
            (status, Json(body)).into_response()
        }
    }
}

fn read(at: &At, headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::NotAForm);
    }
    let asked: Asked = serde_urlencoded::from_bytes(body).map_err(|_| Refusal::NotAForm)?;
    let link = at.read(|installation| installation.oauth2.links.of(&asked.client_id).cloned());
    match link {
        Some(link) if link.client_secret == asked.client_secret => Ok(asked),
        _ => Err(Refusal::WrongClient),
    }
}

fn exchange(at: &At, asked: &Asked) -> Option<Oauth2Grant> {
    let (redirect_uri, verifier) = (asked.redirect_uri.as_deref(), asked.code_verifier.as_deref());
    let shown = Exchange { code: &asked.code, redirect_uri, verifier, verifies_pkce: true, life: CODE_LIFE };
    let clock = at.clock();
    at.change(|installation| {
        let life = Duration::from_secs(installation.settings.access_token_life);
        let approved = installation.oauth2.codes.spend(shown, clock).ok()?;
        if approved.client_id != asked.client_id || !installation.accounts.is_active(approved.person) {
            return None;
        }
        Some(installation.oauth2.grants.begin(approved, life, clock))
    })
}

fn refresh(at: &At, asked: &Asked) -> Option<Oauth2Grant> {
    let redirect_uri = asked.redirect_uri.as_deref();
    let shown = Shown { client_id: &asked.client_id, refresh_token: &asked.refresh_token, redirect_uri };
    let clock = at.clock();
    at.change(|installation| {
        let life = Duration::from_secs(installation.settings.access_token_life);
        installation.oauth2.grants.refresh(&shown, life, clock)
    })
}

fn in_json(grant: &Oauth2Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires.since(grant.issued).as_secs(),
        "refresh_token": grant.refresh_token,
        "created_at": grant.issued.0,
        "scope": grant.scope,
    })
}

impl Refusal {
    fn words(self) -> (StatusCode, Value) {
        match self {
            Self::NotAForm => {
                let message = "The @FormParam is utilized when the content type of the request entity is not \
                               application/x-www-form-urlencoded";
                (StatusCode::INTERNAL_SERVER_ERROR, json!({ "message": message, "status-code": 500 }))
            }
            Self::WrongClient => (
                StatusCode::UNAUTHORIZED,
                json!({ "error": "invalid_client", "error_description": "Client authentication failed" }),
            ),
            Self::GrantType => (StatusCode::BAD_REQUEST, json!({ "error": "unsupported_grant_type" })),
            Self::Grant => (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" })),
        }
    }
}
