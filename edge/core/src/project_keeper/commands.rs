//! The commands: what products push and people ask for. Each changes what is stored in one transaction; what has to be done
//! in Jira is left to the next run.

use std::collections::HashSet;

use api::{
    BatchTask, Id as _, Keep, List, ListTasksQuery, Nothing, ProblemCode, TASKS_OF_PROJECT, TASKS_WAITING, Task,
    TaskBatchAnswer, TaskEntry, TaskEvent, TaskPage, TaskRefused, TaskResult, TaskState, TaskTimelineQuery,
};

use super::{
    ProjectObject, ProjectWorld, PushRules, TaskAction,
    bodies::BODY,
    push::{self, Pushed},
    store::Store,
    task::{StoredBody, StoredTask},
};
use crate::{
    organization::Refusal,
    secrets::{Digest, random_id},
};

impl<W: ProjectWorld> ProjectObject<W> {
    /// Stores tasks, each with a result of its own.
    pub(super) async fn push(&self, tasks: Vec<BatchTask>, rules: &PushRules) -> Result<TaskBatchAnswer, Refusal> {
        self.check_room(&tasks)?;
        let mut seen = HashSet::new();
        let mut results = Vec::with_capacity(tasks.len());
        for pushed in tasks {
            let external_id = pushed.external_id.clone();
            let refused = if seen.insert(external_id.clone()) {
                push::refused(&pushed, rules)
            } else {
                let detail = "The external id stands twice in this batch. The first one was taken.".to_owned();
                Some(TaskRefused { code: ProblemCode::InvalidRequest, detail })
            };
            let stored = match refused {
                None => self.push_one(pushed).await?,
                Some(refused) => Err(refused),
            };
            let (task, refused) = match stored {
                Ok(task) => (Some(self.shown(task)?), None),
                Err(refused) => (None, Some(refused)),
            };
            results.push(TaskResult { external_id, task, refused });
        }
        self.arm_for_tasks().await?;
        Ok(TaskBatchAnswer { results })
    }

    /// Refuses new tasks for a while if too many would wait for Jira.
    fn check_room(&self, tasks: &[BatchTask]) -> Result<(), Refusal> {
        let counts = self.store().counts()?;
        let waiting = counts.waiting.saturating_add(counts.outcome_unknown);
        let room = TASKS_WAITING.saturating_sub(usize::try_from(waiting).unwrap_or(usize::MAX));
        if tasks.len() <= room {
            return Ok(());
        }
        let mut new = HashSet::new();
        for pushed in tasks {
            if self.store().task(&pushed.external_id)?.is_none() {
                new.insert(&pushed.external_id);
            }
        }
        if new.len() > room { Err(Refusal::TasksWaiting) } else { Ok(()) }
    }

    async fn push_one(&self, pushed: BatchTask) -> Result<Result<StoredTask, TaskRefused>, Refusal> {
        let BatchTask { external_id, task: new } = pushed;
        // Sealing takes a while, so it comes before the transaction.
        let body = match new.body.as_deref().filter(|body| !body.trim().is_empty()) {
            Some(body) => Some(self.sealed_body(&external_id, body).await?),
            None => None,
        };
        let (store, now) = (self.store(), self.now());
        store.transaction(|| {
            let existing = store.task(&external_id)?;
            let version = existing.as_ref().map_or(0, |task| task.version);
            if new.if_version.is_some_and(|expected| expected != version) {
                let detail = format!("The task has the version {version}.");
                return Ok(Err(TaskRefused { code: ProblemCode::EditConflict, detail }));
            }
            let pushed = match existing.clone() {
                Some(task) => push::updated(task, new, body, now),
                None if store.is_full()? => {
                    let detail = format!("The project has {TASKS_OF_PROJECT} tasks, which is the most.");
                    return Ok(Err(TaskRefused { code: ProblemCode::LimitReached, detail }));
                }
                None => {
                    let id = api::TaskId::from_opaque(&random_id(self.world.platform()));
                    push::created(id, &external_id, new, body, now)
                }
            };
            match (pushed, existing) {
                (Pushed::Changed(task, event, sentence), _) => {
                    store.put(&task)?;
                    store.tell(&task, event, sentence, now)?;
                    Ok(Ok(*task))
                }
                (Pushed::Unchanged, Some(task)) => Ok(Ok(task)),
                (Pushed::Unchanged, None) => Err(Refusal::Internal("a new task that changes nothing".to_owned())),
            }
        })
    }

    async fn sealed_body(&self, external_id: &str, body: &str) -> Result<StoredBody, Refusal> {
        let sealed = self.seal_text(external_id, BODY, body).await?;
        Ok(StoredBody { digest: Digest::of(body), sealed: Some(sealed) })
    }

