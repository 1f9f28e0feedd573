//! A world with one organization, its grants' storage, KV, Atlassian, and an edge that can be killed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use api::{GrantId, Timestamp};
use futures::{
    executor::{LocalPool, LocalSpawner},
    future::LocalBoxFuture,
    task::LocalSpawnExt,
};

use crate::{
    address::Policy,
    fakes::{
        ChaoticCopies, FakeClock, FakeOwner, FakeStore, Faults, LogRecorder, NativeAead, SeededRandom, TokenEndpoint,
    },
    grant::{
        AccessToken, CloudClient, Credential, Generation, GrantOwner, GrantReport, Keeper, KeeperAnswer, KeeperCommand,
        KeeperPorts, KeeperSettings, KeeperStore, NewGrant, Renewal, Token, TokenClient, TokenCopies,
    },
    organization_id::OrganizationId,
    ports::{Aead, AeadFailure, Clock, Http, Log, PortFailure, Random, Spawner, Timer},
    sealing::KeyRing,
};

/// The key of every test, under two names.
pub(super) const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const OTHER_KEY: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// What survives the edge.
pub(super) struct World {
    pub(super) clock: Rc<FakeClock>,
    pub(super) faults: Rc<Faults>,
    pub(super) copies: Rc<ChaoticCopies>,
    pub(super) owner: Rc<FakeOwner>,
    pub(super) atlassian: Rc<TokenEndpoint>,
    pub(super) log: Rc<LogRecorder>,
    pub(super) random: Rc<SeededRandom>,
    pub(super) aead: Rc<CountingAead>,
    /// The sealing keys that the next edge is configured with.
    pub(super) keys: RefCell<String>,
}

/// One grant's part of the world: its storage and the family of tokens at Atlassian.
pub(super) struct Grant {
    pub(super) id: GrantId,
    pub(super) family: &'static str,
    pub(super) store: Rc<FakeStore>,
}

/// A running edge with the keeper of one grant. Dropping it is a crash.
pub(super) struct Edge<'w> {
    pub(super) world: &'w World,
    pub(super) grant: &'w Grant,
    pool: RefCell<LocalPool>,
    pub(super) keeper: Rc<Keeper<Ports>>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with_seed(1)
    }

    pub(super) fn with_seed(seed: u64) -> Self {
        let (clock, faults) = (Rc::new(FakeClock::default()), Rc::new(Faults::default()));
        Self {
            copies: Rc::new(ChaoticCopies::new(clock.clone(), faults.clone())),
            owner: Rc::new(FakeOwner::new(faults.clone())),
            atlassian: Rc::new(TokenEndpoint::new(clock.clone(), faults.clone())),
            log: Rc::default(),
            random: Rc::new(SeededRandom::new(seed)),
            aead: Rc::default(),
            keys: RefCell::new(format!("k1:{KEY}")),
            clock,
            faults,
        }
    }

    /// A place for a grant.
    pub(super) fn grant(&self, family: &'static str) -> Grant {
        let id = GrantId::parse(format!("grt_{family}")).expect("a grant id");
        Grant { id, family, store: Rc::new(FakeStore::new(self.faults.clone())) }
    }

    /// A grant that a connection holds, one hour before its access token ends.
    pub(super) fn active_grant(&self, family: &'static str) -> Grant {
        let grant = self.grant(family);
        let edge = self.start(&grant);
        edge.install();
        assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
        edge.settle();
        drop(edge);
        grant
    }

    /// Starts an edge over what is stored.
    pub(super) fn start<'w>(&'w self, grant: &'w Grant) -> Edge<'w> {
        let pool = LocalPool::new();
        let ports = Ports {
            clock: self.clock.clone(),
            random: self.random.clone(),
            aead: self.aead.clone(),
            copies: self.copies.clone(),
            owner: self.owner.clone(),
            atlassian: self.atlassian.clone(),
            log: self.log.clone(),
            store: grant.store.clone(),
            spawner: pool.spawner(),
        };
        let client = TokenClient {
            token_url: oauth2::TokenUrl::new("https://auth.example/oauth/token".to_owned()).expect("an address"),
            id: oauth2::ClientId::new("client".to_owned()),
            secret: oauth2::ClientSecret::new("client-secret".to_owned()),
        };
        let ring = KeyRing::parse(&self.keys.borrow()).expect("a key ring");
        let settings = KeeperSettings {
            client: Some(client),
            viewer_client: None,
            policy: Policy::default(),
            ring,
            organization: OrganizationId::default(),
            grant: grant.id.clone(),
        };
        Edge { world: self, grant, keeper: Keeper::new(settings, Rc::new(ports)), pool: RefCell::new(pool) }
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts a new key in front of the ring.
    pub(super) fn renew_key(&self) {
        let old = self.keys.borrow().clone();
        self.keys.replace(format!("k2:{OTHER_KEY},{old}"));
    }

    /// Leaves only the new key.
    pub(super) fn only_new_key(&self) {
        self.keys.replace(format!("k2:{OTHER_KEY}"));
    }

    pub(super) fn reports(&self) -> Vec<GrantReport> {
        self.owner.reports()
    }

    /// What KV really holds of a grant.
    pub(super) fn copy_of(&self, grant: &Grant) -> Option<String> {
        self.copies.newest(&OrganizationId::default(), &grant.id)
    }

    /// What holds always, whatever happened.
    pub(super) fn assert_sound(&self) {
        assert!(self.atlassian.most_at_once() <= 1, "two token requests were under way at once");
        assert!(!self.atlassian.went_backwards(), "a refresh token was presented after a newer one");
    }
}

