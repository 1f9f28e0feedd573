//! `issue/{key}/watchers`: who is told of an issue's changes.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::issues;
use super::site::JiraSite;
use super::users::user;

const UNKNOWN: &str = "The user does not exist or you do not have permission to view them.";

/// `GET issue/{issueIdOrKey}/watchers`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let mut listed = summary(call, issue);
    listed["watchers"] = issue.watchers.iter().map(|person| user(call, *person)).collect();
    Ok(Answer::ok(listed))
}

/// How many there are, and whether the caller is one.
pub(super) fn summary(call: &Call<'_>, issue: &Issue) -> Value {
    json!({
        "self": format!("{}/issue/{}/watchers", call.api, issue.id),
        "watchCount": issue.watchers.len(),
        "isWatching": issue.watchers.contains(&call.person),
    })
}

/// `POST issue/{issueIdOrKey}/watchers`: the body is a JSON string with the account id or user name, or empty for the
/// caller.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::visible(call, jira)?.id;
    let person = if call.has_body() { call.edition.watcher(&call.json::<String>()?) } else { Some(call.person) };
    let person = person.ok_or_else(|| Answer::refusal(404, UNKNOWN))?;
    if person != call.person {
        issues::permitted(call, jira, "MANAGE_WATCHERS", 403)?;
    }
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    if !issue.watchers.contains(&person) {
        issue.watchers.push(person);
        issue.revision += 1;
    }
    Ok(Answer::no_content())
}

/// `DELETE issue/{issueIdOrKey}/watchers`, with the account id or user name in the query.
pub(super) fn remove(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::visible(call, jira)?.id;
    let name = call.parameter(call.edition.watcher_parameter());
    let name = name.ok_or_else(|| Answer::refusal(400, "The parameter that names the user is missing."))?;
    let person = call.edition.watcher(name).ok_or_else(|| Answer::refusal(404, UNKNOWN))?;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    issue.watchers.retain(|watcher| *watcher != person);
    issue.revision += 1;
    Ok(Answer::no_content())
}
