//! The contract: who may ask what, what is refused, and what every answer carries.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Deployment, PUBLIC_URL, configured};
use crate::http::HASHED_FILES;

#[tokio::test]
async fn without_a_session_or_key_everything_but_health_is_refused() {
    let deployment = Deployment::new();
    for path in [
        "/api/v1/session",
        "/api/v1/connections",
        "/api/v1/connections/con_1",
        "/api/v1/api-keys",
        "/api/v1/authorizations/aut_1",
    ] {
        let refused = deployment.stranger().get(path).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "not_signed_in".to_owned()), "{path}");
        assert_eq!(refused.headers["content-type"], "application/problem+json");
    }
    assert_eq!(deployment.stranger().get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn b7_a_mutating_request_that_does_not_come_from_our_pages_is_refused() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let plain = || Request::post("/api/v1/api-keys").header("content-type", "application/json");
    let foreign = [
        plain().header("x-causeway", "1"),
        plain().header("x-causeway", "1").header("origin", "https://evil.example"),
        plain().header("x-causeway", "1").header("origin", "null"),
        plain().header("x-causeway", "1").header("origin", "https://causeway.example.evil.example"),
        plain().header("x-causeway", "1").header("sec-fetch-site", "same-site"),
        plain().header("origin", PUBLIC_URL),
        Request::post("/api/v1/api-keys")
            .header("origin", PUBLIC_URL)
            .header("content-type", "application/x-www-form-urlencoded"),
    ];
    for request in foreign {
        let refused = ada.send(request, Body::from(json!({"name": "CI", "scopes": ["proxy"]}).to_string())).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "cross_site".to_owned()));
    }
    assert_eq!(ada.get("/api/v1/api-keys").await.json()["items"], json!([]), "no key was made");
    let ours = plain().header("x-causeway", "1").header("sec-fetch-site", "same-origin");
    let made = ada.send(ours, Body::from(json!({"name": "CI", "scopes": ["proxy"]}).to_string())).await;
    assert_eq!(made.status, StatusCode::CREATED);
}

#[tokio::test]
async fn e3_a_key_reaches_only_what_its_scopes_say() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
    let as_key = async |key: &str, path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        deployment.send(request.body(Body::empty()).expect("a request")).await
    };
    let (reader, caller) = (ada.key(&["connections:read"]).await, ada.key(&["proxy"]).await);
    assert_eq!(as_key(&reader, &path).await.status, StatusCode::OK);
    assert_eq!(as_key(&caller, &path).await.code(), "forbidden");
    assert_eq!(as_key(&reader, "/api/v1/api-keys").await.code(), "forbidden");
    assert_eq!(as_key(&reader, "/api/v1/connections/con_unknown").await.code(), "not_found");
    assert_eq!(as_key(&reader, "/api/v1/connections/..%2f").await.code(), "not_found");
    for bad in ["cw_", "cw_short", "", "x", &format!("cw_{}", "a".repeat(43))] {
        assert_eq!(as_key(bad, &path).await.code(), "api_key_refused", "{bad:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_not_what_the_contract_says_is_refused_by_name() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for body in [
        r#"{"kind":"cloud_oauth2","extra":1}"#,
        r#"{"kind":"unheard_of"}"#,
        r#"{"kind":"cloud_oauth2","kind":"cloud_oauth2"}"#,
        r#"{"kind":1}"#,
        r#"{"kind":"cloud_oauth2","connection_id":"key_1"}"#,
        r#"{"kind":"\ud800"}"#,
        "{",
        "[]",
    ] {
        let request = Request::post("/api/v1/authorizations").header("origin", PUBLIC_URL).header("x-causeway", "1");
        let refused = ada.send(request.header("content-type", "application/json"), Body::from(body)).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()), "{body}");
    }
    let large = ada.post("/api/v1/authorizations", &json!({"kind": "x".repeat(70_000)})).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(ada.get("/api/v1/connections?unknown=1").await.code(), "invalid_request");
}

#[tokio::test]
async fn an_edit_needs_the_version_that_was_read() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
    let rename = json!({"name": "Production"});
    assert_eq!(ada.call(Method::PATCH, &path, &rename).await.code(), "if_match_required");
    let edit = |tag: &str| {
        let request = Request::patch(&path).header("origin", PUBLIC_URL).header("x-causeway", "1");
        request.header("content-type", "application/json").header("if-match", tag)
    };
    for foreign in ["\"2\"", "W/\"1\"", "1", "\"2\", W/\"1\""] {
        let refused = ada.send(edit(foreign), Body::from(rename.to_string())).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{foreign}");
    }
    let saved = ada.send(edit("\"1\""), Body::from(rename.to_string())).await;
    assert_eq!((saved.status, saved.headers["etag"].to_str().ok()), (StatusCode::OK, Some("\"2\"")));
}

