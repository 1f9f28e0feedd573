//! Workflow statuses and their categories.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Category, Status};
use super::references;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET status`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.statuses.iter().map(|one| references::status(call, one)).collect())
}

/// `GET status/{idOrName}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.status_named(call.captured("idOrName"));
    found.map(|one| Answer::ok(references::status(call, one))).ok_or_else(Answer::nothing_of_that_id)
}

/// `GET statuscategory`.
pub(super) fn categories(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let categories = [Category::New, Category::Indeterminate, Category::Done].map(|one| {
        json!({ "self": format!("{}/statuscategory/{}", call.api, one.id()), "id": one.id(), "key": one.key(),
            "colorName": one.color(), "name": one.name() })
    });
    Answer::ok(json!(categories))
}

/// `GET statuscategory/{idOrKey}`.
pub(super) fn category(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("idOrKey");
    let all = categories(call, jira).into_body();
    let is = |one: &&Value| one["key"] == wanted || one["id"].as_u64().is_some_and(|id| id.to_string() == wanted);
    let found = all.as_array().into_iter().flatten().find(is).cloned();
    found.map(Answer::ok).ok_or_else(Answer::nothing_of_that_id)
}

/// `GET statuses/search`, for administrators.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    if !call.person.administers_sites() {
        return Err(Answer::refusal(403, "Only project or site admins can access project statuses"));
    }
    let text = call.parameter("searchString").unwrap_or_default().to_lowercase();
    let category = call.parameter("statusCategory");
    let project = call.parameter("projectId").and_then(|id| jira.project(id));
    let in_project = |status: &Status| {
        project.is_none_or(|project| {
            let types = jira.configuration.types_of(&project.template).into_iter();
            let mut workflows = types.map(|one| jira.configuration.workflow_of(&project.template, one.id));
            workflows.any(|workflow| workflow.statuses.contains(&status.name))
        })
    };
    let matches = |one: &&Status| {
        one.name.to_lowercase().contains(&text)
            && category.is_none_or(|wanted| one.category.constant() == wanted)
            && in_project(one)
    };
    let found: Vec<Value> = jira.configuration.statuses.iter().filter(matches).map(configured_status).collect();
    Ok(Answer::ok(call.page("statuses/search", 200, &found)))
}

/// `GET statuses?id=…`, for administrators.
pub(super) fn by_id(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let wanted = call.parameters("id");
    let found = jira.configuration.statuses.iter().filter(|one| wanted.contains(&one.id.to_string()));
    Ok(Answer::ok(found.map(configured_status).collect()))
}

/// A status as the configuration resources write it.
pub(super) fn configured_status(status: &Status) -> Value {
    json!({
        "id": status.id.to_string(),
        "name": status.name,
        "statusCategory": status.category.constant(),
        "scope": { "type": "GLOBAL" },
        "description": "",
    })
}
