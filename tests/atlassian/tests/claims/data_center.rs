//! The Data Center instances, each by what can be asked of it.

mod application_links;
mod asking;
mod being_somewhere;
mod calling_jira;
mod foreign_consumer;
mod incoming_links;
mod signing_in;
