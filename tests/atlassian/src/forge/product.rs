//! What a frame of the app asks the Jira of its own site through the bridge, as whoever looks. It costs none of the app's points.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::json;

use crate::jira::{self, Asked, Visitor, Where};
use crate::people::Person;
use crate::sites::HARBOUR;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/forge/jira", post(ask))
}

#[derive(Deserialize)]
struct Asking {
    person: String,
    method: String,
    /// Path and query at the site.
    path: String,
}

/// Nobody who is logged in, or who has no access to this Jira, gets an answer.
async fn ask(State(world): State<Shared>, Query(asking): Query<Asking>, headers: HeaderMap, body: Bytes) -> Response {
    let Asking { person, method, path } = asking;
    let site = world.read(|state| state.site(HARBOUR).cloned());
    let person = Person::by_slug(&person);
    let (Some(site), Some(person)) = (site, person) else { return StatusCode::UNAUTHORIZED.into_response() };
    if !site.people.contains(&person) {
        return (StatusCode::FORBIDDEN, Json(json!({ "errorMessages": ["You have no access to this site."] })))
            .into_response();
    }
    let Ok(method) = Method::from_bytes(method.as_bytes()) else { return StatusCode::BAD_REQUEST.into_response() };
    let upload = jira::upload::Upload::read(&headers, &body).await;
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let asked = Asked { method: &method, path: path.trim_start_matches('/'), query, body: &body, upload: &upload };
    let visitor = Visitor::at_site(&world, site.url.clone(), person, &site);
    let (head, body) = jira::api::answer(&world, Where::Site(&site), visitor, &asked).into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    (head.status, [("content-type", "application/json")], body).into_response()
}
