//! The OAuth callback, and attacks on it.

use api::{Authorization, AuthorizationStatus, FailureCode, StartedAuthorization};
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{Endpoint, Fault, Kind, Person, Resources};
use futures::future::join_all;
use journeys::{Causeway, Visitor};
use url::Url;

/// Ada, signed in, who has accepted at Atlassian and not yet come back.
async fn on_the_way_back(causeway: &Causeway) -> (Visitor, StartedAuthorization, Url) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let started = ada.starts_to_authorize(None).await;
    let callback = ada.accepts(&started, Person::Ada, &[HARBOUR]).await;
    (ada, started, callback)
}

/// The same address with another query.
fn asking(callback: &Url, query: &str) -> String {
    let mut url = callback.clone();
    url.set_query(Some(query));
    url.into()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).expect("the address has it").1.into_owned()
}

async fn failure(visitor: &Visitor, started: &StartedAuthorization) -> FailureCode {
    let attempt: Authorization = visitor.looks_at(&started.id).await;
    assert_eq!(attempt.status, AuthorizationStatus::Failed, "{attempt:?}");
    attempt.failure.expect("a failed attempt says why").code
}

#[tokio::test]
async fn a_callback_without_the_attempts_cookie_is_refused() {
    let causeway = Causeway::start().await;
    let (_, _, callback) = on_the_way_back(&causeway).await;
    causeway.visitor().gets(callback.as_str()).await.expect(400);
    assert_eq!(causeway.model.token_requests(), 0);
}

#[tokio::test]
async fn an_altered_state_is_refused() {
    let causeway = Causeway::start().await;
    let (ada, _, callback) = on_the_way_back(&causeway).await;
    let (code, state) = (parameter(&callback, "code"), parameter(&callback, "state"));
    let other_end = if state.ends_with('A') { "B" } else { "A" };
    let altered = format!("{}{other_end}", &state[..state.len() - 1]);
    let twice_encoded = state.bytes().map(|byte| format!("%25{byte:02X}")).collect::<Vec<_>>().concat();
    let queries = [
        format!("code={code}&state={altered}"),
        format!("code={code}&state="),
        format!("code={code}"),
        format!("code={code}&state={}", "a".repeat(8 * 1024)),
        format!("code={code}&state={state}&state={state}"),
        format!("code={code}&state={twice_encoded}"),
        format!("code={code}&state={state}%00"),
    ];
    for query in queries {
        let answer = ada.gets(&asking(&callback, &query)).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.body.contains("Unauthorized"), "the person is told: {}", answer.body);
    }
    assert_eq!(causeway.model.token_requests(), 0);
    ada.gets(callback.as_str()).await.expect(303);
    assert_eq!(causeway.model.token_requests(), 1, "what was not altered still works");
}

#[tokio::test]
async fn the_same_callback_twice_works_once() {
    let causeway = Causeway::start().await;
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(callback.as_str()).await.expect(303);
    ada.gets(callback.as_str()).await.expect(400);
    assert_eq!(ada.looks_at(&started.id).await.status, AuthorizationStatus::Authorized);
    assert_eq!(causeway.model.token_requests(), 1);
    assert_eq!(causeway.model.families().len(), 1);
}

#[tokio::test]
async fn fifty_callbacks_at_once_cost_one_token_request() {
    let causeway = Causeway::start().await;
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    let answers = join_all((0..50).map(|_| ada.gets(callback.as_str()))).await;
    let taken = answers.iter().filter(|answer| answer.status == 303).count();
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!((taken, refused), (1, 49));
    assert_eq!(causeway.model.token_requests(), 1);
    assert_eq!(ada.looks_at(&started.id).await.status, AuthorizationStatus::Authorized);
}

#[tokio::test]
async fn somebody_elses_code_and_state_are_refused_in_this_browser() {
    let causeway = Causeway::start().await;
    let (_, attack, bait) = on_the_way_back(&causeway).await;
    let (victim, started, _) = on_the_way_back(&causeway).await;
    victim.gets(bait.as_str()).await.expect(400);
    assert_eq!(causeway.model.token_requests(), 0);
    assert_eq!(victim.looks_at(&started.id).await.status, AuthorizationStatus::Waiting);
    let theirs = victim.gets(&format!("/api/v1/authorizations/{}", attack.id)).await;
    assert_eq!(theirs.status, 404, "an attempt is its session's own");
}

