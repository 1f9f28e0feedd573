//! Requests as the platform has them.
//!
//! What arrives need not fit the `http` crate: header values may hold any byte, and addresses may be longer than 65,534
//! bytes. That is the client's doing, so it is never a fault of ours: what does not fit is left out, or refused by name.

use std::rc::Rc;

use api::ProblemCode;
use axum::{Router, body::Body, extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::{
    http::{
        Edge, Platform,
        failure::{self, RequestFailure},
        middleware::{answer, finish},
        request_id::RequestId,
    },
    ports::{Level, Log, Random, Spawner},
};

/// The longest address, in bytes: what [`Uri`] can hold.
const ADDRESS_BYTES: usize = u16::MAX as usize - 1;

/// A request as the platform has it: text, not yet checked.
pub struct IncomingRequest {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// Handles a request as [`answer`] does. One that cannot be represented is refused (400, 405, 431).
pub async fn serve<P: Platform>(
    edge: &Edge<P>,
    router: Router,
    spawner: Rc<dyn Spawner>,
    incoming: IncomingRequest,
) -> Response {
    let path = url::Url::parse(&incoming.url).map(|url| url.path().to_owned()).unwrap_or_default();
    match read(incoming) {
        Ok(request) => answer(edge, router, spawner, request).await,
        Err(refused) => {
            let id = RequestId::new(&*edge.platform);
            let details = [("request", id.0.as_str()), ("code", refused.code.as_str())];
            edge.platform.log(Level::Info, "request.unreadable", &details);
            finish(failure::for_path(&path, refused, &id, &*edge.platform), &id)
        }
    }
}

/// The response to a request that the platform failed to carry out (500). `cause` is logged.
pub fn not_served(platform: &(impl Random + Log), cause: &str) -> Response {
    let id = RequestId::new(platform);
    platform.log(Level::Alert, "request.not_served", &[("request", &id.0), ("cause", cause)]);
    let failed = RequestFailure::new(ProblemCode::Internal, "Causeway could not answer this request.");
    finish(failed.problem(&id, platform), &id)
}

fn read(incoming: IncomingRequest) -> Result<Request, RequestFailure> {
    if incoming.url.len() > ADDRESS_BYTES {
        return Err(RequestFailure::new(ProblemCode::HeadersTooLarge, "The address of this request is too long."));
    }
    let uri = Uri::try_from(incoming.url)
        .map_err(|_| RequestFailure::new(ProblemCode::InvalidRequest, "The address of this request cannot be read."))?;
    let method = Method::from_bytes(incoming.method.as_bytes())
        .map_err(|_| RequestFailure::new(ProblemCode::MethodNotAllowed, "This is not a method of HTTP."))?;
    let too_many = || RequestFailure::new(ProblemCode::HeadersTooLarge, "This request has too many headers.");
    let mut request = Request::new(incoming.body);
    *request.uri_mut() = uri;
    *request.method_mut() = method;
    *request.headers_mut() = representable(incoming.headers).ok_or_else(too_many)?;
    Ok(request)
}

/// Those of the headers of a platform's request or response that have a valid name and value. Bytes above 127 are valid
/// (RFC 9110, section 5.5), control characters are not. `None` if there are more than a [`HeaderMap`] can hold.
pub fn representable(pairs: impl IntoIterator<Item = (String, String)>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.try_append(name, value).ok()?;
        }
    }
    Some(headers)
}
