//! Keeping a task and its issue in step: look at the issue, decide, carry the decision out, look again.

use api::{Blocked, BlockedCause, IssueStatus, JiraId, SyncBase, TaskEvent, TaskState, Timestamp};

use super::{
    ProjectObject, ProjectWorld,
    calls::{NoAnswer, Run},
    creation::retry_at,
    listening::NUDGE_PAUSE,
    task::StoredTask,
};
use crate::{
    issue_tracking::{
        IssueLook, LinkState, SyncStep,
        causes::{RefusedRequest, of_refusal},
        decide,
        jira::{JiraIssue, JiraRefusal, TransitionList},
        transitions::{LearnedWorkflow, MoveQuestion, NextLeg, next_leg},
    },
    organization::Refusal,
    ports::Level,
};

/// The most times that an issue is looked at in a row. A walk has fewer legs.
const LOOKS: usize = 8;
/// The pause after another change of the same issue at the same time (409), in seconds.
const SIMULTANEOUS_PAUSE: i64 = 3;
/// The pause before an issue is looked at again that may have moved, in seconds.
const LOST_PAUSE: i64 = 5;

/// What is left to be done after a decision was stored.
enum Left {
    /// Nothing now.
    Nothing,
    /// The issue is moved.
    Move { task: Box<StoredTask>, to: JiraId },
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Brings a task and its issue in step.
    pub(super) async fn synchronize(&self, run: &Run, task: StoredTask) -> Result<(), Refusal> {
        let mut has_moved = false;
        for _ in 0..LOOKS {
            let looked_at = self.now();
            let Some(look) = self.look(run, &task).await? else { return Ok(()) };
            match self.decided(run, &task, &look, looked_at)? {
                Left::Nothing => {
                    if has_moved {
                        self.comment(run, &task).await?;
                    }
                    if let IssueLook::Found(issue) = &look {
                        self.hear_comments(run, &task, issue).await?;
                    }
                    return self.link_back(run, &task).await;
                }
                Left::Move { task, to } => {
                    let IssueLook::Found(issue) = look else { return Ok(()) };
                    if !self.make_leg(run, &task, &issue, &to).await? {
                        return Ok(());
                    }
                    has_moved = true;
                }
            }
        }
        self.retry_later(run, &task)
    }

    /// Looks at the issue; `None` if Jira has no answer, and the task waits.
    async fn look(&self, run: &Run, task: &StoredTask) -> Result<Option<IssueLook>, Refusal> {
        let Some(link) = &task.link else { return Ok(None) };
        let answer = match self.call(run, run.version().issue(link.issue.as_str())).await {
            Ok(answer) => answer,
            Err(why) => return self.no_answer(run, task, why).map(|()| None),
        };
        let look = match answer.status {
            200 => JiraIssue::read(&answer.body).map(IssueLook::Found),
            403 | 404 | 410 => JiraRefusal::read(&answer.body).map(|_| IssueLook::NotSeen),
            _ => None,
        };
        if look.is_none() {
            self.retry_later(run, task)?;
        }
        Ok(look)
    }

    fn no_answer(&self, run: &Run, task: &StoredTask, why: NoAnswer) -> Result<(), Refusal> {
        match why {
            NoAnswer::NotSent => Ok(()),
            NoAnswer::Lost => self.retry_later(run, task),
            NoAnswer::LimitedHere { until } => self.wait(task, until),
        }
    }

    /// Goes on with the task at a later time, without counting anything against it.
    fn wait(&self, task: &StoredTask, until: Timestamp) -> Result<(), Refusal> {
        self.update(task, |task| {
            task.due_at = Some(until);
            Ok(())
        })?;
        Ok(())
    }

