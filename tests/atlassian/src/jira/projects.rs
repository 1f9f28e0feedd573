//! Projects, with their types, statuses, components, versions and roles.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::site::{JiraSite, Part, Project};
use super::users::user;
use super::{references, roles};

/// `GET project`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.projects_of(call.person).map(|project| expanded(call, jira, project)).collect())
}

/// `GET project/search`: `startAt`, `maxResults` up to 50, `query` over key and name, `keys`, `id`.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let wanted = call.parameter("query").unwrap_or_default().to_lowercase();
    let (keys, ids, types) = (call.parameters("keys"), call.parameters("id"), call.parameters("typeKey"));
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(50).clamp(1, 50);
    // What the caller wants to do there, besides looking.
    let permission = match call.parameter("action") {
        Some("create") => "CREATE_ISSUES",
        Some("edit") => "ADMINISTER_PROJECTS",
        _ => "BROWSE_PROJECTS",
    };
    let matches = |project: &&Project| {
        jira.permits(call.person, project, permission, None)
            && format!("{} {}", project.key, project.name).to_lowercase().contains(&wanted)
            && (keys.is_empty() || keys.contains(&project.key))
            && (ids.is_empty() || ids.contains(&project.id.to_string()))
            && (types.is_empty() || types.contains(&project.type_key))
    };
    let mut found: Vec<&Project> = jira.projects_of(call.person).filter(matches).collect();
    match call.parameter("orderBy") {
        Some("name" | "+name") => found.sort_by_key(|project| project.name.to_lowercase()),
        Some("-name") => found.sort_by_key(|project| std::cmp::Reverse(project.name.to_lowercase())),
        Some("-key") => found.sort_by_key(|project| std::cmp::Reverse(project.key.clone())),
        Some("key" | "+key") => found.sort_by_key(|project| project.key.clone()),
        _ => {}
    }
    let shown = found.iter().skip(start).take(size).map(|project| expanded(call, jira, project));
    let values: Vec<Value> = shown.collect();
    Answer::ok(json!({
        "self": format!("{}/project/search?startAt={start}&maxResults={size}", call.api),
        "maxResults": size,
        "startAt": start,
        "total": found.len(),
        "isLast": start + values.len() >= found.len(),
        "values": values,
    }))
}

/// A project of a list, with what `expand` names.
fn expanded(call: &Call<'_>, jira: &JiraSite, project: &Project) -> Value {
    let mut described = describe(call, project);
    if call.expands("lead") {
        described["lead"] = user(call, project.lead());
    }
    if call.expands("description") {
        described["description"] = json!("");
    }
    if call.expands("issueTypes") {
        let types = jira.configuration.types_of(&project.template).into_iter();
        described["issueTypes"] = types.map(|one| references::issue_type(call, one)).collect();
    }
    described
}

/// `GET project/{projectIdOrKey}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    let types = jira.configuration.types_of(&project.template).into_iter();
    let mut described = describe(call, project);
    described["description"] = json!("");
    described["lead"] = user(call, project.lead());
    described["issueTypes"] = types.map(|one| references::issue_type(call, one)).collect();
    described["components"] = project.components.iter().map(|part| references::component(call, part)).collect();
    described["versions"] = project.versions.iter().map(|part| references::version(call, project, part)).collect();
    described["roles"] = roles::addresses(call, jira, project);
    described["assigneeType"] = json!("UNASSIGNED");
    Ok(Answer::ok(described))
}

/// The project of the path, if the caller may browse it.
pub(super) fn visible<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Project, Answer> {
    let wanted = ["projectIdOrKey", "projectKeyOrId"].map(|name| call.captured(name)).concat();
    let project = jira.projects_of(call.person).find(|one| one.key == wanted || one.id.to_string() == wanted);
    project.ok_or_else(|| Answer::refusal(404, &format!("No project could be found with key '{wanted}'.")))
}

/// `GET project/{projectIdOrKey}/statuses`: by issue type, for everybody who may browse.
pub(super) fn statuses(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    let configuration = &jira.configuration;
    let types = configuration.types_of(&project.template).into_iter().map(|one| {
        let workflow = configuration.workflow_of(&project.template, one.id);
        let statuses = workflow.statuses.iter().filter_map(|name| configuration.status_named(name));
        let statuses: Vec<Value> = statuses.map(|status| references::status(call, status)).collect();
        json!({ "self": format!("{}/issuetype/{}", call.api, one.id), "id": one.id.to_string(), "name": one.name,
            "subtask": one.is_subtask(), "statuses": statuses })
    });
    Ok(Answer::ok(types.collect()))
}

/// `GET project/{projectIdOrKey}/components`.
pub(super) fn components(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    Ok(Answer::ok(project.components.iter().map(|part| whole_component(call, project, part)).collect()))
}

