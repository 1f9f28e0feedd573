//! Serves the proxy's routes on the raw request, so that bodies remain streams of the platform.

use std::rc::Rc;

use api::{ConnectionId, GrantId};
use edge_core::{
    address::Policy,
    grant::{AccessToken, TokenCopies as _, open_copy},
    http::{ClientAddress, Edge, authorize_call, switch_key},
    organization::{Caller, RecordCalls, RequestCheckup, send},
    organization_id::OrganizationId,
    ports::{PortFailure, Spawner},
    proxy::{
        Access, AccessSource, CallRecorder, CheckupRequester, ConnectionReference, CopyReader, KeyRotation,
        ProxyAnswer, ProxyBody, ProxyCaches, ProxyPorts, ProxyRequest, Target, Upstream, UpstreamAnswer,
        UpstreamFailure, UpstreamRequest,
    },
    secrets::{PresentedKey, random_id},
};
use futures::future::LocalBoxFuture;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestCache,
    RequestInit, RequestRedirect, ResponseInit, WorkerGlobalScope,
};
use worker::{Context, Env, Error, Result};

use crate::{configured, incoming, platform::WorkersPlatform, upload};

thread_local! {
    /// The caches of this isolate.
    static CACHES: ProxyCaches = ProxyCaches::default();
}

/// The target of the call, if the request is for the proxy.
pub(crate) fn target(request: &web_sys::Request) -> Option<Target> {
    Target::find(&request.url())
}

/// Serves a call.
pub(crate) async fn serve(
    target: Target,
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> Result<web_sys::Response> {
    let (edge, headers) = (configured::edge(&env), incoming::headers(&request.headers()));
    let client = ClientAddress::of_pairs(&headers);
    let ports = CallPorts { edge, client, context: Rc::new(context) };
    let call = ProxyRequest {
        request_id: format!("req_{}", random_id(ports.platform())),
        method: request.method(),
        target,
        headers,
        body: request.body(),
    };
    let caches = CACHES.with(Clone::clone);
    response(edge_core::proxy::serve(&ports, &caches, call).await)
}

/// The ports of one call.
#[derive(Clone)]
struct CallPorts {
    edge: Edge<WorkersPlatform>,
    /// Whose call it is; `None` on this machine.
    client: Option<ClientAddress>,
    context: Rc<Context>,
}

fn response(answer: ProxyAnswer<web_sys::Response>) -> Result<web_sys::Response> {
    let headers = Headers::new()?;
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    let response = match answer.body {
        ProxyBody::Jira(jira) => web_sys::Response::new_with_opt_readable_stream_and_init(jira.body().as_ref(), &init),
        ProxyBody::Empty => web_sys::Response::new_with_opt_readable_stream_and_init(None, &init),
        ProxyBody::Problem(json) => web_sys::Response::new_with_opt_str_and_init(Some(&json), &init),
    };
    response.map_err(Error::from)
}

impl Upstream for CallPorts {
    type Body = ReadableStream;
    type AnswerBody = web_sys::Response;

    fn api_url(&self) -> &str {
        self.edge.configuration.api_url()
    }

    fn address_policy(&self) -> &Policy {
        self.edge.configuration.address_policy()
    }

    async fn send(
        &self,
        request: UpstreamRequest<ReadableStream>,
    ) -> Result<UpstreamAnswer<web_sys::Response>, UpstreamFailure> {
        let not_sent = |error: JsValue| UpstreamFailure::NotSent(message(&error));
        let abort = AbortOnDrop(Some(AbortController::new().map_err(not_sent)?));
        let outgoing = outgoing(request, abort.0.as_ref()).map_err(not_sent)?;
        let global = js_sys::global().unchecked_into::<WorkerGlobalScope>();
        let answer = JsFuture::from(global.fetch_with_request(&outgoing)).await;
        abort.keep();
        let answer: web_sys::Response =
            answer.map_err(|error| UpstreamFailure::Broken(message(&error)))?.unchecked_into();
        Ok(UpstreamAnswer { status: answer.status(), headers: incoming::headers(&answer.headers()), body: answer })
    }

    fn copy(&self, body: ReadableStream) -> (ReadableStream, ReadableStream) {
        let branches = body.tee();
        (branches.get(0).unchecked_into(), branches.get(1).unchecked_into())
    }

    async fn peek(&self, answer: &web_sys::Response, limit: usize) -> Vec<u8> {
        let copy = answer.clone().ok().and_then(|copy| copy.body());
        match copy {
            Some(stream) => beginning(stream, limit).await.unwrap_or_default(),
            None => Vec::new(),
        }
    }

    fn discard(&self, answer: web_sys::Response) {
        if let Some(body) = answer.body() {
            // Nothing depends on whether the cancellation succeeds.
            drop(body.cancel());
        }
    }
}

async fn beginning(stream: ReadableStream, limit: usize) -> std::result::Result<Vec<u8>, JsValue> {
    let reader = CancelOnDrop(stream.get_reader().unchecked_into());
    let mut bytes = Vec::new();
    while bytes.len() < limit {
        let read: ReadableStreamReadResult = JsFuture::from(reader.0.read()).await?.unchecked_into();
        if read.get_done().unwrap_or(true) {
            return Ok(bytes);
        }
        bytes.extend(Uint8Array::new(&read.get_value()).to_vec());
    }
    bytes.truncate(limit);
    Ok(bytes)
}

/// Cancels the copy of a response that is not read to its end. Otherwise the platform would buffer the other branch.
struct CancelOnDrop(ReadableStreamDefaultReader);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        // Nothing depends on whether the cancellation succeeds.
        drop(self.0.cancel());
    }
}

