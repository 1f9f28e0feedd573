use std::time::Duration;

use api::Cause;

use crate::{
    grant::KeeperAnswer,
    ports::PortFailure,
    proxy::fakes::{Isolate, Reply, answers, call, granted, header, outcome, token},
};

fn said(status: u16, body: &'static str) -> Reply {
    Reply::Answers { status, headers: vec![("www-authenticate", "Bearer")], body }
}

#[test]
fn a_token_is_not_sent_in_its_last_five_seconds() {
    let isolate = Isolate::new();
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.pass(3_594_999);
    isolate.keeper_answers(Err(PortFailure("down".to_owned())));
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.pass(1);
    isolate.keeper_gives(2);
    assert_eq!(outcome(&isolate.get()), "200");
    assert_eq!(isolate.sent()[2].header("authorization"), Some("Bearer secret-token-2"));
}

#[test]
fn a_refresh_ahead_of_need_is_asked_for_once_in_thirty_seconds_and_holds_nobody_up() {
    let isolate = Isolate::new();
    isolate.keeper_answers(Err(PortFailure("down".to_owned())));
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.pass(2_700_000);
    for _ in 0..59 {
        assert_eq!(outcome(&isolate.get()), "200");
        isolate.pass(1_000);
    }
    assert_eq!(isolate.keeper_asked(), [(Some(1), false); 2]);
    isolate.keeper_gives(2);
    isolate.pass(1_000);
    isolate.get();
    isolate.get();
    assert_eq!(isolate.sent()[61].header("authorization"), Some("Bearer secret-token-2"));
    assert_eq!(isolate.keeper_asked().len(), 3);
}

#[test]
fn a_clock_that_was_set_back_makes_no_refusal_last_longer() {
    let isolate = Isolate::new();
    isolate.keeper_gives(1);
    isolate.jira((0..6).map(|_| said(401, "")));
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    let asked = isolate.keeper_asked().len();
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!(isolate.keeper_asked().len(), asked, "the refusal is remembered");
    isolate.set_clock_back(1_800_000);
    isolate.get();
    assert!(isolate.keeper_asked().len() > asked, "there may be a new token");
}

#[test]
fn the_next_token_is_taken_from_kv_if_another_isolate_was_quicker() {
    let isolate = Isolate::new();
    isolate.get();
    isolate.pass(2_700_000);
    *isolate.world.copy.borrow_mut() = Some(token(2, isolate.now()));
    isolate.get();
    isolate.get();
    assert_eq!(isolate.sent()[2].header("authorization"), Some("Bearer secret-token-2"));
    assert_eq!(isolate.keeper_asked(), []);
}

#[test]
fn kv_that_stalls_lags_or_has_nothing_does_not_matter() {
    for spoil in [
        |isolate: &Isolate| isolate.world.copy_stalls.set(true),
        |isolate: &Isolate| drop(isolate.world.copy.take()),
        |isolate: &Isolate| *isolate.world.copy.borrow_mut() = Some(token(1, api::Timestamp::EPOCH)),
    ] {
        let isolate = Isolate::new();
        spoil(&isolate);
        isolate.keeper_gives(2);
        assert_eq!(outcome(&isolate.get()), "200");
        assert_eq!(isolate.keeper_asked(), [(None, false)]);
        assert_eq!(isolate.sent()[0].header("authorization"), Some("Bearer secret-token-2"));
    }
}

#[test]
fn a_401_while_kv_has_a_newer_generation_is_tried_once_more_without_the_keeper() {
    let isolate = Isolate::new();
    isolate.get();
    *isolate.world.copy.borrow_mut() = Some(token(2, isolate.sent()[0].at));
    isolate.jira([said(401, "")]);
    assert_eq!(outcome(&isolate.get()), "200");
    let tokens: Vec<_> =
        isolate.sent().iter().filter_map(|sent| sent.header("authorization").map(str::to_owned)).collect();
    assert_eq!(tokens, ["Bearer secret-token-1", "Bearer secret-token-1", "Bearer secret-token-2"]);
    assert_eq!(isolate.keeper_asked(), []);
}

#[test]
fn a_401_makes_the_keeper_refresh_and_the_call_is_tried_once_more() {
    let isolate = Isolate::new();
    isolate.keeper_gives(2);
    isolate.jira([said(401, "{\"code\":401,\"message\":\"Unauthorized\"}")]);
    assert_eq!(outcome(&isolate.get()), "200");
    assert_eq!(isolate.keeper_asked(), [(Some(1), true)]);
    assert_eq!((isolate.sent().len(), isolate.world.discarded.get()), (2, 1));
}

#[test]
fn a_crowd_of_401s_asks_the_keeper_once() {
    let isolate = Isolate::new();
    isolate.keeper_gives(2);
    isolate.world.keeper_takes.set(Duration::from_millis(300));
    isolate.jira((0..100).map(|_| said(401, "")));
    let answers = isolate.serve_all((0..100).map(|_| call("GET", "rest/api/3/myself")));
    assert!(answers.iter().all(|answer| outcome(answer) == "200"));
    assert_eq!(isolate.keeper_asked().len(), 1);
}

