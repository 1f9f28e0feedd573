//! Carrying a resync out: each task is looked at and planned again, and then goes the way of every task.

use api::{ResyncAction, ResyncOutcome, ResyncState, TaskState};

use super::{StoredResync, items::StoredItem};
use crate::{
    issue_tracking::resync::{PlanNow, PlannedStep},
    organization::Refusal,
    project_keeper::{ProjectObject, ProjectWorld, calls::Run, task::StoredTask},
};

/// How often a task goes on at once before its item ends: created, looked at, moved.
const TURNS: usize = 3;

/// What became of an item, and why; `None` if Jira did not answer.
type Ended = Option<(ResyncOutcome, Option<String>)>;

impl<W: ProjectWorld> ProjectObject<W> {
    /// Carries the next item out.
    pub(super) async fn carry_out_next(&self, run: &Run, open: &StoredResync) -> Result<bool, Refusal> {
        let id = open.resync.id.clone();
        let Some(item) = self.store().next_resync_item(&id)? else {
            self.store().transaction(|| match self.open_resync()?.filter(|open| open.resync.id == id) {
                Some(mut open) => self.end(&mut open, ResyncState::Finished),
                None => Ok(()),
            })?;
            return Ok(false);
        };
        let Some((outcome, why)) = self.carry_out(run, open, &item).await? else {
            return if run.stopped().is_some() { Ok(false) } else { self.pause_resync(&id) };
        };
        self.change_resync(&id, |open| {
            let count = match outcome {
                ResyncOutcome::Done => &mut open.resync.results.done,
                ResyncOutcome::Skipped => &mut open.resync.results.skipped,
                ResyncOutcome::Failed | ResyncOutcome::Unknown(_) => &mut open.resync.results.failed,
            };
            *count += 1;
            open.goes_on_at = None;
            let mut item = item;
            (item.item.outcome, item.item.why) = (Some(outcome), why.or(item.item.why));
            Ok(self.store().put_resync_item(&id, &item)?)
        })
    }

    /// Looks at a task again and does what was planned, if that still stands. `None` if Jira did not answer.
    async fn carry_out(&self, run: &Run, open: &StoredResync, item: &StoredItem) -> Result<Ended, Refusal> {
        let skipped = |why: &str| Ok(Some((ResyncOutcome::Skipped, Some(why.to_owned()))));
        let Some(task) = self.store().task(&item.item.external_id)?.filter(|task| task.id == item.task) else {
            return skipped("The task was deleted since the preview.");
        };
        let look = match &task.link {
            Some(link) => match self.look_at_issue(run, &link.issue).await {
                Some(look) => Some(look),
                None => return Ok(None),
            },
            None => None,
        };
        let Some(now) = self.plan_of(run, open, &task, look.as_ref()) else { return Ok(None) };
        if item.plan.action == ResyncAction::Create {
            self.load_metadata(run).await?;
        }
        match item.plan.stands(&now) {
            PlanNow::Changed => skipped("Something changed since the preview."),
            PlanNow::Done => Ok(Some((ResyncOutcome::Done, None))),
            PlanNow::Stands => self.let_go_on(run, &task, &item.plan).await,
        }
    }

    /// Lets a task go the way of every task, with the side that stands.
    async fn let_go_on(&self, run: &Run, task: &StoredTask, plan: &PlannedStep) -> Result<Ended, Refusal> {
        let now = self.now();
        let mut next = self.update(task, |task| {
            task.hurry(now);
            if let Some(state) = task.link_state() {
                match plan.stands {
                    Some(side) => state.begin_anew(side),
                    None => state.retry(),
                }
            }
            Ok(())
        })?;
        for _ in 0..TURNS {
            let Some(task) = next.take().filter(|task| task.due_at.is_some_and(|due| due <= self.now())) else { break };
            self.go_on(run, task.clone()).await?;
            next = self.store().task(&task.external_id)?;
        }
        let Some(task) = self.store().task(&task.external_id)? else { return Ok(None) };
        Ok(match task.state {
            TaskState::InSync => Some((ResyncOutcome::Done, None)),
            _ if run.stopped().is_some() => None,
            TaskState::Blocked => Some((ResyncOutcome::Failed, task.blocked.map(|blocked| blocked.sentence))),
            TaskState::OutcomeUnknown => {
                let why = "The answer to its creation was lost. Causeway looks for the issue by itself.";
                Some((ResyncOutcome::Failed, Some(why.to_owned())))
            }
            TaskState::Conflict => {
                Some((ResyncOutcome::Failed, Some("Both sides changed meanwhile and do not agree.".to_owned())))
            }
            _ => Some((ResyncOutcome::Failed, Some("Jira did not answer. Causeway tries again by itself.".to_owned()))),
        })
    }
}
