//! Mounts an [`Endpoint`]: reads its parameters and request, calls its handler, writes its answer or problem.

use std::{fmt, rc::Rc};

use api::{Connection, Endpoint, Method, Nothing, Params as _, ProblemCode};
use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use futures::future::LocalBoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use send_wrapper::SendWrapper;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    http::{
        Edge, Platform,
        caller::{caller, same_origin},
        connections::etag,
        failure::Failed,
        frame::RequestId,
    },
    organization::{self, Caller, Command, Refusal, WrittenAs, ask},
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

    /// Asks the organization in the caller's name for what is passed on.
    pub(super) async fn pass_on<C: Command>(&self, command: &C) -> Result<Reply<C::Answer>, Refusal> {
        self.edge.pass_on(self.caller.clone(), command).await
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

    /// Asks the organization for what is passed on.
    pub(super) async fn pass_on<C: Command>(&self, caller: Caller, command: &C) -> Result<Reply<C::Answer>, Refusal> {
        let command = serde_json::to_string(command).map_err(|error| Refusal::Storage(error.to_string()))?;
        let answer = organization::relay(&*self.platform, &self.organization, caller, C::NAME, command).await?;
        Ok(Reply { answer: Answer::Unread(answer), status: None, headers: Vec::new() })
    }
}

/// The answer to an endpoint.
pub(super) enum Answer<T> {
    Made(T),
    /// What the organization wrote, passed on as it is.
    Unread(String),
}

/// The answer to an endpoint, with headers of its own.
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

/// Adds an endpoint to the routes.
///
/// What depends on the endpoint's types ends in one boxed future; the rest is compiled once for all endpoints, which
/// would otherwise make up a fifth of the Worker.
pub(super) fn mount<P, E, F>(routes: Router, edge: &Edge<P>, handler: F) -> Router
where
    P: Platform,
    E: Endpoint + 'static,
    F: AsyncFn(Asking<P, E>) -> Result<Reply<E::Answer>, Failed> + Copy + Send + Sync + 'static,
{
    debug_assert!(api::ENDPOINTS.contains(&(E::METHOD, E::PATH)), "{} is not in the list of endpoints", E::PATH);
    let answering = move |admitted: Admitted<P>| -> Answering {
        Box::pin(async move { write::<E>(handler(read(admitted)?).await?) })
    };
    route(routes, edge, E::METHOD, E::PATH, Rc::new(answering))
}

/// Adds an endpoint whose answer is the organization's, passed on as it is written.
pub(super) fn relay<P, E, C>(routes: Router, edge: &Edge<P>, command: fn(E::Params, E::Request) -> C) -> Router
where
    P: Platform,
    E: Endpoint + 'static,
    C: Command<Answer: WrittenAs<E::Answer>> + 'static,
{
    relay_with::<P, E, C>(routes, edge, command, untagged)
}

/// Adds an endpoint whose answer is a connection as the organization writes it, with its `ETag`.
pub(super) fn relay_tagged<P, E, C>(routes: Router, edge: &Edge<P>, command: fn(E::Params, E::Request) -> C) -> Router
where
    P: Platform,
    E: Endpoint<Answer = Connection> + 'static,
    C: Command<Answer = Connection> + 'static,
{
    relay_with::<P, E, C>(routes, edge, command, tag_of)
}

fn relay_with<P, E, C>(routes: Router, edge: &Edge<P>, command: fn(E::Params, E::Request) -> C, tag: Tag) -> Router
where
    P: Platform,
    E: Endpoint + 'static,
    C: Command + 'static,
{
    debug_assert!(api::ENDPOINTS.contains(&(E::METHOD, E::PATH)), "{} is not in the list of endpoints", E::PATH);
    let answering = move |admitted: Admitted<P>| -> Answering {
        let asked = admitted.params::<E>().and_then(|params| Ok((params, admitted.request::<E>()?)));
        let command = asked.map(|(params, request)| serde_json::to_string(&command(params, request)));
        Box::pin(relayed(admitted, C::NAME, command, E::SUCCESS, tag))
    };
    route(routes, edge, E::METHOD, E::PATH, Rc::new(answering))
}

async fn relayed<P: Platform>(
    Admitted { edge, caller, .. }: Admitted<P>,
    name: &'static str,
    command: Result<serde_json::Result<String>, Failed>,
    success: u16,
    tag: Tag,
) -> Result<Response, Failed> {
    let command = command?.map_err(unwritable)?;
    let answer = organization::relay(&*edge.platform, &edge.organization, caller, name, command).await?;
    let status = StatusCode::from_u16(success).unwrap_or(StatusCode::OK);
    let headers = tag(&answer);
    Ok(finish(status, Some(answer).filter(|_| status != StatusCode::NO_CONTENT), headers))
}

/// The headers that an answer has beside itself.
type Tag = fn(&str) -> Vec<(HeaderName, HeaderValue)>;

const fn untagged(_: &str) -> Vec<(HeaderName, HeaderValue)> {
    Vec::new()
}

fn tag_of(answer: &str) -> Vec<(HeaderName, HeaderValue)> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    serde_json::from_str(answer).map_or_else(|_| Vec::new(), |Versioned { version }| etag(version))
}

