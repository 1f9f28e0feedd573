//! The trial of a mapping: one test issue, born with a mark of its own, walked through every status that the mapping leads
//! to.
//!
//! It is stored as one fact before each call, and a look at the issue tells what came of a call whose answer is lost. So a
//! keeper that ends on the way goes on where it was, and nothing is created twice.

mod steps;

use api::{
    Blocked, BlockedCause, IssueTypeMapping, JiraId, JiraMetadata, List, Mapping, NewTrial, Paused, StatusCategory,
    Timestamp, Trial, TrialIssue, TrialState, TrialStep, TrialStepState,
};
use serde::{Deserialize, Serialize};

use super::{ProjectObject, ProjectWorld, calls::Run, metadata::METADATA, run::NO_MAPPING};
use crate::{issue_tracking::create::CreationAttempt, organization::Refusal};

/// The fact that holds the newest trial.
const TRIAL: &str = "trial";

/// A trial as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredTrial {
    v: u8,
    trial: Trial,
    /// The mapping that is tried, of the type of issue that is tried.
    mapping: Mapping,
    /// The attempt to create the issue, whose answer may be lost.
    #[serde(default)]
    creation: Option<CreationAttempt>,
    /// The id of the issue.
    #[serde(default)]
    issue: Option<JiraId>,
    /// The statuses of the steps after the first: each leads to one.
    targets: Vec<JiraId>,
    /// How many transitions the present step has made.
    #[serde(default)]
    legs: usize,
    /// How often in a row Jira did not answer as it should.
    #[serde(default)]
    failures: u32,
    /// When it goes on.
    due_at: Timestamp,
}

fn step(title: String) -> TrialStep {
    TrialStep { title, state: TrialStepState::Waiting, sentence: None, blocked: None }
}

/// What people call a status.
fn name_of(metadata: Option<&JiraMetadata>, issue_type: &JiraId, status: &JiraId) -> String {
    let known = metadata.and_then(|metadata| metadata.issue_type(issue_type)?.status(status));
    known.map_or_else(|| status.to_string(), |known| known.name.clone())
}

/// Where the statuses of the product lead, each target once, in the order of the product's statuses.
fn targets(mapping: &Mapping, of_type: &IssueTypeMapping) -> Vec<JiraId> {
    let mut targets = Vec::new();
    for status in &mapping.statuses {
        if let Some(Some(to)) = of_type.out(&status.status)
            && !targets.contains(to)
        {
            targets.push(to.clone());
        }
    }
    targets
}

impl StoredTrial {
    fn works(&self) -> bool {
        matches!(self.trial.state, TrialState::Running | TrialState::Closing)
    }

    /// The number of the step that is to be made.
    fn present(&self) -> Option<usize> {
        self.trial.steps.iter().position(|step| matches!(step.state, TrialStepState::Waiting | TrialStepState::Running))
    }

    fn step(&mut self) -> Option<&mut TrialStep> {
        let present = self.present()?;
        self.trial.steps.get_mut(present)
    }

    /// The present step has ended, and the next one comes.
    fn end_step(&mut self, sentence: Option<String>, blocked: Option<Blocked>, now: Timestamp) {
        let state = if blocked.is_some() { TrialStepState::Failed } else { TrialStepState::Done };
        if let Some(step) = self.step() {
            (step.state, step.sentence, step.blocked) = (state, sentence, blocked);
        }
        (self.legs, self.failures, self.due_at) = (0, 0, now);
        if self.present().is_some() {
            return;
        }
        let has_failed = state == TrialStepState::Failed;
        self.trial.state = match self.trial.state {
            // It can be closed again, or left.
            TrialState::Closing if has_failed => TrialState::Waiting,
            TrialState::Closing => TrialState::Ended,
            _ => TrialState::Waiting,
        };
    }

    /// There is no issue to go on with.
    fn give_up(&mut self, blocked: Blocked, now: Timestamp) {
        self.end_step(None, Some(blocked), now);
        for step in &mut self.trial.steps {
            if step.state == TrialStepState::Waiting {
                step.state = TrialStepState::Skipped;
            }
        }
        self.trial.state = TrialState::Ended;
    }
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Begins a trial. One that is under way is answered as it is.
    pub(super) async fn start_trial(&self, new: NewTrial, by: String) -> Result<Trial, Refusal> {
        let (store, now) = (self.store(), self.now());
        let metadata: Option<JiraMetadata> = store.fact(METADATA)?;
        let NewTrial { mut mapping, issue_type } = new;
        mapping.kinds.clear();
        if let Some(chosen) = issue_type {
            mapping.issue_types.retain(|one| one.issue_type == chosen);
        }
        mapping.issue_types.truncate(1);
        let of_type = mapping.issue_types.first().ok_or_else(no_such_type)?;
        let id = of_type.issue_type.clone();
        let name = metadata.as_ref().and_then(|metadata| metadata.issue_type(&id)).map(|one| one.name.clone());
        let targets = targets(&mapping, of_type);
        let create = step(format!("Create an issue of the type {}", name.unwrap_or_else(|| id.to_string())));
        let moves = targets.iter().map(|to| step(format!("Move it to {}", name_of(metadata.as_ref(), &id, to))));
        let trial = Trial {
            state: TrialState::Running,
            issue_type: id.clone(),
            issue: None,
            steps: std::iter::once(create).chain(moves).collect(),
            started_at: now,
            started_by: by,
            paused: None,
        };
        let begun = store.transaction(|| {
            if let Some(open) = self.trial()?.filter(StoredTrial::works) {
                return Ok(open.trial);
            }
            let (creation, issue) = (None, None);
            let stored = StoredTrial {
                v: 1,
                trial: trial.clone(),
                mapping,
                creation,
                issue,
                targets,
                legs: 0,
                failures: 0,
                due_at: now,
            };
            store.set_fact(TRIAL, &stored)?;
            Ok::<_, Refusal>(trial)
        })?;
        self.arm(now).await?;
        self.seen_trial(begun)
    }

