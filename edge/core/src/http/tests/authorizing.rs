//! Authorizing, as a browser meets it. The tests are named after what must hold under attack.

use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::json;

use super::world::{Deployment, PUBLIC_URL, resource, stored, tokens};
use crate::fakes::Reply;

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
    assert_eq!(value("redirect_uri"), Some(format!("{PUBLIC_URL}/oauth/callback")));
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
    let back = elsewhere.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
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
        let back = ada.get(&format!("/oauth/callback?code=CODE&{query}")).await;
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
    let url = format!("/oauth/callback?code=CODE&state={state}");
    assert_eq!(ada.get(&url).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get(&url).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.world.token_requests.get(), 1);
    assert_eq!(ada.attempt(&id).await["status"], "authorized", "the second does not spoil the first");
    assert_eq!(deployment.world.grants.borrow().len(), 1);
}

#[tokio::test]
async fn a4_fifty_callbacks_with_one_state_exchange_one_code() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (_, state) = ada.leave().await;
    let url = format!("/oauth/callback?code=CODE&state={state}");
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
    let back = ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
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
    let back = victim.get(&format!("/oauth/callback?code=ATTACKERS&state={state}")).await;
    assert_eq!(back.status, StatusCode::BAD_REQUEST);
    assert_eq!(deployment.world.token_requests.get(), 0);
    assert_eq!(victim.attempt(&own).await["status"], "waiting", "the victim's own attempt goes on");
}

#[tokio::test]
async fn a7_cancel_at_atlassian_is_told_and_its_words_stay_text() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    let words = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let back = ada.get(&format!("/oauth/callback?error=access_denied&error_description={words}&state={state}")).await;
    assert_eq!(back.location(), format!("/authorize/{id}"));
    let failure = &ada.attempt(&id).await["failure"];
    assert_eq!(failure["code"], "denied");
    assert_eq!(failure["details"], "<script>alert(1)</script>", "as JSON text, for a text node");
    let lost = ada.get(&format!("/oauth/callback?error=access_denied&error_description={words}")).await;
    assert!(lost.body.contains("Unauthorized") && lost.body.contains("&lt;script&gt;"));
    assert!(!lost.body.contains("<script"));
}

#[tokio::test]
async fn a8_code_and_error_together_are_an_error() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback?code=CODE&error=server_error&state={state}")).await;
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
    assert!(left.location().contains("redirect_uri=https%3A%2F%2Fcauseway.example%2Foauth%2Fcallback"));
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
        ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["status"], "authorized");
    }
    assert_eq!(ada.cookies.borrow().len(), 1, "each went when it was spent");
}

#[tokio::test]
async fn a12_an_unusable_token_answer_is_a_clean_failure_and_the_next_attempt_works() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let with = |name: &str, value: serde_json::Value| {
        let mut answer = tokens();
        answer[name] = value;
        Reply::json(200, &answer.to_string())
    };
    let mut without_life = tokens();
    without_life.as_object_mut().expect("an object").remove("expires_in");
    let unusable = [
        Reply::html(200, "<html>Sign in</html>"),
        Reply::json(200, ""),
        Reply::json(200, &format!("\"{}\"", "x".repeat(1024 * 1024))),
        Reply::of(200, "application/json", b"{\"access_token\":\"\xff\xfe\"}"),
        with("expires_in", json!(-1)),
        with("expires_in", json!(1e18)),
        with("expires_in", json!("3600")),
        Reply::json(200, &without_life.to_string()),
        with("access_token", json!("a\r\nX-Evil: 1")),
        with("refresh_token", json!("a\r\nb")),
        Reply::json(500, "{}"),
    ];
    for reply in unusable {
        deployment.world.token_answer.replace(reply.clone());
        let (id, state) = ada.leave().await;
        let back = ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{reply:?}");
        assert_eq!(ada.attempt(&id).await["failure"]["code"], "provider_unavailable", "{reply:?}");
        assert!(deployment.world.grants.borrow().is_empty(), "{reply:?} was stored");
    }
    deployment.world.token_answer.replace(Reply::json(200, &tokens().to_string()));
    ada.connect("After all").await;
}

#[tokio::test]
async fn a13_a_token_endpoint_that_redirects_is_not_followed() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    deployment.world.token_answer.replace(Reply::json(307, "{}").with("location", "https://evil.example/oauth/token"));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["status"], "failed");
    assert_eq!(deployment.world.token_requests.get(), 1);
}

#[tokio::test]
async fn our_own_wrong_secret_is_named_as_ours_and_a_refused_code_as_atlassians() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for (status, body, code) in [
        (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#, "client_refused"),
        (403, r#"{"error":"invalid_grant","error_description":"Invalid code"}"#, "code_refused"),
    ] {
        deployment.world.token_answer.replace(Reply::json(status, body));
        let (id, state) = ada.leave().await;
        ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], code);
    }
}

#[tokio::test]
async fn a_consent_without_a_refresh_token_is_not_kept() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut answer = tokens();
    answer.as_object_mut().expect("an object").remove("refresh_token");
    deployment.world.token_answer.replace(Reply::json(200, &answer.to_string()));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "no_refresh_token");
}

#[tokio::test]
async fn a16_no_site_is_a_failure_that_says_so() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for none in [json!([]), json!([resource("one", "read:confluence-user")])] {
        deployment.world.resources.replace(Reply::json(200, &none.to_string()));
        let (id, state) = ada.leave().await;
        ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], "no_site");
    }
}

