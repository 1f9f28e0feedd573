//! What every request and every response have in common: a request id, loop detection, size and rate limits, security
//! headers.

use api::{ProblemCode, REQUEST_ID_HEADER};
use axum::{Router, extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tower::ServiceExt as _;

use std::rc::Rc;

use futures::{FutureExt as _, future::LocalBoxFuture};
use send_wrapper::SendWrapper;

use crate::{
    http::{
        Edge, Platform,
        failure::{self, RequestFailure},
        page,
        request_id::RequestId,
    },
    loop_detection::HOP_HEADER,
    ports::Spawner,
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

/// Handles a request: assigns its id, refuses our own calls (508), enforces the size limits (431) and the rate limits for
/// what anybody can request (429), routes it, and sets the security headers.
///
/// `spawner` keeps the request's context alive after the response: `waitUntil`.
pub async fn answer<P: Platform>(
    edge: &Edge<P>,
    router: Router,
    spawner: Rc<dyn Spawner>,
    mut request: Request,
) -> Response {
    let id = RequestId::new(&*edge.platform);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Background(SendWrapper::new(spawner)));
    let answer = match admit(edge, &request).await {
        Ok(()) => match router.oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        },
        Err(refused) => failure::for_path(request.uri().path(), refused, &id, &*edge.platform),
    };
    finish(answer, &id)
}

/// The content security policy of a response that is no JSON and no page of ours: what is shown in pages of others.
#[derive(Clone, Debug)]
pub(super) struct ContentPolicy(String);

impl ContentPolicy {
    /// That of a page or a picture which other sites may show, as far as the policy lets them.
    pub(super) const fn framed(policy: String) -> Self {
        Self(policy)
    }
}

/// Sets what every response has.
pub(super) fn finish(mut answer: Response, id: &RequestId) -> Response {
    secure(answer.headers_mut());
    if answer.extensions().get::<page::IsPage>().is_some() {
        let policy = HeaderValue::from_static(PAGE_POLICY);
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(ContentPolicy(policy)) = answer.extensions().get::<ContentPolicy>().cloned()
        && let Ok(policy) = HeaderValue::from_str(&policy)
    {
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        // It knows no origins, and browsers that know `frame-ancestors` ignore it beside that.
        headers.remove("x-frame-options");
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
    }
    answer
}

async fn admit<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<(), RequestFailure> {
    if request.headers().contains_key(HOP_HEADER) {
        return Err(RequestFailure::new(ProblemCode::LoopDetected, "This is a call of Causeway's own."));
    }
    if is_too_large(request) {
        let detail = "The headers or the query of this request are too large.";
        return Err(RequestFailure::new(ProblemCode::HeadersTooLarge, detail));
    }
    edge.count_visit(request.uri(), request.headers()).await
}

fn is_too_large(request: &Request) -> bool {
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let query = request.uri().query().map_or(0, str::len);
    headers > HEADER_BYTES || query > QUERY_BYTES
}

/// The headers of OWASP's *HTTP Security Response Headers* for JSON. Pages have [`PAGE_POLICY`].
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

/// The content security policy of the pages that the edge writes: they load one script of ours as well.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

fn secure(headers: &mut HeaderMap) {
    for (name, value) in SECURITY_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