/// A request whose sender is known and whose body has come, not yet read as what its endpoint asks for.
struct Admitted<P> {
    edge: Edge<P>,
    caller: Caller,
    parts: Parts,
    in_path: RawPathParams,
    body: Bytes,
}

impl<P> Admitted<P> {
    /// 4. About what (404). A parameter that is not of its form names nothing, so it answers exactly as an unknown one.
    fn params<E: Endpoint>(&self) -> Result<E::Params, Failed> {
        let values: Vec<&str> = self.in_path.iter().map(|(_, value)| value).collect();
        E::Params::read(&values).ok_or_else(|| Refusal::NotFound.into())
    }

    /// 5. With which content (400, 415).
    fn request<E: Endpoint>(&self) -> Result<E::Request, Failed> {
        if E::METHOD == Method::Get {
            query(self.parts.uri.query().unwrap_or_default())
        } else {
            json(&self.parts.headers, &self.body)
        }
    }
}

/// The answer that an endpoint is about to give.
type Answering = LocalBoxFuture<'static, Result<Response, Failed>>;

fn route<P: Platform>(
    routes: Router,
    edge: &Edge<P>,
    method: Method,
    path: &str,
    answering: Rc<dyn Fn(Admitted<P>) -> Answering>,
) -> Router {
    let held = SendWrapper::new((edge.clone(), answering));
    let handle = move |request: Request| {
        let (edge, answering) = (*held).clone();
        SendWrapper::new(async move { serve(edge, request, &*answering).await })
    };
    routes.route(path, on(filter(method), handle))
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn serve<P: Platform>(edge: Edge<P>, request: Request, answering: &dyn Fn(Admitted<P>) -> Answering) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or(RequestId(String::new()));
    let platform = Rc::clone(&edge.platform);
    let answered = match admit(edge, request).await {
        Ok(admitted) => answering(admitted).await,
        Err(failed) => Err(failed),
    };
    answered.unwrap_or_else(|failed| failed.problem(&id, &*platform))
}

/// 1. Who asks (401), 2. from where (403), 3. with how much (413).
async fn admit<P: Platform>(edge: Edge<P>, request: Request) -> Result<Admitted<P>, Failed> {
    let (mut parts, body) = request.into_parts();
    let caller = caller(&parts.headers)?;
    if !parts.method.is_safe() {
        same_origin(&parts.method, &parts.headers, &caller, edge.configuration.public_url()?)?;
    }
    let too_large = |_| Failed::new(ProblemCode::BodyTooLarge, "The body is larger than 64 KiB.");
    let body = to_bytes(body, BODY_BYTES).await.map_err(too_large)?;
    let in_path = RawPathParams::from_request_parts(&mut parts, &()).await.map_err(|_| Refusal::NotFound)?;
    Ok(Admitted { edge, caller, parts, in_path, body })
}

fn read<P: Platform, E: Endpoint>(admitted: Admitted<P>) -> Result<Asking<P, E>, Failed> {
    let (params, request) = (admitted.params::<E>()?, admitted.request::<E>()?);
    let Admitted { edge, caller, parts, .. } = admitted;
    Ok(Asking { edge, caller, headers: parts.headers, params, request })
}

pub(super) fn query<T: DeserializeOwned>(query: &str) -> Result<T, Failed> {
    let invalid = |error: serde_urlencoded::de::Error| {
        Failed::new(ProblemCode::InvalidRequest, format!("The query is not what the contract says: {error}."))
    };
    serde_urlencoded::from_str(query).map_err(invalid)
}

fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Failed> {
    let invalid = |error: &dyn fmt::Display| {
        Failed::new(ProblemCode::InvalidRequest, format!("The body is not what the contract says: {error}."))
    };
    serde_json::from_str(object(headers, body)?).map_err(|error| invalid(&error))
}

/// The JSON text of a body; one that is not there is an empty object.
fn object<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<&'a str, Failed> {
    if body.is_empty() {
        return Ok("{}");
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Failed::new(ProblemCode::UnsupportedMediaType, "The body is not application/json."));
    }
    let invalid =
        |_| Failed::new(ProblemCode::InvalidRequest, "The body is not what the contract says: it is not UTF-8.");
    str::from_utf8(body).map_err(invalid)
}

fn write<E: Endpoint>(reply: Reply<E::Answer>) -> Result<Response, Failed> {
    let usual = StatusCode::from_u16(E::SUCCESS).unwrap_or(StatusCode::OK);
    let status = reply.status.unwrap_or(usual);
    let body = match reply.answer {
        _ if status == StatusCode::NO_CONTENT => None,
        Answer::Made(answer) => Some(serde_json::to_string(&answer).map_err(unwritable)?),
        Answer::Unread(answer) => Some(answer),
    };
    Ok(finish(status, body, reply.headers))
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unwritable(error: serde_json::Error) -> Failed {
    Refusal::Storage(format!("an answer cannot be written: {error}")).into()
}

fn finish(status: StatusCode, body: Option<String>, headers: Vec<(HeaderName, HeaderValue)>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut answer = match body {
        Some(body) => (status, json, body).into_response(),
        None => status.into_response(),
    };
    for (name, value) in headers {
        answer.headers_mut().append(name, value);
    }
    answer
}

/// The answer of an endpoint that has nothing to say.
pub(super) const NOTHING: Nothing = Nothing {};
