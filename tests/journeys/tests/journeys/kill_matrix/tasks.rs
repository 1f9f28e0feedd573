//! A task on its way into Jira: created, moved, walked through a status, and put right by a resync.

use std::pin::pin;
use std::time::Duration;

use api::{
    CreateResync, GetTask, LinkTask, LinkTaskRequest, List, ListResyncs, NewResync, Nothing, Resync, ResyncDirection,
    ResyncScope, ResyncState, StartResync, Task, TaskState, UnlinkTask,
};
use atlassian::{Endpoint, Fault, Hold, Kind, Recorded, Stage};
use futures::future::{Either, select};
use journeys::{Causeway, PATIENCE, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Arrow, REST, matrix};
use crate::tasks::{Product, task};

/// A lost answer of Jira is looked for after 15 s, a minute and five.
const LOOKS: Duration = Duration::from_secs(100);
const TITLE: &str = "The crane is too slow";

/// A product whose tasks are on their way.
struct Working {
    causeway: Causeway,
    product: Product,
}

/// Pushes the task F-1 with this status. Nothing if the Worker ends meanwhile.
async fn push(product: &Product, status: &str) -> Option<()> {
    product.push("F-1", &task(status)).await.filter(|status| *status == 200).map(drop)
}

/// Makes one resync, in which the product wins, and goes through with it: from wherever it has got. Nothing if the Worker ends
/// meanwhile.
async fn resync(product: &Product) -> Option<()> {
    let ada = &product.ada;
    let step = async || {
        let listed = ada.tries(ada.call::<ListResyncs>(&product.project, &Nothing {})).await;
        let Some(listed) = listed.filter(|answer| answer.status == 200) else { return Some(None) };
        let newest = listed.json::<List<Resync>>().items.into_iter().next();
        let request = match newest.as_ref().map(|resync| (resync.state, &resync.id)) {
            Some((ResyncState::Finished, _)) => return Some(Some(())),
            Some((ResyncState::Ready, id)) => ada.call::<StartResync>(id, &Nothing {}),
            Some((ResyncState::Planning | ResyncState::Running, _)) => return None,
            _ => {
                let (scope, direction) = (ResyncScope::All, ResyncDirection::ProductWins);
                let new = NewResync { scope, direction, external_ids: Vec::new() };
                ada.call::<CreateResync>(&product.project, &new)
            }
        };
        ada.tries(request).await.is_none().then_some(None)
    };
    eventually(LOOKS, step).await.flatten()
}

/// The issues of our tasks that Jira really has.
pub(super) async fn issues_of(product: &Product) -> usize {
    let jql = format!("project = {}", product.jira_project);
    let search = json!({"jql": jql, "fields": ["summary"], "maxResults": 100});
    let found = product.jira(Method::POST, "search/jql", &search).await;
    let issues = found["issues"].as_array().cloned().unwrap_or_default();
    issues.iter().filter(|issue| issue["fields"]["summary"] == TITLE).count()
}

impl Working {
    async fn begins() -> Self {
        let causeway = Causeway::start().await;
        let product = Product::at(&causeway).await;
        Self { causeway, product }
    }

    async fn begins_with_incidents() -> Self {
        let causeway = Causeway::start().await;
        let product = Product::of_incidents(&causeway).await;
        Self { causeway, product }
    }

    /// A task that is open on both sides.
    async fn has_an_open_task(self) -> Self {
        self.pushes("open").await;
        self.product.is_in_sync("F-1", "open").await;
        self
    }

    /// A task that is fixed, linked to an issue that is not: a conflict, in which nothing moves by itself.
    async fn has_a_conflict(self) -> Self {
        let working = self.has_an_open_task().await;
        let issue = working.task().await.issue.expect("an issue");
        let (ada, path) = (&working.product.ada, working.product.path("F-1"));
        ada.calls::<UnlinkTask>(&path, &Nothing {}).await.expect(200);
        working.pushes("fixed").await;
        ada.calls::<LinkTask>(&path, &LinkTaskRequest { issue: issue.key }).await.expect(200);
        let conflicts = async || (working.task().await.state == TaskState::Conflict).then_some(());
        assert!(eventually(PATIENCE, conflicts).await.is_some(), "{:?}", working.task().await);
        working
    }

    async fn pushes(&self, status: &str) {
        push(&self.product, status).await.expect("the push is answered");
    }