#[test]
fn a_credential_that_jira_never_likes_costs_one_question_a_minute() {
    let isolate = Isolate::new();
    isolate.keeper_gives(1);
    *isolate.world.jira_usually.borrow_mut() = said(401, "");
    for _ in 0..59 {
        let answer = isolate.get();
        assert_eq!(outcome(&answer), "credential_refused");
        assert!(header(&answer, "www-authenticate").is_none());
        isolate.pass(1_000);
    }
    assert_eq!(isolate.keeper_asked(), [(Some(1), true)]);
    isolate.pass(1_000);
    isolate.get();
    assert_eq!(isolate.keeper_asked().len(), 2);
}

#[test]
fn a_fresh_token_that_jira_refuses_as_well_is_not_refreshed_again() {
    let isolate = Isolate::new();
    isolate.keeper_gives(2);
    *isolate.world.jira_usually.borrow_mut() = said(401, "");
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    isolate.keeper_gives(3);
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!((isolate.keeper_asked().len(), isolate.sent().len()), (1, 3));
}

#[test]
fn missing_scopes_are_never_answered_by_a_refresh() {
    let isolate = Isolate::new();
    for status in [401, 403] {
        isolate.jira([said(status, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#)]);
        assert_eq!(outcome(&isolate.get()), "scope_missing");
    }
    assert_eq!(isolate.keeper_asked(), []);
}

#[test]
fn an_ip_allow_list_is_named_and_any_other_403_is_jiras() {
    let isolate = Isolate::new();
    isolate.jira([
        said(403, "The IP address has been rejected because it is not on the allowedlist. See your admin for more information."),
        said(403, r#"{"errorMessages":["You may not."]}"#),
    ]);
    assert_eq!(outcome(&isolate.get()), "ip_allow_list");
    assert_eq!(outcome(&isolate.get()), "403");
}

#[test]
fn a_small_body_is_sent_again_after_a_401_and_a_large_one_is_asked_for_again() {
    let isolate = Isolate::new();
    isolate.keeper_gives(2);
    isolate.jira([said(401, "")]);
    assert_eq!(outcome(&isolate.post(4)), "200");
    let bodies: Vec<_> = isolate.sent().into_iter().map(|sent| (sent.method, sent.body)).collect();
    assert_eq!(bodies, [("POST", Some("body".to_owned())), ("POST", Some("body".to_owned()))]);

    isolate.keeper_gives(3);
    isolate.jira([said(401, "")]);
    let answer = isolate.post(2_000_000);
    assert_eq!(outcome(&answer), "credential_unavailable");
    assert_eq!(header(&answer, "retry-after"), Some("1"));
    assert_eq!(outcome(&isolate.post(2_000_000)), "200");
}

#[test]
fn a_keeper_without_a_token_is_told_apart() {
    for (answer, code, wait) in [
        (Ok(KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }), "connection_unauthorized", None),
        (Ok(KeeperAnswer::Gone), "connection_unauthorized", None),
        (
            Ok(KeeperAnswer::Unavailable { cause: Cause::AtlassianUnreachable, retry_after: 30, status: None }),
            "credential_unavailable",
            Some("30"),
        ),
        (
            Ok(KeeperAnswer::Unavailable { cause: Cause::AtlassianUnreachable, retry_after: 0, status: None }),
            "credential_unavailable",
            Some("1"),
        ),
        (Ok(KeeperAnswer::Done), "credential_unavailable", Some("1")),
        (Ok(KeeperAnswer::Token { token: token(1, api::Timestamp::EPOCH) }), "credential_unavailable", Some("1")),
        (Err(PortFailure("restarting".to_owned())), "credential_unavailable", Some("1")),
    ] {
        let isolate = Isolate::new();
        isolate.world.copy.take();
        isolate.keeper_answers(answer);
        let answer = isolate.get();
        assert_eq!((outcome(&answer).as_str(), header(&answer, "retry-after")), (code, wait));
        isolate.keeper_gives(1);
        assert_eq!(outcome(&isolate.get()), "200", "a failure is not remembered");
    }
}

#[test]
fn a_keeper_that_never_answers_holds_a_call_up_for_fifteen_seconds() {
    let isolate = Isolate::new();
    isolate.world.copy.take();
    isolate.world.keeper_takes.set(Duration::from_hours(1));
    let before = isolate.now();
    assert_eq!(outcome(&isolate.get()), "credential_unavailable");
    assert_eq!(isolate.now().since(before), 15_000);
}

#[test]
fn a_connection_that_got_another_grant_meanwhile_is_found_out() {
    let isolate = Isolate::new();
    isolate.get();
    isolate.keeper_answers(Ok(KeeperAnswer::Gone));
    isolate.jira([said(401, ""), answers(200)]);
    isolate.organization_answers(Ok(granted(2, crate::jira::JiraTarget::Gateway { cloud_id: "cloud-2".to_owned() })));
    assert_eq!(outcome(&isolate.get()), "200");
    assert!(isolate.sent()[2].url.contains("/cloud-2/"));
    assert_eq!(isolate.questions(), 2);
}
