//! Calls that name their site only, as at Atlassian's gateway or at an instance.

use api::{ConnectionId, Name, Problem};

use crate::{
    jira::{JiraTarget, SiteReference},
    organization::NamedConnection,
    proxy::{
        Access, CallAddress, ConnectionReference, ProxyBody, ProxyRequest,
        fakes::{Isolate, call, granted, outcome},
    },
};

fn at(address: CallAddress, path: &str) -> ProxyRequest<String> {
    let mut call = call("GET", path);
    call.target.address = address;
    call
}

fn at_the_gateway() -> ProxyRequest<String> {
    at(CallAddress::Gateway("cloud-1".to_owned()), "rest/api/3/myself")
}

fn id(text: &str) -> ConnectionId {
    ConnectionId::parse(text).expect("an id")
}

fn asked(isolate: &Isolate) -> Option<ConnectionReference> {
    isolate.world.asked_about.borrow().clone()
}

#[test]
fn a_call_at_the_gateways_address_goes_through_the_connection_to_that_site() {
    let isolate = Isolate::new();
    assert_eq!(outcome(&isolate.serve(at_the_gateway())), "200");
    let site = SiteReference::CloudId("cloud-1".to_owned());
    assert_eq!(asked(&isolate), Some(ConnectionReference::Site { site, chosen: None }));
    assert_eq!(isolate.sent()[0].url, "https://api.test/ex/jira/cloud-1/rest/api/3/myself");
}

#[test]
fn a_call_at_an_instances_address_goes_through_the_connection_to_it() {
    let isolate = Isolate::new();
    let address = "https://jira.example.com/jira".to_owned().into();
    isolate.organization_answers(Ok(granted(1, JiraTarget::Direct { address })));
    let call = at(CallAddress::Instance("/jira".to_owned()), "rest/api/2/issue/10001");
    assert_eq!(outcome(&isolate.serve(call)), "200");
    let site = SiteReference::ContextPath("/jira".to_owned());
    assert_eq!(asked(&isolate), Some(ConnectionReference::Site { site, chosen: None }));
    assert_eq!(isolate.sent()[0].url, "https://jira.example.com/jira/rest/api/2/issue/10001");
}

#[test]
fn a_header_chooses_among_several_connections() {
    let isolate = Isolate::new();
    let mut call = at_the_gateway();
    call.headers.push(("X-Causeway-Connection".to_owned(), " con_2 ".to_owned()));
    assert_eq!(outcome(&isolate.serve(call)), "200");
    let site = SiteReference::CloudId("cloud-1".to_owned());
    assert_eq!(asked(&isolate), Some(ConnectionReference::Site { site, chosen: Some(id("con_2")) }));
    let mut nonsense = at_the_gateway();
    nonsense.headers.push(("x-causeway-connection".to_owned(), "Reports".to_owned()));
    assert_eq!(outcome(&isolate.serve(nonsense)), "not_found");
    assert_eq!(isolate.questions(), 1);
}

#[test]
fn several_connections_are_named_with_the_header_that_chooses() {
    let isolate = Isolate::new();
    let named =
        |id_text: &str, name: &str| NamedConnection { id: id(id_text), name: Name::parse(name).expect("a name") };
    let connections = vec![named("con_1", "Reports"), named("con_2", "Bot")];
    isolate.organization_answers(Ok(Access::Ambiguous { connections, more: false }));
    let answer = isolate.serve(at_the_gateway());
    assert_eq!((outcome(&answer).as_str(), answer.status), ("connection_ambiguous", 409));
    let ProxyBody::Problem(json) = answer.body else { panic!("no call may go up") };
    let problem: Problem = serde_json::from_str(&json).expect("a problem");
    assert!(problem.detail.contains("Reports (con_1), Bot (con_2)."), "{}", problem.detail);
    assert!(problem.remedy.contains("X-Causeway-Connection"));
    assert!(isolate.sent().is_empty());
}

#[test]
fn a_site_without_a_connection_is_not_found() {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(Access::NotFound));
    assert_eq!(outcome(&isolate.serve(at_the_gateway())), "not_found");
    let doubled = at(CallAddress::Instance("/".to_owned()), "rest/api/2/myself");
    assert_eq!(outcome(&isolate.serve(doubled)), "path_refused");
    assert_eq!(isolate.questions(), 1);
}

#[test]
fn what_a_key_may_do_with_a_site_is_remembered_and_a_revocation_holds_within_ten_seconds() {
    let isolate = Isolate::new();
    for _ in 0..90 {
        assert_eq!(outcome(&isolate.serve(at_the_gateway())), "200");
        isolate.pass(99);
    }
    assert_eq!((isolate.questions(), isolate.keeper_asked().len()), (1, 0));
    isolate.organization_answers(Ok(Access::KeyRefused));
    isolate.pass(9_999);
    assert_eq!(outcome(&isolate.serve(at_the_gateway())), "api_key_refused");
}

#[test]
fn only_jiras_rest_interface_is_reached_under_any_address() {
    let isolate = Isolate::new();
    for path in ["secure/x", "rest/../x", "_edge/tenant_info", "rest//x"] {
        let gateway = at(CallAddress::Gateway("cloud-1".to_owned()), path);
        assert_eq!(outcome(&isolate.serve(gateway)), "path_refused", "{path}");
    }
    assert_eq!((isolate.questions(), isolate.sent().len()), (0, 0));
}
