//! Routes for navigation by a browser.

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{MethodRouter, get},
};

use crate::http::failure;

/// Serves `GET` only. axum would route `HEAD` to the same handler, and a `HEAD` must not redeem a secret that works once.
pub(super) fn navigation<H, T>(handler: H) -> MethodRouter
where
    H: Handler<T, ()>,
    T: 'static,
{
    get(handler).head(refuse)
}

async fn refuse(request: Request) -> Response {
    failure::method_not_allowed(request).await
}
