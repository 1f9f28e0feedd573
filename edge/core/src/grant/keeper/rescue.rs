//! The rescue copy: tokens that storage refused are put into KV and found there later.

use api::Timestamp;

use super::{Keeper, KeeperPorts, refresh::RefreshOutcome};
use crate::{
    grant::{
        Generation, copy,
        record::{Record, StoredCredential, Tokens},
        refresh_state,
    },
    ports::{Level, PortFailure},
};

/// The result of following up an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rescue {
    /// A newer generation was adopted, the grant is dead, or the result is not known yet.
    Concluded,
    /// Nothing to rescue: continue.
    Nothing,
}

impl<P: KeeperPorts> Keeper<P> {
    /// Writes the tokens to KV because storage refused them.
    pub(super) async fn rescue(&self, tokens: &Tokens) {
        let event = match self.write_copy(tokens).await {
            Ok(()) => "grant.rescued",
            Err(_) => "grant.rescue_refused",
        };
        self.log(Level::Warning, event, &[]);
    }

    /// After a restart: looks in KV for the result of an intent before a request is sent.
    pub(super) async fn recover(&self) -> Result<Rescue, PortFailure> {
        let record = self.record().await?;
        let Some(stored) = record.as_ref().and_then(Record::stored) else { return Ok(Rescue::Nothing) };
        let Some(intent) = stored.intent.filter(|_| !refresh_state::is_backing_off(stored, self.now())) else {
            return Ok(Rescue::Nothing);
        };
        let generation = stored.tokens.generation;
        if intent.refused {
            self.recheck_after_refusal(generation).await?;
            return Ok(Rescue::Concluded);
        }
        if !intent.in_flight {
            return Ok(Rescue::Nothing);
        }
        match self.find_newer(generation).await {
            Ok(Some(tokens)) if refresh_state::is_to_be_adopted(stored, &intent, tokens.attempt, self.now()) => {
                self.adopt(generation, tokens, intent.last_sent).await?;
                Ok(Rescue::Concluded)
            }
            // KV must be searched first: presenting the old refresh token would invalidate the tokens of an existing
            // copy.
            Err(_) if refresh_state::is_only_known_to_kv(stored, &intent, self.now()) => {
                let (now, jitter) = (self.now(), self.jitter());
                self.change_generation(generation, |stored| refresh_state::waiting_for_kv(stored, now, jitter)).await?;
                Ok(Rescue::Concluded)
            }
            Ok(_) | Err(_) => Ok(Rescue::Nothing),
        }
    }

    /// Step 7: the refresh token is refused; storage and KV are read again before the grant is given up.
    pub(super) async fn recheck_after_refusal(&self, generation: Generation) -> Result<RefreshOutcome, PortFailure> {
        self.invalidate_cache().await;
        let found = self.find_newer(generation).await;
        let (now, jitter) = (self.now(), self.jitter());
        match found {
            Ok(Some(tokens)) => self.adopt(generation, tokens, now).await?,
            // Without leeway, only a copy that KV does not serve yet can exist.
            Ok(None) => {
                self.give_up(
                    generation,
                    |stored| refresh_state::may_still_appear(stored, true, now),
                    refresh_state::dead,
                )
                .await?;
                self.change_generation(generation, |stored| refresh_state::refused_without_kv(stored, now, jitter))
                    .await?;
            }
            // Without KV, the grant is given up only if no earlier response can have been lost.
            Err(_) => {
                self.give_up(generation, refresh_state::may_have_been_rescued, refresh_state::dead).await?;
                self.change_generation(generation, |stored| refresh_state::refused_without_kv(stored, now, jitter))
                    .await?;
            }
        }
        Ok(RefreshOutcome::Settled)
    }

    /// Marks the grant as dead, unless it has a newer generation or `is_spared` holds.
    pub(super) async fn give_up(
        &self,
        generation: Generation,
        is_spared: impl FnOnce(&StoredCredential) -> bool,
        dead: impl FnOnce(&Record, &StoredCredential, Timestamp) -> Record,
    ) -> Result<(), PortFailure> {
        let now = self.now();
        let died = self.change(|record| {
            let next = record.and_then(|record| {
                let stored =
                    record.stored().filter(|stored| stored.tokens.generation == generation && !is_spared(stored))?;
                Some(dead(record, stored, now))
            });
            let died = next.is_some();
            (next, died)
        });
        if died.await? {
            self.opened.replace(None);
            self.log(Level::Info, "grant.unauthorized", &[]);
        }
        Ok(())
    }

    pub(super) async fn adopt(
        &self,
        generation: Generation,
        tokens: Tokens,
        used_at: Timestamp,
    ) -> Result<(), PortFailure> {
        let jitter = self.jitter();
        let copied = tokens.generation;
        let adopted = self.change_generation(generation, |stored| StoredCredential {
            copied: Some(copied),
            ..refresh_state::adopt(stored, tokens, used_at, jitter)
        });
        if adopted.await? {
            self.log(Level::Info, "grant.rescue_adopted", &[]);
        }
        Ok(())
    }

    /// A copy in KV that opens and is newer than `generation`.
    pub(super) async fn find_newer(&self, generation: Generation) -> Result<Option<Tokens>, PortFailure> {
        let Some(text) = self.read_copy().await? else { return Ok(None) };
        let Some(tokens) = copy::read(&text).filter(|tokens| tokens.generation > generation) else { return Ok(None) };
        let opened = match self.open(&tokens).await {
            Ok(_) => self.open_renewal(&tokens).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = opened {
            self.log(Level::Alert, "grant.copy_unusable", &[("error", &error.to_string())]);
            return Ok(None);
        }
        Ok(Some(tokens))
    }

    /// Changes the tokens if they are still of that generation. Returns whether they were.
    pub(super) async fn change_generation(
        &self,
        generation: Generation,
        next: impl FnOnce(&StoredCredential) -> StoredCredential,
    ) -> Result<bool, PortFailure> {
        self.change(|record| {
            let stored = record.and_then(Record::stored).filter(|stored| stored.tokens.generation == generation);
            let next = record.zip(stored).map(|(record, stored)| record.with(next(stored)));
            let changed = next.is_some();
            (next, changed)
        })
        .await
    }
}
