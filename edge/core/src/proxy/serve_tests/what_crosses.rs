use crate::proxy::{
    Access, ProxyBody,
    fakes::{Isolate, Reply, answers, call, granted_to, header, outcome},
};

#[test]
fn a_call_goes_to_its_connections_site_with_its_credential_and_its_query_untouched() {
    let isolate = Isolate::new();
    let mut call = call("GET", "rest/api/3/search/jql");
    call.target.query = Some("jql=project%20=%20A&fields=*all&x=../..".to_owned());
    call.headers.push(("accept".to_owned(), "application/json".to_owned()));
    assert_eq!(outcome(&isolate.serve(call)), "200");
    let [sent] = isolate.sent().try_into().expect("one call");
    let expected = "https://api.test/ex/jira/cloud-1/rest/api/3/search/jql?jql=project%20=%20A&fields=*all&x=../..";
    assert_eq!(sent.url, expected);
    assert_eq!(sent.header("authorization"), Some("Bearer secret-token-1"));
    assert_eq!(sent.header("accept"), Some("application/json"));
}

#[test]
fn a_path_that_leaves_the_rest_interface_reaches_nobody() {
    let isolate = Isolate::new();
    for path in ["rest/../secure", "rest/%2e%2e/x", "rest/%252e%252e/x", "secure/x", "rest//x", "rest/a;b", "rest/a\\b"]
    {
        let answer = isolate.serve(call("GET", path));
        assert_eq!(outcome(&answer), "path_refused", "{path}");
    }
    assert_eq!((isolate.questions(), isolate.sent().len()), (0, 0));
}

#[test]
fn a_refused_method_is_told_which_are_not() {
    let isolate = Isolate::new();
    let answer = isolate.serve(call("TRACE", "rest/api/3/myself"));
    assert_eq!(outcome(&answer), "method_refused");
    assert!(header(&answer, "allow").is_some_and(|allowed| allowed.contains("GET")));
}

#[test]
fn a_get_with_a_body_goes_up_without_it() {
    let isolate = Isolate::new();
    let mut call = call("GET", "rest/api/3/myself");
    call.body = Some("body".to_owned());
    assert_eq!(outcome(&isolate.serve(call)), "200");
    assert!(isolate.sent()[0].body.is_none());
}

#[test]
fn what_jira_answers_comes_down_as_it_is() {
    let isolate = Isolate::new();
    for status in [200, 201, 204, 205, 207, 304, 400, 404, 409, 410, 500, 501] {
        isolate.jira([answers(status)]);
        assert_eq!(outcome(&isolate.get()), status.to_string());
    }
    isolate.jira([Reply::Answers { status: 200, headers: vec![("content-type", "text/html")], body: "<script>" }]);
    let answer = isolate.get();
    assert_eq!(answer.body, ProxyBody::Jira("<script>"));
    assert!(header(&answer, "content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
}

#[test]
fn every_answer_has_an_id_and_the_headers_that_keep_a_browser_from_running_it() {
    let isolate = Isolate::new();
    let jiras = isolate.get();
    let ours = isolate.serve(call("FOO", "rest/api/3/myself"));
    for answer in [&jiras, &ours] {
        assert!(header(answer, "x-request-id").is_some_and(|id| id.starts_with("req_")));
        assert_eq!(header(answer, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(answer, "cache-control"), Some("private, no-store"));
    }
    assert_eq!(header(&ours, "content-type"), Some("application/problem+json"));
    assert_eq!(isolate.sent()[0].header("x-request-id"), header(&jiras, "x-request-id"));
}

#[test]
fn a_redirect_is_not_followed_and_does_not_say_where_to() {
    let isolate = Isolate::new();
    for status in [301, 302, 303, 307, 308] {
        isolate.jira([Reply::Answers { status, headers: vec![("location", "https://evil.test")], body: "" }]);
        let answer = isolate.get();
        assert_eq!(outcome(&answer), "upstream_redirected");
        assert!(header(&answer, "location").is_none());
    }
    assert_eq!(isolate.sent().len(), 5);
}

#[test]
fn an_answer_with_an_impossible_status_is_no_answer() {
    let isolate = Isolate::new();
    isolate.jira([answers(101), answers(999)]);
    assert_eq!(outcome(&isolate.get()), "upstream_unreachable");
    assert_eq!(outcome(&isolate.post(4)), "outcome_unknown");
}

#[test]
fn a_site_that_is_no_cloud_id_is_never_put_into_an_address() {
    for cloud_id in ["", "a/b", "..", "a%2fb", "a@b", "a?b"] {
        let isolate = Isolate::new();
        let granted = granted_to(1, crate::jira::JiraTarget::Gateway { cloud_id: cloud_id.to_owned() });
        isolate.organization_answers(Ok(Access::Granted(granted)));
        assert_eq!(outcome(&isolate.get()), "internal", "{cloud_id}");
        assert!(isolate.sent().is_empty());
    }
}
