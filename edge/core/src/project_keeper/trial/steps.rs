//! The steps of a trial: the creation of the test issue, then a move to each status.

use api::{Blocked, BlockedCause, JiraId, TrialStepState, WALK_STEPS};

use super::{StoredTrial, gone};
use crate::{
    issue_tracking::{
        IssueLook,
        causes::{RefusedRequest, of_refusal},
        create::{
            AfterLostAnswer, Creation, CreationAttempt, NewIssue, TaskContent, after_lost_answer, new_issue,
            read_creation,
        },
        jira::{JiraIssue, JiraRefusal, TaskMark, TransitionList},
        transitions::{MoveQuestion, NextLeg, next_leg},
    },
    organization::Refusal,
    project_keeper::{
        ProjectObject, ProjectWorld,
        calls::{JiraAnswer, NoAnswer, Run},
    },
    secrets::random_id,
};

/// The pause after an answer that is none, in seconds.
const PAUSE: i64 = 5;
/// How often a step waits for Jira before it fails.
const MOST_FAILURES: u32 = 12;
/// What the test issue says of itself.
const TITLE: &str = "Test issue of Causeway";
const BODY: &str = "Causeway created this issue to try the mapping of a project, and moves it through the statuses that the \
    mapping leads to. It belongs to no task, and can be closed or deleted.";

impl<W: ProjectWorld> ProjectObject<W> {
    /// Creates the test issue, or finds out what came of the attempt.
    pub(super) async fn try_creation(&self, run: &Run, mut open: StoredTrial) -> Result<(), Refusal> {
        let attempt = match open.creation.take() {
            None => CreationAttempt::new(random_id(self.world().platform()), self.now()),
            Some(mut attempt) => {
                let Some(found) = self.created_since(run, attempt.sent_at).await else {
                    return self.wait_for_jira(run, &open);
                };
                match after_lost_answer(&mut attempt, &found, self.now()) {
                    AfterLostAnswer::Adopt { id, key } => return self.adopt_trial(run, &open, &id, &key),
                    AfterLostAnswer::LookAgain { at } => {
                        return self.change_trial(&open, |open| (open.creation, open.due_at) = (Some(attempt), at));
                    }
                    AfterLostAnswer::CreateAgain => attempt.again(self.now()),
                }
            }
        };
        let now = self.now();
        let new = match self.test_issue(run, &open, &attempt) {
            Ok(Some(new)) => new,
            // Jira could not be asked what it offers.
            Ok(None) => return self.wait_for_jira(run, &open),
            Err(blocked) => return self.change_trial(&open, |open| open.give_up(*blocked, now)),
        };
        // A keeper that ends before the answer looks for the issue before it creates one.
        let look = attempt.next_look();
        self.change_trial(&open, |open| {
            (open.creation, open.due_at) = (Some(attempt), look);
            if let Some(step) = open.step() {
                step.state = TrialStepState::Running;
            }
        })?;
        let answer = self.call(run, run.version().create(new.body.clone())).await;
        self.created_trial(run, &open, &new, answer)
    }

    /// What came of the attempt.
    fn created_trial(
        &self,
        run: &Run,
        open: &StoredTrial,
        new: &NewIssue,
        answer: Result<JiraAnswer, NoAnswer>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let creation = match (answer, run.metadata.borrow().as_ref()) {
            (Ok(answer), Some(metadata)) => read_creation(answer.status, &answer.body, new, metadata),
            (Err(NoAnswer::NotSent | NoAnswer::LimitedHere { .. }), _) => Creation::Limited,
            _ => Creation::Unknown,
        };
        match creation {
            Creation::Created { id, key } => self.adopt_trial(run, open, &id, &key),
            Creation::Refused(blocked) => {
                // What Jira offers may have changed since it was asked.
                self.forget_metadata()?;
                self.change_trial(open, |open| {
                    open.creation = None;
                    open.give_up(blocked, now);
                })
            }
            Creation::Limited | Creation::CredentialRefused => {
                self.change_trial(open, |open| (open.creation, open.due_at) = (None, now.plus_seconds(PAUSE)))
            }
            // The attempt is stored, with the time of the next look.
            Creation::Unknown => Ok(()),
        }
    }

    fn adopt_trial(&self, run: &Run, open: &StoredTrial, id: &JiraId, key: &str) -> Result<(), Refusal> {
        let now = self.now();
        self.change_trial(open, |open| {
            (open.creation, open.issue) = (None, Some(id.clone()));
            open.trial.issue = Some(Self::trial_issue(run, key));
            open.end_step(Some(format!("Jira created {key}.")), None, now);
        })
    }

