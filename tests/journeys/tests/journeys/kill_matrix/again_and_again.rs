//! Many tasks and many changes, while answers and events get lost and the Worker is killed again and again.

use std::time::Duration;

use api::{
    BatchTask, GetTask, ListTasks, ListTasksQuery, Nothing, PushTasks, PutTask, Task, TaskBatch, TaskBatchAnswer,
    TaskPage, TaskState,
};
use atlassian::sites::HARBOUR;
use atlassian::{DeliveryOrder, Endpoint, Fault, Kind, Person, Recorded, WebhookDelivery};
use journeys::{Causeway, PATIENCE, eventually};
use reqwest::Method;
use serde_json::Value;

use super::tasks::issues_of;
use crate::tasks::{Product, task};

/// How often the Worker is killed, and how many tasks are new each time.
const ROUNDS: usize = 4;
const NEW: usize = 12;
/// A lost answer is looked for after 15 s, a minute and five.
const LOOKS: Duration = Duration::from_secs(400);
/// What an event did not tell is found within a minute, and carried out.
const POLLS: Duration = Duration::from_secs(200);

async fn pushes(product: &Product, numbers: std::ops::Range<usize>) {
    let tasks = numbers.map(|number| BatchTask { external_id: format!("F-{number}"), task: task("open") });
    let batch = TaskBatch { tasks: tasks.collect() };
    let answer: TaskBatchAnswer = product.calls::<PushTasks>(&product.project, &batch).await;
    assert!(answer.results.iter().all(|one| one.refused.is_none()), "{answer:?}");
}

/// The tasks. Reading one of them wakes the keeper, which would sleep for a minute after it was killed.
async fn tasks(product: &Product) -> Vec<Task> {
    product.calls::<GetTask>(&product.path("F-0"), &Nothing {}).await;
    let query = ListTasksQuery { limit: Some(100), ..ListTasksQuery::default() };
    let page: TaskPage = product.calls::<ListTasks>(&product.project, &query).await;
    page.items
}

fn is_creation(one: &Recorded) -> bool {
    one.method == Method::POST && one.path.ends_with("/issue")
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_while_answers_are_lost_and_the_index_lags_each_task_has_one_issue() {
    let mut causeway = Causeway::start().await;
    let product = Product::at(&causeway).await;
    causeway.model.set_index_lag(Duration::from_secs(10));
    for round in 0..ROUNDS {
        // Jira creates two of the issues, and the answers get lost.
        let lost = Fault::after(Endpoint::Jira, Kind::Reset).on_operation("createIssue").times(2);
        causeway.model.inject_fault(lost);
        causeway.model.forget_requests();
        pushes(&product, round * NEW..(round + 1) * NEW).await;
        let made = || causeway.model.requests().iter().filter(|one| is_creation(one)).count();
        let is_at_work = eventually(PATIENCE, async || (made() > 2).then_some(())).await;
        assert!(is_at_work.is_some(), "round {round}: {:?}", tasks(&product).await);
        causeway.worker.is_killed_and_restarted().await;
        tasks(&product).await;
    }
    causeway.model.clear_faults();
    // What is created after the last kill shows that the index has passed it.
    let all = (ROUNDS + 1) * NEW;
    pushes(&product, ROUNDS * NEW..all).await;
    let in_sync = async || tasks(&product).await.iter().all(|task| task.state == TaskState::InSync).then_some(());
    assert!(eventually(LOOKS, in_sync).await.is_some(), "{:?}", tasks(&product).await);
    let mut keys: Vec<_> = tasks(&product).await.into_iter().filter_map(|task| Some(task.issue?.key)).collect();
    keys.sort();
    keys.dedup();
    let shown = eventually(PATIENCE, async || (issues_of(&product).await >= all).then_some(())).await;
    assert!(shown.is_some(), "{} issues in Jira", issues_of(&product).await);
    assert_eq!((keys.len(), issues_of(&product).await), (all, all), "no doubles, and none forgotten");
    println!("Creating {all} issues with lost answers, killed {ROUNDS} times: {all} issues");
}

/// Whether a task is where it stays: in sync with its issue, or waiting for a person.
async fn is_settled(product: &Product, task: &Task) -> bool {
    if matches!(task.state, TaskState::Conflict | TaskState::Blocked) {
        return true;
    }
    let Some(issue) = task.issue.as_ref().filter(|_| task.state == TaskState::InSync) else { return false };
    let issue = product.jira(Method::GET, &format!("issue/{}", issue.key), &Value::Null).await;
    match issue["fields"]["status"]["statusCategory"]["key"].as_str() {
        Some("new") => task.status.as_str() == "open",
        Some("done") => task.status.as_str() == "fixed",
        // The mapping leaves the task as it is.
        _ => true,
    }
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_while_both_sides_change_every_link_settles_and_then_nothing_is_written() {
    const TASKS: usize = 5;
    const CHANGES: usize = 15;
    let mut causeway = Causeway::start_with(|all| all.with("JIRA_EVENTS", "true")).await;
    let product = Product::at(&causeway).await;
    pushes(&product, 0..TASKS).await;
    let mut keys = Vec::new();
    for number in 0..TASKS {
        keys.push(product.is_in_sync(&format!("F-{number}"), "open").await.issue.expect("an issue").key);
    }
    let mut seed = 7_u64;
    let mut any = |of: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % of
    };
    let mut kills = 0;
    for change in 0..CHANGES {
        use WebhookDelivery::{AtOnce, Held, Never, Twice};
        causeway.model.set_webhook_delivery([AtOnce, Twice, Held, Never][any(4)]);
        let (number, side) = (any(TASKS), any(3));
        if side != 0 {
            let status = ["To Do", "In Progress", "Done"][any(3)];
            causeway.model.drag_issue(HARBOUR, &keys[number], status, Person::Bob);
        }
        if side != 1 {
            let status = ["open", "fixed"][any(2)];
            product.calls::<PutTask>(&product.path(&format!("F-{number}")), &task(status)).await;
        }
        if change % 3 == 2 {
            causeway.worker.is_killed_and_restarted().await;
            kills += 1;
        }
        causeway.model.deliver_webhooks(DeliveryOrder::Reversed, 2);
        tasks(&product).await;
    }
    causeway.model.set_webhook_delivery(WebhookDelivery::AtOnce);
    let settled = async || {
        for task in tasks(&product).await {
            if !is_settled(&product, &task).await {
                return None;
            }
        }
        Some(())
    };
    assert!(eventually(POLLS, settled).await.is_some(), "{:?}", tasks(&product).await);
    assert_eq!(issues_of(&product).await, TASKS);

    // A poll and the looks at what it finds write nothing.
    causeway.model.forget_requests();
    let polls = |one: &Recorded| one.method == Method::POST && one.path.ends_with("/search/jql");
    let polled = async || causeway.model.requests().iter().any(polls).then_some(());
    assert!(eventually(POLLS, polled).await.is_some(), "Jira is polled");
    for task in tasks(&product).await {
        assert!(is_settled(&product, &task).await, "{task:?}");
    }
    let reads = ["/search/jql", "/issue/bulkfetch"];
    let is_write = |one: &&Recorded| one.method != Method::GET && !reads.iter().any(|read| one.path.ends_with(read));
    let requests = causeway.model.requests();
    let written: Vec<_> = requests.iter().filter(is_write).map(|one| (&one.method, &one.path)).collect();
    assert!(written.is_empty(), "a quiet system writes {written:?}");
    println!("{CHANGES} changes on both sides, killed {kills} times: settled, and quiet");
}
