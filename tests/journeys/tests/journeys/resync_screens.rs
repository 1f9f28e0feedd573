//! Resyncs and trials on the screens, by keyboard: a preview that is cancelled and run again, all tasks of a connection, and
//! a mapping that lacks a resolution.

use api::{
    InRule, IssueTypeMapping, JiraMetadata, LinkTask, LinkTaskRequest, Mapping, Nothing, OutRule, ProductStatus,
    Project, PutTask, TaskPath, TaskState, UnlinkTask,
};
use atlassian::Person;
use journeys::{Causeway, Visitor};
use thirtyfour::Key;

use super::task_screens::{comes_to, name, new_task, project_in, with_a_mapping};

/// A task that is done in the product, linked to an issue that is not: a conflict, in which nothing moves by itself.
async fn conflicts(ada: &Visitor, project: &Project, external_id: &str) {
    let path = TaskPath { id: project.id.clone(), external_id: external_id.to_owned() };
    ada.calls::<PutTask>(&path, &new_task("The login is slow", "open")).await.expect(200);
    let issue = comes_to(ada, &path, TaskState::InSync).await.issue.expect("it has an issue");
    ada.calls::<UnlinkTask>(&path, &Nothing {}).await.expect(200);
    ada.calls::<PutTask>(&path, &new_task("The login is slow", "done")).await.expect(200);
    ada.calls::<LinkTask>(&path, &LinkTaskRequest { issue: issue.key }).await.expect(200);
    comes_to(ada, &path, TaskState::Conflict).await;
}

#[tokio::test]
async fn a_resync_is_previewed_cancelled_and_run_again_by_keyboard() {
    let causeway = Causeway::start().await;
    let (ada, project) = with_a_mapping(&causeway).await;
    conflicts(&ada, &project, "F-1").await;

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.opens(&format!("/workspaces/{}/projects/{}", project.workspace.id, project.id)).await;
    browser.sees("Resync what failed").await;
    browser.enters("Resync").await;
    browser.sees("Those that failed (1)").await;
    browser.is_for_everyone("A new resync").await;
    browser.tabs_to("Neither: compare").await;
    browser.types(Key::Down).await;
    browser.enters("Preview").await;
    browser.sees("Preview ready").await;
    browser.sees("Move 1 (1 to").await;
    browser.is_for_everyone("A resync with its preview").await;
    browser.enters("Cancel").await;
    browser.sees("0 of 1 done, 1 not reached.").await;
    browser.has_not_lost_the_focus().await;
    browser.is_for_everyone("A resync that is cancelled").await;
    browser.enters("Run again").await;
    browser.sees("Preview ready").await;
    browser.enters("Start with 1 task").await;
    browser.sees("1 of 1 done.").await;
    browser.has_not_lost_the_focus().await;
    browser.is_for_everyone("The report of a resync").await;
    let path = TaskPath { id: project.id.clone(), external_id: "F-1".to_owned() };
    let issue = comes_to(&ada, &path, TaskState::InSync).await.issue.expect("it has an issue");
    assert_eq!(issue.status.map(|status| status.name).as_deref(), Some("Done"), "the product wins");
    browser.enters("Resync").await;
    browser.sees("Cancelled").await;
    browser.sees("Finished").await;
    browser.is_for_everyone("The resyncs of a project").await;
}

#[tokio::test]
async fn all_tasks_of_a_connection_are_resynced_from_its_edit_page_by_keyboard() {
    let causeway = Causeway::start().await;
    let (_, project) = with_a_mapping(&causeway).await;
    let connection = project.connection.clone().expect("it has one").id;

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.opens(&format!("/connections/{connection}/setup")).await;
    browser.sees("Resync all tasks").await;
    browser.tabs_to("Resync all tasks").await;
    browser.types(" ").await;
    browser.enters("Save").await;
    browser.sees("Resync of all tasks").await;
    browser.sees("Finished").await;
    browser.has_not_lost_the_focus().await;
    browser.is_for_everyone("A connection whose tasks were resynced").await;
    browser.enters("Checkout").await;
    browser.sees("All tasks").await;
    browser.sees("Finished").await;
}

/// A mapping of *open*, *in progress* and *done* to incidents, which want a resolution when they are resolved.
fn incidents(jira: &JiraMetadata) -> Mapping {
    let of = jira.issue_types.iter().find(|one| one.name == "Incident").expect("the model has incidents");
    let pairs = [("open", "Open"), ("in progress", "In Progress"), ("done", "Resolved")];
    let id = |of_jira: &str| of.statuses.iter().find(|one| one.name == of_jira).expect("a status").id.clone();
    let back = |of_jira: &str| pairs.iter().find(|(_, to)| *to == of_jira).map(|(product, _)| name(product));
    let mut mapping = Mapping::default();
    mapping.statuses.extend(pairs.map(|(product, _)| ProductStatus { status: name(product), category: None }));
    mapping.issue_types.push(IssueTypeMapping {
        issue_type: of.id.clone(),
        out: pairs.map(|(product, to)| OutRule { status: name(product), to: Some(id(to)) }).into(),
        inward: of.statuses.iter().map(|one| InRule { status: one.id.clone(), to: back(&one.name) }).collect(),
        fields: Vec::new(),
        transition_fields: Vec::new(),
        pass_through: Vec::new(),
        on_conflict: api::ConflictRule::default(),
        on_reopen: api::ReopenRule::default(),
    });
    mapping
}

#[tokio::test]
async fn a_trial_finds_the_resolution_that_a_mapping_lacks_and_works_once_it_is_chosen_by_keyboard() {
    let causeway = Causeway::start().await;
    let (ada, project) = project_in(&causeway, "OPS").await;
    let jira = ada.sees_what_jira_offers(&project).await;
    ada.maps(&project, incidents(&jira)).await;

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.opens(&format!("/workspaces/{}/projects/{}/mapping", project.workspace.id, project.id)).await;
    browser.sees("Every status has a target.").await;
    browser.enters("Trial").await;
    browser.sees("1 step did not work.").await;
    browser.sees("The field is Resolution.").await;
    browser.is_for_everyone("A trial with a step that did not work").await;
    browser.enters("Leave it").await;
    browser.has_not_lost_the_focus().await;
    browser.enters("Values on the way, and rules").await;
    browser.tabs_to("To the status").await;
    browser.types("Resolved").await;
    browser.tabs_to("Value").await;
    browser.types("Done").await;
    browser.enters("Add value").await;
    browser.enters("Trial").await;
    browser.sees("Every step worked.").await;
    browser.enters("Close the issue").await;
    browser.sees("Close it: move it to").await;
    browser.is_for_everyone("A trial that worked").await;
    browser.enters("Save").await;
    browser.sees("Saved the mapping, revision 2").await;
}
