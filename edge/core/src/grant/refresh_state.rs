//! The state machine of a refresh: whether to send a request, and how its result changes the grant. Pure functions from
//! a state, an event and the time to the next state.

use api::{Cause, Timestamp};

use super::{
    Generation,
    backoff::{DAY, Jitter, MINUTE, circuit_break_pause, pause_after, with_retry_after},
    record::{Intent, Record, State, StoredCredential, Tokens, Trouble},
    token_endpoint::AmbiguousAnswer,
};

/// For this long after a rotation, Atlassian accepts the previous refresh token again.
const LEEWAY: i64 = 10 * MINUTE;
/// An idle grant is refreshed after 80 to 85 days, because it dies after 90.
const KEEP_ALIVE: i64 = 80 * DAY;
const KEEP_ALIVE_SPREAD: i64 = 5 * DAY;
/// The shortest time between two forced refreshes.
const BETWEEN_FORCED: i64 = MINUTE;
/// No pause before the next attempt is longer: five minutes with a tenth of jitter, rounded up.
const LONGEST_PAUSE: i64 = 6 * MINUTE;
/// After this time KV serves what was written.
const UNTIL_KV_IS_NEW: i64 = 2 * MINUTE;
/// The pause while the sealing key of a grant is missing: one hour.
const UNTIL_THE_KEY_IS_BACK: i64 = 60 * MINUTE;

/// Why a refresh is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshReason {
    /// The access token has expired or soon will.
    Due,
    /// Jira refused the access token of this generation.
    Refused(Generation),
    /// A person asked for it, to move the horizon.
    Renewal,
    /// The alarm: an intent to continue, or an idle grant to keep alive.
    Alarm,
}

/// When an idle grant must be refreshed.
pub(super) const fn keep_alive_at(refreshed_at: Timestamp, jitter: Jitter) -> Timestamp {
    refreshed_at.plus_millis(KEEP_ALIVE + jitter.of(KEEP_ALIVE_SPREAD))
}

/// When an access token should be refreshed ahead of need: after 70 to 80 % of its life.
pub(super) const fn refresh_after(from: Timestamp, end: Timestamp, jitter: Jitter) -> Timestamp {
    let life = end.since(from);
    from.plus_millis(life / 10 * 7 + jitter.of(life / 10))
}

/// Whether a refresh may be forced now.
pub(super) fn may_force(stored: &StoredCredential, now: Timestamp) -> bool {
    stored.forced_at.is_none_or(|at| !(0..BETWEEN_FORCED).contains(&now.since(at)))
}

/// Whether the intent must wait for its next attempt. A longer pause than any that is made means that the clock was set
/// back since.
pub(super) fn is_backing_off(stored: &StoredCredential, now: Timestamp) -> bool {
    stored.intent.is_some_and(|intent| (1..=LONGEST_PAUSE).contains(&intent.next_attempt_at.since(now)))
}

/// Whether the alarm must refresh: to continue an intent, or to keep an idle grant alive.
pub(super) fn is_overdue(stored: &StoredCredential, now: Timestamp) -> bool {
    !stored.tokens.is_static() && stored.intent.map_or(stored.keep_alive_at, |intent| intent.next_attempt_at) <= now
}

/// The state with the intent to store before a request is sent (step 4); `None` if no request should be sent.
pub(super) fn begin(
    stored: &StoredCredential,
    reason: RefreshReason,
    now: Timestamp,
    jitter: Jitter,
) -> Option<StoredCredential> {
    let intent = match stored.intent {
        _ if stored.tokens.is_static() => return None,
        Some(_) if is_backing_off(stored, now) => return None,
        Some(intent) => present_again(intent, now, jitter),
        None if is_wanted(stored, reason, now) => first_attempt(now, jitter),
        None => return None,
    };
    let forced_at =
        if matches!(reason, RefreshReason::Refused(_) | RefreshReason::Renewal) { Some(now) } else { stored.forced_at };
    Some(StoredCredential { intent: Some(intent), forced_at, ..stored.clone() })
}

