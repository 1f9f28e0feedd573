//! What an isolate remembers is renewed by one small question, however many keys and connections it is about.

use std::time::Duration;

use crate::{
    organization::AccessChange,
    ports::PortFailure,
    proxy::{
        Access, CallAddress, ProxyRequest,
        fakes::{Isolate, call, outcome},
    },
};

fn through(connection: usize) -> ProxyRequest<String> {
    let mut call = call("GET", "rest/api/3/myself");
    call.target.address = CallAddress::Connection(format!("con_{connection}"));
    call
}

/// Calls through each of fifty connections, two seconds apart.
fn call_through_fifty(isolate: &Isolate) {
    for connection in 0..50 {
        assert_eq!(outcome(&isolate.serve(through(connection))), "200");
    }
    isolate.pass(2_000);
}

#[test]
fn a_hundred_seconds_of_calls_through_fifty_connections_cost_one_question_each_and_twenty_small_ones() {
    let isolate = Isolate::new();
    (0..50).for_each(|_| call_through_fifty(&isolate));
    assert_eq!(isolate.questions(), 50, "each is asked about once");
    assert!((15..=20).contains(&isolate.small_questions()), "{}", isolate.small_questions());
}

#[test]
fn what_was_not_used_for_a_minute_is_still_remembered_while_others_are_used() {
    let isolate = Isolate::new();
    assert_eq!(outcome(&isolate.serve(through(2))), "200");
    for _ in 0..30 {
        isolate.get();
        isolate.pass(2_000);
    }
    let before = isolate.questions();
    assert_eq!(outcome(&isolate.serve(through(2))), "200");
    assert_eq!(isolate.questions(), before);
}

#[test]
fn a_change_that_concerns_other_keys_and_connections_asks_nothing_again() {
    let isolate = Isolate::new();
    let other = api::ConnectionId::parse("con_other").expect("an id");
    isolate.get();
    isolate.changes(Some(vec![AccessChange::Connection(other)]));
    for _ in 0..10 {
        isolate.pass(3_000);
        assert_eq!(outcome(&isolate.get()), "200");
    }
    assert_eq!(isolate.questions(), 1);
}

#[test]
fn what_may_have_changed_in_any_way_is_asked_again() {
    let isolate = Isolate::new();
    call_through_fifty(&isolate);
    isolate.changes(None);
    isolate.pass(3_000);
    isolate.get();
    isolate.run_background();
    let before = isolate.questions();
    call_through_fifty(&isolate);
    assert_eq!(isolate.questions(), before + 50);
}

#[test]
fn a_revocation_holds_as_soon_as_the_small_question_is_answered() {
    let isolate = Isolate::new();
    isolate.get();
    isolate.organization_answers(Ok(Access::KeyRefused));
    isolate.pass(5_000);
    assert_eq!(outcome(&isolate.get()), "200", "the answer is five seconds old");
    isolate.run_background();
    assert_eq!(outcome(&isolate.get()), "api_key_refused");
}

#[test]
fn a_revocation_holds_after_ten_seconds_whatever_becomes_of_the_small_questions() {
    for takes in [0, 500, 2_500, 4_900, 60_000] {
        let isolate = Isolate::new();
        isolate.get();
        // For a while they are answered, so that what is remembered is older than ten seconds.
        for _ in 0..10 {
            isolate.pass(2_000);
            assert_eq!(outcome(&isolate.get()), "200");
        }
        isolate.world.organization_takes.set(Duration::from_millis(takes));
        isolate.world.revoked_at.set(Some(isolate.now()));
        let revoked_at = isolate.now();
        let refused = ["api_key_refused", "unavailable"];
        loop {
            isolate.pass(250);
            let begun_at = isolate.now();
            let answer = outcome(&isolate.get());
            if refused.contains(&answer.as_str()) {
                break;
            }
            assert!(begun_at.since(revoked_at) < 10_000, "{takes}: {} ms", begun_at.since(revoked_at));
        }
        isolate.pass(3_000);
        assert!(refused.contains(&outcome(&isolate.get()).as_str()), "{takes}: and it stays so");
    }
}

#[test]
fn without_an_answer_everything_ends_after_ten_seconds() {
    let isolate = Isolate::new();
    call_through_fifty(&isolate);
    call_through_fifty(&isolate);
    isolate.pass(1_000);
    isolate.get();
    isolate.run_background();
    let confirmed_at = *isolate.world.changes_asked.borrow().last().expect("it was asked");
    isolate.organization_answers(Err(PortFailure("restarting".to_owned())));
    isolate.pass(9_999 - isolate.now().since(confirmed_at));
    assert_eq!(outcome(&isolate.serve(through(7))), "200");
    isolate.pass(1);
    for connection in 0..50 {
        assert_eq!(outcome(&isolate.serve(through(connection))), "unavailable");
    }
}

#[test]
fn an_organization_that_does_not_answer_is_asked_once_a_second_and_not_for_each_call() {
    let isolate = Isolate::new();
    isolate.get();
    isolate.organization_answers(Err(PortFailure("restarting".to_owned())));
    isolate.pass(5_000);
    for _ in 0..40 {
        isolate.pass(100);
        isolate.get();
    }
    assert!((3..=5).contains(&isolate.small_questions()), "{}", isolate.small_questions());
}

#[test]
fn a_key_ends_in_time_although_nothing_changes_then() {
    let isolate = Isolate::new();
    isolate.world.key_ends_at.set(Some(isolate.now().plus_millis(7_000)));
    isolate.get();
    isolate.pass(6_999);
    assert_eq!(outcome(&isolate.get()), "200");
    assert_eq!(isolate.questions(), 1);
    isolate.pass(1);
    isolate.world.organization.replace(Some(Ok(Access::KeyRefused)));
    assert_eq!(outcome(&isolate.get()), "api_key_refused");
}

#[test]
fn a_clock_that_was_set_back_leaves_nothing_remembered_for_longer_and_nothing_asked_for_each_call() {
    let isolate = Isolate::new();
    call_through_fifty(&isolate);
    isolate.set_clock_back(3_600_000);
    (0..3).for_each(|_| call_through_fifty(&isolate));
    assert_eq!(isolate.questions(), 100, "each is asked about once more");
}
