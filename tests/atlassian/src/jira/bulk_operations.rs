//! Bulk operations on issues: move, transition, delete. Each is a task, which `bulk/queue/{taskId}` tells of.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::moves::move_to_project;
use super::site::JiraSite;
use super::tasks::{self, Work};
use super::{issues, named, references, transitions};

/// The most issues of one operation.
const MOST: usize = 1_000;

/// `POST bulk/issues/move`: the keys of the mapping are a project, a type and, for sub-tasks, a parent.
pub(super) fn submit_move(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let mappings = body["targetToSourcesMapping"].as_object().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for (target, sources) in &mappings {
        let mut parts = target.split(',');
        let (project, type_id) = (parts.next().unwrap_or_default(), parts.next());
        let type_id = type_id.map(|id| id.parse().map_err(|_| refused("The target issue type is not valid.")));
        let issues = accessible(call, jira, &sources["issueIdsOrKeys"])?;
        let may_create = |one| jira.permits(call.person, one, "CREATE_ISSUES", None);
        if !jira.project(project).is_some_and(may_create) {
            return Err(refused("The target project does not exist, or you cannot create issues there."));
        }
        all.push(Work::Move { issues, project: project.to_owned(), type_id: type_id.transpose()? });
    }
    accepted(call, jira, all)
}

/// `POST bulk/issues/transition`: only transitions that need no fields.
pub(super) fn submit_transition(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let mut all = Vec::new();
    for input in body["bulkTransitionInputs"].as_array().into_iter().flatten() {
        let issues = accessible(call, jira, &input["selectedIssueIdsOrKeys"])?;
        let transition = named(input, &["transitionId"]).ok_or_else(|| refused("The transition is missing."))?;
        all.push(Work::Transition { issues, transition });
    }
    accepted(call, jira, all)
}

/// `POST bulk/issues/delete`.
pub(super) fn submit_delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let issues = accessible(call, jira, &body["selectedIssueIdsOrKeys"])?;
    accepted(call, jira, vec![Work::Delete { issues }])
}

fn accepted(call: &Call<'_>, jira: &mut JiraSite, all: Vec<Work>) -> Outcome {
    if all.is_empty() {
        return Err(refused("No issues were given."));
    }
    let task = tasks::submit(call, jira, Work::All(all));
    Ok(Answer::created(json!({ "taskId": task.to_string() })))
}

/// The ids of issues that the caller sees, of which there are some but not too many.
fn accessible(call: &Call<'_>, jira: &JiraSite, sent: &Value) -> Result<Vec<u64>, Answer> {
    let sent = sent.as_array().map(Vec::as_slice).unwrap_or_default();
    if sent.is_empty() || sent.len() > MOST {
        return Err(refused("Between 1 and 1000 issue ids or keys must be given."));
    }
    let keys = sent.iter().map(|key| named(&json!({ "it": key }), &["it"]).unwrap_or_default());
    let found = keys.map(|key| {
        let issue = jira.issue(&key).filter(|issue| jira.may_browse(call.person, issue));
        issue
            .map(|issue| issue.id)
            .ok_or_else(|| refused(&format!("The issue {key} does not exist or is not accessible.")))
    });
    found.collect()
}

fn refused(sentence: &str) -> Answer {
    Answer::bulk_refusal(400, sentence)
}

/// Does to one issue what a task is for. `Err` has Jira's sentences.
pub(super) fn perform_one(call: &Call<'_>, jira: &mut JiraSite, work: &Work, id: u64) -> Result<(), Vec<String>> {
    let gone = || vec!["The issue does not exist any more.".to_owned()];
    let issue = jira.issue_by_id(id).ok_or_else(gone)?;
    let may = |permission: &str| {
        let permitted = jira.permits(call.person, jira.project_of(issue), permission, Some(issue));
        permitted.then_some(()).ok_or_else(|| vec![format!("You do not have the permission {permission}.")])
    };
    match work {
        Work::Move { project, type_id, .. } => {
            may("MOVE_ISSUES")?;
            move_to_project(jira, id, project, *type_id, call.person, call.now).map_err(|sentence| vec![sentence])
        }
        Work::Transition { transition, .. } => {
            let body = json!({ "transition": { "id": transition } });
            transitions::make(call, jira, id, &body).map_err(|refused| sentences(&refused.into_body()))
        }
        Work::Delete { .. } => {
            may("DELETE_ISSUES")?;
            issues::remove(call, jira, id);
            Ok(())
        }
        Work::Archive { .. } | Work::All(_) => Ok(()),
    }
}

/// The sentences of a refusal.
fn sentences(body: &Value) -> Vec<String> {
    let general = body["errorMessages"].as_array().into_iter().flatten();
    let of_fields = body["errors"].as_object().into_iter().flat_map(|errors| errors.values());
    general.chain(of_fields).filter_map(Value::as_str).map(String::from).collect()
}

/// `GET bulk/issues/transition`: what is open, issues that have the same together. What needs fields is left out.
pub(super) fn available_transitions(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let keys = json!(call.parameters("issueIdsOrKeys"));
    let ids = accessible(call, jira, &keys)?;
    let mut groups: Vec<(Vec<Value>, Vec<String>, bool)> = Vec::new();
    for issue in ids.iter().filter_map(|id| jira.issue_by_id(*id)) {
        let open = transitions::open(call, jira, issue);
        let plain = open.iter().filter(|one| one.screen.is_none() && one.validators.is_empty());
        let described: Vec<Value> = plain
            .map(|one| {
                let to = jira.configuration.status_named(&one.to).map(|status| references::status(call, status));
                let to = to.map(|to| json!({ "statusId": to["id"].as_str().and_then(|id| id.parse::<u64>().ok()), "statusName": to["name"] }));
                json!({ "transitionId": one.id, "transitionName": one.name, "to": to })
            })
            .collect();
        let is_filtered = described.len() < open.len();
        match groups.iter_mut().find(|(same, _, filtered)| *same == described && *filtered == is_filtered) {
            Some((_, keys, _)) => keys.push(Issue::key(issue)),
            None => groups.push((described, vec![issue.key()], is_filtered)),
        }
    }
    let groups = groups.into_iter().map(|(transitions, issues, is_filtered)| {
        json!({ "issues": issues, "transitions": transitions, "isTransitionsFiltered": is_filtered })
    });
    Ok(Answer::ok(json!({ "availableTransitions": groups.collect::<Vec<_>>() })))
}
