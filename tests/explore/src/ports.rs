//! The ports of a keeper whose every effect waits until the exploration says what becomes of it.

use std::{cell::RefCell, collections::HashMap, future::pending, rc::Rc, time::Duration};

use api::{GrantId, Timestamp};
use edge_core::{
    grant::{Claim, GrantOwner, GrantReport, KeeperPorts, KeeperStore, TokenCopies},
    organization_id::OrganizationId,
    ports::{Aead, AeadFailure, Clock, Http, HttpFailure, HttpLimits, Level, Log, PortFailure, Random, Spawner, Timer},
};
use futures::{channel::oneshot, executor::LocalSpawner, future::LocalBoxFuture, task::LocalSpawnExt};
use http::{Request, Response};

use crate::outside::Outside;

/// An effect that a keeper waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    Save(String),
    /// Our clock's time.
    SetAlarm(Option<i64>),
    ReadCopy,
    WriteCopy(Option<String>),
    /// The refresh token of that number is presented.
    Refresh {
        number: u8,
        progress: Progress,
    },
    /// The access token of that number is shown to Jira.
    Probe(u8),
}

/// How far a refresh request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Progress {
    Sent,
    /// It arrived, and was answered with the token of that number or refused; we do not know yet.
    Answered(Option<u8>),
}

/// What came of it.
pub(crate) enum Reply {
    Done(Result<(), PortFailure>),
    Copy(Result<Option<String>, PortFailure>),
    Http(Result<Response<Vec<u8>>, HttpFailure>),
}

/// An effect of one instance of the object.
pub(crate) struct Pending {
    pub(crate) instance: usize,
    pub(crate) call: Call,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// What all instances share.
pub(crate) struct Shared {
    pub(crate) outside: RefCell<Outside>,
    pub(crate) pending: RefCell<Vec<Pending>>,
}

/// The ports of one instance.
pub(crate) struct Ports {
    pub(crate) shared: Rc<Shared>,
    pub(crate) instance: usize,
    pub(crate) spawner: LocalSpawner,
}

impl Ports {
    async fn call(&self, call: Call) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.shared.pending.borrow_mut().push(Pending { instance: self.instance, call, reply });
        match answer.await {
            Ok(reply) => reply,
            // The world is over.
            Err(oneshot::Canceled) => pending().await,
        }
    }

    async fn effect(&self, call: Call) -> Result<(), PortFailure> {
        match self.call(call).await {
            Reply::Done(outcome) => outcome,
            Reply::Copy(_) | Reply::Http(_) => unreachable!("an effect is done or not"),
        }
    }
}

impl Clock for Ports {
    fn now(&self) -> Timestamp {
        self.shared.outside.borrow().ours()
    }
}

impl Timer for Ports {
    /// Time passes only when nothing is under way. What stalls is refused, which is what a timeout makes of it.
    async fn sleep(&self, _: Duration) {
        pending::<()>().await;
    }
}

impl Random for Ports {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// The context with the plaintext behind it: it opens in its own context only, and costs nothing.
impl Aead for Ports {
    async fn seal(&self, _: &[u8; 32], _: &[u8; 12], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        Ok([context, plain].concat())
    }

    async fn open(&self, _: &[u8; 32], _: &[u8; 12], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        sealed.strip_prefix(context).map(<[u8]>::to_vec).ok_or(AeadFailure)
    }
}

fn number_of(token: &str) -> u8 {
    token.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a token of ours")
}

impl Http for Ports {
    async fn exchange(&self, request: Request<Vec<u8>>, _: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        let call = if request.method() == http::Method::GET {
            Call::Probe(number_of(request.headers()["authorization"].to_str().expect("text")))
        } else {
            let form: HashMap<String, String> = serde_urlencoded::from_bytes(request.body()).expect("a form");
            let number = number_of(&form["refresh_token"]);
            self.shared.outside.borrow_mut().presented(number);
            Call::Refresh { number, progress: Progress::Sent }
        };
        match self.call(call).await {
            Reply::Http(answer) => answer,
            Reply::Done(_) | Reply::Copy(_) => unreachable!("a request is answered"),
        }
    }
}

impl TokenCopies for Ports {
    async fn read(&self, _: &OrganizationId, _: &GrantId) -> Result<Option<String>, PortFailure> {
        match self.call(Call::ReadCopy).await {
            Reply::Copy(copy) => copy,
            Reply::Done(_) | Reply::Http(_) => unreachable!("a read is answered"),
        }
    }

    async fn write(&self, _: &OrganizationId, _: &GrantId, copy: &str) -> Result<(), PortFailure> {
        self.effect(Call::WriteCopy(Some(copy.to_owned()))).await
    }

    async fn remove(&self, _: &OrganizationId, _: &GrantId) -> Result<(), PortFailure> {
        self.effect(Call::WriteCopy(None)).await
    }
}

/// What the organization is told changes nothing in the keeper.
impl GrantOwner for Ports {
    async fn claim_of(&self, _: &OrganizationId, _: &GrantId) -> Result<Claim, PortFailure> {
        Ok(Claim::Held)
    }

    async fn report(&self, _: &OrganizationId, _: &GrantId, _: &GrantReport) -> Result<(), PortFailure> {
        Ok(())
    }
}

impl Log for Ports {
    fn log(&self, _: Level, _: &'static str, _: &[(&'static str, &str)]) {}
}

/// Reading needs no choice: whether the process ends before it or after it makes no difference.
impl KeeperStore for Ports {
    async fn load(&self) -> Result<Option<String>, PortFailure> {
        Ok(self.shared.outside.borrow().record.clone())
    }

    async fn save(&self, record: &str) -> Result<(), PortFailure> {
        self.effect(Call::Save(record.to_owned())).await
    }

    async fn erase(&self) -> Result<(), PortFailure> {
        self.shared.outside.borrow_mut().record = None;
        Ok(())
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        self.effect(Call::SetAlarm(at.map(Timestamp::as_millis))).await
    }
}

impl Spawner for Ports {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.spawner.spawn_local(work).expect("a running pool");
    }
}

impl KeeperPorts for Ports {
    fn clock(&self) -> &(impl Clock + Timer) {
        self
    }

    fn random(&self) -> &impl Random {
        self
    }

    fn aead(&self) -> &impl Aead {
        self
    }

    fn http(&self) -> &impl Http {
        self
    }

    fn copies(&self) -> &impl TokenCopies {
        self
    }

    fn owner(&self) -> &impl GrantOwner {
        self
    }

    fn log(&self) -> &impl Log {
        self
    }

    fn store(&self) -> &impl KeeperStore {
        self
    }

    fn spawner(&self) -> &impl Spawner {
        self
    }
}
