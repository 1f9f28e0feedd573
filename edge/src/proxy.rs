//! Serves the proxy's routes on the raw request, so that bodies remain streams of the platform.

use std::{cell::RefCell, rc::Rc};

use api::{ConnectionId, GrantId};
use edge_core::{
    address::Policy,
    configuration::Configuration,
    grant::{AccessToken, TokenCopies as _, open_copy},
    http::{Edge, switch_key},
    organization::{Admitted, AuthorizeCall, AuthorizeSiteCall, Caller, Refusal, RequestCheckup, send},
    organization_id::OrganizationId,
    ports::{PortFailure, Spawner},
    proxy::{
        Access, AccessSource, CheckupRequester, ConnectionReference, CopyReader, GrantedAccess, KeyRotation,
        ProxyAnswer, ProxyBody, ProxyCaches, ProxyPorts, ProxyRequest, Target, Upstream, UpstreamAnswer,
        UpstreamFailure, UpstreamRequest,
    },
    secrets::{ClaimCheck, PresentedKey, random_id},
};
use futures::future::LocalBoxFuture;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestCache,
    RequestInit, RequestRedirect, ResponseInit, WorkerGlobalScope,
};
use worker::{Context, Env, Error, Result};

use crate::{configured::configuration, platform::WorkersPlatform, upload};

thread_local! {
    /// The caches of this isolate.
    static CACHES: ProxyCaches = ProxyCaches::default();
    /// The configuration of this isolate, read once.
    static CONFIGURATION: RefCell<Option<Rc<Configuration>>> = const { RefCell::new(None) };
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
    let platform = WorkersPlatform::new(env.clone());
    let configuration = CONFIGURATION.with_borrow_mut(|cached| {
        let read = || {
            let read = configuration(&env);
            read.report(&platform);
            Rc::new(read)
        };
        Rc::clone(cached.get_or_insert_with(read))
    });
    let ports = CallPorts { platform, configuration, context: Rc::new(context) };
    let call = ProxyRequest {
        request_id: format!("req_{}", random_id(&ports.platform)),
        method: request.method(),
        target,
        headers: pairs(&request.headers()),
        body: request.body(),
    };
    let caches = CACHES.with(Clone::clone);
    response(edge_core::proxy::serve(&ports, &caches, call).await)
}

/// The ports of one call.
#[derive(Clone)]
struct CallPorts {
    platform: WorkersPlatform,
    configuration: Rc<Configuration>,
    context: Rc<Context>,
}

fn pairs(headers: &Headers) -> Vec<(String, String)> {
    let text = |pair: &Array, at| pair.get(at).as_string().unwrap_or_default();
    let entries = headers.entries().into_iter().flatten();
    entries.map(JsCast::unchecked_into::<Array>).map(|pair| (text(&pair, 0), text(&pair, 1))).collect()
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
        self.configuration.api_url()
    }

    fn address_policy(&self) -> Policy {
        self.configuration.address_policy()
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
        Ok(UpstreamAnswer { status: answer.status(), headers: pairs(&answer.headers()), body: answer })
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

impl CallPorts {
    /// Whether a key may have been issued here. A guessed key is refused without a call to the organization.
    async fn may_be_ours(&self, key: &PresentedKey) -> Result<bool, PortFailure> {
        let Ok(ring) = self.configuration.key_ring() else { return Ok(true) };
        let check = key.claim.check(&self.platform, ring).await;
        Ok(check.map_err(|failure| PortFailure(format!("{failure:?}")))? != ClaimCheck::Forged)
    }
}

impl AccessSource for CallPorts {
    async fn access(&self, key: &PresentedKey, connection: &ConnectionReference) -> Result<Access, PortFailure> {
        if !self.may_be_ours(key).await? {
            return Ok(Access::KeyRefused);
        }
        let (organization, caller) = (key.claim.organization(), Caller::ApiKey(key.digest.clone()));
        let decision = match connection {
            ConnectionReference::Id(connection) => {
                let authorize = AuthorizeCall { connection: connection.clone() };
                send(&self.platform, organization, caller, &authorize).await
            }
            ConnectionReference::Site { site, chosen } => {
                let authorize = AuthorizeSiteCall { site: site.clone(), connection: chosen.clone() };
                send(&self.platform, organization, caller, &authorize).await
            }
        };
        match decision {
            Ok(Admitted::To { connection, grant, target }) => {
                Ok(Access::Granted(GrantedAccess { connection, grant, target }))
            }
            Ok(Admitted::Unauthorized { cause }) => Ok(Access::Unauthorized { cause }),
            Ok(Admitted::Deactivated) => Ok(Access::Deactivated),
            Ok(Admitted::Ambiguous { connections, more }) => Ok(Access::Ambiguous { connections, more }),
            Err(Refusal::ApiKeyRefused) => Ok(Access::KeyRefused),
            Err(Refusal::Forbidden) => Ok(Access::ScopeMissing),
            Err(Refusal::NotFound) => Ok(Access::NotFound),
            Err(other) => Err(PortFailure(format!("{other:?}"))),
        }
    }
}

impl CheckupRequester for CallPorts {
    async fn request_checkup(
        &self,
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<(), PortFailure> {
        let request = RequestCheckup { connection: connection.clone() };
        let requested = send(&self.platform, organization, Caller::Edge, &request).await;
        requested.map_err(|refusal| PortFailure(format!("{refusal:?}")))
    }
}

impl KeyRotation for CallPorts {
    async fn switch_key(&self, organization: &OrganizationId, connection: &ConnectionId) -> Result<(), PortFailure> {
        let edge = Edge {
            platform: Rc::new(self.platform.clone()),
            configuration: Rc::clone(&self.configuration),
            organization: organization.clone(),
            cryptography: Rc::default(),
        };
        // Boxed, because a switch is rare, and its size would otherwise be part of every call's future.
        let switching: LocalBoxFuture<'_, std::result::Result<(), PortFailure>> =
            Box::pin(switch_key(&edge, connection));
        switching.await
    }
}

impl CopyReader for CallPorts {
    async fn read_copy(&self, organization: &OrganizationId, grant: &GrantId) -> Option<AccessToken> {
        let copy = self.platform.read(organization, grant).await.ok()??;
        let ring = self.configuration.key_ring().ok()?;
        open_copy(&self.platform, ring, organization, grant, &copy).await.ok()
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
        &self.platform
    }
}
