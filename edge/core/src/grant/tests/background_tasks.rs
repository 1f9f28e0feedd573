//! What a keeper does besides refreshing, and when its alarm fires, to the millisecond.

use api::Cause;
use serde_json::{Value, json};

use super::decisions::{NOW, active, at, intent, stored, trouble};
use crate::grant::{
    Generation, GrantReport,
    background_tasks::{BackgroundTask, done, failed, is_expired_tombstone, next_task, wake_at},
    backoff::{DAY, MINUTE, SECOND},
    record::{LastReported, Record, State},
};

const WORKS: LastReported = LastReported::Works { generation: Generation(3) };

/// Active, copied and reported, with these changes.
fn quiet(changes: &Value) -> Record {
    let mut all = json!({"copied": 3});
    for (name, value) in changes.as_object().expect("changes") {
        all[name] = value.clone();
    }
    Record { last_reported: WORKS, ..active(&all) }
}

fn of(state: State) -> Record {
    Record::of(state, LastReported::Nothing)
}

fn retired(before: i64, sweeps: u32) -> Record {
    of(State::Retired { since: NOW.plus_millis(-before), sweeps })
}

fn dead(before: i64, sweeps: u32) -> Record {
    let state = State::Dead { since: NOW.plus_millis(-before), cause: Cause::GrantRefused, sweeps };
    Record { last_reported: LastReported::Unauthorized, ..of(state) }
}

#[test]
fn the_copy_comes_first_then_the_report_each_after_its_own_pause() {
    let copy = Some(BackgroundTask::WriteCopy(Generation(3)));
    let is_report = |task| matches!(task, Some(BackgroundTask::Report(GrantReport::Refreshed { .. }, WORKS)));
    let record = active(&json!({}));
    assert_eq!(next_task(&record, NOW), copy);
    let postponed = failed(&record, copy.as_ref().expect("a task"), NOW);
    assert_eq!(postponed.copy_after, Some(NOW.plus_millis(MINUTE)));
    assert!(is_report(next_task(&postponed, NOW.plus_millis(MINUTE - 1))), "the report does not wait for KV");
    assert_eq!(next_task(&postponed, NOW.plus_millis(MINUTE)), copy);
    let copied = done(&postponed, copy.as_ref().expect("a task"));
    assert_eq!((copied.copy_after, copied.stored().and_then(|one| one.copied)), (None, Some(Generation(3))));
    let report = next_task(&copied, NOW).expect("a report");
    let later = failed(&copied, &report, NOW);
    assert_eq!((later.report_after, next_task(&later, NOW)), (Some(NOW.plus_millis(MINUTE)), None));
    let told = done(&later, &report);
    assert_eq!((told.last_reported, told.report_after, next_task(&told, NOW)), (WORKS, None, None));
}

#[test]
fn a_failure_is_reported_when_it_has_lasted_or_calls_fail() {
    let reported = |since: i64, expires: i64| {
        let mut trouble = trouble();
        trouble["since"] = at(-since);
        match next_task(&quiet(&json!({"trouble": trouble, "access_expires_at": at(expires)})), NOW) {
            None => false,
            Some(BackgroundTask::Report(GrantReport::Interrupted { status: Some(502), .. }, _)) => true,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((reported(5 * MINUTE - 1, DAY), reported(5 * MINUTE, DAY)), (false, true));
    assert_eq!((reported(SECOND, 1), reported(SECOND, 0)), (false, true));
    assert!(reported(0, -DAY), "calls failed before this began");
}

#[test]
fn a_copy_is_removed_twice_and_a_tombstone_is_kept_for_a_day() {
    let removes = |record: &Record| next_task(record, NOW) == Some(BackgroundTask::RemoveCopy);
    for of in [retired, dead] {
        assert!(removes(&of(0, 0)) && removes(&of(2 * MINUTE, 1)));
        assert!(!removes(&of(2 * MINUTE - 1, 1)) && !removes(&of(DAY, 2)));
        assert_eq!(next_task(&of(DAY, 2), NOW), None);
        let swept = done(&of(0, 0), &BackgroundTask::RemoveCopy).state;
        assert!(matches!(swept, State::Retired { sweeps: 1, .. } | State::Dead { sweeps: 1, .. }), "{swept:?}");
    }
    let untold = Record { last_reported: WORKS, ..dead(DAY, 2) };
    assert!(matches!(next_task(&untold, NOW), Some(BackgroundTask::Report(GrantReport::Unauthorized { .. }, _))));
    assert_eq!(next_task(&of(State::Pending { until: NOW, stored: stored(&json!({})) }), NOW), None);
    let expired = |record: &Record| is_expired_tombstone(record, NOW);
    assert!(expired(&retired(DAY, 2)) && !expired(&retired(DAY - 1, 2)) && !expired(&retired(DAY, 1)));
    assert!(!expired(&dead(DAY, 2)));
}

#[test]
fn the_alarm_fires_for_what_comes_first() {
    let wakes = |record: &Record| wake_at(record, NOW).map(|at| at.since(NOW));
    assert_eq!(wakes(&quiet(&json!({}))), Some(80 * DAY), "to keep it alive");
    assert_eq!(wakes(&quiet(&json!({"intent": intent(7)}))), Some(7), "to go on");
    assert_eq!(wakes(&quiet(&json!({"refresh": null}))), Some(60 * MINUTE), "to end what cannot be refreshed");
    let mut since_now = trouble();
    since_now["since"] = at(0);
    let troubled = |next| wakes(&quiet(&json!({"trouble": since_now, "intent": intent(next)})));
    assert_eq!(
        (troubled(DAY), troubled(7)),
        (Some(5 * MINUTE), Some(7)),
        "to report a failure, unless the next attempt is first"
    );
    let told = LastReported::Interrupted { cause: Cause::AtlassianUnreachable };
    let lasting = json!({"since": at(-10 * MINUTE), "cause": "atlassian_unreachable"});
    let known = Record { last_reported: told, ..quiet(&json!({"trouble": lasting, "intent": intent(DAY)})) };
    assert_eq!(wakes(&known), Some(DAY), "it is reported already");
    assert_eq!(wakes(&active(&json!({"copied": 3}))), Some(30 * SECOND), "to report");
    assert_eq!(wakes(&Record { last_reported: WORKS, ..active(&json!({})) }), Some(30 * SECOND), "to write the copy");
    let postponed = Record { copy_after: Some(NOW.plus_millis(MINUTE)), last_reported: WORKS, ..active(&json!({})) };
    assert_eq!(wakes(&postponed), Some(MINUTE));
    let pending = |changes: &Value| wakes(&of(State::Pending { until: NOW.plus_millis(9), stored: stored(changes) }));
    assert_eq!((pending(&json!({})), pending(&json!({"intent": intent(7)}))), (Some(9), Some(7)));
    assert_eq!(pending(&json!({"intent": intent(70)})), Some(9));
    assert_eq!((wakes(&dead(0, 1)), wakes(&dead(0, 2))), (Some(2 * MINUTE), None));
    assert_eq!((wakes(&retired(0, 1)), wakes(&retired(0, 2))), (Some(2 * MINUTE), Some(DAY)));
}