    /// Does the work, kills at the arrow, and does what the product or a person would do who was not answered. `operation` is
    /// the call of Jira's that is held. Answers whether there is such an arrow.
    async fn killed_at(&mut self, arrow: Arrow, operation: &str, work: impl AsyncFn(&Product) -> Option<()>) -> bool {
        self.causeway.model.forget_requests();
        match arrow {
            Arrow::Held(stage) => {
                let hold = self.holds(stage, operation);
                {
                    // Some work ends before Jira is called, and some only after.
                    let is_called = eventually(PATIENCE, async || (self.made(operation) > 0).then_some(()));
                    let is_called = match select(pin!(work(&self.product)), pin!(is_called)).await {
                        Either::Left((_, is_called)) => is_called.await,
                        Either::Right((is_called, _)) => is_called,
                    };
                    assert!(is_called.is_some(), "{operation} was not called");
                }
                self.causeway.worker.is_killed_and_restarted().await;
                hold.release();
            }
            Arrow::Write(number) => {
                let watch = self.causeway.worker.kill_at_write(number);
                let _done = work(&self.product).await;
                watch.kills_or_rests(REST).await;
                if !watch.ends() {
                    return false;
                }
                self.causeway.worker.restarts().await;
            }
        }
        assert!(work(&self.product).await.is_some(), "{arrow:?}: what is asked again is answered");
        true
    }

    fn holds(&self, stage: Stage, operation: &str) -> Hold {
        let fault = Fault { stage, ..Fault::after(Endpoint::Jira, Kind::Slow) }.on_operation(operation);
        self.causeway.model.inject_fault(fault)
    }

    /// How often Jira was called for that operation.
    fn made(&self, operation: &str) -> usize {
        let end = if operation == "createIssue" { "/issue" } else { "/transitions" };
        let is_one = |one: &&Recorded| one.method == Method::POST && one.path.ends_with(end);
        self.causeway.model.requests().iter().filter(is_one).count()
    }

    async fn task(&self) -> Task {
        self.product.calls::<GetTask>(&self.product.path("F-1"), &Nothing {}).await
    }

    /// Waits until the task is in sync, or as far as it gets within the looks for a lost answer.
    async fn end(&self, status: &str) -> Task {
        let wanted = async || {
            let task = self.task().await;
            (task.state == TaskState::InSync && task.status.as_str() == status).then_some(task)
        };
        match eventually(LOOKS, wanted).await {
            Some(task) => task,
            None => self.task().await,
        }
    }

    /// The product calls the task fixed, and the Worker is killed at that arrow of moving its issue. Nothing if there is no
    /// such arrow.
    async fn ends_although_killed(mut self, arrow: Arrow) -> Option<(String, usize)> {
        if !self.killed_at(arrow, "doTransition", async |product| push(product, "fixed").await).await {
            return None;
        }
        self.ends_fixed(arrow).await
    }

    /// The task is fixed, and its only issue is done: as if nothing had been killed.
    async fn ends_fixed(&self, arrow: Arrow) -> Option<(String, usize)> {
        let task = self.end("fixed").await;
        assert_eq!(task.state, TaskState::InSync, "{arrow:?}: {task:?}");
        let key = task.issue.expect("an issue").key;
        let issue = self.product.jira(Method::GET, &format!("issue/{key}"), &Value::Null).await;
        assert_eq!(issue["fields"]["status"]["statusCategory"]["key"], "done", "{arrow:?}");
        assert_eq!(issues_of(&self.product).await, 1, "{arrow:?}");
        Some((format!("in sync, {}", issue["fields"]["status"]["name"]), self.made("doTransition")))
    }
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_creating_an_issue_there_is_one_issue_or_none_yet() {
    matrix("Creating an issue", async |arrow| {
        let mut working = Working::begins().await;
        if !working.killed_at(arrow, "createIssue", async |product| push(product, "open").await).await {
            return None;
        }
        let (task, issues) = (working.end("open").await, issues_of(&working.product).await);
        // What was not created is created again once it is sure that Jira's index would show it: after an hour at most.
        let waits = matches!(task.state, TaskState::OutcomeUnknown) && issues == 0;
        assert!(waits || task.state == TaskState::InSync && issues == 1, "{arrow:?}: {issues} issues of {task:?}");
        Some((format!("{:?}, {issues} issues", task.state), working.made("createIssue")))
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_moving_an_issue_it_ends_where_it_would_have() {
    matrix("Moving an issue", async |arrow| {
        Working::begins().await.has_an_open_task().await.ends_although_killed(arrow).await
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_a_walk_through_a_status_it_ends_where_it_would_have() {
    matrix("Walking an issue from Open over In Progress to Resolved", async |arrow| {
        Working::begins_with_incidents().await.has_an_open_task().await.ends_although_killed(arrow).await
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_a_resync_it_is_carried_out_once_and_finished() {
    matrix("A resync, from its preview to its report", async |arrow| {
        let mut working = Working::begins().await.has_a_conflict().await;
        if !working.killed_at(arrow, "doTransition", async |product| resync(product).await).await {
            return None;
        }
        let project = &working.product.project;
        let all: List<Resync> = working.product.ada.calls::<ListResyncs>(project, &Nothing {}).await.expect(200).json();
        let finished: Vec<_> = all.items.iter().filter(|one| one.state == ResyncState::Finished).collect();
        assert_eq!(finished.len(), 1, "{arrow:?}: {all:?}");
        let (planned, results) = (finished[0].planned, finished[0].results);
        assert_eq!((planned.moved, results.done, results.failed), (1, 1, 0), "{arrow:?}: {finished:?}");
        working.ends_fixed(arrow).await
    })
    .await;
}
