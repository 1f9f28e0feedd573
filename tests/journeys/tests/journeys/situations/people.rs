//! People and their sessions: each screen says what is so and what to do, once.

use api::{List, ListMembers, Member, Nothing, SignOutMember};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::browser::Offer;
use journeys::{PATIENCE, eventually};
use serde_json::json;

use super::{Situation, expected};

impl Situation {
    /// Ends every session of Ada's, her browser's too.
    async fn ends_adas_sessions(&self) {
        let members: List<Member> = self.by_http.ada.calls::<ListMembers>(&(), &Nothing {}).await.expect(200).json();
        let ada = members.items.into_iter().find(|member| member.email.as_str() == "ada@example.com");
        let id = ada.expect("Ada is a member").id;
        self.by_http.ada.calls::<SignOutMember>(&id, &Nothing {}).await.expect(204);
    }

    /// The browser's network is gone, or there again.
    async fn is_offline(&self, offline: bool) {
        let cdp = self.browser.driver().cdp();
        cdp.send_raw("Network.enable", json!({})).await.expect("the network can be watched");
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        cdp.send_raw("Network.emulateNetworkConditions", conditions).await.expect("the network can be cut");
    }
}

#[tokio::test]
async fn a_session_that_is_over_asks_to_sign_in_and_speaks_of_no_api_key() {
    let situation = Situation::begins().await;
    situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let browser = &situation.browser;
    browser.opens("/").await;
    browser.sees("1 connection").await;
    situation.ends_adas_sessions().await;
    browser.presses("Harbour").await;
    let screen = browser.sees_on_the_screen(expected::SESSION_OVER).await;
    for wrong in ["API key as", "Authorization: Bearer", "There is no session"] {
        assert!(!screen.words.contains(wrong), "a person is told of {wrong:?}: {screen:?}");
    }
    browser.presses("Sign in").await;
    browser.presses("Ada Admin").await;
    browser.is_at("/connections/con_").await;
    browser.sees("Checkup").await;
}

#[tokio::test]
async fn who_signs_out_is_told_so() {
    let situation = Situation::begins().await;
    let browser = &situation.browser;
    browser.presses("Sign out").await;
    browser.sees_on_the_screen(expected::SIGNED_OUT).await;
    let title = browser.runs("return document.title").await;
    assert!(title.as_str().is_some_and(|title| !title.contains("Connections")), "{title}");
    browser.has_not_lost_the_focus().await;
}

#[tokio::test]
async fn without_a_network_one_box_says_so_and_nothing_claims_to_work() {
    let situation = Situation::begins().await;
    situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let browser = &situation.browser;
    browser.opens("/").await;
    browser.sees("1 connection").await;
    // What was not loaded while there was a network says something else.
    let tools = || browser.is_offered(Offer::Press, "Export or print the list");
    assert!(eventually(PATIENCE, async || tools().await.then_some(())).await.is_some(), "the tools are not there");
    situation.is_offline(true).await;
    browser.fills_in("Search connections", "harb").await;
    let screen = browser.sees_on_the_screen(expected::OFFLINE).await;
    assert!(!screen.words.contains(expected::ALL_IS_WELL), "nothing can be known of the service: {screen:?}");
    assert_eq!(screen.words.matches("Try again").count(), 1, "one box says it: {screen:?}");
    // What needs attention is asked for, too, as whenever the person returns to the window.
    browser.runs("window.dispatchEvent(new Event('focus'))").await;
    browser.sees_on_the_screen(expected::OFFLINE).await;
    situation.is_offline(false).await;
    // The list asks again by itself, too: whoever is first.
    browser
        .runs("[...document.querySelectorAll('button')].find((one) => one.innerText === 'Try again')?.click()")
        .await;
    browser.sees_in_the_row("Harbour", &["Authorized"]).await;
    browser.no_longer_sees("cannot be reached").await;
    browser.sees(expected::ALL_IS_WELL).await;
    browser.no_longer_sees("Look again").await;
}

#[tokio::test]
async fn an_address_that_nobody_verified_says_who_verifies_it() {
    let situation = Situation::begins().await;
    let browser = situation.by_http.causeway.browser().await;
    browser.signs_in_as(Person::Uma).await;
    browser.sees_on_the_screen(expected::UNVERIFIED).await;
    let address = browser.address().await;
    assert!(!address.contains("code=") && !address.contains("state="), "the address bar says too much: {address}");
}

#[tokio::test]
async fn a_stranger_is_told_whom_to_ask() {
    let situation = Situation::begins().await;
    let browser = situation.by_http.causeway.browser().await;
    browser.signs_in_as(Person::Sam).await;
    browser.sees_on_the_screen(expected::STRANGER).await;
}

#[tokio::test]
async fn a_connection_that_nobody_knows_is_not_found() {
    let situation = Situation::begins().await;
    let browser = &situation.browser;
    browser.opens("/connections/con_00000000000000000000000000").await;
    let screen = browser.sees_on_the_screen(expected::CONNECTION_NOT_FOUND).await;
    assert!(!screen.words.contains("Setup"), "no tab leads nowhere: {screen:?}");
    let title = browser.runs("return document.title").await;
    assert!(title.as_str().is_some_and(|title| !title.contains('…')), "{title}");
}
