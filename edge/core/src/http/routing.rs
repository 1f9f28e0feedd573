//! Mounts each [`Endpoint`] as a route: parses the request, has the organization check the caller's rights, calls the
//! handler, and serializes its answer or problem.
//!
//! An endpoint is served in one of five ways, each one line beside its handler:
//!
//! - [`relayed!`]: the organization's answer is the response; [`tagged!`] adds its `ETag`.
//! - [`finished!`]: the organization answers first, then the handler carries out the edge's part.
//! - [`checked!`]: the organization checks the caller's rights, then the handler runs.
//! - [`public!`]: no rights are needed, so the organization checks none.
//!
//! An endpoint can only be served in one of these ways, so no handler runs before its caller was checked.

use std::rc::Rc;

use api::{Connection, Endpoint, Id, Method, Nothing, Params as _, ProblemCode};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use futures::future::LocalBoxFuture;
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use send_wrapper::SendWrapper;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    http::{
        Edge, Platform, body, caller::same_origin, etag, failure::RequestFailure, json_body, request_id::RequestId,
    },
    organization::{self, Answers, Call, Caller, CheckNeeds, Guarded, Handler, RawReply, Refusal, Step, WrittenAs},
    secrets::random_id,
};

/// How the edge serves an endpoint. Implemented by the macros of this module, and by [`lifecycle`](super::lifecycle) for
/// what has to be done before the organization answers.
pub(super) trait Serve<P: Platform>: Endpoint + Sized + 'static {
    /// Handles a request whose caller is authenticated.
    fn serve(request: AuthenticatedRequest<P>) -> HandlerFuture;
}

macro_rules! relayed {
    ($($endpoint:ident)*) => {$(
        impl<P: $crate::http::Platform> $crate::http::routing::Serve<P> for api::$endpoint {
            fn serve(request: $crate::http::routing::AuthenticatedRequest<P>) -> $crate::http::routing::HandlerFuture {
                $crate::http::routing::relay::<P, Self>(request, |_| Vec::new())
            }
        }
    )*};
}

macro_rules! tagged {
    ($($endpoint:ident)*) => {$(
        impl<P: $crate::http::Platform> $crate::http::routing::Serve<P> for api::$endpoint {
            fn serve(request: $crate::http::routing::AuthenticatedRequest<P>) -> $crate::http::routing::HandlerFuture {
                $crate::http::routing::relay::<P, Self>(request, $crate::http::etag::etag_of)
            }
        }
    )*};
}

macro_rules! finished {
    ($($endpoint:ident => $handler:path;)*) => {$(
        impl<P: $crate::http::Platform> $crate::http::routing::Serve<P> for api::$endpoint {
            fn serve(request: $crate::http::routing::AuthenticatedRequest<P>) -> $crate::http::routing::HandlerFuture {
                Box::pin($crate::http::routing::finish_with(request, $handler))
            }
        }
    )*};
}

macro_rules! checked {
    ($($endpoint:ident => $handler:path;)*) => {$(
        impl<P: $crate::http::Platform> $crate::http::routing::Serve<P> for api::$endpoint {
            fn serve(request: $crate::http::routing::AuthenticatedRequest<P>) -> $crate::http::routing::HandlerFuture {
                Box::pin($crate::http::routing::check_then(request, $handler))
            }
        }
    )*};
}

macro_rules! public {
    ($($endpoint:ident => $handler:path;)*) => {$(
        impl<P: $crate::http::Platform> $crate::http::routing::Serve<P> for api::$endpoint {
            fn serve(request: $crate::http::routing::AuthenticatedRequest<P>) -> $crate::http::routing::HandlerFuture {
                Box::pin($crate::http::routing::serve_anybody(request, $handler))
            }
        }
    )*};
}

pub(super) use {checked, finished, public, relayed, tagged};

/// A request to an endpoint, parsed and well-formed.
pub(super) struct EndpointRequest<P, E: Endpoint> {
    pub(super) edge: Edge<P>,
    pub(super) caller: Caller,
    pub(super) call: Call<E>,
}

