//! The approval page.

use axum::Router;
use axum::extract::{Form, OriginalUri, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use maud::html;
use serde::Deserialize;
use url::Url;

use super::super::{At, log_in};
use super::question::{Fault, Question};
use super::{Approved, Scope};
use crate::pages::page;
use crate::people::Person;

const ADDRESS: &str = "/rest/oauth2/latest/authorize";

pub(super) fn routes() -> Router<At> {
    Router::new().route(ADDRESS, get(ask).post(decide))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decided {
    question: String,
    decision: String,
}

/// 1. An invalid request: an error page (400) or an error response. 2. Nobody is logged in: the log-in page. 3. The page.
async fn ask(State(at): State<At>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let question = match Question::read(&at, query) {
        Ok(question) => question,
        Err(fault) => return refused(&at, *fault),
    };
    match log_in::person(&at, &headers) {
        Some(person) => approval(&at, query, &question, person),
        None => log_in::first(&at, &format!("{ADDRESS}?{query}")),
    }
}

/// The form of the page: the authorization request and the decision. All of it is checked again.
async fn decide(State(at): State<At>, headers: HeaderMap, Form(decided): Form<Decided>) -> Response {
    let question = match Question::read(&at, &decided.question) {
        Ok(question) => question,
        Err(fault) => return refused(&at, *fault),
    };
    let Some(person) = log_in::person(&at, &headers) else {
        return log_in::first(&at, &format!("{ADDRESS}?{}", decided.question));
    };
    let Question { link, scope, state, challenge, back } = question;
    if decided.decision != "allow" {
        return to_the_client(back, state, &[("error", "access_denied")]);
    }
    let approved = Approved { client_id: link.client_id, person, scope, redirect_uri: link.redirect_url };
    let clock = at.clock();
    let code = at.change(|installation| installation.oauth2.allow(approved, challenge, clock));
    to_the_client(back, state, &[("code", &code)])
}

fn refused(at: &At, fault: Fault) -> Response {
    match fault {
        Fault::Told { back, state, error } => to_the_client(back, state, &[("error", error)]),
        Fault::Stranded(sentence) => {
            let content = html! { p { (sentence) } };
            page(&at.world, StatusCode::BAD_REQUEST, "We can't connect the application", false, &content)
        }
    }
}

fn to_the_client(mut back: Url, state: Option<String>, answer: &[(&str, &str)]) -> Response {
    back.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = state {
        back.query_pairs_mut().append_pair("state", &state);
    }
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

fn approval(at: &At, query: &str, question: &Question, person: Person) -> Response {
    let name = &question.link.name;
    let content = html! {
        p.subtle {
            "You are logged in as " strong { (person.name()) } " · "
            a href=(at.path(&log_in::address(&format!("{ADDRESS}?{query}")))) { "Log in as somebody else" }
        }
        p { strong { (name) } " would like to do this on " strong { (at.instance.title()) } ", as you:" }
        ul {
            @for scope in Scope::ALL.into_iter().filter(|scope| *scope <= question.scope) {
                li { (scope.in_plain_words()) " " code.subtle { (scope) } }
            }
        }
        form method="post" action=(at.path(ADDRESS)) {
            input type="hidden" name="question" value=(query);
            div.actions {
                button type="submit" name="decision" value="deny" { "Deny" }
                button.primary type="submit" name="decision" value="allow" { "Allow" }
            }
        }
    };
    page(&at.world, StatusCode::OK, &format!("{name} would like access to Jira"), false, &content)
}
