//! People as Jira writes them: `myself`, users, those who can be assigned.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::edition::Edition;
use super::groups;
use super::site::{JiraSite, Project};
use crate::people::{Person, Profile};

/// A person in brief. In Cloud with e-mail only where their privacy settings let an app see it: everybody but Max.
pub(super) fn user(call: &Call<'_>, person: Person) -> Value {
    let profile = call.profile(person);
    let avatar = format!("{}/avatars/people/{}", call.pictures, person.slug());
    let mut user = call.edition.identity(person, &call.api);
    user["displayName"] = json!(profile.map_or(person.name(), Profile::name));
    user["active"] = json!(profile.is_some_and(|profile| profile.active));
    user["timeZone"] = json!(person.time_zone().name());
    user["avatarUrls"] = json!({ "16x16": avatar, "24x24": avatar, "32x32": avatar, "48x48": avatar });
    if let Some(profile) = profile
        && (person != Person::Max || call.edition == Edition::DataCenter)
    {
        user["emailAddress"] = json!(profile.email);
    }
    user
}

/// `GET myself`.
pub(super) fn myself(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    Answer::ok(whole(call, call.person))
}

/// `GET user`: by account id, or at Data Center by name or key.
pub(super) fn get(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(whole(call, named(call)?)))
}

fn named(call: &Call<'_>) -> Result<Person, Answer> {
    let person = if call.is_cloud() {
        call.parameter("accountId").and_then(Person::by_account_id)
    } else {
        let by_key = || call.parameter("key").and_then(Person::by_user_key);
        call.parameter("username").and_then(Person::by_slug).or_else(by_key)
    };
    let known = person.filter(|person| call.profile(*person).is_some());
    known.ok_or_else(|| Answer::refusal(404, "Specified user does not exist or you do not have required permissions"))
}

fn whole(call: &Call<'_>, person: Person) -> Value {
    let mut user = user(call, person);
    let groups: Vec<Value> = groups::of(person).map(|group| groups::describe(call, group)).collect();
    user["locale"] = json!(person.locale());
    user["groups"] = json!({ "size": groups.len(), "items": if call.expands("groups") { groups } else { Vec::new() } });
    user["applicationRoles"] = json!({ "size": 1, "items": [] });
    user["expand"] = json!("groups,applicationRoles");
    user
}

/// `GET user/search`: active people whose name, user name or e-mail contains what is asked for, or the one with that
/// account id.
pub(super) fn search(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    let id = call.parameter("accountId").filter(|_| call.is_cloud());
    let text = wanted_text(call);
    if text.is_empty() && id.is_none() {
        return Err(Answer::refusal(400, "Either the query or the accountId parameter must be given."));
    }
    let matches = |profile: &&Profile| {
        let person = profile.person;
        id.map_or_else(|| fits(profile, &text), |id| person.account_id() == id)
    };
    Ok(Answer::ok(listed(call, matches)))
}

/// `GET user/picker`.
pub(super) fn pick(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let text = call.parameter("query").unwrap_or_default().to_lowercase();
    let size = call.number("maxResults").unwrap_or(50);
    let found = call.people.iter().filter(|profile| profile.active && !text.is_empty() && fits(profile, &text));
    let all: Vec<Value> = found
        .map(|profile| {
            let mut one = call.edition.identity(profile.person, &call.api);
            one.as_object_mut()
                .into_iter()
                .for_each(|one| one.retain(|name, _| !["self", "deleted"].contains(&name.as_str())));
            one["displayName"] = json!(profile.name());
            one["html"] = json!(profile.name());
            one
        })
        .collect();
    let shown: Vec<&Value> = all.iter().take(size).collect();
    let header = format!("Showing {} of {} matching users", shown.len(), all.len());
    Answer::ok(json!({ "users": shown, "total": all.len(), "header": header }))
}

/// `GET user/assignable/search`, by project or issue.
pub(super) fn assignable(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let of_issue = call.parameter("issueKey").and_then(|key| jira.issue(key)).map(|issue| jira.project_of(issue));
    let project = call.parameter("project").and_then(|key| jira.project(key)).or(of_issue);
    let project = project.filter(|project| jira.permits(call.person, project, "BROWSE_PROJECTS", None));
    let project = project.ok_or_else(|| Answer::refusal(404, "The project or issue was not found."))?;
    let text = wanted_text(call);
    let may = |person| can_be_assigned(jira, project, person);
    Ok(Answer::ok(listed(call, |profile| may(profile.person) && (text.is_empty() || fits(profile, &text)))))
}

fn can_be_assigned(jira: &JiraSite, project: &Project, person: Person) -> bool {
    jira.permits(person, project, "ASSIGNABLE_USER", None)
}

/// `GET users/search` and `GET users`: everybody, by pages.
pub(super) fn all(call: &Call<'_>, _jira: &JiraSite) -> Answer {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(50).min(1_000);
    let people = call.people.iter().skip(start).take(size);
    Answer::ok(people.map(|profile| user(call, profile.person)).collect())
}

/// `GET user/bulk`: those with these account ids.
pub(super) fn bulk(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    let ids = call.parameters("accountId");
    if ids.is_empty() {
        return Err(Answer::refusal(400, "At least one accountId must be given."));
    }
    let known = |id: &String| Person::by_account_id(id).filter(|person| call.profile(*person).is_some());
    let found: Vec<Value> = ids.iter().filter_map(known).map(|person| user(call, person)).collect();
    Ok(Answer::ok(call.page("user/bulk", 10, &found)))
}

/// `GET user/groups`.
pub(super) fn groups_of(call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    let person = named(call)?;
    Ok(Answer::ok(groups::of(person).map(|group| groups::describe(call, group)).collect()))
}

/// Refuses everybody who does not administer Jira.
pub(super) fn only_administrators(call: &Call<'_>) -> Result<(), Answer> {
    if call.person.administers_sites() {
        return Ok(());
    }
    Err(Answer::refusal(
        403,
        "You are not authorized to perform this operation. Administrator privileges are required.",
    ))
}

fn wanted_text(call: &Call<'_>) -> String {
    let names = if call.is_cloud() { ["query", "query"] } else { ["username", "query"] };
    names.iter().find_map(|name| call.parameter(name)).unwrap_or_default().to_lowercase()
}

fn fits(profile: &Profile, text: &str) -> bool {
    let person = profile.person;
    let texts = [profile.name().to_lowercase(), profile.email.to_lowercase(), person.slug().to_owned()];
    person.account_id() == text || text == "." || texts.iter().any(|own| own.contains(text))
}

fn listed(call: &Call<'_>, matches: impl Fn(&&Profile) -> bool) -> Value {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(50);
    let found = call.people.iter().filter(|profile| profile.active).filter(matches);
    found.skip(start).take(size).map(|profile| user(call, profile.person)).collect()
}
