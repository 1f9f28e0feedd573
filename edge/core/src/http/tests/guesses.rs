//! Guesses cost nothing: what was not issued here is refused at the edge, and what cannot be told from a guess is counted
//! before anybody is asked.

use std::rc::Rc;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{StreamExt as _, future::join_all, stream};
use http::{Request, StatusCode, header};
use serde_json::json;

use super::world::{Answered, Deployment, PUBLIC_URL, WhoeverWaits, path_of};
use crate::{
    fakes::SeededRandom,
    http::{ClientAddress, answer, authorize_call, router},
    ports::{Level, Random as _, RateLimit},
    proxy::{Access, ConnectionReference},
    secrets::{PresentedKey, SecretUse},
};

/// A client's address as Cloudflare names it.
const CLIENT: (&str, &str) = ("cf-connecting-ip", "203.0.113.7");

/// Secrets of the form of today, made up.
fn guesses() -> impl Iterator<Item = String> {
    let random = SeededRandom::new(3);
    std::iter::repeat_with(move || {
        let mut bytes = [0; 41];
        random.fill(&mut bytes);
        format!("default_{}", URL_SAFE_NO_PAD.encode(bytes))
    })
}

/// A key of before keys said whose they are.
fn old_key(number: u32) -> String {
    format!("cw_{number:0>43}")
}

async fn with_key(deployment: &Deployment, key: &str) -> Answered {
    let request = Request::get("/api/v1/connections").header("authorization", format!("Bearer {key}"));
    deployment.send(request.header(CLIENT.0, CLIENT.1).body(Body::empty()).expect("a request")).await
}

