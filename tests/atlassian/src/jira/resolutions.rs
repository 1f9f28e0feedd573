//! Issue resolutions.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::references;
use super::site::JiraSite;

/// `GET resolution`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.resolutions.iter().map(|one| references::resolution(call, one)).collect())
}

/// `GET resolution/search`.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all = jira.configuration.resolutions.iter().map(
        |one| json!({ "id": one.id.to_string(), "name": one.name, "description": one.description, "isDefault": false }),
    );
    Answer::ok(call.page("resolution/search", 50, &all.collect::<Vec<_>>()))
}

/// `GET resolution/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.resolutions.iter().find(|one| one.id.to_string() == call.captured("id"));
    found.map(|one| Answer::ok(references::resolution(call, one))).ok_or_else(Answer::nothing_of_that_id)
}
