//! What a keeper does beside refreshing: copies to KV, news to the organization. Never in the way of an answer, never for
//! long, and tried again by the alarm.

use std::{pin::pin, rc::Rc, time::Duration};

use futures::{
    FutureExt,
    future::{Either, select},
};

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, TokenCopies,
        chores::{self, Chore},
        copy,
        record::{Record, Tokens},
    },
    ports::{Level, PortFailure},
};

/// How long KV or the organization may take.
const PATIENCE: Duration = Duration::from_secs(5);

impl<P: KeeperPorts> Keeper<P> {
    /// Does the chores after the answer.
    pub(super) fn do_chores_in_background(self: &Rc<Self>) {
        let keeper = Rc::clone(self);
        let work = async move {
            if let Err(failure) = keeper.do_chores().await {
                keeper.log(Level::Warning, "grant.storage_failed", &[("error", &failure.to_string())]);
            }
        };
        self.ports.spawn(work.boxed_local());
    }

    /// Does what is to be done, until nothing is or it fails. What a grant has become meanwhile is looked at after every
    /// chore, so a copy written while the grant was retired is removed again.
    pub(super) async fn do_chores(&self) -> Result<(), PortFailure> {
        let _alone = self.at_chores.lock().await;
        while let Some((record, chore)) = self.next_chore().await? {
            let outcome = self.perform(&record, &chore).await;
            if let Err(failure) = &outcome {
                self.log(Level::Warning, "grant.chore_failed", &[("error", &failure.to_string())]);
            }
            let now = self.now();
            self.change(|record| {
                let next = record.map(|record| match &outcome {
                    Ok(()) => chores::done(record, &chore),
                    Err(_) => chores::failed(record, &chore, now),
                });
                (next, ())
            })
            .await?;
        }
        Ok(())
    }

    async fn next_chore(&self) -> Result<Option<(Record, Chore)>, PortFailure> {
        let record = self.record().await?;
        Ok(record.and_then(|record| {
            let chore = chores::next_chore(&record, self.now())?;
            Some((record, chore))
        }))
    }

    async fn perform(&self, record: &Record, chore: &Chore) -> Result<(), PortFailure> {
        let (organization, grant) = (&self.settings.organization, &self.settings.grant);
        match chore {
            Chore::Copy(generation) => match record.held() {
                Some(held) => self.write_copy(&held.tokens).await,
                None => Err(no_such(*generation)),
            },
            Chore::Sweep => self.in_time(self.ports.remove(organization, grant)).await,
            Chore::Tell(report, _) => self.in_time(self.ports.report(organization, grant, report)).await,
        }
    }

    /// Writes the sealed copy.
    pub(super) async fn write_copy(&self, tokens: &Tokens) -> Result<(), PortFailure> {
        let text = copy::write(tokens).map_err(|error| PortFailure(error.to_string()))?;
        self.in_time(TokenCopies::write(&*self.ports, &self.settings.organization, &self.settings.grant, &text)).await
    }

    /// Reads the copy.
    pub(super) async fn read_copy(&self) -> Result<Option<String>, PortFailure> {
        self.in_time(TokenCopies::read(&*self.ports, &self.settings.organization, &self.settings.grant)).await
    }

    /// Waits for something that may stall.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, PortFailure>>,
    ) -> Result<T, PortFailure> {
        match select(pin!(work), pin!(self.ports.sleep(PATIENCE))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(PortFailure("no answer in time".to_owned())),
        }
    }
}

fn no_such(generation: Generation) -> PortFailure {
    PortFailure(format!("generation {} is gone", generation.0))
}
