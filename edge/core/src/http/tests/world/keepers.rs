//! The keepers of grants: each a real [`Keeper`] over a storage of its own, as the platform runs Durable Objects.
//!
//! A keeper's world is the edge's, except for three things. Its timer waits for the clock that tests advance. Its
//! background work runs as far as it can before the edge gets the answer. And its alarm, if it is due, is delivered
//! before the next command, or when a test says so.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use api::GrantId;
use futures::executor::{LocalPool, LocalSpawner};
use http::{Request, Response};
use serde_json::Value;

use super::World;
use crate::{
    checkup::{Checkup, CheckupFindings, CheckupRunner, Context, Subject},
    configuration::Configuration,
    fakes::{ChaoticCopies, FakeClock, FakeStore, Faults, LogRecorder, SeededRandom},
    grant::{
        Claim, GrantKeepers, GrantOwner, GrantReport, Keeper, KeeperAnswer, KeeperCommand, KeeperPorts, KeeperSettings,
        KeeperStore, NewGrant, TokenCopies,
    },
    organization::{Caller, GetClaim, Refusal, ReportGrant, send},
    organization_id::OrganizationId,
    ports::*,
};

/// The pause before the platform delivers an alarm again that has failed, in seconds.
const ALARM_RETRY: i64 = 2;

/// Every keeper, and what they share.
pub(super) struct GrantKeeperObjects {
    /// The configuration that is deployed: a keeper reads it when it starts.
    deployed: RefCell<Rc<Configuration>>,
    objects: RefCell<BTreeMap<String, KeeperObject>>,
    /// The grant that was installed first.
    first: RefCell<Option<GrantId>>,
    /// KV.
    copies: Rc<ChaoticCopies>,
    /// Nothing is killed here; what the stores ask all the same.
    faults: Rc<Faults>,
    background: RefCell<LocalPool>,
}

/// A Durable Object.
struct KeeperObject {
    identity: (OrganizationId, GrantId),
    /// What it was given to keep.
    installed: Option<NewGrant>,
    store: Rc<FakeStore>,
    /// Its code; `None` until the first command after a deployment.
    running: Option<Rc<Keeper<Ports>>>,
}

impl KeeperObject {
    /// Whether its grant is pending or active.
    fn holds_tokens(&self) -> bool {
        let Some(record) = self.store.record() else { return false };
        let record: Value = serde_json::from_str(&record).expect("a keeper's record");
        record["state"] == "pending" || record["state"] == "active"
    }
}

impl GrantKeeperObjects {
    /// No grants yet, and nothing configured.
    pub(super) fn new(clock: &Rc<FakeClock>) -> Self {
        let faults = Rc::<Faults>::default();
        Self {
            deployed: RefCell::new(Rc::new(Configuration::read(|_| None))),
            objects: RefCell::default(),
            first: RefCell::default(),
            copies: Rc::new(ChaoticCopies::new(Rc::clone(clock), Rc::clone(&faults))),
            faults,
            background: RefCell::default(),
        }
    }

    /// Deploys a configuration. A new one restarts every keeper over what it has stored.
    pub(super) fn deploy(&self, configuration: &Rc<Configuration>) {
        let before = self.deployed.replace(Rc::clone(configuration));
        if !Rc::ptr_eq(&before, configuration) {
            self.objects.borrow_mut().values_mut().for_each(|object| object.running = None);
            self.background.replace(LocalPool::new());
        }
    }

    /// What is deployed.
    pub(super) fn configuration(&self) -> Rc<Configuration> {
        Rc::clone(&self.deployed.borrow())
    }

    /// The grants whose keepers have their tokens, as they were installed.
    pub(super) fn grants(&self) -> BTreeMap<String, NewGrant> {
        let objects = self.objects.borrow();
        let held = objects.iter().filter(|(_, object)| object.holds_tokens());
        held.filter_map(|(name, object)| Some((name.clone(), object.installed.clone()?))).collect()
    }

