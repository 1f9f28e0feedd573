//! A new sealing key comes first in the ring: the tokens are sealed with it, so that the old key may go.

use std::rc::Rc;

use api::Cause;

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, KeeperAnswer,
        copy::Field,
        pacing::KEY_RETRY,
        record::{Held, Record, Tokens},
    },
    ports::{Level, PortFailure},
    sealing::{self, OpenError, Sealed},
};

impl<P: KeeperPorts> Keeper<P> {
    /// Seals anew what another key than the first sealed, here and in KV. What does not open stays as it is.
    ///
    /// The record comes first, and with it an alarm that writes the copy if this is cut off.
    pub(super) async fn reseal(self: &Rc<Self>) -> Result<KeeperAnswer, PortFailure> {
        let record = self.record().await?;
        let Some(tokens) = record.as_ref().and_then(Record::held).map(|held| held.tokens.clone()) else {
            return Ok(KeeperAnswer::Gone);
        };
        let anew = match self.sealed_anew(&tokens).await {
            Ok(anew) => anew,
            Err(error) => {
                self.log(Level::Alert, "grant.unsealable", &[("error", &error.to_string())]);
                return Ok(KeeperAnswer::Unavailable { cause: Cause::Unsealable, retry_after: KEY_RETRY });
            }
        };
        let answer = if anew.is_some() { KeeperAnswer::Resealed } else { KeeperAnswer::Done };
        if let Some(anew) = anew {
            self.replace(&tokens, anew).await?;
        }
        self.do_chores().await?;
        let is_copied = self.record().await?.is_none_or(|record| record.is_copied());
        if is_copied { Ok(answer) } else { Err(PortFailure("KV has an older copy".to_owned())) }
    }

    /// The same tokens under the first key; `None` if they are already.
    async fn sealed_anew(&self, tokens: &Tokens) -> Result<Option<Tokens>, OpenError> {
        let access = self.text_anew(tokens.generation, Field::Access(tokens.access_form), &tokens.access).await?;
        let refresh = match &tokens.refresh {
            Some(refresh) => self.text_anew(tokens.generation, Field::Refresh(tokens.refresh_form), refresh).await?,
            None => None,
        };
        if access.is_none() && refresh.is_none() {
            return Ok(None);
        }
        let (access, refresh) = (access.unwrap_or_else(|| tokens.access.clone()), refresh.or(tokens.refresh.clone()));
        Ok(Some(Tokens { access, refresh, ..tokens.clone() }))
    }

    async fn text_anew(
        &self,
        generation: Generation,
        field: Field,
        sealed: &Sealed,
    ) -> Result<Option<Sealed>, OpenError> {
        let (ports, place) = (&*self.ports, self.place(generation, field));
        sealing::reseal(ports, ports, &self.settings.ring, &place, sealed).await
    }

    /// Only while they are the tokens still: those of a refresh are sealed with the first key anyway. Not while a copy of
    /// the old ones is on its way to KV, which would count as a copy of these.
    async fn replace(&self, tokens: &Tokens, anew: Tokens) -> Result<(), PortFailure> {
        let _alone = self.at_chores.lock().await;
        let same = |held: &Held| held.tokens == *tokens;
        self.change_held(|held| same(held).then(|| Held { tokens: anew, copied: None, ..held.clone() })).await?;
        Ok(())
    }
}
