//! The batch of calls that an isolate counted, and how it is stored.

use std::collections::HashMap;

use api::{CallOutcome, ConnectionId, FailedCall, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CALLS_KEPT, FailingRun, HOUR};
use crate::{
    organization::{Refusal, Step, StoredApiKey, StoredConnection, Turn, Value, to_record},
    secrets::Digest,
};

/// The most failed calls that are kept of a connection.
const FAILED_KEPT: i64 = 20;

/// Records the calls that an isolate of the proxy counted. What belongs to a connection that is gone is left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordCalls {
    /// The connections that were called through.
    pub connections: Vec<CountedCalls>,
}

/// The calls through one connection since the last batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedCalls {
    /// The connection.
    pub connection: ConnectionId,
    /// How many calls ended how, by the hour.
    pub counts: Vec<CallCount>,
    /// The last calls that failed, oldest first.
    pub failed: Vec<FailedCall>,
    /// When a call last succeeded.
    pub succeeded_at: Option<Timestamp>,
    /// The calls that failed in a row since then.
    pub failing: Option<FailingRun>,
    /// Whether calls had failed before the one that succeeded last.
    pub is_mixed: bool,
    /// What the site last said about its rate limit.
    pub rate_limit: Option<ObservedRateLimit>,
    /// Which API keys called.
    pub keys: Vec<KeyCalls>,
}

/// How many calls of an hour ended in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallCount {
    /// When the hour began.
    pub hour: Timestamp,
    /// How the calls ended.
    pub outcome: CallOutcome,
    /// How many they are.
    pub count: u32,
    /// How long the slowest took, in milliseconds.
    pub slowest_millis: u32,
    /// When the last of them ended.
    pub last_at: Timestamp,
}

/// What a site said about its rate limit with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedRateLimit {
    /// When it answered.
    pub at: Timestamp,
    /// How much may be used until `resets_at`.
    pub limit: Option<u64>,
    /// How much of it is left.
    pub remaining: Option<u64>,
    /// When the whole limit is there again.
    pub resets_at: Option<Timestamp>,
    /// Until when calls wait or are refused.
    pub limited_until: Option<Timestamp>,
}

/// How many calls an API key made in an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCalls {
    /// When the hour began.
    pub hour: Timestamp,
    /// The digest of the key.
    pub key: Digest,
    /// How many calls it made.
    pub count: u32,
}

/// Whether calls that ended so were made with the connection's credential.
const fn is_activity(outcome: CallOutcome) -> bool {
    !matches!(outcome, CallOutcome::NoToken | CallOutcome::TooManyCalls)
}

impl Step for RecordCalls {
    type Answer = ();

    /// What is written depends on how many connections and keys were used, and not on how many calls were made.
    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let digests = self.connections.iter().flat_map(|calls| &calls.keys).map(|calls| &calls.key);
        let keys = turn.record_uses(digests)?;
        turn.forget_spenders()?;
        for calls in &self.connections {
            match turn.living_connection(&calls.connection) {
                Ok(connection) => turn.record_calls(connection, calls, &keys)?,
                Err(Refusal::NotFound | Refusal::ConnectionDeleted) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

impl Turn<'_> {
    fn record_calls(
        &self,
        mut connection: StoredConnection,
        calls: &CountedCalls,
        keys: &HashMap<&Digest, Option<StoredApiKey>>,
    ) -> Result<(), Refusal> {
        calls.counts.iter().try_for_each(|count| self.add_count(&calls.connection, count))?;
        self.add_failed(calls)?;
        if let Some(observed) = &calls.rate_limit {
            self.store_rate_limit(&connection, observed)?;
        }
        self.add_spenders(&connection, &calls.keys, keys)?;
        if calls.counts.iter().any(|count| is_activity(count.outcome)) {
            self.record_activity(&mut connection)?;
        }
        self.judge_calls(connection, calls)
    }

    fn add_count(&self, connection: &ConnectionId, count: &CallCount) -> Result<(), Refusal> {
        let add = "INSERT INTO calls (connection, hour, outcome, count, slowest, last_at) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (connection, hour, outcome) DO UPDATE SET count = count + excluded.count, \
             slowest = max(slowest, excluded.slowest), last_at = max(last_at, excluded.last_at)";
        let values = vec![
            connection.as_str().into(),
            count.hour.as_millis().into(),
            count.outcome.as_str().into(),
            i64::from(count.count).into(),
            i64::from(count.slowest_millis).into(),
            count.last_at.as_millis().into(),
        ];
        Ok(self.sql.run(add, values)?)
    }

    /// Adds failed calls. Only the last ones of a connection are kept.
    fn add_failed(&self, calls: &CountedCalls) -> Result<(), Refusal> {
        if calls.failed.is_empty() {
            return Ok(());
        }
        let id = || Value::from(calls.connection.as_str());
        for failed in &calls.failed {
            let insert = "INSERT INTO failed_calls (connection, at, record) VALUES (?, ?, ?)";
            self.sql.run(insert, vec![id(), failed.at.as_millis().into(), to_record(failed)?])?;
        }
        let older = "DELETE FROM failed_calls WHERE connection = ? AND id NOT IN \
             (SELECT id FROM failed_calls WHERE connection = ? ORDER BY at DESC, id DESC LIMIT ?)";
        Ok(self.sql.run(older, vec![id(), id(), FAILED_KEPT.into()])?)
    }

    /// Deletes what is older than calls are kept.
    pub(in crate::organization) fn delete_old_calls(&self) -> Result<(), Refusal> {
        let before = || vec![Value::from(self.now.as_millis() - CALLS_KEPT)];
        self.sql.run("DELETE FROM calls WHERE hour < ?", before())?;
        Ok(self.sql.run("DELETE FROM failed_calls WHERE at < ?", before())?)
    }

    /// When the oldest counts are to be deleted.
    pub(in crate::organization) const fn calls_forgotten_at(oldest: i64) -> i64 {
        oldest.saturating_add(CALLS_KEPT + HOUR)
    }

    /// Deletes all that is known about the calls through a connection.
    pub(in crate::organization) fn delete_calls(&self, connection: &ConnectionId) -> Result<(), Refusal> {
        let id = || vec![Value::from(connection.as_str())];
        self.sql.run("DELETE FROM calls WHERE connection = ?", id())?;
        self.sql.run("DELETE FROM failed_calls WHERE connection = ?", id())?;
        self.sql.run("DELETE FROM call_spenders WHERE connection = ?", id())?;
        Ok(self.sql.run("DELETE FROM rate_limits WHERE owner = ?", id())?)
    }
}
