//! Who is logged in to Atlassian in this browser. An app cannot choose that; a person can switch.

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, http::HeaderMap};
use http::{StatusCode, header};
use maud::html;
use serde::Deserialize;

use crate::pages::{page, people_to_choose};
use crate::people::Person;
use crate::random;
use crate::world::{Shared, World};

const COOKIE: &str = "model-atlassian-account";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/login", get(show).post(log_in))
}

#[derive(Debug, Deserialize)]
struct Destination {
    #[serde(default, rename = "continue")]
    next: String,
}

#[derive(Debug, Deserialize)]
struct LogIn {
    #[serde(rename = "continue")]
    next: String,
    person: String,
}

/// The person whose cookie this is.
pub(super) fn person(world: &World, headers: &HeaderMap) -> Option<Person> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    world.read(|state| state.log_ins.get(value).copied())
}

/// To the log-in page, and from there on to `next`.
pub(super) fn first(next: &str) -> Response {
    Redirect::to(&address(next)).into_response()
}

/// The address of the log-in page that goes on to `next`.
pub(super) fn address(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("continue", next).finish();
    format!("/login?{query}")
}

async fn show(State(world): State<Shared>, Query(Destination { next }): Query<Destination>) -> Response {
    let content = html! {
        p { "Choose whose Atlassian account this browser uses." }
        form method="post" action="/login" {
            input type="hidden" name="continue" value=(next);
            (people_to_choose(&world))
        }
    };
    page(&world, StatusCode::OK, "Log in to Atlassian", false, &content)
}

async fn log_in(State(world): State<Shared>, Form(LogIn { next, person }): Form<LogIn>) -> Response {
    let Some(person) = Person::by_slug(&person) else {
        return (StatusCode::BAD_REQUEST, "There is no such person.").into_response();
    };
    let cookie = random::opaque(24);
    world.change(|state| state.log_ins.insert(cookie.clone(), person));
    let set = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
    let next = if next.starts_with("/authorize?") { next } else { "/model".into() };
    ([(header::SET_COOKIE, set)], Redirect::to(&next)).into_response()
}
