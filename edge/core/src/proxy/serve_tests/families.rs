//! Which parts of Jira a call reaches, and what a refused one is told.

use api::{ApiFamily, Problem};

use super::super::{
    Access, GrantedAccess, ProxyAnswer, ProxyBody,
    fakes::{Isolate, call, granted_to, outcome},
};
use crate::jira::JiraTarget;

fn direct() -> GrantedAccess {
    granted_to(1, JiraTarget::Direct { address: "https://jira.example.com/jira".to_owned().into() })
}

fn at(granted: GrantedAccess) -> Isolate {
    let isolate = Isolate::new();
    isolate.organization_answers(Ok(Access::Granted(granted)));
    isolate
}

fn problem(answer: ProxyAnswer<&'static str>) -> Problem {
    match answer.body {
        ProxyBody::Problem(json) => serde_json::from_str(&json).expect("a problem"),
        ProxyBody::Jira(_) | ProxyBody::Empty => panic!("nothing was to go up"),
    }
}

fn families(texts: &[&str]) -> Vec<ApiFamily> {
    texts.iter().map(|text| ApiFamily::parse(text).expect("a family")).collect()
}

#[test]
fn no_key_mints_changes_or_ends_a_credential() {
    let isolate = at(direct());
    for (method, path) in [
        ("POST", "rest/pat/latest/tokens"),
        ("POST", "rest/PAT/latest/tokens"),
        ("POST", "rest/%70at/latest/tokens"),
        ("POST", "rest/auth/1/session"),
        ("DELETE", "rest/auth/1/session"),
        ("PUT", "rest/api/2/user/pass%77ord"),
        ("POST", "rest/api/2/user"),
        ("POST", "rest/plugins/1.0/"),
        ("POST", "rest/api/3/webhook"),
        ("PUT", "rest/api/2/settings/baseUrl"),
    ] {
        assert_eq!(outcome(&isolate.serve(call(method, path))), "path_refused", "{method} {path}");
    }
    assert_eq!(outcome(&isolate.serve(call("GET", "rest/api/2/user"))), "200");
    assert_eq!((isolate.sent().len(), isolate.world.refused.borrow().len()), (1, 0));
}

#[test]
fn no_call_signs_somebody_in_by_its_query_or_by_a_form() {
    let isolate = at(direct());
    let mut query = call("GET", "rest/api/2/myself");
    query.target.query = Some("expand=groups&OS%5Fusername=ada&os_password=x".to_owned());
    assert_eq!(outcome(&isolate.serve(query)), "invalid_request");
    let form = || {
        let mut form = call("POST", "rest/api/2/search");
        let form_type = "Application/X-WWW-Form-Urlencoded; charset=utf-8";
        form.headers.push(("content-type".to_owned(), form_type.to_owned()));
        form.body = Some("os_username=ada&os_password=x".to_owned());
        form
    };
    assert_eq!(outcome(&isolate.serve(form())), "form_refused");
    assert!(isolate.sent().is_empty());
    assert_eq!(outcome(&Isolate::new().serve(form())), "200", "Cloud itself says that it takes none");
}

#[test]
fn a_family_that_the_managers_added_is_passed_on_and_no_other() {
    let isolate = at(GrantedAccess { families: families(&["rest/raven/2.0"]), ..direct() });
    assert_eq!(outcome(&isolate.serve(call("POST", "rest/raven/2.0/api/test"))), "200");
    for path in ["rest/raven/1.0/api/test", "rest/scriptrunner/latest/custom/x"] {
        assert_eq!(outcome(&isolate.serve(call("GET", path))), "path_refused", "{path}");
    }
    assert_eq!(isolate.sent().len(), 1);
}

#[test]
fn a_family_that_was_added_or_removed_counts_within_ten_seconds() {
    let isolate = at(direct());
    let get = || outcome(&isolate.serve(call("GET", "rest/raven/2.0/x")));
    assert_eq!(get(), "path_refused");
    let added = GrantedAccess { families: families(&["rest/raven"]), ..direct() };
    isolate.organization_answers(Ok(Access::Granted(added)));
    isolate.pass(10_000);
    assert_eq!(get(), "200");
    isolate.organization_answers(Ok(Access::Granted(direct())));
    isolate.pass(10_000);
    assert_eq!(get(), "path_refused");
}

#[test]
fn a_refused_family_is_named_with_who_can_add_it_and_where() {
    let isolate = at(direct());
    let told = problem(isolate.serve(call("GET", "rest/tempo-timesheets/4/worklogs")));
    assert!(told.detail.starts_with("rest/tempo-timesheets/4 is not one of the API families"), "{}", told.detail);
    assert!(told.remedy.contains("Access, Additional API families"), "{}", told.remedy);
    assert!(told.remedy.contains("/help/calling-jira/#families"), "{}", told.remedy);
    let never = problem(isolate.serve(call("POST", "rest/pat/latest/tokens")));
    assert!(never.detail.contains("never passed on") && never.remedy.contains("#taken-out"), "{never:?}");
}

#[test]
fn a_pasted_address_is_told_what_to_call_instead() {
    let isolate = at(direct());
    for (path, told) in [
        ("/rest/api/2/myself", "two slashes"),
        ("ex/jira/cloud-1/rest/api/3/myself", "before rest/"),
        ("https://acme.atlassian.net/rest/api/3/myself", "before rest/"),
        ("secure/attachment/10000/a.png", "rest/api/3/attachment/content/{id}"),
        ("browse/ABC-1", "rest/api/2/issue/ABC-1"),
        ("jira/software/c/projects/ABC/boards/1", "rest/agile/1.0/board/{id}"),
        ("api/2/myself", "does not begin with rest/"),
    ] {
        let problem = problem(isolate.serve(call("GET", path)));
        assert_eq!(problem.code, api::ProblemCode::PathRefused, "{path}");
        assert!(problem.detail.contains(told), "{path}: {}", problem.detail);
        assert!(problem.remedy.contains("rest/"), "{path}: {}", problem.remedy);
    }
    assert_eq!((isolate.questions(), isolate.sent().len()), (0, 0));
}
