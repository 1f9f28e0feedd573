//! The ports of `edge-core` over the Workers platform.

use std::time::Duration;

use api::{GrantId, Timestamp};
use edge_core::{
    checkup::{CheckupEnvelope, CheckupFindings, CheckupRunner, Subject},
    delegation::{DelegationIdentity, DelegationKeepers},
    grant::{Claim, GrantKeepers, GrantOwner, GrantReport, KeeperAnswer, KeeperCommand, KeeperEnvelope, TokenCopies},
    http::RenderCopies,
    oauth1::{KeyPair, PrivateKey, Rsa, RsaFailure},
    organization::{Caller, GetClaim, Organizations, Refusal, ReportGrant, send},
    organization_id::OrganizationId,
    ports::{
        Aead, AeadFailure, Clock, Http, HttpFailure, HttpLimits, Level, Log, Mac, MacFailure, ObjectFailure,
        PortFailure, Random, RateLimit, RateLimiter, Timer, send_to_object,
    },
    project_keeper::{ProjectIdentity, ProjectKeepers},
    quota_ledger::QuotaLedgers,
};
use wasm_bindgen::JsValue;
use worker::{Delay, Env, Method, Request, RequestInit, Response, Stub};

use crate::{crypto, log, outgoing};

/// The bindings of this Worker. See `wrangler.toml`.
const ORGANIZATION: &str = "ORGANIZATION";
const GRANT_KEEPER: &str = "GRANT_KEEPER";
const PROJECT_KEEPER: &str = "PROJECT_KEEPER";
const DELEGATION_KEEPER: &str = "DELEGATION_KEEPER";
const QUOTA_LEDGER: &str = "QUOTA_LEDGER";
/// The name of the only ledger.
const LEDGER: &str = "ledger";
const TOKENS: &str = "TOKENS";
/// How long KV keeps the numbers of a chart: five minutes.
const RENDER_SECONDS: u64 = 300;

/// The platform, as a Worker or a Durable Object uses it.
#[derive(Clone)]
pub(crate) struct WorkersPlatform {
    env: Env,
}

impl WorkersPlatform {
    /// Over the bindings of `env`.
    pub(crate) fn new(env: Env) -> Self {
        Self { env }
    }

    fn token_copies(&self) -> Result<worker::kv::KvStore, PortFailure> {
        self.env.kv(TOKENS).map_err(failed)
    }
}

/// A failure of the platform, for logs. The platform's messages contain no secrets of ours.
pub(crate) fn failed(error: impl std::fmt::Display) -> PortFailure {
    PortFailure(error.to_string())
}

/// Sends `body` to a Durable Object and returns the body of its response.
///
/// Of an object that was restarted, for example by a deployment, the platform's exception says `durableObjectReset`, or
/// `retryable` (Workers, *Durable Objects: error handling*). Its stub cannot be used any more.
async fn call_object(stub: worker::Result<Stub>, body: &str) -> Result<String, ObjectFailure> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    let request = Request::new_with_init("https://object.internal/", &init).map_err(object_failed)?;
    let stub = stub.map_err(object_failed)?;
    let mut response: Response = stub.fetch_with_request(request).await.map_err(object_failed)?;
    let text = response.text().await.map_err(object_failed)?;
    match response.status_code() {
        200 => Ok(text),
        status => Err(ObjectFailure { why: format!("status {status}"), restarted: false }),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it by value")]
fn object_failed(error: worker::Error) -> ObjectFailure {
    let says = |exception: &JsValue, name: &str| {
        js_sys::Reflect::get(exception, &JsValue::from_str(name)).is_ok_and(|said| said.is_truthy())
    };
    let exception = error.to_js_value();
    let retryable = says(&exception, "retryable") && !says(&exception, "overloaded");
    let restarted = says(&exception, "durableObjectReset") || retryable;
    ObjectFailure { why: error.to_string(), restarted }
}

impl Clock for WorkersPlatform {
    fn now(&self) -> Timestamp {
        // In one call and without an object: the proxy looks at the clock a dozen times for each call.
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of milliseconds")]
        Timestamp::from_millis(js_sys::Date::now() as i64)
    }
}

impl Random for WorkersPlatform {
    fn fill(&self, bytes: &mut [u8]) {
        crypto::fill(bytes);
    }
}

impl Timer for WorkersPlatform {
    async fn sleep(&self, pause: Duration) {
        Delay::from(pause).await;
    }
}

impl Aead for WorkersPlatform {
    async fn seal(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        crypto::seal(key, nonce, additional, plain).await
    }

    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        crypto::open(key, nonce, additional, sealed).await
    }
}

impl Mac for WorkersPlatform {
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
        crypto::hmac_sha256(key, message).await
    }
}

impl Rsa for WorkersPlatform {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        crypto::rsa::generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        crypto::rsa::sign_sha1(private_key, message).await
    }
}

impl Http for WorkersPlatform {
    async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure> {
        outgoing::send(request, limits).await
    }
}

