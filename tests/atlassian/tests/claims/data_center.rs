//! The Data Center instances.

mod application_links;
mod asking;
mod being_somewhere;
mod calling_jira;
mod foreign_consumer;
mod incoming_links;
mod signing_in;
