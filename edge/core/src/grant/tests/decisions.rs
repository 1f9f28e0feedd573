//! The pure decisions at their edges, to the millisecond: nobody would notice a boundary that moves.

use api::{Cause, Timestamp};
use serde_json::{Value, json};

use crate::grant::{
    Generation, GrantReport, KeeperAnswer,
    backoff::{DAY, Jitter, MINUTE, SECOND},
    record::{LastReported, Record, State, StoredCredential},
    refresh_state::{self, RefreshReason},
    token_decision::{TokenDecision, decide, decide_after_refresh, renewed},
    token_endpoint::AmbiguousAnswer,
};

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);
const HOUR: i64 = 60 * MINUTE;
const OURS: Option<Generation> = Some(Generation(3));

pub(super) fn at(millis: i64) -> Value {
    json!(NOW.plus_millis(millis))
}

/// No jitter.
fn none() -> Jitter {
    Jitter::from_bytes([0, 0])
}

fn sealed() -> Value {
    json!({"v": 1, "kid": "k1", "nonce": "AAAAAAAAAAAAAAAA", "ciphertext": "AAAA"})
}

/// Tokens of generation 3 that are good for an hour, with these changes.
pub(super) fn stored(changes: &Value) -> StoredCredential {
    let mut stored = json!({
        "tokens": {"generation": 3, "access": sealed(), "refresh": sealed(), "access_expires_at": at(HOUR),
            "refresh_after": at(45 * MINUTE), "attempt": 0},
        "authorized_at": at(0), "refreshed_at": at(0), "keep_alive_at": at(80 * DAY),
    });
    for (name, value) in changes.as_object().expect("changes") {
        match stored["tokens"].get(name) {
            Some(_) => stored["tokens"][name] = value.clone(),
            None if name == "refresh_form" => stored["tokens"][name] = value.clone(),
            None => stored[name] = value.clone(),
        }
    }
    serde_json::from_value(stored).expect("a stored credential")
}

pub(super) fn active(changes: &Value) -> Record {
    Record::of(State::Active { stored: stored(changes) }, LastReported::Nothing)
}

/// A refresh that began a minute ago, whose next attempt is then.
pub(super) fn intent(next: i64) -> Value {
    json!({"first_sent": at(-MINUTE), "last_sent": at(-MINUTE), "attempt": 2, "next_attempt_at": at(next)})
}

pub(super) fn trouble() -> Value {
    json!({"since": at(-MINUTE), "cause": "atlassian_unreachable", "status": 502})
}

fn decided(changes: &Value) -> TokenDecision {
    decide(Some(&active(changes)), None, false, NOW)
}

#[test]
fn a_token_is_served_until_it_is_close_to_its_end() {
    use TokenDecision::{RefreshFirst, Serve, ServeAndRefresh};
    assert_eq!(decided(&json!({})), Serve);
    let ends = |millis| decided(&json!({"access_expires_at": at(millis), "refresh_after": at(-1)}));
    assert_eq!(ends(10 * SECOND), RefreshFirst(RefreshReason::Due));
    assert_eq!(ends(10 * SECOND + 1), ServeAndRefresh);
    assert_eq!(decided(&json!({"refresh_after": at(0)})), ServeAndRefresh);
    assert_eq!(decided(&json!({"refresh_after": at(1)})), Serve);
    let waits = |next| decided(&json!({"refresh_after": at(0), "intent": intent(next)}));
    assert_eq!((waits(1), waits(0)), (Serve, ServeAndRefresh), "it waits until the next attempt");
}

#[test]
fn a_token_that_jira_refused_is_refreshed_once_a_minute() {
    use TokenDecision::{RefreshFirst, Serve};
    let forced = RefreshFirst(RefreshReason::Refused(Generation(3)));
    let refused = |seen, changes: &Value| decide(Some(&active(changes)), seen, true, NOW);
    assert_eq!(refused(OURS, &json!({})), forced);
    assert_eq!(refused(None, &json!({})), forced);
    assert_eq!(refused(Some(Generation(4)), &json!({})), forced);
    assert_eq!(refused(Some(Generation(2)), &json!({})), Serve, "there is a newer one");
    assert_eq!(decide(Some(&active(&json!({}))), OURS, false, NOW), Serve, "nobody refused it");
    let before = |millis: i64, trouble: Value| refused(OURS, &json!({"forced_at": at(-millis), "trouble": trouble}));
    assert_eq!(before(MINUTE, Value::Null), forced);
    assert_eq!(before(MINUTE - 1, Value::Null), Serve);
    assert_eq!(before(-1, Value::Null), forced, "the clock was set back");
    let unavailable =
        KeeperAnswer::Unavailable { cause: Cause::AtlassianUnreachable, retry_after: 1, status: Some(502) };
    assert_eq!(before(MINUTE - 1, trouble()), TokenDecision::Answer(unavailable));
}