impl<P: Platform, E: Endpoint> EndpointRequest<P, E> {
    /// Sends a step to the organization on behalf of the caller.
    pub(super) async fn send<S: Step>(&self, step: &S) -> Result<S::Answer, Refusal> {
        self.edge.send_as(&self.caller, step).await
    }

    /// Sends a step to the organization on behalf of the caller, and relays its answer.
    pub(super) async fn relay<S: Step<Answer: WrittenAs<T>>, T>(&self, step: &S) -> Result<Reply<T>, Refusal> {
        self.edge.relay_as(&self.caller, step).await
    }
}

impl<P: Platform> Edge<P> {
    /// A new id.
    pub(super) fn new_id<I: Id>(&self) -> I {
        I::from_opaque(&random_id(&*self.platform))
    }

    /// Sends a step to the organization on behalf of the edge itself.
    pub(super) async fn send<S: Step>(&self, step: &S) -> Result<S::Answer, Refusal> {
        self.send_as(&Caller::Edge, step).await
    }

    /// Sends a step to the organization on behalf of a caller.
    pub(super) async fn send_as<S: Step>(&self, caller: &Caller, step: &S) -> Result<S::Answer, Refusal> {
        let answer = self.relay_raw(caller, Handler::of::<S>(), to_raw_value(step)).await?;
        Ok(serde_json::from_str(answer.get())?)
    }

    /// Sends a step to the organization on behalf of a caller, and relays its answer.
    pub(super) async fn relay_as<S: Step<Answer: WrittenAs<T>>, T>(
        &self,
        caller: &Caller,
        step: &S,
    ) -> Result<Reply<T>, Refusal> {
        let content = to_raw_value(step);
        let answer = self.relay_raw(caller, Handler::of::<S>(), content).await?;
        Ok(Reply { answer: Answer::Relayed(answer), status: None, headers: Vec::new() })
    }

    /// Sends JSON of a command to the organization on behalf of a caller.
    async fn relay_raw(
        &self,
        caller: &Caller,
        handler: Handler,
        content: serde_json::Result<Box<RawValue>>,
    ) -> RawReply {
        let answer = organization::relay(&*self.platform, &self.organization, caller.clone(), handler, content).await;
        self.learn(caller, &answer);
        answer
    }
}

/// The answer to an endpoint.
pub(super) enum Answer<T> {
    /// Made by the edge.
    Made(T),
    /// JSON that the organization wrote, relayed unchanged.
    Relayed(Box<RawValue>),
}

/// The answer to an endpoint, with its own status and headers.
pub(super) struct Reply<T> {
    pub(super) answer: Answer<T>,
    pub(super) status: Option<StatusCode>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T> From<T> for Reply<T> {
    fn from(answer: T) -> Self {
        Self { answer: Answer::Made(answer), status: None, headers: Vec::new() }
    }
}

/// A connection with its `ETag`.
pub(super) fn tagged_reply(connection: Connection) -> Reply<Connection> {
    let headers = etag::etag(connection.version);
    Reply { headers, ..Reply::from(connection) }
}

/// The empty answer.
pub(super) const NOTHING: Nothing = Nothing {};

/// Adds an endpoint to the routes.
///
/// Only code that depends on the endpoint's types is compiled for each endpoint; it returns one boxed future.
pub(super) fn mount<P: Platform, E: Serve<P>>(routes: Router, edge: &Edge<P>) -> Router {
    let route = Route {
        method: E::METHOD,
        path: E::PATH,
        anonymous: E::ANONYMOUS,
        body_bytes: E::BODY_BYTES,
        declared: E::problems,
        handler: E::serve,
    };
    mount_route(routes, edge, route)
}

/// What routes differ in. What they share is compiled once, and not for each.
struct Route<P> {
    method: Method,
    path: &'static str,
    anonymous: bool,
    body_bytes: usize,
    declared: fn() -> Vec<ProblemCode>,
    handler: fn(AuthenticatedRequest<P>) -> HandlerFuture,
}

impl<P> Clone for Route<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Route<P> {}

fn mount_route<P: Platform>(routes: Router, edge: &Edge<P>, route: Route<P>) -> Router {
    let shared = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge = (*shared).clone();
        SendWrapper::new(async move { serve(edge, request, route).await })
    };
    routes.route(route.path, on(method_filter(route.method), handle))
}

