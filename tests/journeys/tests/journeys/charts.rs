//! Somebody makes a chart, and a second person looks at it with an access of their own.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::Causeway;
use journeys::browser::Browser;
use thirtyfour::Key;

use crate::connecting::consents;

/// Ada has a connection to Harbour Logistics.
async fn connected(causeway: &Causeway) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Harbour", Person::Ada, HARBOUR).await;
}

/// Makes *Issues by status* from its template, with the consent that its preview asks for, and ends on its page.
async fn makes_a_chart(browser: &Browser) {
    browser.presses("Charts").await;
    browser.sees("No charts yet").await;
    browser.presses("New chart").await;
    browser.sees("Load chart").await;
    browser.presses("Load chart").await;
    browser.goes_to_the_pop_up().await;
    consents(browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Issues by status").await;
    browser.sees("Each time it is computed").await;
    browser.presses("Save").await;
    browser.sees("Saved the chart").await;
    browser.sees("with your access").await;
}

#[tokio::test]
async fn a_chart_is_made_from_a_template_and_drawn() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    browser.sees("is largest").await;
    browser.is_for_everyone("A chart").await;
    browser.presses("Table").await;
    browser.sees("All issues").await;
    browser.is_for_everyone("A chart with its table").await;
    browser.presses("Edit").await;
    browser.sees("Each time it is computed").await;
    browser.is_for_everyone("The editor of a chart").await;
}

/// In the pop-up, without a mouse: logs in as Bob, picks *Harbour Logistics*, accepts.
async fn bob_consents_by_keyboard(browser: &Browser) {
    browser.sees("Log in to Atlassian").await;
    browser.enters("Bob Admin").await;
    browser.sees("is requesting access").await;
    browser.tabs_to("Use app on").await;
    browser.types("Harbour").await;
    browser.enters("Accept").await;
}

#[tokio::test]
async fn a_second_person_consents_once_and_the_chart_is_drawn_without_loading_the_page_again() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    let address = browser.address().await;

    let bobs = causeway.browser().await;
    bobs.signs_in_as(Person::Bob).await;
    bobs.opens(&address).await;
    bobs.sees("Causeway has to look at Jira as you").await;
    bobs.is_for_everyone("A chart that asks for consent").await;
    bobs.runs("window.wasNotLoadedAgain = true").await;
    bobs.enters("Load chart").await;
    bobs.goes_to_the_pop_up().await;
    bob_consents_by_keyboard(&bobs).await;
    bobs.sees_the_pop_up_go().await;
    bobs.sees("is largest").await;
    assert_eq!(bobs.runs("return window.wasNotLoadedAgain").await, true, "the page was loaded again");
    bobs.has_not_lost_the_focus().await;

    bobs.opens(&address).await;
    bobs.sees("is largest").await;
    bobs.enters("Charts").await;
    bobs.enters("Access to Jira").await;
    bobs.sees("Harbour Logistics").await;
    bobs.sees("Ada Admin").await;
    bobs.is_for_everyone("Who lets Causeway read Jira").await;
    bobs.enters("Remove your access to Harbour Logistics").await;
    bobs.sees("Atlassian keeps the consent itself").await;
    bobs.has_the_focus_on("Cancel").await;
    bobs.enters("Remove 1 access").await;
    bobs.sees("Causeway does not read Jira as you").await;
    bobs.opens(&address).await;
    bobs.sees("Load chart").await;
}

#[tokio::test]
async fn marks_and_the_table_are_reached_by_keyboard() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    browser.tabs_to("Delete").await;
    browser.types(Key::Tab).await;
    let first = browser.focused().await.expect("a mark has the focus");
    assert!(first.name.contains("issue") && first.tag == "a", "{first:?}");
    browser.types(Key::Right).await;
    let second = browser.focused().await.expect("another mark has the focus");
    assert!(second.name.contains("issue") && second.name != first.name, "{second:?}");
    browser.types("t").await;
    browser.sees("All issues").await;
}
