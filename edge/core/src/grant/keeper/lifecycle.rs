//! The lifecycle of a grant: install, activate, retire.

use std::rc::Rc;

use api::Cause;

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, KeeperAnswer, NEVER, NewGrant,
        record::{Form, LastReported, Record, State, StoredCredential, Tokens},
        refresh_state,
        refresh_state::{keep_alive_at, refresh_after},
    },
    ports::{AeadFailure, Level, PortFailure},
};

/// The generation of the first tokens.
const FIRST: Generation = Generation(1);

impl<P: KeeperPorts> Keeper<P> {
    /// Stores a new grant as pending. An existing grant stays: ids of grants are used once.
    pub(super) async fn install(&self, grant: NewGrant) -> Result<KeeperAnswer, PortFailure> {
        let sealed = self.seal_new(&grant).await.map_err(|AeadFailure| PortFailure("sealing failed".to_owned()))?;
        let stored = self.new_stored(&grant, sealed);
        let pending = State::Pending { until: grant.pending_until, stored };
        self.change(|record| match record.map(|record| &record.state) {
            None => (Some(Record::of(pending, LastReported::Works { generation: FIRST })), Ok(KeeperAnswer::Done)),
            Some(State::Retired { .. }) => (None, Ok(KeeperAnswer::Gone)),
            Some(_) => (None, Err(PortFailure("this keeper has a grant already".to_owned()))),
        })
        .await?
    }

    async fn seal_new(&self, grant: &NewGrant) -> Result<Tokens, AeadFailure> {
        let (access_form, access) = self.seal_credential(FIRST, &grant.credential).await?;
        let renewal = match &grant.renewal {
            Some(renewal) => Some(self.seal_renewal(FIRST, renewal).await?),
            None => None,
        };
        let (refresh_form, refresh) = renewal.map_or((Form::Bare, None), |(form, sealed)| (form, Some(sealed)));
        let refresh_after = match refresh {
            Some(_) => refresh_after(self.now(), grant.expires_at, self.jitter()),
            None => NEVER,
        };
        let access_expires_at = grant.expires_at;
        Ok(Tokens {
            generation: FIRST,
            access,
            access_form,
            refresh,
            refresh_form,
            access_expires_at,
            refresh_after,
            attempt: 0,
        })
    }

    fn new_stored(&self, grant: &NewGrant, tokens: Tokens) -> StoredCredential {
        let now = self.now();
        StoredCredential {
            authorized_at: now,
            refreshed_at: now,
            keep_alive_at: if tokens.is_static() { NEVER } else { keep_alive_at(now, self.jitter()) },
            tokens,
            scopes: grant.scopes.clone(),
            intent: None,
            trouble: None,
            forced_at: None,
            copied: None,
            client: grant.renewal.as_ref().map(|renewal| renewal.client).unwrap_or_default(),
        }
    }

    /// Marks the grant as held by a connection.
    pub(super) async fn activate(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let answer = self.change(|record| match record.map(|record| &record.state) {
            Some(State::Pending { stored, .. }) => {
                let active = State::Active { stored: stored.clone() };
                (record.map(|record| Record { state: active, ..record.clone() }), KeeperAnswer::Done)
            }
            Some(State::Active { .. }) => (None, KeeperAnswer::Done),
            Some(State::Dead { cause, .. }) => (None, KeeperAnswer::Unauthorized { cause: *cause }),
            Some(State::Retired { .. }) | None => (None, KeeperAnswer::Gone),
        });
        let answer = answer.await?;
        self.spawn_tasks();
        Ok(answer)
    }

    /// Jira definitely refused the credential of `generation`. One that can be refreshed stays, because its refresh
    /// decides.
    pub(super) async fn refuse(
        self: &Rc<Self>,
        generation: Generation,
        cause: Cause,
    ) -> Result<KeeperAnswer, PortFailure> {
        self.end_static(|tokens| tokens.generation == generation, cause).await?;
        Ok(KeeperAnswer::Done)
    }

    /// Ends a credential that cannot be refreshed and has expired. Returns whether it did.
    pub(super) async fn end_if_expired(self: &Rc<Self>) -> Result<bool, PortFailure> {
        let now = self.now();
        self.end_static(|tokens| tokens.access_expires_at <= now, Cause::TokenExpired).await
    }

    async fn end_static(
        self: &Rc<Self>,
        is_expired_tombstone: impl FnOnce(&Tokens) -> bool,
        cause: Cause,
    ) -> Result<bool, PortFailure> {
        let now = self.now();
        let ended = self.change(|record| {
            let stored = |record: &Record| {
                record.stored().is_some_and(|stored| stored.tokens.is_static() && is_expired_tombstone(&stored.tokens))
            };
            let next = record.filter(|record| stored(record)).map(|record| refresh_state::ended(record, cause, now));
            let ended = next.is_some();
            (next, ended)
        });
        let ended = ended.await?;
        if ended {
            self.opened.replace(None);
            self.log(Level::Info, "grant.unauthorized", &[]);
            self.spawn_tasks();
        }
        Ok(ended)
    }

    /// Destroys the tokens and leaves a tombstone; a response that is still in flight finds it and is dropped.
    pub(super) async fn retire(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let now = self.now();
        self.change(|record| {
            let is_retired = record.is_some_and(|record| matches!(record.state, State::Retired { .. }));
            let tombstone = Record::of(State::Retired { since: now, sweeps: 0 }, LastReported::Nothing);
            ((!is_retired).then_some(tombstone), ())
        })
        .await?;
        self.opened.replace(None);
        self.spawn_tasks();
        Ok(KeeperAnswer::Done)
    }
}
