//! The approval page, and the page with the verification code of a consumer without a callback.

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use maud::html;
use serde::Deserialize;
use url::Url;

use super::super::{At, log_in};
use super::tokens::RequestToken;
use crate::pages::page;
use crate::people::Person;

pub(super) fn routes() -> Router<At> {
    Router::new().route("/plugins/servlet/oauth/authorize", get(ask).post(decide))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    oauth_token: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decided {
    oauth_token: String,
    decision: String,
}

/// 1. No such request token: a page that never redirects. 2. Nobody is logged in: the log-in page. 3. *Allow* or *Deny*.
async fn ask(State(at): State<At>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let Some(token) = open(&at, &asked.oauth_token) else { return nothing_to_decide(&at) };
    match log_in::person(&at, &headers) {
        Some(person) => approval(&at, &token, person),
        None => log_in::first(&at, &address(&token)),
    }
}

async fn decide(State(at): State<At>, headers: HeaderMap, Form(decided): Form<Decided>) -> Response {
    let Some(token) = open(&at, &decided.oauth_token) else { return nothing_to_decide(&at) };
    let Some(person) = log_in::person(&at, &headers) else { return log_in::first(&at, &address(&token)) };
    let clock = at.clock();
    let verifier = at.change(|installation| {
        let tokens = &mut installation.oauth1.tokens;
        if decided.decision == "approve" {
            return tokens.allow(&token.token, person, clock);
        }
        tokens.deny(&token.token, clock);
        None
    });
    match &token.callback {
        Some(callback) => back(&at, callback, &token, verifier.as_deref().unwrap_or("denied")),
        None => to_be_copied(&at, &token, verifier.as_deref()),
    }
}

fn open(at: &At, token: &str) -> Option<RequestToken> {
    let clock = at.clock();
    at.read(|installation| installation.oauth1.tokens.open(token, clock).cloned())
}

fn address(token: &RequestToken) -> String {
    format!("/plugins/servlet/oauth/authorize?oauth_token={}", token.token)
}

fn approval(at: &At, token: &RequestToken, person: Person) -> Response {
    let consumer = consumer(at, token);
    let content = html! {
        p.subtle {
            "You are logged in as " strong { (person.name()) } " · "
            a href=(at.path(&log_in::address(&address(token)))) { "Log in as somebody else" }
        }
        p {
            strong { (consumer) } " would like to have read and write access to your data on "
            strong { (at.instance.title()) } "."
        }
        form method="post" action=(at.path("/plugins/servlet/oauth/authorize")) {
            input type="hidden" name="oauth_token" value=(token.token);
            div.actions {
                button type="submit" name="decision" value="deny" { "Deny" }
                button.primary type="submit" name="decision" value="approve" { "Allow" }
            }
        }
    };
    page(&at.world, StatusCode::OK, &format!("Authorize {consumer}"), false, &content)
}

fn consumer(at: &At, token: &RequestToken) -> String {
    let link = at.read(|installation| installation.oauth1.links.of(&token.consumer_key).cloned());
    link.map_or_else(|| token.consumer_key.clone(), |link| link.consumer_name)
}

/// Redirects to the consumer. A denial is `oauth_verifier=denied`.
fn back(at: &At, callback: &str, token: &RequestToken, verifier: &str) -> Response {
    let swapped = at.read(|installation| installation.settings.calls_back_with.clone());
    let token = swapped.as_deref().unwrap_or(&token.token);
    match Url::parse(callback) {
        Ok(mut target) => {
            target.query_pairs_mut().extend_pairs([("oauth_token", token), ("oauth_verifier", verifier)]);
            (StatusCode::FOUND, [(header::LOCATION, target.to_string())]).into_response()
        }
        Err(_) => nothing_to_decide(at),
    }
}

fn to_be_copied(at: &At, token: &RequestToken, verifier: Option<&str>) -> Response {
    let consumer = consumer(at, token);
    let Some(verifier) = verifier else {
        let content = html! { p { "You have denied access to " strong { (consumer) } ". It was given nothing." } };
        return page(&at.world, StatusCode::OK, "Access denied", false, &content);
    };
    let content = html! {
        p { "You have successfully authorized " strong { (consumer) } "." }
        p { "Your verification code is " code id="verification-code" { (verifier) } "." }
        p {
            "You will need to enter this exact text when prompted. You should write this value down before closing the "
            "browser window."
        }
    };
    page(&at.world, StatusCode::OK, "Access approved", false, &content)
}

fn nothing_to_decide(at: &At) -> Response {
    let content = html! {
        p { "The request token is invalid: nobody asked with it, it was used, or more than ten minutes have passed." }
    };
    page(&at.world, StatusCode::BAD_REQUEST, "Something went wrong", false, &content)
}
