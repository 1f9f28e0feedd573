//! The state of a checkup: its steps as they finish, then the verdict. No clock, no browser, no edge.

use api::{Cause, CheckupLine, CheckupStep, CheckupStepName, ConnectionId, Diagnosis, Status, StepOutcome, Timestamp};

use crate::client::CallError;

/// The steps in their order, with the words that people see.
pub(super) const STEPS: [(CheckupStepName, &str); 10] = [
    (CheckupStepName::Configuration, "Configuration"),
    (CheckupStepName::Network, "Network"),
    (CheckupStepName::Token, "Token"),
    (CheckupStepName::Identity, "Identity"),
    (CheckupStepName::Site, "Site"),
    (CheckupStepName::Scopes, "Scopes"),
    (CheckupStepName::Permissions, "Permissions"),
    (CheckupStepName::IpAllowList, "IP allowlist"),
    (CheckupStepName::RateLimit, "Rate limit"),
    (CheckupStepName::Clock, "Clock"),
];

/// The progress of a checkup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CheckupRun {
    /// It was not started.
    #[default]
    NotStarted,
    /// Steps are still to come.
    Running,
    /// The person cancelled it.
    Cancelled,
    /// All steps have finished.
    Finished(Status, Timestamp, Option<Diagnosis>),
    /// The edge refused it, or its answer ended early.
    Failed(CallError),
}

/// A checkup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Checkup {
    /// Its progress.
    pub(super) run: CheckupRun,
    /// The steps that have finished.
    pub(super) steps: Vec<CheckupStep>,
}

impl Checkup {
    /// Applies a line of the answer. Lines that arrive after the checkup was cancelled are ignored.
    pub(super) fn apply(&mut self, line: CheckupLine) {
        match line {
            _ if self.run != CheckupRun::Running => {}
            CheckupLine::Step(step) => self.steps.push(step),
            CheckupLine::Verdict { status, at, diagnosis } => self.run = CheckupRun::Finished(status, at, diagnosis),
        }
    }

    /// The answer ended. Without a verdict that is a failure.
    pub(super) fn ended(&mut self, answer: Result<(), CallError>) {
        if self.run == CheckupRun::Running {
            let ended_early = || CallError::Unreachable("The answer ended before the verdict.".to_owned());
            self.run = CheckupRun::Failed(answer.err().unwrap_or_else(ended_early));
        }
    }

    /// The step that runs now.
    pub(super) fn next(&self) -> Option<&'static str> {
        STEPS.get(self.steps.len()).filter(|_| self.run == CheckupRun::Running).map(|(_, words)| *words)
    }

    /// The verdict in words; `None` while there is none.
    pub(super) fn verdict(&self) -> Option<String> {
        let CheckupRun::Finished(status, _, diagnosis) = &self.run else { return None };
        let failed = self.steps.iter().any(|step| step.outcome == StepOutcome::Failed);
        Some(match (status.cause(), diagnosis) {
            (Some(_), Some(said)) => said.headline.clone(),
            (Some(cause), None) => Cause::sentence(cause).trim_end_matches('.').to_owned(),
            (None, Some(said)) => format!("The connection works, but not for everything. {}", said.headline),
            (None, None) if matches!(status, Status::Unauthorized { .. }) => {
                "The connection is not authorized".to_owned()
            }
            (None, None) if failed => "The connection works. Something should be looked at".to_owned(),
            (None, None) => "The connection works".to_owned(),
        })
    }

    /// The steps as they are shown: once all have finished, those that failed come first.
    pub(super) fn shown(&self) -> Vec<&CheckupStep> {
        let mut steps: Vec<&CheckupStep> = self.steps.iter().collect();
        if matches!(self.run, CheckupRun::Finished(..)) {
            steps.sort_by_key(|step| step.outcome != StepOutcome::Failed);
        }
        steps
    }

    /// A text for a support ticket, without names, site, account or credentials.
    pub(super) fn report(&self, id: &ConnectionId) -> String {
        let verdict = match (&self.run, self.verdict()) {
            (CheckupRun::Finished(_, at, said), Some(verdict)) => {
                let why = said.as_ref().map(|said| format!(" {} {}", said.why, said.remedy)).unwrap_or_default();
                Some(format!("At {at}: {verdict}.{why}"))
            }
            _ => None,
        };
        let steps = self.shown().into_iter().map(|step| {
            let (name, outcome, remedy) = (name(step.name), outcome(step.outcome), step.remedy.as_deref());
            format!("{name}: {outcome}, {} ms. {} {}", step.millis, step.detail, remedy.unwrap_or_default())
        });
        let title = format!("Causeway checkup of {id}");
        [title].into_iter().chain(verdict).chain(steps).collect::<Vec<_>>().join("\n")
    }
}

