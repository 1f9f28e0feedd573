//! `request-token` and `access-token`: the endpoints that issue request tokens and access tokens.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header;
use http_body_util::BodyExt;
use url::{Url, form_urlencoded};

use super::super::At;
use super::message::Message;
use super::problem::Problem;
use super::tokens::ACCESS_LIFE;
use super::verification::verify;
use crate::random;

pub(super) fn routes() -> Router<At> {
    Router::new()
        .route("/plugins/servlet/oauth/request-token", post(request_token).get(request_token))
        .route("/plugins/servlet/oauth/access-token", post(access_token).get(access_token))
}

async fn request_token(State(at): State<At>, request: Request) -> Response {
    let message = read(&at, request).await;
    asked(&at, &message).unwrap_or_else(|problem| problem.answer(&at))
}

async fn access_token(State(at): State<At>, request: Request) -> Response {
    let message = read(&at, request).await;
    collected(&at, &message).unwrap_or_else(|problem| problem.answer(&at))
}

async fn read(at: &At, request: Request) -> Message {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Message::read(at, &head, &body)
}

fn asked(at: &At, message: &Message) -> Result<Response, Problem> {
    let consumer_key = verify(at, message)?;
    let callback = match message.demand("oauth_callback")? {
        "oob" => None,
        address if Url::parse(address).is_ok() => Some(address.to_owned()),
        _ => return Err(Problem::ParameterRejected("oauth_callback")),
    };
    let clock = at.clock();
    let token = at.change(|installation| installation.oauth1.tokens.ask(&consumer_key, callback, clock));
    Ok(form(&[
        ("oauth_token", &token),
        ("oauth_token_secret", &random::opaque(24)),
        ("oauth_callback_confirmed", "true"),
    ]))
}

fn collected(at: &At, message: &Message) -> Result<Response, Problem> {
    let consumer_key = verify(at, message)?;
    let (token, verifier) = (message.demand("oauth_token")?, message.get("oauth_verifier"));
    let clock = at.clock();
    let token = at.change(|installation| installation.oauth1.tokens.exchange(&consumer_key, token, verifier, clock))?;
    let (life, session) = (ACCESS_LIFE.as_secs().to_string(), (ACCESS_LIFE.as_secs() + 30 * 86_400).to_string());
    Ok(form(&[
        ("oauth_token", &token),
        ("oauth_token_secret", &random::opaque(24)),
        ("oauth_expires_in", &life),
        ("oauth_session_handle", &random::opaque(24)),
        ("oauth_authorization_expires_in", &session),
    ]))
}

/// A form with the content type `text/plain`, as Jira sends it.
fn form(pairs: &[(&str, &str)]) -> Response {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    ([(header::CONTENT_TYPE, "text/plain;charset=UTF-8"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}
