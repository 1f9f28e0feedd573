//! Jira: version 3 and 2 of its REST API behind the gateway `/ex/jira/{cloudId}/…` and on the sites' own hosts, version 2
//! at the Data Center instances.
//!
//! One [`configuration`] describes how a site works; [`site`] and [`issue`] hold what is in it; [`operations`] is the
//! table of everything that can be called, each answered by the module of its resource.

pub(crate) mod anonymous;
mod answer;
pub(crate) mod api;
mod archive;
mod attachments;
pub(crate) mod board;
mod bulk_operations;
mod call;
mod catalogue;
mod changelogs;
mod comments;
mod configuration;
mod creation;
mod dashboards;
mod dates;
mod dice;
mod documents;
mod durations;
mod editing;
mod edition;
mod field_configurations;
mod fields;
mod filters;
mod gateway;
mod generator;
mod groups;
mod index;
mod issue;
mod issue_link_types;
mod issue_links;
mod issue_type_schemes;
mod issue_type_screen_schemes;
mod issue_types;
mod issues;
mod jira_settings;
mod jql;
mod jql_data;
mod labels;
mod media;
mod metadata;
mod moves;
mod operations;
mod permission_schemes;
mod permissions;
mod priorities;
mod projects;
mod properties;
mod references;
mod remote_links;
mod resolutions;
mod roles;
mod screens;
mod search;
pub(crate) mod server_info;
mod site;
mod sprints;
mod statuses;
mod stored_site;
mod tasks;
mod transitions;
pub(crate) mod upload;
mod users;
mod values;
mod votes;
mod watchers;
mod webhooks;
mod workflow_schemes;
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
pub(crate) use issue::Issue;
pub(crate) use site::{JiraSite, Project, Withheld};

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

/// The names of all operations of Cloud, in alphabetical order.
pub(crate) fn operation_names() -> impl Iterator<Item = &'static str> {
    operations::names().into_iter()
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
