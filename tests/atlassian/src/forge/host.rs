//! The page that shows the app, and the app itself under the policy of Forge.
//!
//! The page is at `localhost` and the app at `127.0.0.1`, so they are of two origins, as in production.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use maud::html;

use super::file;
use crate::pages::page;
use crate::world::Shared;

/// What stands for the host of the page in the policy that was built.
const HOST: &str = "https://host.example";
/// What the platform adds to every page of an app.
const BRIDGE: &str = "<head>\n<script src=\"/forge/bridge.js\"></script>";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/forge/page", get(show))
        .route("/forge/host.js", get(|| async { script(include_str!("../assets/forge-host.js")) }))
        .route("/forge/bridge.js", get(|| async { script(include_str!("../assets/forge-bridge.js")) }))
        .route("/forge/app/{resource}/{name}", get(app_file))
}

fn script(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], text).into_response()
}

async fn show(State(world): State<Shared>) -> Response {
    let content = html! {
        p { "Our shipments, as Jira counts them:" }
        div #frames data-app=(format!("{}/forge/app", world.url())) {}
        p { output #violations { "0 violations" } " of the policy." }
        p { output #saved {} }
        script src="/forge/host.js" {}
    };
    page(&world, StatusCode::OK, "A page of Confluence", true, &content)
}

async fn app_file(State(world): State<Shared>, Path((resource, name)): Path<(String, String)>) -> Response {
    let Some(content) = file(&world, &format!("{resource}/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let media_type = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        Some((_, "css")) => "text/css",
        Some((_, "html")) => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };
    if !media_type.starts_with("text/html") {
        return ([(header::CONTENT_TYPE, media_type)], content).into_response();
    }
    let policy = file(&world, "csp.txt").map(|policy| String::from_utf8_lossy(&policy).trim().to_owned());
    let policy = policy.unwrap_or_default().replace(HOST, &format!("http://localhost:{}", world.address.port()));
    let html = String::from_utf8_lossy(&content).replacen("<head>", BRIDGE, 1);
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, html).into_response()
}
