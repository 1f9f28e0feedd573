//! What is counted of calls, and when the organization is told.

use api::{CallOutcome, Cause};

use crate::{
    organization::{CountedCalls, RecordCalls},
    ports::PortFailure,
    proxy::fakes::{Isolate, Reply, answers, call, header, outcome},
};

/// Lets time pass, and with it what runs after responses.
fn pass(isolate: &Isolate, millis: i64) {
    isolate.pass(millis);
    isolate.run_background();
}

fn batches(isolate: &Isolate) -> Vec<RecordCalls> {
    isolate.run_background();
    isolate.world.recorded.borrow().clone()
}

fn last(isolate: &Isolate) -> CountedCalls {
    let batch = batches(isolate).pop().expect("a batch");
    batch.connections.into_iter().next().expect("a connection")
}

fn counted(batches: &[RecordCalls], outcome: CallOutcome) -> u32 {
    let counts = batches.iter().flat_map(|batch| &batch.connections).flat_map(|calls| &calls.counts);
    counts.filter(|count| count.outcome == outcome).map(|count| count.count).sum()
}

#[test]
fn calls_that_succeed_are_recorded_in_one_batch_and_cost_no_hop_each() {
    let isolate = Isolate::new();
    for _ in 0..50 {
        isolate.get();
    }
    assert!(batches(&isolate).is_empty(), "nothing changes a verdict, so nothing is sent at once");
    pass(&isolate, 10_000);
    assert_eq!((batches(&isolate).len(), counted(&batches(&isolate), CallOutcome::Succeeded)), (1, 50));
    let calls = last(&isolate);
    assert_eq!((calls.keys.len(), calls.keys[0].count), (1, 50));
    assert!(calls.failed.is_empty() && calls.failing.is_none() && calls.succeeded_at.is_some());
    assert_eq!(isolate.questions(), 1, "the key was looked up once");
}

#[test]
fn the_first_calls_that_fail_and_the_first_that_succeeds_again_are_recorded_at_once() {
    let isolate = Isolate::new();
    isolate.get();
    *isolate.world.jira_usually.borrow_mut() = answers(500);
    for number in 1..=3 {
        isolate.get();
        assert_eq!(batches(&isolate).len(), number);
    }
    let failing = last(&isolate).failing.expect("calls fail");
    assert_eq!((failing.cause, failing.calls.http_status), (Cause::SiteUnreachable, Some(500)));
    (0..20).for_each(|_| drop(isolate.get()));
    assert_eq!(batches(&isolate).len(), 3, "the verdict is clear, so the rest can wait");
    *isolate.world.jira_usually.borrow_mut() = answers(200);
    isolate.get();
    assert_eq!(batches(&isolate).len(), 4);
    assert_eq!((last(&isolate).failing, last(&isolate).is_mixed), (None, true));
    assert_eq!(counted(&batches(&isolate), CallOutcome::JiraFault), 23);
}

#[test]
fn calls_that_fail_and_succeed_in_turn_do_not_cost_a_hop_each() {
    let isolate = Isolate::new();
    for number in 0..200 {
        isolate.jira([answers(if number % 2 == 0 { 500 } else { 200 })]);
        isolate.get();
    }
    assert!(batches(&isolate).len() <= 6, "{}", batches(&isolate).len());
    pass(&isolate, 10_000);
    assert_eq!(counted(&batches(&isolate), CallOutcome::Succeeded), 100);
    assert_eq!(counted(&batches(&isolate), CallOutcome::JiraFault), 100);
}

#[test]
fn a_failed_call_is_kept_without_its_query_and_with_the_request_id_that_the_caller_got() {
    let isolate = Isolate::new();
    isolate.jira([answers(500)]);
    let mut request = call("GET", "rest/api/3/search/jql");
    request.target.query = Some("jql=assignee%3Dada".to_owned());
    let answer = isolate.serve(request);
    let failed = last(&isolate).failed.pop().expect("it failed");
    assert_eq!((failed.method.as_str(), failed.path.as_str()), ("GET", "/rest/api/3/search/jql"));
    assert_eq!((failed.status, failed.outcome), (500, CallOutcome::JiraFault));
    assert_eq!(header(&answer, "x-request-id"), Some(failed.request_id.as_str()));
}

