//! The alarm of a keeper.

use std::rc::Rc;

use super::{Keeper, KeeperPorts, refresh::RefreshOutcome};
use crate::{
    grant::{
        Claim, GrantOwner as _, background_tasks,
        backoff::MINUTE,
        record::{Record, State},
        refresh_state::{self, RefreshReason},
    },
    ports::{Level, PortFailure},
};

impl<P: KeeperPorts> Keeper<P> {
    /// Does everything that is due, and sets the next alarm. It may be called at any time and repeatedly. A failure of
    /// storage is returned, so that the platform calls again.
    pub async fn alarm(self: &Rc<Self>) -> Result<(), PortFailure> {
        let outcome = self.run_due_work().await;
        self.rearm().await;
        outcome
    }

    async fn run_due_work(self: &Rc<Self>) -> Result<(), PortFailure> {
        let Some(record) = self.record().await? else { return Ok(()) };
        let now = self.now();
        if matches!(record.state, State::Pending { until, .. } if until <= now) {
            self.check_claim().await?;
        }
        if is_refresh_due(&record, now)
            && let RefreshOutcome::Failed(failure) = self.refresh(RefreshReason::Alarm).await
        {
            return Err(failure);
        }
        self.end_if_expired().await?;
        self.run_tasks().await?;
        if background_tasks::is_expired_tombstone(&record, now) { self.erase().await } else { Ok(()) }
    }

    /// The grant was saved, may still be, or never will. If the organization does not answer, nothing is destroyed.
    async fn check_claim(self: &Rc<Self>) -> Result<(), PortFailure> {
        match self.in_time(self.ports.owner().claim_of(&self.settings.organization, &self.settings.grant)).await {
            Ok(Claim::Held) => self.activate().await.map(drop),
            Ok(Claim::Abandoned) => self.retire().await.map(drop),
            Ok(Claim::Pending) => self.extend_pending().await,
            Err(failure) => {
                self.log(Level::Warning, "grant.claim_unknown", &[("error", &failure.to_string())]);
                self.extend_pending().await
            }
        }
    }

    async fn extend_pending(&self) -> Result<(), PortFailure> {
        let later = self.now().plus_millis(MINUTE);
        self.change(|record| {
            let next = record.and_then(|record| match &record.state {
                State::Pending { stored, .. } => {
                    Some(Record { state: State::Pending { until: later, stored: stored.clone() }, ..record.clone() })
                }
                _ => None,
            });
            (next, ())
        })
        .await
    }
}

/// An intent is due again, or an idle grant must be kept alive.
fn is_refresh_due(record: &Record, now: api::Timestamp) -> bool {
    match &record.state {
        State::Pending { stored, .. } => stored.intent.is_some_and(|intent| intent.next_attempt_at <= now),
        State::Active { stored } => refresh_state::is_overdue(stored, now),
        State::Dead { .. } | State::Retired { .. } => false,
    }
}
