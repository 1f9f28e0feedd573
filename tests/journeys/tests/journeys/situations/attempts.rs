//! Authorizations that do not come to an end, or not to a good one.

use std::time::{Duration, SystemTime};

use api::State;
use atlassian::sites::HARBOUR;
use atlassian::{Endpoint, Fault, Kind, Obstacle, Person};

use super::{Situation, expected};

impl Situation {
    /// On *New connection*: begins to authorize, and goes to the pop-up.
    async fn begins_to_authorize(&self) {
        self.browser.presses("New connection").await;
        self.browser.presses("Authorize").await;
        self.browser.goes_to_the_pop_up().await;
        self.browser.sees("Log in to Atlassian").await;
    }
}

#[tokio::test]
async fn a_reauthorization_that_failed_leaves_what_works_green() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let browser = &situation.browser;
    browser.opens(&format!("/connections/{}/setup", connection.id)).await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Ada Admin").await;
    browser.chooses("Use app on", "Meadow Health").await;
    browser.presses("Accept").await;
    browser.sees("Unauthorized").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    let setup = browser.sees_on_the_screen(expected::FAILED_REAUTHORIZATION).await;
    assert!(!setup.words.contains("Unauthorized"), "nothing that works is painted red: {setup:?}");
    situation.call(&connection).await.expect(200);
    situation.is_told("Harbour", &expected::WORKS, before).await;
}

#[tokio::test]
async fn a_pop_up_that_the_browser_blocked_is_explained() {
    let situation = Situation::begins().await;
    let browser = &situation.browser;
    browser.presses("New connection").await;
    browser.runs("window.open = () => null").await;
    browser.presses("Authorize").await;
    browser.sees_on_the_screen(expected::POP_UP_BLOCKED).await;
}

#[tokio::test]
async fn an_app_that_is_not_shared_is_named_to_who_waits_in_vain() {
    let situation = Situation::begins().await;
    situation.by_http.causeway.model.change_settings(|settings| settings.obstacle = Obstacle::NotShared);
    let browser = &situation.browser;
    browser.has_a_clock_that_moves().await;
    browser.opens("/").await;
    situation.begins_to_authorize().await;
    browser.presses("Bob Admin").await;
    browser.goes_back().await;
    browser.sees("in the other window").await;
    browser.moves_the_clock(Duration::from_secs(21)).await;
    browser.sees_on_the_screen(expected::APP_NOT_SHARED).await;
}

#[tokio::test]
async fn an_account_without_a_site_is_told_where_it_waits() {
    let situation = Situation::begins().await;
    let browser = &situation.browser;
    browser.has_a_clock_that_moves().await;
    browser.opens("/").await;
    situation.begins_to_authorize().await;
    browser.presses("Sam Stranger").await;
    browser.sees("You do not have access to a Jira site").await;
    browser.goes_back().await;
    browser.sees("in the other window").await;
    browser.moves_the_clock(Duration::from_secs(21)).await;
    browser.sees_on_the_screen(expected::ACCOUNT_WITHOUT_A_SITE).await;
}

#[tokio::test]
async fn a_cancelled_consent_says_that_nothing_was_authorized() {
    let situation = Situation::begins().await;
    let browser = &situation.browser;
    situation.begins_to_authorize().await;
    browser.presses("Ada Admin").await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    browser.goes_back().await;
    browser.sees_on_the_screen(expected::CONSENT_CANCELLED).await;
}

#[tokio::test]
async fn a_sign_in_service_that_is_down_while_authorizing_is_named() {
    let situation = Situation::begins().await;
    let fault = Fault::before(Endpoint::Token, Kind::status(503, r#"{"error":"unavailable"}"#)).until_cleared();
    situation.by_http.causeway.model.inject_fault(fault);
    let browser = &situation.browser;
    situation.begins_to_authorize().await;
    browser.presses("Ada Admin").await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees("Unauthorized").await;
    browser.goes_back().await;
    browser.sees_on_the_screen(expected::SIGN_IN_SERVICE_DOWN_WHILE_AUTHORIZING).await;
}

#[tokio::test]
async fn a_draft_says_that_it_was_never_authorized_and_calls_are_refused() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    let browser = &situation.browser;
    browser.presses("New connection").await;
    browser.fills_in("Name", "Tomorrow").await;
    browser.presses("Save for later").await;
    browser.sees("Saved").await;
    situation.is_told("Tomorrow", &expected::NEVER_AUTHORIZED, before).await;
    let list: api::ConnectionPage = situation.by_http.ada.gets("/api/v1/connections").await.expect(200).json();
    let draft = list.items.first().expect("the draft is kept");
    assert_eq!(draft.status.state(), State::Unauthorized);
    let answer = situation.call(draft).await.expect(409);
    assert_eq!(answer.problem(), Some(api::ProblemCode::ConnectionUnauthorized));
}
