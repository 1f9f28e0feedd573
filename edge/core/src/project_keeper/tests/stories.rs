//! What blocks tasks is counted by reason, however many tasks there are.

use api::TaskState;

use super::{jira::Mishap, world::Kept};
use crate::{
    fakes::FakeResponse,
    organization::Refusal,
    project_keeper::{ProjectCommand, TaskAction},
};

/// The next issue is refused, because a field is missing.
fn wants(kept: &Kept, field: &str) {
    let refusal = format!(r#"{{"errorMessages":[],"errors":{{"{field}":"is required."}}}}"#);
    kept.jira().then("POST issue", Mishap::Answered(FakeResponse::json(400, &refusal)));
}

fn stories(kept: &Kept) -> Vec<(Option<String>, u32)> {
    kept.page().stories.into_iter().map(|story| (story.blocked.field, story.tasks)).collect()
}

#[test]
fn each_reason_is_told_once_with_how_many_tasks_it_holds_up() {
    let kept = Kept::new();
    for (number, field) in ["customfield_1", "customfield_2", "customfield_2"].into_iter().enumerate() {
        wants(&kept, field);
        kept.push(&format!("F-{number}"), "open");
        kept.run_for(10);
    }
    let (severity, team) = (Some("customfield_1".to_owned()), Some("customfield_2".to_owned()));
    assert_eq!(stories(&kept), [(team.clone(), 2), (severity.clone(), 1)]);
    kept.act("F-0", TaskAction::Retry { by: "Tia".to_owned() }).expect("it is blocked");
    kept.run_for(30);
    assert_eq!(kept.task("F-0").state, TaskState::InSync);
    assert_eq!(stories(&kept), [(team.clone(), 2)]);
    kept.command(ProjectCommand::Delete { external_id: "F-1".to_owned() }).expect("it is known");
    assert_eq!(stories(&kept), [(team, 1)]);
    wants(&kept, "customfield_1");
    kept.act("F-2", TaskAction::Retry { by: "Tia".to_owned() }).expect("it is blocked");
    kept.run_for(30);
    assert_eq!(stories(&kept), [(severity, 1)], "another reason takes its place");
}

#[test]
fn a_task_is_not_forgotten_while_its_issue_may_be_created() {
    let kept = Kept::new();
    kept.jira().then("POST issue", Mishap::LostAfter);
    kept.push("F-1", "open");
    kept.run_for(5);
    let delete = || kept.command(ProjectCommand::Delete { external_id: "F-1".to_owned() });
    assert_eq!(delete().err(), Some(Refusal::TaskNotReady(TaskState::OutcomeUnknown)));
    kept.run_for(600);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    delete().expect("its issue is known now");
    assert_eq!(kept.jira().issues.borrow().len(), 1);
}
