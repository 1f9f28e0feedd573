//! The edge in memory, a browser that talks to it, and an Atlassian whose answers each test sets.

mod browser;
mod keepers;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use api::{AuthorizationId, Timestamp};
use axum::body::{Body, to_bytes};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::{
    configuration::{Configuration, OperatorInfo},
    fakes::{FakeClock, FakeRateLimiter, FakeResponse, LogRecorder, NativeAead, NativeMac, NativeRsa, SeededRandom},
    http::{Edge, answer, router},
    oauth1::{KeyPair, PrivateKey, Rsa, RsaFailure},
    organization::{
        Caller, Envelope, FailAuthorization, Identity, OpenSession, Opened, Organizations, Turn,
        fixture::{Tables, account_of},
        send,
    },
    organization_id::OrganizationId,
    ports::*,
    secrets::{Digest, Secret},
};

use keepers::GrantKeeperObjects;

pub(super) use browser::{Answered, Browser, path_of};

pub(super) const PUBLIC_URL: &str = "https://causeway.example";

/// The ports of the edge: what they answer, and which calls they received.
pub(super) struct World {
    itself: Weak<Self>,
    pub(super) clock: Rc<FakeClock>,
    pub(super) log: Rc<LogRecorder>,
    pub(super) organization: OrganizationId,
    pub(super) administrators: Vec<String>,
    pub(super) operator: OperatorInfo,
    pub(super) tables: Tables,
    /// The tables of other organizations than the default one.
    others: RefCell<BTreeMap<String, Tables>>,
    /// Which organizations were called, in order.
    pub(super) hops: RefCell<Vec<OrganizationId>>,
    keepers: GrantKeeperObjects,
    /// The commands that keepers received, in order.
    pub(super) told: RefCell<Vec<String>>,
    /// What Atlassian's token endpoint answers.
    pub(super) token_answer: RefCell<FakeResponse>,
    /// What accessible-resources answers.
    pub(super) resources: RefCell<FakeResponse>,
    /// The tokens that the site was called with, in order.
    pub(super) probed_with: RefCell<Vec<String>>,
    /// What the site answers to the probe.
    pub(super) probe: RefCell<FakeResponse>,
    /// Who Atlassian says consented.
    pub(super) me: RefCell<FakeResponse>,
    /// Whether the person has removed the consent: Atlassian refuses every token, and refreshes none.
    pub(super) consent_removed: Cell<bool>,
    /// The attempt that is cancelled while the site is asked.
    pub(super) on_probe: RefCell<Option<AuthorizationId>>,
    /// What each receiver of webhooks answers, by host.
    pub(super) receivers: RefCell<BTreeMap<String, FakeResponse>>,
    /// What receivers of webhooks were sent.
    pub(super) received: RefCell<Vec<Request<Vec<u8>>>>,
    /// What Jira instances answer, by host and path.
    pub(super) instances: RefCell<BTreeMap<String, FakeResponse>>,
    /// What Jira instances were asked, in order.
    pub(super) asked: RefCell<Vec<Request<Vec<u8>>>>,
    /// T: hits on the token endpoint.
    pub(super) token_requests: Cell<u32>,
    rsa: NativeRsa,
    /// How many key pairs were generated, and how often something was sealed.
    pub(super) rsa_generated: Cell<u32>,
    pub(super) sealed: Cell<u32>,
    pub(super) limiter: FakeRateLimiter,
    /// How often something was signed with RSA; and whether that goes wrong.
    pub(super) signed: Cell<u32>,
    pub(super) signs_wrongly: Cell<bool>,
    /// Whether no sealed secret opens.
    pub(super) opens_nothing: Cell<bool>,
    /// A fault before the keepers: none of them can be reached.
    pub(super) keepers_are_silent: Cell<bool>,
    random: Rc<SeededRandom>,
}

/// A good answer of the token endpoint.
pub(super) fn tokens() -> Value {
    json!({
        "access_token": "ACCESS-TOKEN", "refresh_token": "REFRESH-TOKEN", "expires_in": 3600, "token_type": "Bearer",
        "scope": "read:jira-work read:jira-user write:jira-work offline_access read:me",
    })
}

/// What Atlassian answers to the refresh token of a consent that was removed.
fn refresh_refused() -> FakeResponse {
    let words = json!({"error": "unauthorized_client", "error_description": "refresh_token is invalid"});
    FakeResponse::json(403, &words.to_string())
}

/// One product of accessible-resources.
pub(super) fn resource(id: &str, scope: &str) -> Value {
    json!({"id": id, "name": format!("Site {id}"), "url": format!("https://{id}.atlassian.net"), "scopes": [scope],
        "avatarUrl": "https://avatars.example/a.png"})
}

/// What `/me` answers for an account.
pub(super) fn account(id: &str, name: &str) -> FakeResponse {
    FakeResponse::json(200, &json!({"account_id": id, "name": name, "email": format!("{id}@example.com")}).to_string())
}

