//! One refresh: steps 4 to 8 of the protocol.

use std::rc::Rc;

use api::Timestamp;

use super::{Keeper, KeeperPorts, Rescue, TokenClient, rotation_probe::RotationState};
use crate::{
    grant::{
        AccessToken, CloudClient, Credential, Generation, Renewal, TokenSet,
        copy::{self, Field, access_token},
        record::{Form, Record, Tokens},
        refresh_state::{self, RefreshReason},
        token_endpoint::{self, AmbiguousAnswer, RefreshAnswer},
    },
    ports::{AeadFailure, Level, PortFailure},
    sealing::{self, Sealed},
};

/// The result of a refresh, for its callers.
#[derive(Clone, Debug)]
pub(super) enum RefreshOutcome {
    /// A new token, whether storage accepted it or not.
    Refreshed(AccessToken),
    /// Another result; the record tells which.
    Settled,
    /// Not started, because storage failed.
    Failed(PortFailure),
}

/// A refresh token that was presented.
struct PresentedToken {
    generation: Generation,
    renewal: Renewal,
    client: TokenClient,
    sent_at: Timestamp,
    attempt: u32,
}

impl<P: KeeperPorts> Keeper<P> {
    /// Refreshes. Nothing else in this keeper presents a refresh token.
    pub(super) async fn run(self: Rc<Self>, reason: RefreshReason) -> RefreshOutcome {
        let outcome = self.try_to_refresh(reason).await.unwrap_or_else(|failure| {
            self.log(Level::Warning, "grant.storage_failed", &[("error", &failure.to_string())]);
            RefreshOutcome::Failed(failure)
        });
        self.spawn_tasks();
        outcome
    }

    async fn try_to_refresh(&self, reason: RefreshReason) -> Result<RefreshOutcome, PortFailure> {
        // After a restart, an intent without a result may have left a rescue copy.
        if self.recover().await? == Rescue::Concluded {
            return Ok(RefreshOutcome::Settled);
        }
        // Without leeway: was the refresh token spent?
        if self.probe_rotation().await? == RotationState::Remains {
            return Ok(RefreshOutcome::Settled);
        }
        // 4
        let Some(presented) = self.begin(reason).await? else { return Ok(RefreshOutcome::Settled) };
        // 5
        let Renewal { refresh_token, provider, client: _ } = &presented.renewal;
        let redirect_uri = provider.as_ref().map(|provider| provider.redirect_uri.as_str());
        let verdict = token_endpoint::refresh(
            self.ports.http(),
            &presented.client,
            refresh_token,
            redirect_uri,
            presented.sent_at,
        )
        .await;
        match verdict {
            // 6
            RefreshAnswer::Given(given) => self.store(presented, given).await,
            // 7
            RefreshAnswer::GrantRefused => self.recheck_after_refusal(presented.generation).await,
            RefreshAnswer::ClientRefused { error } => self.break_circuit(&presented, &error).await,
            // 8
            RefreshAnswer::Ambiguous(ambiguous) => self.keep_intent(presented.generation, &ambiguous).await,
        }
    }

    /// Which of Causeway's clients at Atlassian obtained the grant.
    async fn cloud_client(&self) -> Result<CloudClient, PortFailure> {
        let record = self.record().await?;
        Ok(record.as_ref().and_then(Record::stored).map(|stored| stored.client).unwrap_or_default())
    }

    /// Step 4: opens the refresh token, writes the intent and sets the alarm. No request is sent if the write fails.
    async fn begin(&self, reason: RefreshReason) -> Result<Option<PresentedToken>, PortFailure> {
        let (now, jitter) = (self.now(), self.jitter());
        let Some(tokens) = self.tokens_to_refresh(reason).await? else { return Ok(None) };
        let renewal = match self.open_renewal(&tokens).await {
            Ok(Some(renewal)) => Renewal { client: self.cloud_client().await?, ..renewal },
            Ok(None) => return Ok(None),
            Err(error) => {
                self.record_missing_key(&error).await?;
                return Ok(None);
            }
        };
        let client = match self.settings.client_for(&renewal) {
            Ok(client) => client,
            Err(cause) => {
                self.change_stored(|stored| Some(refresh_state::blocked(stored, cause, now, jitter))).await?;
                return Ok(None);
            }
        };
        let generation = tokens.generation;
        let begun = self.change(|record| {
            let stored = record.and_then(Record::stored).filter(|stored| stored.tokens.generation == generation);
            let begun = stored.and_then(|stored| refresh_state::begin(stored, reason, now, jitter));
            let attempt = begun.as_ref().and_then(|stored| stored.intent).map(|intent| intent.attempt);
            (record.zip(begun).map(|(record, stored)| record.with(stored)), attempt)
        });
        Ok(begun.await?.map(|attempt| PresentedToken { generation, renewal, client, sent_at: now, attempt }))
    }