fn is_wanted(stored: &StoredCredential, reason: RefreshReason, now: Timestamp) -> bool {
    match reason {
        RefreshReason::Due => now >= stored.tokens.refresh_after,
        RefreshReason::Refused(generation) => stored.tokens.generation == generation && may_force(stored, now),
        RefreshReason::Renewal => may_force(stored, now),
        RefreshReason::Alarm => now >= stored.keep_alive_at,
    }
}

fn first_attempt(now: Timestamp, jitter: Jitter) -> Intent {
    Intent {
        first_sent: now,
        last_sent: now,
        attempt: 1,
        next_attempt_at: now.plus_millis(pause_after(1, now, now, jitter)),
        unanswered_since: None,
        in_flight: true,
        refused: false,
    }
}

fn present_again(intent: Intent, now: Timestamp, jitter: Jitter) -> Intent {
    let attempt = intent.attempt.saturating_add(1);
    Intent {
        last_sent: now,
        attempt,
        next_attempt_at: now.plus_millis(pause_after(attempt, intent.first_sent, now, jitter)),
        unanswered_since: intent.unanswered_since.or(intent.in_flight.then_some(intent.last_sent)),
        in_flight: true,
        ..intent
    }
}

/// Adopts tokens of a newer generation, from a response (step 6) or a rescue copy (step 7). The intent and the trouble
/// are over.
pub(super) fn adopt(stored: &StoredCredential, tokens: Tokens, used_at: Timestamp, jitter: Jitter) -> StoredCredential {
    StoredCredential {
        tokens,
        refreshed_at: used_at,
        keep_alive_at: keep_alive_at(used_at, jitter),
        intent: None,
        trouble: None,
        ..stored.clone()
    }
}

/// An inconclusive response (step 8): the intent stays, and the same token is presented again after a pause.
pub(super) fn ambiguous(
    stored: &StoredCredential,
    answer: &AmbiguousAnswer,
    now: Timestamp,
    jitter: Jitter,
) -> StoredCredential {
    let intent = stored.intent.map(|intent| {
        let pause = pause_after(intent.attempt, intent.first_sent, now, jitter);
        let lost = answer.may_be_lost.then_some(intent.last_sent);
        Intent {
            next_attempt_at: now.plus_millis(with_retry_after(answer.retry_after.as_deref(), pause)),
            unanswered_since: intent.unanswered_since.or(lost),
            in_flight: false,
            ..intent
        }
    });
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), answer.status, now) }
}

/// Our client was refused (step 7): no requests for a while, and the grant is not touched. At Atlassian, the client is
/// the operator's; at a Data Center site, it is the connection's own.
pub(super) fn client_refused(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(circuit_break_pause(intent.attempt, jitter)),
        in_flight: false,
        ..intent
    });
    let cause = if stored.tokens.have_leeway() { Cause::ClientRefused } else { Cause::ConsumerUnknown };
    StoredCredential { intent, ..with_trouble(stored, cause, None, now) }
}

/// The sealing key is missing. No request is sent and nothing is lost.
pub(super) fn unsealable(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    blocked(stored, Cause::Unsealable, now, jitter)
}

/// No request can be sent, for a reason on our side. Nothing is lost.
pub(super) fn blocked(stored: &StoredCredential, cause: Cause, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(circuit_break_pause(intent.attempt, jitter)),
        ..intent
    });
    let keep_alive_at = stored.keep_alive_at.max(now.plus_millis(UNTIL_THE_KEY_IS_BACK));
    StoredCredential { keep_alive_at, intent, ..with_trouble(stored, cause, None, now) }
}

/// The cause when the token endpoint does not answer.
fn unreachable_cause(stored: &StoredCredential) -> Cause {
    if stored.tokens.have_leeway() { Cause::AtlassianUnreachable } else { Cause::SiteUnreachable }
}

/// The sealing key is back.
pub(super) fn sealable_again(stored: &StoredCredential) -> StoredCredential {
    StoredCredential { trouble: None, ..stored.clone() }
}

/// `status` is the token endpoint's, if it answered.
fn with_trouble(stored: &StoredCredential, cause: Cause, status: Option<u16>, now: Timestamp) -> StoredCredential {
    let since = stored.trouble.map_or(now, |trouble| trouble.since);
    StoredCredential { trouble: Some(Trouble { since, cause, status }), ..stored.clone() }
}

