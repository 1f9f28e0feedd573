//! Why a call has no answer, in words for the person who made it.

use api::{Problem, ProblemCode};

/// Why a call has no answer, by who must act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// The edge could not be reached: the person checks the network. Holds the browser's message.
    Unreachable(String),
    /// The edge refused. The problem says who must act.
    Refused(Box<Problem>),
    /// The answer is not what the contract says: it comes from a proxy or from another version of the edge.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// The request's id; empty if the answer had none.
        request_id: String,
    },
}

impl CallError {
    /// The code of the problem, if the edge refused.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// What happened, as a title.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Refused(problem) if problem.code == ProblemCode::NotSignedIn => "You were signed out".to_owned(),
            Self::Unreachable(_) => "Causeway cannot be reached".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
            Self::Unreadable { .. } => "The answer cannot be read".to_owned(),
        }
    }

    /// Why, in a sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Unreachable(_) => "The request did not get through, or no answer came back.".to_owned(),
            Self::Refused(problem) => problem.detail.clone(),
            Self::Unreadable { .. } => {
                "Something else answered in Causeway's place, or another version of it.".to_owned()
            }
        }
    }

    /// What to do, and who.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Unreachable(_) => "Check your network, then try again.".to_owned(),
            Self::Refused(problem) => remedy(problem).to_owned(),
            Self::Unreadable { .. } => "Load the page again. If it persists, tell the operator.".to_owned(),
        }
    }

    /// The help page that explains it.
    pub(crate) fn help_path(&self) -> String {
        match self {
            Self::Unreachable(_) => "/help/problems/#unreachable".to_owned(),
            Self::Refused(problem) => problem.code.help_path(),
            Self::Unreadable { .. } => "/help/problems/#unreadable".to_owned(),
        }
    }

    /// Facts to quote in a support request, line by line.
    pub(crate) fn details(&self) -> String {
        match self {
            Self::Unreachable(words) => words.clone(),
            Self::Refused(problem) => {
                format!("{} ({})\nRequest id: {}", problem.code.as_str(), problem.status, problem.request_id)
            }
            Self::Unreadable { status, request_id } => format!("Status {status}\nRequest id: {request_id}"),
        }
    }
}

/// What a person does in the app. The remedies of some problems are for programs.
fn remedy(problem: &Problem) -> &str {
    match problem.code {
        ProblemCode::NotSignedIn => "Sign in again.",
        ProblemCode::InvalidRequest => "Correct it, then try again.",
        ProblemCode::TooManyRequests | ProblemCode::CredentialUnavailable => "Wait a minute, then try again.",
        _ => &problem.remedy,
    }
}