const fn method_filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// The future of an endpoint's response.
pub(super) type HandlerFuture = LocalBoxFuture<'static, Result<Response, RequestFailure>>;

async fn serve<P: Platform>(edge: Edge<P>, request: Request, route: Route<P>) -> Response {
    let id = RequestId::of(&request);
    let platform = Rc::clone(&edge.platform);
    let result = match authenticate(edge, request, route.anonymous, route.body_bytes).await {
        Ok(request) => (route.handler)(request).await,
        Err(failure) => Err(failure),
    };
    result.unwrap_or_else(|failure| {
        debug_assert!(
            (route.declared)().contains(&failure.code),
            "{:?} is not among the problems of this endpoint",
            failure.code
        );
        failure.problem(&id, &*platform)
    })
}

/// A request with its caller and its whole body, not yet parsed.
pub(super) struct AuthenticatedRequest<P> {
    edge: Edge<P>,
    caller: Caller,
    parts: Parts,
    in_path: RawPathParams,
    body: Bytes,
}

/// 1. The caller is authenticated (401), and not a client that guesses (429). 2. The request is not cross-site (403). 3. The
///    body is not too large (413) and comes in time (408).
async fn authenticate<P: Platform>(
    edge: Edge<P>,
    request: Request,
    anonymous: bool,
    body_bytes: usize,
) -> Result<AuthenticatedRequest<P>, RequestFailure> {
    let (mut parts, unread) = request.into_parts();
    let (edge, caller) = edge.for_caller(&parts.headers).await?;
    if !parts.method.is_safe() {
        same_origin(&parts.method, &parts.headers, &caller, edge.configuration.public_url()?)?;
    }
    if !anonymous {
        caller.require_any()?;
    }
    let body = body::read_at_most(&*edge.platform, &parts.headers, unread, body_bytes).await?;
    let in_path = RawPathParams::from_request_parts(&mut parts, &()).await.map_err(|_| Refusal::NotFound)?;
    Ok(AuthenticatedRequest { edge, caller, parts, in_path, body })
}

impl<P: Platform> AuthenticatedRequest<P> {
    /// 4. The parameters of the path are well-formed (404, exactly as for an unknown id). 5. An edit has an `If-Match` of
    ///    ours (412, 428). 6. The query or the body is what the contract says (400, 415).
    pub(super) fn read<E: Endpoint>(self) -> Result<EndpointRequest<P, E>, RequestFailure> {
        let values: Vec<&str> = self.in_path.iter().map(|(_, value)| value).collect();
        let params = E::Params::read(&values).ok_or(Refusal::NotFound)?;
        let if_match = if E::GUARDED { Some(etag::if_match(&self.parts.headers)?) } else { None };
        let request = if E::METHOD == Method::Get {
            query(self.parts.uri.query().unwrap_or_default())?
        } else {
            json_body::read(&self.parts.headers, &self.body)?
        };
        Ok(EndpointRequest { edge: self.edge, caller: self.caller, call: Call { params, request, if_match } })
    }
}

/// See [`relayed!`] and [`tagged!`].
pub(super) fn relay<P, E>(
    request: AuthenticatedRequest<P>,
    tag: fn(&str) -> Vec<(HeaderName, HeaderValue)>,
) -> HandlerFuture
where
    P: Platform,
    E: Answers<Outcome: WrittenAs<E::Answer>> + 'static,
    Call<E>: Step<Answer = E::Outcome>,
{
    let read = request.read::<E>().map(|EndpointRequest { edge, caller, call }| (edge, caller, to_raw_value(&call)));
    Box::pin(async move {
        let (edge, caller, content) = read?;
        let answer = edge.relay_raw(&caller, Handler::of::<Call<E>>(), content).await?;
        let headers = tag(answer.get());
        Ok(respond(success(E::SUCCESS), Some(String::from(Box::<str>::from(answer))), headers))
    })
}

