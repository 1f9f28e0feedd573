//! The watchdog: what wakes a keeper whose alarm the platform has lost.

use api::{ListTasks, ListTasksQuery, PutTask, TaskCounts};
use atlassian::{Endpoint, Fault, Kind};
use journeys::{Causeway, PATIENCE, eventually};
use reqwest::Method;
use serde_json::Value;

use crate::tasks::{Product, task};

/// How many tasks are in which state. Unlike a look at a task, this does not set the keeper's alarm.
async fn counts(product: &Product) -> TaskCounts {
    let query = ListTasksQuery { limit: Some(1), ..ListTasksQuery::default() };
    product.calls::<ListTasks>(&product.project, &query).await.counts
}

#[tokio::test]
async fn a_keeper_whose_alarm_was_lost_is_woken_by_the_cron_trigger_and_goes_on() {
    let mut causeway = Causeway::start().await;
    let product = Product::at(&causeway).await;
    product.calls::<PutTask>(&product.path("F-1"), &task("open")).await;
    let issue = product.is_in_sync("F-1", "open").await.issue.expect("an issue");

    // The keeper is at work on a change when its alarm is lost.
    causeway.model.forget_requests();
    let reads_it = Fault::before(Endpoint::Jira, Kind::Slow).on_operation("getIssue");
    let hold = causeway.model.inject_fault(reads_it);
    product.calls::<PutTask>(&product.path("F-1"), &task("fixed")).await;
    let is_held = eventually(PATIENCE, async || (!causeway.model.requests().is_empty()).then_some(())).await;
    assert!(is_held.is_some(), "the keeper does not look at the issue");
    causeway.worker.loses_alarms_of("ProjectKeeper").await;
    hold.release();
    let before = counts(&product).await;
    assert_eq!((before.syncing, before.in_sync), (1, 0), "{before:?}");
    assert!(!causeway.worker.log().contains("project.overdue"), "nobody has looked yet");

    causeway.worker.has_its_cron_trigger().await;
    causeway.worker.logs("project.overdue").await;
    let goes_on = eventually(PATIENCE, async || (counts(&product).await.in_sync == 1).then_some(())).await;
    assert!(goes_on.is_some(), "{:?}", counts(&product).await);
    let read = product.jira(Method::GET, &format!("issue/{}", issue.key), &Value::Null).await;
    assert_eq!(read["fields"]["status"]["statusCategory"]["key"], "done", "{read}");
}
