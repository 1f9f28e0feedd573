//! The edge's OAuth and OpenID Connect, tested with a server that we did not write.

use api::{AuthorizationStatus, KeyScope};
use journeys::{Answer, Causeway, Claims, OtherIssuer, PATIENCE, Visitor, eventually};
use reqwest::Method;

/// Signs in and agrees at `oidc-provider` until it sends the browser back, and answers that address.
async fn agrees(visitor: &Visitor, public_url: &str, mut answer: Answer) -> String {
    for _ in 0..12 {
        if (300..400).contains(&answer.status) {
            let next = answer.location();
            if next.as_str().starts_with(public_url) {
                return next.into();
            }
            answer = visitor.gets(next.as_str()).await;
        } else {
            let (action, fields) = answer.expect(200).form(&[("login", "ada"), ("password", "any")]);
            answer = visitor.sends(visitor.request(Method::POST, action.as_str()).form(&fields)).await;
        }
    }
    panic!("oidc-provider does not send the browser back");
}

async fn at_the_other_issuer(claims: Claims) -> (Causeway, OtherIssuer, Visitor) {
    let (causeway, issuer) = Causeway::start_with_other_issuer(claims).await;
    let ada = causeway.visitor();
    let leaves = ada.gets("/sign-in").await;
    let callback = agrees(&ada, &causeway.public_url, leaves).await;
    ada.gets(&callback).await.expect(303);
    (causeway, issuer, ada)
}

#[tokio::test]
async fn a_certified_openid_provider_signs_people_in() {
    let (_causeway, _issuer, ada) = at_the_other_issuer(Claims::InTheIdToken).await;
    let session: api::Session = ada.gets("/api/v1/session").await.expect(200).json();
    assert_eq!(session.member.email, "ada@example.com");
}

#[tokio::test]
async fn a_provider_that_says_who_it_is_at_userinfo_only_signs_people_in() {
    let (_causeway, _issuer, ada) = at_the_other_issuer(Claims::AtUserinfo).await;
    let session: api::Session = ada.gets("/api/v1/session").await.expect(200).json();
    assert_eq!(session.member.email, "ada@example.com");
}

#[tokio::test]
async fn a_strict_oauth_server_accepts_the_code_and_every_rotated_refresh_token() {
    let (causeway, issuer, ada) = at_the_other_issuer(Claims::InTheIdToken).await;
    let started = ada.starts_to_authorize(None).await;
    let leaves = ada.gets(started.start_url.as_deref().expect("an address")).await;
    let callback = agrees(&ada, &causeway.public_url, leaves).await;
    ada.gets(&callback).await.expect(303);
    let attempt = ada.looks_at(&started.id).await;
    assert_eq!(attempt.status, AuthorizationStatus::Authorized, "{attempt:?}");
    let connection: api::Connection = ada.saves("Elsewhere", started.id).await.expect(201).json();
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    let calls = async || ada.calls_jira(&key, &connection.id, "/rest/api/3/myself").await.expect(200);
    calls().await;
    issuer.refuses_all_access_tokens().await;
    calls().await;
    assert_eq!(issuer.refreshed().await, Some(1), "a refused access token is refreshed");
    let again = eventually(PATIENCE, async || {
        calls().await;
        (issuer.refreshed().await? == 2).then_some(())
    });
    assert!(again.await.is_some(), "a token that lives thirty seconds is refreshed ahead of need, while it is used");
}