/// `GET project/{projectIdOrKey}/component`, by pages.
pub(super) fn search_components(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    let found = wanted_parts(call, &project.components).map(|part| {
        let mut described = whole_component(call, project, part);
        let has =
            |issue: &&Issue| issue.value("components").as_array().is_some_and(|all| all.contains(&json!(part.id)));
        described["issueCount"] = jira.issues.iter().filter(has).count().into();
        described
    });
    let path = format!("project/{}/component", project.key);
    Ok(Answer::ok(call.page(&path, 50, &found.collect::<Vec<_>>())))
}

/// `GET project/{projectIdOrKey}/version`, by pages.
pub(super) fn search_versions(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    let states = call.parameters("status");
    let is_wanted = |version: &Value| {
        let state = if version["released"] == true { "released" } else { "unreleased" };
        states.is_empty() || states.iter().any(|wanted| wanted == state)
    };
    let found = wanted_parts(call, &project.versions).map(|part| references::version(call, project, part));
    let path = format!("project/{}/version", project.key);
    Ok(Answer::ok(call.page(&path, 50, &found.filter(is_wanted).collect::<Vec<_>>())))
}

/// The components or versions whose names contain what is asked for.
fn wanted_parts<'p>(call: &Call<'_>, parts: &'p [Part]) -> impl Iterator<Item = &'p Part> {
    let text = call.parameter("query").unwrap_or_default().to_lowercase();
    parts.iter().filter(move |part| part.name.to_lowercase().contains(&text))
}

/// `GET component/{id}`.
pub(super) fn component(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("id");
    let all =
        jira.projects_of(call.person).flat_map(|project| project.components.iter().map(move |part| (project, part)));
    let found = all.into_iter().find(|(_, part)| part.id.to_string() == wanted);
    let (project, part) = found.ok_or_else(|| Answer::refusal(404, "The component with that id does not exist."))?;
    Ok(Answer::ok(whole_component(call, project, part)))
}

/// `GET project/{projectIdOrKey}/versions`.
pub(super) fn versions(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = visible(call, jira)?;
    Ok(Answer::ok(project.versions.iter().map(|part| references::version(call, project, part)).collect()))
}

/// `GET version/{id}`.
pub(super) fn version(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("id");
    let all =
        jira.projects_of(call.person).flat_map(|project| project.versions.iter().map(move |part| (project, part)));
    let found = all.into_iter().find(|(_, part)| part.id.to_string() == wanted);
    let (project, part) = found.ok_or_else(|| Answer::refusal(404, "Could not find version for id."))?;
    Ok(Answer::ok(references::version(call, project, part)))
}

fn whole_component(call: &Call<'_>, project: &Project, part: &Part) -> Value {
    let mut described = references::component(call, part);
    described["project"] = json!(project.key);
    described["projectId"] = json!(project.id);
    described["assigneeType"] = json!("PROJECT_DEFAULT");
    described["isAssigneeTypeValid"] = json!(false);
    described
}

pub(super) fn describe(call: &Call<'_>, project: &Project) -> Value {
    let avatar = format!("{}/avatars/projects/{}", call.pictures, project.key);
    json!({
        "self": format!("{}/project/{}", call.api, project.id),
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.type_key,
        "simplified": false,
        "style": "classic",
        "isPrivate": false,
        "properties": {},
        "avatarUrls": { "16x16": avatar, "24x24": avatar, "32x32": avatar, "48x48": avatar },
    })
}

/// The ids of the projects that the query names, or of all, for which something holds.
pub(super) fn wanted_by(call: &Call<'_>, jira: &JiraSite, holds: impl Fn(&Project) -> bool) -> Vec<String> {
    let asked = call.parameters("projectId");
    let ids = jira.projects.iter().filter(|project| holds(project)).map(|project| project.id.to_string());
    ids.filter(|id| asked.is_empty() || asked.contains(id)).collect()
}

/// `GET project/{projectId}/hierarchy`: the levels of its types.
pub(super) fn hierarchy(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("projectId");
    let project = jira.projects_of(call.person).find(|project| project.id.to_string() == wanted);
    let project = project.ok_or_else(|| Answer::refusal(404, "No project could be found with that id."))?;
    let types = jira.configuration.types_of(&project.template);
    let levels = [(1, "Epic"), (0, "Base"), (-1, "Subtask")].into_iter().map(|(level, name)| {
        let of_level = types.iter().filter(|one| one.level == level).map(|one| references::issue_type(call, one));
        let of_level = of_level
            .map(|one| json!({ "id": one["id"].as_str().and_then(|id| id.parse::<u64>().ok()), "name": one["name"] }));
        json!({ "level": level, "name": name, "issueTypes": of_level.collect::<Vec<_>>() })
    });
    Ok(Answer::ok(json!({ "projectId": project.id, "hierarchy": levels.collect::<Vec<_>>() })))
}
