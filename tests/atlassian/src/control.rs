//! `/model`: the controls over HTTP. `POST /model/commands` takes a command as JSON; each button on the page `/model`
//! sends one.

mod board;
mod data_center;
mod faults;
mod page;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::Command;
use crate::data_center::Instance;
use crate::families::Family;
use crate::recorder::{Endpoint, Recorded};
use crate::world::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/model", get(page::show))
        .route("/model/boards/{site}/{project}", get(board::show))
        .route("/model/play", post(play))
        .route("/model/faults", post(faults::order))
        .route("/model/commands", post(command))
        .route("/model/state", get(state))
        .route("/model/requests", get(requests))
        .merge(data_center::routes())
}

#[derive(Debug, Deserialize)]
struct Played {
    command: String,
    /// The page to return to, if it is not the first.
    #[serde(default)]
    back: Option<String>,
}

/// 204, or 400 with a sentence.
async fn command(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Commands are application/json.").into_response();
    }
    apply(&world, &body).map_or_else(
        |sentence| (StatusCode::BAD_REQUEST, Json(json!({ "error": sentence }))).into_response(),
        |()| StatusCode::NO_CONTENT.into_response(),
    )
}

async fn play(State(world): State<Shared>, Form(Played { command, back }): Form<Played>) -> Response {
    apply(&world, command.as_bytes()).map_or_else(
        |sentence| (StatusCode::BAD_REQUEST, sentence).into_response(),
        |()| {
            Redirect::to(back.as_deref().filter(|page| page.starts_with("/model/")).unwrap_or("/model")).into_response()
        },
    )
}

fn apply(world: &Shared, json: &[u8]) -> Result<(), String> {
    let command: Command = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    command.apply(world)
}

/// The model's state, without tokens.
async fn state(State(world): State<Shared>) -> Json<Value> {
    let faults = world.faults.waiting();
    let token_requests = world.recorder.count(Endpoint::Token);
    Json(world.read(|state| {
        let families: Vec<Value> = state.families.all().iter().map(family).collect();
        json!({
            "now": state.now().as_rfc3339(),
            "ahead_seconds": state.clock.ahead().as_secs(),
            "settings": state.settings,
            "sites": state.sites,
            "people": state.people,
            "consents": state.consents,
            "families": families,
            "faults": faults,
            "token_requests": token_requests,
            "data_centers": Instance::ALL.map(|instance| json!({
                "instance": instance,
                "moved": state.data_centers.of(instance).moved,
                "settings": state.data_centers.of(instance).settings,
            })),
        })
    }))
}

fn family(family: &Family) -> Value {
    json!({
        "person": family.person,
        "sites": family.sites,
        "scopes": family.scopes,
        "generation": family.pairs.len(),
        "born": family.born.as_rfc3339(),
        "last_refreshed": family.last_refreshed.as_rfc3339(),
        "ended": family.ended.map(|(when, cause)| json!({ "when": when.as_rfc3339(), "cause": cause })),
    })
}

/// The newest requests first, without headers and bodies, which may contain tokens.
async fn requests(State(world): State<Shared>) -> Json<Value> {
    let newest_first = world.recorder.requests().into_iter().rev().take(500);
    Json(newest_first.map(|request| brief(&request)).collect())
}

fn brief(request: &Recorded) -> Value {
    json!({
        "endpoint": request.endpoint,
        "method": request.method.as_str(),
        "path": request.path,
        "body_length": request.body_length,
        "outcome": request.outcome,
    })
}
