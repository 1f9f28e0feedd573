//! The Worker's shell: implements the ports of `edge-core` over the Workers platform, and makes no decisions.
//!
//! The proxy's route and the app's hashed files are served on the raw request, so that bodies stream without passing
//! through WebAssembly. Every other request goes through the router.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod assets;
mod configured;
mod crypto;
mod grant_keeper;
mod log;
mod organization;
mod outgoing;
mod platform;
mod proxy;
mod router;

use api::ProblemCode;
use edge_core::ports::Level;
use worker::{Context, Env, Result, event};

/// Handles every request that is not for a static file, and those for files whose names carry a hash.
///
/// # Errors
/// Only if the platform cannot build a response.
#[event(fetch)]
pub async fn fetch(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    let response = match proxy::target(&request) {
        Some(target) => proxy::serve(target, request, env, context).await,
        None => serve_ours(request, env, context).await,
    };
    response.or_else(|error| internal_error(&error))
}

async fn serve_ours(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    match assets::file(&request, &env).await? {
        Some(file) => Ok(file),
        None => router::serve(request, env, context).await,
    }
}

/// A problem (500) for a request that the platform could not carry out.
fn internal_error(error: &worker::Error) -> Result<web_sys::Response> {
    log::write(Level::Alert, "request.not_served", &[("cause", &error.to_string())]);
    let problem = api::Problem::new(ProblemCode::Internal, "Causeway could not answer this request.", "");
    let mut response = worker::Response::from_json(&problem)?.with_status(problem.status);
    response.headers_mut().set("content-type", api::PROBLEM_MEDIA_TYPE)?;
    response.headers_mut().set("cache-control", "no-store")?;
    response.headers_mut().set("x-content-type-options", "nosniff")?;
    Ok(response.into())
}
