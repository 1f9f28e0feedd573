//! Project roles and who has them.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::Named;
use super::projects;
use super::site::{JiraSite, Project};
use crate::people::Person;

/// `GET role`.
pub(super) fn all(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    super::users::only_administrators(call)?;
    Ok(Answer::ok(jira.configuration.roles.iter().map(|role| describe(call, role, &[], None)).collect()))
}

/// `GET role/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    super::users::only_administrators(call)?;
    let role = jira.configuration.role_named(call.captured("id")).ok_or_else(no_role)?;
    Ok(Answer::ok(describe(call, role, &[], None)))
}

/// `GET project/{projectIdOrKey}/role`: the address of each by its name.
pub(super) fn of_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = projects::visible(call, jira)?;
    Ok(Answer::ok(addresses(call, jira, project)))
}

pub(super) fn addresses(call: &Call<'_>, jira: &JiraSite, project: &Project) -> Value {
    let address = |role: &Named| format!("{}/project/{}/role/{}", call.api, project.id, role.id);
    let roles = jira.configuration.roles.iter().map(|role| (role.name.clone(), json!(address(role))));
    Value::Object(roles.collect::<Map<_, _>>())
}

/// `GET project/{projectIdOrKey}/role/{id}`: with its people.
pub(super) fn in_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = projects::visible(call, jira)?;
    let role = jira.configuration.role_named(call.captured("id")).ok_or_else(no_role)?;
    let people = project.roles.get(&role.name).map(Vec::as_slice).unwrap_or_default();
    Ok(Answer::ok(describe(call, role, people, Some(project))))
}

fn no_role() -> Answer {
    Answer::refusal(404, "Can not retrieve a role actor for a null project role.")
}

fn describe(call: &Call<'_>, role: &Named, people: &[Person], project: Option<&Project>) -> Value {
    let of_project = project.map(|project| format!("/project/{}", project.id)).unwrap_or_default();
    let actors: Vec<Value> = (1_u64..).zip(people).map(|(id, person)| actor(call, id, *person)).collect();
    json!({
        "self": format!("{}{of_project}/role/{}", call.api, role.id),
        "name": role.name,
        "id": role.id,
        "description": role.description,
        "actors": actors,
    })
}

fn actor(call: &Call<'_>, id: u64, person: Person) -> Value {
    let mut actor = json!({ "id": id, "displayName": person.name(), "type": "atlassian-user-role-actor",
        "avatarUrl": format!("{}/avatars/people/{}", call.pictures, person.slug()) });
    if call.is_cloud() {
        actor["actorUser"] = json!({ "accountId": person.account_id() });
    } else {
        actor["name"] = json!(person.slug());
    }
    actor
}
