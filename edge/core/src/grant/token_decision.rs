//! How a request for a token is answered. Pure.

use api::{Cause, Timestamp};

use super::{
    Generation, KeeperAnswer,
    background_tasks::refreshed,
    backoff::{KEY_RETRY, SECOND, retry_after},
    record::{Record, State, StoredCredential},
    refresh_state::{RefreshReason, is_backing_off, may_force},
};

/// An access token this close to its expiry is returned only if no better one is available, because it could expire
/// during the call.
const CLOSE_TO_THE_END: i64 = 10 * SECOND;

/// How a request for a token is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenDecision {
    /// No token: return this answer.
    Answer(KeeperAnswer),
    /// Return the current access token.
    Serve,
    /// Return it, and refresh ahead of need.
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
    if refused && !is_news {
        if may_force(stored, now) {
            return TokenDecision::RefreshFirst(RefreshReason::Refused(generation));
        }
        if stored.trouble.is_some() {
            return TokenDecision::Answer(unavailable(stored, now));
        }
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

/// A credential that cannot be refreshed is returned until it expires. If Jira refuses it, a person must act.
fn decide_static(stored: &StoredCredential, now: Timestamp) -> TokenDecision {
    let over = stored.tokens.access_expires_at <= now;
    if over {
        TokenDecision::Answer(KeeperAnswer::Unauthorized { cause: Cause::TokenExpired })
    } else {
        TokenDecision::Serve
    }
}

/// The decision after a refresh was attempted: the current token is returned. If Jira refused that one (`reason`) and no
/// other could be had, there is none.
pub(super) fn decide_after_refresh(record: Option<&Record>, reason: RefreshReason, now: Timestamp) -> TokenDecision {
    let is_refused = |stored: &StoredCredential| {
        reason == RefreshReason::Refused(stored.tokens.generation) && stored.trouble.is_some()
    };
    match living(record) {
        Err(answer) => TokenDecision::Answer(answer),
        Ok(stored) if is_refused(stored) => TokenDecision::Answer(unavailable(stored, now)),
        Ok(stored) if now < stored.tokens.access_expires_at => TokenDecision::Serve,
        Ok(stored) => TokenDecision::Answer(unavailable(stored, now)),
    }
}

/// The answer to a renewal after a refresh was attempted, if one was due. A refresh without a result is not a renewal.
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
    let status = stored.trouble.and_then(|trouble| trouble.status);
    KeeperAnswer::Unavailable { cause, retry_after, status }
}

/// The tokens, or the refusal of step 1.
fn living(record: Option<&Record>) -> Result<&StoredCredential, KeeperAnswer> {
    match record.map(|record| &record.state) {
        Some(State::Pending { stored, .. } | State::Active { stored }) => Ok(stored),
        Some(State::Dead { cause, .. }) => Err(KeeperAnswer::Unauthorized { cause: *cause }),
        Some(State::Retired { .. }) | None => Err(KeeperAnswer::Gone),
    }
}
