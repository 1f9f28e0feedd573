//! The Data Center instances, each by what can be asked of it.

mod asking;
mod being_somewhere;
mod calling_jira;
mod signing_in;
