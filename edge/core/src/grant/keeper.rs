//! The keeper of one grant: the only place where its refresh token is presented.
//!
//! A Durable Object holds one [`Keeper`] and forwards commands to it. It must drive every future that the keeper gives
//! to its [`Spawner`](crate::ports::Spawner): a refresh does not belong to the caller who triggered it, so a caller
//! that disconnects does not cancel it, and refreshing ahead of need continues after the response. The alarm resumes
//! work that was cancelled nevertheless. A Durable Object does accept a second request while the first one waits for
//! the network, so the keeper itself ensures that only one refresh runs.
//!
//! ```text
//! refresh(seen_generation):
//!  1  not active                        → typed refusal
//!  2  a newer generation is stored      → return it                     (checked again after joining)
//!  3  a refresh is in flight            → await the same future
//!     no leeway (Data Center), and a response may be lost: call `/myself` with the old access token; 200: not spent;
//!       401 in Jira's own words: rescue copy, or unauthorized; anything else: wait; the token has expired: go on
//!  4  write intent {generation, first_sent, attempt} and set the alarm  (durable before the request is sent)
//!  5  POST the token endpoint: 10 s, no redirects, ≤ 64 KiB, strict JSON
//!  6  tokens → one write: tokens(generation+1), intent gone; then the sealed copy to KV
//!       the write failed → put the sealed tokens in KV as the rescue copy; the callers still get the token
//!  7  invalid_grant, or unauthorized_client naming the refresh token →
//!       read again: a newer generation or a rescue copy → adopt it; else unauthorized
//!     invalid_client / access_denied → our configuration is wrong: alert, break the circuit, touch no connection
//!  8  anything else is ambiguous: keep the intent, present the same refresh token again at 1, 2, 4, 8 … s while first_sent
//!       is under 9 min, then every few minutes; meanwhile serve the old access token until it expires
//! start of the object, alarm: an intent is there → rescue copy? adopt it : continue at 8
//! ```
//!
//! Out of scope: what a dead grant means for a connection (the organization), and calls to Jira (the proxy).

mod alarm;
mod background_tasks;
mod lifecycle;
mod ports;
mod record_store;
mod refresh;
mod rescue;
mod resealing;
mod rotation_probe;
mod site_address;

pub use ports::{KeeperPorts, KeeperSettings, KeeperStore, TokenClient};

use std::{cell::RefCell, fmt, rc::Rc};

use api::{Cause, Timestamp};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared, WeakShared},
    lock::Mutex,
};

use self::{record_store::RecordCache, refresh::RefreshOutcome, rescue::Rescue};
use super::{
    AccessToken, Credential, Generation, KeeperAnswer, KeeperCommand, Renewal,
    backoff::{Jitter, KEY_RETRY},
    copy::{Field, access_token, open_credential, open_renewal, sealing_context},
    record::{Record, Tokens},
    refresh_state::{self, RefreshReason},
    token_decision::{TokenDecision, decide, decide_after_refresh, renewed},
};
use crate::{
    ports::{Clock as _, Level, Log as _, PortFailure, Random as _, Spawner as _},
    sealing::{OpenError, SealingContext},
};

/// A running refresh. It ends by itself, or when everyone who drives it is gone; its failure is not kept.
type SharedRefresh = LocalBoxFuture<'static, RefreshOutcome>;

/// The keeper of one grant.
pub struct Keeper<P> {
    settings: KeeperSettings,
    ports: Rc<P>,
    cache: Mutex<RecordCache>,
    /// Weak: the callers and the spawner own the running refresh.
    running_refresh: RefCell<Option<WeakShared<SharedRefresh>>>,
    /// The last access token that was opened.
    opened: RefCell<Option<AccessToken>>,
    /// Held while background tasks run, so that writes to KV never overtake each other.
    task_lock: Mutex<()>,
}

impl<P> fmt::Debug for Keeper<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("grant", &self.settings.grant).finish_non_exhaustive()
    }
}

impl<P: KeeperPorts> Keeper<P> {
    /// A keeper over its storage, which is read at the first command.
    pub fn new(settings: KeeperSettings, ports: Rc<P>) -> Rc<Self> {
        Rc::new(Self {
            settings,
            ports,
            cache: Mutex::default(),
            running_refresh: RefCell::default(),
            opened: RefCell::default(),
            task_lock: Mutex::default(),
        })
    }

    /// Executes a command. It fails only if the keeper's own storage does; the caller may retry.
    pub async fn handle(self: &Rc<Self>, command: KeeperCommand) -> Result<KeeperAnswer, PortFailure> {
        match command {
            KeeperCommand::Install { grant } => self.install(*grant).await,
            KeeperCommand::Activate => self.activate().await,
            KeeperCommand::Retire => self.retire().await,
            KeeperCommand::Token { seen, refused } => self.token(seen, refused).await,
            KeeperCommand::Renew => self.renew().await,
            KeeperCommand::Reseal => self.reseal().await,
            KeeperCommand::Move { address } => self.change_site_address(address).await,
            KeeperCommand::Refuse { generation, cause } => self.refuse(generation, cause).await,
        }
    }

    /// Refreshes on request of a person, or joins the running refresh.
    async fn renew(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let outcome = self.refresh(RefreshReason::Renewal).await;
        let record = self.record().await?;
        match (renewed(record.as_ref(), self.now()), outcome) {
            (KeeperAnswer::Renewed { .. }, RefreshOutcome::Failed(failure)) => Err(failure),
            (answer, _) => Ok(answer),
        }
    }

