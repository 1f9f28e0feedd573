//! The work besides refreshing: copies in KV, reports to the organization, and when the alarm must fire for them. Pure.

use api::Timestamp;

use super::{
    Generation, GrantReport,
    backoff::{DAY, MINUTE, SECOND},
    horizon::horizon,
    record::{LastReported, Record, State, StoredCredential, Trouble},
};

/// A failing refresh is reported after this time, unless the access token expires earlier.
const REPORT_DELAY: i64 = 5 * MINUTE;
/// The pause before a failed task is retried.
const RETRY_PAUSE: i64 = MINUTE;
/// The alarm takes over if the background work has not finished after this time.
const BACKGROUND: i64 = 30 * SECOND;
/// When the copy is removed a second time: a write that stalled in KV can complete after the first removal.
const SECOND_SWEEP: i64 = 2 * MINUTE;
/// How long a tombstone is kept. No response and no copy is in flight for longer.
const TOMBSTONE: i64 = DAY;

/// A task. Executing it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BackgroundTask {
    /// Write the sealed copy of this generation to KV.
    WriteCopy(Generation),
    /// Remove the copy from KV.
    RemoveCopy,
    /// Report to the organization, and what that report was.
    Report(GrantReport, LastReported),
}

/// The next task, the most important first.
pub(super) fn next_task(record: &Record, now: Timestamp) -> Option<BackgroundTask> {
    let ready = |after: Option<Timestamp>| after.is_none_or(|after| after <= now);
    let copy = copy_task(record, now).filter(|_| ready(record.copy_after));
    copy.or_else(|| pending_report(record, now).filter(|_| ready(record.report_after)))
}

fn copy_task(record: &Record, now: Timestamp) -> Option<BackgroundTask> {
    match &record.state {
        State::Active { stored } => {
            let generation = stored.tokens.generation;
            (stored.copied != Some(generation)).then_some(BackgroundTask::WriteCopy(generation))
        }
        State::Dead { since, sweeps, .. } | State::Retired { since, sweeps } => {
            sweep_at(*since, *sweeps).filter(|at| *at <= now).map(|_| BackgroundTask::RemoveCopy)
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
    (last_reported != record.last_reported).then_some(BackgroundTask::Report(report, last_reported))
}

fn report_of(stored: &StoredCredential, now: Timestamp) -> (GrantReport, LastReported) {
    match stored.trouble {
        Some(Trouble { since, cause, status }) if report_trouble_at(stored, since) <= now => {
            (GrantReport::Interrupted { since, cause, status }, LastReported::Interrupted { cause })
        }
        _ => (refreshed(stored), LastReported::Works { generation: stored.tokens.generation }),
    }
}

/// The report that the grant works, as of its last refresh.
pub(super) fn refreshed(stored: &StoredCredential) -> GrantReport {
    GrantReport::Refreshed {
        at: stored.refreshed_at,
        generation: stored.tokens.generation,
        reauthorize_before: horizon(stored),
    }
}

/// A failure is reported when calls start to fail, or when it has lasted.
fn report_trouble_at(stored: &StoredCredential, since: Timestamp) -> Timestamp {
    stored.tokens.access_expires_at.min(since.plus_millis(REPORT_DELAY)).max(since)
}

/// The record after a task was executed.
pub(super) fn done(record: &Record, task: &BackgroundTask) -> Record {
    let mut next = record.clone();
    match (task, &mut next.state) {
        (BackgroundTask::WriteCopy(generation), State::Active { stored }) => stored.copied = Some(*generation),
        (BackgroundTask::RemoveCopy, State::Dead { sweeps, .. } | State::Retired { sweeps, .. }) => {
            *sweeps = sweeps.saturating_add(1);
        }
        (BackgroundTask::Report(_, last_reported), _) => next.last_reported = *last_reported,
        (BackgroundTask::WriteCopy(_) | BackgroundTask::RemoveCopy, _) => {}
    }
    postponed(next, task, None)
}

/// The record after a task failed: tasks of its kind wait for a minute.
pub(super) fn failed(record: &Record, task: &BackgroundTask, now: Timestamp) -> Record {
    postponed(record.clone(), task, Some(now.plus_millis(RETRY_PAUSE)))
}

fn postponed(record: Record, task: &BackgroundTask, until: Option<Timestamp>) -> Record {
    match task {
        BackgroundTask::WriteCopy(_) | BackgroundTask::RemoveCopy => Record { copy_after: until, ..record },
        BackgroundTask::Report(..) => Record { report_after: until, ..record },
    }
}

/// Whether a tombstone has been kept long enough.
pub(super) fn is_expired_tombstone(record: &Record, now: Timestamp) -> bool {
    matches!(record.state, State::Retired { since, sweeps } if sweeps >= 2 && now.since(since) >= TOMBSTONE)
}

/// When the alarm must fire; `None` if never.
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