#[test]
fn a_credential_that_cannot_be_refreshed_is_served_to_its_end() {
    let ends = |millis, refused| {
        decide(Some(&active(&json!({"refresh": null, "access_expires_at": at(millis)}))), OURS, refused, NOW)
    };
    let over = TokenDecision::Answer(KeeperAnswer::Unauthorized { cause: Cause::TokenExpired });
    assert_eq!((ends(1, false), ends(1, true), ends(0, false)), (TokenDecision::Serve, TokenDecision::Serve, over));
}

#[test]
fn what_is_dead_or_gone_is_said_so() {
    let of = |state| decide(Some(&Record::of(state, LastReported::Nothing)), None, false, NOW);
    let dead = of(State::Dead { since: NOW, cause: Cause::GrantRefused, sweeps: 0 });
    assert_eq!(dead, TokenDecision::Answer(KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }));
    assert_eq!(of(State::Retired { since: NOW, sweeps: 0 }), TokenDecision::Answer(KeeperAnswer::Gone));
    assert_eq!(decide(None, None, false, NOW), TokenDecision::Answer(KeeperAnswer::Gone));
    assert_eq!(of(State::Pending { until: NOW, stored: stored(&json!({})) }), TokenDecision::Serve);
}

#[test]
fn after_a_refresh_the_token_is_served_unless_it_is_the_one_that_jira_refused() {
    let unavailable = |retry_after| {
        let status = Some(502);
        TokenDecision::Answer(KeeperAnswer::Unavailable { cause: Cause::AtlassianUnreachable, retry_after, status })
    };
    let after = |reason, changes: &Value| decide_after_refresh(Some(&active(changes)), reason, NOW);
    let (ours, older) = (RefreshReason::Refused(Generation(3)), RefreshReason::Refused(Generation(2)));
    assert_eq!(after(ours, &json!({})), TokenDecision::Serve);
    assert_eq!(after(ours, &json!({"trouble": trouble()})), unavailable(1));
    assert_eq!(after(older, &json!({"trouble": trouble()})), TokenDecision::Serve);
    let due = |millis, next| {
        let changes = json!({"access_expires_at": at(millis), "trouble": trouble(), "intent": intent(next)});
        after(RefreshReason::Due, &changes)
    };
    assert_eq!(due(1, 0), TokenDecision::Serve);
    assert_eq!((due(0, 2 * SECOND), due(0, 2 * SECOND + 1)), (unavailable(2), unavailable(3)), "whole seconds");
    assert_eq!(due(0, -MINUTE), unavailable(1), "never at once");
}

#[test]
fn a_refresh_without_a_result_is_no_renewal() {
    let of = |changes: &Value| renewed(Some(&active(changes)), NOW);
    let refreshed = |answer| matches!(answer, KeeperAnswer::Renewed { report: GrantReport::Refreshed { .. } });
    assert!(refreshed(of(&json!({}))));
    let unavailable = |answer| matches!(answer, KeeperAnswer::Unavailable { cause: Cause::AtlassianUnreachable, .. });
    assert!(unavailable(of(&json!({"intent": intent(5)}))));
    assert!(unavailable(of(&json!({"trouble": trouble()}))));
    assert_eq!(renewed(None, NOW), KeeperAnswer::Gone);
}

#[test]
fn who_waits_for_a_missing_key_is_told_when_it_is_looked_for_again() {
    let missing = json!({"since": at(-MINUTE), "cause": "unsealable"});
    let told = |changes: &Value| match renewed(Some(&active(changes)), NOW) {
        KeeperAnswer::Unavailable { cause: Cause::Unsealable, retry_after, status: None } => retry_after,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&json!({"trouble": missing})), 60);
    assert_eq!(told(&json!({"trouble": missing, "intent": intent(5 * SECOND)})), 5);
}

