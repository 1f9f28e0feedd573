//! The proxy's ports in memory: an organization, a copy in KV, a keeper and a Jira that say what a test tells them to, and
//! count what they are asked.

mod ports;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::{Future, pending},
    rc::Rc,
    time::Duration,
};

use api::{Cause, ConnectionId, CredentialKind, GrantId, Problem, Timestamp};
use futures::{
    executor::{LocalPool, LocalSpawner},
    future::LocalBoxFuture,
    task::LocalSpawnExt as _,
};

use crate::{
    address::Policy,
    fakes::{FakeClock, LogRecorder, NativeRsa, SeededRandom},
    grant::{AccessToken, Credential, Generation, GrantKeepers, KeeperAnswer, KeeperCommand, Token},
    jira::JiraTarget,
    oauth1::{KeyPair, PrivateKey, Rsa, RsaFailure},
    organization::{AccessChange, AccessChanges, Epoch, RecordCalls},
    organization_id::OrganizationId,
    ports::{Clock, Level, Log, PortFailure, Random, Spawner, Timer},
    proxy::{
        Access, AccessAnswer, AccessSource, CallAddress, CallRecorder, CheckupRequester, ConnectionReference,
        CopyReader, GrantedAccess, KeyRotation, ProxyAnswer, ProxyBody, ProxyCaches, ProxyPorts, ProxyRequest, Target,
        UploadEnd, Upstream, UpstreamAnswer, UpstreamBody, UpstreamFailure, UpstreamRequest, serve,
        timeout::with_timeout,
    },
    secrets::{Digest, PresentedKey},
};

/// A key of the right shape.
pub(super) const KEY: &str = "cw_abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE";

/// A call with a key and nothing else.
pub(super) fn call<B>(method: &str, path: &str) -> ProxyRequest<B> {
    ProxyRequest {
        request_id: "req_1".to_owned(),
        method: method.to_owned(),
        target: Target { address: CallAddress::Connection("con_1".to_owned()), path: path.to_owned(), query: None },
        headers: vec![("authorization".to_owned(), format!("Bearer {KEY}"))],
        body: None,
    }
}

/// What Jira does with one call.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Answers { status: u16, headers: Vec<(&'static str, &'static str)>, body: &'static str },
    Fails(UpstreamFailure),
    Never,
}

pub(super) fn answers(status: u16) -> Reply {
    Reply::Answers { status, headers: Vec::new(), body: "{}" }
}

/// A call as it arrived at Jira.
#[derive(Clone, Debug)]
pub(super) struct SentCall {
    pub(super) at: Timestamp,
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
}

impl SentCall {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }
}

pub(super) type KeeperAnswers = Box<dyn Fn(Option<Generation>, bool) -> Result<KeeperAnswer, PortFailure>>;

/// The world around one isolate.
pub(super) struct World {
    pub(super) clock: FakeClock,
    pub(super) log: LogRecorder,
    random: SeededRandom,
    spawner: LocalSpawner,
    /// What the organization answers; `None`: nothing, ever.
    pub(super) organization: RefCell<Option<Result<Access, PortFailure>>>,
    /// From when on the organization answers that the key is refused.
    pub(super) revoked_at: Cell<Option<Timestamp>>,
    pub(super) organization_takes: Cell<Duration>,
    pub(super) organization_asked: RefCell<Vec<Timestamp>>,
    /// The epoch of the organization's answers: [`Isolate::organization_answers`] begins another one.
    pub(super) access_epoch: Cell<i64>,
    /// What the organization says has changed since an earlier epoch.
    pub(super) changes: RefCell<Option<Vec<AccessChange>>>,
    /// When the organization was asked what has changed.
    pub(super) changes_asked: RefCell<Vec<Timestamp>>,
    /// When the key ends by itself.
    pub(super) key_ends_at: Cell<Option<Timestamp>>,
    /// What the organization was asked about last.
    pub(super) asked_about: RefCell<Option<ConnectionReference>>,
    pub(super) copy: RefCell<Option<AccessToken>>,
    pub(super) copy_stalls: Cell<bool>,
    pub(super) keeper: RefCell<KeeperAnswers>,
    pub(super) keeper_takes: Cell<Duration>,
    pub(super) keeper_asked: RefCell<Vec<(Option<u64>, bool)>>,
    /// What Jira does next; after that, `jira_usually`.
    pub(super) jira: RefCell<VecDeque<Reply>>,
    pub(super) jira_usually: RefCell<Reply>,
    pub(super) jira_takes: Cell<Duration>,
    /// How long it takes to send a body.
    pub(super) upload_takes: Cell<Duration>,
    pub(super) sent: RefCell<Vec<SentCall>>,
    pub(super) discarded: Cell<u32>,
    /// What the keeper was told that Jira refused.
    pub(super) refused: RefCell<Vec<(u64, Cause)>>,
    pub(super) checkups_wanted: RefCell<Vec<ConnectionId>>,
    /// The batches of calls that the organization received; and whether it receives none.
    pub(super) recorded: RefCell<Vec<RecordCalls>>,
    pub(super) calls_are_lost: Cell<bool>,
    /// What the organization answers once the key was switched; `None`: there is no next key.
    pub(super) next_key: RefCell<Option<Access>>,
    pub(super) keys_sought: Cell<u32>,
    in_flight: Cell<usize>,
    pub(super) most_in_flight: Cell<usize>,
}

