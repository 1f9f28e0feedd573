//! Authorizing, as a browser meets it. The tests are named after what must hold under attack.

mod giving_up;
mod sites;
mod token_answers;

use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::json;

use super::world::{Deployment, PUBLIC_URL, resource, stored, tokens};
use crate::fakes::FakeResponse;

#[tokio::test]
async fn an_authorization_is_saved_as_a_connection() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    assert_eq!(connection["status"], json!({"state": "authorized"}));
    assert_eq!(connection["site"]["cloud_id"], "one");
    assert_eq!(connection["account"]["name"], "Ada Admin");
    assert_eq!(*deployment.world.told.borrow(), ["install", "activate"]);
}

#[tokio::test]
async fn the_browser_is_sent_to_atlassian_with_everything_it_asks_for() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let begun = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
    let left = ada.get(begun["start_url"].as_str().expect("an address")).await;
    let url = url::Url::parse(left.location()).expect("a URL");
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(url.path(), "/authorize");
    assert_eq!(value("audience").as_deref(), Some("api.atlassian.com"));
    assert_eq!(value("prompt").as_deref(), Some("consent"));
    assert_eq!(value("response_type").as_deref(), Some("code"));
    assert_eq!(value("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(value("redirect_uri"), Some(format!("{PUBLIC_URL}/oauth/callback/cloud")));
    let scope = value("scope").expect("scopes");
    for needed in crate::configuration::SCOPES {
        assert!(scope.split(' ').any(|asked| asked == *needed), "{needed} was not asked for");
    }
}

#[tokio::test]
async fn a1_a_callback_without_the_cookie_is_refused() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    let elsewhere = deployment.ada().await;
    let back = elsewhere.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(back.status, StatusCode::BAD_REQUEST);
    assert!(back.body.contains("<h1>Unauthorized</h1>"));
    assert_eq!(deployment.world.token_requests.get(), 0);
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "other_browser");
}

#[tokio::test]
async fn a2_an_altered_state_is_refused() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (_, state) = ada.leave().await;
    let long = "a".repeat(8192);
    let altered = [
        "state=".to_owned(),
        format!("state={long}"),
        format!("state={}A", &state[..42]),
        format!("state={state}&state={state}"),
        format!("state={}", state.bytes().map(|b| format!("%25{b:02x}")).collect::<Vec<_>>().concat()),
        String::new(),
    ];
    for query in altered {
        let back = ada.get(&format!("/oauth/callback/cloud?code=CODE&{query}")).await;
        assert!(back.status.is_client_error(), "{query} gave {}", back.status);
        assert!(back.body.contains("<h1>"), "a page for people");
    }
    assert_eq!(deployment.world.token_requests.get(), 0);
}

#[tokio::test]
async fn a3_the_same_callback_twice_succeeds_once() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    let url = format!("/oauth/callback/cloud?code=CODE&state={state}");
    assert_eq!(ada.get(&url).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get(&url).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.world.token_requests.get(), 1);
    assert_eq!(ada.attempt(&id).await["status"], "authorized", "the second does not spoil the first");
    assert_eq!(deployment.world.grants().len(), 1);
}

#[tokio::test]
async fn a4_fifty_callbacks_with_one_state_exchange_one_code() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (_, state) = ada.leave().await;
    let url = format!("/oauth/callback/cloud?code=CODE&state={state}");
    let answers = futures::future::join_all((0..50).map(|_| ada.get(&url))).await;
    assert_eq!(answers.iter().filter(|a| a.status == StatusCode::SEE_OTHER).count(), 1);
    assert_eq!(deployment.world.token_requests.get(), 1);
}

#[tokio::test]
async fn a5_a_state_older_than_ten_minutes_is_refused() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    deployment.world.clock.advance(Duration::from_mins(10));
    let back = ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(back.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.world.token_requests.get(), 0);
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "expired");
}

#[tokio::test]
async fn a6_somebody_elses_code_and_state_are_refused_in_this_browser() {
    let deployment = Deployment::new();
    let attacker = deployment.ada().await;
    let (_, state) = attacker.leave().await;
    let victim = deployment.ada().await;
    let (own, _) = victim.leave().await;
    let back = victim.get(&format!("/oauth/callback/cloud?code=ATTACKERS&state={state}")).await;
    assert_eq!(back.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.world.token_requests.get(), 0);
    assert_eq!(victim.attempt(&own).await["status"], "waiting", "the victim's own attempt goes on");
}