#[test]
fn an_attempt_waits_for_its_time_but_not_for_longer_than_any_pause() {
    let waits = |next| refresh_state::is_backing_off(&stored(&json!({"intent": intent(next)})), NOW);
    assert_eq!([0, 1, 6 * MINUTE, 6 * MINUTE + 1].map(waits), [false, true, true, false]);
    assert!(!refresh_state::is_backing_off(&stored(&json!({})), NOW));
}

#[test]
fn an_alarm_refreshes_what_is_due() {
    let due = |changes: &Value| refresh_state::is_overdue(&stored(changes), NOW);
    assert!(due(&json!({"intent": intent(0)})) && !due(&json!({"intent": intent(1)})));
    assert!(due(&json!({"keep_alive_at": at(0)})) && !due(&json!({"keep_alive_at": at(1)})));
    assert!(!due(&json!({"keep_alive_at": at(0), "intent": intent(1)})), "the intent decides");
    assert!(!due(&json!({"keep_alive_at": at(0), "refresh": null})), "there is nothing to refresh");
}

#[test]
fn a_refresh_begins_for_each_reason_when_that_reason_holds() {
    let begins = |reason, changes: &Value| refresh_state::begin(&stored(changes), reason, NOW, none()).is_some();
    let due = |millis| begins(RefreshReason::Due, &json!({"refresh_after": at(millis)}));
    assert_eq!((due(0), due(1)), (true, false));
    let alarm = |millis| begins(RefreshReason::Alarm, &json!({"keep_alive_at": at(millis)}));
    assert_eq!((alarm(0), alarm(1)), (true, false));
    let refused = |generation| begins(RefreshReason::Refused(Generation(generation)), &json!({}));
    assert_eq!((refused(3), refused(2)), (true, false));
    for reason in [RefreshReason::Refused(Generation(3)), RefreshReason::Renewal] {
        assert!(begins(reason, &json!({"forced_at": at(-MINUTE)})), "{reason:?}");
        assert!(!begins(reason, &json!({"forced_at": at(-MINUTE + 1)})), "{reason:?}: a minute is not over");
        assert!(!begins(reason, &json!({"intent": intent(1)})), "{reason:?}: the next attempt has its time");
        assert!(!begins(reason, &json!({"refresh": null})), "{reason:?}: there is nothing to refresh");
    }
    let begun = |reason, changes: &Value| refresh_state::begin(&stored(changes), reason, NOW, none()).expect("begun");
    assert_eq!(begun(RefreshReason::Renewal, &json!({})).forced_at, Some(NOW));
    assert_eq!(begun(RefreshReason::Due, &json!({"refresh_after": at(0)})).forced_at, None);
    let again = begun(RefreshReason::Alarm, &json!({"intent": intent(0)})).intent.expect("an intent");
    assert_eq!((again.attempt, again.first_sent, again.last_sent), (3, NOW.plus_millis(-MINUTE), NOW));
    assert_eq!((again.next_attempt_at, again.in_flight), (NOW.plus_millis(4 * SECOND), true));
}

#[test]
fn a_request_that_was_under_way_may_have_been_answered() {
    let mut in_flight = intent(0);
    in_flight["in_the_air"] = json!(true);
    let again = |intent: &Value| {
        let begun = refresh_state::begin(&stored(&json!({"intent": intent})), RefreshReason::Alarm, NOW, none());
        begun.and_then(|stored| stored.intent).expect("an intent").unanswered_since
    };
    assert_eq!(again(&in_flight), Some(NOW.plus_millis(-MINUTE)));
    assert_eq!(again(&intent(0)), None, "its answer said that nothing was issued");
    in_flight["unanswered_since"] = at(-5 * MINUTE);
    assert_eq!(again(&in_flight), Some(NOW.plus_millis(-5 * MINUTE)), "the first one counts");
}