/// One isolate in its world.
pub(super) struct Isolate {
    pool: RefCell<LocalPool>,
    pub(super) world: Ports,
    pub(super) caches: ProxyCaches,
}

#[derive(Clone)]
pub(super) struct Ports(Rc<World>);

impl std::ops::Deref for Ports {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

type Answer = ProxyAnswer<&'static str>;

impl Isolate {
    /// Everything works: the key may, KV has generation 1 for an hour, Jira answers 200.
    pub(super) fn new() -> Self {
        let pool = LocalPool::new();
        let clock = FakeClock::default();
        let granted = granted(1, JiraTarget::Gateway { cloud_id: "cloud-1".to_owned() });
        let copy = token(1, clock.now());
        let world = World {
            log: LogRecorder::default(),
            random: SeededRandom::new(1),
            spawner: pool.spawner(),
            organization: RefCell::new(Some(Ok(granted))),
            revoked_at: Cell::default(),
            organization_takes: Cell::default(),
            organization_asked: RefCell::default(),
            access_epoch: Cell::new(1),
            changes: RefCell::default(),
            changes_asked: RefCell::default(),
            key_ends_at: Cell::default(),
            asked_about: RefCell::default(),
            copy: RefCell::new(Some(copy)),
            copy_stalls: Cell::new(false),
            keeper: RefCell::new(Box::new(|_, _| Err(PortFailure("nobody was to ask the keeper".to_owned())))),
            keeper_takes: Cell::default(),
            keeper_asked: RefCell::default(),
            jira: RefCell::default(),
            jira_usually: RefCell::new(answers(200)),
            jira_takes: Cell::default(),
            upload_takes: Cell::default(),
            sent: RefCell::default(),
            discarded: Cell::default(),
            refused: RefCell::default(),
            checkups_wanted: RefCell::default(),
            recorded: RefCell::default(),
            calls_are_lost: Cell::default(),
            next_key: RefCell::default(),
            keys_sought: Cell::default(),
            in_flight: Cell::default(),
            most_in_flight: Cell::default(),
            clock,
        };
        Self { pool: RefCell::new(pool), world: Ports(Rc::new(world)), caches: ProxyCaches::default() }
    }

    /// Jira does this first.
    pub(super) fn jira(&self, replies: impl IntoIterator<Item = Reply>) {
        self.world.jira.borrow_mut().extend(replies);
    }

    /// The keeper gives this generation, fresh.
    pub(super) fn keeper_gives(&self, generation: u64) {
        let now = self.world.clock.now();
        let give = move |_, _| Ok(KeeperAnswer::Token { token: token(generation, now) });
        *self.world.keeper.borrow_mut() = Box::new(give);
    }

    pub(super) fn keeper_answers(&self, answer: Result<KeeperAnswer, PortFailure>) {
        *self.world.keeper.borrow_mut() = Box::new(move |_, _| answer.clone());
    }

    pub(super) fn organization_answers(&self, answer: Result<Access, PortFailure>) {
        *self.world.organization.borrow_mut() = Some(answer);
        self.changes(Some(vec![AccessChange::Key(Digest::of(KEY))]));
    }

    /// Something has changed in the organization; `None`: it may be anything.
    pub(super) fn changes(&self, changes: Option<Vec<AccessChange>>) {
        self.world.access_epoch.set(self.world.access_epoch.get() + 1);
        *self.world.changes.borrow_mut() = changes;
    }

