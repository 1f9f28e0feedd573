//! What is still to be done beside the refresh itself: copies in KV, news for the organization, and when to wake up for
//! it. Pure.

use api::Timestamp;

use super::{
    Generation, GrantReport,
    horizon::horizon,
    pacing::{DAY, MINUTE, SECOND},
    record::{Held, Record, State, Told, Trouble},
};

/// Refreshing may fail that long before it is told, as long as the access token lives.
const BEFORE_IT_IS_TOLD: i64 = 5 * MINUTE;
/// Until a failed chore is tried again.
const BETWEEN_TRIES: i64 = MINUTE;
/// The alarm stands in for the work in the background after that long.
const BACKGROUND: i64 = 30 * SECOND;
/// The second removal of a copy: a write that stalled in KV can land after the first.
const SECOND_SWEEP: i64 = 2 * MINUTE;
/// A tombstone stands for a day; no answer and no copy is on its way for longer.
const TOMBSTONE: i64 = DAY;

/// One thing to do. Doing it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chore {
    /// Write the sealed copy of this generation to KV.
    Copy(Generation),
    /// Remove the copy from KV.
    Sweep,
    /// Tell the organization.
    Tell(GrantReport, Told),
}

/// What is to be done now, first things first.
pub(super) fn next_chore(record: &Record, now: Timestamp) -> Option<Chore> {
    let ready = |after: Option<Timestamp>| after.is_none_or(|after| after <= now);
    let copy = copy_chore(record, now).filter(|_| ready(record.copy_after));
    copy.or_else(|| news(record, now).filter(|_| ready(record.tell_after)))
}

fn copy_chore(record: &Record, now: Timestamp) -> Option<Chore> {
    match &record.state {
        State::Active { held } => {
            let generation = held.tokens.generation;
            (held.copied != Some(generation)).then_some(Chore::Copy(generation))
        }
        State::Dead { since, sweeps, .. } | State::Retired { since, sweeps } => {
            sweep_at(*since, *sweeps).filter(|at| *at <= now).map(|_| Chore::Sweep)
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

fn news(record: &Record, now: Timestamp) -> Option<Chore> {
    let (report, told) = match &record.state {
        State::Active { held } => news_of(held, now),
        State::Dead { since, cause, .. } => {
            (GrantReport::Unauthorized { since: *since, cause: *cause }, Told::Unauthorized)
        }
        State::Pending { .. } | State::Retired { .. } => return None,
    };
    (told != record.told).then_some(Chore::Tell(report, told))
}

fn news_of(held: &Held, now: Timestamp) -> (GrantReport, Told) {
    match held.trouble {
        Some(Trouble { since, cause }) if tell_trouble_at(held, since) <= now => {
            (GrantReport::Interrupted { since, cause }, Told::Interrupted { cause })
        }
        _ => (refreshed(held), Told::Works { generation: held.tokens.generation }),
    }
}

/// The news that a grant works, as it was last refreshed.
pub(super) fn refreshed(held: &Held) -> GrantReport {
    GrantReport::Refreshed {
        at: held.refreshed_at,
        generation: held.tokens.generation,
        reauthorize_before: horizon(held),
    }
}

/// Trouble is told once calls fail, or once it has lasted.
fn tell_trouble_at(held: &Held, since: Timestamp) -> Timestamp {
    held.tokens.access_expires_at.min(since.plus_millis(BEFORE_IT_IS_TOLD)).max(since)
}

/// The record once a chore is done.
pub(super) fn done(record: &Record, chore: &Chore) -> Record {
    let mut next = record.clone();
    match (chore, &mut next.state) {
        (Chore::Copy(generation), State::Active { held }) => held.copied = Some(*generation),
        (Chore::Sweep, State::Dead { sweeps, .. } | State::Retired { sweeps, .. }) => {
            *sweeps = sweeps.saturating_add(1);
        }
        (Chore::Tell(_, told), _) => next.told = *told,
        (Chore::Copy(_) | Chore::Sweep, _) => {}
    }
    postponed(next, chore, None)
}

/// The record once a chore failed: it and its like wait for a minute.
pub(super) fn failed(record: &Record, chore: &Chore, now: Timestamp) -> Record {
    postponed(record.clone(), chore, Some(now.plus_millis(BETWEEN_TRIES)))
}

fn postponed(record: Record, chore: &Chore, until: Option<Timestamp>) -> Record {
    match chore {
        Chore::Copy(_) | Chore::Sweep => Record { copy_after: until, ..record },
        Chore::Tell(..) => Record { tell_after: until, ..record },
    }
}

/// Whether a tombstone has stood long enough.
pub(super) fn is_over(record: &Record, now: Timestamp) -> bool {
    matches!(record.state, State::Retired { since, sweeps } if sweeps >= 2 && now.since(since) >= TOMBSTONE)
}

/// When the keeper must wake up by itself; `None` if never.
pub(super) fn wake_at(record: &Record, now: Timestamp) -> Option<Timestamp> {
    let own = match &record.state {
        State::Pending { until, held } => Some(held.intent.map_or(*until, |intent| intent.next_attempt_at.min(*until))),
        State::Active { held } => Some(wake_for(held, record.told, now)),
        State::Dead { since, sweeps, .. } => sweep_at(*since, *sweeps),
        State::Retired { since, sweeps } => sweep_at(*since, *sweeps).or(Some(since.plus_millis(TOMBSTONE))),
    };
    let background = now.plus_millis(BACKGROUND);
    let copy = copy_chore(record, now).map(|_| record.copy_after.unwrap_or(background).max(background));
    let tell = news(record, now).map(|_| record.tell_after.unwrap_or(background).max(background));
    [own, copy, tell].into_iter().flatten().min()
}

fn wake_for(held: &Held, told: Told, now: Timestamp) -> Timestamp {
    let end = if held.tokens.is_static() { held.tokens.access_expires_at } else { held.keep_alive_at };
    let refresh = held.intent.map_or(end, |intent| intent.next_attempt_at);
    let trouble = held.trouble.filter(|trouble| told != Told::Interrupted { cause: trouble.cause });
    let tell = trouble.map(|trouble| tell_trouble_at(held, trouble.since)).filter(|at| *at > now);
    tell.map_or(refresh, |tell| tell.min(refresh))
}
