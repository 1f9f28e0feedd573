//! Tasks: a project before its first task, its mapping, its tasks and their trouble, one task, and the integrations.

use api::{
    BatchTask, CreateProject, CreateWorkspace, EditAccess, GetTask, KeyScope, Name, NewAccess, NewProject,
    NewWorkspace, Nothing, Project, PushTasks, Task, TaskBatch, TaskBatchAnswer, TaskPath, TaskState, Workspace,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::{PATIENCE, eventually};
use serde_json::json;

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    let browser = &studio.browser;
    browser.signs_in_as(Person::Ada).await;
    studio.pictures("/settings/integrations", "Ticketing", "100-integrations").await;
    let project = project(studio).await;
    studio.pictures("/settings/integrations", "Connected", "101-integrations-connected").await;
    let address = format!("/workspaces/{}/projects/{}", project.workspace.id, project.id);
    studio.pictures(&address, "No tasks yet", "102-project-without-tasks").await;
    of_the_mapping(studio, &address).await;
    studio.pictures(&address, "Push the first task", "105-first-task").await;
    of_tasks(studio, &project, &address).await;
}

fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

async fn project(studio: &Studio) -> Project {
    let ada = &studio.ada;
    let connection = ada.connects("Production", Person::Ada, HARBOUR).await.id;
    let workspace = NewWorkspace::named(name("Payments"));
    let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &workspace).await.expect(201).json();
    let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
    ada.calls::<EditAccess>(&connection, &access).await.expect(200);
    let (connection_id, jira_project) = (Some(connection), Some("DOCK".to_owned()));
    let project = NewProject { name: name("Checkout"), connection_id, jira_project };
    ada.calls::<CreateProject>(&workspace.id, &project).await.expect(201).json()
}

async fn of_the_mapping(studio: &Studio, address: &str) {
    let browser = &studio.browser;
    studio.pictures(&format!("{address}/mapping"), "Add statuses", "103-no-mapping").await;
    browser.fills_in("Add statuses", "open, in progress, done").await;
    browser.types(thirtyfour::Key::Enter).await;
    browser.sees("Accept all").await;
    studio.takes("104-suggestions").await;
    browser.presses("Accept all").await;
    browser.sees("Every status has a target.").await;
    studio.takes("104-mapping").await;
    browser.presses("Save").await;
    browser.sees("Saved the mapping").await;
}

async fn of_tasks(studio: &Studio, project: &Project, address: &str) {
    let key = studio.ada.makes_a_key(&[KeyScope::TasksRead, KeyScope::TasksWrite]).await.key;
    let titles = ["Checkout fails for empty carts", "Totals are rounded twice", "Coupons end a day early"];
    let statuses = ["open", "in progress", "done", "waiting for the customer"];
    let tasks = (0..12).zip(titles.into_iter().cycle()).zip(statuses.into_iter().cycle());
    let tasks = tasks.map(|((number, title), status)| {
        let task = json!({"title": title, "status": status, "url": format!("https://scanner.example/{number}")});
        BatchTask { external_id: format!("finding-{number}"), task: serde_json::from_value(task).expect("a task") }
    });
    let machine = studio.causeway.visitor();
    let batch = TaskBatch { tasks: tasks.collect() };
    let call = machine.call::<PushTasks>(&project.id, &batch).bearer_auth(&key);
    let _: TaskBatchAnswer = machine.sends(call).await.expect(200).json();
    let path = TaskPath { id: project.id.clone(), external_id: "finding-2".to_owned() };
    let in_sync = async || {
        let task: Task = studio.ada.calls::<GetTask>(&path, &Nothing {}).await.expect(200).json();
        (task.state == TaskState::InSync).then_some(())
    };
    eventually(PATIENCE, in_sync).await.expect("a task gets in sync");
    studio.pictures(address, "Coupons end a day early", "106-tasks").await;
    studio.pictures(&format!("{address}/task?id=finding-2"), "What happened", "107-task").await;
}
