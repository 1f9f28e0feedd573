//! Issue types.

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::references;
use super::site::JiraSite;

/// `GET issuetype`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.issue_types.iter().map(|one| references::issue_type(call, one)).collect())
}

/// `GET issuetype/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.issue_types.iter().find(|one| one.id.to_string() == call.captured("id"));
    found.map(|one| Answer::ok(references::issue_type(call, one))).ok_or_else(Answer::nothing_of_that_id)
}

/// `GET issuetype/project`.
pub(super) fn of_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.parameter("projectId").unwrap_or_default();
    let project = jira
        .projects_of(call.person)
        .find(|project| project.id.to_string() == wanted)
        .ok_or_else(Answer::nothing_of_that_id)?;
    let types = jira.configuration.types_of(&project.template).into_iter();
    Ok(Answer::ok(types.map(|one| references::issue_type(call, one)).collect()))
}
