//! Failures of an authorization that are Causeway's own fault, so that neither Atlassian nor Jira is blamed for them.

use std::fmt::Debug;

use api::{Failure, FailureCode, Finding, ProblemCode};

use crate::{
    atlassian::failure,
    http::{Edge, Platform, failure::RequestFailure},
    ports::Level,
    sealing::OpenError,
};

impl<P: Platform> Edge<P> {
    /// Causeway failed: nothing that the person or the operator has entered is wrong. The cause is logged.
    pub(super) fn internal_failure(&self, cause: &impl Debug) -> Failure {
        self.log_own_fault(cause);
        failure(FailureCode::Internal, None)
    }

    /// A sealed secret does not open: the operator removed its key from `SEALING_KEYS`, or the record is damaged.
    pub(super) fn unsealing_failure(&self, error: &OpenError) -> Failure {
        self.log_own_fault(error);
        match error {
            OpenError::UnknownKey(_) => misconfigured_value("SEALING_KEYS"),
            OpenError::Tampered | OpenError::Malformed => failure(FailureCode::Internal, None),
        }
    }

    /// A step that other requests take too failed: its configuration is at fault, or Causeway.
    pub(super) fn step_failure(&self, cause: RequestFailure) -> Failure {
        match cause.code {
            ProblemCode::Misconfigured => {
                Failure { message: cause.detail, ..failure(FailureCode::Misconfigured, None) }
            }
            _ => self.internal_failure(&cause),
        }
    }

    fn log_own_fault(&self, cause: &impl Debug) {
        self.platform.log(Level::Warning, "authorization.not_stored", &[("cause", &format!("{cause:?}"))]);
    }
}

/// A value of the operator's configuration is missing, malformed or for development only.
pub(super) fn misconfigured(finding: &Finding) -> Failure {
    Failure { message: finding.message.clone(), ..failure(FailureCode::Misconfigured, None) }
}

fn misconfigured_value(name: &str) -> Failure {
    let message = format!("{name} in the configuration of Causeway lacks a key that is still needed.");
    Failure { message, ..failure(FailureCode::Misconfigured, None) }
}
