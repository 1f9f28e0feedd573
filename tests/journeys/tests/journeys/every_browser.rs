//! The main job in the browsers that are not Chromium: sign in, the pop-up, save, test, a key, a call.

use api::ConnectionId;
use atlassian::Person;
use journeys::browser::{Browser, Engine};
use journeys::{Causeway, TlsFront, Visitor};

use crate::connecting::{consents, goes_to_the_grid, is_about_to_connect, makes_a_key};

/// Does the job, and calls Jira through `machine`.
async fn main_job(browser: &Browser, machine: &Visitor) {
    is_about_to_connect(browser, "Staging").await;
    consents(browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    browser.presses("Save").await;
    browser.sees("https://harbour.atlassian.net").await;
    goes_to_the_grid(browser).await;
    browser.presses_in("Staging", "Test").await;
    browser.sees("Tested just now").await;
    browser.presses("Staging").await;
    browser.sees("Checkup").await;
    let address = browser.address().await;
    let id = address.rsplit('/').next().and_then(|id| ConnectionId::parse(id).ok()).expect("the address names it");
    let key = makes_a_key(browser).await;
    let myself = machine.calls_jira(&key, &id, "/rest/api/3/myself").await.expect(200);
    assert!(myself.body.contains(Person::Ada.name()), "{}", myself.body);
}

#[tokio::test]
async fn the_main_job_is_done_in_firefox() {
    let causeway = Causeway::start().await;
    main_job(&causeway.browser_of(Engine::Firefox).await, &causeway.visitor()).await;
}

#[tokio::test]
async fn the_main_job_is_done_in_webkit_over_https() {
    let front = TlsFront::listen().await;
    let causeway = Causeway::start_behind_tls(&front).await;
    let machine = Visitor::new(&format!("http://localhost:{}", front.worker_port()));
    main_job(&causeway.browser_of(Engine::WebKit).await, &machine).await;
}
