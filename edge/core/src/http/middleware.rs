//! What every request and every response have in common: a request id, size limits, security headers.

use api::{ProblemCode, REQUEST_ID_HEADER};
use axum::{Router, extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tower::ServiceExt as _;

use std::rc::Rc;

use futures::{FutureExt as _, future::LocalBoxFuture};
use send_wrapper::SendWrapper;

use crate::{
    http::{failure, request_id::RequestId},
    ports::{Random, Spawner},
    secrets::random_id,
};

/// The most bytes of all headers together.
const HEADER_BYTES: usize = 32 * 1024;
/// The most bytes of a query.
const QUERY_BYTES: usize = 16 * 1024;

/// Lets the work of a request continue after the client disconnected.
#[derive(Clone)]
pub(super) struct Background(SendWrapper<Rc<dyn Spawner>>);

impl Background {
    /// Runs `work` to its end, even if nobody awaits its result any more.
    pub(super) async fn run_to_end<T: Clone + 'static>(&self, work: LocalBoxFuture<'static, T>) -> T {
        let work = work.shared();
        self.0.spawn(work.clone().map(drop).boxed_local());
        work.await
    }
}

/// Handles a request: assigns its id, enforces the size limits (431), routes it, and sets the security headers.
///
/// `spawner` keeps the request's context alive after the response: `waitUntil`.
pub async fn answer(router: Router, random: &impl Random, spawner: Rc<dyn Spawner>, mut request: Request) -> Response {
    let id = RequestId(format!("req_{}", random_id(random)));
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Background(SendWrapper::new(spawner)));
    let mut answer = if is_too_large(&request) {
        failure::problem_or_page(
            &request,
            ProblemCode::HeadersTooLarge,
            "The headers or the query of this request are too large.",
        )
    } else {
        match router.oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    };
    secure(answer.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
    }
    answer
}

fn is_too_large(request: &Request) -> bool {
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let query = request.uri().query().map_or(0, str::len);
    headers > HEADER_BYTES || query > QUERY_BYTES
}

/// The headers of OWASP's *HTTP Security Response Headers* for JSON and for pages that load one style sheet of ours.
///
/// No `Cross-Origin-Opener-Policy`: the pop-up navigates through these responses, and any policy there would sever it from
/// its opener.
const SECURITY_HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
];

fn secure(headers: &mut HeaderMap) {
    for (name, value) in SECURITY_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
