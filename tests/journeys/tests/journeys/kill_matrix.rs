//! Killed (SIGKILL) at every arrow of a refresh, and of a task on its way into Jira, on the real `workerd`.
//!
//! An arrow is a request that is held back, before Atlassian does its work or after it, or a write to disk: the Worker has
//! no door for tests, so its writes are watched from outside, and it is killed right after the first of them, the second,
//! and so on, until the work is done. Between two writes there is no more to lose. What happens between a decision and
//! its write cannot be reached from outside; the native tests do that (`edge-core`: `moments`, `no_leeway`, `being_killed`).

use std::time::{Duration, Instant};

use api::{ConnectionId, GetTask, KeyScope, Nothing, ProblemCode, PutTask, Task, TaskState};
use atlassian::{Endpoint, Fault, Hold, Kind, Stage};
use futures::future::join_all;
use journeys::{Answer, Causeway, Connected, PATIENCE, Visitor, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::by_http::ByHttp;
use crate::tasks::{Product, task};

/// How many Workers are killed at the same time.
const AT_ONCE: usize = 8;
/// No work makes more writes.
const ENOUGH: usize = 60;
/// After the last answer, the copy in KV, the report and the counts are written.
const AFTERMATH: Duration = Duration::from_secs(3);
/// Without leeway, an answer that may be lost is looked for in KV for two minutes before the connection is given up.
const VERDICT: Duration = Duration::from_secs(200);
/// A lost answer of Jira is looked for after 15 s, a minute and five.
const LOOKS: Duration = Duration::from_secs(100);

/// When the Worker is killed.
#[derive(Clone, Copy, Debug)]
enum Arrow {
    /// While the request of that name is held back.
    Held(Stage),
    /// After so many writes.
    Write(usize),
}

/// What came of it: how it ended, and how many requests were made. Nothing if there is no such arrow.
type Outcome = Option<(String, usize)>;

/// Goes through all arrows, some at a time, and prints the table.
async fn matrix(name: &str, run: impl AsyncFn(Arrow) -> Outcome) {
    let mut rows = Vec::new();
    let stages = [Stage::BeforeCommit, Stage::AfterCommit].map(Arrow::Held);
    for (arrow, outcome) in stages.into_iter().zip(join_all(stages.iter().map(|arrow| run(*arrow))).await) {
        rows.push((arrow, outcome.expect("the request is made")));
    }
    for first in (1..ENOUGH).step_by(AT_ONCE) {
        let arrows: Vec<_> = (first..first + AT_ONCE).map(Arrow::Write).collect();
        let outcomes = join_all(arrows.iter().map(|arrow| run(*arrow))).await;
        let is_over = outcomes.iter().any(Option::is_none);
        rows.extend(arrows.into_iter().zip(outcomes).filter_map(|(arrow, outcome)| Some((arrow, outcome?))));
        if is_over {
            break;
        }
    }
    println!("\n{name}, killed {} times:", rows.len());
    for (arrow, (end, requests)) in &rows {
        println!("  {:<22} {requests} requests, {end}", format!("{arrow:?}"));
    }
    assert!(rows.len() > 5, "{rows:?}");
}

/// A connection whose token has to be refreshed at the next call.
struct Refreshing {
    causeway: Causeway,
    machine: Visitor,
    key: String,
    connection: ConnectionId,
    path: &'static str,
    endpoint: Endpoint,
    before: usize,
}

impl Refreshing {
    async fn at_cloud() -> Self {
        let causeway = Causeway::start().await;
        causeway.model.change_settings(|settings| settings.access_token_life = 3);
        let Connected { administrator, connection, key } = Connected::at(&causeway).await;
        causeway.model.change_settings(|settings| settings.access_token_life = 3600);
        Self::of(causeway, administrator, key, connection.id, "/rest/api/3/myself", Endpoint::Token, 3).await
    }

    async fn at_data_center() -> Self {
        let fixture = ByHttp::begins().await;
        fixture.quarry.change_settings(|settings| settings.access_token_life = 12);
        let (connection, _) = fixture.connects_by_incoming_link("Quarry").await;
        fixture.quarry.change_settings(|settings| settings.access_token_life = 3600);
        let key = fixture.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
        let ByHttp { causeway, ada, .. } = fixture;
        Self::of(causeway, ada, key, connection.id, "/rest/api/2/myself", Endpoint::DataCenterOauth2, 12).await
    }

    /// Waits until three quarters of the token's life are over.
    async fn of(
        causeway: Causeway,
        machine: Visitor,
        key: String,
        connection: ConnectionId,
        path: &'static str,
        endpoint: Endpoint,
        life: u64,
    ) -> Self {
        let due = Instant::now() + Duration::from_secs(life) * 3 / 4;
        let _due = eventually(PATIENCE, async || (Instant::now() >= due).then_some(())).await;
        let before = causeway.model.count(endpoint);
        Self { causeway, machine, key, connection, path, endpoint, before }
    }

    fn requests(&self) -> usize {
        self.causeway.model.count(self.endpoint) - self.before
    }

    /// Calls Jira. No answer if the Worker is killed meanwhile.
    async fn call(&self) -> Option<Answer> {
        let address = format!("/api/v1/connections/{}/jira{}", self.connection, self.path);
        self.machine.tries(self.machine.request(Method::GET, &address).bearer_auth(&self.key)).await
    }

    async fn killed_at(mut self, arrow: Arrow) -> Option<Self> {
        match arrow {
            Arrow::Held(stage) => {
                let fault = Fault { stage, ..Fault::after(self.endpoint, Kind::Slow) };
                let hold = self.causeway.model.inject_fault(fault);
                tokio::select! {
                    answer = self.call() => panic!("answered although the token endpoint is held: {answer:?}"),
                    () = self.causeway.model.wait_for(self.endpoint, self.before + 1) => {}
                }
                self.causeway.worker.is_killed_and_restarted().await;
                hold.release();
            }
            Arrow::Write(number) => {
                let watch = self.causeway.worker.kill_at_write(number);
                let _answer = self.call().await;
                let _killed = eventually(AFTERMATH, async || watch.has_killed().then_some(())).await;
                if !watch.ends() {
                    return None;
                }
                self.causeway.worker.restarts().await;
            }
        }
        Some(self)
    }

    /// Whether calls work again, or a person has to authorize again.
    async fn works(&self) -> bool {
        let end = eventually(VERDICT, async || {
            let answer = self.call().await?;
            (answer.status == 200 || answer.problem() == Some(ProblemCode::ConnectionUnauthorized))
                .then_some(answer.status == 200)
        });
        end.await.expect("calls are answered again")
    }
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_a_refresh_at_cloud_no_connection_is_lost() {
    matrix("A refresh at Cloud", async |arrow| {
        let refreshing = Refreshing::at_cloud().await.killed_at(arrow).await?;
        assert!(refreshing.works().await, "{arrow:?}: the connection is lost");
        let requests = refreshing.requests();
        assert!((1..=2).contains(&requests), "{arrow:?}: {requests} token requests");
        Some(("works".to_owned(), requests))
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_a_refresh_at_data_center_only_what_jira_replaced_unheard_is_lost() {
    matrix("A refresh at Data Center", async |arrow| {
        let refreshing = Refreshing::at_data_center().await.killed_at(arrow).await?;
        let (works, requests) = (refreshing.works().await, refreshing.requests());
        assert!((1..=2).contains(&requests), "{arrow:?}: {requests} token requests");
        if works {
            return Some(("works".to_owned(), requests));
        }
        // Jira has replaced the tokens, and nobody has heard the new ones: nothing can save the connection.
        let quarry = refreshing.causeway.model.data_center(atlassian::Instance::Quarry);
        assert_eq!(quarry.oauth2_grants().len(), 2, "{arrow:?}: nothing was replaced");
        Some(("the answer was lost with the process, and that is said".to_owned(), requests))
    })
    .await;
}

const TITLE: &str = "The crane is too slow";

/// A product whose task is pushed, or changes.
struct Pushing {
    causeway: Causeway,
    product: Product,
}

impl Pushing {
    async fn begins() -> Self {
        let causeway = Causeway::start().await;
        let product = Product::at(&causeway).await;
        Self { causeway, product }
    }

    /// Pushes the task, and kills at the arrow; `operation` is the call of Jira's that is held.
    async fn killed_at(&mut self, arrow: Arrow, status: &str, operation: &str) -> bool {
        let path = self.product.path("F-1");
        match arrow {
            Arrow::Held(stage) => {
                let hold = self.holds(stage, operation);
                let (product, task) = (&self.product, task(status));
                product.calls::<PutTask>(&path, &task).await;
                let is_held = eventually(PATIENCE, async || (self.made(operation) > 0).then_some(()));
                assert!(is_held.await.is_some(), "{operation} was not called");
                self.causeway.worker.is_killed_and_restarted().await;
                hold.release();
                true
            }
            Arrow::Write(number) => {
                let watch = self.causeway.worker.kill_at_write(number);
                let pushed = self.product.push("F-1", &task(status)).await;
                let wait = AFTERMATH + AFTERMATH;
                let _killed = eventually(wait, async || watch.has_killed().then_some(())).await;
                if !watch.ends() {
                    return false;
                }
                self.causeway.worker.restarts().await;
                if pushed != Some(200) {
                    // The product was not told that its task is kept, so it pushes again.
                    self.product.calls::<PutTask>(&path, &task(status)).await;
                }
                true
            }
        }
    }

    fn holds(&self, stage: Stage, operation: &str) -> Hold {
        self.causeway.model.forget_requests();
        let fault = Fault { stage, ..Fault::after(Endpoint::Jira, Kind::Slow) }.on_operation(operation);
        self.causeway.model.inject_fault(fault)
    }

    /// How often Jira was called for that operation.
    fn made(&self, operation: &str) -> usize {
        let end = if operation == "createIssue" { "/issue" } else { "/transitions" };
        let is_one = |one: &&atlassian::Recorded| one.method == Method::POST && one.path.ends_with(end);
        self.causeway.model.requests().iter().filter(is_one).count()
    }

    async fn task(&self) -> Task {
        self.product.calls::<GetTask>(&self.product.path("F-1"), &Nothing {}).await
    }

    /// Waits until the task is in sync, or as far as it gets within the looks for a lost answer.
    async fn end(&self, status: &str) -> Task {
        let wanted = async || {
            let task = self.task().await;
            (task.state == TaskState::InSync && task.status.to_string() == status).then_some(task)
        };
        match eventually(LOOKS, wanted).await {
            Some(task) => task,
            None => self.task().await,
        }
    }

    /// The issues that Jira really has.
    async fn issues(&self) -> usize {
        let jql = json!({"jql": "project = DOCK", "fields": ["summary"], "maxResults": 100});
        let found = self.product.jira(Method::POST, "search/jql", &jql).await;
        let issues = found["issues"].as_array().cloned().unwrap_or_default();
        issues.iter().filter(|issue| issue["fields"]["summary"] == TITLE).count()
    }
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_creating_an_issue_there_is_one_issue_or_none_yet() {
    matrix("Creating an issue", async |arrow| {
        let mut pushing = Pushing::begins().await;
        if !pushing.killed_at(arrow, "open", "createIssue").await {
            return None;
        }
        let (task, issues) = (pushing.end("open").await, pushing.issues().await);
        // What was not created is created again once it is sure that Jira's index would show it: after an hour at most.
        let waits = matches!(task.state, TaskState::OutcomeUnknown) && issues == 0;
        assert!(waits || task.state == TaskState::InSync && issues == 1, "{arrow:?}: {issues} issues of {task:?}");
        Some((format!("{:?}, {issues} issues", task.state), pushing.made("createIssue")))
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: make prove"]
async fn killed_at_every_arrow_of_moving_an_issue_it_ends_where_it_would_have() {
    matrix("Moving an issue", async |arrow| {
        let mut pushing = Pushing::begins().await;
        pushing.product.calls::<PutTask>(&pushing.product.path("F-1"), &task("open")).await;
        pushing.product.is_in_sync("F-1", "open").await;
        if !pushing.killed_at(arrow, "fixed", "doTransition").await {
            return None;
        }
        let task = pushing.end("fixed").await;
        assert_eq!(task.state, TaskState::InSync, "{arrow:?}: {task:?}");
        let key = task.issue.expect("an issue").key;
        let issue = pushing.product.jira(Method::GET, &format!("issue/{key}"), &Value::Null).await;
        assert_eq!(issue["fields"]["status"]["statusCategory"]["key"], "done", "{arrow:?}");
        assert_eq!(pushing.issues().await, 1, "{arrow:?}");
        Some(("in sync, done".to_owned(), pushing.made("doTransition")))
    })
    .await;
}