impl Edge<'_> {
    /// Drives `work` and whatever goes on beside it. Time passes only while everything waits. `None` if the edge was
    /// killed.
    pub(super) fn drive<T: 'static>(&self, work: impl Future<Output = T> + 'static) -> Option<T> {
        let result = Rc::new(RefCell::new(None));
        let slot = result.clone();
        let mut pool = self.pool.borrow_mut();
        let task = async move {
            let value = work.await;
            slot.replace(Some(value));
        };
        pool.spawner().spawn_local(task).expect("a running pool");
        loop {
            pool.run_until_stalled();
            if let Some(value) = result.take() {
                return Some(value);
            }
            if self.world.faults.killed() {
                return None;
            }
            let next = self.world.clock.next_awakening().expect("somebody waits for something that never comes");
            let pause = next.since(self.world.now()).max(1);
            self.world.clock.advance(Duration::from_millis(pause.cast_unsigned()));
        }
    }

    /// Lets the background go on as far as it can without time passing.
    pub(super) fn settle(&self) {
        self.pool.borrow_mut().run_until_stalled();
    }

    pub(super) fn try_ask(&self, command: KeeperCommand) -> Option<Result<KeeperAnswer, PortFailure>> {
        let keeper = self.keeper.clone();
        self.drive(async move { keeper.handle(command).await })
    }

    pub(super) fn ask(&self, command: KeeperCommand) -> KeeperAnswer {
        let answer = self.try_ask(command).expect("a living edge").expect("working storage");
        self.settle();
        answer
    }

    /// Asks, and goes on without waiting. The answer lands in what is returned; a failure of storage leaves it empty.
    pub(super) fn begin(&self, command: KeeperCommand) -> Rc<RefCell<Option<KeeperAnswer>>> {
        let (keeper, answer) = (self.keeper.clone(), Rc::new(RefCell::new(None)));
        let slot = answer.clone();
        let task = async move {
            slot.replace(keeper.handle(command).await.ok());
        };
        self.pool.borrow().spawner().spawn_local(task).expect("a running pool");
        self.settle();
        answer
    }

    pub(super) fn install(&self) {
        let (access, refresh) = self.world.atlassian.consent(self.grant.family);
        let token = |text: String| Token::parse(text).expect("a token");
        let grant = NewGrant {
            credential: Credential::Bearer(token(access)),
            renewal: Some(Renewal { refresh_token: token(refresh), provider: None, client: CloudClient::First }),
            expires_at: self.world.now().plus_seconds(3600),
            scopes: vec!["read:jira-work".to_owned()],
            pending_until: self.world.now().plus_seconds(600),
        };
        assert_eq!(self.ask(KeeperCommand::Install { grant: Box::new(grant) }), KeeperAnswer::Done);
    }

    pub(super) fn ask_token(&self) -> KeeperAnswer {
        self.ask(WANT)
    }

    /// The token, which must be there.
    pub(super) fn token(&self) -> AccessToken {
        match self.ask_token() {
            KeeperAnswer::Token { token } => token,
            other => panic!("no token but {other:?}"),
        }
    }

    /// Delivers an alarm now, due or not.
    pub(super) fn ring(&self) -> Option<Result<(), PortFailure>> {
        let keeper = self.keeper.clone();
        let outcome = self.drive(async move { keeper.alarm().await });
        self.settle();
        outcome
    }

    /// Lets `seconds` pass and delivers each alarm when it is due, as the platform does: again later if it failed.
    pub(super) fn live(&self, seconds: i64) {
        let end = self.world.now().plus_seconds(seconds);
        loop {
            let due = self.grant.store.alarm().filter(|at| *at <= end);
            let Some(at) = due else { break };
            let pause = at.since(self.world.now()).max(0);
            self.world.clock.advance(Duration::from_millis(pause.cast_unsigned()));
            self.settle();
            self.grant.store.disarm();
            match self.ring() {
                // Alarms are delivered at least once.
                None => return self.grant.store.arm(at),
                Some(Ok(())) => {}
                Some(Err(_)) => self.grant.store.arm(self.world.now().plus_seconds(2)),
            }
        }
        let rest = end.since(self.world.now()).max(0);
        self.world.clock.advance(Duration::from_millis(rest.cast_unsigned()));
        self.settle();
    }
}

