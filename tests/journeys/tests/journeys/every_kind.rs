//! Every way to connect on the screen, and workspaces: with a person before it, for everyone.

use atlassian::{Instance, Person};
use journeys::Causeway;

#[tokio::test]
async fn a_data_center_site_is_connected_with_a_password_switched_off_and_on() {
    let causeway = Causeway::start().await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.fills_in("Name", "Quarry").await;
    browser.presses("At an address").await;
    browser.is_for_everyone("New connection at an address").await;
    browser.fills_in("Address of Jira", "https://10.0.0.1").await;
    browser.presses("Look").await;
    browser.sees("inside a private network").await;
    browser.fills_in("Address of Jira", quarry.base_url().as_str()).await;
    browser.presses("Look").await;
    browser.sees("Jira Data Center 10.3.2").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 2.0").await;
    browser.presses("OAuth 1.0a").await;
    browser.sees("Generate new key").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 1.0a").await;
    browser.presses("User name and password").await;
    browser.fills_in("User name", "ada").await;
    browser.fills_in("Password", "not this one").await;
    browser.presses("Authorize").await;
    browser.sees("refuses").await;
    browser.is_for_everyone("A refused password").await;
    let password = quarry.password_of(Person::Ada).expect("Ada has an account");
    browser.fills_in("Password", &password).await;
    browser.presses("Authorize").await;
    browser.sees("Quarry Works").await;
    browser.presses("Save").await;
    browser.sees("Saved").await;
    browser.presses("Connections").await;
    browser.presses("Actions for Quarry").await;
    browser.presses("Deactivate").await;
    browser.sees("Deactivated").await;
    browser.is_for_everyone("Connections with one that is deactivated").await;
    browser.presses("Activate").await;
    browser.sees("Test").await;
}

#[tokio::test]
async fn a_workspace_is_made_filled_and_archived_on_the_screen() {
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
    browser.presses("Members").await;
    browser.sees("No members yet").await;
    browser.presses("Add member").await;
    browser.fills_in("E-mail", "max@example.com").await;
    browser.presses("Add").await;
    browser.sees("max@example.com").await;
    browser.is_for_everyone("The members of a workspace").await;
}
