//! The screens of tasks: from nothing to a task that is in sync, by keyboard.

use std::collections::BTreeMap;

use api::{GetTask, Name, NewTask, Nothing, Project, PutTask, Task, TaskPath, TaskState};
use atlassian::Person;
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, Visitor, eventually};
use thirtyfour::Key;
use tokio::process::Command;

/// In the pop-up: logs in as Ada, picks *Harbour Logistics*, accepts.
async fn consents(browser: &Browser) {
    browser.sees("Log in to Atlassian").await;
    browser.enters("Ada Admin").await;
    browser.sees("is requesting access").await;
    browser.tabs_to("Use app on").await;
    browser.types(Key::Down).await;
    browser.enters("Accept").await;
}

/// *Settings → Integrations → Connect*, and back.
async fn connects_jira(browser: &Browser) {
    browser.enters("Settings").await;
    browser.sees("Read and write comments").await;
    browser.is_for_everyone("Integrations, not connected").await;
    browser.has_the_focus_on("Settings").await;
    browser.enters("Connect Jira").await;
    browser.sees("Not authorized").await;
    browser.tabs_to("Name").await;
    browser.types("Harbour").await;
    browser.enters("Authorize").await;
    browser.goes_to_the_pop_up().await;
    consents(browser).await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    browser.enters("Save").await;
    browser.sees("Connected").await;
    browser.sees("No project is linked to a Jira project yet").await;
    browser.is_for_everyone("Integrations, connected").await;
}

/// A workspace with the connection, and a project that is linked to *DOCK*.
async fn makes_a_project(browser: &Browser) {
    browser.enters("Go to workspaces").await;
    browser.sees("No workspaces yet").await;
    browser.enters("Create workspace").await;
    browser.tabs_to("Name").await;
    browser.types("Payments").await;
    // The first workspace takes in the connections that there are.
    browser.tabs_to("Harbour").await;
    browser.enters("Create").await;
    browser.sees("No projects yet").await;
    browser.enters("Add project").await;
    browser.tabs_to("Name").await;
    browser.types("Checkout").await;
    browser.tabs_to("Connection").await;
    browser.types("Harbour").await;
    browser.tabs_to("Jira project").await;
    browser.types("DOCK").await;
    browser.sees("(DOCK)").await;
    browser.types(Key::Down + Key::Enter).await;
    browser.enters("Save").await;
    browser.sees("Works").await;
    browser.enters("Checkout").await;
    browser.sees("No tasks yet").await;
    browser.is_for_everyone("A project without a mapping").await;
}

/// Names the statuses of the product, takes every suggestion, and saves.
async fn maps_the_statuses(browser: &Browser) {
    browser.enters("Open mapping").await;
    browser.tabs_to("Add statuses").await;
    browser.types("open, in progress, done").await;
    browser.types(Key::Enter).await;
    browser.sees("Accept all").await;
    browser.is_for_everyone("A mapping with suggestions").await;
    browser.enters("Accept all").await;
    browser.sees("Every status has a target.").await;
    browser.has_the_focus_on("Save").await;
    browser.types(Key::Enter).await;
    browser.sees("Saved the mapping").await;
    browser.is_for_everyone("A mapping that is saved").await;
}

/// The command on the screen, run in a shell as it was copied.
async fn runs_the_command(browser: &Browser) {
    let shown =
        browser.runs("return document.querySelector('[aria-label=\"Command that pushes a task\"]').textContent").await;
    let command = shown.as_str().expect("a command is on the screen").to_owned();
    let ran = Command::new("sh").arg("-c").arg(format!("{command} --fail --silent")).output().await.expect("a shell");
    assert!(ran.status.success(), "{command}\n{}", String::from_utf8_lossy(&ran.stderr));
}

#[tokio::test]
async fn five_minutes_lead_from_nothing_to_a_task_in_sync_by_keyboard_alone() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    connects_jira(&browser).await;
    makes_a_project(&browser).await;
    maps_the_statuses(&browser).await;
    browser.enters("Tasks").await;
    browser.sees("Push the first task").await;
    browser.enters("Create API key").await;
    browser.sees("Bearer cw_").await;
    browser.is_for_everyone("A project with a new key").await;
    runs_the_command(&browser).await;
    browser.sees("The first finding").await;
    browser.sees("In sync").await;
    browser.is_for_everyone("A project with a task").await;
    browser.enters("The first finding").await;
    browser.sees("What happened").await;
    browser.sees("Both sides last agreed").await;
    browser.is_for_everyone("A task in sync").await;
}

pub(super) fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

/// Ada without a browser, and a project of hers that is linked to *DOCK*, with the mapping that Causeway suggests.
pub(super) async fn with_a_mapping(causeway: &Causeway) -> (Visitor, Project) {
    let (ada, project) = project_in(causeway, "DOCK").await;
    ada.maps_as_suggested(&project, &["open", "in progress", "done"]).await;
    (ada, project)
}

/// Ada without a browser, and a project of hers that is linked to a Jira project.
pub(super) async fn project_in(causeway: &Causeway, key: &str) -> (Visitor, Project) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let project = ada.links_a_project(key).await;
    (ada, project)
}

/// A task as a product pushes it.
pub(super) fn new_task(title: &str, status: &str) -> NewTask {
    NewTask {
        title: title.to_owned(),
        status: name(status),
        url: Some("https://scanner.example/1".to_owned()),
        body: None,
        kind: None,
        priority: None,
        labels: Vec::new(),
        properties: BTreeMap::new(),
        changed_at: None,
        if_version: None,
    }
}

/// Waits until the task is in the state.
pub(super) async fn comes_to(ada: &Visitor, path: &TaskPath, state: TaskState) -> Task {
    let look = async || {
        let task: Task = ada.calls::<GetTask>(path, &Nothing {}).await.expect(200).json();
        (task.state == state).then_some(task)
    };
    eventually(PATIENCE, look).await.unwrap_or_else(|| panic!("{} does not come to {state:?}", path.external_id))
}

#[tokio::test]
async fn a_push_that_the_screens_show_has_an_issue_and_a_task_is_unlinked_by_keyboard() {
    let causeway = Causeway::start().await;
    let (ada, project) = with_a_mapping(&causeway).await;
    let path = TaskPath { id: project.id.clone(), external_id: "cart/contrast".to_owned() };
    let task = new_task("The <b>cart</b> is hard to read", "open");
    ada.calls::<PutTask>(&path, &task).await.expect(200);
    let issue = comes_to(&ada, &path, TaskState::InSync).await.issue.expect("it has an issue");

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.opens(&format!("/workspaces/{}/projects/{}", project.workspace.id, project.id)).await;
    browser.sees(&issue.key).await;
    browser.is_for_everyone("A project with a task in sync").await;
    browser.enters("The <b>cart</b> is hard to read").await;
    browser.sees("What happened").await;
    browser.has_the_focus_on("Task").await;
    browser.enters("Unlink").await;
    browser.sees("no other issue is created").await;
    browser.is_for_everyone("The dialog before a task is unlinked").await;
    browser.has_the_focus_on("Cancel").await;
    browser.enters("Unlink 1 task").await;
    browser.sees("Unlinked").await;
    browser.has_not_lost_the_focus().await;
    browser.is_for_everyone("A task that is unlinked").await;
    comes_to(&ada, &path, TaskState::Unlinked).await;
}
