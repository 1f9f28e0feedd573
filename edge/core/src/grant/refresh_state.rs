//! The decisions of a refresh: whether to send, and what an answer makes of the grant. Pure: a state, what happened and
//! the time give the next state.

use api::{Cause, Timestamp};

use super::{
    Generation,
    backoff::{DAY, Jitter, MINUTE, circuit_break_pause, pause_after, with_retry_after},
    record::{Intent, Record, State, StoredCredential, Tokens, Trouble},
    token_endpoint::AmbiguousAnswer,
};

/// Atlassian honours the previous refresh token for that long after a rotation.
const LEEWAY: i64 = 10 * MINUTE;
/// A grant that nobody uses is refreshed after that many days, and up to five more: it dies after 90.
const KEEP_ALIVE: i64 = 80 * DAY;
const KEEP_ALIVE_SPREAD: i64 = 5 * DAY;
/// A refresh that Jira's 401 or a person asks for happens once in that time.
const BETWEEN_FORCED: i64 = MINUTE;
/// After so long KV serves what was written.
const UNTIL_KV_IS_NEW: i64 = 2 * MINUTE;
/// An hour: until a grant whose key is gone is tried again.
const UNTIL_THE_KEY_IS_BACK: i64 = 60 * MINUTE;

/// What a refresh is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshReason {
    /// The access token has ended or soon will.
    Due,
    /// Jira refused the access token of this generation.
    Refused(Generation),
    /// A person wants it refreshed, to move the horizon.
    Renewal,
    /// What an alarm is for: going on with an intent, or keeping an idle grant alive.
    Alarm,
}

/// When an idle grant is to be refreshed.
pub(super) const fn keep_alive_at(refreshed_at: Timestamp, jitter: Jitter) -> Timestamp {
    refreshed_at.plus_millis(KEEP_ALIVE + jitter.of(KEEP_ALIVE_SPREAD))
}

/// When an access token is to be refreshed ahead of its end: after 70 to 80 % of its life.
pub(super) const fn refresh_after(from: Timestamp, end: Timestamp, jitter: Jitter) -> Timestamp {
    let life = end.since(from);
    from.plus_millis(life / 10 * 7 + jitter.of(life / 10))
}

/// Whether Jira's refusal, or a person, may force a refresh now.
pub(super) fn may_force(stored: &StoredCredential, now: Timestamp) -> bool {
    stored.forced_at.is_none_or(|at| now.since(at) >= BETWEEN_FORCED)
}

/// Whether the intent there is to be left alone for now.
pub(super) fn is_backing_off(stored: &StoredCredential, now: Timestamp) -> bool {
    stored.intent.is_some_and(|intent| now < intent.next_attempt_at)
}

/// Whether a refresh is due that nobody needs to ask for: an intent to go on with, or an idle grant to keep alive.
pub(super) fn is_overdue(stored: &StoredCredential, now: Timestamp) -> bool {
    !stored.tokens.is_static() && stored.intent.map_or(stored.keep_alive_at, |intent| intent.next_attempt_at) <= now
}

/// The intent to write before a request leaves (step 4); `None` if none is to leave now.
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

/// New tokens of a newer generation, from Atlassian (step 6) or from a rescue copy (step 7). Intent and trouble are over.
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

/// An answer that decides nothing (step 8): the intent stays, and the same token is presented again after a pause.
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
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), now) }
}

/// Our client was refused (step 7): the circuit is broken for a while, the grant is not touched. At Atlassian the client is
/// the operator's; at a Data Center site it is this connection's own.
pub(super) fn client_refused(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(circuit_break_pause(intent.attempt, jitter)),
        in_flight: false,
        ..intent
    });
    let cause = if stored.tokens.have_leeway() { Cause::ClientRefused } else { Cause::ConsumerUnknown };
    StoredCredential { intent, ..with_trouble(stored, cause, now) }
}

/// The key that sealed the tokens is gone. Nothing is sent and nothing is lost.
pub(super) fn unsealable(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    blocked(stored, Cause::Unsealable, now, jitter)
}

/// Nothing can be sent for a reason of ours; nothing is lost.
pub(super) fn blocked(stored: &StoredCredential, cause: Cause, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(circuit_break_pause(intent.attempt, jitter)),
        ..intent
    });
    let keep_alive_at = stored.keep_alive_at.max(now.plus_millis(UNTIL_THE_KEY_IS_BACK));
    StoredCredential { keep_alive_at, intent, ..with_trouble(stored, cause, now) }
}

/// Who does not answer.
fn unreachable_cause(stored: &StoredCredential) -> Cause {
    if stored.tokens.have_leeway() { Cause::AtlassianUnreachable } else { Cause::SiteUnreachable }
}

