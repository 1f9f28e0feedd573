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
mod executor;
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
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;
use worker::{Context, Env, Error, Result, ScheduleContext, ScheduledEvent, event, response_to_wasm, worker_sys};

use crate::{crossing::Incoming, platform::WorkersPlatform};

/// Handles every request that is not for a static file, and those for files whose names carry a hash: a response, or a
/// promise of one. Not with the `worker` crate's macro, which would make a promise of every request: see [`executor`].
///
/// # Errors
/// Only if the platform cannot build a response.
#[wasm_bindgen]
pub fn fetch(
    request: web_sys::Request,
    env: Env,
    context: worker_sys::Context,
) -> core::result::Result<JsValue, JsValue> {
    let (incoming, context) = (Incoming::read(&request), Context::new(context));
    match Target::find(&incoming.url) {
        Some(target) => proxy::serve(target, incoming, &request, &env, context),
        None => Ok(future_to_promise(async move {
            let response = serve_ours(incoming, request, &env, context).await;
            let response = response.or_else(|error| not_served(&WorkersPlatform::new(env), &error));
            Ok(response.map_err(JsValue::from)?.into())
        })
        .into()),
    }
}

/// The answer to a request for which the platform could not build a response.
fn not_served(platform: &WorkersPlatform, error: &Error) -> Result<web_sys::Response> {
    response_to_wasm(edge_core::http::not_served(platform, &error.to_string()))
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
