//! Creating the issue of a task, exactly once.
//!
//! 1. Make the issue from the mapping and from what Jira offers; what is missing blocks the task before Jira has to refuse.
//! 2. Store the attempt with its nonce, then send.
//! 3. An answer that is lost, or a keeper that ended before it came, leaves the attempt stored: the issue is searched for by
//!    its nonce before anything is created again.

use api::{Blocked, BlockedCause, JiraId, TaskEvent, TaskState, Timestamp};

use super::{
    ProjectObject, ProjectWorld,
    calls::{JiraAnswer, NoAnswer, Run},
    task::StoredTask,
};
use crate::{
    issue_tracking::{
        LinkOrigin,
        create::{
            AfterLostAnswer, Creation, CreationAttempt, NewIssue, TaskContent, after_lost_answer, new_issue,
            read_creation,
        },
        jira::{FoundIssue, JiraRequest, Page, SearchPage, TaskMark},
    },
    organization::Refusal,
    secrets::random_id,
};

/// The most pages of a search for an issue whose answer was lost.
const PAGES: usize = 10;
/// The pauses before Jira is tried again after an answer that is none, in seconds. The last one is repeated.
const RETRIES: [i64; 5] = [30, 60, 120, 300, 900];

/// When to try again after so many failures in a row.
pub(super) fn retry_at(failures: u32, now: Timestamp) -> Timestamp {
    let index = usize::try_from(failures).unwrap_or(usize::MAX);
    now.plus_seconds(RETRIES.get(index).or(RETRIES.last()).copied().unwrap_or(900))
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Goes on with a task that is due.
    pub(super) async fn go_on(&self, run: &Run, task: StoredTask) -> Result<(), Refusal> {
        match (&task.link, task.creation.clone()) {
            (Some(_), _) => self.synchronize(run, task).await,
            (None, Some(attempt)) => self.settle(run, task, attempt).await,
            (None, None) => {
                let nonce = random_id(self.world().platform());
                let attempt = CreationAttempt::new(nonce, self.now());
                self.create(run, task, attempt).await
            }
        }
    }

    async fn create(&self, run: &Run, task: StoredTask, attempt: CreationAttempt) -> Result<(), Refusal> {
        let new = match self.issue_of(run, &task, &attempt).await {
            Ok(Some(new)) => new,
            // Jira could not be asked what it offers.
            Ok(None) => return self.retry_later(run, &task),
            Err(blocked) => return self.block(&task, *blocked),
        };
        if run.stopped().is_some() {
            return Ok(());
        }
        let is_second = task.creation.is_some();
        let stored = self.update(&task, |task| {
            task.creation = Some(attempt);
            Ok(())
        })?;
        let Some(task) = stored else { return Ok(()) };
        let request = run.version().create(new.body.clone());
        let answer = self.call(run, request).await;
        self.created(run, &task, &new, &answer, is_second)
    }

    /// What came of an attempt.
    fn created(
        &self,
        run: &Run,
        task: &StoredTask,
        new: &NewIssue,
        answer: &Result<JiraAnswer, NoAnswer>,
        is_second: bool,
    ) -> Result<(), Refusal> {
        let metadata = run.metadata.borrow();
        if let Err(NoAnswer::LimitedHere { until }) = *answer {
            self.update(task, |task| {
                task.due_at = Some(until);
                Ok(())
            })?;
        }
        let creation = match (answer, metadata.as_ref()) {
            (Ok(answer), Some(metadata)) => read_creation(answer.status, &answer.body, new, metadata),
            (Err(NoAnswer::NotSent | NoAnswer::LimitedHere { .. }), _) => Creation::Limited,
            _ => Creation::Unknown,
        };
        match creation {
            Creation::Created { id, key } => self.adopt(task, &id, key),
            Creation::Refused(blocked) => {
                // What Jira offers may have changed since it was asked.
                drop(metadata);
                self.forget_metadata()?;
                self.block(task, blocked)
            }
            Creation::Limited | Creation::CredentialRefused if is_second => Ok(()),
            // Nothing was created by this attempt, and there was none before it.
            Creation::Limited | Creation::CredentialRefused => self
                .update(task, |task| {
                    task.creation = None;
                    Ok(())
                })
                .map(drop),
            Creation::Unknown => self.lost(task),
        }
    }

    fn lost(&self, task: &StoredTask) -> Result<(), Refusal> {
        let (store, now) = (self.store(), self.now());
        self.update(task, |task| {
            task.due_at = task.creation.as_ref().map(CreationAttempt::next_look);
            if task.state != TaskState::OutcomeUnknown {
                task.enter(TaskState::OutcomeUnknown, None, now);
                let sentence = "The answer to the creation of the issue was lost. Causeway looks for the issue before it \
                    creates one.";
                store.tell(task, TaskEvent::OutcomeUnknown, sentence.to_owned(), now)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Looks for the issue of an attempt whose answer is not known.
    async fn settle(&self, run: &Run, task: StoredTask, mut attempt: CreationAttempt) -> Result<(), Refusal> {
        let now = self.now();
        if attempt.next_look() > now {
            return self.lost(&task);
        }
        let Some(found) = self.created_since(run, attempt.sent_at).await else { return self.retry_later(run, &task) };
        match after_lost_answer(&mut attempt, &found, now) {
            AfterLostAnswer::Adopt { id, key } => self.adopt(&task, &id, key),
            AfterLostAnswer::LookAgain { at } => self
                .update(&task, |task| {
                    task.creation = Some(attempt);
                    task.due_at = Some(at);
                    task.enter(TaskState::OutcomeUnknown, None, now);
                    Ok(())
                })
                .map(drop),
            AfterLostAnswer::CreateAgain => self.create(run, task, attempt.again(now)).await,
        }
    }

    /// Every issue that the account created in the project since then; `None` if the search has no answer.
    pub(super) async fn created_since(&self, run: &Run, since: Timestamp) -> Option<Vec<FoundIssue>> {
        let (mut page, mut found) = (Page::First, Vec::new());
        for _ in 0..PAGES {
            let request: JiraRequest = run.version().created_since(&run.way.jira_project, since, self.now(), &page);
            let answer = self.call(run, request).await.ok().filter(|answer| answer.status == 200)?;
            let read = SearchPage::read(&answer.body)?;
            for issue in read.issues {
                found.push(self.with_mark(run, issue).await?);
            }
            match read.next {
                Some(next) => page = Page::After(next),
                None => return Some(found),
            }
        }
        Some(found)
    }

    /// The issue with its mark, if it may be one that no task is known to have; `None` if Jira does not say.
    async fn with_mark(&self, run: &Run, mut issue: FoundIssue) -> Option<FoundIssue> {
        let Some(request) = run.version().mark(&issue.id) else { return Some(issue) };
        if self.store().task_of_issue(issue.id.as_str()).ok()?.is_some() {
            return Some(issue);
        }
        let answer = self.call(run, request).await.ok()?;
        issue.mark = match answer.status {
            200 => TaskMark::read(&answer.body)?,
            404 => None,
            _ => return None,
        };
        Some(issue)
    }

    /// The issue is the task's.
    fn adopt(&self, task: &StoredTask, id: &JiraId, key: String) -> Result<(), Refusal> {
        let (store, now) = (self.store(), self.now());
        if let Some(other) = store.task_of_issue(id.as_str())? {
            // Somebody linked another task to the issue before this one knew of it.
            return self
                .update(task, |task| {
                    (task.creation, task.due_at) = (None, None);
                    task.enter(TaskState::Unlinked, None, now);
                    let sentence =
                        format!("{key} was created for the task, and linked to {} meanwhile.", other.external_id);
                    Ok(store.tell(task, TaskEvent::Unlinked, sentence, now)?)
                })
                .map(drop);
        }
        self.update(task, |task| {
            task.link(id.clone(), key, LinkOrigin::Created, now);
            let key = task.link.as_ref().map(|link| link.key.clone()).unwrap_or_default();
            store.tell(task, TaskEvent::Linked, format!("Causeway created {key} for the task."), now)?;
            Ok(())
        })?;
        self.note_activity()
    }

    /// A person has to do something first.
    pub(super) fn block(&self, task: &StoredTask, blocked: Blocked) -> Result<(), Refusal> {
        let (store, now) = (self.store(), self.now());
        self.update(task, |task| {
            task.creation = None;
            task.due_at = None;
            let sentence = blocked.sentence.clone();
            if let Some(event) = task.enter(TaskState::Blocked, Some(blocked), now) {
                store.tell(task, event, sentence, now)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Jira did not answer as it should: the task is tried again later. If something is in the way of every call, that
    /// counts against no task.
    pub(super) fn retry_later(&self, run: &Run, task: &StoredTask) -> Result<(), Refusal> {
        if run.stopped().is_some() {
            return Ok(());
        }
        let now = self.now();
        self.update(task, |task| {
            task.due_at = Some(retry_at(task.failures, now));
            task.failures = task.failures.saturating_add(1);
            if task.creation.is_none() {
                task.enter(TaskState::Retrying, None, now);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// `None` if Jira did not say what it offers.
    async fn issue_of(
        &self,
        run: &Run,
        task: &StoredTask,
        attempt: &CreationAttempt,
    ) -> Result<Option<NewIssue>, Box<Blocked>> {
        let body = self.opened_body(task).await;
        let metadata = run.metadata.borrow();
        let Some(metadata) = metadata.as_ref() else { return Ok(None) };
        let incomplete = || Box::new(Blocked::new(BlockedCause::MappingIncomplete));
        let mapping = run.mapping.as_ref().ok_or_else(incomplete)?;
        let identity = self.identity().map_err(|_| incomplete())?;
        let mark = TaskMark {
            project: identity.project.to_string(),
            task: task.external_id.clone(),
            nonce: attempt.nonce.clone(),
            trial: false,
        };
        let content = TaskContent {
            title: &task.content.title,
            body: body.as_deref(),
            url: task.content.url.as_deref(),
            kind: task.content.kind.as_ref(),
            priority: task.content.priority.as_ref(),
            labels: &task.content.labels,
        };
        let new = new_issue(&content, mapping, metadata, run.version(), &run.way.jira_project, &mark);
        new.map(Some).map_err(Box::new)
    }

    /// Changes a task as it is stored now, in one transaction. `None` if it was deleted meanwhile.
    pub(super) fn update(
        &self,
        task: &StoredTask,
        change: impl FnOnce(&mut StoredTask) -> Result<(), Refusal>,
    ) -> Result<Option<StoredTask>, Refusal> {
        let store = self.store();
        store.transaction(|| {
            let Some(mut stored) = store.task(&task.external_id)?.filter(|stored| stored.id == task.id) else {
                return Ok(None);
            };
            let before = stored.clone();
            change(&mut stored)?;
            if stored != before {
                stored.updated_at = self.now();
                store.put(&stored)?;
            }
            Ok(Some(stored))
        })
    }
}
