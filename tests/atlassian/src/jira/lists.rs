//! Statuses, issue types, priorities, resolutions and labels, as whole lists and one by one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Category, Named, Status};
use super::people::only_administrators;
use super::references;
use super::site::JiraSite;

/// `GET status`.
pub(super) fn statuses(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.statuses.iter().map(|one| references::status(call, one)).collect())
}

/// `GET status/{idOrName}`.
pub(super) fn status(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.status_named(call.captured("idOrName"));
    found.map(|one| Answer::ok(references::status(call, one))).ok_or_else(nothing)
}

/// `GET statuscategory`.
pub(super) fn categories(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let categories = [Category::New, Category::Indeterminate, Category::Done].map(|one| {
        json!({ "self": format!("{}/statuscategory/{}", call.api, one.id()), "id": one.id(), "key": one.key(),
            "colorName": one.color(), "name": one.name() })
    });
    Answer::ok(json!(categories))
}

/// `GET statuses/search`, for administrators.
pub(super) fn search_statuses(call: &Call<'_>, jira: &JiraSite) -> Outcome {
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
pub(super) fn statuses_by_id(call: &Call<'_>, jira: &JiraSite) -> Outcome {
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

/// `GET issuetype`.
pub(super) fn issue_types(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.issue_types.iter().map(|one| references::issue_type(call, one)).collect())
}

/// `GET issuetype/{id}`.
pub(super) fn issue_type(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let found = jira.configuration.issue_types.iter().find(|one| one.id.to_string() == call.captured("id"));
    found.map(|one| Answer::ok(references::issue_type(call, one))).ok_or_else(nothing)
}

/// `GET issuetype/project`.
pub(super) fn issue_types_of_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.parameter("projectId").unwrap_or_default();
    let project = jira.projects_of(call.person).find(|project| project.id.to_string() == wanted).ok_or_else(nothing)?;
    let types = jira.configuration.types_of(&project.template).into_iter();
    Ok(Answer::ok(types.map(|one| references::issue_type(call, one)).collect()))
}

/// `GET priority`.
pub(super) fn priorities(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.priorities.iter().map(|one| references::priority(call, one)).collect())
}

/// `GET priority/search`.
pub(super) fn search_priorities(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all: Vec<Value> = jira.configuration.priorities.iter().map(|one| references::priority(call, one)).collect();
    Answer::ok(call.page("priority/search", 50, &all))
}

/// `GET priority/{id}`.
pub(super) fn priority(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    by_id(&jira.configuration.priorities, call).map(|one| Answer::ok(references::priority(call, one)))
}

/// `GET resolution`.
pub(super) fn resolutions(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.resolutions.iter().map(|one| references::resolution(call, one)).collect())
}

/// `GET resolution/search`.
pub(super) fn search_resolutions(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all = jira.configuration.resolutions.iter().map(
        |one| json!({ "id": one.id.to_string(), "name": one.name, "description": one.description, "isDefault": false }),
    );
    Answer::ok(call.page("resolution/search", 50, &all.collect::<Vec<_>>()))
}

/// `GET resolution/{id}`.
pub(super) fn resolution(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    by_id(&jira.configuration.resolutions, call).map(|one| Answer::ok(references::resolution(call, one)))
}

/// `GET label`: every label that an issue has which the caller may see.
pub(super) fn labels(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let visible = jira.issues.iter().filter(|issue| jira.may_browse(call.person, issue));
    let labels = visible.flat_map(|issue| issue.value("labels").as_array().into_iter().flatten());
    let labels: BTreeSet<&str> = labels.filter_map(Value::as_str).collect();
    let labels: Vec<Value> = labels.into_iter().map(Value::from).collect();
    Answer::ok(call.page("label", 1_000, &labels))
}

/// `GET configuration`: which features are on.
pub(super) fn features(_call: &Call<'_>, _jira: &JiraSite) -> Answer {
    Answer::ok(json!({
        "votingEnabled": true, "watchingEnabled": true, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
        "issueLinkingEnabled": true, "timeTrackingEnabled": true, "attachmentsEnabled": true,
        "timeTrackingConfiguration":
            { "workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute" },
    }))
}

/// `GET dashboard`: the one that every site has.
pub(super) fn dashboards(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let dashboard = json!({ "id": "10000", "isFavourite": false, "name": "Default dashboard", "popularity": 0,
        "self": format!("{}/dashboard/10000", call.api), "sharePermissions": [{ "type": "global" }], "editPermissions": [],
        "view": format!("{}/jira/dashboards/10000", call.base), "isWritable": false, "systemDashboard": true });
    Answer::ok(json!({ "startAt": 0, "maxResults": 20, "total": 1, "dashboards": [dashboard] }))
}

fn by_id<'j>(all: &'j [Named], call: &Call<'_>) -> Result<&'j Named, Answer> {
    all.iter().find(|one| one.id.to_string() == call.captured("id")).ok_or_else(nothing)
}

fn nothing() -> Answer {
    Answer::refusal(404, "Nothing was found with that id.")
}