/// See [`finished!`].
pub(super) async fn finish_with<P, E, F>(
    request: AuthenticatedRequest<P>,
    handler: F,
) -> Result<Response, RequestFailure>
where
    P: Platform,
    E: Answers,
    Call<E>: Step<Answer = E::Outcome>,
    F: AsyncFnOnce(EndpointRequest<P, E>, E::Outcome) -> Result<Reply<E::Answer>, RequestFailure>,
{
    finish_prepared(request, |_, _| Ok(()), handler).await
}

/// Like [`finish_with`], after `prepare` has checked what depends on the configuration.
pub(super) async fn finish_prepared<P, E, F>(
    request: AuthenticatedRequest<P>,
    prepare: fn(&Edge<P>, &mut E::Request) -> Result<(), RequestFailure>,
    handler: F,
) -> Result<Response, RequestFailure>
where
    P: Platform,
    E: Answers,
    Call<E>: Step<Answer = E::Outcome>,
    F: AsyncFnOnce(EndpointRequest<P, E>, E::Outcome) -> Result<Reply<E::Answer>, RequestFailure>,
{
    let mut request = request.read::<E>()?;
    prepare(&request.edge, &mut request.call.request)?;
    let outcome = request.send(&request.call).await?;
    write::<E>(handler(request, outcome).await?)
}

/// See [`checked!`].
pub(super) async fn check_then<P, E, F>(
    request: AuthenticatedRequest<P>,
    handler: F,
) -> Result<Response, RequestFailure>
where
    P: Platform,
    E: Guarded,
    F: AsyncFnOnce(EndpointRequest<P, E>) -> Result<Reply<E::Answer>, RequestFailure>,
{
    let request = request.read::<E>()?;
    request.send(&CheckNeeds { needs: E::needs(&request.call.params, &request.call.request) }).await?;
    write::<E>(handler(request).await?)
}

/// See [`public!`].
pub(super) async fn serve_anybody<P, E, F>(
    request: AuthenticatedRequest<P>,
    handler: F,
) -> Result<Response, RequestFailure>
where
    P: Platform,
    E: Endpoint,
    F: AsyncFnOnce(EndpointRequest<P, E>) -> Result<Reply<E::Answer>, RequestFailure>,
{
    write::<E>(handler(request.read::<E>()?).await?)
}

pub(super) fn query<T: DeserializeOwned>(query: &str) -> Result<T, RequestFailure> {
    let invalid = |error: serde_urlencoded::de::Error| {
        RequestFailure::new(ProblemCode::InvalidRequest, format!("The query does not match the API: {error}."))
    };
    serde_urlencoded::from_str(query).map_err(invalid)
}

pub(super) fn write<E: Endpoint>(reply: Reply<E::Answer>) -> Result<Response, RequestFailure> {
    let body = match reply.answer {
        Answer::Made(answer) => to_json(&answer)?,
        Answer::Relayed(answer) => String::from(Box::<str>::from(answer)),
    };
    Ok(respond(reply.status.unwrap_or(success(E::SUCCESS)), Some(body), reply.headers))
}

fn to_json(answer: &impl Serialize) -> Result<String, RequestFailure> {
    Ok(serde_json::to_string(answer).map_err(Refusal::from)?)
}

fn success(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
}

fn respond(status: StatusCode, body: Option<String>, headers: Vec<(HeaderName, HeaderValue)>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut response = match body {
        Some(body) if status != StatusCode::NO_CONTENT => (status, json, body).into_response(),
        _ => status.into_response(),
    };
    for (name, value) in headers {
        response.headers_mut().append(name, value);
    }
    response
}