    /// `None` if Jira did not say what it offers.
    fn test_issue(
        &self,
        run: &Run,
        open: &StoredTrial,
        attempt: &CreationAttempt,
    ) -> Result<Option<NewIssue>, Box<Blocked>> {
        let metadata = run.metadata.borrow();
        let Some(metadata) = metadata.as_ref() else { return Ok(None) };
        let project =
            self.identity().map_err(|_| Box::new(Blocked::new(BlockedCause::MappingIncomplete)))?.project.to_string();
        let mark = TaskMark { project, task: String::new(), nonce: attempt.nonce.clone(), trial: true };
        let content =
            TaskContent { title: TITLE, body: Some(BODY), url: None, kind: None, priority: None, labels: &[] };
        new_issue(&content, &open.mapping, metadata, run.version(), &run.way.jira_project, &mark)
            .map(Some)
            .map_err(Box::new)
    }

    /// Moves the test issue on to the status of the present step.
    pub(super) async fn try_move(&self, run: &Run, open: &StoredTrial, issue: &JiraId) -> Result<(), Refusal> {
        let target = open.present().and_then(|present| open.targets.get(present.checked_sub(1)?)).cloned();
        let Some(to) = target else {
            let now = self.now();
            return self.change_trial(open, |open| open.end_step(None, None, now));
        };
        let issue = match self.look_at_issue(run, issue).await {
            Some(IssueLook::Found(issue)) => issue,
            Some(IssueLook::NotSeen) => {
                let now = self.now();
                return self.change_trial(open, |open| open.give_up(gone(), now));
            }
            None => return self.wait_for_jira(run, open),
        };
        if issue.status.id == to {
            let (sentence, now) = (comes_back(open, &issue), self.now());
            return self.change_trial(open, |open| open.end_step(Some(sentence), None, now));
        }
        self.send_on(run, open, &issue, &to).await
    }

    /// Makes the next transition on the way.
    async fn send_on(&self, run: &Run, open: &StoredTrial, issue: &JiraIssue, to: &JiraId) -> Result<(), Refusal> {
        let offered = match self.call(run, run.version().transitions(&issue.id)).await {
            Ok(answer) if answer.status == 200 => TransitionList::read(&answer.body),
            _ => None,
        };
        let Some(TransitionList(offered)) = offered else { return self.wait_for_jira(run, open) };
        let learned = self.learn(issue, &offered)?;
        let fails = |blocked: Blocked| {
            let now = self.now();
            self.change_trial(open, |open| open.end_step(None, Some(blocked), now))
        };
        let Some(of_type) = open.mapping.issue_types.first() else {
            return fails(Blocked::new(BlockedCause::MappingIncomplete));
        };
        let question = MoveQuestion {
            version: run.version(),
            to,
            offered: &offered,
            learned: &learned,
            of_type,
            legs_left: WALK_STEPS.saturating_sub(open.legs),
            may_move: Self::may_move(run),
        };
        let (next, body) = match next_leg(&question) {
            NextLeg::Make { next, body } => (next, body),
            NextLeg::Block(blocked) => return fails(blocked),
        };
        self.change_trial(open, |open| {
            open.legs += 1;
            if let Some(step) = open.step() {
                step.state = TrialStepState::Running;
            }
        })?;
        let sent = body.get("fields").and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
        match self.call(run, run.version().make_transition(&issue.id, body)).await {
            Ok(answer) if (200..=299).contains(&answer.status) => Ok(()),
            Ok(answer) if (400..=499).contains(&answer.status) && answer.status != 409 => {
                match JiraRefusal::read(&answer.body) {
                    Some(refusal) => {
                        let known =
                            offered.iter().find(|one| one.to.id == next).map_or(&[][..], |one| one.fields.as_slice());
                        fails(of_refusal(RefusedRequest::Transition, answer.status, &refusal, &sent, known))
                    }
                    None => self.wait_for_jira(run, open),
                }
            }
            // It may have moved: the next look tells.
            _ => self.wait_for_jira(run, open),
        }
    }

    /// Jira did not answer as it should. If something is in the way of every call, that counts for nothing.
    fn wait_for_jira(&self, run: &Run, open: &StoredTrial) -> Result<(), Refusal> {
        if run.stopped().is_some() {
            return Ok(());
        }
        let now = self.now();
        self.change_trial(open, |open| {
            open.due_at = now.plus_seconds(PAUSE);
            open.failures = open.failures.saturating_add(1);
            if open.failures > MOST_FAILURES {
                let sentence = "Jira did not answer as expected.".to_owned();
                let blocked = Blocked { sentence, ..Blocked::new(BlockedCause::WayRefused) };
                open.end_step(None, Some(blocked), now);
            }
        })
    }
}

/// Where the issue is, and what the product is told of it.
fn comes_back(open: &StoredTrial, issue: &JiraIssue) -> String {
    let is_in = format!("The issue is in {}.", issue.status.name);
    let of_type = open.mapping.issue_types.first();
    match of_type.and_then(|of_type| of_type.inward(&issue.status.id)) {
        Some(Some(status)) => format!("{is_in} For the product that is {status}."),
        Some(None) => format!("{is_in} The product keeps its status."),
        None => is_in,
    }
}
