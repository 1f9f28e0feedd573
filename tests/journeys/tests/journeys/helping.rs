//! Links from problems to the help pages that explain them.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::Causeway;

use crate::connecting::{about_to_connect, logs_in_to_atlassian};

/// Every help page, and what its heading says.
const PAGES: [(&str, &str); 12] = [
    ("/help/", "Help"),
    ("/help/troubleshooting/", "Troubleshooting"),
    ("/help/problems/", "Problems, by code"),
    ("/help/ways-to-connect/", "Ways to connect"),
    ("/help/managing/", "Manage connections"),
    ("/help/workspaces/", "Workspaces and members"),
    ("/help/pop-ups/", "Allow pop-ups"),
    ("/help/atlassian-administrators/", "For Atlassian administrators"),
    ("/help/scopes/", "Scopes and why"),
    ("/help/tokens/", "How tokens are kept"),
    ("/help/calling-jira/", "Call Jira with an API key"),
    ("/help/webhooks/", "Verify webhooks"),
];

#[tokio::test]
async fn a_failing_connection_leads_to_the_part_of_the_help_that_explains_it() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Staging", Person::Ada, HARBOUR).await;
    causeway.model.set_ip_allow_list(HARBOUR, true);
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Staging").await;
    browser.presses("Test").await;
    browser.sees("Interrupted").await;
    browser.presses("Learn more (opens a new window)").await;
    browser.goes_to_the_pop_up().await;
    browser.is_at("/help/troubleshooting/#ip_allow_list").await;
    let told = browser.runs("return document.querySelector(':target').innerText").await;
    assert_eq!(told.as_str(), Some("The site's IP allowlist refuses Causeway"));
    browser.presses("how to change the allowlist").await;
    browser.is_at("/help/atlassian-administrators/#ip-allowlist").await;
    browser.sees("Add Causeway to the IP allowlist").await;
    browser.presses("Connections").await;
    browser.sees("1 connection").await;
}

#[tokio::test]
async fn a_pop_up_that_failed_leads_to_the_help_and_stays() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    logs_in_to_atlassian(&browser).await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    let link = browser.runs("return document.querySelector('.learn-more').getAttribute('href')").await;
    assert_eq!(link.as_str(), Some("/help/troubleshooting/#denied"));
    browser.presses("Learn more").await;
    assert_eq!(browser.windows().await, 3, "the pop-up stays");
}

#[tokio::test]
async fn the_help_is_there_for_everyone_who_is_not_signed_in() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.opens("/").await;
    browser.presses("Help").await;
    browser.is_at("/help/").await;
    // The app has asked for the session before, and the browser logged the refusal.
    drop(browser.console().await);
    for (path, heading) in PAGES {
        browser.opens(path).await;
        let shown = browser.runs("return document.querySelector('h1').innerText").await;
        assert_eq!(shown.as_str(), Some(heading), "{path}");
        browser.is_for_everyone(path).await;
    }
    assert_eq!(browser.console().await, "", "nothing is refused or missing");
    browser.opens("/help/nothing-of-ours").await;
    browser.sees("Sign in to Causeway").await;
}

/// The rules of axe that Swagger UI breaks by its structure, which no style of ours can mend. The `OpenAPI` document beside
/// it says the same.
const OF_SWAGGER_UI: [&str; 6] = [
    "heading-order",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-main",
    "landmark-unique",
    "nested-interactive",
    "select-name",
];

#[tokio::test]
async fn the_api_reference_shows_every_operation_under_our_own_policy() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    // An operation has an address of its own, under which it is unfolded.
    browser.opens("/help/reference/#/connections/GetImpact").await;
    browser.sees("The id of the connection.").await;
    // What is far above is drawn when it comes into view.
    browser.runs("window.scrollTo(0, 0)").await;
    browser.sees("List connections that need attention").await;
    assert_eq!(browser.console().await, "", "nothing is refused by the policy, and nothing is fetched elsewhere");
    browser.is_for_everyone_but_for(&OF_SWAGGER_UI, "the API reference").await;
}
