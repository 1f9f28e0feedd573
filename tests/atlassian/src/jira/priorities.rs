//! Issue priorities.

use serde_json::Value;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::references;
use super::site::JiraSite;

/// `GET priority`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.priorities.iter().map(|one| references::priority(call, one)).collect())
}

/// `GET priority/search`.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all: Vec<Value> = jira.configuration.priorities.iter().map(|one| references::priority(call, one)).collect();
    Answer::ok(call.page("priority/search", 50, &all))
}

/// `GET priority/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.priorities.iter().find(|one| one.id.to_string() == call.captured("id"));
    found.map(|one| Answer::ok(references::priority(call, one))).ok_or_else(Answer::nothing_of_that_id)
}
