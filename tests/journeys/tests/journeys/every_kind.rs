//! Every way to connect on the screen, and workspaces: for everyone.

use atlassian::{Instance, Person};
use journeys::Causeway;

#[tokio::test]
async fn an_address_is_looked_at_and_its_ways_to_connect_are_shown_to_everyone() {
    let causeway = Causeway::start().await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.presses("At an address").await;
    browser.is_for_everyone("New connection at an address").await;
    browser.fills_in("Address of Jira", "https://10.0.0.1").await;
    browser.presses("Look").await;
    browser.sees("inside a private network").await;
    browser.is_for_everyone("An address that is refused").await;
    browser.fills_in("Address of Jira", quarry.base_url().as_str()).await;
    browser.presses("Look").await;
    browser.sees("Jira Data Center 10.3.2").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 2.0").await;
    browser.presses("OAuth 1.0a").await;
    browser.sees("Generate new key").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 1.0a").await;
}

#[tokio::test]
async fn a_workspace_is_made_and_filled_on_the_screen() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Workspaces").await;
    browser.sees("No workspaces yet").await;
    browser.is_for_everyone("No workspaces yet").await;
    browser.presses("Create workspace").await;
    browser.fills_in("Name", "Payments").await;
    browser.presses("Create").await;
    browser.sees("No projects yet").await;
    browser.is_for_everyone("A workspace without projects").await;
    browser.presses("Add project").await;
    browser.fills_in("Name", "Checkout").await;
    browser.fills_in("Jira project", "ABC").await;
    browser.is_for_everyone("The dialog that adds a project").await;
    browser.presses("Save").await;
    browser.sees("Not connected").await;
    browser.is_for_everyone("A workspace with a project").await;
}
