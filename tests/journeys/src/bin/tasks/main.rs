//! How fast tasks get into Jira, at the pace that Atlassian allows, and how fast many are looked at again: for `make bench`.
//! Prints, asserts nothing.
//!
//! `TASKS` is how many are pushed; 10,000 if it is not set. `RESYNCED` is how many a resync looks at; five times as many if it
//! is not set. A few hundred take a minute.

mod pushing;
mod resyncing;

use std::collections::BTreeMap;
use std::time::Duration;

use api::{ListTasks, ListTasksQuery, Project, TaskPage};
use journeys::{Causeway, Visitor};

/// How long to pause between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// The class of the keepers of projects.
const KEEPER: &str = "ProjectKeeper";

#[tokio::main]
async fn main() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let many = number("TASKS").unwrap_or(10_000);
    pushing::measure(many).await;
    resyncing::measure(number("RESYNCED").unwrap_or(many * 5)).await;
}

/// A page of the project's tasks, with how many are in which state.
async fn page(ada: &Visitor, project: &Project) -> TaskPage {
    let query = ListTasksQuery { limit: Some(1), ..ListTasksQuery::default() };
    ada.calls::<ListTasks>(&project.id, &query).await.expect(200).json()
}

/// What the keeper and its process hold.
fn print_what_is_held(causeway: &Causeway, memory_before: u64) {
    let rows: BTreeMap<String, u64> =
        causeway.worker.rows_of(KEEPER).into_iter().filter(|(_, rows)| *rows > 0).collect();
    println!("  rows of the keeper: {rows:?}");
    let memory = causeway.worker.resident_memory().unwrap_or_default();
    println!("  memory of workerd: {:.0} MB, {:.0} MB before", mega(memory), mega(memory_before));
}

#[expect(clippy::cast_precision_loss, reason = "only the first digits are printed")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "there are some thousands of anything")]
fn float(many: usize) -> f64 {
    many as f64
}

fn rate(many: usize, took: Duration) -> f64 {
    float(many) / took.as_secs_f64()
}
