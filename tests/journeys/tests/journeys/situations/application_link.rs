//! Jira Data Center by OAuth 1.0a: the application link, the token, the clock.

use std::time::SystemTime;

use api::State;
use atlassian::Person;

use super::{Situation, expected};
use crate::by_http::CONSUMER_KEY;

/// More than any signature may be old.
const TWENTY_MINUTES: i64 = 20 * 60;

#[tokio::test]
async fn an_application_link_that_was_removed() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_application_link("Quarry").await;
    situation.call(&connection).await.expect(200);
    let removed = SystemTime::now();
    assert!(situation.by_http.quarry.remove_application_link(CONSUMER_KEY));
    situation.calls_in_vain(&connection).await;
    situation.leaves(&connection, State::Authorized).await;
    situation.is_told("Quarry", &expected::APPLICATION_LINK_REMOVED, removed).await;
}

#[tokio::test]
async fn a_token_that_is_gone_is_not_told_as_atlassians() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_application_link("Quarry").await;
    situation.call(&connection).await.expect(200);
    let revoked = SystemTime::now();
    situation.by_http.quarry.revoke_access(Person::Ada);
    situation.calls_in_vain(&connection).await;
    situation.leaves(&connection, State::Authorized).await;
    situation.is_told("Quarry", &expected::OAUTH1_TOKEN_GONE, revoked).await;
}

#[tokio::test]
async fn a_clock_that_is_twenty_minutes_ahead() {
    let situation = Situation::begins().await;
    let connection = situation.by_http.connects_by_application_link("Quarry").await;
    let began = SystemTime::now();
    situation.by_http.quarry.change_settings(|settings| settings.clock_skew_seconds = TWENTY_MINUTES);
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Quarry", &expected::CLOCK_AHEAD, began).await;
}