#[test]
fn an_answer_that_may_be_lost_is_remembered_and_the_pause_respects_what_was_asked_for() {
    let answer = |retry_after: Option<&str>, may_be_lost| AmbiguousAnswer {
        why: "502".to_owned(),
        retry_after: retry_after.map(str::to_owned),
        may_be_lost,
        status: Some(502),
    };
    let after = |answer: &AmbiguousAnswer| {
        refresh_state::ambiguous(&stored(&json!({"intent": intent(0), "trouble": trouble()})), answer, NOW, none())
    };
    let lost = after(&answer(None, true));
    let intent = lost.intent.expect("an intent");
    assert_eq!(intent.unanswered_since, Some(intent.last_sent));
    assert_eq!((intent.next_attempt_at, intent.in_flight), (NOW.plus_millis(2 * SECOND), false));
    let trouble = lost.trouble.expect("a trouble");
    assert_eq!((trouble.since, trouble.status), (NOW.plus_millis(-MINUTE), Some(502)), "it is the same trouble");
    let quiet = after(&answer(Some("30"), false)).intent.expect("an intent");
    assert_eq!((quiet.unanswered_since, quiet.next_attempt_at), (None, NOW.plus_millis(30 * SECOND)));
}

#[test]
fn the_leeway_lasts_ten_minutes() {
    let past = |millis: i64| {
        let mut intent = intent(0);
        intent["first_sent"] = at(-millis);
        let stored = stored(&json!({"intent": intent}));
        let intent = stored.intent.expect("an intent");
        let adopted = refresh_state::is_to_be_adopted(&stored, &intent, 1, NOW);
        assert!(refresh_state::is_to_be_adopted(&stored, &intent, 2, NOW), "that of the last attempt always is");
        assert_eq!(refresh_state::is_only_known_to_kv(&stored, &intent, NOW), adopted);
        (refresh_state::is_past_leeway(&intent, NOW), adopted)
    };
    assert_eq!((past(10 * MINUTE - 1), past(10 * MINUTE)), ((false, false), (true, true)));
}

#[test]
fn without_leeway_a_copy_is_adopted_and_kv_alone_knows_once_the_token_has_expired() {
    let of = |expires| {
        let changes = json!({"refresh_form": "whole", "intent": intent(0), "access_expires_at": at(expires)});
        let stored = stored(&changes);
        let intent = stored.intent.expect("an intent");
        assert!(refresh_state::is_to_be_adopted(&stored, &intent, 1, NOW));
        refresh_state::is_only_known_to_kv(&stored, &intent, NOW)
    };
    assert_eq!((of(1), of(0)), (false, true));
}

#[test]
fn the_old_access_token_is_asked_only_while_it_could_tell() {
    let probed = |changes: &[(&str, Value)]| {
        let mut in_flight = intent(0);
        in_flight["in_the_air"] = json!(true);
        let mut all = json!({"refresh_form": "whole", "intent": in_flight});
        for (name, value) in changes {
            all[*name] = value.clone();
        }
        refresh_state::is_to_be_probed(&stored(&all), NOW)
    };
    let with = |name: &str, value: Value| {
        let mut intent = intent(0);
        intent[name] = value;
        probed(&[("intent", intent)])
    };
    assert!(probed(&[]));
    assert!(with("unanswered_since", at(-MINUTE)));
    assert!(!probed(&[("intent", intent(0))]), "nothing can be lost");
    assert!(!probed(&[("intent", Value::Null)]), "nothing was sent");
    assert!(!probed(&[("refresh_form", json!("bare"))]), "with leeway nobody has to ask");
    assert!(!probed(&[("access_expires_at", at(0))]), "it has expired");
    assert!(probed(&[("access_expires_at", at(1))]));
    let refused = json!({"first_sent": at(-MINUTE), "last_sent": at(-MINUTE), "attempt": 2, "next_attempt_at": at(0),
        "in_the_air": true, "refused": true});
    assert!(!probed(&[("intent", refused)]), "Jira refused it already");
    let mut waiting = intent(1);
    waiting["in_the_air"] = json!(true);
    assert!(!probed(&[("intent", waiting)]), "not before the next attempt");
}

