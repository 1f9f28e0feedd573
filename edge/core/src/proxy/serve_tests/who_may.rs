use std::time::Duration;

use api::{Cause, Problem};

use crate::{
    ports::PortFailure,
    proxy::{
        Access, CallAddress, ProxyBody, UpstreamFailure,
        fakes::{Isolate, Reply, call, granted, header, outcome},
    },
};

fn may() -> Access {
    granted(1, crate::jira::JiraTarget::Gateway { cloud_id: "cloud-1".to_owned() })
}

fn silent() -> Result<Access, PortFailure> {
    Err(PortFailure("restarting".to_owned()))
}

#[test]
fn why_a_connection_is_unauthorized_is_told_for_its_kind() {
    let told = |kind| {
        let isolate = Isolate::new();
        isolate.organization_answers(Ok(Access::Unauthorized { cause: Some(Cause::GrantRefused), kind }));
        match isolate.get().body {
            ProxyBody::Problem(json) => json,
            ProxyBody::Jira(_) | ProxyBody::Empty => panic!("nothing was to go up"),
        }
    };
    assert!(told(api::CredentialKind::CloudOauth2).contains("90 days"));
    let told = told(api::CredentialKind::Oauth1);
    assert!(told.contains("application link") && !told.contains("Atlassian"), "{told}");
}

#[test]
fn who_may_not_is_told_so_and_nothing_goes_up() {
    for (access, code) in [
        (Access::KeyRefused, "api_key_refused"),
        (Access::ScopeMissing, "forbidden"),
        (Access::NotFound, "not_found"),
        (Access::Unauthorized { cause: None, kind: api::CredentialKind::Unknown }, "connection_unauthorized"),
        (
            Access::Unauthorized { cause: Some(Cause::RotationLost), kind: api::CredentialKind::CloudOauth2 },
            "connection_unauthorized",
        ),
    ] {
        let isolate = Isolate::new();
        isolate.organization_answers(Ok(access));
        assert_eq!(outcome(&isolate.get()), code);
        assert!(isolate.sent().is_empty() && isolate.keeper_asked().is_empty());
    }
}

#[test]
fn an_unknown_id_and_one_that_cannot_be_are_answered_alike() {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(Access::NotFound));
    let unknown = isolate.get();
    let mut call = call("GET", "rest/api/3/myself");
    call.target.address = CallAddress::Connection("nonsense".to_owned());
    let [unknown, nonsense] = [unknown, isolate.serve(call)].map(|answer| match answer.body {
        ProxyBody::Problem(json) => {
            let problem: Problem = serde_json::from_str(&json).expect("a problem");
            Problem { request_id: String::new(), ..problem }
        }
        ProxyBody::Jira(_) | ProxyBody::Empty => panic!("nothing was to go up"),
    });
    assert_eq!(unknown, nonsense);
}

#[test]
fn without_a_key_nobody_is_asked() {
    let isolate = Isolate::new();
    let mut without = call("GET", "rest/api/3/myself");
    without.headers.clear();
    assert_eq!(outcome(&isolate.serve(without)), "not_signed_in");
    let mut guessed = call("GET", "rest/api/3/myself");
    guessed.headers = vec![("authorization".to_owned(), "Bearer cw_guess".to_owned())];
    assert_eq!(outcome(&isolate.serve(guessed)), "api_key_refused");
    assert_eq!(isolate.questions(), 0);
}

#[test]
fn a_thousand_calls_cost_one_question_then_a_small_one_in_five_seconds_and_none_to_the_keeper() {
    let isolate = Isolate::new();
    for _ in 0..1000 {
        assert_eq!(outcome(&isolate.get()), "200");
        isolate.pass(100);
    }
    let asked = isolate.world.changes_asked.borrow().clone();
    assert!(asked.len() >= 19 && asked.windows(2).all(|two| two[1].since(two[0]) >= 5_000), "{asked:?}");
    assert_eq!((isolate.questions(), isolate.keeper_asked().len()), (1, 0));
}

#[test]
fn a_crowd_in_a_cold_isolate_asks_once() {
    let isolate = Isolate::new();
    isolate.world.organization_takes.set(Duration::from_millis(80));
    isolate.world.keeper_takes.set(Duration::from_millis(400));
    isolate.world.copy.take();
    isolate.keeper_gives(1);
    let answers = isolate.serve_all((0..200).map(|_| call("GET", "rest/api/3/myself")));
    assert!(answers.iter().all(|answer| outcome(answer) == "200"));
    assert_eq!((isolate.questions(), isolate.keeper_asked().len()), (1, 1));
}

