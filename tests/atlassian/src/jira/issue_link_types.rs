//! Types of links between issues.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::LinkType;
use super::references;
use super::site::JiraSite;

/// `GET issueLinkType`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let types = jira.configuration.link_types.iter().map(|one| references::link_type(call, one));
    Answer::ok(json!({ "issueLinkTypes": types.collect::<Vec<_>>() }))
}

/// `GET issueLinkType/{issueLinkTypeId}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = named(jira, call.captured("issueLinkTypeId"));
    found.map(|one| Answer::ok(references::link_type(call, one))).ok_or_else(missing)
}

/// A type by its id or name.
pub(super) fn named<'j>(jira: &'j JiraSite, id_or_name: &str) -> Option<&'j LinkType> {
    let all = &jira.configuration.link_types;
    all.iter().find(|one| one.id.to_string() == id_or_name || one.name.eq_ignore_ascii_case(id_or_name))
}

pub(super) fn missing() -> Answer {
    Answer::refusal(404, "No issue link type with that id or name was found.")
}
