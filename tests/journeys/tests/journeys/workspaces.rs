//! Workspaces in the browser: their contents, the effect of revoked access, and who may reauthorize a connection.

use api::{
    AddWorkspaceMember, Connection, ConnectionAccess, ConnectionId, CreateProject, CreateWorkspace, EditAccess,
    GetAccess, KeyScope, Name, NewAccess, NewProject, NewWorkspace, Nothing, State, Workspace, WorkspaceMembership,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::browser::{Browser, Offer};
use journeys::{Causeway, PATIENCE, Visitor, eventually};

fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

/// Ada without a browser, and a connection of hers.
async fn connected(causeway: &Causeway) -> (Visitor, Connection) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Harbour", Person::Ada, HARBOUR).await;
    (ada, connection)
}

async fn makes_a_workspace(ada: &Visitor, words: &str) -> Workspace {
    ada.calls::<CreateWorkspace>(&(), &NewWorkspace::named(name(words))).await.expect(201).json()
}

async fn grants(ada: &Visitor, connection: &Connection, workspaces: &[&Workspace]) {
    let workspaces = workspaces.iter().map(|workspace| workspace.id.clone()).collect();
    ada.calls::<EditAccess>(&connection.id, &NewAccess { workspaces, confirmed: false }).await.expect(200);
}

async fn adds_a_project(ada: &Visitor, workspace: &Workspace, words: &str, connection: &Connection) {
    let connection_id = Some(connection.id.clone());
    let project = NewProject { name: name(words), connection_id, jira_project: Some("DOCK".to_owned()) };
    ada.calls::<CreateProject>(&workspace.id, &project).await.expect(201);
}

/// How many workspaces a connection is granted to.
async fn granted(ada: &Visitor, connection: &ConnectionId) -> usize {
    let access: ConnectionAccess = ada.calls::<GetAccess>(connection, &Nothing {}).await.expect(200).json();
    access.workspaces.iter().filter(|one| one.granted).count()
}

async fn browser_of(causeway: &Causeway, person: Person) -> Browser {
    let browser = causeway.browser().await;
    browser.signs_in_as(person).await;
    browser
}

#[tokio::test]
async fn a_workspace_is_made_and_filled_on_the_screen() {
    let causeway = Causeway::start().await;
    let browser = browser_of(&causeway, Person::Ada).await;
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

    browser.presses_in("Workspace", "Members").await;
    browser.sees("No members yet").await;
    browser.presses("Add member").await;
    browser.fills_in("E-mail", "max@example.com").await;
    browser.presses("Issue tracking").await;
    browser.is_for_everyone("The dialog that adds a member").await;
    browser.presses("Add").await;
    browser.sees("max@example.com").await;
    browser.sees("Issue tracking").await;
    browser.presses("Actions for max@example.com").await;
    browser.presses_in("Actions for max@example.com", "Take the role away").await;
    browser.no_longer_sees("Issue tracking").await;
    browser.is_for_everyone("The members of a workspace").await;
    browser.presses_in("Main", "Members").await;
    browser.sees("Everybody who may sign in").await;
    browser.sees("max@example.com").await;
    browser.is_for_everyone("Members").await;
}

#[tokio::test]
async fn a_workspace_loses_access_only_after_its_projects_were_named() {
    let causeway = Causeway::start().await;
    let (ada, connection) = connected(&causeway).await;
    let payments = makes_a_workspace(&ada, "Payments").await;
    makes_a_workspace(&ada, "Mobile").await;
    let browser = browser_of(&causeway, Person::Ada).await;
    browser.presses("Harbour").await;
    browser.presses("Access").await;
    browser.presses("Payments").await;
    browser.presses("Mobile").await;
    browser.presses("Save access").await;
    browser.sees("Saved the access").await;
    assert_eq!(granted(&ada, &connection.id).await, 2);
    for project in ["Checkout", "Ledger"] {
        adds_a_project(&ada, &payments, project, &connection).await;
    }

    browser.presses("Overview").await;
    browser.presses("Access").await;
    browser.sees("Ledger").await;
    browser.is_for_everyone("Access").await;
    browser.presses("Payments").await;
    browser.presses("Save access").await;
    browser.sees("These projects lose the connection").await;
    browser.sees("Checkout in Payments").await;
    browser.sees("Ledger in Payments").await;
    browser.is_for_everyone("The dialog before access is taken away").await;
    browser.presses("Cancel").await;
    browser.no_longer_sees("These projects lose the connection").await;
    assert_eq!(granted(&ada, &connection.id).await, 2, "nothing happens before it is confirmed");
    browser.presses("Save access").await;
    browser.presses("Disconnect 2 projects").await;
    // The words of the first time may still be there.
    let only_mobile = async || (granted(&ada, &connection.id).await == 1).then_some(());
    assert!(eventually(PATIENCE, only_mobile).await.is_some(), "the workspace keeps the connection");

    browser.presses("Workspaces").await;
    browser.presses("Payments").await;
    browser.sees("Disconnected").await;
    browser.sees("Harbour lost access").await;
    browser.is_for_everyone("A workspace whose projects were disconnected").await;
}

