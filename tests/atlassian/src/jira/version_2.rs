//! `/rest/api/2` of Jira Data Center, for authenticated and for anonymous callers.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Answer, Asked, Call, Visitor};
use super::jql::Query;
use super::people::OF_EVERYBODY;
use super::site::JiraSite;
use super::{api, attachments, issues, names, people, projects};
use crate::data_center::Instance;
use crate::world::World;

/// Answers an authenticated caller. `path` begins after `rest/api/2/`.
pub(crate) fn answer(world: &World, instance: Instance, visitor: Visitor, asked: &Asked<'_>, path: &[&str]) -> Answer {
    let call = Call::of(world, visitor, asked);
    match (asked.method, path) {
        (&Method::POST | &Method::PUT | &Method::DELETE, ["issue" | "attachment", ..]) => {
            world.change(|state| api::write(&call, &mut state.data_centers.of_mut(instance).jira, asked.method, path))
        }
        _ => world.read(|state| read(&call, &state.data_centers.of(instance).jira, asked.method, path)),
    }
}

fn read(call: &Call<'_>, jira: &JiraSite, method: &Method, path: &[&str]) -> Answer {
    match (method.as_str(), path) {
        ("GET", ["myself"]) => Answer::ok(people::myself(call)),
        ("GET", ["mypermissions"]) => people::permissions(call.person, Some(permissions_asked(call)))
            .map_or_else(|sentences| Answer::refusals(StatusCode::BAD_REQUEST, &sentences), Answer::ok),
        ("GET", ["project"]) => {
            Answer::ok(jira.projects.iter().map(|project| projects::describe(call, project)).collect())
        }
        ("GET", ["project", key]) => jira.project(key).map_or_else(
            || Answer::refusal(404, &format!("No project could be found with key '{key}'.")),
            |project| Answer::ok(projects::describe(call, project)),
        ),
        ("GET" | "POST", ["search"]) => search(call, jira, method),
        ("GET", ["user", "search"]) => Answer::ok(people::search(call)),
        ("GET", ["attachment", id]) => attachments::read(call, jira, id),
        ("GET", ["issue", key, rest @ ..]) => jira.issue(key).map_or_else(
            || Answer::refusal(404, "Issue Does Not Exist"),
            |issue| api::read_issue(call, jira, issue, rest),
        ),
        (_, [name]) => catalogued(call.names(), method, name),
        _ => Answer::nothing_there(),
    }
}

/// What every instance has, whoever asks.
fn catalogued(names: names::Names<'_>, method: &Method, name: &str) -> Answer {
    match (method.as_str(), name) {
        ("GET", "status") => Answer::ok(names.statuses()),
        ("GET", "issuetype") => Answer::ok(names.types()),
        ("GET", "priority") => Answer::ok(names.priorities()),
        ("GET", "field") => Answer::ok(names::fields()),
        _ => Answer::nothing_there(),
    }
}

/// Version 2 lists all permissions when none are asked for.
fn permissions_asked<'a>(call: &'a Call<'_>) -> &'a str {
    call.parameter("permissions").unwrap_or(
        "BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,ADD_COMMENTS,TRANSITION_ISSUES,ASSIGN_ISSUES,USER_PICKER,\
         CREATE_ATTACHMENTS,ADMINISTER,ADMINISTER_PROJECTS",
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Search {
    jql: String,
    fields: Vec<String>,
    start_at: usize,
    max_results: Option<usize>,
}

impl Search {
    fn of(call: &Call<'_>, method: &Method) -> Result<Self, Answer> {
        if method == Method::POST {
            return call.json();
        }
        let fields = call.parameter("fields").unwrap_or_default();
        Ok(Self {
            jql: call.parameter("jql").unwrap_or_default().to_owned(),
            fields: fields.split(',').filter(|field| !field.is_empty()).map(String::from).collect(),
            start_at: call.number("startAt").unwrap_or(0),
            max_results: call.number("maxResults"),
        })
    }
}

/// A page by `startAt`, with the total; unbounded searches are allowed here.
fn search(call: &Call<'_>, jira: &JiraSite, method: &Method) -> Answer {
    let mut search = match Search::of(call, method) {
        Ok(search) => search,
        Err(answer) => return answer,
    };
    let query = match Query::read(&search.jql) {
        Ok(query) => query,
        Err(complaint) => return Answer::refusal(400, &complaint),
    };
    if search.fields.is_empty() {
        search.fields.push("*navigable".into());
    }
    let size = search.max_results.unwrap_or(50).min(1000);
    let found = query.run(&jira.issues, call.person);
    let page = found.iter().skip(search.start_at).take(size);
    let issues: Vec<Value> = page.map(|issue| issues::describe(call, jira, issue, &search.fields)).collect();
    Answer::ok(page_of(search.start_at, size, found.len(), &json!(issues)))
}

fn page_of(start: usize, size: usize, total: usize, issues: &Value) -> Value {
    json!({ "expand": "names,schema", "startAt": start, "maxResults": size, "total": total, "issues": issues })
}

/// Answers an anonymous caller: public data, empty lists of the rest, and 401 where the answer is no list.
pub(crate) fn answer_nobody(world: &World, base: &str, asked: &Asked<'_>, path: &[&str]) -> Answer {
    match (asked.method.as_str(), path) {
        ("GET", ["mypermissions"]) => Answer::ok(json!({ "permissions": no_permissions() })),
        ("GET", ["project"]) => Answer::ok(json!([])),
        ("GET" | "POST", ["search"]) => Answer::ok(page_of(0, 50, 0, &json!([]))),
        ("GET", ["issue", _, ..]) => Answer::refusals(
            StatusCode::UNAUTHORIZED,
            &["You do not have the permission to see the specified issue.".into(), "Login Required".into()],
        ),
        ("GET", ["project", key]) => Answer::refusal(404, &format!("No project could be found with key '{key}'.")),
        ("GET", ["status" | "issuetype" | "priority" | "field"]) => {
            let (api, pictures) = (format!("{base}/rest/api/2"), world.url());
            catalogued(names::Names { api: &api, pictures: &pictures }, asked.method, path[0])
        }
        _ => Answer::not_authenticated(),
    }
}

fn no_permissions() -> Map<String, Value> {
    let none = |key: &&str| ((*key).to_owned(), json!({ "key": key, "name": key, "havePermission": false }));
    OF_EVERYBODY.iter().map(none).collect()
}
