//! Saved searches.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::people::user;
use super::search;
use super::site::{Filter, JiraSite};

/// `GET filter/search`, by pages.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let text = call.parameter("filterName").unwrap_or_default().to_lowercase();
    let owner = call.parameter("accountId");
    let matches = |filter: &&Filter| {
        is_visible(call, filter)
            && filter.name.to_lowercase().contains(&text)
            && owner.is_none_or(|owner| filter.owner.account_id() == owner)
    };
    let found: Vec<Value> = jira.filters.iter().filter(matches).map(|filter| details(call, filter)).collect();
    Answer::ok(call.page("filter/search", 50, &found))
}

/// `GET filter/my`.
pub(super) fn mine(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let own = jira.filters.iter().filter(|filter| filter.owner == call.person);
    Answer::ok(own.map(|filter| describe(call, filter)).collect())
}

/// `GET filter/favourite`.
pub(super) fn favourites(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let favourites = jira.filters.iter().filter(|filter| filter.favourite_of.contains(&call.person));
    Answer::ok(favourites.map(|filter| describe(call, filter)).collect())
}

/// `POST filter`. Names are the owner's own, so one is not given twice.
pub(super) fn create(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let name = body["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Answer::field_error("filterName", "You must specify a name."))?;
    if jira.filters.iter().any(|filter| filter.owner == call.person && filter.name == name) {
        return Err(Answer::field_error("filterName", "Filter with same name already exists."));
    }
    let jql = body["jql"].as_str().unwrap_or_default();
    search::read(jql, call, jira)?;
    let shared = body["sharePermissions"].as_array().is_some_and(|shares| !shares.is_empty());
    let filter = Filter {
        id: jira.next_id(),
        name: name.to_owned(),
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        jql: jql.to_owned(),
        owner: call.person,
        shared,
        favourite_of: if body["favourite"] == true { vec![call.person] } else { Vec::new() },
    };
    let described = describe(call, &filter);
    jira.filters.push(filter);
    Ok(Answer::ok(described))
}

/// `GET filter/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(describe(call, found(call, jira)?)))
}

/// `PUT filter/{id}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = own(call, jira)?;
    let body: Value = call.json()?;
    if let Some(jql) = body["jql"].as_str() {
        search::read(jql, call, jira)?;
    }
    let filter = jira.filters.iter_mut().find(|filter| filter.id == id).ok_or_else(no_filter)?;
    for (field, sent) in
        [(&mut filter.name, "name"), (&mut filter.jql, "jql"), (&mut filter.description, "description")]
    {
        if let Some(text) = body[sent].as_str() {
            text.clone_into(field);
        }
    }
    Ok(Answer::ok(describe(call, filter)))
}

/// `DELETE filter/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = own(call, jira)?;
    jira.filters.retain(|filter| filter.id != id);
    Ok(Answer::no_content())
}

fn found<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Filter, Answer> {
    let filter = jira.filters.iter().find(|filter| filter.id.to_string() == call.captured("id"));
    filter.filter(|filter| is_visible(call, filter)).ok_or_else(no_filter)
}

fn own(call: &Call<'_>, jira: &JiraSite) -> Result<u64, Answer> {
    let filter = found(call, jira)?;
    let refused = || Answer::refusal(400, "You must be the owner of the filter to change it.");
    (filter.owner == call.person).then_some(filter.id).ok_or_else(refused)
}

fn no_filter() -> Answer {
    Answer::refusal(
        400,
        "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
    )
}

fn is_visible(call: &Call<'_>, filter: &Filter) -> bool {
    filter.shared || filter.owner == call.person
}

fn describe(call: &Call<'_>, filter: &Filter) -> Value {
    let mut described = details(call, filter);
    described["subscriptions"] = json!({ "size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0 });
    described["sharedUsers"] = described["subscriptions"].clone();
    described
}

fn details(call: &Call<'_>, filter: &Filter) -> Value {
    let jql: String = url::form_urlencoded::byte_serialize(filter.jql.as_bytes()).collect();
    let shares = if filter.shared { json!([{ "id": filter.id, "type": "loggedin" }]) } else { json!([]) };
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
        "sharePermissions": shares,
        "editPermissions": [],
        "subscriptions": [],
    })
}
