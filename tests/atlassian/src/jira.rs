//! `/ex/jira/{cloudId}/…`: the gateway, and behind it as much of Jira Cloud's REST API v3 as Causeway calls.

mod api;
mod attachments;
mod call;
mod documents;
mod gateway;
mod issues;
mod jql;
mod names;
mod people;
mod projects;
mod search;
mod site;
mod writes;

use axum::Router;

use crate::world::Shared;
pub(crate) use site::JiraSite;

pub(crate) fn routes() -> Router<Shared> {
    gateway::routes()
}
