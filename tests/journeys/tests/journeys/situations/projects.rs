//! Projects of a workspace: their state is true.

use api::{CreateWorkspace, EditAccess, Name, NewAccess, NewWorkspace, Workspace};
use atlassian::Person;
use atlassian::sites::HARBOUR;

use super::{Situation, expected};

#[tokio::test]
async fn a_project_with_a_key_that_does_not_exist_does_not_work() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let ada = &situation.by_http.ada;
    let name = Name::parse("Payments").expect("a name");
    let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &new_workspace(name)).await.expect(201).json();
    let access = NewAccess { workspaces: vec![workspace.id], confirmed: false };
    ada.calls::<EditAccess>(&connection.id, &access).await.expect(200);

    let browser = &situation.browser;
    browser.opens("/workspaces").await;
    browser.presses("Payments").await;
    browser.presses("Add project").await;
    browser.fills_in("Name", "Checkout").await;
    browser.chooses("Connection", "Harbour").await;
    browser.fills_in("Jira project", "NOPE").await;
    browser.presses("Save").await;
    let screen = browser.sees_on_the_screen(expected::PROJECT_UNKNOWN).await;
    assert!(!screen.words.contains("Works"), "what nobody can call does not work: {screen:?}");
}

fn new_workspace(name: Name) -> NewWorkspace {
    NewWorkspace { name }
}
