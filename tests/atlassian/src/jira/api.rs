//! The routes of `/rest/api/3`, for calls that were let through.

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::call::{Answer, Asked, Call, Visitor};
use super::edition::Edition;
use super::site::{Issue, JiraSite};
use super::{attachments, issues, names, people, projects, search, watchers, writes};
use crate::clock::Moment;
use crate::sites::Site;
use crate::world::World;

/// `serverInfo`, which answers anybody.
pub(crate) fn server_info(site: &Site, base: &str, now: Moment) -> Value {
    json!({
        "baseUrl": base,
        "displayUrl": base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_284,
        "buildDate": "2026-01-12T09:30:00.000+0000",
        "serverTime": now.as_jira_date(),
        "scmInfo": "model",
        "serverTitle": site.name,
        "defaultLocale": { "locale": "en_GB" },
    })
}

/// Answers for one site. Reads see a copy, writes hold the state, so that none is lost.
pub(crate) fn answer(world: &World, site: &Site, visitor: Visitor, asked: &Asked<'_>) -> Response {
    let segments: Vec<&str> = asked.path.split('/').collect();
    let ["rest", "api", version, path @ ..] = segments.as_slice() else {
        return Answer::nothing_there().into_response();
    };
    let Some(edition) = Edition::of_cloud(version) else { return Answer::nothing_there().into_response() };
    let call = Call::of(world, Visitor { edition, ..visitor }, asked);
    match (asked.method, path) {
        (&Method::GET, ["attachment", "content", id]) => attachment(world, &call, site, id),
        (&Method::POST | &Method::PUT | &Method::DELETE, ["issue" | "attachment", ..]) => world
            .change(|state| write(&call, state.jira.entry(site.id.clone()).or_default(), asked.method, path))
            .into_response(),
        _ => world
            .read(|state| state.jira.get(&site.id).map(|jira| read(&call, jira, asked.method, path)))
            .map_or_else(|| Answer::nothing_there().into_response(), IntoResponse::into_response),
    }
}

fn read(call: &Call<'_>, jira: &JiraSite, method: &Method, path: &[&str]) -> Answer {
    match (method.as_str(), path) {
        ("GET", ["myself"]) => Answer::ok(people::myself(call)),
        ("GET", ["mypermissions"]) => people::permissions(call.person, call.parameter("permissions"))
            .map_or_else(|sentences| Answer::refusals(StatusCode::BAD_REQUEST, &sentences), Answer::ok),
        ("GET", ["project"]) => {
            Answer::ok(jira.projects.iter().map(|project| projects::describe(call, project)).collect())
        }
        ("GET", ["project", "search"]) => Answer::ok(projects::search(call, jira)),
        ("GET", ["project", key]) => jira.project(key).map_or_else(
            || Answer::refusal(404, &format!("No project could be found with key '{key}'.")),
            |project| Answer::ok(projects::describe(call, project)),
        ),
        ("GET" | "POST", ["search", "jql"]) => search::by_jql(call, jira),
        ("POST", ["search", "approximate-count"]) => search::approximate_count(call, jira),
        ("GET" | "POST", ["search"]) => Answer::refusal(410, REMOVED),
        ("GET", ["status"]) => Answer::ok(call.names().statuses()),
        ("GET", ["statuses", "search"]) if !call.person.administers_sites() => {
            Answer::refusal(403, "Only project or site admins can access project statuses")
        }
        ("GET", ["statuses", "search"]) => Answer::ok(json!({ "isLast": true, "values": call.names().statuses() })),
        ("GET", ["issuetype"]) => Answer::ok(call.names().types()),
        ("GET", ["priority"]) => Answer::ok(call.names().priorities()),
        ("GET", ["field"]) => Answer::ok(names::fields()),
        ("GET", ["user", "search"]) => Answer::ok(people::search(call)),
        ("GET", ["attachment", id]) => attachments::read(call, jira, id),
        ("GET", ["issue", key, rest @ ..]) => {
            jira.issue(key).map_or_else(Answer::no_issue, |issue| read_issue(call, jira, issue, rest))
        }
        _ => Answer::nothing_there(),
    }
}

const REMOVED: &str = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. \
     A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";

pub(super) fn read_issue(call: &Call<'_>, jira: &JiraSite, issue: &Issue, rest: &[&str]) -> Answer {
    match rest {
        [] => {
            let fields: Vec<String> = call.parameter("fields").unwrap_or("*all").split(',').map(String::from).collect();
            Answer::ok(issues::describe(call, jira, issue, &fields))
        }
        ["transitions"] => Answer::ok(issues::transitions(call.names(), issue)),
        ["comment"] => Answer::ok(issues::comments(call, issue)),
        ["watchers"] => Answer::ok(watchers::list(call, issue)),
        _ => Answer::nothing_there(),
    }
}

pub(super) fn write(call: &Call<'_>, jira: &mut JiraSite, method: &Method, path: &[&str]) -> Answer {
    let (key, rest) = match (method, path) {
        (&Method::POST, ["issue"]) => return writes::create(call, jira),
        (&Method::DELETE, ["attachment", id]) => return attachments::delete(jira, id),
        (_, ["issue", key, rest @ ..]) => (key, rest),
        _ => return Answer::nothing_there(),
    };
    let Some(issue) = jira.issue_mut(key) else { return Answer::no_issue() };
    let id = issue.id;
    match (method, rest) {
        (&Method::PUT, []) => writes::edit(call, issue),
        (&Method::DELETE, []) => writes::delete(jira, id),
        (&Method::POST, ["transitions"]) => writes::transition(call, issue),
        (&Method::POST, ["comment"]) => writes::comment(call, issue),
        (&Method::POST, ["watchers"]) => watchers::add(call, issue),
        (&Method::DELETE, ["watchers"]) => watchers::remove(call, issue),
        (&Method::POST, ["attachments"]) => attachments::add(call, jira, id),
        _ => Answer::nothing_there(),
    }
}

/// Redirects to where the file lies, unless `redirect=false` asks for the bytes, as Jira does.
fn attachment(world: &World, call: &Call<'_>, site: &Site, id: &str) -> Response {
    let made_up = id.parse().ok().and_then(|id: u64| world.read(|state| state.settings.attachments.get(&id).copied()));
    let uploaded = world.read(|state| state.jira.get(&site.id).and_then(|jira| jira.attachment(id).cloned()));
    if made_up.is_some() || uploaded.is_some() {
        if call.parameter("redirect") != Some("false") {
            let location = format!("{}/attachment/content/{id}?redirect=false", call.api);
            return (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
        }
        let made_up = made_up.map(attachments::content);
        return made_up.or_else(|| uploaded.as_ref().map(attachments::uploaded)).unwrap_or_default();
    }
    attachments::not_found(id).into_response()
}