/// Aborts a call whose client disconnected.
struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

fn outgoing(
    request: UpstreamRequest<ReadableStream>,
    abort: Option<&AbortController>,
) -> std::result::Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    // Cloudflare's cache is keyed by the URL alone, so it would serve one account's response to another.
    init.set_cache(RequestCache::NoStore);
    init.set_signal(abort.map(AbortController::signal).as_ref());
    if let Some(body) = request.body {
        init.set_body(&upload::outgoing(body)?.into());
    }
    web_sys::Request::new_with_str_and_init(&request.url, &init)
}

fn message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())).unwrap_or_default()
}

impl AccessSource for CallPorts {
    async fn access(&self, key: &PresentedKey, connection: &ConnectionReference) -> Result<Access, PortFailure> {
        authorize_call(&self.edge, key, self.client.as_ref(), connection).await
    }
}

impl CheckupRequester for CallPorts {
    async fn request_checkup(
        &self,
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<(), PortFailure> {
        let request = RequestCheckup { connection: connection.clone() };
        let requested = send(self.platform(), organization, Caller::Edge, &request).await;
        requested.map_err(|refusal| PortFailure(format!("{refusal:?}")))
    }
}

impl CallRecorder for CallPorts {
    async fn record_calls(&self, organization: &OrganizationId, calls: &RecordCalls) -> Result<(), PortFailure> {
        let recorded = send(self.platform(), organization, Caller::Edge, calls).await;
        recorded.map_err(|refusal| PortFailure(format!("{refusal:?}")))
    }
}

impl KeyRotation for CallPorts {
    async fn switch_key(&self, organization: &OrganizationId, connection: &ConnectionId) -> Result<(), PortFailure> {
        let edge = Edge { organization: organization.clone(), ..self.edge.clone() };
        // Boxed, because a switch is rare, and its size would otherwise be part of every call's future.
        let switching: LocalBoxFuture<'_, std::result::Result<(), PortFailure>> =
            Box::pin(switch_key(&edge, connection));
        switching.await
    }
}

impl CopyReader for CallPorts {
    async fn read_copy(&self, organization: &OrganizationId, grant: &GrantId) -> Option<AccessToken> {
        let copy = self.platform().read(organization, grant).await.ok()??;
        let ring = self.edge.configuration.key_ring().ok()?;
        open_copy(self.platform(), ring, organization, grant, &copy).await.ok()
    }
}

impl Spawner for CallPorts {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.context.wait_until(work);
    }
}

impl ProxyPorts for CallPorts {
    type Platform = WorkersPlatform;

    fn platform(&self) -> &WorkersPlatform {
        &self.edge.platform
    }
}
