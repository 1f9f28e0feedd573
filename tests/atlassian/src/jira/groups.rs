//! Groups and who is in them.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::users::{only_administrators, user};
use crate::people::Person;

/// The groups: name, id, and whether only administrators are in it.
static GROUPS: [(&str, &str, bool); 2] = [
    ("jira-users", "276f955c-63d7-42c8-9520-92d01dca0625", false),
    ("jira-administrators", "952d12c3-5b5b-4d04-bb32-44d383afc4b2", true),
];

/// `GET group/bulk`.
pub(super) fn list(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let groups: Vec<Value> = GROUPS.iter().map(|(name, id, _)| json!({ "name": name, "groupId": id })).collect();
    Ok(Answer::ok(call.page("group/bulk", 50, &groups)))
}

/// `GET group/member`.
pub(super) fn members(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let wanted = [call.parameter("groupname"), call.parameter("groupId")];
    let group = GROUPS.iter().find(|(name, id, _)| wanted.contains(&Some(*name)) || wanted.contains(&Some(*id)));
    let (.., only_admins) = group.ok_or_else(|| Answer::refusal(404, "The group does not exist."))?;
    let people = call.people.iter().filter(|profile| !only_admins || profile.person.administers_sites());
    let people: Vec<Value> = people.map(|profile| user(call, profile.person)).collect();
    Ok(Answer::ok(call.page("group/member", 50, &people)))
}

/// `GET groups/picker`.
pub(super) fn pick(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let text = call.parameter("query").unwrap_or_default().to_lowercase();
    let found = GROUPS.iter().filter(|(name, ..)| name.contains(&text));
    let groups = found.map(|(name, id, _)| json!({ "name": name, "groupId": id, "html": name, "labels": [] }));
    let groups: Vec<Value> = groups.collect();
    let header = format!("Showing {} of {} matching groups", groups.len(), groups.len());
    Answer::ok(json!({ "header": header, "total": groups.len(), "groups": groups }))
}

/// The people in a group, by its name or id.
pub(super) fn members_of(group: &str) -> Option<Vec<Person>> {
    let (.., only_admins) = GROUPS.iter().find(|(name, id, _)| name.eq_ignore_ascii_case(group) || *id == group)?;
    Some(Person::ALL.into_iter().filter(|person| !only_admins || person.administers_sites()).collect())
}

pub(super) fn of(person: Person) -> impl Iterator<Item = &'static (&'static str, &'static str, bool)> {
    GROUPS.iter().filter(move |(.., only_admins)| !only_admins || person.administers_sites())
}

pub(super) fn describe(call: &Call<'_>, (name, id, _): &(&str, &str, bool)) -> Value {
    json!({ "name": name, "groupId": id, "self": format!("{}/group?groupId={id}", call.api) })
}
