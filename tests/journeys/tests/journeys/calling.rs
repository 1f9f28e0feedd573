//! Calls to Jira through a connection.

use api::{KeyScope, ProblemCode};
use atlassian::{Endpoint, Fault, Kind, Recorded};
use journeys::{Causeway, Connected, jira_calls, raw_http};
use reqwest::Method;

fn last_call(causeway: &Causeway) -> Recorded {
    let requests = causeway.model.requests();
    requests.into_iter().rev().find(|request| request.endpoint == Endpoint::Jira).expect("Jira was called")
}

#[tokio::test]
async fn a_call_reaches_the_connections_site_and_no_other() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let answer = connected.calls("/rest/api/3/project/search?maxResults=2&query=a%20b").await.expect(200);
    assert!(answer.json::<serde_json::Value>()["values"].is_array());
    let call = last_call(&causeway);
    assert_eq!(call.path, format!("/ex/jira/{}/rest/api/3/project/search", atlassian::sites::HARBOUR));
    assert_eq!(call.query, "maxResults=2&query=a%20b", "the query passes untouched");
}

#[tokio::test]
async fn paths_that_lead_elsewhere_are_refused_before_anything_is_sent() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let before = jira_calls(&causeway.model);
    let base = format!("/api/v1/connections/{}/jira", connected.connection.id);
    let paths = [
        "/rest/../admin",
        "/rest/api/3/../../../x",
        "/rest/%2e%2e/x",
        "/rest/%252e%252e/x",
        "/rest/a%2fb",
        "/rest/a%5cb",
        "/rest/a\\..\\..\\b",
        "/rest/a;b=c/x",
        "/rest//x",
        "//evil.example/rest/x",
        "/@evil.example/rest",
        "/http://evil.example/rest",
        "/wiki/rest/api",
        "/plugins/servlet/x",
        "/rest",
        "/",
        "",
    ];
    for path in paths {
        let request = format!(
            "GET {base}{path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
            causeway.public_url.trim_start_matches("http://"),
            connected.key,
        );
        let answer = raw_http::send(&causeway.public_url, request.as_bytes()).await;
        let status = raw_http::status(&answer);
        assert!(matches!(status, Some(400..=499)), "{path:?} was answered {status:?}: {answer}");
        assert_eq!(jira_calls(&causeway.model), before, "{path:?} went up");
    }
}

/// The platform turns a backslash into a slash before a Worker sees the URL (WHATWG URL), so the path that is checked is
/// the path that is sent.
#[tokio::test]
async fn a_backslash_goes_up_as_a_slash_of_the_same_site_or_not_at_all() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    connected.calls("/rest/api\\3\\myself").await;
    let site = format!("/ex/jira/{}/rest/", atlassian::sites::HARBOUR);
    let call = last_call(&causeway);
    assert!(call.path.starts_with(&site) && !call.path.contains('\\'), "{}", call.path);
}

