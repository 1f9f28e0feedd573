//! The URL names the current view: it can be copied, *back* works, and unsaved changes are not lost without a question.

use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW};
use journeys::Causeway;
use journeys::browser::Browser;

/// Ada's browser, with two connections: *Production* and *Staging*, and *Staging* is unauthorized.
async fn with_two_connections(causeway: &Causeway) -> Browser {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Production", Person::Ada, HARBOUR).await;
    let staging = ada.connects("Staging", Person::Ada, MEADOW).await;
    let only_it = api::Unauthorize { reach: api::Reach::Connection };
    ada.calls::<api::UnauthorizeConnection>(&staging.id, &only_it).await.expect(200);
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("2 connections").await;
    browser
}

#[tokio::test]
async fn a_copied_address_shows_the_same_view_in_a_new_window() {
    let causeway = Causeway::start().await;
    let browser = with_two_connections(&causeway).await;
    browser.presses("Last activity").await;
    browser.presses("Unauthorized").await;
    browser.fills_in("Search connections", "stag").await;
    browser.is_at("q=stag").await;
    browser.sees("All 1").await;
    browser.sees("All parts of Causeway work").await;
    let (address, view) = (browser.address().await, browser.text().await);
    browser.opens_in_a_new_window(&address).await;
    browser.sees("All 1").await;
    browser.no_longer_sees("Production").await;
    browser.sees("All parts of Causeway work").await;
    assert_eq!(browser.text().await, view);
    assert_eq!(browser.address().await, address);
}

#[tokio::test]
async fn back_and_forward_go_through_screens_and_tabs() {
    let causeway = Causeway::start().await;
    let browser = with_two_connections(&causeway).await;
    browser.presses("Production").await;
    browser.sees("Checkup").await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    browser.presses("Activity").await;
    browser.sees("Created, authorized as").await;
    browser.goes_one_step_back().await;
    browser.sees("Call Jira through this connection").await;
    browser.goes_one_step_back().await;
    browser.sees("Checkup").await;
    browser.goes_one_step_back().await;
    browser.sees("2 connections").await;
    browser.goes_one_step_forward().await;
    browser.sees("Checkup").await;
}

#[tokio::test]
async fn what_is_not_saved_is_left_only_knowingly() {
    let causeway = Causeway::start().await;
    let browser = with_two_connections(&causeway).await;
    browser.presses("Production").await;
    browser.presses("Setup").await;
    browser.fills_in("Name", "Main").await;
    browser.presses("API keys").await;
    browser.sees("Discard changes?").await;
    browser.presses("Keep editing").await;
    browser.sees("Main").await;
    browser.goes_one_step_back().await;
    browser.sees("Discard changes?").await;
    browser.presses("Keep editing").await;
    browser.is_at("/setup").await;
    browser.sees("Main").await;
    browser.goes_one_step_back().await;
    browser.presses("Discard changes").await;
    browser.sees("Checkup").await;
    browser.sees("Production").await;
    browser.presses("Setup").await;
    browser.sees("Production").await;
}
