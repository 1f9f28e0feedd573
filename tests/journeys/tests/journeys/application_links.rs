//! OAuth 1.0a in the browser: the key and the guide, callback and verification code, and the rotation of a key.

use atlassian::{ApplicationLink, Person};

use crate::data_center_fixture::{DataCenterFixture, MYSELF, data_center_fixture};

const CONSUMER_KEY: &str = "causeway";

impl DataCenterFixture {
    /// Starts a connection with OAuth 1.0a, until the key is shown.
    async fn begins_with_a_key(&self, name: &str) {
        let browser = &self.browser;
        self.begins_at_quarry(name, "OAuth 1.0a").await;
        browser.fills_in("Consumer key", "not one word").await;
        browser.sees("Use one word, without spaces.").await;
        browser.sees("The consumer key is not chosen yet.").await;
        browser.fills_in("Consumer key", CONSUMER_KEY).await;
        browser.presses("Generate new key").await;
        browser.sees("BEGIN PUBLIC KEY").await;
    }

    /// What a Jira administrator does with the guide: pastes the public key into the application link.
    fn enters_into_jira(&self, public_key: String) {
        let (consumer_key, consumer_name) = (CONSUMER_KEY.to_owned(), "Causeway".to_owned());
        let link = ApplicationLink { consumer_key, consumer_name, public_key };
        self.quarry.register_application_link(link).expect("Jira takes the key");
    }
}

#[tokio::test]
async fn a_guide_leads_to_a_connection_by_callback_whose_key_is_replaced() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    fixture.begins_with_a_key("Quarry").await;
    browser.presses("Copy public key").await;
    browser.sees("Copied").await;
    browser.presses("Share guide").await;
    browser.sees("Whoever has this link sees the guide").await;
    browser.is_for_everyone("OAuth 1.0a with a key and a guide that is shared").await;
    let link = browser.runs("return [...document.querySelectorAll('code')].at(-1).innerText").await;

    let theirs = fixture.causeway.browser().await;
    theirs.opens(link.as_str().expect("a link")).await;
    theirs.sees("Let Causeway connect to Jira by OAuth 1.0a").await;
    theirs.sees(CONSUMER_KEY).await;
    let (path, shown) = (theirs.address().await, theirs.text().await.unwrap_or_default());
    assert!(path.contains("/guide/"), "{path}");
    assert!(!shown.contains("Sign in") && !shown.contains("Connections"), "only the guide is shown: {shown}");
    theirs.is_for_everyone("The guide behind its link").await;
    fixture.enters_into_jira(theirs.reads("Public key").await);

    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    fixture.logs_in_to_jira().await;
    browser.presses("Allow").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Access token: done").await;
    let connection = fixture.saves("Quarry").await;
    fixture.calls(&connection, MYSELF).await;

    browser.presses("Generate new key").await;
    browser.sees("Put the new key into the application link in Jira").await;
    browser.is_for_everyone("Overview with two signing keys").await;
    browser.presses("Switch to new key").await;
    browser.sees("The old key stays in use.").await;
    fixture.calls(&connection, MYSELF).await;
    fixture.enters_into_jira(browser.reads("New public key").await);
    browser.presses("Switch to new key").await;
    browser.sees("The new key signs from now on").await;
    browser.no_longer_sees("Old public key").await;
    fixture.calls(&connection, MYSELF).await;

    browser.presses("Generate new key").await;
    browser.sees("A call that comes first switches by itself").await;
    fixture.enters_into_jira(browser.reads("New public key").await);
    fixture.calls(&connection, MYSELF).await;
    browser.opens(&browser.address().await).await;
    browser.sees("Generate new key").await;
    browser.no_longer_sees("Old public key").await;
}

#[tokio::test]
async fn a_verification_code_is_pasted_and_completes_the_connection() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    fixture.begins_with_a_key("Quarry").await;
    browser.presses("Shows a verification code").await;
    browser.presses("Generate URL").await;
    browser.sees("Unauthorized").await;
    browser.is_for_everyone("OAuth 1.0a, refused at its first step").await;
    fixture.enters_into_jira(browser.reads("Public key").await);
    browser.presses("Generate URL").await;
    browser.sees("Approval: under way").await;
    browser.is_for_everyone("OAuth 1.0a, waiting for the verification code").await;

    browser.presses("Open Jira").await;
    browser.goes_to_the_pop_up().await;
    fixture.logs_in_to_jira().await;
    browser.presses("Allow").await;
    browser.sees("Your verification code is").await;
    let code = browser.runs("return document.getElementById('verification-code').innerText").await;
    browser.closes_the_window().await;
    browser.goes_back().await;

    browser.fills_in("Verification code", code.as_str().expect("a code")).await;
    browser.presses("Verify").await;
    browser.sees("Not saved yet").await;
    browser.sees("Access token: done").await;
    browser.is_for_everyone("OAuth 1.0a, verified").await;
    browser.presses("Complete connection").await;
    browser.sees("What now").await;
    let connection = fixture.shown().await;
    fixture.calls(&connection, MYSELF).await;
    let account = fixture.machine.connection(&connection).await.account;
    assert_eq!(account.map(|account| account.name).as_deref(), Some(Person::Ada.name()));
}
