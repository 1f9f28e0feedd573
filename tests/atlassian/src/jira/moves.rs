//! Moving an issue to another project: the key changes, the id stays, and the old key still leads there.

use serde_json::Value;

use super::configuration::IssueType;
use super::editing;
use super::issue::{ChangeItem, Issue, Logged};
use super::site::JiraSite;
use super::webhooks::Event;
use crate::clock::Moment;
use crate::people::Person;

/// Moves an issue; it gets the next number there, and the first status if its own is not in the workflow there.
pub(crate) fn move_to_project(
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
    let offered = |wanted: &u64| types.iter().any(|one: &&IssueType| one.id == *wanted);
    let type_id = type_id.or(Some(issue.type_id)).filter(offered).unwrap_or(types[0].id);
    let (old, old_type) = (issue.key(), std::mem::replace(&mut issue.type_id, type_id));
    let mut items = Vec::new();
    if issue.project != target.key {
        issue.former_keys.push(old.clone());
        let left = std::mem::replace(&mut issue.project, target.key.clone());
        issue.number = number;
        let new = issue.key();
        forget_parts(issue);
        let left = jira.project(&left).map_or((None, None), |project| logged(project.id, &project.name));
        items.push(ChangeItem::new("project", "project", left, logged(target.id, &target.name)));
        items.push(ChangeItem::new("Key", "Key", (None, Some(old)), (None, Some(new))));
    } else if old_type == type_id {
        return Err("The issue is in that project already.".into());
    }
    if old_type != type_id {
        let named = |id: u64| logged(id, configuration.issue_type(id).map_or("", |one| one.name.as_str()));
        items.push(ChangeItem::new("issuetype", "issuetype", named(old_type), named(type_id)));
    }
    let workflow = configuration.workflow_of(&target.template, type_id);
    let status_id = jira.issue_by_id(id).map_or(0, |issue| issue.status_id);
    let status = configuration.status(status_id).map(|status| status.name.clone()).unwrap_or_default();
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

fn logged(id: u64, name: &str) -> Logged {
    (Some(id.to_string()), Some(name.to_owned()))
}
