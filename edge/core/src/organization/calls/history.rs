//! Shows calls: of one connection over a period, and of many over the last 24 hours.

use std::collections::BTreeMap;

use api::{
    CallOutcome, CallPeriod, CallStep, Calls, CallsQuery, Connection, ConnectionId, FailedCall, GetCalls, KeyScope,
    OutcomeCount, Timestamp,
};
use serde::Deserialize;

use super::{DAY, HOUR, step_of};
use crate::organization::{AccessLevel, Answers, Needs, Refusal, Turn, permissions::as_list, records};

/// How many hours a summary has.
const SUMMARY_HOURS: usize = 24;

/// The steps of a period: how many, and how long each is, in milliseconds.
const fn steps_of(period: CallPeriod) -> (i64, i64) {
    match period {
        CallPeriod::Day => (24, HOUR),
        CallPeriod::Week => (28, 6 * HOUR),
        CallPeriod::Month => (30, DAY),
    }
}

#[derive(Deserialize)]
struct CountRow {
    hour: i64,
    outcome: CallOutcome,
    count: u32,
    slowest: u32,
}

#[derive(Deserialize)]
struct HourRow {
    connection: ConnectionId,
    hour: i64,
    succeeded: u32,
    failed: u32,
    succeeded_at: Option<i64>,
}

/// Shows the calls through a connection.
impl Answers for GetCalls {
    type Outcome = Calls;

    fn needs(id: &ConnectionId, _: &CallsQuery) -> Needs {
        Needs::connection(id, AccessLevel::Reauthorizes, Some(KeyScope::ConnectionsRead))
    }

    fn answer(id: ConnectionId, query: CallsQuery, turn: &Turn<'_>) -> Result<Calls, Refusal> {
        let connection = turn.connection(&id)?;
        let (steps, step) = steps_of(query.period.unwrap_or(CallPeriod::Day));
        let from = step_of(turn.now, step).plus_millis(-(steps - 1) * step);
        let failed = "SELECT record FROM failed_calls WHERE connection = ? ORDER BY at DESC, id DESC LIMIT 20";
        Ok(Calls {
            from,
            until: turn.now,
            step_seconds: u32::try_from(step / 1000).unwrap_or(u32::MAX),
            steps: turn.call_steps(&id, from, step)?,
            failed: records::<FailedCall>(turn.sql, failed, vec![id.as_str().into()])?,
            rate_limit: turn.rate_limit_of(&connection)?,
        })
    }
}

impl Turn<'_> {
    /// The steps since `from` in which there were calls, oldest first.
    fn call_steps(&self, id: &ConnectionId, from: Timestamp, step: i64) -> Result<Vec<CallStep>, Refusal> {
        let counted = "SELECT hour, outcome, count, slowest FROM calls WHERE connection = ? AND hour >= ? \
             ORDER BY hour, outcome";
        let rows: Vec<CountRow> = self.sql.rows(counted, vec![id.as_str().into(), from.as_millis().into()])?;
        let mut steps: BTreeMap<i64, CallStep> = BTreeMap::new();
        for row in rows {
            let at = step_of(Timestamp::from_millis(row.hour), step);
            let one = steps.entry(at.as_millis()).or_insert_with(|| CallStep { at, counts: vec![], slowest_millis: 0 });
            one.slowest_millis = one.slowest_millis.max(row.slowest);
            match one.counts.iter_mut().find(|count| count.outcome == row.outcome) {
                Some(count) => count.count = count.count.saturating_add(row.count),
                None => one.counts.push(OutcomeCount { outcome: row.outcome, count: row.count }),
            }
        }
        Ok(steps.into_values().collect())
    }
}

impl Turn<'_> {
    /// Adds the calls of the last 24 hours to those of the connections that are named in `ids`, with one statement.
    pub(in crate::organization) fn add_calls(
        &self,
        shown: &mut [Connection],
        ids: &[ConnectionId],
    ) -> Result<(), Refusal> {
        let first = step_of(self.now, HOUR).plus_millis(-23 * HOUR);
        let counted = "SELECT connection, hour, \
             sum(CASE WHEN outcome = 'succeeded' THEN count ELSE 0 END) AS succeeded, \
             sum(CASE WHEN outcome = 'succeeded' THEN 0 ELSE count END) AS failed, \
             max(CASE WHEN outcome = 'succeeded' THEN last_at END) AS succeeded_at \
             FROM calls WHERE connection IN (SELECT value FROM json_each(?)) AND hour >= ? GROUP BY connection, hour";
        let rows: Vec<HourRow> = self.sql.rows(counted, vec![as_list(ids)?, first.as_millis().into()])?;
        let mut places: BTreeMap<ConnectionId, &mut Connection> =
            shown.iter_mut().map(|one| (one.id.clone(), one)).collect();
        for row in rows {
            let Some(one) = places.get_mut(&row.connection) else { continue };
            let summary = one.calls.get_or_insert_default();
            summary.succeeded.resize(SUMMARY_HOURS, 0);
            summary.failed.resize(SUMMARY_HOURS, 0);
            let hour = usize::try_from((row.hour - first.as_millis()) / HOUR).unwrap_or(usize::MAX);
            if let (Some(succeeded), Some(failed)) = (summary.succeeded.get_mut(hour), summary.failed.get_mut(hour)) {
                (*succeeded, *failed) = (row.succeeded, row.failed);
            }
            summary.last_succeeded_at = summary.last_succeeded_at.max(row.succeeded_at.map(Timestamp::from_millis));
        }
        Ok(())
    }
}
