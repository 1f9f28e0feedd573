//! The media host, which has the bytes of Cloud's attachments. Whoever has an address that Jira signed may read them, for
//! ten minutes and without a credential.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use serde::Deserialize;

use super::api::Where;
use super::attachments;
use crate::clock::Moment;
use crate::signing;
use crate::sites::Site;
use crate::world::{Shared, World};

/// How many seconds an address works.
const LIFE: u64 = 600;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/media/{site}/{id}", get(read))
}

#[derive(Debug, Deserialize)]
struct Signed {
    expires: u64,
    token: String,
}

/// Where the bytes of an attachment can be read from now on.
pub(super) fn address(world: &World, site: &Site, id: &str) -> String {
    let expires = world.now().0 + LIFE;
    format!("{}/media/{}/{id}?expires={expires}&token={}", world.url(), site.id, token(world, &site.id, id, expires))
}

async fn read(
    State(world): State<Shared>,
    Path((site, id)): Path<(String, String)>,
    Query(signed): Query<Signed>,
) -> Response {
    let is_ours = signed.token == token(&world, &site, &id, signed.expires);
    if !is_ours || world.now() > Moment(signed.expires) {
        return (StatusCode::FORBIDDEN, "The signature of this address is not valid, or no longer.").into_response();
    }
    let known = world.read(|state| state.site(&site).cloned());
    let found = known.and_then(|site| bytes(&world, Where::Site(&site), &id));
    found.unwrap_or_else(|| attachments::not_found(&id).into_response())
}

/// The bytes, whoever asks: those of an uploaded file or of one that the settings make up.
pub(super) fn bytes(world: &World, place: Where<'_>, id: &str) -> Option<Response> {
    let made_up = id.parse().ok().and_then(|id: u64| world.read(|state| state.settings.attachments.get(&id).copied()));
    let uploaded = || {
        let found = world.read(|state| attachments::by_id(place.of(state)?, id).cloned());
        found.as_ref().map(attachments::uploaded)
    };
    made_up.map(attachments::content).or_else(uploaded)
}

fn token(world: &World, site: &str, id: &str, expires: u64) -> String {
    signing::signature(&format!("{site}/{id}/{expires}"), &world.options.client_secret)
}
