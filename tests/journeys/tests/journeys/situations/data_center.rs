//! Jira Data Center: tokens, passwords, accounts, addresses. Nothing of it is about Atlassian.

use std::time::SystemTime;

use api::State;
use atlassian::Person;

use super::{MYSELF, Situation, expected};

/// As often as a CAPTCHA allows, and once more.
const WRONG_PASSWORDS: usize = 4;

#[tokio::test]
async fn a_personal_access_token_that_was_revoked() {
    let situation = Situation::begins().await;
    let (connection, token) = situation.by_http.connects_by_token("Quarry", None).await;
    situation.call(&connection).await.expect(200);
    let revoked = SystemTime::now();
    assert!(situation.by_http.quarry.revoke_personal_access_token(&token));
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Unauthorized).await;
    situation.is_told("Quarry", &expected::PERSONAL_ACCESS_TOKEN_REVOKED, revoked).await;
}

#[tokio::test]
async fn a_password_that_was_changed() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_password("Quarry").await;
    situation.call(&connection).await.expect(200);
    let changed = SystemTime::now();
    situation.by_http.quarry.set_password(Person::Ada, "another");
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Unauthorized).await;
    situation.is_told("Quarry", &expected::PASSWORD_CHANGED, changed).await;
}

#[tokio::test]
async fn a_captcha_after_somebody_elses_wrong_passwords() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_password("Quarry").await;
    let began = SystemTime::now();
    let address = format!("{}{MYSELF}", situation.by_http.quarry.base_url());
    let stranger = situation.by_http.causeway.visitor();
    for _ in 0..WRONG_PASSWORDS {
        let guess = stranger.request(reqwest::Method::GET, &address).basic_auth("ada", Some("a guess"));
        stranger.sends(guess).await;
    }
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Quarry", &expected::CAPTCHA, began).await;
}

#[tokio::test]
async fn basic_authentication_that_was_switched_off() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_password("Quarry").await;
    let began = SystemTime::now();
    situation.by_http.quarry.change_settings(|settings| settings.basic_authentication = Some(false));
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Quarry", &expected::BASIC_SWITCHED_OFF, began).await;
}

#[tokio::test]
async fn an_account_that_was_deactivated_does_not_read_as_a_wrong_password_alone() {
    let situation = Situation::begins().await;
    let by_password = situation.by_http.connects_by_password("By password").await;
    let (by_token, _) = situation.by_http.connects_by_token("By token", None).await;
    let began = SystemTime::now();
    situation.by_http.quarry.set_active(Person::Ada, false);
    for (connection, name, expected) in [
        (&by_password, "By password", &expected::ACCOUNT_DEACTIVATED_WITH_PASSWORD),
        (&by_token, "By token", &expected::ACCOUNT_DEACTIVATED_WITH_TOKEN),
    ] {
        situation.calls_in_vain(connection).await;
        situation.comes_to(connection, State::Unauthorized).await;
        situation.is_told(name, expected, began).await;
    }
}

#[tokio::test]
async fn a_site_that_moved_is_told_although_nobody_tested() {
    let situation = Situation::begins().await;
    let (connection, _) = situation.by_http.connects_by_token("Quarry", None).await;
    situation.call(&connection).await.expect(200);
    let began = SystemTime::now();
    situation.by_http.quarry.move_to_new_address();
    let answer = situation.calls_in_vain(&connection).await;
    assert!(!answer.body.contains("attachment"), "a site that moved is not about attachments: {}", answer.body);
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Quarry", &expected::SITE_MOVED, began).await;
    situation.browser.sees(&situation.by_http.quarry.new_base_url()).await;
}

#[tokio::test]
async fn an_incoming_link_that_was_removed() {
    let situation = Situation::begins().await;
    let (connection, link) = situation.by_http.connects_by_incoming_link("Quarry").await;
    situation.call(&connection).await.expect(200);
    let removed = SystemTime::now();
    assert!(situation.by_http.quarry.remove_incoming_link(&link.client_id));
    situation.calls_in_vain(&connection).await;
    situation.leaves(&connection, State::Authorized).await;
    situation.is_told("Quarry", &expected::INCOMING_LINK_REMOVED, removed).await;
}
