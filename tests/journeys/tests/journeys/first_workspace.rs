//! The first workspace changes the rules for everybody: it says so before it is made, and takes in what exists. A project's
//! Jira project is picked from Jira.

use api::{ConnectionAccess, GetAccess, Nothing};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW};
use journeys::Causeway;
use journeys::browser::Browser;
use thirtyfour::Key;

#[tokio::test]
async fn the_first_workspace_says_what_it_changes_and_takes_in_what_exists() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let harbour = ada.connects("Harbour", Person::Ada, HARBOUR).await;
    let clinic = ada.connects("Clinic", Person::Ada, MEADOW).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Workspaces").await;
    browser.sees("No workspaces yet").await;
    browser.sees("a connection must be granted to at least one workspace").await;
    browser.presses("Create workspace").await;
    browser.sees("The first workspace changes the rules for everybody.").await;
    browser.sees("Connections to take in").await;
    browser.is_for_everyone("The dialog that makes the first workspace").await;
    browser.fills_in("Name", "Payments").await;
    browser.presses("Clinic").await;
    browser.presses("Create").await;
    browser.sees("No projects yet").await;
    for (connection, granted) in [(&harbour, 1), (&clinic, 0)] {
        let access: ConnectionAccess = ada.calls::<GetAccess>(&connection.id, &Nothing {}).await.expect(200).json();
        let found = access.workspaces.iter().filter(|one| one.granted).count();
        assert_eq!(found, granted, "{} was {}ticked", connection.name, if granted == 1 { "" } else { "not " });
    }
    picks_a_project_by_keyboard(&browser).await;
}

async fn picks_a_project_by_keyboard(browser: &Browser) {
    browser.presses("Add project").await;
    browser.has_the_focus_on("Name").await;
    browser.types("Checkout").await;
    browser.chooses("Connection", "Harbour").await;
    browser.tabs_to("Jira project").await;
    browser.types("cust").await;
    browser.sees("Customs declarations (CUST)").await;
    browser.is_for_everyone("The dialog that adds a project, with what Jira lists").await;
    browser.types(Key::Down + Key::Enter).await;
    assert_eq!(browser.reads("Jira project").await, "CUST", "what was chosen stands in the field");
    browser.presses("Save").await;
    browser.sees("Works").await;
}
