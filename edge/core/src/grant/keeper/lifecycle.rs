//! How a grant comes and goes: install, activate, retire.

use std::rc::Rc;

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, KeeperAnswer, NewGrant,
        attempt::{keep_alive_at, refresh_after},
        copy::Field,
        record::{Held, Record, State, Tokens, Told},
    },
    ports::{AeadFailure, PortFailure},
};

/// The generation of the tokens that a code was exchanged for.
const FIRST: Generation = Generation(1);

impl<P: KeeperPorts> Keeper<P> {
    /// Takes a new grant, pending. One that is here stays: ids of grants are used once.
    pub(super) async fn install(&self, grant: NewGrant) -> Result<KeeperAnswer, PortFailure> {
        let sealed = self.seal_new(&grant).await.map_err(|AeadFailure| PortFailure("sealing failed".to_owned()))?;
        let held = self.new_held(&grant, sealed);
        let pending = State::Pending { until: grant.pending_until, held };
        self.change(|record| match record.map(|record| &record.state) {
            None => (Some(Record::of(pending, Told::Works { generation: FIRST })), Ok(KeeperAnswer::Done)),
            Some(State::Retired { .. }) => (None, Ok(KeeperAnswer::Gone)),
            Some(_) => (None, Err(PortFailure("this keeper has a grant already".to_owned()))),
        })
        .await?
    }

    async fn seal_new(&self, grant: &NewGrant) -> Result<Tokens, AeadFailure> {
        Ok(Tokens {
            generation: FIRST,
            access: self.seal_token(FIRST, Field::Access, &grant.access_token).await?,
            refresh: self.seal_token(FIRST, Field::Refresh, &grant.refresh_token).await?,
            access_expires_at: grant.access_expires_at,
            refresh_after: refresh_after(self.now(), grant.access_expires_at, self.jitter()),
            attempt: 0,
        })
    }

    fn new_held(&self, grant: &NewGrant, tokens: Tokens) -> Held {
        let now = self.now();
        Held {
            tokens,
            authorized_at: now,
            refreshed_at: now,
            keep_alive_at: keep_alive_at(now, self.jitter()),
            scopes: grant.scopes.clone(),
            intent: None,
            trouble: None,
            forced_at: None,
            copied: None,
        }
    }

    /// A connection holds the grant from now on.
    pub(super) async fn activate(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let answer = self.change(|record| match record.map(|record| &record.state) {
            Some(State::Pending { held, .. }) => {
                let active = State::Active { held: held.clone() };
                (record.map(|record| Record { state: active, ..record.clone() }), KeeperAnswer::Done)
            }
            Some(State::Active { .. }) => (None, KeeperAnswer::Done),
            Some(State::Dead { cause, .. }) => (None, KeeperAnswer::Unauthorized { cause: *cause }),
            Some(State::Retired { .. }) | None => (None, KeeperAnswer::Gone),
        });
        let answer = answer.await?;
        self.do_chores_in_background();
        Ok(answer)
    }

    /// Destroys the tokens. Only a tombstone is left; an answer that is still on its way finds it and is dropped.
    pub(super) async fn retire(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let now = self.now();
        self.change(|record| {
            let is_retired = record.is_some_and(|record| matches!(record.state, State::Retired { .. }));
            let tombstone = Record::of(State::Retired { since: now, sweeps: 0 }, Told::Nothing);
            ((!is_retired).then_some(tombstone), ())
        })
        .await?;
        self.opened.replace(None);
        self.do_chores_in_background();
        Ok(KeeperAnswer::Done)
    }
}
