//! Work that was logged on issues. It changes the remaining estimate, and the change log tells of both.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{ChangeItem, Issue, Worklog};
use super::site::JiraSite;
use super::users::user;
use super::{dates, durations, editing, issues, properties};

/// `GET issue/{issueIdOrKey}/worklog`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    Ok(Answer::ok(page(call, issues::visible(call, jira)?)))
}

/// A page of the work, as the list and the field `worklog` have it.
pub(super) fn page(call: &Call<'_>, issue: &Issue) -> Value {
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(5000);
    let moment = |name: &str| call.parameter(name)?.parse::<u64>().ok();
    let (after, before) = (moment("startedAfter"), moment("startedBefore"));
    let is_wanted = |worklog: &&Worklog| {
        let started = dates::moment(&worklog.started).map_or(0, |at| at.0 * 1_000);
        after.is_none_or(|after| started > after) && before.is_none_or(|before| started < before)
    };
    let wanted: Vec<&Worklog> = issue.worklogs.iter().filter(is_wanted).collect();
    let shown = wanted.iter().skip(start).take(size).map(|worklog| describe(call, issue.id, worklog));
    let shown: Vec<Value> = shown.collect();
    json!({ "startAt": start, "maxResults": size, "total": wanted.len(), "worklogs": shown })
}

/// The field `timetracking`.
pub(super) fn tracking(issue: &Issue) -> Value {
    let mut tracking = json!({});
    for (name, field) in [
        ("originalEstimate", "timeoriginalestimate"),
        ("remainingEstimate", "timeestimate"),
        ("timeSpent", "timespent"),
    ] {
        if let Some(seconds) = issue.tracked(field) {
            tracking[name] = durations::pretty(seconds).into();
            tracking[format!("{name}Seconds")] = seconds.into();
        }
    }
    tracking
}

/// `GET issue/{issueIdOrKey}/worklog/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    let worklog = issue.worklogs.iter().find(|worklog| worklog.id.to_string() == call.captured("id"));
    worklog.map(|worklog| Answer::ok(describe(call, issue.id, worklog))).ok_or_else(no_worklog)
}

/// `POST worklog/list`.
pub(super) fn by_ids(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let wanted = body["ids"].as_array().cloned().unwrap_or_default();
    let found = visible(call, jira).filter(|(_, worklog)| wanted.contains(&json!(worklog.id)));
    Ok(Answer::ok(found.map(|(issue, worklog)| describe(call, issue, worklog)).collect()))
}

/// `GET worklog/updated`: ids of what was logged or changed since, in milliseconds since 1970.
pub(super) fn updated(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let since = call.parameter("since").and_then(|since| since.parse::<u64>().ok()).unwrap_or(0);
    let changed = visible(call, jira).filter(|(_, worklog)| worklog.updated.0 * 1_000 > since);
    let values: Vec<Value> = changed
        .map(|(_, worklog)| json!({ "worklogId": worklog.id, "updatedTime": worklog.updated.0 * 1_000, "properties": [] }))
        .collect();
    Answer::ok(json!({ "values": values, "since": since, "until": call.now.0 * 1_000, "lastPage": true,
        "self": format!("{}/worklog/updated?since={since}", call.api) }))
}

fn visible<'j>(call: &Call<'_>, jira: &'j JiraSite) -> impl Iterator<Item = (u64, &'j Worklog)> {
    let issues = jira.issues.iter().filter(|issue| jira.may_browse(call.person, issue)).collect::<Vec<_>>();
    issues.into_iter().flat_map(|issue| issue.worklogs.iter().map(|worklog| (issue.id, worklog)))
}

/// `POST issue/{issueIdOrKey}/worklog`.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "WORK_ON_ISSUES", 400)?.id;
    let body: Value = call.json()?;
    check(call, &body)?;
    properties::read_all(&body["properties"])?;
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
    let spent = jira.issue_by_id(id).and_then(|issue| issue.tracked("timespent"));
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let worklog = issue.worklogs.iter_mut().find(|worklog| worklog.id.to_string() == call.captured("id"));
    let worklog = worklog.ok_or_else(no_worklog)?;
    let before = worklog.seconds;
    worklog.seconds = seconds(&body).unwrap_or(worklog.seconds);
    if let Some(started) = body["started"].as_str() {
        started.clone_into(&mut worklog.started);
    }
    if !body["comment"].is_null() {
        worklog.comment = Some(call.edition.stored_text(&body["comment"]));
    }
    (worklog.updated, worklog.editor) = (call.now, Some(call.person));
    let edited = worklog.clone();
    issue.touch(call.now);
    let left = |remaining: u64| remaining.saturating_add(before).saturating_sub(edited.seconds);
    track(call, jira, id, spent, Some(edited.id), left);
    Ok(Answer::ok(describe(call, id, &edited)))
}

