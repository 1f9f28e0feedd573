//! As much of Jira's REST API as Causeway calls: version 3 behind the gateway `/ex/jira/{cloudId}/…` and on the sites'
//! own hosts, version 2 at the Data Center instances.

pub(crate) mod api;
mod attachments;
mod call;
mod documents;
mod edition;
mod gateway;
mod issues;
mod jql;
mod names;
mod people;
mod projects;
mod search;
mod site;
pub(crate) mod upload;
pub(crate) mod version_2;
mod watchers;
mod writes;

use axum::Router;

use crate::world::Shared;
pub(crate) use call::{Answer, Asked, Visitor};
pub(crate) use edition::Edition;
pub(crate) use gateway::NOT_ON_THE_LIST;
pub(crate) use site::JiraSite;

pub(crate) fn routes() -> Router<Shared> {
    gateway::routes()
}
