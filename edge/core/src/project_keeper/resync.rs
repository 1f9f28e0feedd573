//! Resyncs: a preview of every task of a scope, then the same task by task, with what changed in between skipped.
//!
//! A run of the keeper plans lots of tasks or carries items out, and leaves calls for the tasks that are due by themselves.
//! Each item is planned again before it is carried out, and then goes the way of every task. So a keeper that ends on the way
//! goes on where it was.

mod carrying_out;
mod items;
mod planning;

use api::{
    List, ListResyncItemsQuery, Name, NewResync, Resync, ResyncCounts, ResyncId, ResyncItem, ResyncResults,
    ResyncScope, ResyncState, TaskEvent, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{ProjectObject, ProjectWorld, ResyncCommand, calls::Run, store::StoredEvent};
use crate::{
    organization::{EndedResync, Refusal},
    secrets::random_id,
};

/// The fact that names the resync that is planned, ready or running.
const OPEN: &str = "resync";
/// How many calls of a run are left to tasks that are due by themselves.
const RESERVED: u32 = 15;
/// The pause after a call without an answer, in milliseconds.
const PAUSE: i64 = 60_000;
/// How many resyncs are kept.
const KEPT: i64 = 10;

/// A resync as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredResync {
    v: u8,
    resync: Resync,
    /// The tasks that are named, by external id.
    #[serde(default)]
    chosen: Vec<String>,
    /// How many of them were planned, or were not there.
    #[serde(default)]
    named: usize,
    /// The id of the task that was planned last, where none are named.
    #[serde(default)]
    after: String,
    /// Whether it starts as soon as the preview is ready.
    #[serde(default)]
    starts: bool,
    /// When it goes on after a call without an answer.
    #[serde(default)]
    goes_on_at: Option<Timestamp>,
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Creates a resync. One that was not started is dropped for it.
    pub(super) async fn create_resync(
        &self,
        new: NewResync,
        by: String,
        id: Option<ResyncId>,
        starts: bool,
    ) -> Result<Resync, Refusal> {
        let (store, now) = (self.store(), self.now());
        let project = self.identity()?.project.clone();
        let id = id.unwrap_or_else(|| ResyncId::of(&project, &random_id(self.world().platform())));
        let resync = store.transaction(|| {
            if let Some(created) = store.resync::<StoredResync>(&id)? {
                return Ok(created.resync);
            }
            if let Some(mut open) = self.open_resync()? {
                if open.resync.state == ResyncState::Running {
                    return Err(Refusal::ResyncNotPossible(open.resync.state));
                }
                self.end(&mut open, ResyncState::Cancelled)?;
            }
            let counts = store.counts()?;
            let failed = [counts.blocked, counts.conflict, counts.missing, counts.moved, counts.retrying];
            let total = match new.scope {
                ResyncScope::All => counts.total,
                ResyncScope::Chosen => u32::try_from(new.external_ids.len()).unwrap_or(u32::MAX),
                ResyncScope::Failed | ResyncScope::Unknown(_) => failed.into_iter().sum(),
            };
            let resync = Resync {
                id: id.clone(),
                project: project.clone(),
                scope: new.scope,
                direction: new.direction,
                state: ResyncState::Planning,
                total,
                looked_at: 0,
                planned: ResyncCounts::default(),
                moves: Vec::new(),
                results: ResyncResults::default(),
                points: 0,
                seconds: 0,
                created_at: now,
                created_by: by,
                finished_at: None,
                paused: None,
            };
            let chosen = new.external_ids;
            let (resync_of, after) = (resync.clone(), String::new());
            let stored = StoredResync { v: 1, resync: resync_of, chosen, named: 0, after, starts, goes_on_at: None };
            store.put_resync(&stored.resync, &stored)?;
            store.set_fact(OPEN, &id)?;
            store.forget_old_resyncs(KEPT)?;
            Ok(resync)
        })?;
        self.arm(now).await?;
        Ok(resync)
    }

    /// Reads, starts or cancels a resync.
    pub(super) async fn command_resync(&self, id: &ResyncId, command: ResyncCommand) -> Result<Resync, Refusal> {
        let resync = self.store().transaction(|| {
            let mut stored = self.known_resync(id)?;
            let state = stored.resync.state;
            match (command, state) {
                (ResyncCommand::Get, _) => {}
                (ResyncCommand::Start, ResyncState::Ready) => {
                    stored.resync.state = ResyncState::Running;
                    self.store().put_resync(&stored.resync, &stored)?;
                }
                (ResyncCommand::Cancel, ResyncState::Planning | ResyncState::Ready | ResyncState::Running) => {
                    self.end(&mut stored, ResyncState::Cancelled)?;
                }
                (ResyncCommand::Start | ResyncCommand::Cancel, _) => return Err(Refusal::ResyncNotPossible(state)),
            }
            Ok(stored.resync)
        })?;
        // The next run carries it out, or reports that it has ended.
        if command != ResyncCommand::Get {
            self.arm(self.now()).await?;
        }
        self.seen(resync)
    }

    /// The newest resyncs.
    pub(super) fn resyncs(&self) -> Result<List<Resync>, Refusal> {
        let newest: Vec<StoredResync> = self.store().newest_resyncs(KEPT)?;
        let items = newest.into_iter().map(|stored| self.seen(stored.resync)).collect::<Result<_, _>>()?;
        Ok(List { items, next_cursor: None })
    }

    /// The resync with what is in its way at present.
    fn seen(&self, resync: Resync) -> Result<Resync, Refusal> {
        let works = matches!(resync.state, ResyncState::Planning | ResyncState::Running);
        let paused = if works { self.store().paused()? } else { None };
        Ok(Resync { paused, ..resync })
    }

    /// The tasks of a resync.
    pub(super) fn resync_items(
        &self,
        id: &ResyncId,
        query: &ListResyncItemsQuery,
    ) -> Result<List<ResyncItem>, Refusal> {
        self.known_resync(id)?;
        self.store().resync_items(id, query)
    }

    /// When the resync that is open goes on; `None` if none is planned or running.
    pub(super) fn next_resync(&self) -> Result<Option<Timestamp>, Refusal> {
        let open = self.open_resync()?;
        let works = |open: &StoredResync| matches!(open.resync.state, ResyncState::Planning | ResyncState::Running);
        Ok(open.filter(works).map(|open| open.goes_on_at.unwrap_or_else(|| self.now())))
    }

    /// Goes on with the resync that is open, while the run has calls for it.
    pub(super) async fn go_on_with_resync(&self, run: &Run) -> Result<(), Refusal> {
        while run.stopped().is_none() && run.calls_left() > RESERVED {
            // It is read anew each time: somebody may have cancelled it.
            let Some(open) = self.open_resync()? else { return Ok(()) };
            if open.goes_on_at.is_some_and(|at| at > self.now()) {
                return Ok(());
            }
            let goes_on = match open.resync.state {
                ResyncState::Planning => self.plan_lot(run, &open).await?,
                ResyncState::Running => self.carry_out_next(run, &open).await?,
                _ => false,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    fn open_resync(&self) -> Result<Option<StoredResync>, Refusal> {
        match self.store().fact::<ResyncId>(OPEN)? {
            Some(id) => Ok(self.store().resync(&id)?),
            None => Ok(None),
        }
    }

    fn known_resync(&self, id: &ResyncId) -> Result<StoredResync, Refusal> {
        self.store().resync(id)?.ok_or(Refusal::NotFound)
    }

    fn end(&self, stored: &mut StoredResync, state: ResyncState) -> Result<(), Refusal> {
        let (was_started, now) = (stored.resync.state == ResyncState::Running, self.now());
        (stored.resync.state, stored.resync.finished_at) = (state, Some(now));
        self.store().put_resync(&stored.resync, stored)?;
        if was_started {
            self.tell_end(&stored.resync, now)?;
        }
        Ok(self.store().remove_fact(OPEN)?)
    }

    /// Webhooks and the feed are told once. A preview that nobody started is nobody's news.
    fn tell_end(&self, resync: &Resync, now: Timestamp) -> Result<(), Refusal> {
        let state = resync.state.as_str();
        let status = Name::parse(state).map_err(|_| Refusal::Internal("a state is no name".to_owned()))?;
        let ended = EndedResync { id: resync.id.clone(), state: resync.state, results: resync.results };
        let stored = StoredEvent {
            event: TaskEvent::ResyncFinished,
            sentence: format!("The resync is {state}."),
            external_id: String::new(),
            status,
            issue_key: None,
            cause: None,
            resync: Some(ended),
            comment: None,
        };
        Ok(self.store().add_event(resync.id.as_str(), &stored, now)?)
    }

    /// Changes the resync as it is stored now, unless it has ended meanwhile. Answers whether it goes on.
    fn change_resync(
        &self,
        id: &ResyncId,
        change: impl FnOnce(&mut StoredResync) -> Result<(), Refusal>,
    ) -> Result<bool, Refusal> {
        self.store().transaction(|| {
            let Some(mut open) = self.open_resync()?.filter(|open| open.resync.id == *id) else { return Ok(false) };
            change(&mut open)?;
            self.store().put_resync(&open.resync, &open)?;
            Ok(true)
        })
    }

    /// Waits for Jira to answer again.
    fn pause_resync(&self, id: &ResyncId) -> Result<bool, Refusal> {
        let at = self.now().plus_millis(PAUSE);
        self.change_resync(id, |open| {
            open.goes_on_at = Some(at);
            Ok(())
        })?;
        Ok(false)
    }
}
