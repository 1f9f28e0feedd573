//! The addresses of help pages: paths of our own origin, served as static files to everybody.

use crate::{Cause, FailureCode, ProblemCode};

/// The page about causes and failed authorizations.
const TROUBLESHOOTING: &str = "/help/troubleshooting/";
/// The page about problems.
const PROBLEMS: &str = "/help/problems/";

impl Cause {
    /// The address of the help about this cause.
    pub fn help_path(self) -> String {
        at(
            TROUBLESHOOTING,
            match &self {
                Self::Unknown(_) => "unknown",
                known => known.as_str(),
            },
        )
    }
}

impl FailureCode {
    /// The address of the help about this failure.
    pub fn help_path(self) -> String {
        at(
            TROUBLESHOOTING,
            match &self {
                Self::Unknown(_) => "unknown",
                known => known.as_str(),
            },
        )
    }
}

impl ProblemCode {
    /// The address of the help about this problem.
    pub fn help_path(self) -> String {
        at(
            PROBLEMS,
            match &self {
                Self::Unknown(_) => "unknown",
                known => known.as_str(),
            },
        )
    }
}

fn at(page: &str, anchor: &str) -> String {
    [page, "#", anchor].concat()
}