    /// The newest trial.
    pub(super) fn trials(&self) -> Result<List<Trial>, Refusal> {
        let items = self.trial()?.map(|stored| self.seen_trial(stored.trial)).transpose()?;
        Ok(List { items: items.into_iter().collect(), next_cursor: None })
    }

    /// Leaves the test issue, or begins to close it.
    pub(super) async fn end_trial(&self, close: bool) -> Result<Trial, Refusal> {
        let (store, now) = (self.store(), self.now());
        let metadata: Option<JiraMetadata> = store.fact(METADATA)?;
        let ended = store.transaction(|| {
            let open = self.trial()?.filter(|open| open.trial.state == TrialState::Waiting);
            let nothing = || Refusal::Invalid("No trial waits for being closed or left.".to_owned());
            let mut open = open.ok_or_else(nothing)?;
            if close {
                let to = open.closed_by(metadata.as_ref());
                let to =
                    to.ok_or_else(|| Refusal::Invalid("The type of issue has no status that is done.".to_owned()))?;
                let name = name_of(metadata.as_ref(), &open.trial.issue_type, &to);
                open.trial.steps.push(step(format!("Close it: move it to {name}")));
                open.targets.push(to);
                (open.trial.state, open.due_at) = (TrialState::Closing, now);
            } else {
                open.trial.state = TrialState::Ended;
            }
            store.set_fact(TRIAL, &open)?;
            Ok::<_, Refusal>(open.trial)
        })?;
        self.arm(now).await?;
        self.seen_trial(ended)
    }

    /// When the trial goes on; `None` if none is under way.
    pub(super) fn next_trial(&self) -> Result<Option<Timestamp>, Refusal> {
        Ok(self.trial()?.filter(StoredTrial::works).map(|open| open.due_at))
    }

    /// Goes on with the trial that is under way.
    pub(super) async fn go_on_with_trial(&self, run: &Run) -> Result<(), Refusal> {
        while run.stopped().is_none() {
            let is_due = |open: &StoredTrial| open.works() && open.due_at <= self.now();
            let Some(open) = self.trial()?.filter(is_due) else { return Ok(()) };
            self.load_metadata(run).await?;
            match &open.issue {
                None => self.try_creation(run, open).await?,
                Some(issue) => self.try_move(run, &open, issue).await?,
            }
        }
        Ok(())
    }

    fn trial(&self) -> Result<Option<StoredTrial>, Refusal> {
        Ok(self.store().fact(TRIAL)?)
    }

    /// Changes the trial as it is stored now. One that another has replaced stays as it is.
    fn change_trial(&self, seen: &StoredTrial, change: impl FnOnce(&mut StoredTrial)) -> Result<(), Refusal> {
        self.store().transaction(|| {
            let same = |now: &StoredTrial| now.trial.started_at == seen.trial.started_at;
            let Some(mut now) = self.trial()?.filter(same) else { return Ok(()) };
            change(&mut now);
            Ok(self.store().set_fact(TRIAL, &now)?)
        })
    }

    /// The trial with what is in its way at present.
    fn seen_trial(&self, trial: Trial) -> Result<Trial, Refusal> {
        let works = matches!(trial.state, TrialState::Running | TrialState::Closing);
        // A trial needs no saved mapping.
        let is_in_its_way = |paused: &Paused| works && paused.sentence != NO_MAPPING;
        let paused = self.store().paused()?.filter(is_in_its_way);
        Ok(Trial { paused, ..trial })
    }

    fn trial_issue(run: &Run, key: &str) -> TrialIssue {
        TrialIssue { key: key.to_owned(), url: format!("{}/browse/{key}", run.way.site_url) }
    }
}

impl StoredTrial {
    /// The status that closes the issue: one that the mapping leads to, else any that is done.
    fn closed_by(&self, metadata: Option<&JiraMetadata>) -> Option<JiraId> {
        let of_type = metadata?.issue_type(&self.trial.issue_type)?;
        let done = || of_type.statuses.iter().filter(|status| status.category == Some(StatusCategory::Done));
        let mapped = done().find(|status| self.targets.contains(&status.id));
        mapped.or_else(|| done().next()).map(|status| status.id.clone())
    }
}

fn no_such_type() -> Refusal {
    Refusal::Invalid("The mapping has no such type of issue.".to_owned())
}

/// The test issue is not there any more.
fn gone() -> Blocked {
    let sentence = "Jira does not show the test issue any more.".to_owned();
    Blocked { sentence, ..Blocked::new(BlockedCause::ProjectMissing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_trial_is_read_by_its_names() {
        let stored = r#"{"v":1,"trial":{"state":"running","issue_type":"10001","issue":{"key":"ABC-1","url":"https://x"},
            "steps":[{"title":"Create","state":"done","sentence":null,"blocked":null}],"started_at":"2026-11-22T05:00:00Z",
            "started_by":"Ada"},"mapping":{"statuses":[],"issue_types":[]},"issue":"10042","targets":["3"],"due_at":"2026-11-22T05:00:00Z"}"#;
        let read: StoredTrial = serde_json::from_str(stored).expect("it is read");
        assert_eq!(
            (read.issue.map(|id| id.to_string()), read.legs, read.targets.len()),
            (Some("10042".to_owned()), 0, 1)
        );
    }
}
