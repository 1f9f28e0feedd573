//! Timelines: the activity of a connection, and the organization's audit log.

mod activity;
mod audit_page;
mod days;
mod entries;
mod filters;
mod flat_entry;
mod messages;

pub(crate) use activity::Activity;
pub(crate) use audit_page::AuditPage;
