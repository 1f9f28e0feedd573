//! Permissions: what there are, and which the caller has.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::users;
use crate::people::Person;

/// The permissions that are not of a project, and whether everybody has them.
const GLOBAL: [(&str, bool); 5] = [
    ("ADMINISTER", false),
    ("SYSTEM_ADMIN", false),
    ("USER_PICKER", true),
    ("CREATE_SHARED_OBJECTS", true),
    ("BULK_CHANGE", true),
];

/// `GET mypermissions`, which Cloud answers only for permissions that are named. Without a project or an issue, a
/// permission counts that the caller has anywhere.
pub(super) fn mine(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let mut asked = call.parameters("permissions");
    if asked.is_empty() && call.is_cloud() {
        return Err(Answer::refusal(400, "The 'permissions' query parameter is required."));
    }
    if asked.is_empty() {
        asked = known(jira);
    }
    let mut permissions = Map::new();
    for key in asked {
        let have = has(call, jira, &key)?;
        permissions.insert(key.clone(), describe(&key, Some(have)));
    }
    Ok(Answer::ok(json!({ "permissions": permissions })))
}

/// `GET permissions`: all there are.
pub(super) fn all(_call: &Call<'_>, jira: &JiraSite) -> Answer {
    let permissions: Map<String, Value> =
        known(jira).into_iter().map(|key| (key.clone(), describe(&key, None))).collect();
    Answer::ok(json!({ "permissions": permissions }))
}

/// `POST permissions/check`: in which of some projects and issues the caller, or somebody else, has permissions.
pub(super) fn check(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let person = match body["accountId"].as_str() {
        None => call.person,
        Some(id) if id == call.person.account_id() => call.person,
        Some(id) => {
            users::only_administrators(call)?;
            Person::by_account_id(id).ok_or_else(|| Answer::refusal(400, "The user does not exist."))?
        }
    };
    let ids =
        |value: &Value| -> Vec<u64> { value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect() };
    let keys = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(String::from).collect()
    };
    let mut granted = Vec::new();
    for wanted in body["projectPermissions"].as_array().into_iter().flatten() {
        let (projects, issues) = (ids(&wanted["projects"]), ids(&wanted["issues"]));
        for permission in keys(&wanted["permissions"]) {
            let in_project = |id: &u64| {
                jira.project(&id.to_string()).is_some_and(|project| jira.permits(person, project, &permission, None))
            };
            let on_issue = |id: &u64| {
                let issue = jira.issue_by_id(*id);
                issue.is_some_and(|issue| jira.permits(person, jira.project_of(issue), &permission, Some(issue)))
            };
            let projects: Vec<u64> = projects.iter().copied().filter(in_project).collect();
            let issues: Vec<u64> = issues.iter().copied().filter(on_issue).collect();
            granted.push(json!({ "permission": permission, "projects": projects, "issues": issues }));
        }
    }
    let has_globally = |key: &String| {
        GLOBAL.iter().any(|(global, everybody)| global == key && (*everybody || person.administers_sites()))
    };
    let global: Vec<String> = keys(&body["globalPermissions"]).into_iter().filter(has_globally).collect();
    Ok(Answer::ok(json!({ "projectPermissions": granted, "globalPermissions": global })))
}

/// `POST permissions/project`: the projects where the caller has all of some permissions.
pub(super) fn projects(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let wanted: Vec<&str> = body["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let known = known(jira);
    if let Some(unknown) = wanted.iter().find(|key| !known.iter().any(|known| known == *key)) {
        return Err(Answer::refusal(400, &format!("Unrecognized permission: {unknown}")));
    }
    let has_all =
        |project: &&super::site::Project| wanted.iter().all(|key| jira.permits(call.person, project, key, None));
    let projects = jira.projects_of(call.person).filter(has_all);
    let projects = projects.map(|project| json!({ "id": project.id, "key": project.key }));
    Ok(Answer::ok(json!({ "projects": projects.collect::<Vec<_>>() })))
}

/// Those of an anonymous caller: none.
pub(super) fn none(jira: &JiraSite) -> Value {
    let none: Map<String, Value> =
        known(jira).into_iter().map(|key| (key.clone(), describe(&key, Some(false)))).collect();
    json!({ "permissions": none })
}

fn known(jira: &JiraSite) -> Vec<String> {
    let of_projects = jira.configuration.permission_schemes.iter().flat_map(|scheme| scheme.grants.keys().cloned());
    let mut known: Vec<String> = of_projects.chain(GLOBAL.iter().map(|(key, _)| (*key).to_owned())).collect();
    known.sort_unstable();
    known.dedup();
    known
}

fn has(call: &Call<'_>, jira: &JiraSite, key: &str) -> Result<bool, Answer> {
    if let Some((_, everybody)) = GLOBAL.iter().find(|(global, _)| *global == key) {
        return Ok(*everybody || administers(call.person));
    }
    if !known(jira).iter().any(|known| known == key) {
        return Err(Answer::refusal(400, &format!("Unrecognized permission: {key}")));
    }
    let parameter = |names: [&str; 2]| names.iter().find_map(|name| call.parameter(name)).map(String::from);
    if let Some(wanted) = parameter(["issueKey", "issueId"]) {
        let issue =
            jira.issue(&wanted).filter(|issue| jira.may_browse(call.person, issue)).ok_or_else(Answer::no_issue)?;
        return Ok(jira.permits(call.person, jira.project_of(issue), key, Some(issue)));
    }
    if let Some(wanted) = parameter(["projectKey", "projectId"]) {
        let project = jira.projects_of(call.person).find(|one| one.key == wanted || one.id.to_string() == wanted);
        let missing = || Answer::refusal(404, &format!("No project could be found with key '{wanted}'."));
        return Ok(jira.permits(call.person, project.ok_or_else(missing)?, key, None));
    }
    Ok(jira.projects.iter().any(|project| jira.permits(call.person, project, key, None)))
}

fn administers(person: Person) -> bool {
    person.administers_sites()
}

fn describe(key: &str, have: Option<bool>) -> Value {
    let is_global = GLOBAL.iter().any(|(global, _)| *global == key);
    let words = key.replace('_', " ").to_lowercase();
    let name = words.get(..1).map(str::to_uppercase).unwrap_or_default() + words.get(1..).unwrap_or_default();
    let mut described =
        json!({ "key": key, "name": name, "type": if is_global { "GLOBAL" } else { "PROJECT" }, "description": "" });
    if let Some(have) = have {
        described["id"] = json!(key.len().to_string());
        described["havePermission"] = json!(have);
    }
    described
}
