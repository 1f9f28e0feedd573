//! The small things that issues point at, as Jira writes them wherever they are named.

use serde_json::{Value, json};

use super::call::Call;
use super::configuration::{IssueType, LinkType, Named, Status};
use super::issue::Issue;
use super::site::{JiraSite, Part, Project};

pub(super) fn status(call: &Call<'_>, status: &Status) -> Value {
    let category = status.category;
    json!({
        "self": format!("{}/status/{}", call.api, status.id),
        "description": "",
        "iconUrl": format!("{}/icons/status.svg", call.pictures),
        "name": status.name,
        "untranslatedName": status.name,
        "id": status.id.to_string(),
        "statusCategory": {
            "self": format!("{}/statuscategory/{}", call.api, category.id()),
            "id": category.id(),
            "key": category.key(),
            "colorName": category.color(),
            "name": category.name(),
        },
    })
}

pub(super) fn issue_type(call: &Call<'_>, issue_type: &IssueType) -> Value {
    json!({
        "self": format!("{}/issuetype/{}", call.api, issue_type.id),
        "id": issue_type.id.to_string(),
        "description": issue_type.description,
        "iconUrl": format!("{}/icons/{}.svg", call.pictures, issue_type.name.replace(' ', "-")),
        "name": issue_type.name,
        "untranslatedName": issue_type.name,
        "subtask": issue_type.is_subtask(),
        "hierarchyLevel": issue_type.level,
    })
}

pub(super) fn priority(call: &Call<'_>, priority: &Named) -> Value {
    json!({
        "self": format!("{}/priority/{}", call.api, priority.id),
        "iconUrl": format!("{}/icons/{}.svg", call.pictures, priority.name),
        "name": priority.name,
        "id": priority.id.to_string(),
    })
}

pub(super) fn resolution(call: &Call<'_>, resolution: &Named) -> Value {
    json!({
        "self": format!("{}/resolution/{}", call.api, resolution.id),
        "id": resolution.id.to_string(),
        "description": resolution.description,
        "name": resolution.name,
    })
}

pub(super) fn component(call: &Call<'_>, component: &Part) -> Value {
    json!({
        "self": format!("{}/component/{}", call.api, component.id),
        "id": component.id.to_string(),
        "name": component.name,
    })
}

/// The last of a project's versions is yet to be released.
pub(super) fn version(call: &Call<'_>, project: &Project, version: &Part) -> Value {
    let is_last = project.versions.last().is_some_and(|last| last.id == version.id);
    json!({
        "self": format!("{}/version/{}", call.api, version.id),
        "id": version.id.to_string(),
        "name": version.name,
        "archived": false,
        "released": !is_last,
        "projectId": project.id,
    })
}

pub(super) fn link_type(call: &Call<'_>, link_type: &LinkType) -> Value {
    json!({
        "id": link_type.id.to_string(),
        "name": link_type.name,
        "inward": link_type.inward,
        "outward": link_type.outward,
        "self": format!("{}/issueLinkType/{}", call.api, link_type.id),
    })
}

/// Another issue, as parents, sub-tasks and links show it.
pub(super) fn issue(call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
    let configuration = &jira.configuration;
    let priority_id = issue.value("priority").as_u64().unwrap_or_default().to_string();
    json!({
        "id": issue.id.to_string(),
        "key": issue.key(),
        "self": format!("{}/issue/{}", call.api, issue.id),
        "fields": {
            "summary": issue.summary(),
            "status": configuration.status(issue.status_id).map(|found| status(call, found)),
            "priority": configuration.priority_named(&priority_id).map(|found| priority(call, found)),
            "issuetype": configuration.issue_type(issue.type_id).map(|found| issue_type(call, found)),
        },
    })
}
