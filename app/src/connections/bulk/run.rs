//! Carries an action out, a few connections at a time, and notes what came of each.

use std::sync::Arc;

use api::{
    ActivateConnection, Connection, ConnectionId, DeactivateConnection, DeleteConnection, EditAccess, Endpoint as _,
    GetAccess, NewAccess, Nothing, WorkspaceId, WorkspaceName,
};
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use super::BulkAction;
use crate::{
    client::{CallError, call, command},
    connections::{
        checkup::{Checkup, CheckupRun},
        checkup_panel,
        connection_row::ConnectionRow,
    },
};

/// How many connections are worked on at a time.
const AT_A_TIME: usize = 4;

/// What came of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    Running,
    Done(String),
    Failed(String),
    Cancelled,
}

/// An action that runs, or that is yet to begin.
#[derive(Clone, Copy)]
pub(super) struct BulkRun {
    rows: StoredValue<Vec<Arc<ConnectionRow>>>,
    outcomes: RwSignal<Vec<Outcome>>,
    begun: RwSignal<bool>,
    cancelled: StoredValue<bool>,
    controller: StoredValue<Option<AbortController>, LocalStorage>,
}

impl BulkRun {
    pub(super) fn of(rows: Vec<Arc<ConnectionRow>>) -> Self {
        Self {
            outcomes: RwSignal::new(vec![Outcome::Waiting; rows.len()]),
            rows: StoredValue::new(rows),
            begun: RwSignal::new(false),
            cancelled: StoredValue::new(false),
            controller: StoredValue::new_local(AbortController::new().ok()),
        }
    }

    pub(super) fn rows(self) -> Vec<Arc<ConnectionRow>> {
        self.rows.get_value()
    }

    pub(super) fn total(self) -> usize {
        self.rows.with_value(Vec::len)
    }

    pub(super) fn has_begun(self) -> bool {
        self.begun.get()
    }

    pub(super) fn outcome(self, at: usize) -> Outcome {
        self.outcomes.with(|outcomes| outcomes.get(at).cloned()).unwrap_or(Outcome::Waiting)
    }

    /// How many connections nothing more is done to.
    pub(super) fn finished(self) -> usize {
        self.count(|outcome| !matches!(outcome, Outcome::Waiting | Outcome::Running))
    }

    pub(super) fn succeeded(self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Done(_)))
    }

    pub(super) fn is_over(self) -> bool {
        self.finished() == self.total()
    }

    fn count(self, counts: fn(&Outcome) -> bool) -> usize {
        self.outcomes.with(|outcomes| outcomes.iter().filter(|outcome| counts(outcome)).count())
    }

    /// Begins nothing more, and ends the tests that run. A change that was sent is not taken back.
    pub(super) fn cancel(self) {
        if self.cancelled.try_get_value() != Some(false) {
            return;
        }
        self.cancelled.set_value(true);
        self.controller.with_value(|controller| {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
        self.outcomes.try_update(|outcomes| {
            for outcome in outcomes.iter_mut().filter(|outcome| **outcome == Outcome::Waiting) {
                *outcome = Outcome::Cancelled;
            }
        });
    }

    /// Carries the action out.
    pub(super) fn begin(self, action: BulkAction) {
        self.begun.set(true);
        for _ in 0..AT_A_TIME {
            let action = action.clone();
            // Not a `Mutation`: several changes are under way at once, each with an outcome of its own.
            spawn_local(async move {
                while let Some((at, row)) = self.take_next() {
                    let outcome = self.carry_out(&action, &row).await;
                    self.note(at, outcome);
                }
            });
        }
    }

    /// The next connection to work on; `None` if there is none or the run is cancelled or its dialog closed.
    fn take_next(self) -> Option<(usize, Arc<ConnectionRow>)> {
        let at = self.outcomes.try_update(|outcomes| {
            let at = outcomes.iter().position(|outcome| *outcome == Outcome::Waiting)?;
            *outcomes.get_mut(at)? = Outcome::Running;
            Some(at)
        });
        let at = at.flatten()?;
        self.rows.try_with_value(|rows| rows.get(at).map(|row| (at, row.clone()))).flatten()
    }

    fn note(self, at: usize, outcome: Outcome) {
        self.outcomes.try_update(|outcomes| {
            if let Some(place) = outcomes.get_mut(at) {
                *place = outcome;
            }
        });
    }

    async fn carry_out(self, action: &BulkAction, row: &ConnectionRow) -> Outcome {
        let id = &row.id;
        let done = match action {
            BulkAction::Test => return self.test(id).await,
            BulkAction::Activate => command::<Connection>(ActivateConnection::METHOD, ActivateConnection::path(id))
                .await
                .map(|_| "Activated"),
            BulkAction::Deactivate => {
                let sent = command::<Connection>(DeactivateConnection::METHOD, DeactivateConnection::path(id)).await;
                sent.map(|_| "Deactivated")
            }
            BulkAction::Grant(workspace) => grant(id, workspace).await.map(|()| "Granted"),
            BulkAction::Delete => call::<DeleteConnection>(id, &Nothing {}).await.map(|_| "Deleted"),
        };
        match done {
            Ok(words) => Outcome::Done(words.to_owned()),
            Err(error) => Outcome::Failed(format!("{} {}", error.sentence(), error.remedy())),
        }
    }

    async fn test(self, id: &ConnectionId) -> Outcome {
        let signal = self.controller.try_with_value(|controller| controller.as_ref().map(AbortController::signal));
        let Some(signal) = signal.flatten() else { return Outcome::Cancelled };
        let mut checkup = Checkup { run: CheckupRun::Running, steps: Vec::new() };
        let answer = checkup_panel::run(id, &signal, &mut |line| checkup.apply(line)).await;
        if signal.aborted() {
            return Outcome::Cancelled;
        }
        checkup.ended(answer);
        match checkup.run {
            CheckupRun::Finished(status, ..) if status.cause().is_none() => Outcome::Done("It works.".to_owned()),
            CheckupRun::Finished(..) => Outcome::Done("It does not work. Its row says why.".to_owned()),
            CheckupRun::Failed(error) => Outcome::Failed(format!("{} {}", error.sentence(), error.remedy())),
            CheckupRun::NotStarted | CheckupRun::Running | CheckupRun::Cancelled => Outcome::Cancelled,
        }
    }
}

/// Grants a connection to one workspace more.
async fn grant(id: &ConnectionId, workspace: &WorkspaceName) -> Result<(), CallError> {
    let access = call::<GetAccess>(id, &Nothing {}).await?;
    let granted = access.workspaces.into_iter().filter(|one| one.granted).map(|one| one.workspace.id);
    let mut workspaces: Vec<WorkspaceId> = granted.filter(|other| *other != workspace.id).collect();
    workspaces.push(workspace.id.clone());
    call::<EditAccess>(id, &NewAccess { workspaces, confirmed: false }).await.map(|_| ())
}