    /// As `edge/src/grant_keeper.rs` does it.
    fn settings(&self, organization: &OrganizationId, grant: &GrantId) -> Result<KeeperSettings, PortFailure> {
        let configuration = self.deployed.borrow();
        let client = configuration.atlassian().ok().and_then(|atlassian| atlassian.token_client().ok());
        let viewer_client = configuration.viewer_atlassian().ok().and_then(|atlassian| atlassian.token_client().ok());
        let ring = configuration.key_ring().map_err(|finding| PortFailure(finding.message.clone()))?.clone();
        let policy = configuration.address_policy().clone();
        let (organization, grant) = (organization.clone(), grant.clone());
        Ok(KeeperSettings { client, viewer_client, policy, ring, organization, grant })
    }
}

fn object_name(organization: &OrganizationId, grant: &GrantId) -> String {
    format!("grant/{organization}/{grant}")
}

/// How a test names a command; `None` for a request for a token.
fn told(command: &KeeperCommand) -> Option<String> {
    Some(match command {
        KeeperCommand::Install { .. } => "install".to_owned(),
        KeeperCommand::Activate => "activate".to_owned(),
        KeeperCommand::Retire => "retire".to_owned(),
        KeeperCommand::Reseal => "reseal".to_owned(),
        KeeperCommand::Move { address } => format!("move: {address}"),
        KeeperCommand::Refuse { cause, .. } => format!("refuse: {}", cause.as_str()),
        KeeperCommand::Renew => "renew".to_owned(),
        KeeperCommand::Token { .. } => return None,
    })
}

impl GrantKeepers for World {
    async fn command(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure> {
        if self.keepers_are_silent.get() {
            return Err(PortFailure("the keeper does not answer".to_owned()));
        }
        self.told.borrow_mut().extend(told(&command));
        self.deliver_alarm(organization, grant).await?;
        let installed = if let KeeperCommand::Install { grant } = &command { Some((**grant).clone()) } else { None };
        let answer = self.keeper(organization, grant)?.handle(command).await;
        if let (Some(installed), Ok(KeeperAnswer::Done)) = (installed, &answer) {
            self.keepers.first.borrow_mut().get_or_insert_with(|| grant.clone());
            let name = object_name(organization, grant);
            self.keepers.objects.borrow_mut().get_mut(&name).expect("it answered").installed = Some(installed);
        }
        self.keepers.background.borrow_mut().run_until_stalled();
        answer
    }
}

/// As `edge/src/grant_keeper.rs` does it.
impl CheckupRunner for World {
    async fn run_checkup(
        &self,
        organization: &OrganizationId,
        _: &GrantId,
        subject: &Subject,
    ) -> Result<CheckupFindings, PortFailure> {
        if self.keepers_are_silent.get() {
            return Err(PortFailure("the keeper does not answer".to_owned()));
        }
        let configuration = self.keepers.configuration();
        let cx = Context { world: self, configuration: &configuration, organization };
        Ok(Checkup::of(subject.clone()).finish(&cx).await)
    }
}

impl World {
    /// The grants whose keepers have their tokens, as they were installed.
    pub(in crate::http::tests) fn grants(&self) -> BTreeMap<String, NewGrant> {
        self.keepers.grants()
    }

    /// Sends a command to the keeper of the grant that was installed first.
    pub(in crate::http::tests) async fn command_first(&self, command: KeeperCommand) -> KeeperAnswer {
        let first = self.keepers.first.borrow().clone().expect("a grant");
        self.command(&self.organization, &first, command).await.expect("an answer")
    }

    /// KV.
    pub(in crate::http::tests) fn copies(&self) -> &ChaoticCopies {
        &self.keepers.copies
    }

    /// Delivers the alarms of all keepers that are due.
    pub(in crate::http::tests) async fn deliver_alarms(&self) {
        let identities: Vec<_> = self.keepers.objects.borrow().values().map(|object| object.identity.clone()).collect();
        for (organization, grant) in identities {
            self.deliver_alarm(&organization, &grant).await.expect("a configured keeper");
        }
        self.keepers.background.borrow_mut().run_until_stalled();
    }