#[test]
fn a_copy_may_appear_for_two_minutes_after_the_answer_was_lost() {
    let may = |form: &str, name: &str, value: Value, refused| {
        let mut intent = intent(0);
        intent["last_sent"] = at(-2 * MINUTE + 1);
        intent[name] = value;
        refresh_state::may_still_appear(&stored(&json!({"refresh_form": form, "intent": intent})), refused, NOW)
    };
    assert!(may("whole", "unanswered_since", at(-2 * MINUTE + 1), true));
    assert!(!may("whole", "unanswered_since", at(-2 * MINUTE), true));
    assert!(!may("bare", "unanswered_since", at(-1), true), "with leeway it is asked for again");
    assert!(may("whole", "in_the_air", json!(true), false), "the last request may have been answered");
    assert!(!may("whole", "in_the_air", json!(true), true), "the last request was refused");
    assert!(!may("whole", "in_the_air", json!(false), false), "nothing was lost");
}

#[test]
fn the_cause_of_death_says_whether_an_answer_was_lost() {
    let cause = |form: &str, unanswered: Value| {
        let mut intent = intent(0);
        intent["unanswered_since"] = unanswered;
        let record = active(&json!({"refresh_form": form, "intent": intent}));
        let stored = record.stored().expect("tokens");
        match refresh_state::dead(&record, stored, NOW).state {
            State::Dead { since: NOW, cause, sweeps: 0 } => cause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(cause("bare", Value::Null), Cause::GrantRefused);
    assert_eq!(cause("bare", at(-10 * MINUTE)), Cause::GrantRefused, "the leeway was not over");
    assert_eq!(cause("bare", at(-10 * MINUTE - 1)), Cause::RotationLost);
    assert_eq!(cause("whole", Value::Null), Cause::GrantRefused);
    assert_eq!(cause("whole", at(0)), Cause::RotationLost);
}

#[test]
fn what_blocks_a_refresh_on_our_side_loses_nothing_and_is_tried_again() {
    let of = |changes: &Value| refresh_state::unsealable(&stored(changes), NOW, none());
    let idle = of(&json!({"keep_alive_at": at(0)}));
    assert_eq!((idle.keep_alive_at, idle.intent), (NOW.plus_millis(HOUR), None));
    assert_eq!(of(&json!({})).keep_alive_at, NOW.plus_millis(80 * DAY), "it is never earlier than it was");
    let waiting = of(&json!({"intent": intent(0)})).intent.expect("an intent");
    assert_eq!(waiting.next_attempt_at, NOW.plus_millis(2 * MINUTE));
    let refused = |form: &str| {
        let mut in_flight = intent(0);
        in_flight["in_the_air"] = json!(true);
        let changes = json!({"refresh_form": form, "intent": in_flight});
        let stored = refresh_state::client_refused(&stored(&changes), NOW, none());
        let intent = stored.intent.expect("an intent");
        assert_eq!((intent.next_attempt_at, intent.in_flight), (NOW.plus_millis(2 * MINUTE), false));
        stored.trouble.expect("a trouble").cause
    };
    assert_eq!((refused("bare"), refused("whole")), (Cause::ClientRefused, Cause::ConsumerUnknown));
    let waits = refresh_state::waiting_for_kv(&stored(&json!({"intent": intent(0)})), NOW, none());
    assert_eq!(waits.intent.expect("an intent").next_attempt_at, NOW.plus_millis(2 * SECOND));
    let refused = refresh_state::refused_without_kv(&stored(&json!({"intent": intent(0)})), NOW, none());
    let refused = refused.intent.expect("an intent");
    assert_eq!((refused.attempt, refused.refused, refused.in_flight), (3, true, false));
    assert_eq!(refused.next_attempt_at, NOW.plus_millis(2 * SECOND));
}

#[test]
fn a_token_is_refreshed_ahead_of_need_and_an_idle_grant_before_it_dies() {
    let (end, most) = (NOW.plus_millis(HOUR), Jitter::from_bytes([0xff, 0xff]));
    assert_eq!(refresh_state::refresh_after(NOW, end, none()), NOW.plus_millis(42 * MINUTE));
    assert_eq!(refresh_state::refresh_after(NOW, end, most), NOW.plus_millis(48 * MINUTE));
    assert_eq!(refresh_state::keep_alive_at(NOW, none()), NOW.plus_millis(80 * DAY));
    assert_eq!(refresh_state::keep_alive_at(NOW, most), NOW.plus_millis(85 * DAY));
}