#[test]
fn what_failed_for_the_callers_own_reasons_is_not_counted() {
    let isolate = Isolate::new();
    isolate.serve(call("TRACE", "rest/api/3/myself"));
    isolate.serve(call("GET", "rest/api/3/../myself"));
    isolate.organization_answers(Ok(crate::proxy::Access::KeyRefused));
    isolate.get();
    pass(&isolate, 10_000);
    assert!(batches(&isolate).is_empty());
}

#[test]
fn a_call_that_nobody_answers_or_that_has_no_token_is_counted_as_such() {
    let isolate = Isolate::new();
    *isolate.world.jira_usually.borrow_mut() = Reply::Never;
    assert_eq!(outcome(&isolate.get()), "upstream_timeout");
    assert_eq!(last(&isolate).failing.map(|run| run.calls.http_status), Some(None));
    assert_eq!(counted(&batches(&isolate), CallOutcome::NoAnswer), 1);

    let isolate = Isolate::new();
    *isolate.world.copy.borrow_mut() = None;
    isolate.keeper_answers(Err(PortFailure("down".to_owned())));
    isolate.get();
    pass(&isolate, 10_000);
    assert_eq!(counted(&batches(&isolate), CallOutcome::NoToken), 1);
    assert_eq!(last(&isolate).failing, None, "the keeper itself says what that means");
}

#[test]
fn the_rate_limit_that_an_answer_names_is_recorded() {
    let isolate = Isolate::new();
    let headers = vec![("x-ratelimit-limit", "65000"), ("x-ratelimit-remaining", "64000")];
    isolate.jira([Reply::Answers { status: 200, headers, body: "{}" }]);
    isolate.get();
    isolate.get();
    pass(&isolate, 10_000);
    let limit = last(&isolate).rate_limit.expect("Jira named it");
    assert_eq!((limit.limit, limit.remaining, limit.limited_until), (Some(65_000), Some(64_000), None));
}

#[test]
fn calls_that_a_used_up_quota_refuses_fail_because_of_the_rate_limit() {
    let isolate = Isolate::new();
    let headers = vec![("ratelimit-reason", "jira-quota-tenant-based"), ("retry-after", "90")];
    isolate.jira([Reply::Answers { status: 429, headers, body: "{}" }]);
    let now = isolate.now();
    (0..3).for_each(|_| drop(isolate.get()));
    assert_eq!(counted(&batches(&isolate), CallOutcome::RateLimit), 3);
    let first = batches(&isolate)[0].connections[0].clone();
    assert_eq!(first.rate_limit.and_then(|limit| limit.limited_until), Some(now.plus_seconds(90)));
    assert!(isolate.world.checkups_wanted.borrow().is_empty(), "a checkup would only make more calls");
}

#[test]
fn an_outage_asks_for_a_checkup_and_a_fault_of_one_call_does_not() {
    for (status, wanted) in [(500, 0), (503, 1)] {
        let isolate = Isolate::new();
        *isolate.world.jira_usually.borrow_mut() = answers(status);
        isolate.get();
        isolate.run_background();
        assert_eq!(isolate.world.checkups_wanted.borrow().len(), wanted, "{status}");
    }
}

#[test]
fn counts_that_do_not_arrive_are_lost_and_fail_no_call() {
    let isolate = Isolate::new();
    isolate.world.calls_are_lost.set(true);
    isolate.jira([answers(500)]);
    assert_eq!(outcome(&isolate.get()), "500");
    isolate.run_background();
    assert_eq!(isolate.world.log.of("proxy.calls_not_recorded").len(), 1);
    isolate.world.calls_are_lost.set(false);
    isolate.get();
    assert_eq!(counted(&batches(&isolate), CallOutcome::JiraFault), 0);
}

#[test]
fn calls_that_are_not_sent_because_of_the_connection_are_counted_too() {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(crate::proxy::Access::Unauthorized {
        cause: None,
        kind: api::CredentialKind::CloudOauth2,
    }));
    assert_eq!(outcome(&isolate.get()), "connection_unauthorized");
    pass(&isolate, 10_000);
    assert_eq!(counted(&batches(&isolate), CallOutcome::NoToken), 1);

    let isolate = Isolate::new();
    isolate.world.jira_takes.set(std::time::Duration::from_secs(40));
    isolate.serve_all((0..257).map(|_| call("GET", "rest/api/3/myself")));
    pass(&isolate, 10_000);
    assert_eq!(counted(&batches(&isolate), CallOutcome::TooManyCalls), 1);
    assert_eq!(counted(&batches(&isolate), CallOutcome::Succeeded), 256);
}
