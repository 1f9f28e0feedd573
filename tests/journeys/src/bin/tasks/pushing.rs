//! Tasks that are pushed at once, until all are in Jira or the hour's points are used up.

use std::time::{Duration, Instant};

use api::{BatchTask, KeyScope, Project, PushTasks, PutTask, TaskBatch, TaskBatchAnswer, TaskPath, TaskRefused};
use atlassian::Person;
use futures::{StreamExt as _, stream};
use journeys::{Causeway, Visitor};
use serde_json::json;

use crate::{LOOK, float, page, print_what_is_held, rate};

/// The most tasks of a batch.
const BATCH: usize = 100;
/// How many batches are under way at the same time.
const BATCHES: usize = 4;
/// How many tasks are pushed one by one, and how many of them at the same time.
const SINGLE: usize = 1_000;
const SINGLE_AT_ONCE: usize = 16;
/// Atlassian's points of an hour.
const POINTS: f64 = 65_000.0;

/// A product.
struct Product<'a> {
    machine: &'a Visitor,
    project: &'a Project,
    key: String,
}

pub(crate) async fn measure(many: usize) {
    let causeway = Causeway::start_counting().await;
    causeway.model.change_settings(|settings| settings.enforces_bursts = true);
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let project = ada.links_a_project("DOCK").await;
    ada.maps_as_suggested(&project, &["open", "in progress", "done"]).await;
    let key = ada.makes_a_key(&[KeyScope::TasksRead, KeyScope::TasksWrite]).await.key;
    let machine = causeway.visitor();
    let product = Product { machine: &machine, project: &project, key };
    ada.counted_messages().await;
    let (calls, points) = (causeway.model.requests().len(), causeway.model.points_spent());
    let memory = causeway.worker.resident_memory().unwrap_or_default();

    let began = Instant::now();
    product.pushes(many).await;
    let pushed = began.elapsed();
    println!("{many} tasks, pushed by {BATCH}: {:.1} s, {:.0} a second", pushed.as_secs_f64(), rate(many, pushed));
    let in_jira = waits(&ada, &project, many).await;
    let took = began.elapsed();
    let calls = causeway.model.requests().len() - calls;
    let points = usize::try_from(causeway.model.points_spent() - points).unwrap_or(usize::MAX);
    // What the points of these tasks allow, at the average pace of an hour.
    let quota = Duration::from_secs_f64(float(points) / POINTS * 3600.0);
    println!(
        "{in_jira} of them in Jira after {:.0} s: {:.1} a second, with {:.2} calls and {:.2} points each",
        took.as_secs_f64(),
        rate(in_jira, took),
        float(calls) / float(in_jira),
        float(points) / float(in_jira),
    );
    println!(
        "  Atlassian's quota sets {:.0} s for {points} points, which is {:.2} of the time that it took (aim: 0.9 or more)",
        quota.as_secs_f64(),
        quota.as_secs_f64() / took.as_secs_f64()
    );
    for (binding, sent) in ada.counted_messages().await {
        println!("  messages to {binding}: {sent}, {:.3} for each task", float(sent) / float(in_jira));
    }
    print_what_is_held(&causeway, memory);

    let single = SINGLE.min(many);
    let began = Instant::now();
    product.pushes_one_by_one(single).await;
    let took = began.elapsed();
    println!("{single} known tasks, pushed one by one, {SINGLE_AT_ONCE} at once: {:.0} a second", rate(single, took));
}

impl Product<'_> {
    async fn pushes(&self, many: usize) {
        let batches = (0..many).step_by(BATCH).map(|first| first..many.min(first + BATCH));
        stream::iter(batches).for_each_concurrent(BATCHES, |batch| self.pushes_batch(batch)).await;
    }

    async fn pushes_batch(&self, numbers: std::ops::Range<usize>) {
        let tasks = numbers.map(|number| {
            let task = json!({"title": format!("Finding {number}"), "status": "open", "body": "It is too slow.",
                "url": format!("https://scanner.example/{number}")});
            BatchTask { external_id: format!("F-{number}"), task: serde_json::from_value(task).expect("a task") }
        });
        let batch = TaskBatch { tasks: tasks.collect() };
        let call = self.machine.call::<PushTasks>(&self.project.id, &batch).bearer_auth(&self.key);
        let answer: TaskBatchAnswer = self.machine.sends(call).await.expect(200).json();
        let refused: Vec<TaskRefused> = answer.results.into_iter().filter_map(|one| one.refused).collect();
        if !refused.is_empty() {
            println!("refused: {refused:?}");
        }
    }

    async fn pushes_one_by_one(&self, many: usize) {
        let push = async |number: usize| {
            let task = json!({"title": format!("Finding {number}, again"), "status": "open"});
            let path = TaskPath { id: self.project.id.clone(), external_id: format!("F-{number}") };
            let task = serde_json::from_value(task).expect("a task");
            let call = self.machine.call::<PutTask>(&path, &task).bearer_auth(&self.key);
            self.machine.sends(call).await.expect(200);
        };
        stream::iter(0..many).for_each_concurrent(SINGLE_AT_ONCE, push).await;
    }
}

/// Waits until all are in Jira, or the hour is used up. Answers how many are.
async fn waits(ada: &Visitor, project: &Project, many: usize) -> usize {
    loop {
        let page = page(ada, project).await;
        let in_sync = page.counts.in_sync as usize;
        if in_sync >= many {
            return in_sync;
        }
        if let Some(paused) = page.paused.filter(|paused| paused.sentence.contains("allowance")) {
            println!("{}", paused.sentence);
            return in_sync;
        }
        tokio::time::sleep(LOOK).await;
    }
}
