//! Somebody makes a chart, and looks at it with an access of their own.

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
    browser.presses("Table").await;
    browser.sees("All issues").await;
    browser.presses("Edit").await;
    browser.sees("Each time it is computed").await;
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
