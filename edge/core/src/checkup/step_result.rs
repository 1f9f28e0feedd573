//! How a step ends.

use api::{Cause, CheckupStep, CheckupStepName, StepOutcome};

use crate::checkup::redaction::redacted;

/// What a step found, before it has a name and a duration.
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

    pub(super) fn skipped(detail: impl Into<String>) -> Self {
        Self { outcome: StepOutcome::Skipped, detail: detail.into(), remedy: None, cause: None }
    }

    /// A failure that a status has a cause for; its remedy is the cause's.
    pub(super) fn failed(cause: Cause, detail: impl Into<String>) -> Self {
        let remedy = Some(cause.remedy().to_owned());
        Self { outcome: StepOutcome::Failed, detail: detail.into(), remedy, cause: Some(cause) }
    }

    /// A failure that changes no status.
    pub(super) fn flawed(detail: impl Into<String>, remedy: &str) -> Self {
        Self { outcome: StepOutcome::Failed, detail: detail.into(), remedy: Some(remedy.to_owned()), cause: None }
    }

    /// The question was not asked.
    pub(super) fn unanswered() -> Self {
        Self::skipped("Skipped: the connection has no site to ask.")
    }

    pub(super) fn into_step(self, name: CheckupStepName, millis: u32) -> CheckupStep {
        let detail = redacted(&self.detail);
        CheckupStep { name, outcome: self.outcome, millis, detail, remedy: self.remedy, cause: self.cause }
    }
}