/// A connection whose credential has died, used by a project of a workspace with two members.
async fn in_trouble(causeway: &Causeway) -> (Visitor, Connection, String) {
    let (ada, connection) = connected(causeway).await;
    let payments = makes_a_workspace(&ada, "Payments").await;
    grants(&ada, &connection, &[&payments]).await;
    adds_a_project(&ada, &payments, "Checkout", &connection).await;
    for (email, issue_tracking) in [("max@example.com", true), ("sam@example.com", false)] {
        let member = WorkspaceMembership { email: email.to_owned(), issue_tracking };
        ada.calls::<AddWorkspaceMember>(&payments.id, &member).await.expect(200);
    }
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Ada);
    ada.calls_jira(&key, &connection.id, "/rest/api/3/myself").await;
    let noticed = async || (ada.connection(&connection.id).await.status.state() == State::Unauthorized).then_some(());
    assert!(eventually(PATIENCE, noticed).await.is_some(), "what has died is noticed at a call");
    (ada, connection, key)
}

#[tokio::test]
async fn a_member_with_the_role_reauthorizes_from_the_project_and_one_without_it_cannot() {
    let causeway = Causeway::start().await;
    let (ada, connection, key) = in_trouble(&causeway).await;
    let sams = browser_of(&causeway, Person::Sam).await;
    sams.presses("Workspaces").await;
    sams.presses("Payments").await;
    sams.sees("Checkout").await;
    sams.sees("Unauthorized").await;
    assert!(!sams.is_offered(Offer::Press, "Edit issue tracking connection").await);
    assert!(!sams.is_offered(Offer::Press, "Add project").await);
    sams.is_for_everyone("Projects in trouble, to a member without the role").await;
    sams.opens(&format!("/connections/{}/setup", connection.id)).await;
    sams.sees("Its administrators set this connection up.").await;
    assert!(!sams.is_offered(Offer::Press, "Reauthorize").await, "who may not reauthorize is not offered to");
    sams.is_for_everyone("Setup, to a member without the role").await;
    sams.presses("Overview").await;
    sams.sees("Unauthorized").await;
    assert!(!sams.is_offered(Offer::Press, "Reauthorize").await && !sams.is_offered(Offer::Press, "Delete").await);

    let maxs = browser_of(&causeway, Person::Max).await;
    maxs.presses("Workspaces").await;
    maxs.presses("Payments").await;
    maxs.sees("Issues of Checkout do not reach Jira.").await;
    maxs.is_for_everyone("Projects in trouble, to a member with the role").await;
    maxs.presses("Edit issue tracking connection").await;
    maxs.presses("Review error message").await;
    maxs.sees("The authorization was ended").await;
    maxs.is_for_everyone("Edit issue tracking connection, with its error message").await;
    maxs.presses("Reauthorize").await;
    maxs.sees("Status").await;
    assert!(!maxs.is_offered(Offer::Field, "Name").await, "who may only reauthorize is not asked for a name");
    maxs.presses("Reauthorize").await;
    maxs.goes_to_the_pop_up().await;
    maxs.sees("Log in to Atlassian").await;
    maxs.presses("Max Member").await;
    maxs.chooses("Use app on", "Harbour Logistics").await;
    maxs.presses("Accept").await;
    maxs.sees_the_pop_up_go().await;
    maxs.sees("The account changes from Ada Admin to Max Member.").await;
    maxs.presses("Save").await;
    maxs.sees("Saved Harbour").await;
    maxs.presses("Workspaces").await;
    maxs.presses("Payments").await;
    maxs.sees("Works").await;
    let reached = eventually(PATIENCE, async || {
        let answer = ada.calls_jira(&key, &connection.id, "/rest/api/3/myself").await;
        (answer.status == 200).then_some(answer.body)
    });
    assert!(reached.await.is_some_and(|body| body.contains("Max Member")), "within ten seconds calls work again");
}
