//! What a token reaches and whose it is: `/oauth/token/accessible-resources` and `/me`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use crate::settings::Resources;
use crate::sites::Site;
use crate::state::Access;
use crate::world::{Shared, World};

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/oauth/token/accessible-resources", get(accessible_resources)).route("/me", get(me))
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Name and password of an `Authorization: Basic` header.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// 401 with the gateway's body.
pub(crate) fn unauthorized(message: &str) -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, "OAuth realm=\"https%3A%2F%2Fapi.atlassian.com\"")];
    (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "code": 401, "message": message }))).into_response()
}

/// What the gateway says to a token that works for something else.
pub(crate) const SCOPE_MISMATCH: &str = "Unauthorized; scope does not match";

async fn accessible_resources(State(world): State<Shared>, headers: HeaderMap) -> Response {
    let access = bearer(&headers).and_then(|token| world.read(|state| state.access(token)));
    access.map_or_else(|| unauthorized("Unauthorized"), |access| Json(resources(&world, &access)).into_response())
}

fn resources(world: &World, access: &Access) -> Value {
    let sites = match world.read(|state| state.settings.resources.clone()) {
        Resources::Raw(json) => return json,
        Resources::AsGranted => access.sites.clone(),
        Resources::Only(ids) => world.read(|state| ids.iter().filter_map(|id| state.site(id).cloned()).collect()),
    };
    let mut entries: Vec<Value> = sites.iter().flat_map(|site| products(world, site, access)).collect();
    let count = entries.len().max(1);
    entries.rotate_left(world.next_resource_call() % count);
    Value::Array(entries)
}

/// One entry per product of the site, with that product's scopes only. The Confluence of every site knows the app from
/// elsewhere, so that no client can take an entry for a Jira site by its id alone.
fn products(world: &World, site: &Site, access: &Access) -> [Value; 2] {
    let jira: Vec<&String> = access.scopes.iter().filter(|scope| scope.contains(":jira-")).collect();
    let entry = |scopes: Value| {
        let avatar = format!("{}/avatars/sites/{}", world.url(), site.id);
        json!({ "id": site.id, "name": site.name, "url": site.url, "scopes": scopes, "avatarUrl": avatar })
    };
    [entry(json!(["read:confluence-user"])), entry(json!(jira))]
}

async fn me(State(world): State<Shared>, headers: HeaderMap) -> Response {
    let Some(access) = bearer(&headers).and_then(|token| world.read(|state| state.access(token))) else {
        return unauthorized("Unauthorized");
    };
    if !access.allows("read:me") {
        return unauthorized(SCOPE_MISMATCH);
    }
    let profile = world.read(|state| state.profile(access.person));
    let person = access.person;
    Json(json!({
        "account_type": "atlassian",
        "account_id": person.account_id(),
        "email": profile.email,
        "name": profile.name(),
        "picture": format!("{}/avatars/people/{}", world.url(), person.slug()),
        "account_status": if profile.active { "active" } else { "inactive" },
        "nickname": person.slug(),
        "zoneinfo": person.time_zone().name(),
        "locale": person.locale().replace('_', "-"),
        "extended_profile": { "job_title": person.part() },
        "last_updated": "2026-01-12T09:30:00.000Z",
    }))
    .into_response()
}
