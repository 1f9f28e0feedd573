//! Requests that no well-behaved client sends.

use api::{PROBLEM_MEDIA_TYPE, ProblemCode};
use atlassian::Person;
use journeys::{Causeway, PATIENCE, raw_http};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

async fn asks(causeway: &Causeway, first_line: &str, headers: &str) -> String {
    let host = causeway.public_url.trim_start_matches("http://");
    let request = format!("{first_line} HTTP/1.1\r\nhost: {host}\r\n{headers}connection: close\r\n\r\n");
    raw_http::send(&causeway.public_url, request.as_bytes()).await
}

#[tokio::test]
async fn unknown_methods_are_refused() {
    let causeway = Causeway::start().await;
    for method in ["FOO", "TRACE", "PROPFIND"] {
        for path in ["/api/v1/connections", "/api/v1/connections/con_x/jira/rest/api/3/myself", "/oauth/callback"] {
            let answer = asks(&causeway, &format!("{method} {path}"), "").await;
            let status = raw_http::status(&answer);
            assert!(matches!(status, Some(400..=499 | 501)), "{method} {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_known_path_names_the_methods_it_has() {
    let causeway = Causeway::start().await;
    let visitor = causeway.visitor();
    let answer = visitor.sends(visitor.request(Method::PUT, "/api/v1/connections")).await.expect(405);
    assert_eq!(answer.problem(), Some(ProblemCode::MethodNotAllowed));
    assert!(answer.header("content-type").starts_with(PROBLEM_MEDIA_TYPE));
}

#[tokio::test]
async fn enormous_headers_and_queries_are_refused() {
    let causeway = Causeway::start().await;
    let header = format!("x-large: {}\r\n", "a".repeat(64 * 1024));
    let answer = asks(&causeway, "GET /api/v1/connections", &header).await;
    assert!(matches!(raw_http::status(&answer), Some(400..=499)), "{answer:.300}");
    let query = (0..1000).map(|number| format!("p{number}={number}")).collect::<Vec<_>>().join("&");
    let answer = asks(&causeway, &format!("GET /api/v1/connections?{query}"), "").await;
    assert!(matches!(raw_http::status(&answer), Some(400..=499)), "{answer:.300}");
    causeway.visitor().gets("/healthz").await.expect(200);
}

#[tokio::test]
async fn headers_that_are_not_ascii_are_no_fault_and_alert_nobody() {
    let causeway = Causeway::start().await;
    let answer = asks(&causeway, "GET /healthz", "x-city: K\u{f6}ln\r\n").await;
    assert_eq!(raw_http::status(&answer), Some(200), "{answer}");
    assert!(!causeway.worker.log().contains("request.not_served"), "{}", causeway.worker.log());
}

#[tokio::test]
async fn causeways_own_calls_are_marked_and_refused_when_they_come_back() {
    let causeway = Causeway::start().await;
    for path in ["/healthz", "/sign-in", "/api/v1/connections/con_x/jira/rest/api/3/myself"] {
        let answer = asks(&causeway, &format!("GET {path}"), "causeway-hop: 1\r\n").await;
        assert_eq!(raw_http::status(&answer), Some(508), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_old_keys_from_one_address_is_limited() {
    let causeway = Causeway::start().await;
    let mut statuses = Vec::new();
    // Twice the limit and one more, because a minute may end in between.
    for number in 0..121 {
        let headers = format!("cf-connecting-ip: 203.0.113.7\r\nauthorization: Bearer cw_{number:0>43}\r\n");
        statuses.push(raw_http::status(&asks(&causeway, "GET /api/v1/connections", &headers).await));
    }
    assert!(statuses.iter().all(|status| matches!(status, Some(401 | 429))), "{statuses:?}");
    assert!(statuses.contains(&Some(429)), "{statuses:?}");
    causeway.visitor().gets("/healthz").await.expect(200);
}

#[tokio::test]
async fn a_slow_upload_holds_up_nobody_else() {
    let causeway = Causeway::start().await;
    let host = causeway.public_url.trim_start_matches("http://").to_owned();
    let mut slow = raw_http::connect(&causeway.public_url).await;
    let head = format!(
        "POST /api/v1/authorizations HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.expect("the server listens");
    // If others waited for the slow one, this would wait for ever.
    let visitor = causeway.visitor();
    let answered = timeout(PATIENCE, visitor.gets("/healthz")).await;
    answered.expect("others wait for the slow one").expect(200);
    slow.write_all(&vec![b' '; 59_999]).await.expect("the server still listens");
    let mut start = [0; 10];
    slow.read_exact(&mut start).await.expect("the slow one is answered in the end");
    assert_eq!(&start, b"HTTP/1.1 4", "nobody is signed in, so it is refused");
}

#[tokio::test]
async fn bodies_that_are_not_what_the_contract_says_get_a_problem_with_a_remedy() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let deep = "[".repeat(10_000);
    let large = format!("{{\"kind\":\"{}\"}}", "a".repeat(100 * 1024));
    let bodies: [(&str, u16); 9] = [
        ("", 400),
        ("{", 400),
        ("null", 400),
        (r#"{"kind":"cloud_oauth2","more":1}"#, 400),
        (r#"{"kind":7}"#, 400),
        (r#"{"kind":"cloud_oauth2","kind":"cloud_oauth2"}"#, 400),
        (r#"{"kind":"\ud800"}"#, 400),
        (&deep, 400),
        (&large, 413),
    ];
    for (body, status) in bodies {
        let request = ada.request(Method::POST, "/api/v1/authorizations").header(api::PROOF_HEADER, api::PROOF_VALUE);
        let request = request.header("origin", &causeway.public_url).header("content-type", "application/json");
        let answer = ada.sends(request.body(body.to_owned())).await;
        assert_eq!(answer.status, status, "{body:.60} was answered {}", answer.body);
        let problem: api::Problem = answer.json();
        assert!(!problem.remedy.is_empty() && !problem.request_id.is_empty());
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let paths = [
        "/",
        "/api-keys",
        "/healthz",
        "/api/v1/session",
        "/api/v1/nothing",
        "/oauth/callback",
        "/sign-in",
        "/api/v1/openapi.json",
    ];
    for path in paths {
        let answer = ada.gets(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy:?}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("strict-transport-security").contains("max-age="), "{path}");
    }
    assert_eq!(ada.gets("/").await.header("cross-origin-opener-policy"), "same-origin-allow-popups");
}

#[tokio::test]
async fn only_files_of_this_deployment_are_kept_for_a_year() {
    let causeway = Causeway::start().await;
    let visitor = causeway.visitor();
    let page = visitor.gets("/").await.expect(200);
    let script = page.body.split("data-module=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the script");
    assert!(script.starts_with("/assets/causeway-"), "{script}");
    let kept = visitor.gets(script).await.expect(200);
    assert!(kept.header("content-type").starts_with("text/javascript"));
    assert!(kept.header("cache-control").contains("immutable"));
    let gone = visitor.gets("/assets/causeway-0000000000000000.js").await.expect(404);
    assert_eq!(gone.header("cache-control"), "no-store");
    let robots = visitor.gets("/robots.txt").await.expect(200);
    assert!(robots.header("content-type").starts_with("text/plain") && robots.body.contains("User-agent"));
}

#[tokio::test]
async fn pictures_come_from_atlassian_only_once_this_is_deployed() {
    let headers = std::fs::read_to_string(journeys::checkout::root().join("public/_headers")).expect("the headers");
    assert!(!headers.contains("localhost") && !headers.contains("127.0.0.1"), "{headers}");
    assert!(headers.contains("img-src 'self' https://*.atl-paas.net https://*.atlassian.com blob:;"));
}

#[tokio::test]
async fn the_openapi_document_is_served_as_a_file() {
    let causeway = Causeway::start().await;
    let answer = causeway.visitor().gets("/api/v1/openapi.json").await.expect(200);
    assert!(answer.header("content-type").starts_with("application/json"));
    assert!(answer.json::<serde_json::Value>()["paths"]["/api/v1/connections"].is_object());
}
