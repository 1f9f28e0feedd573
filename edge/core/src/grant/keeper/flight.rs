//! One refresh, from the intent to what its answer makes of the grant: steps 4 to 8.

use std::rc::Rc;

use api::Timestamp;

use super::{Keeper, KeeperPorts, Rescue, TokenClient, doubt::Doubt};
use crate::{
    grant::{
        AccessToken, Credential, Generation, GivenTokens, Renewal,
        attempt::{self, Wish},
        copy::{self, Field, access_token},
        record::{Form, Record, Tokens},
        token_endpoint::{self, Unclear, Verdict},
    },
    ports::{AeadFailure, Level, PortFailure},
    sealing::{self, Sealed},
};

/// How a refresh ended, for those who waited for it.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// With a new token, whether storage took it or not.
    Refreshed(AccessToken),
    /// Some other way: what is stored tells.
    Settled,
    /// Not even begun: storage refused.
    Failed(PortFailure),
}

/// A refresh token on its way.
struct Presented {
    generation: Generation,
    renewal: Renewal,
    client: TokenClient,
    sent_at: Timestamp,
    attempt: u32,
}

impl<P: KeeperPorts> Keeper<P> {
    /// One refresh. Nothing else of this keeper presents a refresh token.
    pub(super) async fn fly(self: Rc<Self>, wish: Wish) -> Outcome {
        let outcome = self.try_to_refresh(wish).await.unwrap_or_else(|failure| {
            self.log(Level::Warning, "grant.storage_failed", &[("error", &failure.to_string())]);
            Outcome::Failed(failure)
        });
        self.do_chores_in_background();
        outcome
    }

    async fn try_to_refresh(&self, wish: Wish) -> Result<Outcome, PortFailure> {
        // Start of the object, alarm: an intent that nobody concluded may have left a rescue copy.
        if self.recover().await? == Rescue::Concluded {
            return Ok(Outcome::Settled);
        }
        // Without leeway: was the refresh token spent?
        if self.settle_doubt().await? == Doubt::Remains {
            return Ok(Outcome::Settled);
        }
        // 4
        let Some(presented) = self.begin(wish).await? else { return Ok(Outcome::Settled) };
        // 5
        let Renewal { refresh_token, provider } = &presented.renewal;
        let redirect_uri = provider.as_ref().map(|provider| provider.redirect_uri.as_str());
        let verdict = token_endpoint::refresh(&*self.ports, &presented.client, refresh_token, redirect_uri).await;
        match verdict {
            // 6
            Verdict::Given(given) => self.land(presented, given).await,
            // 7
            Verdict::GrantRefused => self.look_again(presented.generation).await,
            Verdict::ClientRefused { error } => self.break_circuit(&presented, &error).await,
            // 8
            Verdict::Unclear(unclear) => self.remain(presented.generation, &unclear).await,
        }
    }

