//! Where the help pages tell more: a path of our own origin, served as a static file to everybody.

use crate::{Cause, FailureCode, ProblemCode};

/// What is told of causes and of failed authorizations.
const TROUBLESHOOTING: &str = "/help/troubleshooting/";
/// What is told of problems.
const PROBLEMS: &str = "/help/problems/";

impl Cause {
    /// Where the help tells what this cause means and what to do about it.
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
    /// Where the help tells what this failure means and what to do about it.
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
    /// Where the help tells what this problem means and what to do about it.
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
