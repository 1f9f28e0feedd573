//! The background tasks of a keeper: copies to KV and reports to the organization. They never delay an answer, have a
//! time limit, and are retried by the alarm.

use std::{pin::pin, rc::Rc, time::Duration};

use futures::{
    FutureExt,
    future::{Either, select},
};

use super::{Keeper, KeeperPorts};
use crate::{
    grant::{
        Generation, GrantOwner as _, TokenCopies,
        background_tasks::{self, BackgroundTask},
        copy,
        record::{Record, Tokens},
    },
    ports::{Level, PortFailure, Spawner as _, Timer as _},
};

/// The time limit for KV and the organization.
const PATIENCE: Duration = Duration::from_secs(5);

impl<P: KeeperPorts> Keeper<P> {
    /// Runs the tasks after the answer.
    pub(super) fn spawn_tasks(self: &Rc<Self>) {
        let keeper = Rc::clone(self);
        let work = async move {
            if let Err(failure) = keeper.run_tasks().await {
                keeper.log(Level::Warning, "grant.storage_failed", &[("error", &failure.to_string())]);
            }
        };
        self.ports.spawner().spawn(work.boxed_local());
    }

    /// Runs tasks until none is left or one fails. The record is read again before each task, so that a copy written
    /// while the grant was retired is removed again.
    pub(super) async fn run_tasks(&self) -> Result<(), PortFailure> {
        let _alone = self.task_lock.lock().await;
        while let Some((record, task)) = self.next_task().await? {
            let outcome = self.perform(&record, &task).await;
            if let Err(failure) = &outcome {
                self.log(Level::Warning, "grant.background_task_failed", &[("error", &failure.to_string())]);
            }
            let now = self.now();
            self.change(|record| {
                let next = record.map(|record| match &outcome {
                    Ok(()) => background_tasks::done(record, &task),
                    Err(_) => background_tasks::failed(record, &task, now),
                });
                (next, ())
            })
            .await?;
        }
        Ok(())
    }

    async fn next_task(&self) -> Result<Option<(Record, BackgroundTask)>, PortFailure> {
        let record = self.record().await?;
        Ok(record.and_then(|record| {
            let task = background_tasks::next_task(&record, self.now())?;
            Some((record, task))
        }))
    }

    async fn perform(&self, record: &Record, task: &BackgroundTask) -> Result<(), PortFailure> {
        let (organization, grant) = (&self.settings.organization, &self.settings.grant);
        match task {
            BackgroundTask::WriteCopy(generation) => match record.stored() {
                Some(stored) => self.write_copy(&stored.tokens).await,
                None => Err(no_such(*generation)),
            },
            BackgroundTask::RemoveCopy => self.in_time(self.ports.copies().remove(organization, grant)).await,
            BackgroundTask::Report(report, _) => {
                self.in_time(self.ports.owner().report(organization, grant, report)).await
            }
        }
    }

    /// Writes the sealed copy.
    pub(super) async fn write_copy(&self, tokens: &Tokens) -> Result<(), PortFailure> {
        let text = copy::write(tokens).map_err(|error| PortFailure(error.to_string()))?;
        self.in_time(self.ports.copies().write(&self.settings.organization, &self.settings.grant, &text)).await
    }

    /// Reads the copy.
    pub(super) async fn read_copy(&self) -> Result<Option<String>, PortFailure> {
        self.in_time(self.ports.copies().read(&self.settings.organization, &self.settings.grant)).await
    }

    /// Applies the time limit.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, PortFailure>>,
    ) -> Result<T, PortFailure> {
        match select(pin!(work), pin!(self.ports.clock().sleep(PATIENCE))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(PortFailure("no answer in time".to_owned())),
        }
    }
}

fn no_such(generation: Generation) -> PortFailure {
    PortFailure(format!("generation {} is gone", generation.0))
}
