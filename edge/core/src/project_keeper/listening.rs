//! Hearing from Jira: what changed since the last time, every few minutes, and every link once a day.
//!
//! The search index of Jira lags and leaves out, so what it shows only says which issues to look at; decisions are made
//! from the issues themselves. Correctness rests on the daily look at every link by id.

use std::collections::BTreeMap;

use api::{JiraId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    ProjectObject, ProjectWorld,
    calls::{NoAnswer, Run},
    messages::Nudge,
    task::StoredTask,
};
use crate::{
    issue_tracking::jira::{BulkFetch, JiraIssue, Page, SearchPage},
    organization::Refusal,
};

/// The pauses between two polls, in milliseconds, by how long ago something last happened: within an hour, within a day,
/// and later.
const POLLS: [(i64, i64); 2] = [(3_600_000, 60_000), (86_400_000, 300_000)];
const RARE_POLL: i64 = 900_000;
/// How much earlier a poll begins than the last one ended, in minutes: the index of Jira lags.
const OVERLAP_MINUTES: i64 = 5;
/// The longest time that a poll looks back, in minutes: a day. The sweep finds what is older.
const MOST_MINUTES: i64 = 1_440;
/// The shortest pause between two looks at an issue that events ask for, in milliseconds.
pub(super) const NUDGE_PAUSE: i64 = 10_000;
/// The most pages of a poll.
const PAGES: usize = 10;
/// The pause between two sweeps, in milliseconds: a day.
const SWEEP_PAUSE: i64 = 86_400_000;
/// How many issues a sweep looks at with one call.
const LOT: usize = 100;
/// The most lots of a sweep within a run.
const LOTS: usize = 3;

const POLL: &str = "poll";
const SWEEP: &str = "sweep";

/// When Jira was listened to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct PollFact {
    /// When the last poll began.
    at: Timestamp,
    /// When something last happened.
    active_at: Timestamp,
    /// When a poll last failed, which is tried again after the usual pause.
    #[serde(default)]
    failed_at: Option<Timestamp>,
}