    /// Step 4: opens the refresh token and writes the intent, with the alarm. Nothing leaves if the write is refused.
    async fn begin(&self, wish: Wish) -> Result<Option<Presented>, PortFailure> {
        let (now, jitter) = (self.now(), self.jitter());
        let Some(tokens) = self.tokens_to_refresh(wish).await? else { return Ok(None) };
        let renewal = match self.open_renewal(&tokens).await {
            Ok(Some(renewal)) => renewal,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.note_missing_key(&error).await?;
                return Ok(None);
            }
        };
        let client = match self.settings.client_for(&renewal) {
            Ok(client) => client,
            Err(cause) => {
                self.change_held(|held| Some(attempt::hindered(held, cause, now, jitter))).await?;
                return Ok(None);
            }
        };
        let generation = tokens.generation;
        let begun = self.change(|record| {
            let held = record.and_then(Record::held).filter(|held| held.tokens.generation == generation);
            let begun = held.and_then(|held| attempt::begin(held, wish, now, jitter));
            let attempt = begun.as_ref().and_then(|held| held.intent).map(|intent| intent.attempt);
            (record.zip(begun).map(|(record, held)| record.with(held)), attempt)
        });
        Ok(begun.await?.map(|attempt| Presented { generation, renewal, client, sent_at: now, attempt }))
    }

    async fn tokens_to_refresh(&self, wish: Wish) -> Result<Option<Tokens>, PortFailure> {
        let record = self.record().await?;
        let held = record.as_ref().and_then(Record::held);
        let (now, jitter) = (self.now(), self.jitter());
        Ok(held.filter(|held| attempt::begin(held, wish, now, jitter).is_some()).map(|held| held.tokens.clone()))
    }

    /// Step 6: one write; then, if it was refused, the rescue copy. Those who wait are answered either way.
    async fn land(&self, presented: Presented, given: GivenTokens) -> Result<Outcome, PortFailure> {
        let generation = presented.generation;
        let access = Credential::Bearer(given.access.clone());
        let Ok(tokens) = self.seal(&presented, given).await else {
            let unclear = Unclear { why: "sealing failed".to_owned(), retry_after: None, may_be_lost: true };
            return self.remain(generation, &unclear).await;
        };
        let token = access_token(&tokens, access);
        let jitter = self.jitter();
        let stored =
            self.change_generation(generation, |held| attempt::adopt(held, tokens.clone(), presented.sent_at, jitter));
        match stored.await {
            Ok(true) => {}
            // Retired, or overtaken: the late answer is ignored.
            Ok(false) => return Ok(Outcome::Settled),
            Err(failure) => {
                self.log(Level::Alert, "grant.write_refused", &[("error", &failure.to_string())]);
                self.keep_unsaved(tokens.clone(), presented.sent_at).await;
                self.rescue(&tokens).await;
            }
        }
        self.opened.replace(Some(token.clone()));
        Ok(Outcome::Refreshed(token))
    }

    async fn seal(&self, presented: &Presented, given: GivenTokens) -> Result<Tokens, AeadFailure> {
        let generation = Generation(presented.generation.0.saturating_add(1));
        let expires_at = presented.sent_at.plus_seconds(i64::from(given.expires_in));
        let refresh_token = given.refresh.unwrap_or_else(|| presented.renewal.refresh_token.clone());
        let renewal = Renewal { refresh_token, provider: presented.renewal.provider.clone() };
        let (access_form, access) = self.seal_credential(generation, &Credential::Bearer(given.access)).await?;
        let (refresh_form, refresh) = self.seal_renewal(generation, &renewal).await?;
        Ok(Tokens {
            generation,
            access,
            access_form,
            refresh: Some(refresh),
            refresh_form,
            access_expires_at: expires_at,
            refresh_after: attempt::refresh_after(presented.sent_at, expires_at, self.jitter()),
            attempt: presented.attempt,
        })
    }

    pub(super) async fn seal_credential(
        &self,
        generation: Generation,
        credential: &Credential,
    ) -> Result<(Form, Sealed), AeadFailure> {
        let (form, text) = copy::credential_text(credential).map_err(|_| AeadFailure)?;
        Ok((form, self.seal_text(generation, Field::Access(form), &text).await?))
    }

    pub(super) async fn seal_renewal(
        &self,
        generation: Generation,
        renewal: &Renewal,
    ) -> Result<(Form, Sealed), AeadFailure> {
        let (form, text) = copy::renewal_text(renewal).map_err(|_| AeadFailure)?;
        Ok((form, self.seal_text(generation, Field::Refresh(form), &text).await?))
    }

    async fn seal_text(&self, generation: Generation, field: Field, text: &str) -> Result<Sealed, AeadFailure> {
        let (ports, place) = (&*self.ports, self.place(generation, field));
        sealing::seal(ports, ports, &self.settings.ring, &place, text.as_bytes()).await
    }

    /// Step 7: our client is refused. The operator is told; no connection is touched.
    async fn break_circuit(&self, presented: &Presented, error: &str) -> Result<Outcome, PortFailure> {
        let (level, event) = match presented.renewal.provider {
            None => (Level::Alert, "grant.client_refused"),
            Some(_) => (Level::Warning, "grant.own_client_refused"),
        };
        self.log(level, event, &[("error", error)]);
        let generation = presented.generation;
        let (now, jitter) = (self.now(), self.jitter());
        self.change_generation(generation, |held| attempt::client_refused(held, now, jitter)).await?;
        Ok(Outcome::Settled)
    }

    /// Step 8: nothing is decided, the intent remains.
    async fn remain(&self, generation: Generation, unclear: &Unclear) -> Result<Outcome, PortFailure> {
        self.log(Level::Warning, "grant.refresh_unclear", &[("error", &unclear.why)]);
        let (now, jitter) = (self.now(), self.jitter());
        self.change_generation(generation, |held| attempt::unclear(held, unclear, now, jitter)).await?;
        Ok(Outcome::Settled)
    }
}