    /// The keeper of a grant, started if it does not run.
    fn keeper(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Rc<Keeper<Ports>>, PortFailure> {
        let mut objects = self.keepers.objects.borrow_mut();
        let object = objects.entry(object_name(organization, grant)).or_insert_with(|| KeeperObject {
            identity: (organization.clone(), grant.clone()),
            installed: None,
            store: Rc::new(FakeStore::new(Rc::clone(&self.keepers.faults))),
            running: None,
        });
        if let Some(running) = &object.running {
            return Ok(Rc::clone(running));
        }
        let ports = Ports {
            edge: EdgeOfKeeper(Weak::clone(&self.itself)),
            clock: Rc::clone(&self.clock),
            random: Rc::clone(&self.random),
            log: Rc::clone(&self.log),
            copies: Rc::clone(&self.keepers.copies),
            store: Rc::clone(&object.store),
            spawner: self.keepers.background.borrow().spawner(),
        };
        let keeper = Keeper::new(self.keepers.settings(organization, grant)?, Rc::new(ports));
        object.running = Some(Rc::clone(&keeper));
        Ok(keeper)
    }

    /// Delivers the alarm of a keeper if it is due.
    async fn deliver_alarm(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure> {
        let store = self.keepers.objects.borrow().get(&object_name(organization, grant)).map(|o| Rc::clone(&o.store));
        let Some(store) = store.filter(|store| store.alarm().is_some_and(|at| at <= self.now())) else {
            return Ok(());
        };
        store.disarm();
        if self.keeper(organization, grant)?.alarm().await.is_err() {
            store.arm(self.now().plus_seconds(ALARM_RETRY));
        }
        Ok(())
    }
}

/// The ports of one keeper.
struct Ports {
    edge: EdgeOfKeeper,
    clock: Rc<FakeClock>,
    random: Rc<SeededRandom>,
    log: Rc<LogRecorder>,
    copies: Rc<ChaoticCopies>,
    store: Rc<FakeStore>,
    spawner: LocalSpawner,
}

impl KeeperPorts for Ports {
    fn clock(&self) -> &(impl Clock + Timer) {
        &*self.clock
    }

    fn random(&self) -> &impl Random {
        &*self.random
    }

    fn aead(&self) -> &impl Aead {
        &self.edge
    }

    fn http(&self) -> &impl Http {
        &self.edge
    }

    fn copies(&self) -> &impl TokenCopies {
        &*self.copies
    }

    fn owner(&self) -> &impl GrantOwner {
        &self.edge
    }

    fn log(&self) -> &impl Log {
        &*self.log
    }

    fn store(&self) -> &impl KeeperStore {
        &*self.store
    }

    fn spawner(&self) -> &impl Spawner {
        &self.spawner
    }
}

/// The world as a keeper reaches it. Weak, because the world has the keepers.
struct EdgeOfKeeper(Weak<World>);

impl EdgeOfKeeper {
    fn world(&self) -> Rc<World> {
        self.0.upgrade().expect("keepers end with their world")
    }
}

impl Aead for EdgeOfKeeper {
    async fn seal(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        self.world().seal(key, nonce, aad, plain).await
    }

    async fn open(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        self.world().open(key, nonce, aad, sealed).await
    }
}

impl Http for EdgeOfKeeper {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        Http::exchange(&*self.world(), request, limits).await
    }
}

/// As `edge/src/platform.rs` does it.
impl GrantOwner for EdgeOfKeeper {
    async fn claim_of(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Claim, PortFailure> {
        let claim = GetClaim { grant: grant.clone() };
        send(&*self.world(), organization, Caller::Edge, &claim).await.map_err(refused)
    }

    async fn report(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        report: &GrantReport,
    ) -> Result<(), PortFailure> {
        let report = ReportGrant { grant: grant.clone(), report: report.clone() };
        send(&*self.world(), organization, Caller::Edge, &report).await.map_err(refused)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it by value")]
fn refused(refusal: Refusal) -> PortFailure {
    PortFailure(format!("{refusal:?}"))
}
