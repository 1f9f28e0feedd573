//! The edge's own calls with `fetch`, marked as ours, limited in time and size, without redirects.

use std::time::Duration;

use edge_core::{
    http::representable,
    loop_detection,
    ports::{Excess, HttpFailure, HttpLimits},
};
use futures::{FutureExt as _, StreamExt as _, future::Either};
use wasm_bindgen::JsValue;
use worker::{AbortController, AbortSignal, CacheMode, Delay, Fetch, Headers, Method, RequestInit, RequestRedirect};

/// Sends `request` once and reads the response within `limits`.
pub(crate) async fn send(
    mut request: http::Request<Vec<u8>>,
    limits: HttpLimits,
) -> Result<http::Response<Vec<u8>>, HttpFailure> {
    loop_detection::mark(&mut request);
    let abort = AbortController::default();
    let call = call(request, limits, abort.signal()).boxed_local();
    let answer = match futures::future::select(call, Delay::from(limits.time)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(HttpFailure::Timeout),
    };
    // Cancels what is still pending, such as an unread body.
    abort.abort();
    answer
}

async fn call(
    request: http::Request<Vec<u8>>,
    limits: HttpLimits,
    signal: AbortSignal,
) -> Result<http::Response<Vec<u8>>, HttpFailure> {
    let request = outgoing(&request).map_err(broken)?;
    let mut answer = Fetch::Request(request).send_with_signal(&signal).await.map_err(broken)?;
    let headers = representable(answer.headers()).ok_or(HttpFailure::TooLarge)?;
    let body = match limits.excess {
        Excess::Refused => body(&mut answer, limits.body_bytes).await?,
        Excess::Cut => beginning(&mut answer, limits.body_bytes).await,
    };
    let built = http::Response::builder().status(answer.status_code()).body(body);
    let mut built = built.map_err(|error| HttpFailure::Broken(error.to_string()))?;
    *built.headers_mut() = headers;
    Ok(built)
}

fn outgoing(request: &http::Request<Vec<u8>>) -> worker::Result<worker::Request> {
    let mut init = RequestInit::new();
    init.with_method(Method::from(request.method().to_string())).with_redirect(RequestRedirect::Manual);
    init.with_cache(CacheMode::NoStore);
    let headers = Headers::new();
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|error| worker::Error::RustError(error.to_string()))?;
        headers.append(name.as_str(), value)?;
    }
    init.with_headers(headers);
    if !request.body().is_empty() {
        init.with_body(Some(JsValue::from(js_sys::Uint8Array::from(request.body().as_slice()))));
    }
    worker::Request::new_with_init(&request.uri().to_string(), &init)
}

async fn body(answer: &mut worker::Response, limit: usize) -> Result<Vec<u8>, HttpFailure> {
    let Ok(mut stream) = answer.stream() else { return Ok(Vec::new()) };
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(broken)?;
        if body.len() + chunk.len() > limit {
            return Err(HttpFailure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How long the beginning of a body is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The first `limit` bytes, or what came of them before the body broke off or the patience ended.
async fn beginning(answer: &mut worker::Response, limit: usize) -> Vec<u8> {
    let mut body = Vec::new();
    let Ok(stream) = answer.stream() else { return body };
    let mut chunks = stream.take_until(Delay::from(PATIENCE));
    while let Some(Ok(chunk)) = chunks.next().await {
        body.extend_from_slice(&chunk);
        if body.len() >= limit {
            break;
        }
    }
    body.truncate(limit);
    body
}

/// The text of the error contains no URL and no header.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn broken(error: worker::Error) -> HttpFailure {
    HttpFailure::Broken(error.to_string())
}
