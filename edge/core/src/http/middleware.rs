//! What every request and every answer have in common: an id, bounds, security headers.

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

/// Lets work of a request go on when its browser goes away.
#[derive(Clone)]
pub(super) struct Background(SendWrapper<Rc<dyn Spawner>>);

impl Background {
    /// Carries `work` out to its end, whether or not somebody waits for its result.
    pub(super) async fn finish<T: Clone + 'static>(&self, work: LocalBoxFuture<'static, T>) -> T {
        let work = work.shared();
        self.0.spawn(work.clone().map(drop).boxed_local());
        work.await
    }
}

/// Answers a request: gives it an id, holds it to its bounds, routes it, and puts the security headers on the answer.
///
/// `spawner` is what keeps the request's world alive after the answer: `waitUntil`.
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
        // The router's error type is Infallible: this is its answer.
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
/// No `Cross-Origin-Opener-Policy`: these answers are where the pop-up passes on its way, and any policy there would cut
/// it off from its opener.
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
