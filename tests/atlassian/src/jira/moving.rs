//! Moving issues to another project: the key changes, the id stays, and the old key still leads there.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::IssueType;
use super::editing;
use super::issue::{ChangeItem, Issue};
use super::site::JiraSite;
use super::webhooks::Event;
use crate::clock::Moment;
use crate::people::Person;

/// `POST bulk/issues/move`. It is done when the answer comes, and the task says so.
pub(super) fn submit(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let mappings = body["targetToSourcesMapping"].as_object().cloned().unwrap_or_default();
    if mappings.is_empty() {
        return Err(Answer::refusal(400, "The targetToSourcesMapping is missing."));
    }
    for (target, sources) in &mappings {
        let mut parts = target.split(',');
        let (project, type_id) =
            (parts.next().unwrap_or_default().to_owned(), parts.next().and_then(|id| id.parse().ok()));
        let issues = sources["issueIdsOrKeys"].as_array().cloned().unwrap_or_default();
        for key in issues.iter().filter_map(Value::as_str) {
            let issue =
                jira.issue(key).filter(|issue| jira.may_browse(call.person, issue)).ok_or_else(Answer::no_issue)?;
            if !jira.permits(call.person, jira.project_of(issue), "MOVE_ISSUES", Some(issue)) {
                return Err(Answer::refusal(403, "You do not have the permission to move this issue."));
            }
            let id = issue.id;
            move_one(jira, id, &project, type_id, call.person, call.now)
                .map_err(|sentence| Answer::refusal(400, &sentence))?;
        }
    }
    let task = jira.next_id();
    Ok(Answer::created(json!({ "taskId": task.to_string() })))
}

/// `GET bulk/queue/{taskId}`: whatever was submitted is done.
pub(super) fn progress(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let task = call.captured("taskId");
    let known = task.parse::<u64>().is_ok_and(|id| id <= jira.next_id);
    if !known {
        return Err(Answer::refusal(400, "There is no task with that id."));
    }
    Ok(Answer::ok(
        json!({ "taskId": task, "status": "COMPLETE", "progressPercent": 100, "processedAccessibleIssues": [],
        "failedAccessibleIssues": {}, "totalIssueCount": 0, "invalidOrInaccessibleIssueCount": 0 }),
    ))
}

/// Moves an issue; it gets the next number there, and the first status if its own is not in the workflow there.
pub(crate) fn move_one(
    jira: &mut JiraSite,
    id: u64,
    project: &str,
    type_id: Option<u64>,
    author: Person,
    now: Moment,
) -> Result<(), String> {
    let configuration = jira.configuration.clone();
    let target = jira.project(project).cloned().ok_or_else(|| format!("There is no project {project}."))?;
    let number = jira.next_number(&target.key);
    let types = configuration.types_of(&target.template);
    let issue = jira.issue_mut(id).ok_or("There is no such issue.")?;
    if issue.project == target.key {
        return Err("The issue is in that project already.".into());
    }
    let offered = |wanted: &u64| types.iter().any(|one: &&IssueType| one.id == *wanted);
    let type_id = type_id.or(Some(issue.type_id)).filter(offered).unwrap_or(types[0].id);
    let old = issue.key();
    issue.former_keys.push(old.clone());
    (issue.project, issue.number, issue.type_id) = (target.key.clone(), number, type_id);
    let mut items = vec![moved("Key", Some(old), Some(issue.key()))];
    forget_parts(issue);
    let workflow = configuration.workflow_of(&target.template, type_id);
    let status = configuration.status(issue.status_id).map(|status| status.name.clone()).unwrap_or_default();
    if !workflow.statuses.contains(&status)
        && let Some(first) = workflow.initial().and_then(|initial| configuration.status_named(&initial.to))
    {
        items.extend(editing::change_status(jira, id, first.id, now));
    }
    if let Some(issue) = jira.issue_mut(id) {
        issue.record(author, now, items.clone());
    }
    jira.events.push(Event::Updated { issue: id, author, items });
    Ok(())
}

/// Components and versions belong to a project.
fn forget_parts(issue: &mut Issue) {
    for field in ["components", "fixVersions", "versions"] {
        issue.set(field, Value::Null);
    }
}

fn moved(field: &str, from_text: Option<String>, to_text: Option<String>) -> ChangeItem {
    ChangeItem {
        field: field.into(),
        field_id: field.into(),
        is_custom: false,
        from: None,
        from_text,
        to: None,
        to_text,
    }
}
