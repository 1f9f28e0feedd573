//! What a keeper does by itself.

use std::rc::Rc;

use super::{Keeper, KeeperPorts, flight::Outcome};
use crate::{
    grant::{
        Claim,
        attempt::{self, Wish},
        chores,
        pacing::MINUTE,
        record::{Record, State},
    },
    ports::{Level, PortFailure},
};

impl<P: KeeperPorts> Keeper<P> {
    /// Does whatever has become due, and sets the next alarm. It may be called at any time, any number of times; what is
    /// not due is not done. A failure of storage is returned so that the platform calls again.
    pub async fn alarm(self: &Rc<Self>) -> Result<(), PortFailure> {
        let outcome = self.do_what_is_due().await;
        self.rearm().await;
        outcome
    }

    async fn do_what_is_due(self: &Rc<Self>) -> Result<(), PortFailure> {
        let Some(record) = self.record().await? else { return Ok(()) };
        let now = self.now();
        if matches!(record.state, State::Pending { until, .. } if until <= now) {
            self.ask_what_became_of_the_attempt().await?;
        }
        if is_refresh_due(&record, now)
            && let Outcome::Failed(failure) = self.refresh(Wish::Alarm).await
        {
            return Err(failure);
        }
        self.end_if_expired().await?;
        self.do_chores().await?;
        if chores::is_over(&record, now) { self.erase().await } else { Ok(()) }
    }

    /// *Save* came, may still come, or never will. Without an answer nothing is destroyed.
    async fn ask_what_became_of_the_attempt(self: &Rc<Self>) -> Result<(), PortFailure> {
        match self.in_time(self.ports.claim_of(&self.settings.organization, &self.settings.grant)).await {
            Ok(Claim::Held) => self.activate().await.map(drop),
            Ok(Claim::Abandoned) => self.retire().await.map(drop),
            Ok(Claim::Pending) => self.wait_longer().await,
            Err(failure) => {
                self.log(Level::Warning, "grant.claim_unknown", &[("error", &failure.to_string())]);
                self.wait_longer().await
            }
        }
    }

    async fn wait_longer(&self) -> Result<(), PortFailure> {
        let later = self.now().plus_millis(MINUTE);
        self.change(|record| {
            let next = record.and_then(|record| match &record.state {
                State::Pending { held, .. } => {
                    Some(Record { state: State::Pending { until: later, held: held.clone() }, ..record.clone() })
                }
                _ => None,
            });
            (next, ())
        })
        .await
    }
}

/// An intent waits to be presented again, or an idle grant to be kept alive.
fn is_refresh_due(record: &Record, now: api::Timestamp) -> bool {
    match &record.state {
        State::Pending { held, .. } => held.intent.is_some_and(|intent| intent.next_attempt_at <= now),
        State::Active { held } => attempt::is_overdue(held, now),
        State::Dead { .. } | State::Retired { .. } => false,
    }
}
