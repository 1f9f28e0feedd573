//! How a request for a token is answered. Pure.

use api::{Cause, Timestamp};

use super::{
    Generation, KeeperAnswer,
    background_tasks::refreshed,
    backoff::{KEY_RETRY, SECOND, retry_after},
    record::{Record, State, StoredCredential},
    refresh_state::{RefreshReason, is_backing_off, may_force},
};

/// So close to its end an access token is given only if there is no better: the call would outlive it.
const CLOSE_TO_THE_END: i64 = 10 * SECOND;

/// What to do for somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenDecision {
    /// There is no token: say so.
    Answer(KeeperAnswer),
    /// Give the access token that is there.
    Serve,
    /// Give it, and refresh ahead of need.
    ServeAndRefresh,
    /// Refresh first.
    RefreshFirst(RefreshReason),
}

/// Steps 1 and 2 of the protocol. `refused` if Jira answered 401 to the token of generation `seen`.
pub(super) fn decide(
    record: Option<&Record>,
    seen: Option<Generation>,
    refused: bool,
    now: Timestamp,
) -> TokenDecision {
    let stored = match living(record) {
        Ok(stored) => stored,
        Err(answer) => return TokenDecision::Answer(answer),
    };
    if stored.tokens.is_static() {
        return decide_static(stored, now);
    }
    let generation = stored.tokens.generation;
    let is_news = seen.is_some_and(|seen| generation > seen);
    if refused && !is_news && may_force(stored, now) {
        return TokenDecision::RefreshFirst(RefreshReason::Refused(generation));
    }
    if stored.tokens.access_expires_at.since(now) <= CLOSE_TO_THE_END {
        return TokenDecision::RefreshFirst(RefreshReason::Due);
    }
    if now >= stored.tokens.refresh_after && !is_backing_off(stored, now) {
        TokenDecision::ServeAndRefresh
    } else {
        TokenDecision::Serve
    }
}

/// What cannot be refreshed is given as it is until it ends. That Jira refused it is for a person.
fn decide_static(stored: &StoredCredential, now: Timestamp) -> TokenDecision {
    let over = stored.tokens.access_expires_at <= now;
    if over {
        TokenDecision::Answer(KeeperAnswer::Unauthorized { cause: Cause::TokenExpired })
    } else {
        TokenDecision::Serve
    }
}

/// The same once a refresh was tried: what there is now is given.
pub(super) fn decide_after_refresh(record: Option<&Record>, now: Timestamp) -> TokenDecision {
    match living(record) {
        Err(answer) => TokenDecision::Answer(answer),
        Ok(stored) if now < stored.tokens.access_expires_at => TokenDecision::Serve,
        Ok(stored) => TokenDecision::Answer(unavailable(stored, now)),
    }
}

/// What a renewal is answered once a refresh was tried, if that was to be: a refresh that has no answer yet is none.
pub(super) fn renewed(record: Option<&Record>, now: Timestamp) -> KeeperAnswer {
    match living(record) {
        Err(answer) => answer,
        Ok(stored) if stored.intent.is_some() || stored.trouble.is_some() => unavailable(stored, now),
        Ok(stored) => KeeperAnswer::Renewed { report: refreshed(stored) },
    }
}

fn unavailable(stored: &StoredCredential, now: Timestamp) -> KeeperAnswer {
    let cause = stored.trouble.map_or(Cause::AtlassianUnreachable, |trouble| trouble.cause);
    let retry_after = match (cause, &stored.intent) {
        (Cause::Unsealable, None) => KEY_RETRY,
        (_, intent) => retry_after(intent.as_ref(), now),
    };
    KeeperAnswer::Unavailable { cause, retry_after }
}

/// What is held, or the typed refusal of step 1.
fn living(record: Option<&Record>) -> Result<&StoredCredential, KeeperAnswer> {
    match record.map(|record| &record.state) {
        Some(State::Pending { stored, .. } | State::Active { stored }) => Ok(stored),
        Some(State::Dead { cause, .. }) => Err(KeeperAnswer::Unauthorized { cause: *cause }),
        Some(State::Retired { .. }) | None => Err(KeeperAnswer::Gone),
    }
}
