use std::time::Duration;

use crate::proxy::{
    UpstreamFailure,
    fakes::{Isolate, Reply, answers, call, header, outcome},
};

fn busy(status: u16, retry_after: &'static str) -> Reply {
    Reply::Answers { status, headers: vec![("Retry-After", retry_after)], body: "busy" }
}

fn broken() -> Reply {
    Reply::Fails(UpstreamFailure::Broken("reset".to_owned()))
}

fn not_sent() -> Reply {
    Reply::Fails(UpstreamFailure::NotSent("refused".to_owned()))
}

/// How long after the first try each try came, in milliseconds.
fn tries(isolate: &Isolate) -> Vec<i64> {
    let sent = isolate.sent();
    sent.iter().map(|one| one.at.since(sent[0].at)).collect()
}

#[test]
fn a_call_that_changes_nothing_is_tried_again_when_the_failure_may_pass() {
    for failure in [busy(429, ""), busy(502, ""), busy(503, ""), busy(504, ""), broken(), not_sent()] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let isolate = Isolate::new();
            isolate.jira([failure.clone(), failure.clone()]);
            assert_eq!(outcome(&isolate.serve(call(method, "rest/api/3/myself"))), "200", "{failure:?}");
            let tries = tries(&isolate);
            assert!((750..=1250).contains(&tries[1]) && (2250..=3750).contains(&tries[2]), "{tries:?}");
        }
    }
}

#[test]
fn after_three_tries_jiras_last_answer_comes_down() {
    let isolate = Isolate::new();
    *isolate.world.jira_usually.borrow_mut() = answers(503);
    assert_eq!(outcome(&isolate.get()), "503");
    assert_eq!((isolate.sent().len(), isolate.world.discarded.get()), (3, 2));
    *isolate.world.jira_usually.borrow_mut() = broken();
    assert_eq!(outcome(&isolate.get()), "upstream_unreachable");
    assert_eq!(isolate.sent().len(), 6);
}

#[test]
fn jiras_wish_to_be_left_alone_is_kept_to_or_passed_on() {
    for (wish, tried, told) in [
        ("4", 3, Some("4")),
        ("10", 2, Some("10")),
        ("11", 1, Some("11")),
        ("0", 3, Some("1")),
        ("-1", 3, None),
        ("1000000000", 1, Some("3600")),
        ("Sun, 22 Nov 2026 05:00:09 GMT", 2, Some("1")),
        ("Sun, 22 Nov 2026 06:00:00 GMT", 1, Some("3600")),
    ] {
        let isolate = Isolate::new();
        *isolate.world.jira_usually.borrow_mut() = busy(429, wish);
        let answer = isolate.get();
        assert_eq!((outcome(&answer).as_str(), isolate.sent().len()), ("429", tried), "{wish}");
        assert_eq!(header(&answer, "retry-after"), told, "{wish}");
    }
}

#[test]
fn a_mutating_call_is_never_sent_twice() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for (reply, expected) in [
            (broken(), "outcome_unknown"),
            (Reply::Never, "outcome_unknown"),
            (not_sent(), "upstream_unreachable"),
            (busy(429, "1"), "429"),
            (answers(500), "500"),
            (answers(502), "502"),
            (answers(503), "503"),
            (answers(504), "504"),
        ] {
            let isolate = Isolate::new();
            isolate.jira([reply.clone()]);
            let answer = isolate.serve(call(method, "rest/api/3/issue/A-1"));
            assert_eq!((outcome(&answer).as_str(), isolate.sent().len()), (expected, 1), "{method} {reply:?}");
        }
    }
}

#[test]
fn an_answer_that_does_not_begin_within_a_minute_is_not_waited_for() {
    let isolate = Isolate::new();
    isolate.jira([Reply::Never]);
    assert_eq!(outcome(&isolate.get()), "upstream_timeout");
    assert_eq!(isolate.sent().len(), 1);
    isolate.world.jira_takes.set(Duration::from_secs(59));
    assert_eq!(outcome(&isolate.get()), "200");
}