    /// A page of tasks.
    pub(super) fn list(&self, query: &ListTasksQuery) -> Result<TaskPage, Refusal> {
        let (tasks, next_cursor) = self.store().page(query)?;
        let items = tasks.into_iter().map(|task| self.shown(task)).collect::<Result<_, _>>()?;
        let (counts, stories) = (self.store().counts()?, self.store().stories()?);
        Ok(TaskPage { items, next_cursor, counts, stories, paused: self.store().paused()? })
    }

    /// What happened to a task.
    pub(super) fn timeline(&self, external_id: &str, query: &TaskTimelineQuery) -> Result<List<TaskEntry>, Refusal> {
        self.store().timeline(&self.known(external_id)?, query)
    }

    /// Forgets a task. Its issue stays as it is.
    pub(super) fn delete(&self, external_id: &str) -> Result<Nothing, Refusal> {
        let store = self.store();
        store.transaction(|| {
            let task = self.known(external_id)?;
            // Its issue would belong to nobody, and the next push would create another one.
            if task.creation.is_some() && task.link.is_none() {
                return Err(Refusal::TaskNotReady(task.state));
            }
            Ok::<_, Refusal>(store.remove(&task)?)
        })?;
        Ok(Nothing {})
    }

    /// Does something with one task, and answers the task after it.
    pub(super) async fn act(&self, external_id: &str, action: TaskAction) -> Result<Task, Refusal> {
        let task = match action {
            TaskAction::Get => self.known(external_id)?,
            TaskAction::Link { issue, by } => self.link_to(external_id, &issue, &by).await?,
            TaskAction::Retry { by } => self.change(external_id, |task, store| {
                let now = self.now();
                if matches!(task.state, TaskState::Unlinked | TaskState::Conflict) {
                    return Err(Refusal::TaskNotReady(task.state));
                }
                task.hurry(now);
                if let Some(state) = task.link_state() {
                    state.retry();
                }
                let state = match (&task.creation, &task.link) {
                    (None, None) => TaskState::Waiting,
                    (Some(_), None) => TaskState::OutcomeUnknown,
                    (_, Some(_)) => TaskState::Syncing,
                };
                task.enter(state, None, now);
                Ok(store.tell(task, TaskEvent::Retried, format!("{by} asked to try again."), now)?)
            })?,
            TaskAction::Unlink { by } => self.change(external_id, |task, store| {
                let now = self.now();
                let Some(link) = task.unlink() else { return Err(Refusal::TaskNotReady(task.state)) };
                (task.creation, task.due_at, task.announced) = (None, None, None);
                task.enter(TaskState::Unlinked, None, now);
                let sentence = format!("{by} unlinked the task from {}. The issue stays as it is.", link.key);
                Ok(store.tell(task, TaskEvent::Unlinked, sentence, now)?)
            })?,
            TaskAction::Resolve { keep, by } => self.change(external_id, |task, store| {
                let now = self.now();
                let is_choice = task.state == TaskState::Conflict
                    || task.blocked.as_ref().is_some_and(|blocked| blocked.cause == api::BlockedCause::Reopened);
                let state = task.state;
                let Some(sides) = task.link_state().filter(|_| is_choice) else {
                    return Err(Refusal::TaskNotReady(state));
                };
                sides.keep(keep);
                task.hurry(now);
                task.enter(TaskState::Syncing, None, now);
                let side = if keep == Keep::Product { "the product's status" } else { "Jira's status" };
                Ok(store.tell(task, TaskEvent::Resolved, format!("{by} chose {side}."), now)?)
            })?,
        };
        self.arm_for_tasks().await?;
        self.shown(task)
    }

    /// Changes a task in one transaction.
    pub(super) fn change(
        &self,
        external_id: &str,
        change: impl FnOnce(&mut StoredTask, Store<'_>) -> Result<(), Refusal>,
    ) -> Result<StoredTask, Refusal> {
        let store = self.store();
        store.transaction(|| {
            let mut task = self.known(external_id)?;
            task.updated_at = self.now();
            change(&mut task, store)?;
            store.put(&task)?;
            Ok(task)
        })
    }

    pub(super) fn known(&self, external_id: &str) -> Result<StoredTask, Refusal> {
        self.store().task(external_id)?.ok_or(Refusal::NotFound)
    }

    fn shown(&self, task: StoredTask) -> Result<Task, Refusal> {
        let site_url: Option<String> = self.store().fact(super::SITE_URL)?;
        Ok(task.view(site_url.as_deref().unwrap_or_default()))
    }

    /// Brings the alarm forward to the next task that is due.
    async fn arm_for_tasks(&self) -> Result<(), Refusal> {
        match self.store().next_due()? {
            Some(due) => Ok(self.arm(due).await?),
            None => Ok(()),
        }
    }
}