/// The refresh token was refused and KV could not be searched for a newer one: the token is not presented again, and KV
/// is searched again after a pause.
pub(super) fn refused_without_kv(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        attempt: intent.attempt.saturating_add(1),
        in_flight: false,
        refused: true,
        ..intent
    });
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), None, now) }
}

/// Whether to adopt a rescue copy that was found after a restart. If it belongs to an attempt before the last one, a
/// later response may have been lost; while Atlassian's leeway lasts, repeating the request is safer.
///
/// Without leeway there was only one successful response, and this is it.
pub(super) fn is_to_be_adopted(
    stored: &StoredCredential,
    intent: &Intent,
    answers_attempt: u32,
    now: Timestamp,
) -> bool {
    answers_attempt == intent.attempt || !stored.tokens.have_leeway() || is_past_leeway(intent, now)
}

/// Whether only KV can tell the result of an inconclusive refresh: presenting the old refresh token would end the token
/// family, or no access token is left to probe with.
pub(super) fn is_only_known_to_kv(stored: &StoredCredential, intent: &Intent, now: Timestamp) -> bool {
    is_past_leeway(intent, now) || !stored.tokens.have_leeway() && stored.tokens.access_expires_at <= now
}

/// Whether to probe with the old access token if the refresh token was spent: there is no leeway, a response may be
/// lost, and the access token works until it is replaced.
pub(super) fn is_to_be_probed(stored: &StoredCredential, now: Timestamp) -> bool {
    let may_be_lost = |intent: &Intent| !intent.refused && (intent.in_flight || intent.unanswered_since.is_some());
    !stored.tokens.have_leeway()
        && !is_backing_off(stored, now)
        && now < stored.tokens.access_expires_at
        && stored.intent.as_ref().is_some_and(may_be_lost)
}

/// The old access token still works: the refresh token was not spent, and no response was lost.
pub(super) fn not_spent(stored: &StoredCredential) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent { in_flight: false, unanswered_since: None, ..intent });
    StoredCredential { intent, ..stored.clone() }
}

/// Whether a copy of a lost response may still become visible, because KV can serve stale reads for more than a minute.
/// `refused` if the last request has just been refused.
pub(super) fn may_still_appear(stored: &StoredCredential, refused: bool, now: Timestamp) -> bool {
    let lost = stored
        .intent
        .and_then(|intent| intent.unanswered_since.or((intent.in_flight && !refused).then_some(intent.last_sent)));
    !stored.tokens.have_leeway() && lost.is_some_and(|since| now.since(since) < UNTIL_KV_IS_NEW)
}

/// Whether presenting the old refresh token again would end the token family at Atlassian.
pub(super) fn is_past_leeway(intent: &Intent, now: Timestamp) -> bool {
    now.since(intent.first_sent) >= LEEWAY
}

/// The leeway is over and KV could not be searched for a rescue copy: nothing is presented, and KV is searched again
/// after a pause.
pub(super) fn waiting_for_kv(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        ..intent
    });
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), None, now) }
}

/// Whether a rescue copy may exist: an earlier request may have been answered with tokens.
pub(super) fn may_have_been_rescued(stored: &StoredCredential) -> bool {
    stored.intent.is_some_and(|intent| intent.unanswered_since.is_some())
}

/// The refresh token was refused and no newer one was found: the grant is dead (step 7).
pub(super) fn dead(record: &Record, stored: &StoredCredential, now: Timestamp) -> Record {
    let unanswered = stored.intent.and_then(|intent| intent.unanswered_since);
    let lost = unanswered.is_some_and(|since| !stored.tokens.have_leeway() || now.since(since) > LEEWAY);
    ended(record, if lost { Cause::RotationLost } else { Cause::GrantRefused }, now)
}

/// A response with the next tokens is lost for good.
pub(super) fn lost(record: &Record, _: &StoredCredential, now: Timestamp) -> Record {
    ended(record, Cause::RotationLost, now)
}

/// The grant is dead, and its tokens are destroyed.
pub(super) fn ended(record: &Record, cause: Cause, now: Timestamp) -> Record {
    Record { state: State::Dead { since: now, cause, sweeps: 0 }, ..record.clone() }
}
