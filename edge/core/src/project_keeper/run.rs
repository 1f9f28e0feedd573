//! The alarm: a run of the keeper.
//!
//! 1. Set the next alarm, so that one comes whatever happens below.
//! 2. Ask the organization whether and how the project's tasks reach Jira. Without a way nothing is sent, and everything is
//!    kept.
//! 3. Listen to Jira: what changed since the last time, and once a day every link.
//! 4. Go on with the tasks that are due, six at a time, until the calls of a run are used up.
//! 5. Report to the organization what webhooks are to be told.
//! 6. Set the alarm for when something is due next.

use api::{Paused, TaskState, Timestamp, WebhookComment};
use futures::future::join_all;

use super::{
    FALLBACK, ProjectObject, ProjectWorld, SITE_URL,
    calls::{Run, Stop, sentence_of},
    store::Store,
};
use crate::{
    organization::{Caller, ProjectSync, Refusal, ReportTaskEvents, ReportedTaskEvent, send},
    ports::Level,
};

/// How many tasks are worked on at once. A Worker has six outgoing connections.
const AT_ONCE: usize = 6;
/// The pause before a project without a way to Jira is looked at again, in milliseconds: five minutes.
const NO_WAY_PAUSE: i64 = 300_000;
/// The pause before the next run while tasks are due, in milliseconds.
const NEXT_RUN: i64 = 1_000;
/// The most events that are reported at once.
const REPORTED: usize = 100;
/// The most blocked tasks that are tried again when the mapping changes.
const TRIED_AGAIN: u16 = 200;

/// The names of what is stored as facts.
const PAUSED: &str = "paused";
const REVISION: &str = "revision";

/// Why nothing moves before there is a mapping.
pub(super) const NO_MAPPING: &str = "The project has no mapping yet. Its tasks are kept, and go on once it has one.";

