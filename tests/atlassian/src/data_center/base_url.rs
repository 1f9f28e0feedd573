//! The base URL of an instance: the first address until it moves, then the new one, to which the first redirects.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::At;
use crate::listeners::Listener;

/// 1. The first address of an instance that has moved: 302 to the same path at the new address.
/// 2. The new address of an instance that has not: 404, as from a host without Jira.
/// 3. Otherwise the instance's response, with a `Date` by its own clock.
pub(super) async fn redirect_if_moved(State(at): State<At>, request: Request, next: Next) -> Response {
    let moved = at.read(|installation| installation.moved);
    match at.listener {
        Listener::Instance(_) if moved => {
            let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
            let location = format!("{}{rest}", at.world.address_of(Listener::NewAddress(at.instance)));
            (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
        }
        Listener::NewAddress(_) if !moved => nothing_there().await,
        _ => {
            let mut response = next.run(request).await;
            if let Ok(date) = HeaderValue::from_str(&at.clock().as_http_date()) {
                response.headers_mut().insert(header::DATE, date);
            }
            response
        }
    }
}

/// The servlet container's 404 page, as for every path outside the context path.
pub(super) async fn nothing_there() -> Response {
    let html = "<!doctype html><title>HTTP Status 404 – Not Found</title><h1>HTTP Status 404 – Not Found</h1>\
        <p>This is a model of Jira Data Center. Nothing is at this address.</p>";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html;charset=utf-8")], html).into_response()
}
