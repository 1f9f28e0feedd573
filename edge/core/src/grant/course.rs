//! How a request for a token is answered. Pure.

use api::{Cause, Timestamp};

use super::{
    Generation, KeeperAnswer,
    attempt::{Wish, is_quiet, may_force},
    chores::refreshed,
    pacing::{KEY_RETRY, SECOND, retry_after},
    record::{Held, Record, State},
};

/// So close to its end an access token is given only if there is no better: the call would outlive it.
const CLOSE_TO_THE_END: i64 = 10 * SECOND;

/// What to do for somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// There is no token: say so.
    Answer(KeeperAnswer),
    /// Give the access token that is there.
    Serve,
    /// Give it, and refresh ahead of need.
    ServeAndRefresh,
    /// Refresh first.
    RefreshFirst(Wish),
}

/// Steps 1 and 2 of the protocol. `refused` if Jira answered 401 to the token of generation `seen`.
pub(super) fn course(record: Option<&Record>, seen: Option<Generation>, refused: bool, now: Timestamp) -> Course {
    let held = match living(record) {
        Ok(held) => held,
        Err(answer) => return Course::Answer(answer),
    };
    if held.tokens.is_static() {
        return course_of_static(held, now);
    }
    let generation = held.tokens.generation;
    let is_news = seen.is_some_and(|seen| generation > seen);
    if refused && !is_news && may_force(held, now) {
        return Course::RefreshFirst(Wish::Refused(generation));
    }
    if held.tokens.access_expires_at.since(now) <= CLOSE_TO_THE_END {
        return Course::RefreshFirst(Wish::Due);
    }
    if now >= held.tokens.refresh_after && !is_quiet(held, now) { Course::ServeAndRefresh } else { Course::Serve }
}

/// What cannot be refreshed is given as it is until it ends. That Jira refused it is for a person.
fn course_of_static(held: &Held, now: Timestamp) -> Course {
    let over = held.tokens.access_expires_at <= now;
    if over { Course::Answer(KeeperAnswer::Unauthorized { cause: Cause::TokenExpired }) } else { Course::Serve }
}

/// The same once a refresh was tried: what there is now is given.
pub(super) fn course_after_refresh(record: Option<&Record>, now: Timestamp) -> Course {
    match living(record) {
        Err(answer) => Course::Answer(answer),
        Ok(held) if now < held.tokens.access_expires_at => Course::Serve,
        Ok(held) => Course::Answer(unavailable(held, now)),
    }
}

/// What a renewal is answered once a refresh was tried, if that was to be: a refresh that has no answer yet is none.
pub(super) fn renewed(record: Option<&Record>, now: Timestamp) -> KeeperAnswer {
    match living(record) {
        Err(answer) => answer,
        Ok(held) if held.intent.is_some() || held.trouble.is_some() => unavailable(held, now),
        Ok(held) => KeeperAnswer::Renewed { report: refreshed(held) },
    }
}

fn unavailable(held: &Held, now: Timestamp) -> KeeperAnswer {
    let cause = held.trouble.map_or(Cause::AtlassianUnreachable, |trouble| trouble.cause);
    let retry_after = match (cause, &held.intent) {
        (Cause::Unsealable, None) => KEY_RETRY,
        (_, intent) => retry_after(intent.as_ref(), now),
    };
    KeeperAnswer::Unavailable { cause, retry_after }
}

/// What is held, or the typed refusal of step 1.
fn living(record: Option<&Record>) -> Result<&Held, KeeperAnswer> {
    match record.map(|record| &record.state) {
        Some(State::Pending { held, .. } | State::Active { held }) => Ok(held),
        Some(State::Dead { cause, .. }) => Err(KeeperAnswer::Unauthorized { cause: *cause }),
        Some(State::Retired { .. }) | None => Err(KeeperAnswer::Gone),
    }
}
