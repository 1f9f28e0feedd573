//! Saved searches.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::{Filter, JiraSite, Share};
use super::users::user;
use super::{groups, named, projects, search};
use crate::people::Person;

/// What `filter/search` shows without being asked for more.
const BRIEF: [&str; 3] = ["self", "id", "name"];

impl Filter {
    /// Whether somebody may use it: the owner, everybody, or those with whom it is shared.
    pub(super) fn is_visible_to(&self, person: Person, jira: &JiraSite) -> bool {
        let reaches = |share: &Share| match share {
            Share::Project(id) => jira.projects_of(person).any(|project| project.id == *id),
            Share::Group(name) => groups::members_of(name).is_some_and(|members| members.contains(&person)),
            Share::User(other) => *other == person,
        };
        self.shared || self.owner == person || self.shares.iter().any(reaches)
    }
}

/// `GET filter/search`, by pages. Details come only if they are expanded.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let text = call.parameter("filterName").unwrap_or_default().to_lowercase();
    let (owner, ids, expanded) = (call.parameter("accountId"), call.parameters("id"), call.parameters("expand"));
    let project = call.parameter("projectId").and_then(|id| id.parse().ok());
    let matches = |filter: &&Filter| {
        filter.is_visible_to(call.person, jira)
            && filter.name.to_lowercase().contains(&text)
            && owner.is_none_or(|owner| filter.owner.account_id() == owner)
            && (ids.is_empty() || ids.contains(&filter.id.to_string()))
            && project.is_none_or(|id| filter.shares.contains(&Share::Project(id)))
    };
    let mut found: Vec<&Filter> = jira.filters.iter().filter(matches).collect();
    match call.parameter("orderBy") {
        Some("id" | "+id") => found.sort_by_key(|filter| filter.id),
        Some("-id") => found.sort_by_key(|filter| std::cmp::Reverse(filter.id)),
        Some("-name") => found.sort_by_key(|filter| std::cmp::Reverse(filter.name.to_lowercase())),
        _ => found.sort_by_key(|filter| filter.name.to_lowercase()),
    }
    let brief = |filter: &&Filter| {
        let members = details(call, jira, filter).as_object().cloned().unwrap_or_default();
        let shown = |name: &String| BRIEF.contains(&name.as_str()) || expanded.contains(name);
        let mut described: Map<String, Value> = members.into_iter().filter(|(name, _)| shown(name)).collect();
        described.insert("expand".into(), json!("description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,isWritable,approximateLastUsed,subscriptions"));
        Value::Object(described)
    };
    let found: Vec<Value> = found.iter().map(brief).collect();
    Answer::ok(call.page("filter/search", 50, &found))
}

/// `GET filter/my`: the caller's own, and with `includeFavourites` those of others that the caller likes.
pub(super) fn mine(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let with_favourites = call.parameter("includeFavourites") == Some("true");
    let is_mine = |filter: &&Filter| {
        filter.owner == call.person || (with_favourites && filter.favourite_of.contains(&call.person))
    };
    Answer::ok(jira.filters.iter().filter(is_mine).map(|filter| describe(call, jira, filter)).collect())
}

/// `GET filter/favourite`.
pub(super) fn favourites(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let favourites = jira.filters.iter().filter(|filter| filter.favourite_of.contains(&call.person));
    let favourites = favourites.filter(|filter| filter.is_visible_to(call.person, jira));
    Answer::ok(favourites.map(|filter| describe(call, jira, filter)).collect())
}

/// `POST filter`. Names are the owner's own, so one is not given twice.
pub(super) fn create(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let name = body["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Answer::field_error("filterName", "You must specify a name."))?;
    refuse_second(jira, call.person, name, 0)?;
    let jql = body["jql"].as_str().unwrap_or_default();
    search::read(jql, call, jira)?;
    let (with_everybody, shares) = shares_of(call, jira, &body["sharePermissions"])?;
    let filter = Filter {
        id: jira.next_id(),
        name: name.to_owned(),
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        jql: jql.to_owned(),
        owner: call.person,
        shared: with_everybody,
        shares,
        favourite_of: if body["favourite"] == true { vec![call.person] } else { Vec::new() },
    };
    let described = describe(call, jira, &filter);
    jira.filters.push(filter);
    Ok(Answer::ok(described))
}

/// `GET filter/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(describe(call, jira, found(call, jira)?)))
}

/// `PUT filter/{id}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = own(call, jira)?;
    let body: Value = call.json()?;
    if let Some(jql) = body["jql"].as_str() {
        search::read(jql, call, jira)?;
    }
    if let Some(name) = body["name"].as_str() {
        refuse_second(jira, call.person, name, id)?;
    }
    let shares = body.get("sharePermissions").map(|sent| shares_of(call, jira, sent)).transpose()?;
    let filter = jira.filters.iter_mut().find(|filter| filter.id == id).ok_or_else(no_filter)?;
    for (field, sent) in
        [(&mut filter.name, "name"), (&mut filter.jql, "jql"), (&mut filter.description, "description")]
    {
        if let Some(text) = body[sent].as_str() {
            text.clone_into(field);
        }
    }
    if let Some(shares) = shares {
        (filter.shared, filter.shares) = shares;
    }
    if let Some(favourite) = body["favourite"].as_bool() {
        like(filter, call.person, favourite);
    }
    let changed = filter.clone();
    Ok(Answer::ok(describe(call, jira, &changed)))
}