#[tokio::test]
async fn a16_several_sites_are_offered_and_the_chosen_one_is_taken() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("Existing").await;
    let sites = json!([
        resource("two", "read:jira-work"),
        resource("one", "read:jira-work"),
        resource("two", "write:jira-work")
    ]);
    deployment.world.resources.replace(Reply::json(200, &sites.to_string()));
    let id = ada.authorize().await;
    let offered = ada.attempt(&id).await;
    assert_eq!(offered["status"], "choose_site");
    let names: Vec<_> = offered["sites"]
        .as_array()
        .expect("sites")
        .iter()
        .map(|s| (s["site"]["name"].clone(), s["connected_as"].clone()))
        .collect();
    assert_eq!(names, [(json!("Site one"), json!(["Existing"])), (json!("Site two"), json!([]))]);

    let path = format!("/api/v1/authorizations/{id}/site");
    let other = ada.post(&path, &json!({"cloud_id": "three"})).await;
    assert_eq!((other.status, other.code()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()));
    let chosen = ada.post(&path, &json!({"cloud_id": "two"})).await.json();
    assert_eq!((chosen["status"].clone(), chosen["site"]["cloud_id"].clone()), (json!("authorized"), json!("two")));
}

#[tokio::test]
async fn a16_reauthorizing_stays_on_its_site_and_names_both_when_it_cannot() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let again = json!({"kind": "cloud_oauth2", "connection_id": connection["id"]});

    deployment.world.resources.replace(Reply::json(200, &json!([resource("two", "read:jira-work")]).to_string()));
    let (id, state) = ada.leave_for(&again).await;
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    let failure = ada.attempt(&id).await["failure"].clone();
    assert_eq!(failure["code"], "other_site");
    let message = failure["message"].as_str().expect("text");
    assert!(message.contains("Site one") && message.contains("Site two"), "{message}");

    let both = json!([resource("two", "read:jira-work"), resource("one", "read:jira-work")]);
    deployment.world.resources.replace(Reply::json(200, &both.to_string()));
    let (id, state) = ada.leave_for(&again).await;
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    let attempt = ada.attempt(&id).await;
    assert_eq!((attempt["status"].clone(), attempt["site"]["cloud_id"].clone()), (json!("authorized"), json!("one")));
    assert_eq!(attempt["changes"]["account_before"]["name"], "Ada Admin");
}

#[tokio::test]
async fn an_ip_allow_list_is_found_before_anything_is_kept() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let words =
        "The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";
    deployment.world.probe.replace(Reply::json(403, &json!({"message": words}).to_string()));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "ip_allow_list");
    assert!(deployment.world.grants.borrow().is_empty());
}

#[tokio::test]
async fn cancelling_destroys_what_the_attempt_got() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let id = ada.authorize().await;
    let path = format!("/api/v1/authorizations/{id}");
    let cancelled = ada.call(http::Method::DELETE, &path, &json!({})).await;
    assert_eq!(cancelled.status, StatusCode::NO_CONTENT);
    assert!(deployment.world.grants.borrow().is_empty());
    let save = ada.post("/api/v1/connections", &json!({"name": "Late", "authorization_id": id})).await;
    assert_eq!(save.code(), "authorization_not_ready");
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
async fn a_grant_that_died_before_save_makes_its_connection_unauthorized_at_once() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let id = ada.authorize().await;
    deployment.world.grants.borrow_mut().clear();
    let saved = ada.post("/api/v1/connections", &json!({"name": "Staging", "authorization_id": id})).await.json();
    assert_eq!(saved["status"]["state"], "unauthorized");
    assert_eq!(saved["status"]["cause"], "grant_refused");
}

#[tokio::test]
async fn a_site_that_does_not_answer_can_be_chosen_again_and_a_late_refusal_spoils_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let sites = json!([resource("two", "read:jira-work"), resource("one", "read:jira-work")]);
    deployment.world.resources.replace(Reply::json(200, &sites.to_string()));
    let id = ada.authorize().await;
    let path = format!("/api/v1/authorizations/{id}/site");
    let well = deployment.world.probe.replace(Reply::json(503, "{}"));
    assert_eq!(ada.post(&path, &json!({"cloud_id": "two"})).await.code(), "unavailable");
    assert_eq!(ada.attempt(&id).await["status"], "choose_site");

    deployment.world.probe.replace(well);
    assert_eq!(ada.post(&path, &json!({"cloud_id": "two"})).await.json()["status"], "authorized");
    let refusal = crate::atlassian::failure(api::FailureCode::SiteRefused, None);
    let late = crate::organization::FailChoice {
        id: api::AuthorizationId::parse(id.clone()).expect("an id"),
        failure: refusal,
    };
    assert_eq!(deployment.edge.ask(&late).await, Ok(None));
    assert_eq!(ada.attempt(&id).await["status"], "authorized");
}

#[tokio::test]
async fn an_attempt_that_is_cancelled_while_atlassian_is_asked_leaves_no_grant() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    deployment.world.on_probe.replace(Some(api::AuthorizationId::parse(id.clone()).expect("an id")));
    ada.get(&format!("/oauth/callback?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "cancelled");
    assert!(deployment.world.grants.borrow().is_empty());
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
async fn scopes_that_are_left_out_are_those_that_were_asked_for() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut answer = tokens();
    answer.as_object_mut().expect("an object").remove("scope");
    deployment.world.token_answer.replace(Reply::json(200, &answer.to_string()));
    let connection = ada.connect("Staging").await;
    assert_eq!(connection["scopes"], json!(crate::configuration::SCOPES));
}