/// How far the sweep of every link has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SweepFact {
    /// When it began.
    began_at: Timestamp,
    /// The issue that was looked at last; `None` once it is done.
    after: Option<String>,
    /// When it goes on after a call that failed.
    #[serde(default)]
    goes_on_at: Option<Timestamp>,
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// When Jira is listened to next; `None` while no task is linked.
    pub(super) fn next_poll(&self) -> Result<Option<Timestamp>, Refusal> {
        if self.store().linked_after("", 1)?.is_empty() {
            return Ok(None);
        }
        let Some(last) = self.store().fact::<PollFact>(POLL)? else { return Ok(Some(self.now())) };
        let quiet = self.now().since(last.active_at);
        let pause = POLLS.iter().find(|(within, _)| quiet < *within).map_or(RARE_POLL, |(_, pause)| *pause);
        Ok(Some(last.failed_at.unwrap_or(last.at).plus_millis(pause)))
    }

    /// When every link is looked at next; `None` while no task is linked.
    pub(super) fn next_sweep(&self) -> Result<Option<Timestamp>, Refusal> {
        if self.store().linked_after("", 1)?.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.store().fact::<SweepFact>(SWEEP)? {
            // The first links are new, and were looked at when they were made.
            None => self.now().plus_millis(SWEEP_PAUSE),
            Some(SweepFact { after: Some(_), goes_on_at, .. }) => goes_on_at.unwrap_or_else(|| self.now()),
            Some(SweepFact { began_at, .. }) => began_at.plus_millis(SWEEP_PAUSE),
        }))
    }

    /// Something happened, so that Jira is listened to more often.
    pub(super) fn note_activity(&self) -> Result<(), Refusal> {
        let now = self.now();
        let last = self.store().fact::<PollFact>(POLL)?;
        let failed_at = last.and_then(|last| last.failed_at);
        let fact = PollFact { at: last.map_or(now, |last| last.at), active_at: now, failed_at };
        Ok(self.store().set_fact(POLL, &fact)?)
    }

    /// Looks for issues that changed since the last time, if that is due. Tasks whose issue seems to have another status than
    /// was last seen become due.
    pub(super) async fn poll(&self, run: &Run) -> Result<(), Refusal> {
        let now = self.now();
        if self.next_poll()?.is_none_or(|due| due > now) {
            return Ok(());
        }
        let last = self.store().fact::<PollFact>(POLL)?;
        let since = last.map_or(MOST_MINUTES, |last| now.since(last.at) / 60_000 + 1 + OVERLAP_MINUTES);
        let minutes = u32::try_from(since.clamp(1, MOST_MINUTES)).unwrap_or(u32::MAX);
        let (mut page, mut changed) = (Page::First, false);
        for _ in 0..PAGES {
            let request = run.version().updated_within(&run.way.jira_project, minutes, &page);
            let answer = self.call(run, request).await;
            let read =
                answer.ok().filter(|answer| answer.status == 200).and_then(|answer| SearchPage::read(&answer.body));
            let Some(read) = read else {
                let began = last.map_or_else(|| now.plus_millis(-MOST_MINUTES * 60_000), |last| last.at);
                let active_at = last.map_or(now, |last| last.active_at);
                return Ok(self.store().set_fact(POLL, &PollFact { at: began, active_at, failed_at: Some(now) })?);
            };
            for found in read.issues {
                let seen = found.status.map(|status| status.id);
                let commented = found.updated.filter(|_| run.wants_comments());
                changed |= self.look_if_other(&found.id, seen.as_ref(), commented)?;
            }
            match read.next {
                Some(next) => page = Page::After(next),
                None => break,
            }
        }
        let active_at = if changed { now } else { last.map_or(now, |last| last.active_at) };
        Ok(self.store().set_fact(POLL, &PollFact { at: now, active_at, failed_at: None })?)
    }

    /// Makes a task due if its issue seems to have another status than was last seen, or changed since its comments were read.
    /// Answers whether it does.
    fn look_if_other(
        &self,
        issue: &JiraId,
        status: Option<&JiraId>,
        commented: Option<Timestamp>,
    ) -> Result<bool, Refusal> {
        let Some(task) = self.store().task_of_issue(issue.as_str())? else { return Ok(false) };
        let known = task.link.as_ref().and_then(|link| link.status.as_ref()).map(|status| &status.id);
        let read = task.link.as_ref().and_then(|link| link.comments_read);
        if known == status && commented.is_none_or(|at| read.is_some_and(|read| at <= read)) {
            return Ok(false);
        }
        self.look_at(&task)?;
        Ok(true)
    }

    /// An event of Jira's: makes the task of an issue due, if the issue seems to have changed. It is looked at once in ten
    /// seconds at most, however many events come, and not at all if it is no task's.
    pub(super) async fn nudged(&self, nudge: &Nudge) -> Result<(), Refusal> {
        let Some(task) = self.store().task_of_issue(nudge.issue.as_str())? else { return Ok(()) };
        let Some(link) = &task.link else { return Ok(()) };
        let known = link.status.as_ref().map(|status| &status.id);
        if nudge.status.is_some() && known == nudge.status.as_ref() {
            return Ok(());
        }
        let now = self.now();
        let pause_over = link.nudged_at.map(|last| if last > now { last } else { last.plus_millis(NUDGE_PAUSE) });
        // A pause that ends later was begun before the clock was corrected.
        let at = pause_over.filter(|at| at.since(now) <= NUDGE_PAUSE).map_or(now, |at| at.max(now));
        self.update(&task, |task| {
            if task.due_at.is_none_or(|due| due > at) {
                task.due_at = Some(at);
            }
            // One that is being looked at just now is looked at again: see `decided`.
            if let Some(link) = &mut task.link {
                link.nudged_at = Some(at);
            }
            Ok(())
        })?;
        Ok(self.arm(at).await?)
    }

    /// Makes a task due, so that its issue is looked at.
    fn look_at(&self, task: &StoredTask) -> Result<(), Refusal> {
        let now = self.now();
        self.update(task, |task| {
            if task.due_at.is_none_or(|due| due > now) {
                task.due_at = Some(now);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Looks at every link by the id of its issue, once a day, a few lots in each run. What is not as it was last seen, and
    /// what is not seen, becomes due.
    pub(super) async fn sweep(&self, run: &Run) -> Result<(), Refusal> {
        let (store, now) = (self.store(), self.now());
        let last = store.fact::<SweepFact>(SWEEP)?;
        if last.is_none() && !store.linked_after("", 1)?.is_empty() {
            return Ok(store.set_fact(SWEEP, &SweepFact { began_at: now, after: None, goes_on_at: None })?);
        }
        if self.next_sweep()?.is_none_or(|due| due > now) {
            return Ok(());
        }
        let began = SweepFact { began_at: now, after: Some(String::new()), goes_on_at: None };
        let mut sweep = last.filter(|last| last.after.is_some()).unwrap_or(began);
        sweep.goes_on_at = None;
        for _ in 0..LOTS {
            let after = sweep.after.clone().unwrap_or_default();
            let lot = store.linked_after(&after, LOT)?;
            let ids: Vec<JiraId> =
                lot.iter().filter_map(|task| task.link.as_ref()).map(|link| link.issue.clone()).collect();
            let Some(end) = ids.last().map(ToString::to_string) else {
                sweep.after = None;
                store.forget_old_events(now)?;
                break;
            };
            let found = match self.call(run, run.version().issues(&ids)).await {
                Ok(answer) if answer.status == 200 => BulkFetch::read(&answer.body),
                // Data Center refuses a search for an issue that is gone. Then each of the lot is looked at by itself.
                Ok(answer) if answer.status == 400 => Some(BulkFetch { found: Vec::new() }),
                Ok(_) | Err(NoAnswer::NotSent | NoAnswer::Lost | NoAnswer::LimitedHere { .. }) => None,
            };
            let Some(found) = found else {
                sweep.goes_on_at = Some(now.plus_millis(RARE_POLL));
                break;
            };
            let found: BTreeMap<JiraId, JiraIssue> = found.found.into_iter().map(|one| (one.id.clone(), one)).collect();
            for task in &lot {
                let Some(link) = &task.link else { continue };
                let is_same = found.get(&link.issue).is_some_and(|issue| link.is_as_seen(issue));
                if !is_same || task.state == api::TaskState::Missing {
                    self.look_at(task)?;
                }
            }
            sweep.after = Some(end);
        }
        Ok(store.set_fact(SWEEP, &sweep)?)
    }
}