#[tokio::test]
async fn only_chosen_headers_cross_in_either_direction() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let headers = vec![
        ("set-cookie".into(), "a=b".into()),
        ("www-authenticate".into(), "Basic".into()),
        ("location".into(), "https://evil.example".into()),
        ("server".into(), "AtlassianEdge".into()),
        ("content-type".into(), "application/json".into()),
        ("retry-after".into(), "7".into()),
    ];
    let kind = Kind::Status { code: 200, body: "{}".into(), headers };
    causeway.model.inject_fault(Fault::before(Endpoint::Jira, kind));
    let address = format!("/api/v1/connections/{}/jira/rest/api/3/myself", connected.connection.id);
    let request = connected.administrator.request(Method::GET, &address).bearer_auth(&connected.key);
    let request = request.header("x-atlassian-token", "no-check").header("forwarded", "for=1.2.3.4");
    let request = request.header("x-forwarded-for", "1.2.3.4").header("x-forwarded-host", "evil.example");
    let request = request.header("te", "trailers").header("proxy-authorization", "Basic YTpi");
    let answer = connected.administrator.sends(request.header("accept", "application/json")).await.expect(200);
    let call = last_call(&causeway);
    for name in
        ["cookie", "x-atlassian-token", "forwarded", "x-forwarded-for", "x-forwarded-host", "te", "proxy-authorization"]
    {
        assert_eq!(call.header(name), None, "{name} went up");
    }
    let authorization = call.header("authorization").expect("the credential is added at the edge");
    assert!(authorization.starts_with("Bearer ") && !authorization.contains(&connected.key));
    assert_eq!(call.header("accept"), Some("application/json"));
    for name in ["set-cookie", "www-authenticate", "location", "server"] {
        assert!(!answer.headers.contains_key(name), "{name} came down: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn a_key_without_the_right_or_for_another_connection_sends_nothing() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let before = jira_calls(&causeway.model);
    let ada = &connected.administrator;
    let reader = ada.makes_a_key(&[KeyScope::ConnectionsRead]).await.key;
    let id = &connected.connection.id;
    ada.calls_jira(&reader, id, "/rest/api/3/myself").await.expect(403);

    let elsewhere = api::ConnectionId::parse("con_AAAAAAAAAAAAAAAAAAAAAA").expect("an id");
    let unknown = ada.calls_jira(&connected.key, &elsewhere, "/rest/api/3/myself").await.expect(404);
    assert_eq!(unknown.problem(), Some(ProblemCode::NotFound));

    let name = api::Name::parse("Another's").expect("a name");
    let limited = api::NewApiKey {
        name,
        scopes: vec![KeyScope::Proxy],
        connections: Some(vec![]),
        workspace: None,
        expires_at: None,
    };
    let limited = ada.calls::<api::CreateApiKey>(&(), &limited).await;
    if limited.status == 201 {
        let key = limited.json::<api::CreatedApiKey>().key;
        ada.calls_jira(&key, id, "/rest/api/3/myself").await.expect(404);
    }
    let made_up = format!("cw_{}", "A".repeat(43));
    for key in [made_up.as_str(), "cw_short", ""] {
        ada.calls_jira(key, id, "/rest/api/3/myself").await.expect(401);
    }
    assert_eq!(jira_calls(&causeway.model), before);
}

#[tokio::test]
async fn other_routes_answer_unknown_ids_and_missing_rights_alike_for_everybody() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let proxy_only = connected.administrator.makes_a_key(&[KeyScope::Proxy]).await.key;
    let machine = causeway.visitor();
    let routes = ["/api/v1/connections", "/api/v1/connections/con_AAAAAAAAAAAAAAAAAAAAAA", "/api/v1/api-keys"];
    for route in routes {
        let answer = machine.sends(machine.request(Method::GET, route).bearer_auth(&proxy_only)).await;
        assert!(matches!(answer.status, 403 | 404), "{route}: {}", answer.status);
        assert_eq!(machine.gets(route).await.status, 401, "{route}, nobody");
    }
    for id in ["con_AAAAAAAAAAAAAAAAAAAAAA", "grt_x", "con_%00", "con_..", &"con_a".repeat(100)] {
        let answer = connected.administrator.gets(&format!("/api/v1/connections/{id}")).await;
        assert_eq!(answer.status, 404, "{id}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let ada = &connected.administrator;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await;
    ada.calls::<api::RevokeApiKey>(&key.id, &api::Nothing {}).await.expect(204);
    let answer = ada.calls_jira(&key.key, &connected.connection.id, "/rest/api/3/myself").await.expect(401);
    assert_eq!(answer.problem(), Some(ProblemCode::ApiKeyRefused));
}

#[tokio::test]
async fn a_mutating_call_whose_answer_is_lost_is_not_sent_again() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    causeway.model.inject_fault(Fault::after(Endpoint::Jira, Kind::Reset).until_cleared());
    let before = jira_calls(&causeway.model);
    let address = format!("/api/v1/connections/{}/jira/rest/api/3/issue", connected.connection.id);
    let machine = causeway.visitor();
    let request = machine.request(Method::POST, &address).bearer_auth(&connected.key);
    let answer = machine.sends(request.json(&serde_json::json!({ "fields": {} }))).await.expect(502);
    assert_eq!(answer.problem(), Some(ProblemCode::OutcomeUnknown));
    assert_eq!(jira_calls(&causeway.model), before + 1);
}

#[tokio::test]
async fn a_body_of_many_megabytes_passes_through_unchanged() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let body: String = "0123456789abcdef".repeat(8 * 65_536);
    let headers = vec![("content-type".into(), "text/plain".into())];
    causeway.model.inject_fault(Fault::before(Endpoint::Jira, Kind::Status { code: 200, body: body.clone(), headers }));
    let answer = connected.calls("/rest/api/3/attachment/content/1").await.expect(200);
    assert_eq!(answer.body.len(), body.len());
    assert!(answer.body == body, "the body was changed on the way");
}

