//! Mounts an [`Endpoint`]: reads its parameters and request, calls its handler, writes its answer or problem.

use api::{Endpoint, Method, Nothing, ProblemCode};
use axum::{
    Router,
    body::to_bytes,
    extract::{FromRequestParts as _, Path, Request},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;

use crate::{
    http::{
        Edge, Held, Platform,
        caller::{caller, same_origin},
        failure::Failed,
        frame::RequestId,
    },
    organization::{Caller, Command, Refusal, ask},
};

/// The most bytes of a JSON body.
const BODY_BYTES: usize = 64 * 1024;

/// A request to an endpoint, read and checked as far as its form goes.
pub(super) struct Asking<P, E: Endpoint> {
    pub(super) edge: Edge<P>,
    pub(super) caller: Caller,
    pub(super) headers: HeaderMap,
    pub(super) params: E::Params,
    pub(super) request: E::Request,
}

impl<P: Platform, E: Endpoint> Asking<P, E> {
    /// Asks the organization in the caller's name.
    pub(super) async fn ask<C: Command>(&self, command: &C) -> Result<C::Answer, Refusal> {
        ask(&*self.edge.platform, &self.edge.organization, self.caller.clone(), command).await
    }

    /// Asks the organization in the edge's own name.
    pub(super) async fn ask_as_edge<C: Command>(&self, command: &C) -> Result<C::Answer, Refusal> {
        self.edge.ask(command).await
    }
}

impl<P: Platform> Edge<P> {
    /// Asks the organization in the edge's own name.
    pub(super) async fn ask<C: Command>(&self, command: &C) -> Result<C::Answer, Refusal> {
        ask(&*self.platform, &self.organization, Caller::Edge, command).await
    }
}

/// The answer to an endpoint, with headers of its own.
pub(super) struct Reply<T> {
    pub(super) answer: T,
    pub(super) status: Option<StatusCode>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T> From<T> for Reply<T> {
    fn from(answer: T) -> Self {
        Self { answer, status: None, headers: Vec::new() }
    }
}

/// Adds an endpoint to the routes.
pub(super) fn mount<P, E, F>(routes: Router, edge: &Edge<P>, handler: F) -> Router
where
    P: Platform,
    E: Endpoint + 'static,
    F: AsyncFn(Asking<P, E>) -> Result<Reply<E::Answer>, Failed> + Copy + Send + Sync + 'static,
{
    debug_assert!(api::ENDPOINTS.contains(&(E::METHOD, E::PATH)), "{} is not in the list of endpoints", E::PATH);
    let held: Held<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*held).clone();
        SendWrapper::new(async move { serve(edge, request, handler).await })
    };
    routes.route(E::PATH, on(filter(E::METHOD), handle))
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn serve<P: Platform, E: Endpoint>(
    edge: Edge<P>,
    request: Request,
    handler: impl AsyncFn(Asking<P, E>) -> Result<Reply<E::Answer>, Failed>,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or(RequestId(String::new()));
    let platform = std::rc::Rc::clone(&edge.platform);
    let served = match read::<P, E>(edge, request).await {
        Ok(asking) => handler(asking).await,
        Err(failed) => Err(failed),
    };
    match served {
        Ok(reply) => write::<E>(reply),
        Err(failed) => failed.problem(&id, &*platform),
    }
}

/// 1. Who asks (401), 2. from where (403), 3. about what (404), 4. with which content (400, 413, 415).
async fn read<P: Platform, E: Endpoint>(edge: Edge<P>, request: Request) -> Result<Asking<P, E>, Failed> {
    let (mut parts, body) = request.into_parts();
    let caller = caller(&parts.headers)?;
    if !parts.method.is_safe() {
        same_origin(&parts.method, &parts.headers, &caller, edge.configuration.public_url()?)?;
    }
    let params = params::<E>(&mut parts).await?;
    let request = if E::METHOD == Method::Get {
        query(parts.uri.query().unwrap_or_default())?
    } else {
        let too_large = |_| Failed::new(ProblemCode::BodyTooLarge, "The body is larger than 64 KiB.");
        json(&parts.headers, &to_bytes(body, BODY_BYTES).await.map_err(too_large)?)?
    };
    Ok(Asking { edge, caller, headers: parts.headers, params, request })
}

/// A parameter that is not of its form names nothing, so it answers exactly as an unknown one.
async fn params<E: Endpoint>(parts: &mut Parts) -> Result<E::Params, Failed> {
    let found = Path::<E::Params>::from_request_parts(parts, &()).await;
    found.map(|Path(params)| params).map_err(|_| Refusal::NotFound.into())
}

pub(super) fn query<T: DeserializeOwned>(query: &str) -> Result<T, Failed> {
    let invalid = |error: serde_urlencoded::de::Error| {
        Failed::new(ProblemCode::InvalidRequest, format!("The query is not what the contract says: {error}."))
    };
    serde_urlencoded::from_str(query).map_err(invalid)
}

fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Failed> {
    let invalid = |error: serde_json::Error| {
        Failed::new(ProblemCode::InvalidRequest, format!("The body is not what the contract says: {error}."))
    };
    if body.is_empty() {
        return serde_json::from_str("{}").map_err(invalid);
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Failed::new(ProblemCode::UnsupportedMediaType, "The body is not application/json."));
    }
    serde_json::from_slice(body).map_err(invalid)
}

fn write<E: Endpoint>(reply: Reply<E::Answer>) -> Response {
    let usual = StatusCode::from_u16(E::SUCCESS).unwrap_or(StatusCode::OK);
    let status = reply.status.unwrap_or(usual);
    let mut answer = if status == StatusCode::NO_CONTENT {
        status.into_response()
    } else {
        (status, axum::Json(reply.answer)).into_response()
    };
    for (name, value) in reply.headers {
        answer.headers_mut().append(name, value);
    }
    answer
}

/// The answer of an endpoint that has nothing to say.
pub(super) const NOTHING: Nothing = Nothing {};
