//! What a browser carries to the provider and back.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};

use super::provider::{Provider, assert_outcome};
use crate::http::tests::world::Answered;

const NO_COOKIE: &str = "Your browser did not send Causeway&#39;s cookie back.";
const ENDED: &str = "This sign-in was finished already, is too old, or belongs to another browser.";

#[track_caller]
fn assert_refused(answered: &Answered, code: &str, why: &str) {
    assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    assert!(answered.body.contains(why) && answered.body.contains(code), "{}", answered.body);
}

#[tokio::test]
async fn several_tabs_sign_in_at_once_and_each_returns_to_its_own_page() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let mut tabs = Vec::new();
    for page in ["/api-keys", "/webhooks", "/audit-log"] {
        let left = browser.get(&format!("/sign-in?return_to={page}")).await;
        tabs.push((page, super::provider::query(left.location())));
    }
    for (page, sent) in tabs {
        let claims = serde_json::json!({"nonce": sent["nonce"]});
        let token = provider.token(&deployment, &claims).await;
        let tokens = serde_json::json!({"access_token": "A", "token_type": "bearer", "id_token": token});
        let reply = crate::fakes::FakeResponse::json(200, &tokens.to_string());
        super::provider::answer(&deployment, "https://id.example/token", reply);
        let answered = browser.get(&format!("/sign-in/callback?code=C&state={}", sent["state"])).await;
        assert_eq!((answered.status, answered.location()), (StatusCode::SEE_OTHER, page));
    }
}

#[tokio::test]
async fn a_browser_keeps_a_few_sign_ins_and_the_newest_always_works() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let mut first = String::new();
    for number in 0..30 {
        let back = provider.leave(&browser, &deployment).await;
        if number == 0 {
            first = back;
        }
        deployment.world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(browser.cookies.borrow().len(), 8);
    let bytes: usize = browser.cookies.borrow().iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(bytes < 8 * 1024, "{bytes}");
    let newest = provider.leave(&browser, &deployment).await;
    assert_outcome(&deployment, "newest", &browser.get(&newest).await, Ok(()));
    assert_refused(&browser.get(&first).await, "sign_in_failed", ENDED);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let back = provider.leave(&deployment.stranger(), &deployment).await;
    let answered = deployment.stranger().get(&back).await;
    assert_refused(&answered, "cookie_missing", NO_COOKIE);
    assert!(answered.body.contains("Safari keeps none of an http address: use https, Chrome or Firefox."));
}

#[tokio::test]
async fn a_sign_in_that_is_finished_or_too_old_or_of_another_browser_is_not_told_as_a_missing_cookie() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let other = deployment.stranger();
    other.get("/sign-in").await;
    assert_refused(&other.get(&back).await, "sign_in_failed", ENDED);

    deployment.world.clock.advance(Duration::from_secs(599));
    assert_outcome(&deployment, "in time", &browser.get(&back).await, Ok(()));
    let again = browser.get(&back).await;
    assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, "/"), "signed in already");
    browser.cookies.borrow_mut().remove("__Host-session");
    assert_refused(&browser.get(&back).await, "sign_in_failed", ENDED);

    let late = provider.leave(&browser, &deployment).await;
    deployment.world.clock.advance(Duration::from_mins(10));
    assert_refused(&browser.get(&late).await, "sign_in_failed", ENDED);
}

#[tokio::test]
async fn a_cookie_opens_for_its_own_state_alone_and_holds_nothing_readable() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let (name, value) = browser.cookies.borrow().iter().next().map(|(n, v)| (n.clone(), v.clone())).expect("a cookie");
    let other = deployment.stranger();
    let stolen = provider.leave(&other, &deployment).await;
    let others = other.cookies.borrow().keys().next().cloned().expect("a cookie");
    other.cookies.borrow_mut().insert(others, value);
    assert_refused(&other.get(&stolen).await, "sign_in_failed", ENDED);

    let twice = Request::get(back.as_str()).header("cookie", format!("{name}=a; {name}=b"));
    let twice = deployment.send(twice.body(Body::empty()).expect("a request")).await;
    assert_refused(&twice, "sign_in_failed", ENDED);
}

#[tokio::test]
async fn the_providers_words_are_shown_to_a_browser_with_its_state_and_to_no_other() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await.replace("code=CODE", "error=access_denied");
    let said = format!("{back}&error_description=Not+assigned%0Ato+the+application");
    let answered = browser.get(&said).await;
    assert_outcome(&deployment, "denied", &answered, Err("access_denied: Not assigned to the application"));
    for (visitor, path) in [
        (deployment.stranger(), said.as_str()),
        (deployment.stranger(), "/sign-in/callback?error=x&error_description=Not+assigned"),
        (browser.at(&deployment), "/sign-in/callback?error=x&error_description=Not+assigned"),
    ] {
        assert!(!visitor.get(path).await.body.contains("Not assigned"));
    }
    // The person goes back and agrees.
    assert_outcome(
        &deployment,
        "after all",
        &browser.get(&back.replace("error=access_denied", "code=C")).await,
        Ok(()),
    );
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_issuer_is_refused() {
    let provider = Provider::new();
    let deployment = provider.deployment();
    let browser = deployment.stranger();
    let back = provider.leave(&browser, &deployment).await;
    let mixed_up = browser.get(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await;
    assert_outcome(&deployment, "mixed up", &mixed_up, Err("`https://evil.example`; expected `https://id.example`"));
    assert_outcome(&deployment, "named", &browser.get(&format!("{back}&iss=https%3A%2F%2Fid.example")).await, Ok(()));
}

#[tokio::test]
async fn without_a_sealing_key_nobody_is_sent_away() {
    let deployment = Provider::new().deployment().without("SEALING_KEYS");
    let refused = deployment.stranger().get("/sign-in").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("SEALING_KEYS"), "{}", refused.body);
}

#[tokio::test]
async fn an_authorization_that_comes_back_without_any_cookie_is_told_so_and_not_ended() {
    let deployment = crate::http::tests::world::Deployment::new();
    let ada = deployment.ada().await;
    let (id, state) = ada.leave().await;
    let path = format!("/oauth/callback/cloud?code=CODE&state={state}");
    assert_refused(&deployment.stranger().get(&path).await, "cookie_missing", NO_COOKIE);
    assert_eq!(ada.get(&path).await.location(), format!("/authorize/{id}"));
}
