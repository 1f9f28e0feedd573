//! Changes the address of a grant's provider after a Data Center site has moved.

use super::{Keeper, KeeperPorts};
use crate::{
    address::StoredAddress,
    grant::{
        KeeperAnswer,
        record::{StoredCredential, Tokens},
    },
    ports::PortFailure,
};

impl<P: KeeperPorts> Keeper<P> {
    /// Does nothing for a grant without a provider of its own. Fails while a refresh is running, whose result would
    /// restore the old address; the caller must retry.
    pub(super) async fn change_site_address(&self, address: StoredAddress) -> Result<KeeperAnswer, PortFailure> {
        let record = self.record().await?;
        let Some(tokens) = record.as_ref().and_then(|record| record.stored()).map(|stored| stored.tokens.clone())
        else {
            return Ok(KeeperAnswer::Gone);
        };
        let Some(moved) = self.with_provider_at(&tokens, address).await? else { return Ok(KeeperAnswer::Done) };
        let taken = self.change(|record| {
            let same = |stored: &&StoredCredential| stored.tokens == tokens && stored.intent.is_none();
            let stored = record.and_then(|record| Some((record, record.stored().filter(same)?)));
            let next = stored.map(|(record, stored)| {
                record.with(StoredCredential { tokens: moved, copied: None, ..stored.clone() })
            });
            let taken = next.is_some();
            (next, taken)
        });
        if taken.await? { Ok(KeeperAnswer::Done) } else { Err(PortFailure("it is being refreshed".to_owned())) }
    }

    async fn with_provider_at(&self, tokens: &Tokens, address: StoredAddress) -> Result<Option<Tokens>, PortFailure> {
        let renewal = self.open_renewal(tokens).await.map_err(|why| PortFailure(why.to_string()))?;
        let Some(mut renewal) = renewal else { return Ok(None) };
        let Some(provider) = &mut renewal.provider else { return Ok(None) };
        provider.address = address;
        let sealed = self.seal_renewal(tokens.generation, &renewal).await;
        let (refresh_form, sealed) = sealed.map_err(|_| PortFailure("sealing failed".to_owned()))?;
        Ok(Some(Tokens { refresh: Some(sealed), refresh_form, ..tokens.clone() }))
    }
}
