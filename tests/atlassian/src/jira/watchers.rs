//! `issue/{key}/watchers`: who is told of an issue's changes.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::people::user;
use super::site::Issue;

/// `GET issue/{key}/watchers`.
pub(super) fn list(call: &Call<'_>, issue: &Issue) -> Value {
    let mut listed = summary(call, issue);
    listed["watchers"] = issue.watchers.iter().map(|person| user(call, *person)).collect();
    listed
}

/// How many there are, and whether the caller is one.
pub(super) fn summary(call: &Call<'_>, issue: &Issue) -> Value {
    json!({
        "self": format!("{}/issue/{}/watchers", call.api, issue.id),
        "watchCount": issue.watchers.len(),
        "isWatching": issue.watchers.contains(&call.person),
    })
}

/// `POST issue/{key}/watchers`: the body is a JSON string with the account id or user name, or empty for the caller.
pub(super) fn add(call: &Call<'_>, issue: &mut Issue) -> Answer {
    let person = if call.has_body() {
        match call.json::<String>() {
            Ok(name) => call.edition.watcher(&name),
            Err(answer) => return answer,
        }
    } else {
        Some(call.person)
    };
    let Some(person) = person else {
        return Answer::refusal(404, "The user does not exist or you do not have permission to view them.");
    };
    if !issue.watchers.contains(&person) {
        issue.watchers.push(person);
    }
    Answer::no_content()
}

/// `DELETE issue/{key}/watchers`, with the account id or user name in the query.
pub(super) fn remove(call: &Call<'_>, issue: &mut Issue) -> Answer {
    match call.parameter(call.edition.watcher_parameter()).map(|name| call.edition.watcher(name)) {
        None => Answer::refusal(400, "The parameter that names the user is missing."),
        Some(None) => Answer::refusal(404, "The user does not exist or you do not have permission to view them."),
        Some(Some(person)) => {
            issue.watchers.retain(|watcher| *watcher != person);
            Answer::no_content()
        }
    }
}