#[tokio::test]
async fn a_denied_consent_is_told_in_the_providers_own_words_only_with_its_state() {
    let causeway = Causeway::start().await;
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    let state = parameter(&callback, "state");
    let query = format!("error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={state}");
    ada.gets(&asking(&callback, &query)).await.expect(303);
    assert_eq!(failure(&ada, &started).await, FailureCode::Denied);
    assert_eq!(causeway.model.token_requests(), 0);

    let browser = causeway.browser().await;
    browser.opens(&format!("/oauth/callback/cloud?{query}")).await;
    browser.sees("Unauthorized").await;
    let stateless = asking(&callback, "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E");
    browser.opens(&stateless).await;
    browser.sees("Access was declined").await;
    browser.no_longer_sees("alert(1)").await;
}

#[tokio::test]
async fn a_code_that_comes_with_an_error_is_not_exchanged() {
    let causeway = Causeway::start().await;
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(&format!("{callback}&error=server_error")).await.expect(303);
    assert_eq!(failure(&ada, &started).await, FailureCode::ProviderError);
    assert_eq!(causeway.model.token_requests(), 0);
}

#[tokio::test]
async fn seven_tabs_connect_at_once_and_cookies_stay_bounded() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let mut callbacks = Vec::new();
    for _ in 0..7 {
        let started = ada.starts_to_authorize(None).await;
        let callback = ada.accepts(&started, Person::Ada, &[HARBOUR]).await;
        callbacks.push((started, callback));
    }
    let cookies = ada.cookie_names();
    join_all(callbacks.iter().map(|(_, callback)| ada.gets(callback.as_str()))).await;
    for (started, _) in &callbacks {
        assert_eq!(ada.looks_at(&started.id).await.status, AuthorizationStatus::Authorized);
    }
    assert!(cookies.len() <= 16, "{cookies:?}");
    assert!(cookies.iter().all(|name| name.starts_with("__Host-")), "{cookies:?}");
    for _ in 0..30 {
        let asked = api::StartAuthorization { kind: api::Kind::CloudOauth2, connection_id: None, credential: None };
        let started = ada.calls::<api::CreateAuthorization>(&(), &asked).await;
        if started.status == 201 {
            ada.gets(started.json::<StartedAuthorization>().start_url.as_deref().expect("an address")).await;
        }
    }
    assert!(ada.cookie_names().len() <= 16, "thirty more tabs: {:?}", ada.cookie_names());
}

#[tokio::test]
async fn a_token_answer_that_is_none_fails_cleanly_and_the_next_one_works() {
    let causeway = Causeway::start().await;
    let faults = [
        Kind::Html,
        Kind::Empty,
        Kind::CutShort,
        Kind::Body(vec![b'a'; 1024 * 1024]),
        Kind::Body(b"{\"access_token\":\"\xff\xfe\"}".to_vec()),
        Kind::Body(
            br#"{"access_token":"a\r\nb","refresh_token":"r","expires_in":3600,"token_type":"Bearer"}"#.to_vec(),
        ),
    ];
    for fault in faults {
        causeway.model.inject_fault(Fault::before(Endpoint::Token, fault.clone()));
        let (ada, started, callback) = on_the_way_back(&causeway).await;
        ada.gets(callback.as_str()).await.expect(303);
        let code = failure(&ada, &started).await;
        assert_eq!(code, FailureCode::ProviderUnavailable, "{fault:?}");
    }
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(callback.as_str()).await.expect(303);
    assert_eq!(ada.looks_at(&started.id).await.status, AuthorizationStatus::Authorized);
}

#[tokio::test]
async fn a_redirecting_token_endpoint_is_not_followed() {
    let causeway = Causeway::start().await;
    let elsewhere = format!("{}/elsewhere", causeway.model.url());
    causeway.model.inject_fault(Fault::before(Endpoint::Token, Kind::Redirect(elsewhere)));
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(callback.as_str()).await.expect(303);
    assert_eq!(failure(&ada, &started).await, FailureCode::ProviderUnavailable);
    assert!(!causeway.model.requests().iter().any(|request| request.path == "/elsewhere"));
}