impl RateLimiter for WorkersPlatform {
    async fn count(&self, limit: RateLimit, key: &str) -> Result<bool, PortFailure> {
        let limiter = self.env.rate_limiter(limit.binding()).map_err(failed)?;
        Ok(limiter.limit(key.to_owned()).await.map_err(failed)?.success)
    }
}

impl Log for WorkersPlatform {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        log::write(level, event, details);
    }
}

fn copy_key(organization: &OrganizationId, grant: &GrantId) -> String {
    format!("grant/{organization}/{grant}")
}

impl TokenCopies for WorkersPlatform {
    async fn read(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Option<String>, PortFailure> {
        self.token_copies()?.get(&copy_key(organization, grant)).text().await.map_err(failed)
    }

    async fn write(&self, organization: &OrganizationId, grant: &GrantId, copy: &str) -> Result<(), PortFailure> {
        self.token_copies()?.put(&copy_key(organization, grant), copy).map_err(failed)?.execute().await.map_err(failed)
    }

    async fn remove(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure> {
        self.token_copies()?.delete(&copy_key(organization, grant)).await.map_err(failed)
    }
}

impl RenderCopies for WorkersPlatform {
    async fn read_render(&self, name: &str) -> Result<Option<String>, PortFailure> {
        self.token_copies()?.get(&format!("render/{name}")).text().await.map_err(failed)
    }

    async fn write_render(&self, name: &str, copy: &str) -> Result<(), PortFailure> {
        let put = self.token_copies()?.put(&format!("render/{name}"), copy).map_err(failed)?;
        put.expiration_ttl(RENDER_SECONDS).execute().await.map_err(failed)
    }
}

impl QuotaLedgers for WorkersPlatform {
    async fn call_ledger(&self, command: String) -> Result<String, PortFailure> {
        let object = self.env.durable_object(QUOTA_LEDGER).map_err(failed)?;
        // Asked twice, it hands out a lot twice, which is lost with its hour.
        send_to_object(true, async || call_object(object.get_by_name(LEDGER), &command).await).await
    }
}

impl Organizations for WorkersPlatform {
    async fn call_organization(
        &self,
        organization: &OrganizationId,
        envelope: String,
        is_question: bool,
    ) -> Result<String, PortFailure> {
        let object = self.env.durable_object(ORGANIZATION).map_err(failed)?;
        send_to_object(is_question, async || call_object(object.get_by_name(organization.as_str()), &envelope).await)
            .await
    }
}

impl ProjectKeepers for WorkersPlatform {
    async fn call_project(
        &self,
        identity: &ProjectIdentity,
        envelope: String,
        is_question: bool,
    ) -> Result<String, PortFailure> {
        let object = self.env.durable_object(PROJECT_KEEPER).map_err(failed)?;
        let name = identity.object_name();
        send_to_object(is_question, async || call_object(object.get_by_name(&name), &envelope).await).await
    }
}

impl DelegationKeepers for WorkersPlatform {
    async fn call_delegation(&self, identity: &DelegationIdentity, question: String) -> Result<String, PortFailure> {
        let object = self.env.durable_object(DELEGATION_KEEPER).map_err(failed)?;
        let name = identity.object_name();
        send_to_object(true, async || call_object(object.get_by_name(&name), &question).await).await
    }
}

impl GrantKeepers for WorkersPlatform {
    async fn command(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure> {
        let object = self.env.durable_object(GRANT_KEEPER).map_err(failed)?;
        let is_question = command.is_question();
        let name = copy_key(organization, grant);
        let envelope = KeeperEnvelope { organization: organization.clone(), grant: grant.clone(), command };
        let envelope = serde_json::to_string(&envelope).map_err(failed)?;
        let answer =
            send_to_object(is_question, async || call_object(object.get_by_name(&name), &envelope).await).await?;
        serde_json::from_str(&answer).map_err(failed)
    }
}

impl CheckupRunner for WorkersPlatform {
    async fn run_checkup(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        subject: &Subject,
    ) -> Result<CheckupFindings, PortFailure> {
        let object = self.env.durable_object(GRANT_KEEPER).map_err(failed)?;
        let envelope = CheckupEnvelope { organization: organization.clone(), checkup: subject.clone() };
        let envelope = serde_json::to_string(&envelope).map_err(failed)?;
        let name = copy_key(organization, grant);
        let findings = send_to_object(false, async || call_object(object.get_by_name(&name), &envelope).await).await?;
        serde_json::from_str(&findings).map_err(failed)
    }
}

impl GrantOwner for WorkersPlatform {
    async fn claim_of(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Claim, PortFailure> {
        send(self, organization, Caller::Edge, &GetClaim { grant: grant.clone() }).await.map_err(refused)
    }

    async fn report(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        report: &GrantReport,
    ) -> Result<(), PortFailure> {
        let report = ReportGrant { grant: grant.clone(), report: report.clone() };
        send(self, organization, Caller::Edge, &report).await.map_err(refused)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it by value")]
fn refused(refusal: Refusal) -> PortFailure {
    PortFailure(format!("{refusal:?}"))
}