    /// Returns an access token, after a refresh if one is due.
    async fn token(self: &Rc<Self>, seen: Option<Generation>, refused: bool) -> Result<KeeperAnswer, PortFailure> {
        // 1, 2: the record decides.
        let record = self.record().await?;
        let reason = match decide(record.as_ref(), seen, refused, self.now()) {
            TokenDecision::RefreshFirst(reason) => reason,
            TokenDecision::ServeAndRefresh => {
                let _in_the_background = self.refresh(RefreshReason::Due);
                return self.take(TokenDecision::Serve, record).await;
            }
            decision => return self.take(decision, record).await,
        };
        // 3: every caller awaits the same future.
        match self.refresh(reason).await {
            RefreshOutcome::Refreshed(token) => Ok(KeeperAnswer::Token { token }),
            RefreshOutcome::Settled => {
                let record = self.record().await?;
                self.take(decide_after_refresh(record.as_ref(), reason, self.now()), record).await
            }
            RefreshOutcome::Failed(failure) => match decide_after_refresh(record.as_ref(), reason, self.now()) {
                TokenDecision::Serve => self.take(TokenDecision::Serve, record).await,
                _ => Err(failure),
            },
        }
    }

    async fn take(&self, decision: TokenDecision, record: Option<Record>) -> Result<KeeperAnswer, PortFailure> {
        match (decision, record.as_ref().and_then(Record::stored)) {
            (TokenDecision::Answer(answer), _) => Ok(answer),
            (_, Some(stored)) => self.serve(&stored.tokens).await,
            (_, None) => Ok(KeeperAnswer::Gone),
        }
    }

    /// Returns the access token of `tokens`.
    async fn serve(&self, tokens: &Tokens) -> Result<KeeperAnswer, PortFailure> {
        if let Some(token) = self.opened(tokens.generation) {
            return Ok(KeeperAnswer::Token { token });
        }
        match self.open(tokens).await {
            Ok(credential) => {
                self.clear_missing_key().await?;
                let token = access_token(tokens, credential);
                self.opened.replace(Some(token.clone()));
                Ok(KeeperAnswer::Token { token })
            }
            Err(error) => {
                self.record_missing_key(&error).await?;
                Ok(KeeperAnswer::Unavailable { cause: Cause::Unsealable, retry_after: KEY_RETRY, status: None })
            }
        }
    }

    fn opened(&self, generation: Generation) -> Option<AccessToken> {
        self.opened.borrow().clone().filter(|token| token.generation == generation)
    }

    async fn record_missing_key(&self, error: &OpenError) -> Result<(), PortFailure> {
        self.log(Level::Alert, "grant.unsealable", &[("error", &error.to_string())]);
        let (now, jitter) = (self.now(), self.jitter());
        self.change_stored(|stored| {
            let known = stored.trouble.is_some_and(|trouble| trouble.cause == Cause::Unsealable);
            (!known || refresh_state::is_overdue(stored, now)).then(|| refresh_state::unsealable(stored, now, jitter))
        })
        .await?;
        Ok(())
    }

    async fn clear_missing_key(&self) -> Result<(), PortFailure> {
        self.change_stored(|stored| {
            let over = stored.trouble.is_some_and(|trouble| trouble.cause == Cause::Unsealable);
            over.then(|| refresh_state::sealable_again(stored))
        })
        .await?;
        Ok(())
    }

    /// Step 3: the running refresh, or a new one. The spawner drives it too, so dropping the result is harmless.
    fn refresh(self: &Rc<Self>, reason: RefreshReason) -> Shared<SharedRefresh> {
        let under_way = self.running_refresh.borrow().as_ref().and_then(WeakShared::upgrade);
        if let Some(running_refresh) = under_way.filter(|running_refresh| running_refresh.peek().is_none()) {
            return running_refresh;
        }
        let running_refresh = Rc::clone(self).run(reason).boxed_local().shared();
        self.running_refresh.replace(running_refresh.downgrade());
        self.ports.spawner().spawn(running_refresh.clone().map(drop).boxed_local());
        running_refresh
    }

    async fn open(&self, tokens: &Tokens) -> Result<Credential, OpenError> {
        let sealing_context = self.sealing_context(tokens.generation, Field::Access(tokens.access_form));
        open_credential(self.ports.aead(), &self.settings.ring, &sealing_context, tokens).await
    }

    /// Opens the refresh token; `None` if the credential cannot be refreshed.
    async fn open_renewal(&self, tokens: &Tokens) -> Result<Option<Renewal>, OpenError> {
        let Some(sealed) = &tokens.refresh else { return Ok(None) };
        let sealing_context = self.sealing_context(tokens.generation, Field::Refresh(tokens.refresh_form));
        open_renewal(self.ports.aead(), &self.settings.ring, &sealing_context, (sealed, tokens.refresh_form))
            .await
            .map(Some)
    }

    fn sealing_context(&self, generation: Generation, field: Field) -> SealingContext<'_> {
        sealing_context(&self.settings.organization, &self.settings.grant, generation, field)
    }

    fn now(&self) -> Timestamp {
        self.ports.clock().now()
    }

    fn jitter(&self) -> Jitter {
        let mut bytes = [0; 2];
        self.ports.random().fill(&mut bytes);
        Jitter::from_bytes(bytes)
    }

    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        let grant = [("grant", self.settings.grant.as_str())];
        self.ports.log().log(level, event, &[&grant, details].concat());
    }
}