/// `DELETE filter/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = own(call, jira)?;
    jira.filters.retain(|filter| filter.id != id);
    Ok(Answer::no_content())
}

/// `PUT filter/{id}/favourite`.
pub(super) fn set_favourite(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    favour(call, jira, true)
}

/// `DELETE filter/{id}/favourite`.
pub(super) fn remove_favourite(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    favour(call, jira, false)
}

fn favour(call: &Call<'_>, jira: &mut JiraSite, favourite: bool) -> Outcome {
    let id = found(call, jira)?.id;
    let filter = jira.filters.iter_mut().find(|filter| filter.id == id).ok_or_else(no_filter)?;
    like(filter, call.person, favourite);
    let changed = filter.clone();
    Ok(Answer::ok(describe(call, jira, &changed)))
}

fn like(filter: &mut Filter, person: Person, favourite: bool) {
    filter.favourite_of.retain(|other| *other != person);
    if favourite {
        filter.favourite_of.push(person);
    }
}

/// `GET filter/{id}/permission`.
pub(super) fn permissions(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let filter = found(call, jira).map_err(|_| Answer::refusal(404, "The filter was not found."))?;
    Ok(Answer::ok(shares(call, jira, filter)))
}

fn found<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Filter, Answer> {
    let filter = jira.filters.iter().find(|filter| filter.id.to_string() == call.captured("id"));
    filter.filter(|filter| filter.is_visible_to(call.person, jira)).ok_or_else(no_filter)
}

fn own(call: &Call<'_>, jira: &JiraSite) -> Result<u64, Answer> {
    let filter = found(call, jira)?;
    let refused = || Answer::refusal(400, "You must be the owner of the filter to change it.");
    (filter.owner == call.person).then_some(filter.id).ok_or_else(refused)
}

fn refuse_second(jira: &JiraSite, owner: Person, name: &str, id: u64) -> Result<(), Answer> {
    let is_taken = |filter: &Filter| filter.owner == owner && filter.name == name && filter.id != id;
    if jira.filters.iter().any(is_taken) {
        return Err(Answer::field_error("filterName", "Filter with same name already exists."));
    }
    Ok(())
}

/// Whether everybody is meant by the shares that were sent, and who else is.
fn shares_of(call: &Call<'_>, jira: &JiraSite, sent: &Value) -> Result<(bool, Vec<Share>), Answer> {
    let (mut everybody, mut shares) = (false, Vec::new());
    for share in sent.as_array().into_iter().flatten() {
        let unknown = || Answer::refusal(400, "The filter is shared with somebody or something that does not exist.");
        match share["type"].as_str().unwrap_or_default() {
            "global" | "loggedin" | "authenticated" => everybody = true,
            "project" => {
                let project = named(&share["project"], &["id"]).and_then(|id| jira.project(&id)).ok_or_else(unknown)?;
                shares.push(Share::Project(project.id));
            }
            "group" => {
                let group = named(&share["group"], &["name", "groupId"]).ok_or_else(unknown)?;
                groups::members_of(&group).ok_or_else(unknown)?;
                shares.push(Share::Group(group));
            }
            "user" => shares.push(Share::User(call.edition.person(&share["user"]).ok_or_else(unknown)?)),
            _ => return Err(unknown()),
        }
    }
    Ok((everybody, shares))
}

fn no_filter() -> Answer {
    Answer::refusal(
        400,
        "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
    )
}

fn describe(call: &Call<'_>, jira: &JiraSite, filter: &Filter) -> Value {
    let mut described = details(call, jira, filter);
    described["subscriptions"] = json!({ "size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0 });
    described["sharedUsers"] = described["subscriptions"].clone();
    described
}

fn details(call: &Call<'_>, jira: &JiraSite, filter: &Filter) -> Value {
    let jql: String = url::form_urlencoded::byte_serialize(filter.jql.as_bytes()).collect();
    json!({
        "self": format!("{}/filter/{}", call.api, filter.id),
        "id": filter.id.to_string(),
        "name": filter.name,
        "description": filter.description,
        "owner": user(call, filter.owner),
        "jql": filter.jql,
        "viewUrl": format!("{}/issues/?filter={}", call.base, filter.id),
        "searchUrl": format!("{}/search?jql={jql}", call.api),
        "favourite": filter.favourite_of.contains(&call.person),
        "favouritedCount": filter.favourite_of.len(),
        "sharePermissions": shares(call, jira, filter),
        "editPermissions": [],
        "isWritable": filter.owner == call.person,
        "subscriptions": [],
    })
}

fn shares(call: &Call<'_>, jira: &JiraSite, filter: &Filter) -> Value {
    let everybody = filter.shared.then(|| json!({ "type": "loggedin" }));
    let others = filter.shares.iter().map(|share| match share {
        Share::Project(id) => {
            let project = jira.projects.iter().find(|project| project.id == *id);
            json!({ "type": "project", "project": project.map(|project| projects::describe(call, project)) })
        }
        Share::Group(name) => json!({ "type": "group", "group": { "name": name } }),
        Share::User(person) => json!({ "type": "user", "user": user(call, *person) }),
    });
    let numbered = (filter.id * 10..).zip(everybody.into_iter().chain(others)).map(|(id, mut share)| {
        share["id"] = id.into();
        share
    });
    numbered.collect()
}
