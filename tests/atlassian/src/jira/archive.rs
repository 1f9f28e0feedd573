//! Archived issues: they can be read, and neither found nor changed.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::site::JiraSite;
use super::tasks::{self, Work};
use super::{issues, jql, search};

/// The most issues of one call.
const MOST: usize = 1_000;

/// `PUT issue/archive`: how many, and what is wrong with the others. Sub-tasks go with their parents only.
pub(super) fn archive(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    change(call, jira, true)
}

/// `PUT issue/unarchive`.
pub(super) fn unarchive(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    change(call, jira, false)
}

fn change(call: &Call<'_>, jira: &mut JiraSite, archived: bool) -> Outcome {
    only_administrators(call)?;
    let body: Value = call.json()?;
    let wanted = body["issueIdsOrKeys"].as_array().cloned().unwrap_or_default();
    let wanted: Vec<String> = wanted.iter().filter_map(Value::as_str).map(String::from).collect();
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(Answer::refusal(400, "Between 1 and 1000 issue ids or keys must be given."));
    }
    let (mut known, mut unknown, mut subtasks) = (Vec::new(), Vec::new(), Vec::new());
    for key in &wanted {
        match jira.issue(key) {
            None => unknown.push(key),
            Some(issue) if is_subtask(jira, issue) => subtasks.push(key),
            Some(issue) => known.push(issue.id),
        }
    }
    let mut errors = Map::new();
    for (name, keys, message) in [
        ("issuesNotFound", unknown, "Issues do not exist or you do not have permission to see them."),
        ("issueIsSubtask", subtasks, "Sub-tasks are archived and unarchived with their parents."),
    ] {
        if !keys.is_empty() {
            errors.insert(name.into(), json!({ "count": keys.len(), "issueIdsOrKeys": keys, "message": message }));
        }
    }
    for id in &known {
        set(call, jira, *id, archived);
    }
    Ok(Answer::ok(json!({ "numberOfIssuesUpdated": known.len(), "errors": errors })))
}

/// `POST issue/archive` at Cloud: everything that a search finds, in a task.
pub(super) fn archive_found(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    only_administrators(call)?;
    let body: Value = call.json()?;
    let query = search::bounded(body["jql"].as_str().unwrap_or_default(), call, jira)?;
    let reader = jql::Reader::new(jira, call.person, call.now);
    let may_go = |issue: &&Issue| !issue.archived && !is_subtask(jira, issue) && query.matches(reader, issue);
    let issues = jira.issues.iter().filter(may_go).map(|issue| issue.id).collect();
    let task = tasks::submit(call, jira, Work::Archive { issues });
    Ok(Answer::accepted(Some(json!(format!("{}/task/{task}", call.api)))))
}

/// `PUT issue/{issueIdOrKey}/archive` and `…/restore` at Data Center.
pub(super) fn archive_one(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    change_one(call, jira, true)
}

pub(super) fn restore_one(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    change_one(call, jira, false)
}

fn change_one(call: &Call<'_>, jira: &mut JiraSite, archived: bool) -> Outcome {
    only_administrators(call)?;
    let id = issues::visible(call, jira)?.id;
    set(call, jira, id, archived);
    Ok(Answer::no_content())
}

fn only_administrators(call: &Call<'_>) -> Result<(), Answer> {
    let refused = || Answer::refusal(403, "Only Jira administrators can archive issues.");
    call.person.administers_sites().then_some(()).ok_or_else(refused)
}

fn is_subtask(jira: &JiraSite, issue: &Issue) -> bool {
    jira.configuration.issue_type(issue.type_id).is_some_and(super::configuration::IssueType::is_subtask)
}

/// Archives an issue with its sub-tasks, or takes them back.
pub(super) fn set(call: &Call<'_>, jira: &mut JiraSite, id: u64, archived: bool) {
    let below: Vec<u64> = jira.subtasks_of(id).map(|issue| issue.id).collect();
    for id in below.into_iter().chain([id]) {
        if let Some(issue) = jira.issue_mut(id) {
            issue.archived = archived;
            issue.archiver = archived.then_some((call.person, call.now));
            issue.touch(call.now);
        }
    }
}
