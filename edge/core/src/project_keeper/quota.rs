//! The points of the app's hour at Atlassian: what calls spend, and what happens once they are used up.
//!
//! Calls with a token of the app spend them. The ledger of the deployment hands them out in lots; what a run leaves of one is
//! stored, so that a keeper which sleeps between its runs does not lose it. While a run spends it, it is stored nowhere: a
//! keeper that is killed loses a lot, and spends none twice.

use api::Timestamp;

use super::{
    ProjectObject, ProjectWorld,
    calls::{NoAnswer, Run},
};
use crate::{
    issue_tracking::jira::{JiraRequest, objects},
    organization::{Caller, CountedCalls, HOUR, ObservedRateLimit, RecordCalls, Refusal, send, step_of},
    ports::Level,
    proxy::retry_after,
    quota_ledger::{HeldLot, Spender},
};

/// The fact that holds what is left of a lot between two runs.
const POINTS: &str = "points";
/// The pause where Jira limits calls and does not say for how long, in seconds.
const LIMITED_PAUSE: i64 = 60;
/// What Atlassian calls the hour of an app over all its customers.
const APP_QUOTA: &str = "jira-quota-global-based";

impl<W: ProjectWorld> ProjectObject<W> {
    /// Spends the point of a call. If there is none left, the run ends until the next hour.
    pub(super) async fn spend(&self, run: &Run) -> Result<(), NoAnswer> {
        if !run.costs_points() {
            return Ok(());
        }
        if let Err(refusal) = self.hold_points() {
            // Then they are lost with their hour.
            self.log(Level::Warning, "project.points_not_held", &format!("{refusal:?}"));
        }
        let spent = self.points.spend(self.world().platform(), self.now(), &Spender::Tasks, 1).await;
        spent.map_err(|until| Self::hour_used_up(run, until))
    }

    /// Spends the points of an answer.
    pub(super) fn charge(&self, run: &Run, request: &JiraRequest, answer: &http::Response<Vec<u8>>) {
        if run.costs_points() && request.asks() && answer.status().is_success() {
            self.points.charge(&Spender::Tasks, objects(answer.body()));
        }
    }

    /// Takes what is stored of a lot.
    fn hold_points(&self) -> Result<(), Refusal> {
        if self.points.holds(&Spender::Tasks) {
            return Ok(());
        }
        let store = self.store();
        if let Some(held) = store.fact::<HeldLot>(POINTS)? {
            store.remove_fact(POINTS)?;
            self.points.put(Spender::Tasks, held);
        }
        Ok(())
    }

    /// Stores what is left of a lot, for the next run.
    pub(super) fn keep_points(&self) -> Result<(), Refusal> {
        match self.points.take(&Spender::Tasks) {
            Some(held) => Ok(self.store().set_fact(POINTS, &held)?),
            None => Ok(()),
        }
    }

    /// A rate limit. It is no fault of a task, unless Jira says that it is about one issue.
    pub(super) async fn limited(&self, run: &Run, answer: &http::Response<Vec<u8>>) -> NoAnswer {
        let now = self.now();
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let pause = header("retry-after").and_then(|text| retry_after::read(text, now)).map(retry_after::clamped);
        let reason = header("ratelimit-reason").unwrap_or_default().trim();
        let until = now.plus_seconds(pause.map_or(LIMITED_PAUSE, i64::from));
        if reason.contains("per-issue") {
            return NoAnswer::LimitedHere { until };
        }
        if !reason.contains("quota") {
            return run.pause("Jira limits calls for a moment. Everything is kept and goes on by itself.", Some(until));
        }
        // Source: Atlassian, *Rate limiting*: the quota is there again when the next hour of UTC begins.
        let hour = step_of(now, HOUR).plus_millis(HOUR);
        let until = if pause.is_some() { until } else { hour };
        if reason == APP_QUOTA && until >= hour && run.costs_points() {
            self.points.exhaust(self.world().platform(), now, &Spender::Tasks).await;
        }
        Self::hour_used_up(run, until)
    }

    /// The hour is used up: no call is sent before the next one.
    fn hour_used_up(run: &Run, until: Timestamp) -> NoAnswer {
        run.quota.set(Some(until));
        let hour = until.to_string();
        let sentence = format!(
            "Jira's hourly allowance for this app is used up until {} UTC. Everything is kept and goes on by itself.",
            hour.get(11..16).unwrap_or_default()
        );
        run.pause(&sentence, Some(until))
    }

    /// Tells the connection that Jira's allowance is used up, so that its page says so, once for all its projects.
    pub(super) async fn report_quota(&self, run: &Run) -> Result<(), Refusal> {
        let Some(until) = run.quota.take() else { return Ok(()) };
        let observed = ObservedRateLimit {
            at: self.now(),
            limit: None,
            remaining: Some(0),
            resets_at: Some(until),
            limited_until: Some(until),
        };
        let counted = CountedCalls {
            connection: run.way.access.connection.clone(),
            counts: Vec::new(),
            failed: Vec::new(),
            succeeded_at: None,
            failing: None,
            is_mixed: false,
            rate_limit: Some(observed),
            keys: Vec::new(),
        };
        let organization = &self.identity()?.organization;
        let report = RecordCalls { connections: vec![counted] };
        send(self.world().platform(), organization, Caller::Edge, &report).await
    }
}
