//! Work that was logged on issues.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::dates;
use super::issue::{Issue, Worklog};
use super::issues;
use super::people::user;
use super::site::JiraSite;

const DAY: u64 = 8 * 3600;

/// `GET issue/{issueIdOrKey}/worklog`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(page(call, issues::visible(call, jira)?)))
}

/// A page of the work, as the list and the field `worklog` have it.
pub(super) fn page(call: &Call<'_>, issue: &Issue) -> Value {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(5000);
    let worklogs = issue.worklogs.iter().skip(start).take(size).map(|worklog| describe(call, issue.id, worklog));
    let worklogs: Vec<Value> = worklogs.collect();
    json!({ "startAt": start, "maxResults": size, "total": issue.worklogs.len(), "worklogs": worklogs })
}

/// `GET issue/{issueIdOrKey}/worklog/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let worklog = issue.worklogs.iter().find(|worklog| worklog.id.to_string() == call.captured("id"));
    worklog.map(|worklog| Answer::ok(describe(call, issue.id, worklog))).ok_or_else(no_worklog)
}

/// `POST issue/{issueIdOrKey}/worklog`.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "WORK_ON_ISSUES", 400)?.id;
    let body: Value = call.json()?;
    check(call, &body)?;
    if seconds(&body).is_none() {
        return Err(Answer::field_error("timeLogged", "You must indicate the time spent working."));
    }
    append(call, jira, id, &body);
    let last = jira.issue_by_id(id).and_then(|issue| issue.worklogs.last());
    Ok(Answer::created(last.map(|worklog| describe(call, id, worklog)).unwrap_or_default()))
}

/// `PUT issue/{issueIdOrKey}/worklog/{id}`.
pub(super) fn edit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "WORK_ON_ISSUES", 400)?.id;
    let body: Value = call.json()?;
    check(call, &body)?;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let worklog = issue.worklogs.iter_mut().find(|worklog| worklog.id.to_string() == call.captured("id"));
    let worklog = worklog.ok_or_else(no_worklog)?;
    worklog.seconds = seconds(&body).unwrap_or(worklog.seconds);
    if let Some(started) = body["started"].as_str() {
        started.clone_into(&mut worklog.started);
    }
    if !body["comment"].is_null() {
        worklog.comment = Some(call.edition.stored_text(&body["comment"]));
    }
    worklog.updated = call.now;
    let edited = worklog.clone();
    issue.touch(call.now);
    Ok(Answer::ok(describe(call, id, &edited)))
}

/// `DELETE issue/{issueIdOrKey}/worklog/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "WORK_ON_ISSUES", 400)?.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let before = issue.worklogs.len();
    issue.worklogs.retain(|worklog| worklog.id.to_string() != call.captured("id"));
    if issue.worklogs.len() == before {
        return Err(no_worklog());
    }
    issue.touch(call.now);
    Ok(Answer::no_content())
}

/// Logs work whose body says how long; anything else is left out.
pub(super) fn append(call: &Call<'_>, jira: &mut JiraSite, issue: u64, body: &Value) {
    let id = jira.next_id();
    let (Some(issue), Some(seconds)) = (jira.issue_mut(issue), seconds(body)) else { return };
    issue.worklogs.push(Worklog {
        id,
        author: call.person,
        started: body["started"].as_str().map_or_else(|| call.now.as_jira_date(), String::from),
        seconds,
        comment: Some(&body["comment"])
            .filter(|comment| !comment.is_null())
            .map(|comment| call.edition.stored_text(comment)),
        created: call.now,
        updated: call.now,
    });
    issue.touch(call.now);
}

fn check(call: &Call<'_>, body: &Value) -> Result<(), Answer> {
    let started = &body["started"];
    if !started.is_null() && started.as_str().and_then(dates::moment).is_none() {
        return Err(Answer::field_error("started", "Worklog must have a valid start date."));
    }
    if !body["comment"].is_null() && !call.edition.accepts_text(&body["comment"]) {
        return Err(Answer::field_error("comment", call.edition.text_complaint()));
    }
    Ok(())
}

/// From `timeSpentSeconds`, or `timeSpent` such as `1d 2h 30m`.
fn seconds(body: &Value) -> Option<u64> {
    let written = || {
        let parts = body["timeSpent"].as_str()?.split_whitespace().map(|part| {
            let unit = match part.chars().last()? {
                'w' => 5 * DAY,
                'd' => DAY,
                'h' => 3600,
                'm' => 60,
                _ => return None,
            };
            part[..part.len() - 1].parse::<u64>().ok().map(|count| count * unit)
        });
        parts.sum::<Option<u64>>()
    };
    body["timeSpentSeconds"].as_u64().or_else(written).filter(|seconds| *seconds > 0)
}

fn spent(seconds: u64) -> String {
    let parts = [(seconds / DAY, "d"), (seconds % DAY / 3600, "h"), (seconds % 3600 / 60, "m")];
    let shown: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if shown.is_empty() { "0m".into() } else { shown.join(" ") }
}

fn no_worklog() -> Answer {
    Answer::refusal(404, "Cannot find worklog with that id.")
}

fn describe(call: &Call<'_>, issue: u64, worklog: &Worklog) -> Value {
    let mut described = json!({
        "self": format!("{}/issue/{issue}/worklog/{}", call.api, worklog.id),
        "id": worklog.id.to_string(),
        "issueId": issue.to_string(),
        "author": user(call, worklog.author),
        "updateAuthor": user(call, worklog.author),
        "created": worklog.created.as_jira_date(),
        "updated": worklog.updated.as_jira_date(),
        "started": worklog.started,
        "timeSpent": spent(worklog.seconds),
        "timeSpentSeconds": worklog.seconds,
    });
    if let Some(comment) = &worklog.comment {
        described["comment"] = call.edition.written_text(comment);
    }
    described
}
