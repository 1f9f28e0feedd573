//! The Worker's shell: implements the ports of `edge-core` over the Workers platform, and makes no decisions.
//!
//! The proxy's routes and the app's hashed files are served on the raw request, so that their bodies stream without
//! passing through WebAssembly. Every other request goes through the router.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod assets;
mod configured;
mod crossing;
mod crypto;
mod delegation_keeper;
mod grant_keeper;
mod log;
mod object_world;
mod organization;
mod outgoing;
mod platform;
mod project_keeper;
mod proxy;
mod quota_ledger;
mod router;
mod upload;

use edge_core::proxy::Target;
use worker::{Context, Env, Result, ScheduleContext, ScheduledEvent, event, response_to_wasm};

use crate::{crossing::Incoming, platform::WorkersPlatform};

/// Handles every request that is not for a static file, and those for files whose names carry a hash.
///
/// # Errors
/// Only if the platform cannot build a response.
#[event(fetch)]
pub async fn fetch(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    let incoming = Incoming::read(&request);
    let response = match Target::find(&incoming.url) {
        Some(target) => proxy::serve(target, incoming, &request, &env, context).await,
        None => serve_ours(incoming, request, &env, context).await,
    };
    response
        .or_else(|error| response_to_wasm(edge_core::http::not_served(&WorkersPlatform::new(env), &error.to_string())))
}

/// Wakes keepers of projects that are overdue, when a cron trigger of `wrangler.toml` comes.
#[event(scheduled)]
pub async fn scheduled(_: ScheduledEvent, env: Env, _: ScheduleContext) {
    let edge = configured::edge(&env);
    edge_core::project_keeper::wake_overdue(&*edge.platform, &edge.organization).await;
}

async fn serve_ours(
    incoming: Incoming,
    request: web_sys::Request,
    env: &Env,
    context: Context,
) -> Result<web_sys::Response> {
    match assets::file(&incoming, &request, env).await? {
        Some(file) => Ok(file),
        None => router::serve(incoming, &request, env, context).await,
    }
}