    /// Decides, and stores what follows.
    fn decided(&self, run: &Run, task: &StoredTask, look: &IssueLook, looked_at: Timestamp) -> Result<Left, Refusal> {
        let (store, now) = (self.store(), self.now());
        let Some(mapping) = &run.mapping else { return Ok(Left::Nothing) };
        let mut to = None;
        let stored = self.update(task, |task| {
            let issue = if let IssueLook::Found(issue) = look { Some(issue) } else { None };
            let product = task.product().clone();
            let Some(link) = &mut task.link else { return Ok(()) };
            let nudged = link.nudged_at.filter(|at| (1..=NUDGE_PAUSE).contains(&at.since(looked_at)));
            if let Some(issue) = issue {
                link.see(issue);
                if link.state.is_none() {
                    link.state = Some(LinkState::new(link.origin, issue.project.clone(), product));
                }
            }
            let Some(state) = &mut link.state else {
                // It was never seen: there is nothing to compare it with yet.
                task.due_at = Some(retry_at(task.failures, now));
                task.failures = task.failures.saturating_add(1);
                return Ok(());
            };
            let step = decide(state, look, mapping, now);
            state.record(&step, issue, now);
            task.failures = 0;
            // What Jira told meanwhile may be newer than what was seen.
            task.due_at = nudged;
            match step {
                SyncStep::InSync => self.agree(task, issue, now)?,
                SyncStep::Settle { base } => {
                    task.base = agreed(&base.task, issue, now);
                    self.agree(task, issue, now)?;
                }
                SyncStep::Tell { status, base } => {
                    task.base = agreed(&base.task, issue, now);
                    let there = issue.map_or("another status", |issue| issue.status.name.as_str());
                    let sentence =
                        format!("The issue went to {there} in Jira. The status of the task is now {status}.");
                    store.tell(task, TaskEvent::StatusChanged, sentence, now)?;
                    self.agree(task, issue, now)?;
                }
                SyncStep::Move { to: target } => {
                    task.enter(TaskState::Syncing, None, now);
                    // A keeper that ends on the way looks again.
                    task.due_at = Some(now);
                    to = Some(target);
                }
                SyncStep::Block(blocked) => {
                    let sentence = blocked.sentence.clone();
                    if let Some(event) = task.enter(TaskState::Blocked, Some(blocked), now) {
                        store.tell(task, event, sentence, now)?;
                    }
                }
                SyncStep::Conflict => {
                    if let Some(event) = task.enter(TaskState::Conflict, None, now) {
                        let there = issue.map_or("another status", |issue| issue.status.name.as_str());
                        let here = task.product().status.clone();
                        let sentence =
                            format!("The product says {here} and Jira says {there}. Somebody has to choose.");
                        store.tell(task, event, sentence, now)?;
                    }
                }
                SyncStep::LookAgain { at } => {
                    task.enter(TaskState::Retrying, None, now);
                    task.due_at = Some(at);
                }
                SyncStep::Missing => {
                    if let Some(event) = task.enter(TaskState::Missing, None, now) {
                        let sentence =
                            "Jira has not shown the issue for a day: it was deleted, or the account may not see it.";
                        store.tell(task, event, sentence.to_owned(), now)?;
                    }
                }
                SyncStep::MovedAway => {
                    if let Some(event) = task.enter(TaskState::Moved, None, now) {
                        let sentence =
                            "The issue was moved to another Jira project, which the mapping knows nothing about.";
                        store.tell(task, event, sentence.to_owned(), now)?;
                    }
                }
            }
            Ok(())
        })?;
        Ok(match (stored, to) {
            (Some(task), Some(to)) => Left::Move { task: Box::new(task), to },
            _ => Left::Nothing,
        })
    }

    /// Both sides agree.
    fn agree(&self, task: &mut StoredTask, issue: Option<&JiraIssue>, now: Timestamp) -> Result<(), Refusal> {
        if let Some(event) = task.enter(TaskState::InSync, None, now) {
            let there = issue.map_or("the same", |issue| issue.status.name.as_str());
            let sentence = format!("Both sides agree again: {} and {there}.", task.product().status);
            self.store().tell(task, event, sentence, now)?;
        }
        Ok(())
    }

