use std::time::Duration;

use crate::{
    jira::JiraTarget,
    proxy::{
        ProxyBody,
        fakes::{Isolate, Reply, answers, call, granted, header, outcome},
    },
};

/// The statuses with which Atlassian's description of Jira Cloud lets operations succeed (303 apart).
const SUCCESSES: [u16; 8] = [200, 201, 202, 204, 205, 206, 207, 304];

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
    for status in SUCCESSES.into_iter().chain([400, 404, 405, 408, 409, 410, 412, 413, 416, 422, 423, 500, 501]) {
        for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"] {
            isolate.jira([answers(status)]);
            let answer = isolate.serve(call(method, "rest/api/3/issue/A-1"));
            let body = if matches!(status, 204 | 205 | 304) { ProxyBody::Empty } else { ProxyBody::Jira("{}") };
            assert_eq!((answer.status, answer.body), (status, body), "{method}");
        }
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
        isolate.organization_answers(Ok(granted(1, JiraTarget::Gateway { cloud_id: cloud_id.to_owned() })));
        assert_eq!(outcome(&isolate.get()), "internal", "{cloud_id}");
        assert!(isolate.sent().is_empty());
    }
}

fn at_an_instance(replies: impl IntoIterator<Item = Reply>) -> Isolate {
    let isolate = Isolate::new();
    let address = "https://jira.example.com/jira".to_owned().into();
    isolate.organization_answers(Ok(granted(1, JiraTarget::Direct { address })));
    isolate.jira(replies);
    isolate
}

#[test]
fn where_the_outcome_of_a_long_operation_can_be_read_comes_down_as_a_path_of_ours() {
    let seen = |status: u16, location: &'static str| {
        let isolate = Isolate::new();
        isolate.jira([Reply::Answers { status, headers: vec![("Location", location)], body: "" }]);
        let answer = isolate.serve(call("DELETE", "rest/api/3/field/customfield_1"));
        (outcome(&answer), header(&answer, "location").map(str::to_owned))
    };
    let task = Some("/api/v1/connections/con_1/jira/rest/api/3/task/1".to_owned());
    for status in [201, 202, 303] {
        assert_eq!(seen(status, "https://acme.atlassian.net/rest/api/3/task/1"), (status.to_string(), task.clone()));
    }
    assert_eq!(seen(303, "https://media.test/file"), ("upstream_redirected".to_owned(), None));
    assert_eq!(seen(201, "https://media.test/file"), ("201".to_owned(), None));
}

#[test]
fn a_file_name_in_any_script_comes_down() {
    let isolate = Isolate::new();
    let name = ("Content-Disposition", "attachment; filename=\"Überblick 報告.txt\"");
    isolate.jira([Reply::Answers { status: 200, headers: vec![name], body: "" }]);
    let answer = isolate.serve(call("GET", "rest/api/3/attachment/content/1"));
    let expected =
        "attachment; filename=\"_berblick __.txt\"; filename*=UTF-8''%C3%9Cberblick%20%E5%A0%B1%E5%91%8A.txt";
    assert_eq!(header(&answer, "content-disposition"), Some(expected));
}

#[test]
fn a_server_that_the_platform_does_not_reach_is_unreachable_and_its_page_stays_behind() {
    let page =
        |status| Reply::Answers { status, headers: vec![("content-type", "text/html")], body: "error code: 1016" };
    for (status, read, written, tries) in [
        (520, "upstream_unreachable", "outcome_unknown", 3),
        (521, "upstream_unreachable", "upstream_unreachable", 3),
        (524, "upstream_unreachable", "outcome_unknown", 3),
        (525, "upstream_unreachable", "upstream_unreachable", 1),
        (526, "upstream_unreachable", "upstream_unreachable", 1),
        (530, "upstream_unreachable", "upstream_unreachable", 3),
    ] {
        let isolate = at_an_instance([page(status), page(status), page(status)]);
        assert_eq!((outcome(&isolate.get()).as_str(), isolate.sent().len()), (read, tries), "{status}");
        let isolate = at_an_instance([page(status)]);
        assert_eq!((outcome(&isolate.post(4)).as_str(), isolate.sent().len()), (written, 1), "{status}");
        assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1, "{status}: nobody looks why");
    }
    let isolate = at_an_instance([page(526)]);
    let ProxyBody::Problem(problem) = isolate.get().body else { panic!("the platform's page came down") };
    assert!(problem.contains("certificate is not accepted") && problem.contains("install a valid certificate"));
}