    /// How often the organization was asked what has changed.
    pub(super) fn small_questions(&self) -> usize {
        self.world.changes_asked.borrow().len()
    }

    /// Serves calls that come at once; time moves while they all wait.
    pub(super) fn serve_all(&self, calls: impl IntoIterator<Item = ProxyRequest<String>>) -> Vec<Answer> {
        let mut pool = self.pool.borrow_mut();
        let arrived: Rc<RefCell<Vec<Option<Answer>>>> = Rc::default();
        for call in calls {
            let (world, caches, arrived) = (self.world.clone(), self.caches.clone(), Rc::clone(&arrived));
            let place = arrived.borrow().len();
            arrived.borrow_mut().push(None);
            let work = async move {
                let answer = serve(&world, &caches, call).await;
                arrived.borrow_mut()[place] = Some(answer);
            };
            self.world.spawner.spawn_local(work).expect("the pool is open");
        }
        loop {
            pool.run_until_stalled();
            if arrived.borrow().iter().all(Option::is_some) {
                return arrived.take().into_iter().flatten().collect();
            }
            let next = self.world.clock.next_awakening().expect("somebody waits for something that will come");
            self.pass(next.since(self.world.clock.now()));
        }
    }

    pub(super) fn serve(&self, call: ProxyRequest<String>) -> Answer {
        self.serve_all([call]).pop().expect("an answer")
    }

    /// Runs what goes on after responses, as far as it comes now.
    pub(super) fn run_background(&self) {
        self.pool.borrow_mut().run_until_stalled();
    }

    /// `GET` of something.
    pub(super) fn get(&self) -> Answer {
        self.serve(call("GET", "rest/api/3/myself"))
    }

    /// A `POST` with a body of this declared length.
    pub(super) fn post(&self, length: u64) -> Answer {
        let mut call = call("POST", "rest/api/3/issue");
        call.headers.push(("content-length".to_owned(), length.to_string()));
        call.body = Some("body".to_owned());
        self.serve(call)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// Lets time pass, in milliseconds.
    pub(super) fn pass(&self, millis: i64) {
        self.world.clock.advance(Duration::from_millis(millis.unsigned_abs()));
    }

    /// Sets the clock back, in milliseconds, as platforms do that correct it.
    pub(super) fn set_clock_back(&self, millis: u64) {
        self.world.clock.set_back(Duration::from_millis(millis));
    }

    pub(super) fn sent(&self) -> Vec<SentCall> {
        self.world.sent.borrow().clone()
    }

    pub(super) fn questions(&self) -> usize {
        self.world.organization_asked.borrow().len()
    }

    pub(super) fn keeper_asked(&self) -> Vec<(Option<u64>, bool)> {
        self.world.keeper_asked.borrow().clone()
    }
}

pub(super) fn grant(number: u32) -> GrantId {
    GrantId::parse(format!("grt_{number}")).expect("an id")
}

/// Access through the connection `con_1` with a grant of this number. Through the gateway, the credential is the app's.
pub(super) fn granted_to(number: u32, target: JiraTarget) -> GrantedAccess {
    let connection = ConnectionId::parse("con_1").expect("an id");
    let kind = match target {
        JiraTarget::Gateway { .. } => CredentialKind::CloudOauth2,
        JiraTarget::Direct { .. } => CredentialKind::Password,
    };
    GrantedAccess { connection, grant: grant(number), target, families: Vec::new(), kind }
}

/// The same as the organization's answer.
pub(super) fn granted(number: u32, target: JiraTarget) -> Access {
    Access::Granted(granted_to(number, target))
}

/// A token that lives an hour and is to be refreshed after 45 minutes.
pub(super) fn token(generation: u64, from: Timestamp) -> AccessToken {
    AccessToken {
        credential: Credential::Bearer(Token::parse(format!("secret-token-{generation}")).expect("a token")),
        generation: Generation(generation),
        expires_at: from.plus_seconds(3600),
        refresh_after: from.plus_seconds(2700),
    }
}

/// The code of the problem, or the status of Jira's answer.
pub(super) fn outcome(answer: &Answer) -> String {
    match &answer.body {
        ProxyBody::Jira(_) | ProxyBody::Empty => answer.status.to_string(),
        ProxyBody::Problem(json) => {
            let problem: Problem = serde_json::from_str(json).expect("a problem");
            assert_eq!(problem.status, answer.status);
            problem.code.as_str().to_owned()
        }
    }
}

pub(super) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
}
