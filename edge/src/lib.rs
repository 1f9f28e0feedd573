//! The Worker's shell: implements the ports of `edge-core` over the Workers platform and does nothing else.
//!
//! The proxy's route is served on the raw request, so that its bodies stream past WebAssembly; everything else goes
//! through the router. Out of scope: every decision.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

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

/// Answers every request that is not for a static file.
///
/// # Errors
/// Only when the platform cannot even build an answer.
#[event(fetch)]
pub async fn fetch(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    let served = match proxy::target(&request) {
        Some(target) => proxy::serve(target, request, env, context).await,
        None => router::serve(request, env, context).await,
    };
    match served {
        Ok(answer) => Ok(answer),
        Err(error) => failed(&error),
    }
}

/// What the platform refused to carry out is a problem like every other.
fn failed(error: &worker::Error) -> Result<web_sys::Response> {
    log::write(Level::Alert, "request.not_served", &[("cause", &error.to_string())]);
    let problem = api::Problem::new(ProblemCode::Internal, "Causeway could not answer this request.", "");
    let mut answer = worker::Response::from_json(&problem)?.with_status(problem.status);
    answer.headers_mut().set("content-type", api::PROBLEM_MEDIA_TYPE)?;
    answer.headers_mut().set("cache-control", "no-store")?;
    answer.headers_mut().set("x-content-type-options", "nosniff")?;
    Ok(answer.into())
}