    /// Moves the issue one step. Answers whether it is to be looked at again at once.
    async fn make_leg(&self, run: &Run, task: &StoredTask, issue: &JiraIssue, to: &JiraId) -> Result<bool, Refusal> {
        let answer = match self.call(run, run.version().transitions(&issue.id)).await {
            Ok(answer) => answer,
            Err(why) => return self.no_answer(run, task, why).map(|()| false),
        };
        let Some(TransitionList(offered)) = TransitionList::read(&answer.body).filter(|_| answer.status == 200) else {
            return self.retry_later(run, task).map(|()| false);
        };
        let learned = self.learn(issue, &offered)?;
        let of_type = run.mapping.as_ref().and_then(|mapping| mapping.issue_type(&issue.issue_type));
        let (Some(of_type), Some(state)) = (of_type, task.link.as_ref().and_then(|link| link.state.as_ref())) else {
            return self.block(task, Blocked::new(BlockedCause::MappingIncomplete)).map(|()| false);
        };
        let question = MoveQuestion {
            version: run.version(),
            to,
            offered: &offered,
            learned: &learned,
            of_type,
            legs_left: state.legs_left(&issue.status.id),
            may_move: Self::may_move(run),
        };
        let (next, body) = match next_leg(&question) {
            NextLeg::Make { next, body } => (next, body),
            NextLeg::Block(blocked) => return self.block(task, blocked).map(|()| false),
        };
        let stored = self.update(task, |task| {
            if let Some(state) = task.link_state() {
                state.begin_leg(&issue.status.id, &next, to, self.now());
            }
            Ok(())
        })?;
        if stored.is_none() {
            return Ok(false);
        }
        let sent = body.get("fields").and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
        let answer = match self.call(run, run.version().make_transition(&issue.id, body)).await {
            Ok(answer) => answer,
            Err(NoAnswer::Lost) => return self.wait(task, self.now().plus_seconds(LOST_PAUSE)).map(|()| false),
            Err(why) => return self.no_answer(run, task, why).map(|()| false),
        };
        match (answer.status, JiraRefusal::read(&answer.body)) {
            (200..=299, _) => {
                let name = offered.iter().find(|one| one.to.id == next).map_or("", |one| one.to.name.as_str());
                let sentence = format!("Causeway moved the issue from {} to {name}.", issue.status.name);
                self.store().tell(task, TaskEvent::IssueMoved, sentence, self.now())?;
                self.note_activity()?;
                Ok(true)
            }
            (409, _) => self.wait(task, self.now().plus_seconds(SIMULTANEOUS_PAUSE)).map(|()| false),
            (400..=499, Some(refusal)) => {
                let known = offered.iter().find(|one| one.to.id == next).map_or(&[][..], |one| one.fields.as_slice());
                let blocked = of_refusal(RefusedRequest::Transition, answer.status, &refusal, &sent, known);
                self.block(task, blocked).map(|()| false)
            }
            _ => self.wait(task, self.now().plus_seconds(LOST_PAUSE)).map(|()| false),
        }
    }

    /// Remembers which statuses led to which.
    pub(super) fn learn(
        &self,
        issue: &JiraIssue,
        offered: &[crate::issue_tracking::jira::OfferedTransition],
    ) -> Result<LearnedWorkflow, Refusal> {
        let name = format!("workflow/{}", issue.issue_type);
        let mut learned: LearnedWorkflow = self.store().fact(&name)?.unwrap_or_default();
        let before = learned.clone();
        learned.learn(&issue.status.id, offered);
        if learned != before {
            self.store().set_fact(&name, &learned)?;
        }
        Ok(learned)
    }

    /// Links the issue to the task's page in the product. The link is made once; that it cannot be made is a note.
    async fn link_back(&self, run: &Run, task: &StoredTask) -> Result<(), Refusal> {
        let Some(task) = self.store().task(&task.external_id)? else { return Ok(()) };
        let (Some(link), Some(url)) = (&task.link, &task.content.url) else { return Ok(()) };
        if link.is_linked_back || run.stopped().is_some() {
            return Ok(());
        }
        let global_id = format!("causeway:{}", task.id);
        let request = run.version().link_back(&link.issue, &global_id, url, &task.content.title);
        let made = match self.call(run, request).await {
            Ok(answer) => (200..=299).contains(&answer.status),
            // It is sent with the next look at the task.
            Err(NoAnswer::NotSent) => return Ok(()),
            Err(NoAnswer::Lost | NoAnswer::LimitedHere { .. }) => false,
        };
        let (store, now) = (self.store(), self.now());
        self.update(&task, |task| {
            if let Some(link) = &mut task.link {
                link.is_linked_back = true;
            }
            if !made {
                let sentence = "The issue could not be given a link to the task's page in the product.";
                store.tell(task, TaskEvent::LinkNotShown, sentence.to_owned(), now)?;
            }
            Ok(())
        })?;
        if !made {
            self.log(Level::Info, "project.not_linked_back", task.id.as_str());
        }
        Ok(())
    }
}

fn agreed(task: &api::Name, issue: Option<&JiraIssue>, now: Timestamp) -> Option<SyncBase> {
    let issue = issue.map(|issue| IssueStatus { id: issue.status.id.clone(), name: issue.status.name.clone() })?;
    Some(SyncBase { task: task.clone(), issue, at: now })
}
