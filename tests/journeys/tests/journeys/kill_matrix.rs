//! Killed (SIGKILL) at every arrow of a refresh, and of a task on its way into Jira, on the real `workerd`.
//!
//! An arrow is a request that is held back, before Atlassian does its work or after it, or a write to disk: the Worker has
//! no door for tests, so its writes are watched from outside, and it is killed right after the first of them, the second,
//! and so on, until the work is done. Between two writes there is no more to lose. What happens between a decision and
//! its write cannot be reached from outside; the native tests do that (`edge-core`: `moments`, `no_leeway`, `being_killed`).

mod again_and_again;
mod tasks;

use std::time::{Duration, Instant};

use api::{ConnectionId, KeyScope, ProblemCode};
use atlassian::{Endpoint, Fault, Kind, Stage};
use futures::future::join_all;
use journeys::{Answer, Causeway, Connected, PATIENCE, Visitor, eventually};
use reqwest::Method;

use crate::by_http::ByHttp;

/// How many Workers are killed at the same time.
const AT_ONCE: usize = 8;
/// No work makes more writes.
const ENOUGH: usize = 60;
/// Once nothing was written for so long, the work is done.
const REST: Duration = Duration::from_secs(4);
/// How often a connection is set up anew whose token was refreshed before its time.
const TRIES: usize = 5;
/// Without leeway, an answer that may be lost is looked for in KV for two minutes before the connection is given up.
const VERDICT: Duration = Duration::from_secs(200);

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
    println!("\n{name}");
    let told = async |arrow: Arrow| {
        let outcome = run(arrow).await;
        if let Some((end, requests)) = &outcome {
            println!("  {:<22} {requests} requests, {end}", format!("{arrow:?}"));
        }
        outcome
    };
    let stages = [Stage::BeforeCommit, Stage::AfterCommit].map(Arrow::Held);
    for outcome in join_all(stages.iter().map(|arrow| told(*arrow))).await {
        rows.push(outcome.expect("the request is made"));
    }
    for first in (1..ENOUGH).step_by(AT_ONCE) {
        let arrows: Vec<_> = (first..first + AT_ONCE).map(Arrow::Write).collect();
        let outcomes = join_all(arrows.iter().map(|arrow| told(*arrow))).await;
        let is_over = outcomes.iter().any(Option::is_none);
        rows.extend(outcomes.into_iter().flatten());
        if is_over {
            break;
        }
    }
    println!("{name}, killed {} times", rows.len());
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
        for _ in 0..TRIES {
            let refreshing = Self::set_up_at_cloud().await;
            if refreshing.requests() == 0 {
                return refreshing;
            }
        }
        panic!("the token is refreshed before its time");
    }

    async fn at_data_center() -> Self {
        for _ in 0..TRIES {
            let refreshing = Self::set_up_at_data_center().await;
            if refreshing.requests() == 0 {
                return refreshing;
            }
        }
        panic!("the token is refreshed before its time");
    }

    async fn set_up_at_cloud() -> Self {
        let causeway = Causeway::start().await;
        causeway.model.change_settings(|settings| settings.access_token_life = 3);
        let Connected { administrator, connection, key } = Connected::at(&causeway).await;
        causeway.model.change_settings(|settings| settings.access_token_life = 3600);
        Self::of(causeway, administrator, key, connection.id, "/rest/api/3/myself", Endpoint::Token, 3).await
    }

    async fn set_up_at_data_center() -> Self {
        let fixture = ByHttp::begins().await;
        fixture.quarry.change_settings(|settings| settings.access_token_life = 12);
        let (connection, _) = fixture.connects_by_incoming_link("Quarry").await;
        fixture.quarry.change_settings(|settings| settings.access_token_life = 3600);
        let key = fixture.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
        let ByHttp { causeway, ada, .. } = fixture;
        Self::of(causeway, ada, key, connection.id, "/rest/api/2/myself", Endpoint::DataCenterOauth2, 12).await
    }

    /// Waits until three quarters of the token's life are over. A checkup may have refreshed it meanwhile.
    async fn of(
        causeway: Causeway,
        machine: Visitor,
        key: String,
        connection: ConnectionId,
        path: &'static str,
        endpoint: Endpoint,
        life: u64,
    ) -> Self {
        let before = causeway.model.count(endpoint);
        let due = Instant::now() + Duration::from_secs(life) * 3 / 4;
        let _due = eventually(PATIENCE, async || (Instant::now() >= due).then_some(())).await;
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
                watch.kills_or_rests(REST).await;
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
