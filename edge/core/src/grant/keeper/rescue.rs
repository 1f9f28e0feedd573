//! The rescue copy: tokens that storage did not take, put into KV, and found again.

use api::Timestamp;

use super::{Keeper, KeeperPorts, flight::Outcome};
use crate::{
    grant::{
        Generation, attempt, copy,
        record::{Held, Record, Tokens},
    },
    ports::{Level, PortFailure},
};

/// What became of an intent that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rescue {
    /// A newer generation was adopted, or the grant is dead, or it is not yet known.
    Concluded,
    /// There is nothing to rescue: go on.
    Nothing,
}

impl<P: KeeperPorts> Keeper<P> {
    /// Puts the sealed tokens into KV because storage refused them.
    pub(super) async fn rescue(&self, tokens: &Tokens) {
        let event = match self.write_copy(tokens).await {
            Ok(()) => "grant.rescued",
            Err(_) => "grant.rescue_refused",
        };
        self.log(Level::Warning, event, &[]);
    }

    /// Start of the object, alarm: an intent that was not concluded is followed up in KV before anything is sent.
    pub(super) async fn recover(&self) -> Result<Rescue, PortFailure> {
        let record = self.record().await?;
        let Some(held) = record.as_ref().and_then(Record::held) else { return Ok(Rescue::Nothing) };
        let Some(intent) = held.intent.filter(|_| !attempt::is_quiet(held, self.now())) else {
            return Ok(Rescue::Nothing);
        };
        let generation = held.tokens.generation;
        if intent.refused {
            self.look_again(generation).await?;
            return Ok(Rescue::Concluded);
        }
        if !intent.in_the_air {
            return Ok(Rescue::Nothing);
        }
        match self.find_newer(generation).await {
            Ok(Some(tokens)) if attempt::is_to_be_adopted(held, &intent, tokens.attempt, self.now()) => {
                self.adopt(generation, tokens, intent.last_sent).await?;
                Ok(Rescue::Concluded)
            }
            // A copy may still hold what the old refresh token would end: KV first.
            Err(_) if attempt::is_only_known_to_kv(held, &intent, self.now()) => {
                let (now, jitter) = (self.now(), self.jitter());
                self.change_generation(generation, |held| attempt::not_looked(held, now, jitter)).await?;
                Ok(Rescue::Concluded)
            }
            Ok(_) | Err(_) => Ok(Rescue::Nothing),
        }
    }

    /// Step 7: the refresh token is refused; storage and KV are read again before the grant is given up.
    pub(super) async fn look_again(&self, generation: Generation) -> Result<Outcome, PortFailure> {
        self.doubt().await;
        let found = self.find_newer(generation).await;
        let (now, jitter) = (self.now(), self.jitter());
        match found {
            Ok(Some(tokens)) => self.adopt(generation, tokens, now).await?,
            // Without leeway a copy that KV does not show yet is all that there can be.
            Ok(None) => {
                self.give_up(generation, |held| attempt::may_still_appear(held, true, now), attempt::dead).await?;
                self.change_generation(generation, |held| attempt::refused_but_not_looked(held, now, jitter)).await?;
            }
            // Without KV the grant is given up only if no earlier answer can have been lost.
            Err(_) => {
                self.give_up(generation, attempt::may_have_been_rescued, attempt::dead).await?;
                self.change_generation(generation, |held| attempt::refused_but_not_looked(held, now, jitter)).await?;
            }
        }
        Ok(Outcome::Settled)
    }

    /// Declares the grant dead, unless it has become newer or `is_spared`.
    pub(super) async fn give_up(
        &self,
        generation: Generation,
        is_spared: impl FnOnce(&Held) -> bool,
        dead: impl FnOnce(&Record, &Held, Timestamp) -> Record,
    ) -> Result<(), PortFailure> {
        let now = self.now();
        let died = self.change(|record| {
            let next = record.and_then(|record| {
                let held = record.held().filter(|held| held.tokens.generation == generation && !is_spared(held))?;
                Some(dead(record, held, now))
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
        let adopted = self.change_generation(generation, |held| Held {
            copied: Some(copied),
            ..attempt::adopt(held, tokens, used_at, jitter)
        });
        if adopted.await? {
            self.log(Level::Info, "grant.rescue_adopted", &[]);
        }
        Ok(())
    }

    /// A copy in KV that is newer than `generation` and opens.
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

    /// Changes what is held if it is still of that generation. Tells whether it was.
    pub(super) async fn change_generation(
        &self,
        generation: Generation,
        next: impl FnOnce(&Held) -> Held,
    ) -> Result<bool, PortFailure> {
        self.change(|record| {
            let held = record.and_then(Record::held).filter(|held| held.tokens.generation == generation);
            let next = record.zip(held).map(|(record, held)| record.with(next(held)));
            let changed = next.is_some();
            (next, changed)
        })
        .await
    }
}