/// `DELETE issue/{issueIdOrKey}/worklog/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let id = issues::permitted(call, jira, "WORK_ON_ISSUES", 400)?.id;
    let issue = jira.issue_mut(id).ok_or_else(Answer::no_issue)?;
    let spent = issue.tracked("timespent");
    let place = issue.worklogs.iter().position(|worklog| worklog.id.to_string() == call.captured("id"));
    let removed = issue.worklogs.remove(place.ok_or_else(no_worklog)?);
    track(call, jira, id, spent, Some(removed.id), |remaining| remaining.saturating_add(removed.seconds));
    Ok(Answer::no_content())
}

/// Logs work whose body says how long; anything else is left out.
pub(super) fn append(call: &Call<'_>, jira: &mut JiraSite, issue: u64, body: &Value) {
    let id = jira.next_id();
    let (Some(worked_on), Some(seconds)) = (jira.issue_mut(issue), seconds(body)) else { return };
    let spent = worked_on.tracked("timespent");
    worked_on.worklogs.push(Worklog {
        id,
        author: call.person,
        editor: None,
        started: body["started"].as_str().map_or_else(|| call.date(call.now), String::from),
        seconds,
        comment: Some(&body["comment"])
            .filter(|comment| !comment.is_null())
            .map(|comment| call.edition.stored_text(comment)),
        properties: properties::read_all(&body["properties"]).unwrap_or_default(),
        created: call.now,
        updated: call.now,
    });
    track(call, jira, issue, spent, None, |remaining| remaining.saturating_sub(seconds));
}

/// What the change log says after work was logged, changed or removed. `adjustEstimate` of the query decides what becomes
/// of the remaining estimate; by itself it is what `usual` makes of it.
fn track(
    call: &Call<'_>,
    jira: &mut JiraSite,
    id: u64,
    spent: Option<u64>,
    worklog: Option<u64>,
    usual: impl Fn(u64) -> u64,
) {
    let duration = |name: &str| call.parameter(name).and_then(durations::seconds);
    let Some(issue) = jira.issue_mut(id) else { return };
    let before = issue.tracked("timeestimate");
    let after = match call.parameter("adjustEstimate") {
        Some("leave") => before,
        Some("new") => duration("newEstimate").or(before),
        Some("manual") => before.map(|before| {
            let more = before.saturating_add(duration("increaseBy").unwrap_or(0));
            more.saturating_sub(duration("reduceBy").unwrap_or(0))
        }),
        _ => before.map(usual),
    };
    if after != before {
        issue.estimate("timeestimate", after);
    }
    let logged = |seconds: Option<u64>| (seconds.map(|all| all.to_string()), seconds.map(|all| all.to_string()));
    let mut items: Vec<ChangeItem> = worklog
        .map(|worklog| ChangeItem::new("WorklogId", "WorklogId", logged(Some(worklog)), (None, None)))
        .into_iter()
        .collect();
    for (field, old, new) in [("timeestimate", before, after), ("timespent", spent, issue.tracked("timespent"))] {
        if old != new {
            items.push(ChangeItem::new(field, field, logged(old), logged(new)));
        }
    }
    editing::log(call, jira, id, items);
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
    let written = || durations::seconds(body["timeSpent"].as_str()?);
    body["timeSpentSeconds"].as_u64().or_else(written).filter(|seconds| *seconds > 0)
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
        "updateAuthor": user(call, worklog.editor.unwrap_or(worklog.author)),
        "created": call.date(worklog.created),
        "updated": call.date(worklog.updated),
        "started": worklog.started,
        "timeSpent": durations::pretty(worklog.seconds),
        "timeSpentSeconds": worklog.seconds,
    });
    if let Some(comment) = &worklog.comment {
        described["comment"] = call.edition.written_text(comment);
    }
    if call.expands("properties") {
        described["properties"] = properties::listed(&worklog.properties);
    }
    described
}