#[tokio::test]
async fn a_consent_without_a_jira_site_fails_and_says_so() {
    let causeway = Causeway::start().await;
    causeway.model.set_resources(Resources::Only(Vec::new()));
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(callback.as_str()).await.expect(303);
    assert_eq!(failure(&ada, &started).await, FailureCode::NoSite);
}

#[tokio::test]
async fn a_site_listed_once_per_product_is_one_site() {
    let causeway = Causeway::start().await;
    let entry = |scope: &str| {
        serde_json::json!({ "id": HARBOUR, "name": "Harbour Logistics", "url": "https://harbour.atlassian.net",
            "scopes": [scope], "avatarUrl": "https://harbour.atlassian.net/avatar.png" })
    };
    let doubled = serde_json::json!([entry("read:jira-user"), entry("read:jira-work"), entry("read:jira-work")]);
    causeway.model.set_resources(Resources::Raw(doubled));
    let (ada, started, callback) = on_the_way_back(&causeway).await;
    ada.gets(callback.as_str()).await.expect(303);
    let attempt = ada.looks_at(&started.id).await;
    assert_eq!(attempt.status, AuthorizationStatus::Authorized);
    assert_eq!(attempt.site.and_then(|site| site.cloud_id).as_deref(), Some(HARBOUR));
}

#[tokio::test]
async fn a_reauthorization_without_the_pinned_site_fails_and_names_both() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Staging", Person::Ada, HARBOUR).await;
    let started = ada.starts_to_authorize(Some(&connection.id)).await;
    let callback = ada.accepts(&started, Person::Ada, &[MEADOW]).await;
    ada.gets(callback.as_str()).await.expect(303);
    let failure = ada.looks_at(&started.id).await.failure.expect("it failed");
    assert_eq!(failure.code, FailureCode::OtherSite);
    for name in ["Harbour Logistics", "Meadow Health"] {
        assert!(failure.message.contains(name), "{}", failure.message);
    }
    let after = ada.connection(&connection.id).await;
    assert_eq!(after.site.and_then(|site| site.cloud_id).as_deref(), Some(HARBOUR));
    assert_eq!(after.status, api::Status::Authorized);
}

#[tokio::test]
async fn the_chosen_site_must_be_one_that_was_offered() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.consent_mode = atlassian::ConsentMode::SeveralSites);
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let started = ada.starts_to_authorize(None).await;
    let callback = ada.accepts(&started, Person::Ada, &[HARBOUR, MEADOW]).await;
    ada.gets(callback.as_str()).await.expect(303);
    assert_eq!(ada.looks_at(&started.id).await.sites.len(), 2);
    let choose = |cloud_id: &str| api::ChooseSite { cloud_id: cloud_id.into() };
    let refused = ada.calls::<api::ChooseAuthorizationSite>(&started.id, &choose(TINKER)).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    let chosen = ada.calls::<api::ChooseAuthorizationSite>(&started.id, &choose(MEADOW)).await.expect(200);
    assert_eq!(chosen.json::<Authorization>().status, AuthorizationStatus::Authorized);
}

#[tokio::test]
async fn a_start_ticket_works_once_and_only_for_its_session() {
    let causeway = Causeway::start().await;
    let (ada, other) = (causeway.visitor(), causeway.visitor());
    ada.signs_in_as(Person::Ada).await;
    other.signs_in_as(Person::Ada).await;
    let started = ada.starts_to_authorize(None).await;
    assert_eq!(other.gets(started.start_url.as_deref().expect("an address")).await.status, 400, "another session");
    assert_eq!(causeway.visitor().gets(started.start_url.as_deref().expect("an address")).await.status, 401, "nobody");
    ada.gets(started.start_url.as_deref().expect("an address")).await.expect(303);
    assert_eq!(ada.gets(started.start_url.as_deref().expect("an address")).await.status, 400, "the second time");
}
