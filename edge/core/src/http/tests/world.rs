//! The edge in memory, a browser that talks to it, and an Atlassian whose answers each test sets.

mod browser;
mod delegations;
mod deployment;
mod keepers;
mod ports;
mod projects;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use api::AuthorizationId;
use http::Request;
use serde_json::{Value, json};

use crate::{
    configuration::OperatorInfo,
    fakes::{FakeClock, FakeLedger, FakeRateLimiter, FakeResponse, LogRecorder, NativeRsa, SeededRandom},
    organization::{Identity, Turn, fixture::Tables},
    organization_id::OrganizationId,
    ports::Clock as _,
};

use delegations::DelegationKeeperObjects;
use keepers::GrantKeeperObjects;
use projects::ProjectKeeperObjects;

pub(super) use browser::{Answered, Browser, path_of};
pub(super) use deployment::{Deployment, WhoeverWaits, configured, stored};

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
    /// The keepers of projects.
    projects: ProjectKeeperObjects,
    /// The copies of renders in KV, by their names.
    pub(super) renders: RefCell<BTreeMap<String, String>>,
    /// The ledger of points.
    pub(super) ledger: FakeLedger,
    /// The keepers of delegations.
    pub(super) delegations: DelegationKeeperObjects,
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
            projects: ProjectKeeperObjects::default(),
            renders: RefCell::default(),
            ledger: FakeLedger::default(),
            delegations: DelegationKeeperObjects::default(),
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