    async fn tokens_to_refresh(&self, reason: RefreshReason) -> Result<Option<Tokens>, PortFailure> {
        let record = self.record().await?;
        let stored = record.as_ref().and_then(Record::stored);
        let (now, jitter) = (self.now(), self.jitter());
        Ok(stored
            .filter(|stored| refresh_state::begin(stored, reason, now, jitter).is_some())
            .map(|stored| stored.tokens.clone()))
    }

    /// Step 6: one write; if it fails, the rescue copy. The callers get the token either way.
    async fn store(&self, presented: PresentedToken, given: TokenSet) -> Result<RefreshOutcome, PortFailure> {
        let generation = presented.generation;
        let access = Credential::Bearer(given.access_token.clone());
        let Ok(tokens) = self.seal(&presented, given).await else {
            let why = "sealing failed".to_owned();
            let ambiguous = AmbiguousAnswer { why, retry_after: None, may_be_lost: true, status: None };
            return self.keep_intent(generation, &ambiguous).await;
        };
        let token = access_token(&tokens, access);
        let jitter = self.jitter();
        let stored = self.change_generation(generation, |stored| {
            refresh_state::adopt(stored, tokens.clone(), presented.sent_at, jitter)
        });
        match stored.await {
            Ok(true) => {}
            // The grant was retired or has newer tokens: the late response is ignored.
            Ok(false) => return Ok(RefreshOutcome::Settled),
            Err(failure) => {
                self.log(Level::Alert, "grant.write_refused", &[("error", &failure.to_string())]);
                self.keep_unsaved(tokens.clone(), presented.sent_at).await;
                self.rescue(&tokens).await;
            }
        }
        self.opened.replace(Some(token.clone()));
        Ok(RefreshOutcome::Refreshed(token))
    }

    async fn seal(&self, presented: &PresentedToken, given: TokenSet) -> Result<Tokens, AeadFailure> {
        let generation = Generation(presented.generation.0.saturating_add(1));
        let expires_at = given.access_expires_at;
        let refresh_token = given.refresh_token.unwrap_or_else(|| presented.renewal.refresh_token.clone());
        let renewal = Renewal { refresh_token, ..presented.renewal.clone() };
        let (access_form, access) = self.seal_credential(generation, &Credential::Bearer(given.access_token)).await?;
        let (refresh_form, refresh) = self.seal_renewal(generation, &renewal).await?;
        Ok(Tokens {
            generation,
            access,
            access_form,
            refresh: Some(refresh),
            refresh_form,
            access_expires_at: expires_at,
            refresh_after: refresh_state::refresh_after(presented.sent_at, expires_at, self.jitter()),
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
        let context = self.sealing_context(generation, field);
        sealing::seal(self.ports.aead(), self.ports.random(), &self.settings.ring, &context, text.as_bytes()).await
    }

    /// Step 7: our client is refused. The operator must act; no connection is touched.
    async fn break_circuit(&self, presented: &PresentedToken, error: &str) -> Result<RefreshOutcome, PortFailure> {
        let (level, event) = match presented.renewal.provider {
            None => (Level::Alert, "grant.client_refused"),
            Some(_) => (Level::Warning, "grant.own_client_refused"),
        };
        self.log(level, event, &[("error", error)]);
        let generation = presented.generation;
        let (now, jitter) = (self.now(), self.jitter());
        self.change_generation(generation, |stored| refresh_state::client_refused(stored, now, jitter)).await?;
        Ok(RefreshOutcome::Settled)
    }

    /// Step 8: the response is inconclusive; the intent stays.
    async fn keep_intent(
        &self,
        generation: Generation,
        ambiguous: &AmbiguousAnswer,
    ) -> Result<RefreshOutcome, PortFailure> {
        self.log(Level::Warning, "grant.refresh_ambiguous", &[("error", &ambiguous.why)]);
        let (now, jitter) = (self.now(), self.jitter());
        self.change_generation(generation, |stored| refresh_state::ambiguous(stored, ambiguous, now, jitter)).await?;
        Ok(RefreshOutcome::Settled)
    }
}
