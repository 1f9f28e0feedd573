//! The decisions of a refresh: whether to send, and what an answer makes of the grant. Pure: a state, what happened and
//! the time give the next state.

use api::{Cause, Timestamp};

use super::{
    Generation,
    pacing::{DAY, Jitter, MINUTE, honour, pause_after, pause_of_broken_circuit},
    record::{Held, Intent, Record, State, Tokens, Trouble},
    token_endpoint::Unclear,
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
pub(super) enum Wish {
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
pub(super) fn may_force(held: &Held, now: Timestamp) -> bool {
    held.forced_at.is_none_or(|at| now.since(at) >= BETWEEN_FORCED)
}

/// Whether the intent there is to be left alone for now.
pub(super) fn is_quiet(held: &Held, now: Timestamp) -> bool {
    held.intent.is_some_and(|intent| now < intent.next_attempt_at)
}

/// Whether a refresh is due that nobody needs to ask for: an intent to go on with, or an idle grant to keep alive.
pub(super) fn is_overdue(held: &Held, now: Timestamp) -> bool {
    !held.tokens.is_static() && held.intent.map_or(held.keep_alive_at, |intent| intent.next_attempt_at) <= now
}

/// The intent to write before a request leaves (step 4); `None` if none is to leave now.
pub(super) fn begin(held: &Held, wish: Wish, now: Timestamp, jitter: Jitter) -> Option<Held> {
    let intent = match held.intent {
        _ if held.tokens.is_static() => return None,
        Some(_) if is_quiet(held, now) => return None,
        Some(intent) => present_again(intent, now, jitter),
        None if is_wanted(held, wish, now) => first_attempt(now, jitter),
        None => return None,
    };
    let forced_at = if matches!(wish, Wish::Refused(_) | Wish::Renewal) { Some(now) } else { held.forced_at };
    Some(Held { intent: Some(intent), forced_at, ..held.clone() })
}

fn is_wanted(held: &Held, wish: Wish, now: Timestamp) -> bool {
    match wish {
        Wish::Due => now >= held.tokens.refresh_after,
        Wish::Refused(generation) => held.tokens.generation == generation && may_force(held, now),
        Wish::Renewal => may_force(held, now),
        Wish::Alarm => now >= held.keep_alive_at,
    }
}

fn first_attempt(now: Timestamp, jitter: Jitter) -> Intent {
    Intent {
        first_sent: now,
        last_sent: now,
        attempt: 1,
        next_attempt_at: now.plus_millis(pause_after(1, now, now, jitter)),
        unanswered_since: None,
        in_the_air: true,
        refused: false,
    }
}

fn present_again(intent: Intent, now: Timestamp, jitter: Jitter) -> Intent {
    let attempt = intent.attempt.saturating_add(1);
    Intent {
        last_sent: now,
        attempt,
        next_attempt_at: now.plus_millis(pause_after(attempt, intent.first_sent, now, jitter)),
        unanswered_since: intent.unanswered_since.or(intent.in_the_air.then_some(intent.last_sent)),
        in_the_air: true,
        ..intent
    }
}

/// New tokens of a newer generation, from Atlassian (step 6) or from a rescue copy (step 7). Intent and trouble are over.
pub(super) fn adopt(held: &Held, tokens: Tokens, used_at: Timestamp, jitter: Jitter) -> Held {
    Held {
        tokens,
        refreshed_at: used_at,
        keep_alive_at: keep_alive_at(used_at, jitter),
        intent: None,
        trouble: None,
        ..held.clone()
    }
}

/// An answer that decides nothing (step 8): the intent stays, and the same token is presented again after a pause.
pub(super) fn unclear(held: &Held, answer: &Unclear, now: Timestamp, jitter: Jitter) -> Held {
    let intent = held.intent.map(|intent| {
        let pause = pause_after(intent.attempt, intent.first_sent, now, jitter);
        let lost = answer.may_be_lost.then_some(intent.last_sent);
        Intent {
            next_attempt_at: now.plus_millis(honour(answer.retry_after.as_deref(), pause)),
            unanswered_since: intent.unanswered_since.or(lost),
            in_the_air: false,
            ..intent
        }
    });
    Held { intent, ..troubled(held, silent(held), now) }
}

/// Our client was refused (step 7): the circuit is broken for a while, the grant is not touched. At Atlassian the client is
/// the operator's; at a Data Center site it is this connection's own.
pub(super) fn client_refused(held: &Held, now: Timestamp, jitter: Jitter) -> Held {
    let intent = held.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_of_broken_circuit(intent.attempt, jitter)),
        in_the_air: false,
        ..intent
    });
    let cause = if held.tokens.have_leeway() { Cause::ClientRefused } else { Cause::ConsumerUnknown };
    Held { intent, ..troubled(held, cause, now) }
}

/// The key that sealed the tokens is gone. Nothing is sent and nothing is lost.
pub(super) fn unsealable(held: &Held, now: Timestamp, jitter: Jitter) -> Held {
    hindered(held, Cause::Unsealable, now, jitter)
}

/// Nothing can be sent for a reason of ours; nothing is lost.
pub(super) fn hindered(held: &Held, cause: Cause, now: Timestamp, jitter: Jitter) -> Held {
    let intent = held.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_of_broken_circuit(intent.attempt, jitter)),
        ..intent
    });
    let keep_alive_at = held.keep_alive_at.max(now.plus_millis(UNTIL_THE_KEY_IS_BACK));
    Held { keep_alive_at, intent, ..troubled(held, cause, now) }
}