/// The key is back.
pub(super) fn sealable_again(stored: &StoredCredential) -> StoredCredential {
    StoredCredential { trouble: None, ..stored.clone() }
}

fn with_trouble(stored: &StoredCredential, cause: Cause, now: Timestamp) -> StoredCredential {
    let since = stored.trouble.map_or(now, |trouble| trouble.since);
    StoredCredential { trouble: Some(Trouble { since, cause }), ..stored.clone() }
}

/// The refresh token was refused and KV could not be asked for a newer one: it is not presented any more, KV is asked
/// again after a pause.
pub(super) fn refused_without_kv(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        attempt: intent.attempt.saturating_add(1),
        in_flight: false,
        refused: true,
        ..intent
    });
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), now) }
}

/// Whether a rescue copy found at the start is to be adopted. One that answers an earlier attempt than the last may have
/// been overtaken by an answer that was lost; while Atlassian's leeway lasts, asking again is safer.
///
/// Without leeway nothing overtakes it: there was one answer, and this is it.
pub(super) fn is_to_be_adopted(
    stored: &StoredCredential,
    intent: &Intent,
    answers_attempt: u32,
    now: Timestamp,
) -> bool {
    answers_attempt == intent.attempt || !stored.tokens.have_leeway() || is_past_leeway(intent, now)
}

/// Whether only KV can tell what became of an intent that was not concluded: asking with the old refresh token would end
/// the family, or there is no access token left that could be asked with.
pub(super) fn is_only_known_to_kv(stored: &StoredCredential, intent: &Intent, now: Timestamp) -> bool {
    is_past_leeway(intent, now) || !stored.tokens.have_leeway() && stored.tokens.access_expires_at <= now
}

/// Whether the old access token is to tell if the refresh token was spent: no leeway, an answer may be lost, and the
/// access token still lives, unless it was replaced.
pub(super) fn is_to_be_probed(stored: &StoredCredential, now: Timestamp) -> bool {
    let may_be_lost = |intent: &Intent| !intent.refused && (intent.in_flight || intent.unanswered_since.is_some());
    !stored.tokens.have_leeway()
        && !is_backing_off(stored, now)
        && now < stored.tokens.access_expires_at
        && stored.intent.as_ref().is_some_and(may_be_lost)
}

/// The old access token still opens: the refresh token was not spent, and no answer is lost.
pub(super) fn not_spent(stored: &StoredCredential) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent { in_flight: false, unanswered_since: None, ..intent });
    StoredCredential { intent, ..stored.clone() }
}

/// Whether a copy of a lost answer may still come to light: KV serves what is old for a minute and more. `refused` if the
/// last request was answered just now, with a refusal.
pub(super) fn may_still_appear(stored: &StoredCredential, refused: bool, now: Timestamp) -> bool {
    let lost = stored
        .intent
        .and_then(|intent| intent.unanswered_since.or((intent.in_flight && !refused).then_some(intent.last_sent)));
    !stored.tokens.have_leeway() && lost.is_some_and(|since| now.since(since) < UNTIL_KV_IS_NEW)
}

/// Whether Atlassian would end the family if the old refresh token were presented once more.
pub(super) fn is_past_leeway(intent: &Intent, now: Timestamp) -> bool {
    now.since(intent.first_sent) >= LEEWAY
}

/// Past the leeway, and KV could not be asked for a rescue copy: nothing is presented, KV is asked again after a pause.
pub(super) fn waiting_for_kv(stored: &StoredCredential, now: Timestamp, jitter: Jitter) -> StoredCredential {
    let intent = stored.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        ..intent
    });
    StoredCredential { intent, ..with_trouble(stored, unreachable_cause(stored), now) }
}

/// Whether a rescue copy may exist: an earlier request of this intent may have been answered with tokens.
pub(super) fn may_have_been_rescued(stored: &StoredCredential) -> bool {
    stored.intent.is_some_and(|intent| intent.unanswered_since.is_some())
}

/// The refresh token was refused and there is no newer one: the grant is dead (step 7).
pub(super) fn dead(record: &Record, stored: &StoredCredential, now: Timestamp) -> Record {
    let unanswered = stored.intent.and_then(|intent| intent.unanswered_since);
    let lost = unanswered.is_some_and(|since| !stored.tokens.have_leeway() || now.since(since) > LEEWAY);
    ended(record, if lost { Cause::RotationLost } else { Cause::GrantRefused }, now)
}

/// An answer with the next tokens is lost for good.
pub(super) fn lost(record: &Record, _: &StoredCredential, now: Timestamp) -> Record {
    ended(record, Cause::RotationLost, now)
}

/// The grant is dead, and its tokens are destroyed.
pub(super) fn ended(record: &Record, cause: Cause, now: Timestamp) -> Record {
    Record { state: State::Dead { since: now, cause, sweeps: 0 }, ..record.clone() }
}
