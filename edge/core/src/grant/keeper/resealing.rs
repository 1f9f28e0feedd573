//! Reseals the tokens with the first key of the ring, so that old keys can be removed.

use std::rc::Rc;

use api::Cause;

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, KeeperAnswer,
        backoff::KEY_RETRY,
        copy::Field,
        record::{Record, StoredCredential, Tokens},
    },
    ports::{Level, PortFailure},
    sealing::{self, OpenError, Sealed},
};

impl<P: KeeperPorts> Keeper<P> {
    /// Reseals in the record and in KV what another key sealed. What does not open stays as it is.
    ///
    /// The record is written first, with an alarm that writes the copy if this is interrupted.
    pub(super) async fn reseal(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let record = self.record().await?;
        let Some(tokens) = record.as_ref().and_then(Record::stored).map(|stored| stored.tokens.clone()) else {
            return Ok(KeeperAnswer::Gone);
        };
        let resealed = match self.resealed(&tokens).await {
            Ok(resealed) => resealed,
            Err(error) => {
                self.log(Level::Alert, "grant.unsealable", &[("error", &error.to_string())]);
                return Ok(KeeperAnswer::Unavailable {
                    cause: Cause::Unsealable,
                    retry_after: KEY_RETRY,
                    status: None,
                });
            }
        };
        let answer = if resealed.is_some() { KeeperAnswer::Resealed } else { KeeperAnswer::Done };
        if let Some(resealed) = resealed {
            self.replace(&tokens, resealed).await?;
        }
        self.run_tasks().await?;
        let is_copied = self.record().await?.is_none_or(|record| record.is_copied());
        if is_copied { Ok(answer) } else { Err(PortFailure("KV has an older copy".to_owned())) }
    }

    /// The tokens sealed with the first key; `None` if they already are.
    async fn resealed(&self, tokens: &Tokens) -> Result<Option<Tokens>, OpenError> {
        let access = self.resealed_text(tokens.generation, Field::Access(tokens.access_form), &tokens.access).await?;
        let refresh = match &tokens.refresh {
            Some(refresh) => {
                self.resealed_text(tokens.generation, Field::Refresh(tokens.refresh_form), refresh).await?
            }
            None => None,
        };
        if access.is_none() && refresh.is_none() {
            return Ok(None);
        }
        let (access, refresh) = (access.unwrap_or_else(|| tokens.access.clone()), refresh.or(tokens.refresh.clone()));
        Ok(Some(Tokens { access, refresh, ..tokens.clone() }))
    }

    async fn resealed_text(
        &self,
        generation: Generation,
        field: Field,
        sealed: &Sealed,
    ) -> Result<Option<Sealed>, OpenError> {
        let context = self.sealing_context(generation, field);
        sealing::reseal(self.ports.aead(), self.ports.random(), &self.settings.ring, &context, sealed).await
    }

    /// Replaces the tokens unless they have changed (a refresh seals with the first key anyway), and not while a copy
    /// of the old ones is being written to KV, which would be mistaken for a copy of these.
    async fn replace(&self, tokens: &Tokens, resealed: Tokens) -> Result<(), PortFailure> {
        let _alone = self.task_lock.lock().await;
        let same = |stored: &StoredCredential| stored.tokens == *tokens;
        self.change_stored(|stored| {
            same(stored).then(|| StoredCredential { tokens: resealed, copied: None, ..stored.clone() })
        })
        .await?;
        Ok(())
    }
}