/// Who does not answer.
fn silent(held: &Held) -> Cause {
    if held.tokens.have_leeway() { Cause::AtlassianUnreachable } else { Cause::SiteUnreachable }
}

/// The key is back.
pub(super) fn sealable_again(held: &Held) -> Held {
    Held { trouble: None, ..held.clone() }
}

fn troubled(held: &Held, cause: Cause, now: Timestamp) -> Held {
    let since = held.trouble.map_or(now, |trouble| trouble.since);
    Held { trouble: Some(Trouble { since, cause }), ..held.clone() }
}

/// The refresh token was refused and KV could not be asked for a newer one: it is not presented any more, KV is asked
/// again after a pause.
pub(super) fn refused_but_not_looked(held: &Held, now: Timestamp, jitter: Jitter) -> Held {
    let intent = held.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        attempt: intent.attempt.saturating_add(1),
        in_the_air: false,
        refused: true,
        ..intent
    });
    Held { intent, ..troubled(held, silent(held), now) }
}

/// Whether a rescue copy found at the start is to be adopted. One that answers an earlier attempt than the last may have
/// been overtaken by an answer that was lost; while Atlassian's leeway lasts, asking again is safer.
///
/// Without leeway nothing overtakes it: there was one answer, and this is it.
pub(super) fn is_to_be_adopted(held: &Held, intent: &Intent, answers_attempt: u32, now: Timestamp) -> bool {
    answers_attempt == intent.attempt || !held.tokens.have_leeway() || is_past_leeway(intent, now)
}

/// Whether only KV can tell what became of an intent that was not concluded: asking with the old refresh token would end
/// the family, or there is no access token left that could be asked with.
pub(super) fn is_only_known_to_kv(held: &Held, intent: &Intent, now: Timestamp) -> bool {
    is_past_leeway(intent, now) || !held.tokens.have_leeway() && held.tokens.access_expires_at <= now
}

/// Whether the old access token is to tell if the refresh token was spent: no leeway, an answer may be lost, and the
/// access token still lives, unless it was replaced.
pub(super) fn is_to_be_probed(held: &Held, now: Timestamp) -> bool {
    let may_be_lost = |intent: &Intent| !intent.refused && (intent.in_the_air || intent.unanswered_since.is_some());
    !held.tokens.have_leeway()
        && !is_quiet(held, now)
        && now < held.tokens.access_expires_at
        && held.intent.as_ref().is_some_and(may_be_lost)
}

/// The old access token still opens: the refresh token was not spent, and no answer is lost.
pub(super) fn not_spent(held: &Held) -> Held {
    let intent = held.intent.map(|intent| Intent { in_the_air: false, unanswered_since: None, ..intent });
    Held { intent, ..held.clone() }
}

/// Whether a copy of a lost answer may still come to light: KV serves what is old for a minute and more. `refused` if the
/// last request was answered just now, with a refusal.
pub(super) fn may_still_appear(held: &Held, refused: bool, now: Timestamp) -> bool {
    let lost = held
        .intent
        .and_then(|intent| intent.unanswered_since.or((intent.in_the_air && !refused).then_some(intent.last_sent)));
    !held.tokens.have_leeway() && lost.is_some_and(|since| now.since(since) < UNTIL_KV_IS_NEW)
}

/// Whether Atlassian would end the family if the old refresh token were presented once more.
pub(super) fn is_past_leeway(intent: &Intent, now: Timestamp) -> bool {
    now.since(intent.first_sent) >= LEEWAY
}

/// Past the leeway, and KV could not be asked for a rescue copy: nothing is presented, KV is asked again after a pause.
pub(super) fn not_looked(held: &Held, now: Timestamp, jitter: Jitter) -> Held {
    let intent = held.intent.map(|intent| Intent {
        next_attempt_at: now.plus_millis(pause_after(intent.attempt, intent.first_sent, now, jitter)),
        ..intent
    });
    Held { intent, ..troubled(held, silent(held), now) }
}

/// Whether a rescue copy may exist: an earlier request of this intent may have been answered with tokens.
pub(super) fn may_have_been_rescued(held: &Held) -> bool {
    held.intent.is_some_and(|intent| intent.unanswered_since.is_some())
}

/// The refresh token was refused and there is no newer one: the grant is dead (step 7).
pub(super) fn dead(record: &Record, held: &Held, now: Timestamp) -> Record {
    let unanswered = held.intent.and_then(|intent| intent.unanswered_since);
    let lost = unanswered.is_some_and(|since| !held.tokens.have_leeway() || now.since(since) > LEEWAY);
    ended(record, if lost { Cause::RotationLost } else { Cause::GrantRefused }, now)
}

/// An answer with the next tokens is lost for good.
pub(super) fn lost(record: &Record, _: &Held, now: Timestamp) -> Record {
    ended(record, Cause::RotationLost, now)
}

/// The grant is dead, and its tokens are destroyed.
pub(super) fn ended(record: &Record, cause: Cause, now: Timestamp) -> Record {
    Record { state: State::Dead { since: now, cause, sweeps: 0 }, ..record.clone() }
}
