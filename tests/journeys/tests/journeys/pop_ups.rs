//! What browsers and people do to a pop-up. The opener gets the result from the edge, whatever happens to the pop-up.

use std::time::Duration;

use atlassian::Obstacle;
use atlassian::Person;
use journeys::Causeway;

use crate::connecting::{about_to_connect, consents, is_about_to_connect, logs_in_to_atlassian};

/// What the opener asks the edge each second, after it has looked at the pop-up.
const POLLED: &str = "/api/v1/authorizations/aut_";
/// Enough requests for the opener to have looked at the pop-up once more: one may have been under way, and one may be
/// sent because the window got the focus.
const TICKS: u64 = 3;
/// After this long without a result, the opener names the errors that can keep people at Atlassian.
const LONG: Duration = Duration::from_secs(21);

#[tokio::test]
async fn a_blocked_pop_up_is_explained_and_a_link_does_the_same() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.fills_in("Name", "Staging").await;
    browser.runs("window.open = () => null").await;
    browser.presses("Authorize").await;
    browser.sees("Your browser did not open the new window.").await;
    browser.presses("Continue at Atlassian").await;
    browser.goes_to_the_pop_up().await;
    consents(&browser, "Harbour Logistics").await;
    browser.goes_back().await;
    browser.sees("Not saved yet").await;
    browser.presses("Save").await;
    browser.sees("What now").await;
}

#[tokio::test]
async fn an_opener_that_was_cut_off_knows_within_three_seconds() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.cuts_openers_off = true);
    let browser = about_to_connect(&causeway, "Staging").await;
    consents(&browser, "Harbour Logistics").await;
    browser.sees("Authorized").await;
    let cut = browser.runs("return window.opener === null").await;
    assert_eq!(cut, true, "the model's pages cut the pop-up off, or this shows nothing");
    browser.goes_back().await;
    browser.sees("Not saved yet").await;
    browser.presses("Save").await;
    browser.sees("What now").await;
}

#[tokio::test]
async fn a_pop_up_that_is_open_is_not_called_lost() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    logs_in_to_atlassian(&browser).await;
    assert_eq!(browser.runs("return window.opener !== null").await, true, "our own headers cut the pop-up off");
    browser.goes_back().await;
    browser.sees("Sign in, choose the site and accept in the other window.").await;
    browser.sends_requests(POLLED, TICKS).await;
    assert!(!browser.text().await.unwrap_or_default().contains("cannot be seen from here"));
}

#[tokio::test]
async fn a_window_that_the_person_closed_is_opened_again_without_a_false_failure() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    browser.sees("Log in to Atlassian").await;
    browser.closes_the_window().await;
    browser.goes_back().await;
    browser.sees("The other window cannot be seen from here.").await;
    browser.sends_requests(POLLED, TICKS).await;
    assert!(!browser.text().await.unwrap_or_default().contains("Unauthorized"), "nothing has failed");
    browser.presses("Open again").await;
    browser.goes_to_the_pop_up().await;
    consents(&browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
}

#[tokio::test]
async fn an_attempt_can_be_cancelled_where_it_was_begun() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    browser.sees("Log in to Atlassian").await;
    browser.goes_back().await;
    browser.presses("Cancel").await;
    browser.sees("Not authorized").await;
    assert_eq!(causeway.model.token_requests(), 0);
}

#[tokio::test]
async fn people_stranded_at_atlassian_are_told_why_where_they_came_from() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.obstacle = Obstacle::BlockedByAdmin);
    let browser = causeway.browser().await;
    browser.has_a_clock_that_moves().await;
    is_about_to_connect(&browser, "Staging").await;
    browser.sees("Log in to Atlassian").await;
    browser.presses("Ada Admin").await;
    browser.sees("App is blocked by an admin").await;
    browser.goes_back().await;
    browser.sees("Sign in, choose the site and accept in the other window.").await;
    browser.moves_the_clock(LONG).await;
    browser.sees("Still waiting").await;
    browser.sees("An administrator blocks the app").await;
    browser.presses("Cancel").await;
    browser.sees("Not authorized").await;
}

#[tokio::test]
async fn messages_from_other_windows_are_ignored() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    logs_in_to_atlassian(&browser).await;
    let lies =
        "for (const lie of ['settled', 'authorized', { status: 'authorized' }, null, { id: 'aut_1' }, 'x'.repeat(1e6)])
                (TARGET ?? window).postMessage(lie, '*');";
    browser.runs(&lies.replace("TARGET", "window.opener")).await;
    browser.goes_back().await;
    browser.runs(&lies.replace("TARGET", "window")).await;
    browser.sees("Waiting for Atlassian").await;
    browser.goes_to_the_pop_up().await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
}
