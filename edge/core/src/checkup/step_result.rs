//! The result of a step.

use api::{Cause, CheckupStep, CheckupStepName, Diagnosis, StepOutcome};

use crate::checkup::redaction::redacted;

/// The result of a step, before it gets its name and duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StepResult {
    pub(super) outcome: StepOutcome,
    pub(super) detail: String,
    pub(super) remedy: Option<String>,
    pub(super) cause: Option<Cause>,
}

impl StepResult {
    pub(super) fn passed(detail: impl Into<String>) -> Self {
        Self { outcome: StepOutcome::Passed, detail: detail.into(), remedy: None, cause: None }
    }

    /// Nothing is wrong, and something should be changed.
    pub(super) fn advised(detail: impl Into<String>, remedy: &str) -> Self {
        Self { remedy: Some(remedy.to_owned()), ..Self::passed(detail) }
    }

    pub(super) fn skipped(detail: impl Into<String>) -> Self {
        Self { outcome: StepOutcome::Skipped, detail: detail.into(), remedy: None, cause: None }
    }

    /// A failure with a cause, whose remedy applies.
    pub(super) fn failed(cause: Cause, detail: impl Into<String>) -> Self {
        Self { outcome: StepOutcome::Failed, detail: detail.into(), remedy: None, cause: Some(cause) }
    }

    /// A failure of which nothing is known beyond its cause.
    pub(super) fn caused(cause: Cause) -> Self {
        Self::failed(cause, "")
    }

    /// A failure that does not change the status.
    pub(super) fn flawed(detail: impl Into<String>, remedy: &str) -> Self {
        Self { outcome: StepOutcome::Failed, detail: detail.into(), remedy: Some(remedy.to_owned()), cause: None }
    }

    /// The step was not run.
    pub(super) fn unanswered() -> Self {
        Self::skipped("Skipped: the connection has no site to ask.")
    }

    /// The step. `explained` says what a cause means for the connection, and what to do about it; that applies where the
    /// result itself says nothing.
    pub(super) fn into_step(
        self,
        name: CheckupStepName,
        millis: u32,
        explained: impl Fn(Cause) -> Diagnosis,
    ) -> CheckupStep {
        let said = self.cause.map(explained);
        let detail = match &said {
            Some(said) if self.detail.is_empty() => redacted(&said.why),
            _ => redacted(&self.detail),
        };
        let remedy = self.remedy.or(said.map(|said| said.remedy));
        CheckupStep { name, outcome: self.outcome, millis, detail, remedy, cause: self.cause }
    }
}
