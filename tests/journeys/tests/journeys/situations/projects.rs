//! Projects of a workspace: their state is true.

use api::{CreateProject, CreateWorkspace, EditAccess, Name, NewAccess, NewProject, NewWorkspace, Workspace};
use atlassian::Person;
use atlassian::sites::HARBOUR;

use super::{Situation, expected};

#[tokio::test]
async fn a_project_with_a_key_that_does_not_exist_does_not_work() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let ada = &situation.by_http.ada;
    let named = |words: &str| Name::parse(words).expect("a name");
    let new = NewWorkspace::named(named("Payments"));
    let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &new).await.expect(201).json();
    let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
    ada.calls::<EditAccess>(&connection.id, &access).await.expect(200);
    for (name, key) in [("Checkout", "NOPE"), ("Docks", "DOCK")] {
        let (connection_id, jira_project) = (Some(connection.id.clone()), Some(key.to_owned()));
        let project = NewProject { name: named(name), connection_id, jira_project };
        ada.calls::<CreateProject>(&workspace.id, &project).await.expect(201);
    }

    let browser = &situation.browser;
    browser.opens("/workspaces").await;
    browser.presses("Payments").await;
    let screen = browser.sees_on_the_screen(expected::PROJECT_UNKNOWN).await;
    let working = screen.words.lines().filter(|line| line.trim() == "Works").count();
    assert_eq!(working, 1, "what nobody can call does not work: {screen:?}");
    browser.presses("Add project").await;
    browser.fills_in("Name", "Ledger").await;
    browser.chooses("Connection", "Harbour").await;
    browser.fills_in("Jira project", "NOPE").await;
    // A key that Jira was not asked about yet would be saved.
    browser.sees("Jira shows no such project").await;
    browser.presses("Save").await;
    browser.sees(expected::PROJECT_REFUSED).await;
}
