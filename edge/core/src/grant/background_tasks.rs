//! What is still to be done beside the refresh itself: copies in KV, news for the organization, and when to wake up for
//! it. Pure.

use api::Timestamp;

use super::{
    Generation, GrantReport,
    backoff::{DAY, MINUTE, SECOND},
    horizon::horizon,
    record::{LastReported, Record, State, StoredCredential, Trouble},
};

/// Refreshing may fail that long before it is told, as long as the access token lives.
const REPORT_DELAY: i64 = 5 * MINUTE;
/// Until a failed chore is tried again.
const RETRY_PAUSE: i64 = MINUTE;
/// The alarm stands in for the work in the background after that long.
const BACKGROUND: i64 = 30 * SECOND;
/// The second removal of a copy: a write that stalled in KV can land after the first.
const SECOND_SWEEP: i64 = 2 * MINUTE;
/// A tombstone stands for a day; no answer and no copy is on its way for longer.
const TOMBSTONE: i64 = DAY;

/// One thing to do. Doing it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BackgroundTask {
    /// Write the sealed copy of this generation to KV.
    Copy(Generation),
    /// Remove the copy from KV.
    Sweep,
    /// Tell the organization.
    Tell(GrantReport, LastReported),
}

/// What is to be done now, first things first.
pub(super) fn next_task(record: &Record, now: Timestamp) -> Option<BackgroundTask> {
    let ready = |after: Option<Timestamp>| after.is_none_or(|after| after <= now);
    let copy = copy_task(record, now).filter(|_| ready(record.copy_after));
    copy.or_else(|| pending_report(record, now).filter(|_| ready(record.report_after)))
}

fn copy_task(record: &Record, now: Timestamp) -> Option<BackgroundTask> {
    match &record.state {
        State::Active { stored } => {
            let generation = stored.tokens.generation;
            (stored.copied != Some(generation)).then_some(BackgroundTask::Copy(generation))
        }
        State::Dead { since, sweeps, .. } | State::Retired { since, sweeps } => {
            sweep_at(*since, *sweeps).filter(|at| *at <= now).map(|_| BackgroundTask::Sweep)
        }
        State::Pending { .. } => None,
    }
}

fn sweep_at(since: Timestamp, sweeps: u32) -> Option<Timestamp> {
    match sweeps {
        0 => Some(since),
        1 => Some(since.plus_millis(SECOND_SWEEP)),
        _ => None,
    }
}

fn pending_report(record: &Record, now: Timestamp) -> Option<BackgroundTask> {
    let (report, last_reported) = match &record.state {
        State::Active { stored } => report_of(stored, now),
        State::Dead { since, cause, .. } => {
            (GrantReport::Unauthorized { since: *since, cause: *cause }, LastReported::Unauthorized)
        }
        State::Pending { .. } | State::Retired { .. } => return None,
    };
    (last_reported != record.last_reported).then_some(BackgroundTask::Tell(report, last_reported))
}

fn report_of(stored: &StoredCredential, now: Timestamp) -> (GrantReport, LastReported) {
    match stored.trouble {
        Some(Trouble { since, cause }) if report_trouble_at(stored, since) <= now => {
            (GrantReport::Interrupted { since, cause }, LastReported::Interrupted { cause })
        }
        _ => (refreshed(stored), LastReported::Works { generation: stored.tokens.generation }),
    }
}

/// The news that a grant works, as it was last refreshed.
pub(super) fn refreshed(stored: &StoredCredential) -> GrantReport {
    GrantReport::Refreshed {
        at: stored.refreshed_at,
        generation: stored.tokens.generation,
        reauthorize_before: horizon(stored),
    }
}

/// Trouble is told once calls fail, or once it has lasted.
fn report_trouble_at(stored: &StoredCredential, since: Timestamp) -> Timestamp {
    stored.tokens.access_expires_at.min(since.plus_millis(REPORT_DELAY)).max(since)
}

/// The record once a chore is done.
pub(super) fn done(record: &Record, task: &BackgroundTask) -> Record {
    let mut next = record.clone();
    match (task, &mut next.state) {
        (BackgroundTask::Copy(generation), State::Active { stored }) => stored.copied = Some(*generation),
        (BackgroundTask::Sweep, State::Dead { sweeps, .. } | State::Retired { sweeps, .. }) => {
            *sweeps = sweeps.saturating_add(1);
        }
        (BackgroundTask::Tell(_, last_reported), _) => next.last_reported = *last_reported,
        (BackgroundTask::Copy(_) | BackgroundTask::Sweep, _) => {}
    }
    postponed(next, task, None)
}

/// The record once a chore failed: it and its like wait for a minute.
pub(super) fn failed(record: &Record, task: &BackgroundTask, now: Timestamp) -> Record {
    postponed(record.clone(), task, Some(now.plus_millis(RETRY_PAUSE)))
}

fn postponed(record: Record, task: &BackgroundTask, until: Option<Timestamp>) -> Record {
    match task {
        BackgroundTask::Copy(_) | BackgroundTask::Sweep => Record { copy_after: until, ..record },
        BackgroundTask::Tell(..) => Record { report_after: until, ..record },
    }
}

/// Whether a tombstone has stood long enough.
pub(super) fn is_expired_tombstone(record: &Record, now: Timestamp) -> bool {
    matches!(record.state, State::Retired { since, sweeps } if sweeps >= 2 && now.since(since) >= TOMBSTONE)
}

/// When the keeper must wake up by itself; `None` if never.
pub(super) fn wake_at(record: &Record, now: Timestamp) -> Option<Timestamp> {
    let own = match &record.state {
        State::Pending { until, stored } => {
            Some(stored.intent.map_or(*until, |intent| intent.next_attempt_at.min(*until)))
        }
        State::Active { stored } => Some(wake_at_for(stored, record.last_reported, now)),
        State::Dead { since, sweeps, .. } => sweep_at(*since, *sweeps),
        State::Retired { since, sweeps } => sweep_at(*since, *sweeps).or(Some(since.plus_millis(TOMBSTONE))),
    };
    let background = now.plus_millis(BACKGROUND);
    let copy = copy_task(record, now).map(|_| record.copy_after.unwrap_or(background).max(background));
    let tell = pending_report(record, now).map(|_| record.report_after.unwrap_or(background).max(background));
    [own, copy, tell].into_iter().flatten().min()
}

fn wake_at_for(stored: &StoredCredential, last_reported: LastReported, now: Timestamp) -> Timestamp {
    let end = if stored.tokens.is_static() { stored.tokens.access_expires_at } else { stored.keep_alive_at };
    let refresh = stored.intent.map_or(end, |intent| intent.next_attempt_at);
    let trouble = stored.trouble.filter(|trouble| last_reported != LastReported::Interrupted { cause: trouble.cause });
    let tell = trouble.map(|trouble| report_trouble_at(stored, trouble.since)).filter(|at| *at > now);
    tell.map_or(refresh, |tell| tell.min(refresh))
}