async fn visit(deployment: &Deployment, path: &str) -> Answered {
    deployment.send(Request::get(path).header(CLIENT.0, CLIENT.1).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn ten_thousand_random_keys_are_refused_without_a_hop() {
    let deployment = Deployment::new();
    let routes = router(&deployment.edge);
    for guess in guesses().take(10_000) {
        let request = Request::get("/api/v1/connections").header("authorization", format!("Bearer cw_{guess}"));
        let request = request.header(CLIENT.0, CLIENT.1).body(Body::empty()).expect("a request");
        let refused = answer(&deployment.edge, routes.clone(), Rc::new(WhoeverWaits), request).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{guess}");
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn ten_thousand_random_keys_are_refused_by_the_proxy_without_a_hop() {
    let deployment = Deployment::new();
    let connection = "con_1".to_owned();
    let connection = api::ConnectionId::parse(connection).expect("an id");
    for guess in guesses().take(10_000) {
        let key = PresentedKey::read(&format!("Bearer cw_{guess}")).expect("it is shaped right");
        let access = authorize_call(&deployment.edge, &key, None, &ConnectionReference::Id(connection.clone())).await;
        assert_eq!(access, Ok(Access::KeyRefused.into()), "{guess}");
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn random_sessions_states_tickets_and_guide_links_are_refused_without_a_hop() {
    let deployment = Deployment::new();
    for guess in guesses().take(200) {
        let browser = deployment.stranger();
        browser.cookies.borrow_mut().insert("__Host-session".into(), guess.clone());
        browser.cookies.borrow_mut().insert("__Host-sign-in-c".into(), "c".repeat(43));
        browser.cookies.borrow_mut().insert("__Host-authorize-0".into(), "c".repeat(43));
        for (path, status) in [
            ("/api/v1/connections".to_owned(), 401),
            (format!("/oauth/start/{guess}"), 400),
            (format!("/oauth/callback?code=x&state={guess}"), 400),
            (format!("/sign-in/callback?code=x&state={guess}"), 400),
            (format!("/api/v1/guides/{guess}"), 404),
        ] {
            assert_eq!(browser.get(&path).await.status.as_u16(), status, "{path}");
        }
        let signed_out = browser.post("/api/v1/sign-out", &json!({})).await;
        assert!(signed_out.status.is_success(), "{}", signed_out.body);
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn what_was_issued_for_one_use_costs_no_hop_as_another() {
    let deployment = Deployment::new();
    let state = deployment.edge.issue(SecretUse::SignInState).await.expect("a secret").expose().to_owned();
    assert_eq!(with_key(&deployment, &format!("cw_{state}")).await.code(), "api_key_refused");
    let key = PresentedKey::read(&format!("Bearer cw_{state}")).expect("it is shaped right");
    let connection = ConnectionReference::Id(api::ConnectionId::parse("con_1".to_owned()).expect("an id"));
    assert_eq!(authorize_call(&deployment.edge, &key, None, &connection).await, Ok(Access::KeyRefused.into()));
    let browser = deployment.stranger();
    browser.cookies.borrow_mut().insert("__Host-session".into(), state.clone());
    browser.cookies.borrow_mut().insert("__Host-authorize-0".into(), "c".repeat(43));
    for (path, status) in [
        ("/api/v1/connections".to_owned(), 401),
        (format!("/oauth/start/{state}"), 400),
        (format!("/oauth/callback?code=x&state={state}"), 400),
        (format!("/api/v1/guides/{state}"), 404),
    ] {
        assert_eq!(browser.get(&path).await.status.as_u16(), status, "{path}");
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn a_revoked_key_is_counted_before_the_organization_is_asked_again() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let key = ada.key(&["connections:read"]).await;
    let keys = ada.get("/api/v1/api-keys").await.json();
    let id = keys["items"][0]["id"].as_str().expect("an id").to_owned();
    assert!(ada.call(http::Method::DELETE, &format!("/api/v1/api-keys/{id}"), &json!({})).await.status.is_success());
    deployment.world.limiter.most.set(Some(5));
    let hops = deployment.world.hops.borrow().len();
    let asked = stream::iter(0..20).then(|_| with_key(&deployment, &key));
    let answers: Vec<u16> = asked.map(|answered| answered.status.as_u16()).collect().await;
    assert_eq!(answers, [vec![401; 6], vec![429; 14]].concat(), "the first is not known to be revoked");
    assert_eq!(deployment.world.hops.borrow().len() - hops, 6);
}

#[tokio::test]
async fn what_pages_of_other_sites_embed_uses_up_nobodys_limit() {
    let deployment = Deployment::new();
    deployment.world.limiter.most.set(Some(1));
    let from_elsewhere = async |path: &str, kind: &str| {
        let request = Request::get(path).header(CLIENT.0, CLIENT.1);
        let request = request.header("sec-fetch-site", "cross-site").header("sec-fetch-dest", kind);
        deployment.send(request.body(Body::empty()).expect("a request")).await.status
    };
    for kind in ["image", "iframe", "empty", "script"] {
        for path in ["/sign-in", "/oauth/callback", "/api/v1/session"] {
            assert_eq!(from_elsewhere(path, kind).await, StatusCode::FORBIDDEN, "{path} as {kind}");
        }
    }
    assert_eq!(from_elsewhere("/oauth/callback", "document").await, StatusCode::BAD_REQUEST, "a redirect leads here");
    assert_eq!(from_elsewhere("/oauth/callback", "document").await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_removed_sealing_key_lets_nobody_make_organizations() {
    let deployment = Deployment::new();
    let ring = "k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=,k1:";
    let rotated = deployment.reconfigured("SEALING_KEYS", Some(ring));
    let issued = deployment.edge.issue(SecretUse::Guide).await.expect("a secret");
    let evil = issued.expose().replacen("default_", "evil1_", 1);
    rotated.world.hops.borrow_mut().clear();
    let browser = rotated.stranger();
    browser.cookies.borrow_mut().insert("__Host-authorize-0".into(), "c".repeat(43));
    for path in [
        format!("/api/v1/guides/{evil}"),
        format!("/oauth/callback?code=x&state={evil}"),
        format!("/sign-in/callback?code=x&state={evil}"),
        format!("/oauth/start/{evil}"),
    ] {
        assert!(browser.get(&path).await.status.is_client_error(), "{path}");
    }
    assert_eq!(*rotated.world.hops.borrow(), []);
}

#[tokio::test]
async fn a_ticket_without_a_session_costs_no_hop() {
    let deployment = Deployment::new();
    let begun = deployment.ada().await.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
    deployment.world.hops.borrow_mut().clear();
    let refused = deployment.stranger().get(begun["start_url"].as_str().expect("an address")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn unknown_keys_of_the_old_form_are_counted_before_the_organization_is_asked() {
    let deployment = Deployment::new();
    deployment.world.limiter.most.set(Some(5));
    for number in 0..5 {
        assert_eq!(with_key(&deployment, &old_key(number)).await.code(), "api_key_refused");
    }
    let hops = deployment.world.hops.borrow().len();
    let refused = with_key(&deployment, &old_key(5)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert_eq!(refused.headers[header::RETRY_AFTER], "60");
    let key = PresentedKey::read(&format!("Bearer {}", old_key(6))).expect("a key");
    let (client, connection) = (ClientAddress::parse(CLIENT.1), api::ConnectionId::parse("con_1".to_owned()));
    let access =
        authorize_call(&deployment.edge, &key, client.as_ref(), &ConnectionReference::Id(connection.expect("an id")))
            .await;
    assert_eq!(access, Ok(Access::TooManyRequests.into()));
    assert_eq!(deployment.world.hops.borrow().len(), hops, "nobody was asked");
    let session = Request::get("/api/v1/session").header("cookie", format!("__Host-session={}", "x".repeat(43)));
    let session = session.header(CLIENT.0, CLIENT.1).body(Body::empty()).expect("a request");
    assert_eq!(deployment.send(session).await.code(), "too_many_requests", "sessions of that form are counted, too");
}

#[tokio::test]
async fn a_valid_key_is_not_limited_by_address_whatever_its_form() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let key = ada.key(&["connections:read", "proxy"]).await;
    // Ada's session has the old form, and was accepted before the limit of this address was used up.
    deployment.world.limiter.most.set(Some(0));
    for _ in 0..20 {
        assert_eq!(with_key(&deployment, &key).await.status, StatusCode::OK);
        let presented = PresentedKey::read(&format!("Bearer {key}")).expect("a key");
        let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id").to_owned()).expect("an id");
        let access = authorize_call(
            &deployment.edge,
            &presented,
            ClientAddress::parse(CLIENT.1).as_ref(),
            &ConnectionReference::Id(id.clone()),
        )
        .await;
        assert!(matches!(&access, Ok(answer) if matches!(answer.access, Access::Granted(_))), "{access:?}");
        let again = ada.send(Request::get(path_of(&connection)).header(CLIENT.0, CLIENT.1), Body::empty()).await;
        assert_eq!(again.status, StatusCode::OK);
    }
    let counted = deployment.world.limiter.counted(RateLimit::UnverifiedCredentials);
    assert_eq!(counted, 0);
}

#[tokio::test]
async fn what_anybody_may_open_is_counted_by_address_and_refused_in_its_own_form() {
    let deployment = Deployment::new();
    deployment.world.limiter.most.set(Some(0));
    for page in ["/sign-in", "/sign-in/callback?state=x", "/oauth/start/x", "/oauth/callback?state=x"] {
        let refused = visit(&deployment, page).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{page}");
        assert!(refused.headers[header::CONTENT_TYPE].to_str().is_ok_and(|kind| kind.starts_with("text/html")));
        assert_eq!(refused.headers[header::RETRY_AFTER], "60", "{page}");
    }
    for path in ["/api/v1/guides/x", "/api/v1/session", "/api/v1/nothing"] {
        let refused = visit(&deployment, path).await;
        assert_eq!(refused.code(), "too_many_requests", "{path}");
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        assert!(
            refused.headers.contains_key("content-security-policy") && refused.headers.contains_key("x-request-id")
        );
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
    assert_eq!(visit(&deployment, "/healthz").await.status, StatusCode::OK, "whoever watches is not kept out");
    assert_eq!(
        deployment.stranger().get("/api/v1/session").await.code(),
        "not_signed_in",
        "this machine is not counted"
    );
}

#[tokio::test]
async fn a_limiter_that_fails_stops_nobody_and_is_told_once() {
    let deployment = Deployment::new();
    deployment.world.limiter.fails.set(true);
    for number in 0..3 {
        assert_eq!(with_key(&deployment, &old_key(number)).await.code(), "api_key_refused");
        assert_eq!(visit(&deployment, "/api/v1/session").await.code(), "not_signed_in");
    }
    let told = deployment.world.log.of("rate_limit.unavailable");
    assert_eq!(told.iter().map(|line| line.level).collect::<Vec<_>>(), [Level::Warning]);
}

#[tokio::test]
async fn a_call_of_our_own_is_refused_before_anything_else() {
    let deployment = Deployment::new();
    let key = deployment.ada().await.key(&["connections:read"]).await;
    deployment.world.hops.borrow_mut().clear();
    for path in ["/api/v1/connections", "/healthz", "/nothing", "/sign-in", "/oauth/callback"] {
        let request = Request::get(path).header("authorization", format!("Bearer {key}")).header("Causeway-Hop", "2");
        let refused = deployment.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(refused.status, StatusCode::LOOP_DETECTED, "{path}");
        assert!(refused.body.contains("loop_detected"), "{path}");
    }
    assert_eq!(*deployment.world.hops.borrow(), []);
}

#[tokio::test]
async fn health_is_found_out_at_most_every_five_seconds() {
    let deployment = Deployment::new();
    let visits = (0..50).map(|_| visit(&deployment, "/healthz"));
    assert!(join_all(visits).await.iter().all(|answered| answered.status == StatusCode::OK));
    let (hops, signed) = (deployment.world.hops.borrow().len(), deployment.world.signed.get());
    assert_eq!((hops, signed), (2, 1));
    deployment.world.clock.advance(std::time::Duration::from_secs(5));
    visit(&deployment, "/healthz").await;
    assert_eq!(deployment.world.hops.borrow().len(), 4);
}

#[tokio::test]
async fn a_failing_self_check_is_not_repeated_for_everybody_who_asks() {
    let deployment = Deployment::new();
    deployment.world.signs_wrongly.set(true);
    for _ in 0..50 {
        assert_eq!(visit(&deployment, "/healthz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(deployment.world.signed.get(), 1);
}

#[tokio::test]
async fn health_tells_strangers_no_value_and_nothing_of_what_is_stored() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let broken = deployment.reconfigured("ADMINS", Some("not-an-address"));
    let told = broken.stranger().get("/healthz").await;
    assert_eq!(told.json()["findings"][0]["name"], "ADMINS");
    for secret in
        ["not-an-address", "Staging", "ada@", connection["id"].as_str().expect("an id"), "dGVzdHMg", PUBLIC_URL]
    {
        assert!(!told.body.contains(secret), "{secret}: {}", told.body);
    }
}

#[tokio::test]
async fn a_key_outlives_the_sealing_key_that_it_was_made_under_and_a_name_that_is_missing_is_a_finding() {
    let deployment = Deployment::new();
    let key = deployment.ada().await.key(&["connections:read"]).await;
    let rings = [
        ("k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=", 200, 0),
        ("k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=", 401, 1),
        ("k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=,k1:", 200, 0),
    ];
    for (keys, status, findings) in rings {
        let changed = deployment.reconfigured("SEALING_KEYS", Some(keys));
        let ring = changed.edge.configuration.key_ring().expect("a ring");
        deployment.world.turn().expect_keys(&ring.ids()).expect("the tables answer");
        assert_eq!(with_key(&changed, &key).await.status.as_u16(), status, "{keys:.2}");
        let health = changed.stranger().get("/healthz").await.json();
        let found: Vec<_> = health["findings"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
        assert_eq!(found, vec!["SEALING_KEYS"; findings], "{health}");
    }
}

#[test]
fn the_deployment_has_the_flag_against_calls_past_its_own_front_door_and_a_binding_for_each_limit() {
    let settings = include_str!("../../../../../wrangler.toml");
    let set: Vec<&str> = settings.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).collect();
    assert!(set.contains(&r#"compatibility_flags = ["global_fetch_strictly_public"]"#));
    for limit in [RateLimit::UnverifiedCredentials, RateLimit::Pages, RateLimit::Anonymous] {
        assert!(set.contains(&format!("name = \"{}\"", limit.binding()).as_str()), "{limit:?}");
    }
}
