//! Serves the proxy's routes on the raw request, so that bodies remain streams of the platform.

use std::rc::Rc;

use api::{ConnectionId, GrantId};
use edge_core::{
    address::Policy,
    grant::{AccessToken, TokenCopies as _, open_copy},
    http::{ClientAddress, Edge, authorize_call, switch_key},
    organization::{AccessChanges, Caller, Epoch, GetAccessChanges, RecordCalls, RequestCheckup, send},
    organization_id::OrganizationId,
    ports::{Clock as _, PortFailure, Spawner},
    proxy::{
        AccessAnswer, AccessSource, CallRecorder, CheckupRequester, ConnectionReference, CopyReader, KeyRotation,
        ProxyAnswer, ProxyBody, ProxyCaches, ProxyPorts, ProxyRequest, Target, Upstream, UpstreamAnswer,
        UpstreamFailure, UpstreamRequest,
    },
    secrets::{PresentedKey, random_id},
};
use futures::future::LocalBoxFuture;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult};
use worker::{Context, Env, Error, Result};

use crate::{
    configured,
    crossing::{self, Incoming, Outgoing},
    executor::{self, Exchange, Served},
    not_served,
    platform::WorkersPlatform,
    upload,
};

thread_local! {
    /// The caches of this isolate.
    static CACHES: ProxyCaches = ProxyCaches::default();
}

/// Serves a call: a response, or a promise of one.
pub(crate) fn serve(
    target: Target,
    incoming: Incoming,
    request: &web_sys::Request,
    env: &Env,
    context: Context,
) -> Served {
    let (edge, Incoming { method, headers, .. }) = (configured::edge(env), incoming);
    let client = ClientAddress::of_pairs(&headers);
    let exchange = Rc::<Exchange>::default();
    let ports = CallPorts { edge, client, context: Rc::new(context), exchange: Rc::clone(&exchange) };
    let request_id = format!("req_{}", random_id(ports.platform()));
    let now = ports.platform().now();
    let call = ProxyRequest { request_id, method, target, headers, body: request.body() };
    let served = Box::pin(async move {
        let caches = CACHES.with(Clone::clone);
        let answer = edge_core::proxy::serve(&ports, &caches, call).await;
        let response = response(answer).or_else(|error| not_served(ports.platform(), &error));
        Ok(response.map_err(JsValue::from)?.into())
    });
    executor::run(exchange, served, now)
}

/// The ports of one call.
#[derive(Clone)]
struct CallPorts {
    edge: Edge<WorkersPlatform>,
    /// Whose call it is; `None` on this machine.
    client: Option<ClientAddress>,
    context: Rc<Context>,
    exchange: Rc<Exchange>,
}

fn response(answer: ProxyAnswer<web_sys::Response>) -> Result<web_sys::Response> {
    let ProxyAnswer { status, headers, body } = answer;
    let response = match body {
        ProxyBody::Jira(jira) => crossing::response_with_body_of(status, &headers, &jira),
        ProxyBody::Empty => crossing::response(status, &headers, None),
        ProxyBody::Problem(json) => crossing::response(status, &headers, Some(&json)),
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
        let UpstreamRequest { method, url, headers, body, within } = request;
        let not_sent = |error: JsValue| UpstreamFailure::NotSent(crossing::message(&error));
        // Only an upload that is watched may have to be broken off.
        let is_watched = body.as_ref().is_some_and(|body| body.ended.is_some());
        let body = body.map(upload::outgoing).transpose().map_err(not_sent)?;
        let outgoing = Outgoing::new([method, &url], &headers, body);
        let answer = if let Some(within) = within.filter(|_| self.exchange.is_open()) {
            self.exchange.send(outgoing, within).await?
        } else {
            let abort = AbortOnDrop(is_watched.then(AbortController::new).transpose().map_err(not_sent)?);
            let signal = abort.0.as_ref().map(AbortController::signal);
            let sent = outgoing.send(signal.as_ref(), within).map_err(not_sent)?;
            let answer = JsFuture::from(sent).await;
            abort.keep();
            answer.map_err(|error| crossing::failure(&error))?.unchecked_into()
        };
        let (status, headers) = crossing::status_and_headers(&answer);
        Ok(UpstreamAnswer { status, headers, body: answer })
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

/// Aborts a call whose upload is broken off.
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

impl AccessSource for CallPorts {
    async fn access(&self, key: &PresentedKey, connection: &ConnectionReference) -> Result<AccessAnswer, PortFailure> {
        authorize_call(&self.edge, key, self.client.as_ref(), connection).await
    }

    async fn access_changes(&self, organization: &OrganizationId, since: Epoch) -> Result<AccessChanges, PortFailure> {
        let changes = send(self.platform(), organization, Caller::Edge, &GetAccessChanges { since }).await;
        changes.map_err(|refusal| PortFailure(format!("{refusal:?}")))
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