impl Store<'_> {
    /// Why nothing moves at present.
    pub(super) fn paused(self) -> Result<Option<Paused>, Refusal> {
        Ok(self.fact::<Option<Paused>>(PAUSED)?.flatten())
    }
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Handles the alarm. Whatever fails is logged, and looked at again in a minute: an alarm that fails is repeated by the
    /// platform a few times only, and then never comes again.
    pub async fn on_alarm(&self) {
        let fallback = self.now().plus_millis(FALLBACK);
        self.set_alarm(Some(fallback)).await;
        let next = match self.run().await {
            Ok(next) => next,
            Err(refusal) => {
                self.log(Level::Alert, "project.run_failed", &format!("{refusal:?}"));
                Some(self.now().plus_millis(FALLBACK))
            }
        };
        self.set_alarm(next).await;
    }

    async fn set_alarm(&self, at: Option<Timestamp>) {
        if let Err(failure) = self.world().set_alarm(at).await {
            self.log(Level::Alert, "project.alarm_not_set", &failure.0);
        }
    }

    /// Answers when the next run is due; `None` if there is nothing to do.
    async fn run(&self) -> Result<Option<Timestamp>, Refusal> {
        self.prepare(None)?;
        if self.identity().is_err() {
            return Ok(None);
        }
        let sync = match self.ask_organization().await {
            Err(Refusal::NotFound) => {
                self.erase().await?;
                return Ok(None);
            }
            sync => sync?,
        };
        let (store, now) = (self.store(), self.now());
        let until = store.paused()?.and_then(|paused| paused.until).filter(|until| *until > now);
        if let Some(until) = until {
            return Ok(Some(until));
        }
        let paused = self.run_with(sync).await.err();
        self.keep_points()?;
        store.set_fact(PAUSED, &paused)?;
        self.report().await?;
        // Nothing is waited for from here on, so that no push comes between what is due and the alarm.
        Ok(match paused {
            _ if self.is_idle()? => None,
            Some(paused) => Some(paused.until.unwrap_or_else(|| self.now().plus_millis(NO_WAY_PAUSE))),
            None => self.next_run()?,
        })
    }

    /// Works until nothing is due, the calls of a run are used up, or something is in the way of all.
    async fn run_with(&self, sync: ProjectSync) -> Result<(), Paused> {
        let forever = |sentence: &str| Paused { sentence: sentence.to_owned(), until: None };
        let way = sync.way.map_err(|why| forever(sentence_of(why)))?;
        let has_mapping = sync.mapping.is_some();
        if !has_mapping && !self.is_tried() {
            return Err(forever(NO_MAPPING));
        }
        let run = match self.begin(way, (sync.mapping, sync.revision)).await {
            Ok(run) => run,
            Err(Refusal::ConnectionUnauthorized) => {
                return Err(forever(sentence_of(crate::organization::NotConnected::Unauthorized)));
            }
            Err(refusal) => {
                let seconds = if let Refusal::NoToken(seconds) = refusal { i64::from(seconds) } else { 60 };
                let sentence = "No fresh access token can be had at present. Causeway tries again by itself.";
                let until = Some(self.now().plus_seconds(seconds.max(1)));
                return Err(Paused { sentence: sentence.to_owned(), until });
            }
        };
        if let Err(refusal) = self.work(&run).await {
            // What is stored is whole. The next run goes on with it.
            self.log(Level::Alert, "project.work_failed", &format!("{refusal:?}"));
            let until = Some(self.now().plus_millis(FALLBACK));
            return Err(Paused { sentence: "Causeway could not go on, and tries again by itself.".to_owned(), until });
        }
        if let Err(refusal) = self.report_quota(&run).await {
            // It is only shown there; the next run that finds it used up says it again.
            self.log(Level::Warning, "project.quota_not_reported", &format!("{refusal:?}"));
        }
        match run.stopped() {
            Some(Stop::Paused(paused)) => Err(paused),
            _ if !has_mapping => {
                let next = self.next_trial().ok().flatten().map(|at| at.max(self.now().plus_millis(NEXT_RUN)));
                Err(Paused { until: next, ..forever(NO_MAPPING) })
            }
            Some(Stop::EnoughCalls) | None => Ok(()),
        }
    }

    /// Whether a trial is under way, which needs no saved mapping.
    fn is_tried(&self) -> bool {
        self.next_trial().is_ok_and(|next| next.is_some())
    }

    /// Whether there is nothing to do before the next command.
    fn is_idle(&self) -> Result<bool, Refusal> {
        Ok(self.store().counts()?.total == 0 && self.next_resync()?.is_none() && !self.is_tried())
    }

    async fn work(&self, run: &Run) -> Result<(), Refusal> {
        let store = self.store();
        store.set_fact(SITE_URL, &run.way.site_url)?;
        // A person waits for it.
        self.go_on_with_trial(run).await?;
        if run.mapping.is_none() {
            return Ok(());
        }
        self.try_again_with_new_mapping(run)?;
        self.note_comments_wanted(run)?;
        self.poll(run).await?;
        while run.stopped().is_none() {
            let due = store.due(self.now(), AT_ONCE)?;
            if due.is_empty() {
                break;
            }
            if due.iter().any(|task| task.link.is_none()) {
                self.load_metadata(run).await?;
            }
            join_all(due.into_iter().map(|task| self.go_on(run, task))).await.into_iter().collect::<Result<(), _>>()?;
        }
        self.go_on_with_resync(run).await?;
        self.sweep(run).await
    }

    /// A new mapping may unblock what the last one blocked.
    fn try_again_with_new_mapping(&self, run: &Run) -> Result<(), Refusal> {
        let (store, now) = (self.store(), self.now());
        let known: u32 = store.fact(REVISION)?.unwrap_or(0);
        if known == run.revision {
            return Ok(());
        }
        let blocked = api::ListTasksQuery {
            state: Some(TaskState::Blocked),
            limit: Some(TRIED_AGAIN),
            ..api::ListTasksQuery::default()
        };
        let mut query = blocked;
        loop {
            let (tasks, next) = store.page(&query)?;
            store.transaction(|| {
                for mut task in tasks {
                    task.hurry(now);
                    store.put(&task)?;
                }
                Ok::<_, Refusal>(())
            })?;
            match next {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        Ok(store.set_fact(REVISION, &run.revision)?)
    }

    /// Reports what webhooks are to be told. What is not reported stays, and is reported by the next run.
    async fn report(&self) -> Result<(), Refusal> {
        let identity = self.identity()?;
        loop {
            let events = self.store().unreported(REPORTED)?;
            let Some(last) = events.last().map(|event| event.number) else { return Ok(()) };
            let reported = events.into_iter().map(|numbered| ReportedTaskEvent {
                number: numbered.number,
                at: numbered.at,
                event: numbered.event.event,
                external_id: numbered.event.external_id,
                status: numbered.event.status,
                issue_key: numbered.event.issue_key,
                cause: numbered.event.cause,
                resync: numbered.event.resync,
                comment: numbered.event.comment.map(|comment| WebhookComment {
                    id: comment.id,
                    author: comment.author,
                    is_edit: comment.is_edit,
                }),
            });
            let report = ReportTaskEvents { project: identity.project.clone(), events: reported.collect() };
            send(self.world().platform(), &identity.organization, Caller::Edge, &report).await?;
            self.store().reported_up_to(last)?;
        }
    }

    /// When something is due next; `None` if there is nothing to do.
    pub(super) fn next_run(&self) -> Result<Option<Timestamp>, Refusal> {
        let (due, resync, trial) = (self.store().next_due()?, self.next_resync()?, self.next_trial()?);
        let due = [due, resync, trial, self.next_poll()?, self.next_sweep()?].into_iter().flatten().min();
        Ok(due.map(|due| due.max(self.now().plus_millis(NEXT_RUN))))
    }

    /// Forgets a project that the organization does not have any more.
    async fn erase(&self) -> Result<(), Refusal> {
        self.world().erase().await?;
        self.forget_preparation();
        Ok(())
    }
}
