//! Middleware around every request: it is recorded, and an injected fault is applied to it.

use std::fmt;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;

use crate::faults::{InjectedFault, Kind, Stage};
use crate::jira;
use crate::recorder::{Endpoint, Outcome, Recorded};
use crate::world::Shared;

/// Marks a response that must not be sent: the connection is reset instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset;

/// Why a connection ends without an answer.
#[derive(Debug)]
pub(crate) struct ResetOnPurpose;

impl fmt::Display for ResetOnPurpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("reset by an injected fault")
    }
}

impl std::error::Error for ResetOnPurpose {}

/// The server whose requests are recorded, and to which faults apply.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) world: Shared,
    /// Scheme, host and port.
    pub(crate) at: String,
    pub(crate) endpoint_of: fn(&str) -> Endpoint,
}

pub(crate) async fn record_and_inject_fault(State(watched): State<Watched>, request: Request, next: Next) -> Response {
    let Watched { world, at, endpoint_of } = watched;
    let endpoint = endpoint_of(request.uri().path());
    if endpoint == Endpoint::Control {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return unreadable(&error),
    };
    let path = head.uri.path().to_owned();
    let number = world.recorder.arrived(Recorded {
        endpoint,
        at,
        method: head.method.clone(),
        path: path.clone(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.clone(),
        body: body.clone(),
        body_length: body.len(),
        time: world.now().as_system_time(),
        outcome: Outcome::Unanswered,
    });
    let request = Request::from_parts(head, Body::from(body));
    let operation = jira::operation_of(endpoint, request.method(), &path);
    let injected = world.faults.take(endpoint, &path, operation);
    let faulted = injected.is_some();
    let response = match injected {
        None => next.run(request).await,
        Some(injected) => inject(injected, request, next).await,
    };
    world.recorder.became(number, outcome(&response, faulted));
    response
}

fn outcome(response: &Response, faulted: bool) -> Outcome {
    let was_sent = response.extensions().get::<Reset>().is_none();
    let status = response.status().as_u16();
    if faulted { Outcome::Faulted(was_sent.then_some(status)) } else { Outcome::Answered(status) }
}

fn unreadable(error: &axum::Error) -> Response {
    let mut response = Response::new(Body::from(format!("The request could not be read: {error}")));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

async fn inject(injected: InjectedFault, request: Request, next: Next) -> Response {
    let slow = injected.fault.kind == Kind::Slow;
    let real = match injected.fault.stage {
        Stage::AfterCommit => Some(next.run(request).await),
        Stage::BeforeCommit if slow => {
            injected.hold.released().await;
            return next.run(request).await;
        }
        Stage::BeforeCommit => None,
    };
    if slow {
        injected.hold.released().await;
    }
    disguise(injected.fault.kind, real).await
}

async fn disguise(kind: Kind, real: Option<Response>) -> Response {
    match kind {
        Kind::Slow => real.unwrap_or_default(),
        Kind::Html => fixed(200, &[("content-type", "text/html")], "<!doctype html><title>Sorry</title><h1>Sorry</h1>"),
        Kind::Empty => fixed(200, &[], ""),
        Kind::Body(bytes) => fixed(200, &[("content-type", "application/json")], bytes),
        Kind::Redirect(location) => fixed(302, &[("location", location.as_str())], ""),
        Kind::Status { code, body, headers } => {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            fixed(code, &headers, body)
        }
        Kind::CutShort => cut_short(real.unwrap_or_else(|| fixed(200, &[], "{\"access_token\":\"eyJ"))).await,
        Kind::Reset => {
            let mut response = Response::default();
            response.extensions_mut().insert(Reset);
            response
        }
    }
}

/// The response of a fault. An invalid status or header is reported in a 500 response, not left out.
fn fixed(code: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut builder = Response::builder().status(code);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).unwrap_or_else(|error| {
        let mut response = Response::new(Body::from(format!("This fault cannot be sent: {error}")));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Announces the whole length, sends the first half and closes the connection.
async fn cut_short(real: Response) -> Response {
    let (mut head, body) = real.into_parts();
    let whole = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let promised = whole.len().max(2);
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(head, Body::from_stream(stream::unfold(Some(half), halfway)))
}

/// Sends the half, gives it time to leave, then fails.
async fn halfway(half: Option<Bytes>) -> Option<(Result<Bytes, ResetOnPurpose>, Option<Bytes>)> {
    if let Some(half) = half {
        return Some((Ok(half), None));
    }
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    Some((Err(ResetOnPurpose), None))
}