#[test]
fn a_revocation_holds_within_ten_seconds_of_the_question_before_it() {
    let isolate = Isolate::new();
    isolate.world.organization_takes.set(Duration::from_secs(3));
    assert_eq!(outcome(&isolate.get()), "200");
    // The answer is three seconds old when it arrives: a second later than that it has six left.
    isolate.organization_answers(Ok(Access::KeyRefused));
    isolate.pass(6_999);
    isolate.world.organization_takes.set(Duration::ZERO);
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.pass(1);
    assert_eq!(outcome(&isolate.get()), "api_key_refused");
    assert_eq!(isolate.sent().len(), 2);
}

#[test]
fn a_revocation_also_holds_for_a_call_that_waits_to_be_tried_again() {
    let isolate = Isolate::new();
    isolate.jira([Reply::Answers { status: 503, headers: vec![("retry-after", "10")], body: "" }]);
    isolate.world.revoked_at.set(Some(isolate.now().plus_millis(1)));
    assert_eq!(outcome(&isolate.get()), "api_key_refused");
    assert_eq!(isolate.sent().len(), 1);
}

#[test]
fn a_revocation_also_holds_for_a_call_that_waits_for_a_token() {
    let isolate = Isolate::new();
    isolate.world.copy.take();
    isolate.keeper_gives(1);
    isolate.world.keeper_takes.set(Duration::from_secs(12));
    isolate.world.revoked_at.set(Some(isolate.now().plus_millis(1)));
    assert_eq!(outcome(&isolate.get()), "api_key_refused");
    assert!(isolate.sent().is_empty());
}

#[test]
fn a_silent_organization_is_not_missed_for_ten_seconds() {
    let isolate = Isolate::new();
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.organization_answers(silent());
    isolate.pass(9_999);
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.pass(1);
    assert_eq!(outcome(&isolate.get()), "unavailable");
    isolate.organization_answers(Ok(may()));
    assert_eq!(outcome(&isolate.get()), "200", "a failure is not remembered");
}

#[test]
fn an_organization_that_never_answers_holds_a_call_up_for_five_seconds() {
    let isolate = Isolate::new();
    isolate.world.organization.take();
    let before = isolate.now();
    assert_eq!(outcome(&isolate.get()), "unavailable");
    assert_eq!(isolate.now().since(before), 5_000);
    assert_eq!(isolate.world.log.of("proxy.organization_unreachable").len(), 1);
}

#[test]
fn what_was_refused_is_asked_again_after_two_seconds() {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(Access::NotFound));
    (0..50).for_each(|_| assert_eq!(outcome(&isolate.get()), "not_found"));
    assert_eq!(isolate.questions(), 1);
    isolate.organization_answers(Ok(may()));
    isolate.pass(2_000);
    assert_eq!(outcome(&isolate.get()), "200");
}

#[test]
fn no_log_line_carries_a_key_or_a_token() {
    let isolate = Isolate::new();
    isolate.jira([Reply::Fails(UpstreamFailure::Broken("reset".to_owned()))]);
    isolate.get();
    isolate.organization_answers(silent());
    isolate.pass(20_000);
    isolate.get();
    let lines = format!("{:?}", isolate.world.log.lines());
    assert!(!lines.is_empty() && !lines.contains("cw_") && !lines.contains("secret-token"), "{lines}");
}

#[test]
fn a_client_that_guesses_is_told_when_to_come_back_and_its_key_is_not_remembered_as_refused() {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(Access::TooManyRequests));
    let refused = isolate.get();
    assert_eq!((outcome(&refused).as_str(), header(&refused, "retry-after")), ("too_many_requests", Some("60")));
    isolate.organization_answers(Ok(may()));
    assert_eq!(outcome(&isolate.get()), "200", "the same key from another address");
}

#[test]
fn our_own_calls_are_marked_and_refused_when_they_come_back() {
    let isolate = Isolate::new();
    isolate.get();
    assert_eq!(isolate.sent()[0].header("causeway-hop"), Some("1"));
    let asked = isolate.questions();
    let mut looped = call("GET", "rest/api/3/myself");
    looped.headers.push(("Causeway-Hop".to_owned(), "1".to_owned()));
    let refused = isolate.serve(looped);
    assert_eq!((refused.status, outcome(&refused).as_str()), (508, "loop_detected"));
    assert_eq!((isolate.questions(), isolate.sent().len()), (asked, 1));
}