impl World {
    fn new(itself: &Weak<Self>) -> Self {
        let clock = Rc::<FakeClock>::default();
        let sites = json!([resource("one", "read:jira-work"), resource("one", "read:confluence-user")]);
        Self {
            itself: Weak::clone(itself),
            keepers: GrantKeeperObjects::new(&clock),
            clock,
            log: Rc::default(),
            organization: OrganizationId::default(),
            administrators: vec!["ada@example.com".to_owned()],
            operator: OperatorInfo::default(),
            tables: Tables::new(),
            others: RefCell::default(),
            hops: RefCell::default(),
            told: RefCell::default(),
            token_answer: RefCell::new(FakeResponse::json(200, &tokens().to_string())),
            resources: RefCell::new(FakeResponse::json(200, &sites.to_string())),
            probe: RefCell::new(FakeResponse::json(200, r#"{"accountId":"ada","displayName":"Ada Admin"}"#)),
            me: RefCell::new(account("ada", "Ada Admin")),
            probed_with: RefCell::default(),
            consent_removed: Cell::new(false),
            on_probe: RefCell::default(),
            receivers: RefCell::default(),
            received: RefCell::default(),
            instances: RefCell::default(),
            asked: RefCell::default(),
            rsa: NativeRsa::default(),
            rsa_generated: Cell::new(0),
            sealed: Cell::new(0),
            limiter: FakeRateLimiter::default(),
            signed: Cell::new(0),
            signs_wrongly: Cell::new(false),
            opens_nothing: Cell::new(false),
            keepers_are_silent: Cell::new(false),
            token_requests: Cell::new(0),
            random: Rc::new(SeededRandom::new(11)),
        }
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Timer for World {
    /// Time passes at once.
    async fn sleep(&self, pause: std::time::Duration) {
        self.clock.advance(pause);
        tokio::task::yield_now().await;
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Log for World {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

impl Aead for World {
    async fn seal(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        self.sealed.set(self.sealed.get() + 1);
        NativeAead.seal(key, nonce, aad, plain).await
    }

    async fn open(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        if self.opens_nothing.get() {
            return Err(AeadFailure);
        }
        NativeAead.open(key, nonce, aad, sealed).await
    }
}

impl Http for World {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        assert_eq!(request.headers()["user-agent"], crate::USER_AGENT, "{}", request.uri());
        let host = request.uri().host().unwrap_or_default().to_owned();
        let receiver = self.receivers.borrow().get(&host).cloned();
        if let Some(reply) = receiver {
            self.received.borrow_mut().push(request);
            return reply.give(limits).await;
        }
        let at_instance = self.instances.borrow().get(&format!("{host}{}", request.uri().path())).cloned();
        if let Some(reply) = at_instance {
            self.asked.borrow_mut().push(request);
            return reply.give(limits).await;
        }
        let reply = match request.uri().path() {
            "/oauth/token" => {
                self.token_requests.set(self.token_requests.get() + 1);
                let is_refresh = String::from_utf8_lossy(request.body()).contains("grant_type=refresh_token");
                if is_refresh && self.consent_removed.get() {
                    refresh_refused()
                } else {
                    self.token_answer.borrow().clone()
                }
            }
            _ if self.consent_removed.get() => FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized"}"#),
            "/oauth/token/accessible-resources" => self.resources.borrow().clone(),
            "/me" => self.me.borrow().clone(),
            path if path.ends_with("/rest/api/3/myself") => {
                if let Some(id) = self.on_probe.take() {
                    let cancel = FailAuthorization { id, failure: crate::authorization::cancelled() };
                    send(self, &OrganizationId::default(), Caller::Edge, &cancel).await.expect("cancelled");
                }
                let bearer = request.headers()["authorization"].to_str().expect("text").to_owned();
                self.probed_with.borrow_mut().push(bearer);
                self.probe.borrow().clone()
            }
            path if path.ends_with("/rest/api/3/mypermissions") => {
                FakeResponse::json(200, r#"{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}"#)
            }
            path if path.ends_with("/rest/api/3/project/search") => {
                FakeResponse::json(200, r#"{"values":[{"key":"SHOP","name":"Web shop"}],"isLast":true}"#)
            }
            path if path.contains("/rest/api/3/project/") => {
                FakeResponse::json(200, r#"{"key":"SHOP","name":"Web shop"}"#)
            }
            path => panic!("the edge asked for {path}"),
        };
        reply.give(limits).await
    }
}

impl Mac for World {
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
        NativeMac.hmac_sha256(key, message).await
    }
}

impl RateLimiter for World {
    async fn count(&self, limit: RateLimit, key: &str) -> Result<bool, PortFailure> {
        self.limiter.count(limit, key).await
    }
}

impl Rsa for World {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        self.rsa_generated.set(self.rsa_generated.get() + 1);
        self.rsa.generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        self.signed.set(self.signed.get() + 1);
        let message = if self.signs_wrongly.get() { b"something else" } else { message };
        self.rsa.sign_sha1(private_key, message).await
    }
}

impl Organizations for World {
    async fn call_organization(
        &self,
        organization: &OrganizationId,
        envelope: String,
        _: bool,
    ) -> Result<String, PortFailure> {
        self.hops.borrow_mut().push(organization.clone());
        let failed = |error: serde_json::Error| PortFailure(error.to_string());
        let envelope: Envelope = serde_json::from_str(&envelope).map_err(failed)?;
        let mut others = self.others.borrow_mut();
        let turn = if *organization == self.organization {
            self.turn()
        } else {
            let tables = others.entry(organization.to_string()).or_insert_with(Tables::new);
            Turn { organization, sql: tables, ..self.turn() }
        };
        serde_json::to_string(&turn.answer(&envelope)).map_err(failed)
    }
}

impl World {
    /// A turn of the edge's own, now.
    pub(super) fn turn(&self) -> Turn<'_> {
        Turn {
            organization: &self.organization,
            who: Identity::Edge,
            expected_version: None,
            now: self.now(),
            sql: &self.tables,
            random: self,
            administrators: &self.administrators,
            operator: &self.operator,
        }
    }
}

/// The edge, configured.
pub(super) struct Deployment {
    pub(super) world: Rc<World>,
    pub(super) edge: Edge<World>,
}

pub(super) fn configured(name: &'static str) -> Option<String> {
    let value = match name {
        "PUBLIC_URL" => PUBLIC_URL,
        "ATLASSIAN_AUTH_URL" => "https://auth.atlassian.example",
        "ATLASSIAN_API_URL" => "https://api.atlassian.example",
        "ATLASSIAN_CLIENT_ID" => "client",
        "ATLASSIAN_CLIENT_SECRET" => "CLIENT-SECRET",
        "ATLASSIAN_CALLBACK_PATH" => "/oauth/callback/cloud",
        "OIDC_ISSUER" => "https://id.example",
        "OIDC_CLIENT_ID" => "causeway",
        "OIDC_CLIENT_SECRET" => "OIDC-SECRET",
        "ADMINS" => "ada@example.com",
        "SEALING_KEYS" => "k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=",
        _ => return None,
    };
    Some(value.to_owned())
}

impl Deployment {
    pub(super) fn new() -> Self {
        Self::with(configured)
    }

    pub(super) fn with(get: impl Fn(&'static str) -> Option<String>) -> Self {
        let world = Rc::new_cyclic(World::new);
        let edge = Edge {
            platform: Rc::clone(&world),
            configuration: Rc::new(Configuration::read(get)),
            organization: OrganizationId::default(),
            isolate: Rc::default(),
        };
        let deployment = Self { world, edge };
        deployment.run();
        deployment
    }

    /// Makes this the deployment that runs: keepers read its configuration.
    pub(super) fn run(&self) {
        self.world.keepers.deploy(&self.edge.configuration);
    }

    /// The same deployment, after the operator removed one value of its configuration.
    pub(super) fn without(&self, missing: &'static str) -> Self {
        self.reconfigured(missing, None)
    }

    /// The same deployment, after the operator set one value of its configuration to another one, or removed it.
    pub(super) fn reconfigured(&self, changed: &'static str, value: Option<&'static str>) -> Self {
        let get = |name| if name == changed { value.map(str::to_owned) } else { configured(name) };
        let configuration = Configuration::read(get);
        self.configured_as(configuration)
    }

    /// The same deployment with another configuration.
    pub(super) fn configured_as(&self, configuration: Configuration) -> Self {
        let edge = Edge { configuration: Rc::new(configuration), isolate: Rc::default(), ..self.edge.clone() };
        Self { world: Rc::clone(&self.world), edge }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answered {
        self.run();
        let answer = answer(&self.edge, router(&self.edge), Rc::new(WhoeverWaits), request).await;
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Answered { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// A browser in which Ada is signed in.
    pub(super) async fn ada(&self) -> Browser<'_> {
        self.signed_in("ada@example.com", "Ada Admin").await
    }

    /// A browser in which somebody is signed in who may be.
    pub(super) async fn signed_in(&self, email: &str, name: &str) -> Browser<'_> {
        let session = Secret::generate(&*self.world);
        let open = OpenSession {
            state: session.digest(),
            account: account_of(email),
            email: email.into(),
            name: name.into(),
            session: session.digest(),
            replaces: None,
        };
        let opened = self.edge.send(&open).await.expect("storage works");
        assert!(matches!(opened, Opened::Signed(_)));
        let browser = Browser { deployment: self, cookies: RefCell::default() };
        browser.cookies.borrow_mut().insert("__Host-session".into(), session.expose().into());
        browser
    }

    /// A browser in which nobody is signed in.
    pub(super) fn stranger(&self) -> Browser<'_> {
        Browser { deployment: self, cookies: RefCell::default() }
    }
}

/// Work is driven by whoever waits for it.
pub(super) struct WhoeverWaits;

impl Spawner for WhoeverWaits {
    fn spawn(&self, _: futures::future::LocalBoxFuture<'static, ()>) {}
}

/// What is stored of a session whose cookie this is.
pub(super) fn stored(secret: &str) -> String {
    Digest::of(secret).as_str().to_owned()
}