#[tokio::test]
async fn a7_cancel_at_atlassian_is_told_and_without_a_state_its_words_are_not_shown() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    let words = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let back =
        ada.get(&format!("/oauth/callback/cloud?error=access_denied&error_description={words}&state={state}")).await;
    assert_eq!(back.location(), format!("/authorize/{id}"));
    let failure = &ada.attempt(&id).await["failure"];
    assert_eq!(failure["code"], "denied");
    assert_eq!(failure["details"], "<script>alert(1)</script>", "as JSON text, for a text node");
    let lost = ada.get(&format!("/oauth/callback/cloud?error=access_denied&error_description={words}")).await;
    assert!(lost.body.contains("Unauthorized") && lost.body.contains("Access was declined"), "{}", lost.body);
    assert!(!lost.body.contains("alert"), "anybody can make such an address");
}

#[tokio::test]
async fn a8_code_and_error_together_are_an_error() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&error=server_error&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "provider_error");
    assert_eq!(deployment.world.token_requests.get(), 0);
}

#[tokio::test]
async fn a10_forged_hosts_change_neither_redirect_nor_cookies() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let begun = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
    let forged = Request::get(begun["start_url"].as_str().expect("an address"))
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=http");
    let left = ada.send(forged, axum::body::Body::empty()).await;
    assert!(left.location().contains("redirect_uri=https%3A%2F%2Fcauseway.example%2Foauth%2Fcallback%2Fcloud"));
    assert!(!format!("{:?}", left.headers).contains("evil"));
}

#[tokio::test]
async fn a11_seven_tabs_connect_at_once() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut under_way = Vec::new();
    for _ in 0..7 {
        under_way.push(ada.leave().await);
    }
    assert_eq!(ada.cookies.borrow().len(), 8, "one for each attempt, and the session's");
    for (id, state) in under_way.into_iter().rev() {
        ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["status"], "authorized");
    }
    assert_eq!(ada.cookies.borrow().len(), 1, "each went when it was spent");
}

#[tokio::test]
async fn b2_a_start_ticket_works_once_and_not_in_another_session() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let begun = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
    let start = begun["start_url"].as_str().expect("an address");
    assert_eq!(deployment.ada().await.get(start).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.stranger().get(start).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get(start).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get(start).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nothing_secret_is_stored_in_the_organization_or_logged() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let key = ada.key(&["proxy"]).await;
    let session = ada.cookies.borrow()["__Host-session"].clone();
    let stored_text = deployment.world.tables.dump();
    assert!(stored_text.contains(&stored(&session)), "the search looks at what is stored");
    let logged = format!("{:?}", deployment.world.log.lines());
    for secret in ["ACCESS-TOKEN", "REFRESH-TOKEN", "CLIENT-SECRET", "OIDC-SECRET", &session, &key] {
        assert!(!stored_text.contains(secret), "{secret} is stored");
        assert!(!logged.contains(secret), "{secret} is logged");
    }
}

#[tokio::test]
async fn what_works_once_is_not_spent_by_a_look() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let begun = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
    let start = begun["start_url"].as_str().expect("an address");
    let look = ada.send(Request::head(start), axum::body::Body::empty()).await;
    assert_eq!(look.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ada.get(start).await.status, StatusCode::SEE_OTHER);
    let odd = ada.get("/oauth/start/%ff").await;
    assert!(odd.status == StatusCode::BAD_REQUEST && odd.body.contains("Link cannot be used"), "{}", odd.body);
}

#[tokio::test]
async fn words_that_anybody_can_put_into_an_address_are_logged_and_not_shown() {
    for error in ["Your+account+is+locked", "access_denied", "server_error", ""] {
        let deployment = Deployment::new();
        let words = "Call+%2B1+555";
        let query = format!("error={error}&error_description={words}");
        for path in ["/oauth/callback", "/oauth/callback/cloud", "/oauth/callback/data-center/jira.example.com"] {
            let page = deployment.stranger().get(&format!("{path}?{query}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST);
            assert!(!page.body.contains("555") && !page.body.contains("locked"), "{}", page.body);
        }
        let logged = deployment.world.log.of("authorization.error_without_state");
        assert_eq!(logged.len(), 3);
        assert!(format!("{logged:?}").contains("555"));
    }
}
