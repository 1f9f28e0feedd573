//! Routes that a browser navigates to.

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{MethodRouter, get},
};

use crate::http::failure;

/// Answers `GET` only. A `HEAD`, which axum would hand to the same handler, must not spend what works once.
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
