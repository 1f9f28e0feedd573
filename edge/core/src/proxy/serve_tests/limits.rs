use std::time::Duration;

use api::{ConnectionId, CredentialKind};

use crate::{
    jira::JiraTarget,
    proxy::{
        Access, CallAddress, GrantedAccess,
        fakes::{Isolate, Reply, call, granted_to, header, outcome},
    },
};

fn limited(reason: &'static str, retry_after: &'static str) -> Reply {
    Reply::Answers { status: 429, headers: vec![("RateLimit-Reason", reason), ("Retry-After", retry_after)], body: "" }
}

#[test]
fn a_used_up_quota_pauses_the_apps_calls_until_it_resets() {
    let isolate = Isolate::new();
    isolate.jira([limited("jira-quota-global-based", "600")]);
    for waited in [0, 1] {
        let answer = isolate.post(4);
        assert_eq!(outcome(&answer), "quota_exhausted");
        assert_eq!(header(&answer, "retry-after"), Some(if waited == 0 { "600" } else { "300" }));
        isolate.pass(300_000);
    }
    assert_eq!(outcome(&isolate.post(4)), "200");
    assert_eq!(isolate.sent().len(), 2);
}

/// A call through a connection that has this access.
fn get_through(isolate: &Isolate, connection: &str, granted: GrantedAccess) -> String {
    let id = ConnectionId::parse(connection).expect("an id");
    isolate.organization_answers(Ok(Access::Granted(GrantedAccess { connection: id, ..granted })));
    let mut asked = call("GET", "rest/api/2/search");
    asked.target.address = CallAddress::Connection(connection.to_owned());
    outcome(&isolate.serve(asked))
}

fn direct() -> GrantedAccess {
    granted_to(1, JiraTarget::Direct { address: "https://jira.example.com".to_owned().into() })
}

fn gateway() -> GrantedAccess {
    granted_to(2, JiraTarget::Gateway { cloud_id: "cloud-1".to_owned() })
}

#[test]
fn no_site_can_stop_the_calls_of_another_connection() {
    for reason in ["jira-quota-global-based", "jira-quota-tenant-based", "jira-burst-based"] {
        let isolate = Isolate::new();
        isolate.world.jira_usually.replace(limited(reason, "600"));
        assert_ne!(get_through(&isolate, "con_evil", direct()), "200", "{reason}");
        isolate.world.jira_usually.replace(crate::proxy::fakes::answers(200));
        assert_eq!(get_through(&isolate, "con_cloud", gateway()), "200", "{reason}");
        assert_eq!(get_through(&isolate, "con_same_site", direct()), "200", "{reason}");
    }
}

#[test]
fn the_apps_quota_does_not_stop_credentials_that_do_not_spend_it() {
    let isolate = Isolate::new();
    isolate.jira([limited("jira-quota-global-based", "600")]);
    assert_eq!(get_through(&isolate, "con_cloud", gateway()), "quota_exhausted");
    assert_eq!(get_through(&isolate, "con_other", gateway()), "quota_exhausted");
    assert_eq!(get_through(&isolate, "con_server", direct()), "200");
    let scoped_token = || GrantedAccess { kind: CredentialKind::ScopedApiToken, ..gateway() };
    assert_eq!(get_through(&isolate, "con_token", scoped_token()), "200");
    isolate.jira([limited("jira-quota-tenant-based", "600")]);
    assert_eq!(get_through(&isolate, "con_token", scoped_token()), "quota_exhausted");
    isolate.pass(601_000);
    assert_eq!(get_through(&isolate, "con_other", gateway()), "200");
}

#[test]
fn after_a_burst_only_that_endpoint_waits() {
    let isolate = Isolate::new();
    isolate.jira([limited("jira-burst-based", "3")]);
    assert_eq!(outcome(&isolate.serve(call("POST", "rest/api/3/issue"))), "429", "a mutating call is not tried again");
    isolate.serve(call("GET", "rest/api/3/issue/A-1"));
    isolate.serve(call("POST", "rest/api/3/issue"));
    let at: Vec<_> = isolate.sent().iter().map(|sent| sent.at.since(isolate.sent()[0].at)).collect();
    assert!(at[1] == 0 && (3_000..3_600).contains(&at[2]), "{at:?}");
}

#[test]
fn an_endpoint_that_needs_longer_than_a_call_waits_says_when_to_come_back() {
    let isolate = Isolate::new();
    isolate.jira([limited("jira-burst-based", "30")]);
    isolate.post(4);
    let answer = isolate.post(4);
    assert_eq!((outcome(&answer).as_str(), header(&answer, "retry-after")), ("quota_exhausted", Some("31")));
}

#[test]
fn a_limit_on_writes_to_one_issue_is_passed_on() {
    let isolate = Isolate::new();
    isolate.jira([limited("jira-per-issue-on-write", "1")]);
    assert_eq!(outcome(&isolate.get()), "429");
    assert_eq!((outcome(&isolate.get()).as_str(), isolate.sent().len()), ("200", 2));
}

#[test]
fn no_more_than_256_calls_go_through_a_connection_at_once_and_the_others_wait() {
    let isolate = Isolate::new();
    isolate.world.jira_takes.set(Duration::from_millis(500));
    let answers = isolate.serve_all((0..600).map(|_| call("GET", "rest/api/3/myself")));
    assert!(answers.iter().all(|answer| outcome(answer) == "200"));
    assert_eq!(isolate.world.most_in_flight.get(), 256);
}

#[test]
fn a_call_that_finds_no_place_for_thirty_seconds_is_sent_away() {
    let isolate = Isolate::new();
    isolate.world.jira_takes.set(Duration::from_secs(40));
    let answers = isolate.serve_all((0..257).map(|_| call("GET", "rest/api/3/myself")));
    let away: Vec<_> = answers.iter().filter(|answer| outcome(answer) == "too_many_calls").collect();
    assert_eq!((away.len(), away.first().and_then(|answer| header(answer, "retry-after"))), (1, Some("1")));
    isolate.world.jira_takes.set(Duration::ZERO);
    assert_eq!(outcome(&isolate.get()), "200");
}