#[tokio::test]
async fn an_api_family_is_added_or_refused_with_the_reason() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
    let edit = async |families: Value| {
        let request = Request::patch(&path).header("origin", PUBLIC_URL).header("x-causeway", "1");
        let request = request.header("content-type", "application/json").header("if-match", "\"1\"");
        ada.send(request, Body::from(json!({"api_families": families}).to_string())).await
    };
    for (families, told) in [
        (json!(["rest/raven/2.0", "rest/pat/latest"]), "never passed on"),
        (json!(["rest/api/2"]), "passes this on already"),
        (json!(["raven"]), "such as rest/raven/2.0"),
        (json!((0..21).map(|number| format!("rest/app-{number}")).collect::<Vec<_>>()), "at most 20"),
    ] {
        let refused = edit(families).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()));
        assert!(refused.body.contains(told), "{}", refused.body);
    }
    let saved = edit(json!(["REST/raven/2.0"])).await;
    assert_eq!((saved.status, &saved.json()["api_families"]), (StatusCode::OK, &json!(["rest/raven/2.0"])));
}

#[tokio::test]
async fn a_hashed_file_of_another_deployment_is_not_found_and_not_kept() {
    let deployment = Deployment::new();
    let answered = deployment.stranger().get(&format!("{HASHED_FILES}causeway-0000000000000000.js")).await;
    assert_eq!(answered.status, StatusCode::NOT_FOUND);
    assert_eq!(answered.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn an_edit_may_name_several_versions_or_take_any() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = format!("/api/v1/connections/{}", connection["id"].as_str().expect("an id"));
    let edit = async |path: &str, tag: &str, name: &str| {
        let request = Request::patch(path).header("origin", PUBLIC_URL).header("x-causeway", "1");
        let request = request.header("content-type", "application/json").header("if-match", tag);
        ada.send(request, Body::from(json!({"name": name}).to_string())).await
    };
    assert_eq!(edit(&path, "\"7\", \"1\"", "Two").await.headers["etag"].to_str().ok(), Some("\"2\""));
    assert_eq!(edit(&path, "*", "Three").await.headers["etag"].to_str().ok(), Some("\"3\""));
    let gone = edit("/api/v1/connections/con_unknown", "*", "Four").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "without a condition it would not succeed either");
}

#[tokio::test]
async fn a_body_is_read_as_real_tools_send_it() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let send = async |content_type: &str, body: &[u8]| {
        let request = Request::post("/api/v1/workspaces").header("origin", PUBLIC_URL).header("x-causeway", "1");
        ada.send(request.header("content-type", content_type), Body::from(body.to_vec())).await
    };
    let marked = send("application/json; charset=UTF-8", b"\xef\xbb\xbf{\"name\":\"Marked\"}").await;
    assert_eq!((marked.status, &marked.json()["name"]), (StatusCode::CREATED, &json!("Marked")));
    for (content_type, body, code) in [
        ("application/json; charset=utf-16", &b"{\"name\":\"A\"}"[..], "unsupported_media_type"),
        ("application/problem+json", b"{\"name\":\"A\"}", "unsupported_media_type"),
        ("application/json", b"\xff\xfe{\0}\0", "invalid_request"),
        ("application/json", b"{\"name\":\"A\",\"name\":\"A\"}", "invalid_request"),
        ("application/json", b"[\"A\"]", "invalid_request"),
        ("application/json", b"{\"name\":\"\\udc00\"}", "invalid_request"),
    ] {
        assert_eq!(send(content_type, body).await.code(), code, "{content_type} {}", String::from_utf8_lossy(body));
    }
}

#[tokio::test]
async fn every_answer_carries_an_id_and_the_security_headers() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for path in [
        "/healthz",
        "/api/v1/session",
        "/api/v1/nothing",
        "/oauth/start/x",
        "/oauth/callback",
        "/sign-in/nothing",
        "/api/v1/api-keys?x=1",
    ] {
        let answered = ada.get(path).await;
        for name in [
            "x-request-id",
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
        ] {
            assert!(answered.headers.contains_key(name), "{path} lacks {name}");
        }
        let policy = answered.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}");
        let is_page = answered.headers.get("content-type").is_some_and(|of| of.as_bytes().starts_with(b"text/html"));
        assert_eq!(policy.contains("script-src"), is_page, "{path}: only pages load the script of the address bar");
    }
}

#[tokio::test]
async fn a_problem_quotes_the_id_of_its_request() {
    let deployment = Deployment::new();
    let refused = deployment.stranger().get("/api/v1/session").await;
    assert_eq!(refused.json()["request_id"].as_str(), refused.headers["x-request-id"].to_str().ok());
}

