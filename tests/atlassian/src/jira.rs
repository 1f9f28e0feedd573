//! Jira: version 3 and 2 of its REST API behind the gateway `/ex/jira/{cloudId}/…` and on the sites' own hosts, version 2
//! at the Data Center instances.
//!
//! One [`configuration`] describes how a site works; [`site`] and [`issue`] hold what is in it; [`operations`] is the
//! table of everything that can be called, each answered by the module of its resource.

mod answer;
pub(crate) mod api;
mod attachments;
mod beginning;
pub(crate) mod board;
mod call;
mod changelogs;
mod comments;
mod configuration;
mod creation;
mod dates;
mod documents;
mod editing;
mod edition;
mod fields;
mod filters;
mod gateway;
mod generator;
mod index;
mod issue;
mod issue_links;
mod issues;
mod jql;
mod kept;
mod lists;
mod media;
mod metadata;
mod moving;
pub(crate) mod nobody;
mod operations;
mod people;
mod permissions;
mod projects;
mod properties;
mod references;
mod remote_links;
mod roles;
mod schemes;
mod search;
mod site;
mod transitions;
pub(crate) mod upload;
mod values;
mod votes;
mod watchers;
mod webhooks;
mod workflows;
mod worklogs;

use axum::Router;
use http::Method;
use serde_json::Value;

use crate::recorder::Endpoint;
use crate::world::Shared;
pub(crate) use answer::Answer;
pub(crate) use api::Where;
pub(crate) use call::{Asked, Visitor};
pub(crate) use edition::Edition;
pub(crate) use gateway::NOT_ON_THE_LIST;
pub(crate) use site::{JiraSite, Withheld};

/// The name of the operation that a path means, wherever it is called.
pub(crate) fn operation_of(endpoint: Endpoint, method: &Method, path: &str) -> Option<&'static str> {
    let edition = match endpoint {
        Endpoint::Jira | Endpoint::SiteHost => Edition::Cloud,
        Endpoint::DataCenterJira => Edition::DataCenter,
        _ => return None,
    };
    let (_, rest) = path.split_once("/rest/api/")?;
    let segments: Vec<&str> = rest.split('/').skip(1).collect();
    operations::find(edition, method, &segments).map(|(operation, _)| operation.id)
}

pub(crate) fn routes() -> Router<Shared> {
    gateway::routes().merge(media::routes())
}

/// The first of these members that a value has, as text: ids come as texts and as numbers.
fn named(value: &Value, members: &[&str]) -> Option<String> {
    members.iter().find_map(|member| match &value[*member] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
