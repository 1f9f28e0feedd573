//! From the click to a connection that works.

use api::ConnectionId;
use atlassian::sites::HARBOUR;
use atlassian::{ConsentMode, Person};
use journeys::browser::Browser;
use journeys::{Causeway, jira_calls};

/// A browser in which Ada is signed in and about to authorize a new connection of that name.
pub(crate) async fn about_to_connect(causeway: &Causeway, name: &str) -> Browser {
    let browser = causeway.browser().await;
    is_about_to_connect(&browser, name).await;
    browser
}

/// The same in a browser that is open.
pub(crate) async fn is_about_to_connect(browser: &Browser, name: &str) {
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.fills_in("Name", name).await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
}

/// In the pop-up: logs in to Atlassian as Ada, and comes to the consent page.
pub(crate) async fn logs_in_to_atlassian(browser: &Browser) {
    browser.sees("Log in to Atlassian").await;
    browser.presses("Ada Admin").await;
    browser.sees("is requesting access").await;
}

/// In the pop-up: logs in as Ada, picks a site, accepts.
pub(crate) async fn consents(browser: &Browser, site: &str) {
    logs_in_to_atlassian(browser).await;
    browser.chooses("Use app on", site).await;
    browser.presses("Accept").await;
}

/// From the overview of a connection that was just saved for the first time to the grid.
pub(crate) async fn goes_to_the_grid(browser: &Browser) {
    browser.sees("What now").await;
    browser.presses_in("Breadcrumb", "Connections").await;
    browser.sees("1 connection").await;
}

#[tokio::test]
async fn an_administrator_connects_a_site_and_a_key_calls_it() {
    let causeway = Causeway::start_with_wrangler_dev().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    consents(&browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Authorized").await;
    browser.sees("Harbour Logistics").await;
    browser.sees("Not saved yet").await;
    browser.presses("Save").await;
    browser.sees("Saved").await;
    browser.sees("https://harbour.atlassian.net").await;
    browser.sees("What now").await;
    browser.sees("Checkup").await;
    assert_eq!(causeway.model.token_requests(), 1);
    let address = browser.address().await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    let id = address.rsplit('/').next().and_then(|id| ConnectionId::parse(id).ok()).expect("the address names it");
    let key = makes_a_key(&browser).await;
    let machine = causeway.visitor();
    let before = jira_calls(&causeway.model);
    let projects = machine.calls_jira(&key, &id, "/rest/api/3/project/search").await.expect(200);
    let projects: serde_json::Value = projects.json();
    assert!(projects["values"].as_array().is_some_and(|values| !values.is_empty()), "{projects}");
    assert_eq!(jira_calls(&causeway.model), before + 1);
}

/// Makes an API key on its screen and reads it off there.
pub(crate) async fn makes_a_key(browser: &Browser) -> String {
    browser.presses("API keys").await;
    browser.presses("Create API key").await;
    browser.fills_in("Name", "Build server").await;
    browser.presses("Create").await;
    browser.sees("API key created").await;
    let key = browser.runs("return document.querySelector('pre[aria-label=\"API key\"]').innerText").await;
    key.as_str().expect("the key is shown").trim().to_owned()
}

#[tokio::test]
async fn a_cancelled_consent_leaves_the_pop_up_open_and_reads_unauthorized() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    logs_in_to_atlassian(&browser).await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    let address = browser.address().await;
    assert!(!address.contains("state=") && !address.contains("error="), "the address bar says too much: {address}");
    browser.goes_back().await;
    browser.sees("Unauthorized").await;
    assert_eq!(browser.windows().await, 2, "the pop-up stays");
    assert_eq!(causeway.model.token_requests(), 0);
}

#[tokio::test]
async fn a_consent_for_several_sites_asks_which_one() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    let browser = about_to_connect(&causeway, "Clinic").await;
    logs_in_to_atlassian(&browser).await;
    for site in ["Harbour Logistics", "Meadow Health", "Tinker Labs"] {
        browser.presses(site).await;
    }
    browser.presses("Accept").await;
    browser.is_at("/authorize/aut_").await;
    browser.sees("Harbour Logistics").await;
    browser.sees("Tinker Labs").await;
    browser.presses("Meadow Health").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Authorized").await;
    browser.sees("Meadow Health").await;
    browser.presses("Save").await;
    browser.sees("https://meadow.atlassian.net").await;
}

#[tokio::test]
async fn a_site_that_is_connected_already_says_so_in_the_choice() {
    let causeway = Causeway::start().await;
    let before = causeway.visitor();
    before.signs_in_as(Person::Ada).await;
    before.connects("Production", Person::Ada, HARBOUR).await;
    causeway.model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    let browser = about_to_connect(&causeway, "Again").await;
    logs_in_to_atlassian(&browser).await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Tinker Labs").await;
    browser.presses("Accept").await;
    browser.sees("Already connected as Production").await;
    browser.presses("Tinker Labs").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Tinker Labs").await;
}

#[tokio::test]
async fn a_saved_connection_is_reauthorized_on_its_own_site_only() {
    let causeway = Causeway::start().await;
    let browser = about_to_connect(&causeway, "Staging").await;
    consents(&browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Save").await;
    browser.sees("What now").await;
    browser.presses("Setup").await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.sees("is requesting access").await;
    browser.chooses("Use app on", "Meadow Health").await;
    browser.presses("Accept").await;
    browser.sees("Unauthorized").await;
    browser.sees("Harbour Logistics").await;
    browser.sees("Meadow Health").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
    browser.sees("The site stays the same.").await;
    browser.presses("Save").await;
    browser.sees("Saved").await;
}