#[test]
fn a_web_page_instead_of_jiras_answer_is_told_as_a_sign_in_page() {
    let page = |body| Reply::Answers { status: 200, headers: vec![("Content-Type", "text/html; charset=utf-8")], body };
    for body in ["<!DOCTYPE html><title>Log in</title>", "\n <html><form action=login>"] {
        let isolate = at_an_instance([page(body)]);
        assert_eq!(outcome(&isolate.get()), "upstream_sign_in", "{body}");
        assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1);
        let isolate = at_an_instance([page(body)]);
        assert_eq!(outcome(&isolate.serve(call("GET", "rest/api/2/attachment/content/1"))), "200", "it is a file");
    }
    let isolate = at_an_instance([page("<p>rendered</p>")]);
    assert_eq!(outcome(&isolate.serve(call("POST", "rest/api/1.0/render"))), "200", "a fragment is Jira's");
}

#[test]
fn a_head_call_says_how_long_the_content_is() {
    let isolate = Isolate::new();
    let headers = vec![("Content-Length", "1234"), ("Content-Type", "image/png"), ("ETag", "\"a\"")];
    isolate.jira([Reply::Answers { status: 200, headers, body: "" }]);
    let answer = isolate.serve(call("HEAD", "rest/api/3/attachment/content/1"));
    assert_eq!((header(&answer, "content-length"), header(&answer, "etag")), (Some("1234"), Some("\"a\"")));
    assert_eq!(isolate.sent()[0].method, "HEAD");
}

#[test]
fn a_slow_upload_has_its_minute_from_its_last_byte_on() {
    let isolate = Isolate::new();
    isolate.world.upload_takes.set(Duration::from_mins(8));
    isolate.world.jira_takes.set(Duration::from_secs(59));
    assert_eq!(outcome(&isolate.post(2_000_000)), "200");
    isolate.world.jira_takes.set(Duration::from_secs(61));
    assert_eq!(outcome(&isolate.post(2_000_000)), "outcome_unknown");
}

#[test]
fn an_upload_without_end_is_broken_off() {
    let isolate = Isolate::new();
    isolate.world.upload_takes.set(Duration::from_hours(1));
    let before = isolate.now();
    assert_eq!(outcome(&isolate.post(2_000_000)), "upstream_timeout");
    assert_eq!(isolate.now().since(before), 600_000);
}

#[test]
fn a_body_that_does_not_say_how_large_it_is_is_broken_off_at_the_limit() {
    let isolate = Isolate::new();
    let mut call = call("POST", "rest/api/3/issue/A-1/attachments");
    call.body = Some("a".repeat(20 * 1024 * 1024 + 1));
    assert_eq!(outcome(&isolate.serve(call)), "body_too_large");
}

#[test]
fn a_client_that_cannot_send_bearer_calls_with_basic() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    let isolate = Isolate::new();
    let mut basic = call("GET", "rest/api/3/myself");
    let login = STANDARD.encode(format!("ada@example.com:{}", crate::proxy::fakes::KEY));
    basic.headers = vec![("authorization".to_owned(), format!("Basic {login}"))];
    assert_eq!(outcome(&isolate.serve(basic)), "200");
    assert_eq!(isolate.sent()[0].header("authorization"), Some("Bearer secret-token-1"));
}

#[test]
fn a_refused_key_is_answered_with_a_challenge_that_makes_no_browser_ask_for_a_password() {
    let isolate = Isolate::new();
    let mut without = call("GET", "rest/api/3/myself");
    without.headers.clear();
    assert_eq!(header(&isolate.serve(without), "www-authenticate"), Some("Bearer realm=\"causeway\""));
}
