//! What happened: a connection's activity, and the organization's audit log.

mod activity;
mod audit_page;
mod entries;
mod entry;
mod words;

pub(crate) use activity::Activity;
pub(crate) use audit_page::AuditPage;
