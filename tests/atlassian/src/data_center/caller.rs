//! The caller of a request: by password, token or cookie, or anonymous.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::accounts::SignIn;
use super::{At, Scope, log_in, oauth1};
use crate::people::Person;
use crate::resources::basic;

/// The caller of a request.
#[derive(Debug)]
pub(super) enum Identified {
    As(Caller),
    Nobody,
    /// A credential was sent, and it is wrong.
    Mistaken,
    /// The request is answered already.
    Refused(Response),
}

/// An authenticated person, and the scope of their credential.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) person: Person,
    pub(super) scope: Scope,
}

impl Caller {
    fn with_everything(person: Person) -> Self {
        Self { person, scope: Scope::SystemAdmin }
    }
}

const REASON: &str = "x-seraph-loginreason";

/// The `Authorization` header decides; without one, the cookie of the log-in page.
pub(super) fn identify(at: &At, head: &Parts, body: &[u8]) -> Identified {
    let shown = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match shown.split_once(' ') {
        Some(("Basic", _)) => by_password(at, basic(&head.headers).unwrap_or_default()),
        Some(("Bearer", token)) => by_token(at, token),
        Some(("OAuth", _)) => match oauth1::caller(at, head, body) {
            Ok(person) => Identified::As(Caller::with_everything(person)),
            Err(problem) => Identified::Refused(problem.answer(at)),
        },
        _ => log_in::person(at, &head.headers)
            .map_or(Identified::Nobody, |person| Identified::As(Caller::with_everything(person))),
    }
}

/// 1. Passwords are not accepted: 403. 2. A CAPTCHA is required: 403 or 401, with the address of the log-in page.
fn by_password(at: &At, (name, password): (String, String)) -> Identified {
    if !at.read(|installation| installation.settings.takes_basic()) {
        let message = json!({ "message": "Basic Authentication has been disabled on this instance." });
        return Identified::Refused((StatusCode::FORBIDDEN, Json(message)).into_response());
    }
    if let Some(person) = at.read(|installation| installation.accounts.known(&name, &password)) {
        return Identified::As(Caller::with_everything(person));
    }
    let outcome = at.change(|installation| {
        let captcha_after = installation.settings.captcha_after;
        installation.accounts.sign_in(&name, &password, captcha_after)
    });
    match outcome {
        SignIn::Is(person) => Identified::As(Caller::with_everything(person)),
        SignIn::Failed => Identified::Mistaken,
        SignIn::Challenged => Identified::Refused(challenged(at)),
    }
}

fn by_token(at: &At, token: &str) -> Identified {
    let now = at.clock();
    let caller = at.read(|installation| {
        let of_a_person = installation.personal_access_tokens.opened_by(token, now).map(Caller::with_everything);
        let of_a_client = || installation.oauth2.grants.opened_by(token, now);
        let caller = of_a_person.or_else(|| of_a_client().map(|(person, scope)| Caller { person, scope }))?;
        installation.accounts.is_active(caller.person).then_some(caller)
    });
    caller.map_or(Identified::Mistaken, Identified::As)
}

fn challenged(at: &At) -> Response {
    let status = at.read(|installation| installation.settings.captcha_status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let mut response = basic_failure(status, "AUTHENTICATION_DENIED");
    let login = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", at.base_url());
    if let Ok(login) = HeaderValue::from_str(&login) {
        response.headers_mut().insert("x-authentication-denied-reason", login);
    }
    response
}

/// The page that a refused sign-in gets, with the reason in the header too.
pub(super) fn basic_failure(status: StatusCode, reason: &'static str) -> Response {
    let html = format!(
        "<!doctype html><html><head><title>{0} ({1})</title></head><body><h1>Encountered a \"{1} - {0}\" error while \
         loading this page.</h1><p>Basic Authentication Failure - Reason : {reason}</p></body></html>",
        status.canonical_reason().unwrap_or_default(),
        status.as_u16(),
    );
    let mut response = (status, [(header::CONTENT_TYPE, "text/html;charset=UTF-8")], html).into_response();
    tell_reason(&mut response, reason);
    response
}

/// `X-Seraph-LoginReason`: `OK`, `AUTHENTICATED_FAILED` or `AUTHENTICATION_DENIED`.
pub(super) fn tell_reason(response: &mut Response, reason: &'static str) {
    response.headers_mut().insert(REASON, HeaderValue::from_static(reason));
}
