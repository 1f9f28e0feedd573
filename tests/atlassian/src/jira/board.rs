//! What the board on the page of the model does: looking at a project, moving an issue, deleting one.

use super::configuration::Workflow;
use super::editing;
use super::issue::Issue;
use super::site::JiraSite;
use super::webhooks::Event;
use crate::clock::Moment;
use crate::people::Person;

/// One column of a board.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) status: &'a str,
    /// The newest first.
    pub(crate) issues: Vec<&'a Issue>,
}

/// The columns of a project: the statuses of its workflows, in their order.
pub(crate) fn columns<'a>(jira: &'a JiraSite, project: &str) -> Vec<Column<'a>> {
    let Some(project) = jira.project(project) else { return Vec::new() };
    let mut names: Vec<&str> = Vec::new();
    for one in jira.configuration.types_of(&project.template) {
        let workflow: &Workflow = jira.configuration.workflow_of(&project.template, one.id);
        let new = workflow.statuses.iter().map(String::as_str).filter(|name| !names.contains(name)).collect::<Vec<_>>();
        names.extend(new);
    }
    let column = |status| {
        let id = jira.configuration.status_named(status).map(|found| found.id);
        let in_it = |issue: &&Issue| issue.project == project.key && Some(issue.status_id) == id;
        let mut issues: Vec<&Issue> = jira.issues.iter().filter(in_it).collect();
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.updated));
        Column { status, issues }
    };
    names
        .into_iter()
        .map(column)
        .filter(|column| !column.issues.is_empty() || column_is_usual(jira, &project.template, column.status))
        .collect()
}

/// Whether the types that are no exception have that status.
fn column_is_usual(jira: &JiraSite, template: &str, status: &str) -> bool {
    let types = jira.configuration.types_of(template);
    types
        .first()
        .is_some_and(|one| jira.configuration.workflow_of(template, one.id).statuses.iter().any(|name| name == status))
}

/// Somebody drags an issue to another status, whatever the workflow says.
pub(crate) fn drag(jira: &mut JiraSite, key: &str, status: &str, author: Person, now: Moment) -> Result<(), String> {
    let id = jira.issue(key).map(|issue| issue.id).ok_or_else(|| format!("There is no issue {key}."))?;
    let to = jira.configuration.status_named(status).map(|found| found.id);
    let to = to.ok_or_else(|| format!("There is no status {status}."))?;
    let items: Vec<_> = editing::change_status(jira, id, to, now).into_iter().collect();
    if let Some(issue) = jira.issue_mut(id) {
        issue.record(author, now, items.clone());
    }
    if !items.is_empty() {
        jira.events.push(Event::Updated { issue: id, author, items });
    }
    Ok(())
}

/// Somebody deletes an issue, with what is under it.
pub(crate) fn delete(jira: &mut JiraSite, key: &str, author: Person) -> Result<(), String> {
    let issue = jira.issue(key).cloned().ok_or_else(|| format!("There is no issue {key}."))?;
    let below: Vec<u64> = jira.subtasks_of(issue.id).map(|subtask| subtask.id).collect();
    for id in below.into_iter().chain([issue.id]) {
        if let Some(gone) = jira.issue_by_id(id).cloned() {
            jira.events.push(Event::Deleted { issue: Box::new(gone), author });
        }
        jira.remove(id);
    }
    Ok(())
}

/// Somebody moves an issue to another project.
pub(crate) fn move_to(
    jira: &mut JiraSite,
    key: &str,
    project: &str,
    author: Person,
    now: Moment,
) -> Result<(), String> {
    let id = jira.issue(key).map(|issue| issue.id).ok_or_else(|| format!("There is no issue {key}."))?;
    super::moves::move_to_project(jira, id, project, None, author, now)
}