#[tokio::test]
async fn people_get_a_page_and_programs_a_problem() {
    let deployment = Deployment::new();
    let page = deployment.stranger().get("/oauth/nothing").await;
    assert!(page.headers["content-type"].to_str().expect("text").starts_with("text/html"));
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(deployment.stranger().get("/api/nothing").await.code(), "not_found");
    let request = Request::put("/api/v1/session").body(Body::empty()).expect("a request");
    assert_eq!(deployment.send(request).await.code(), "method_not_allowed");
}

#[tokio::test]
async fn e7_headers_and_queries_that_are_too_large_are_refused() {
    let deployment = Deployment::new();
    let request = Request::get("/api/v1/session").header("x-large", "a".repeat(64 * 1024));
    let refused = deployment.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (431, "headers_too_large".to_owned()));
    let long = format!("/api/v1/session?{}", "a=b&".repeat(5000));
    assert_eq!(deployment.stranger().get(&long).await.status.as_u16(), 431);
}

#[tokio::test]
async fn a_missing_value_is_named_and_stops_only_the_routes_that_need_it() {
    let deployment = Deployment::with(|name| configured(name).filter(|_| name != "ATLASSIAN_CLIENT_SECRET"));
    let health = deployment.stranger().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.json()["findings"][0]["name"], "ATLASSIAN_CLIENT_SECRET");
    let ada = deployment.ada().await;
    assert_eq!(ada.get("/api/v1/session").await.status, StatusCode::OK);
    let refused = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await;
    assert_eq!(refused.code(), "misconfigured");
    assert!(refused.json()["detail"].as_str().expect("text").contains("ATLASSIAN_CLIENT_SECRET"));
}

#[tokio::test]
async fn an_rsa_that_signs_wrongly_is_found_and_one_that_is_right_is_not_asked_again() {
    let deployment = Deployment::new();
    deployment.world.signs_wrongly.set(true);
    let health = deployment.stranger().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.json()["findings"][0]["name"], "application links");
    deployment.world.signs_wrongly.set(false);
    for _ in 0..3 {
        deployment.world.clock.advance(std::time::Duration::from_secs(5));
        assert_eq!(deployment.stranger().get("/healthz").await.json()["findings"], json!([]));
    }
    assert_eq!(deployment.world.signed.get(), 2, "once when it was wrong, once when it was right");
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let cookies = ada.cookies.borrow().clone();
    assert_eq!(ada.post("/api/v1/sign-out", &json!({})).await.status, StatusCode::NO_CONTENT);
    assert!(ada.cookies.borrow().is_empty());
    let thief = deployment.stranger();
    thief.cookies.replace(cookies);
    assert_eq!(thief.get("/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let path = super::world::path_of(&connection);
    let before = deployment.world.tables.dump();
    for path in [
        "/api/v1/session",
        "/api/v1/connections",
        "/api/v1/connections?deleted=true",
        "/api/v1/api-keys",
        "/api/v1/sign-out",
        "/api/v1/timeline",
        "/api/v1/timeline/export?format=csv",
        "/api/v1/connections/export?format=csv",
        "/healthz",
        &path,
        &format!("{path}/impact?action=delete"),
        &format!("{path}/unauthorize"),
        &format!("{path}/restore"),
        &format!("{path}/revert"),
        &format!("{path}/renew"),
        &format!("{path}/timeline"),
    ] {
        ada.get(path).await;
    }
    assert_eq!(deployment.world.tables.dump(), before);
    assert_eq!(*deployment.world.told.borrow(), ["install", "activate"]);
}

#[tokio::test]
async fn every_endpoint_of_the_contract_is_mounted_and_described() {
    let deployment = Deployment::new();
    let served = include_str!("../../../../../public/api/v1/openapi.json");
    let described: serde_json::Value = serde_json::from_str(served).expect("JSON");
    for (method, path) in api::ENDPOINTS {
        let operation = &described["paths"][path][method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{} {path} is not in openapi.json", method.as_str());
        let request =
            Request::builder().method(method.as_str()).uri(path.replace("{id}", "any_1").replace("{member}", "mem_1"));
        let request =
            request.header("origin", PUBLIC_URL).header("x-causeway", "1").header("sec-fetch-site", "same-origin");
        let answered = deployment.send(request.body(Body::from("")).expect("a request")).await;
        // A guide answers anybody, and an unknown one with a 404 of its own.
        let unknown = answered.status == StatusCode::NOT_FOUND && answered.code() != "guide_expired";
        let status = answered.status;
        assert!(!unknown && status != StatusCode::METHOD_NOT_ALLOWED, "{path} gave {status}");
    }
}