/// Somebody needs a token.
pub(super) const WANT: KeeperCommand = KeeperCommand::Token { seen: None, refused: false };

/// Jira answered 401 to the token of that generation.
pub(super) const fn refused(generation: u64) -> KeeperCommand {
    KeeperCommand::Token { seen: Some(Generation(generation)), refused: true }
}

/// The encryption, counted.
#[derive(Default)]
pub(super) struct CountingAead {
    opened: Cell<usize>,
}

impl CountingAead {
    /// How often something was opened.
    pub(super) fn opened(&self) -> usize {
        self.opened.get()
    }
}

impl Aead for CountingAead {
    async fn seal(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        NativeAead.seal(key, nonce, additional, plain).await
    }

    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        self.opened.set(self.opened.get() + 1);
        NativeAead.open(key, nonce, additional, sealed).await
    }
}

/// The ports of one edge.
pub(super) struct Ports {
    clock: Rc<FakeClock>,
    random: Rc<SeededRandom>,
    aead: Rc<CountingAead>,
    copies: Rc<ChaoticCopies>,
    owner: Rc<FakeOwner>,
    atlassian: Rc<TokenEndpoint>,
    log: Rc<LogRecorder>,
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
        &*self.aead
    }

    fn http(&self) -> &impl Http {
        &*self.atlassian
    }

    fn copies(&self) -> &impl TokenCopies {
        &*self.copies
    }

    fn owner(&self) -> &impl GrantOwner {
        &*self.owner
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

impl Spawner for LocalSpawner {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.spawn_local(work).expect("a running pool");
    }
}

/// Whether every answer is a token of that generation.
pub(super) fn all_are_tokens(answers: &[Rc<RefCell<Option<KeeperAnswer>>>], generation: u64) -> bool {
    let is_one = |answer: &Option<KeeperAnswer>| matches!(answer, Some(KeeperAnswer::Token { token }) if token.generation == Generation(generation));
    answers.iter().all(|answer| is_one(&answer.borrow()))
}