#[tokio::test]
async fn a_link_in_jiras_answer_works_with_our_host_for_a_client_that_sends_basic() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let answer = connected.calls("/rest/api/3/project/search?maxResults=2").await.expect(200);
    let link = answer.json::<serde_json::Value>()["self"].as_str().expect("a link").to_owned();
    let link = reqwest::Url::parse(&link).expect("an address");
    assert_eq!(link.path(), format!("/ex/jira/{}/rest/api/3/project/search", atlassian::sites::HARBOUR));
    let machine = causeway.visitor();
    let ours = format!("{}?{}", link.path(), link.query().unwrap_or_default());
    let request = machine.request(Method::GET, &ours).basic_auth("ada@example.com", Some(&connected.key));
    let again = machine.sends(request).await.expect(200);
    assert_eq!(again.json::<serde_json::Value>(), answer.json::<serde_json::Value>());
    let elsewhere = "/ex/jira/00000000-0000-0000-0000-000000000000/rest/api/3/issue";
    let unknown = machine.sends(machine.request(Method::POST, elsewhere).bearer_auth(&connected.key)).await.expect(404);
    assert_eq!(unknown.problem(), Some(ProblemCode::NotFound));
    for path in ["/rest/api/2/myself", "/jira/rest/api/2/issue/10001", "/ex/jira/one/rest/api/3/myself"] {
        let nobody = machine.sends(machine.request(Method::PUT, path)).await.expect(401);
        assert_eq!(nobody.problem(), Some(ProblemCode::NotSignedIn), "{path}");
    }
}

#[tokio::test]
async fn an_upload_arrives_whole_whether_or_not_it_says_how_large_it_is() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let path = format!("/ex/jira/{}/rest/api/3/issue/HAR-1/attachments", atlassian::sites::HARBOUR);
    let taken = || Kind::Status { code: 200, body: "[]".into(), headers: Vec::new() };
    let body = vec![b'a'; 500_000];

    causeway.model.inject_fault(Fault::before(Endpoint::Jira, taken()));
    let machine = causeway.visitor();
    let request = machine.request(Method::POST, &path).bearer_auth(&connected.key);
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(body.clone());
    machine.sends(request).await.expect(200);
    let call = last_call(&causeway);
    assert_eq!((call.body_length, call.header("content-length")), (500_000, Some("500000")));
    assert_eq!(call.header("x-atlassian-token"), Some("no-check"));

    causeway.model.inject_fault(Fault::before(Endpoint::Jira, taken()));
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: text/plain\r\n\
         content-encoding: gzip\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n7a120\r\n",
        causeway.public_url.trim_start_matches("http://"),
        connected.key,
    )
    .into_bytes();
    request.extend(body);
    request.extend(b"\r\n0\r\n\r\n");
    let answer = raw_http::send(&causeway.public_url, &request).await;
    assert_eq!(raw_http::status(&answer), Some(200), "{answer}");
    let call = last_call(&causeway);
    assert_eq!((call.body_length, call.header("content-encoding")), (500_000, Some("gzip")));
}
