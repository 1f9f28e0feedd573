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

use worker::{Context, Env, Result, event};

/// Answers every request that is not for a static file.
///
/// # Errors
/// Only when the platform cannot even build an answer.
#[event(fetch)]
pub async fn fetch(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    match proxy::target(&request) {
        Some(target) => proxy::serve(target, request, env, context).await,
        None => router::serve(request, env).await,
    }
}
