use crate::{
    ports::PortFailure,
    proxy::fakes::{Isolate, Reply, answers, outcome},
};

const ALLOW_LIST: &str =
    "The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";

fn refused(isolate: &Isolate, status: u16, body: &'static str) -> String {
    isolate.keeper_gives(1);
    isolate.jira([Reply::Answers { status, headers: Vec::new(), body }]);
    outcome(&isolate.get())
}

fn wanted(isolate: &Isolate) -> usize {
    isolate.world.checkups_wanted.borrow().len()
}

#[test]
fn a_refusal_that_a_checkup_explains_asks_for_one() {
    let refusals = [
        (403, ALLOW_LIST, "ip_allow_list"),
        (401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#, "scope_missing"),
        (401, "", "credential_refused"),
    ];
    for (status, body, code) in refusals {
        let isolate = Isolate::new();
        assert_eq!(refused(&isolate, status, body), code);
        assert_eq!(wanted(&isolate), 1, "{code}");
    }
}

#[test]
fn a_flood_of_refusals_asks_once_a_minute() {
    let isolate = Isolate::new();
    for _ in 0..5 {
        refused(&isolate, 403, ALLOW_LIST);
    }
    assert_eq!(wanted(&isolate), 1);
    isolate.pass(60_000);
    refused(&isolate, 403, ALLOW_LIST);
    assert_eq!(wanted(&isolate), 2);
}

#[test]
fn a_clock_that_was_set_back_keeps_no_checkup_from_being_asked_for() {
    let isolate = Isolate::new();
    refused(&isolate, 403, ALLOW_LIST);
    isolate.set_clock_back(3_600_000);
    refused(&isolate, 403, ALLOW_LIST);
    assert_eq!(wanted(&isolate), 2);
}

#[test]
fn what_works_or_fails_for_the_callers_own_reasons_asks_for_none() {
    let isolate = Isolate::new();
    for status in [200, 400, 403, 404, 500] {
        isolate.jira([answers(status)]);
        isolate.get();
    }
    isolate.pass(3_600_000);
    isolate.keeper_answers(Err(PortFailure("down".to_owned())));
    assert_eq!(outcome(&isolate.get()), "credential_unavailable");
    assert_eq!(wanted(&isolate), 0);
}