/// The words for a step.
pub(super) fn name(step: CheckupStepName) -> &'static str {
    STEPS.iter().find(|(one, _)| *one == step).map_or("Step", |(_, words)| words)
}

/// The word for an outcome.
pub(super) const fn outcome(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Passed => "passed",
        StepOutcome::Failed => "failed",
        StepOutcome::Skipped => "skipped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> CheckupLine {
        let json = r#"{"line":"step","name":"network","outcome":"passed","millis":12,"detail":"Atlassian answers.",
            "remedy":null,"cause":null}"#;
        serde_json::from_str(json).expect("a line")
    }

    fn running() -> Checkup {
        Checkup { run: CheckupRun::Running, steps: Vec::new() }
    }

    #[test]
    fn an_answer_that_breaks_off_is_no_verdict() {
        let mut checkup = running();
        checkup.apply(step());
        checkup.ended(Ok(()));
        assert!(matches!(checkup.run, CheckupRun::Failed(_)));
        assert_eq!(checkup.steps.len(), 1);
    }

    #[test]
    fn what_comes_after_cancelling_changes_nothing() {
        let mut checkup = Checkup { run: CheckupRun::Cancelled, steps: Vec::new() };
        checkup.apply(step());
        checkup.ended(Err(CallError::Unreachable("aborted".to_owned())));
        assert_eq!(checkup, Checkup { run: CheckupRun::Cancelled, steps: Vec::new() });
    }

    fn failed(name: &str) -> CheckupLine {
        let json = format!(
            r#"{{"line":"step","name":"{name}","outcome":"failed","millis":1,"detail":"D.","remedy":"R.","cause":null}}"#
        );
        serde_json::from_str(&json).expect("a line")
    }

    #[test]
    fn the_failing_step_is_first_once_all_have_finished() {
        let mut checkup = running();
        checkup.apply(step());
        checkup.apply(failed("clock"));
        let names = |checkup: &Checkup| checkup.shown().iter().map(|step| step.name).collect::<Vec<_>>();
        assert_eq!(names(&checkup), [CheckupStepName::Network, CheckupStepName::Clock]);
        assert_eq!(checkup.verdict(), None);
        checkup.apply(CheckupLine::Verdict { status: Status::Authorized, at: Timestamp::EPOCH, diagnosis: None });
        assert_eq!(names(&checkup), [CheckupStepName::Clock, CheckupStepName::Network]);
        assert_eq!(checkup.verdict().as_deref(), Some("The connection works. Something should be looked at"));
    }

    #[test]
    fn the_report_lists_every_step_and_names_nobody() {
        let mut checkup = running();
        assert_eq!(checkup.next(), Some("Configuration"));
        checkup.apply(step());
        checkup.apply(CheckupLine::Verdict { status: Status::Authorized, at: Timestamp::EPOCH, diagnosis: None });
        checkup.ended(Ok(()));
        let report = checkup.report(&ConnectionId::parse("con_1").expect("an id"));
        assert!(report.starts_with("Causeway checkup of con_1\nAt 1970-01-01T00:00:00Z: The connection works."));
        assert!(report.contains("Network: passed, 12 ms. Atlassian answers."));
    }
}
