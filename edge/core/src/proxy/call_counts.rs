//! Counts calls, and sends the counts to the organization in batches.
//!
//! A batch is sent after the response, ten seconds after the first call that is in it; so the steady state costs no call
//! a hop, and all calls together one in ten seconds. What changes a verdict is sent at once: the first calls that fail,
//! and the first that succeeds again. A batch that does not arrive is lost. So is what an isolate counted when it ends.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Duration,
};

use api::Timestamp;

use crate::{
    organization::{CallCount, CountedCalls, HOUR, KeyCalls, RecordCalls, step_of},
    organization_id::OrganizationId,
    ports::{Level, Log as _, PortFailure, Timer as _},
    proxy::{
        ProxyCaches, ProxyPorts,
        outcome::{EndedCall, Whose},
    },
};

/// The pause between the first call of a batch and its sending, in milliseconds.
const PAUSE: i64 = 10_000;
/// A batch whose sending was not begun for so long is sent by another call, in milliseconds: the platform may have ended
/// the request that waited for it.
const LAPSES: i64 = 2 * PAUSE;
/// So many failed calls in a row are sent at once: as many as make a verdict.
const AT_ONCE: u32 = 3;
/// The most batches for one connection that are sent at once within [`PAUSE`].
const HURRIED: u32 = 6;
/// The most connections, and the most failed calls and API keys of one, that wait for a batch.
const MOST_CONNECTIONS: usize = 1024;
const MOST_FAILED: usize = 20;
const MOST_KEYS: usize = 100;

/// The calls that an isolate counted and has not sent yet.
#[derive(Default)]
pub(super) struct CallCounts {
    waiting: RefCell<HashMap<Whose, CountedCalls>>,
    /// How each connection's last calls ended.
    recent: RefCell<HashMap<Whose, Recent>>,
    /// Since when a call waits to send the batch.
    pending_since: Cell<Option<Timestamp>>,
}

/// How the last calls through a connection ended.
#[derive(Clone, Copy, Default)]
struct Recent {
    /// How many failed in a row.
    failed: u32,
    /// How many batches were sent at once, and since when.
    hurried: u32,
    since: Option<Timestamp>,
}

impl Recent {
    /// Takes a call into account. Answers whether it changes a verdict.
    fn follow(&mut self, ended: &EndedCall) -> bool {
        if ended.ending.is_success() {
            return std::mem::take(&mut self.failed) > 0;
        }
        if ended.ending.cause.is_some() {
            self.failed = self.failed.saturating_add(1);
            return self.failed <= AT_ONCE;
        }
        false
    }

    /// Whether a batch may be sent at once: not always, where calls fail and succeed in turn.
    fn may_hurry(&mut self, now: Timestamp) -> bool {
        if self.since.is_none_or(|since| !(0..PAUSE).contains(&now.since(since))) {
            (self.hurried, self.since) = (0, Some(now));
        }
        self.hurried = self.hurried.saturating_add(1);
        self.hurried <= HURRIED
    }
}

impl CallCounts {
    /// Counts a call. Answers after which pause the batch is to be sent by this call, if it is.
    fn add(&self, ended: EndedCall) -> Option<Duration> {
        let now = ended.at;
        let is_urgent = {
            let mut recent = self.recent.borrow_mut();
            if recent.len() >= MOST_CONNECTIONS && !recent.contains_key(&ended.whose) {
                recent.clear();
            }
            let recent = recent.entry(ended.whose.clone()).or_default();
            recent.follow(&ended) && recent.may_hurry(now)
        };
        let mut waiting = self.waiting.borrow_mut();
        let counted = waiting.entry(ended.whose.clone()).or_insert_with(|| nothing(&ended));
        count(counted, ended);
        if is_urgent || waiting.len() >= MOST_CONNECTIONS {
            return Some(Duration::ZERO);
        }
        if self.pending_since.get().is_some_and(|since| (0..LAPSES).contains(&now.since(since))) {
            return None;
        }
        self.pending_since.set(Some(now));
        Some(Duration::from_millis(PAUSE.unsigned_abs()))
    }

    /// Takes all that was counted, by organization.
    fn take(&self) -> HashMap<OrganizationId, RecordCalls> {
        self.pending_since.set(None);
        let mut batches: HashMap<OrganizationId, RecordCalls> = HashMap::new();
        for ((organization, _), counted) in self.waiting.take() {
            let batch = batches.entry(organization).or_insert_with(|| RecordCalls { connections: Vec::new() });
            batch.connections.push(counted);
        }
        batches
    }
}

fn nothing(ended: &EndedCall) -> CountedCalls {
    CountedCalls {
        connection: ended.whose.1.clone(),
        counts: Vec::new(),
        failed: Vec::new(),
        succeeded_at: None,
        failing: None,
        is_mixed: false,
        rate_limit: None,
        keys: Vec::new(),
    }
}

fn count(counted: &mut CountedCalls, ended: EndedCall) {
    let (hour, outcome) = (step_of(ended.at, HOUR), ended.ending.outcome);
    let run = ended.failing_run();
    match counted.counts.iter_mut().find(|count| (count.hour, count.outcome) == (hour, outcome)) {
        Some(count) => {
            count.count = count.count.saturating_add(1);
            count.slowest_millis = count.slowest_millis.max(ended.millis);
            count.last_at = count.last_at.max(ended.at);
        }
        None => {
            counted.counts.push(CallCount { hour, outcome, count: 1, slowest_millis: ended.millis, last_at: ended.at });
        }
    }
    let has_room = counted.keys.len() < MOST_KEYS;
    match counted.keys.iter_mut().find(|key| key.hour == hour && key.key == ended.key) {
        Some(key) => key.count = key.count.saturating_add(1),
        None if has_room => counted.keys.push(KeyCalls { hour, key: ended.key, count: 1 }),
        None => {}
    }
    counted.rate_limit = ended.rate_limit.or(counted.rate_limit);
    if let Some(failed) = ended.failed {
        if counted.failed.len() >= MOST_FAILED {
            counted.failed.remove(0);
        }
        counted.failed.push(failed);
    }
    if ended.ending.is_success() {
        counted.is_mixed |= counted.failing.take().is_some();
        counted.succeeded_at = Some(ended.at);
        return;
    }
    counted.failing = match (counted.failing, run) {
        (Some(before), Some(now)) => Some(before.and_then(now)),
        (Some(before), None) => Some(before.and_another()),
        (None, run) => run,
    };
}

/// Counts a call, and sends the batch when it is due, after the response.
pub(super) fn record<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, ended: EndedCall) {
    let Some(pause) = caches.call_counts.add(ended) else { return };
    let (ports, caches) = (ports.clone(), caches.clone());
    ports.clone().spawn(Box::pin(async move {
        if !pause.is_zero() {
            ports.platform().sleep(pause).await;
        }
        for (organization, batch) in caches.call_counts.take() {
            if let Err(PortFailure(why)) = ports.record_calls(&organization, &batch).await {
                let details = [("organization", organization.as_str()), ("why", &why)];
                ports.platform().log(Level::Warning, "proxy.calls_not_recorded", &details);
            }
        }
    }));
}
