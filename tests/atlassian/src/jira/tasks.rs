//! What Jira does on its own time: work that was submitted, is done a while later, and tells how far it is. How long that
//! takes is a setting; if nothing, it is done when the answer has left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::users::user;
use super::{archive, bulk_operations};
use crate::clock::Moment;
use crate::people::Person;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(super) id: u64,
    by: Person,
    submitted: Moment,
    ends: Moment,
    pub(super) work: Work,
    result: Option<Done>,
}

/// What is to be done, to issues by id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Work {
    /// To a project, by key or id, and a type; the type stays if none is named.
    Move {
        issues: Vec<u64>,
        project: String,
        type_id: Option<u64>,
    },
    Transition {
        issues: Vec<u64>,
        transition: String,
    },
    Delete {
        issues: Vec<u64>,
    },
    Archive {
        issues: Vec<u64>,
    },
    /// One after the other.
    All(Vec<Work>),
}

/// What became of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) processed: Vec<u64>,
    pub(super) failed: BTreeMap<u64, Vec<String>>,
}

impl Work {
    fn issues(&self) -> Vec<u64> {
        match self {
            Self::Move { issues, .. }
            | Self::Transition { issues, .. }
            | Self::Delete { issues }
            | Self::Archive { issues } => issues.clone(),
            Self::All(all) => all.iter().flat_map(Self::issues).collect(),
        }
    }

    fn description(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "Archive issues",
            Self::Move { .. } => "Bulk move",
            Self::Transition { .. } => "Bulk transition",
            Self::Delete { .. } => "Bulk delete",
            Self::All(all) => all.first().map_or("Nothing", Self::description),
        }
    }
}

impl Task {
    /// How far it is, of a hundred.
    fn percent(&self, now: Moment) -> u64 {
        let (gone, all) = (now.since(self.submitted).as_secs(), self.ends.since(self.submitted).as_secs());
        if self.result.is_some() { 100 } else { (gone * 100).checked_div(all).unwrap_or(0).min(99) }
    }

    fn status(&self, now: Moment) -> &'static str {
        match &self.result {
            Some(_) => "COMPLETE",
            None if now > self.submitted => "RUNNING",
            None => "ENQUEUED",
        }
    }
}

/// Takes work on; the id of its task.
pub(super) fn submit(call: &Call<'_>, jira: &mut JiraSite, work: Work) -> u64 {
    let id = jira.next_id();
    let ends = Moment(call.now.0 + call.task_seconds);
    jira.tasks.push(Task { id, by: call.person, submitted: call.now, ends, work, result: None });
    id
}

/// The tasks that are due, and whose they are.
pub(super) fn due(jira: &JiraSite, now: Moment) -> Vec<(u64, Person)> {
    let due = jira.tasks.iter().filter(|task| task.result.is_none() && task.ends <= now);
    due.map(|task| (task.id, task.by)).collect()
}

/// Does the work of a task, as the one who submitted it.
pub(super) fn run(call: &Call<'_>, jira: &mut JiraSite, id: u64) {
    let Some(work) = jira.tasks.iter().find(|task| task.id == id).map(|task| task.work.clone()) else { return };
    let mut done = Done::default();
    perform(call, jira, &work, &mut done);
    if let Some(task) = jira.tasks.iter_mut().find(|task| task.id == id) {
        task.result = Some(done);
    }
}

fn perform(call: &Call<'_>, jira: &mut JiraSite, work: &Work, done: &mut Done) {
    if let Work::All(all) = work {
        for work in all {
            perform(call, jira, work, done);
        }
        return;
    }
    for issue in work.issues() {
        let outcome = match work {
            Work::Archive { .. } => {
                archive::set(call, jira, issue, true);
                Ok(())
            }
            _ => bulk_operations::perform_one(call, jira, work, issue),
        };
        match outcome {
            Ok(()) => done.processed.push(issue),
            Err(sentences) => drop(done.failed.insert(issue, sentences)),
        }
    }
}

fn own<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Option<&'j Task> {
    let task = jira.tasks.iter().find(|task| task.id.to_string() == call.captured("taskId"));
    task.filter(|task| task.by == call.person || call.person.administers_sites())
}

/// `GET bulk/queue/{taskId}`.
pub(super) fn bulk_progress(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let task = own(call, jira).ok_or_else(|| Answer::bulk_refusal(400, "There is no task with that id."))?;
    let done = task.result.clone().unwrap_or_default();
    let failed: BTreeMap<String, &Vec<String>> =
        done.failed.iter().map(|(id, sentences)| (id.to_string(), sentences)).collect();
    Ok(Answer::ok(json!({
        "taskId": task.id.to_string(), "status": task.status(call.now), "progressPercent": task.percent(call.now),
        "submittedBy": user(call, task.by), "created": call.date(task.submitted), "started": call.date(task.submitted),
        "updated": call.date(call.now.min(task.ends)), "processedAccessibleIssues": done.processed,
        "failedAccessibleIssues": failed, "totalIssueCount": task.work.issues().len(),
        "invalidOrInaccessibleIssueCount": 0,
    })))
}

/// `GET task/{taskId}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let task = own(call, jira).ok_or_else(|| Answer::refusal(404, "The task was not found."))?;
    let milliseconds = |at: Moment| at.0 * 1_000;
    let mut described = json!({
        "self": format!("{}/task/{}", call.api, task.id), "id": task.id.to_string(), "description": task.work.description(),
        "status": task.status(call.now), "progress": task.percent(call.now),
        // A number from before there were account ids.
        "submittedBy": 10_000 + task.by as u64,
        "submitted": milliseconds(task.submitted), "started": milliseconds(task.submitted),
        "lastUpdate": milliseconds(call.now.min(task.ends)),
        "elapsedRuntime": milliseconds(Moment(call.now.min(task.ends).since(task.submitted).as_secs())),
    });
    if let Some(done) = &task.result {
        described["finished"] = milliseconds(task.ends).into();
        described["result"] = result(done);
    }
    Ok(Answer::ok(described))
}

fn result(done: &Done) -> Value {
    json!({ "numberOfIssuesUpdated": done.processed.len(), "errors": done.failed.len() })
}
