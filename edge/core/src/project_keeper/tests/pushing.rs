//! What products push, list and read.

use api::{ProblemCode, TaskState};

use super::world::{Kept, task};
use crate::{
    organization::Refusal,
    project_keeper::{ProjectCommand, TaskAction},
};

#[test]
fn a_batch_has_a_result_for_each_task_in_its_order() {
    let kept = Kept::new();
    let answer = kept.push_all(vec![
        task("F-2", "open"),
        task("F-1", "lost"),
        task("a/b?c#d", "fixed"),
        task("F-2", "fixed"),
        task("..", "open"),
    ]);
    let codes: Vec<_> = answer.results.iter().map(|result| result.refused.as_ref().map(|why| why.code)).collect();
    let invalid = Some(ProblemCode::InvalidRequest);
    assert_eq!(codes, [None, Some(ProblemCode::StatusUnknown), None, invalid, invalid]);
    let ids: Vec<_> = answer.results.iter().map(|result| result.external_id.as_str()).collect();
    assert_eq!(ids, ["F-2", "F-1", "a/b?c#d", "F-2", ".."]);
    assert_eq!(kept.task("F-2").status.as_str(), "open", "the first one was taken");
}

#[test]
fn the_counts_of_the_states_add_up_whatever_happens() {
    let kept = Kept::new();
    for number in 0..5 {
        kept.push(&format!("F-{number}"), "open");
    }
    let counts = kept.page().counts;
    assert_eq!((counts.waiting, counts.total), (5, 5));
    kept.run_for(60);
    kept.command(ProjectCommand::Delete { external_id: "F-0".to_owned() }).expect("deleted");
    kept.act("F-1", TaskAction::Unlink { by: "Tia".to_owned() }).expect("unlinked");
    let counts = kept.page().counts;
    assert_eq!((counts.in_sync, counts.unlinked, counts.total), (3, 1, 4));
    assert_eq!(kept.command(ProjectCommand::Delete { external_id: "F-0".to_owned() }), Err(Refusal::NotFound));
}

#[test]
fn a_list_is_read_page_by_page_and_by_state_and_by_words() {
    let kept = Kept::new();
    for number in 0..7 {
        kept.push(&format!("F-{number}"), "open");
    }
    let list = |query: serde_json::Value| -> api::TaskPage {
        kept.read(ProjectCommand::List { query: serde_json::from_value(query).expect("a query") })
    };
    let ids = |page: &api::TaskPage| page.items.iter().map(|task| task.external_id.clone()).collect::<Vec<_>>();
    let first = list(serde_json::json!({"limit": 3}));
    let second = list(serde_json::json!({"limit": 4, "cursor": first.next_cursor}));
    assert_eq!([ids(&first), ids(&second)].concat(), ["F-6", "F-5", "F-4", "F-3", "F-2", "F-1", "F-0"]);
    assert_eq!(ids(&list(serde_json::json!({"q": " f-3 "}))), ["F-3"]);
    assert_eq!(ids(&list(serde_json::json!({"state": "blocked"}))), Vec::<String>::new());
    assert_eq!(list(serde_json::json!({"state": "waiting"})).items.len(), 7);
    let bad = kept.command(ProjectCommand::List {
        query: serde_json::from_value(serde_json::json!({"cursor": "x"})).expect("a query"),
    });
    assert!(matches!(bad, Err(Refusal::Invalid(_))), "{bad:?}");
}

#[test]
fn a_version_that_was_not_read_is_not_replaced() {
    let kept = Kept::new();
    let with = |version: u32| {
        let mut pushed = task("F-1", "open");
        pushed.task.if_version = Some(version);
        pushed.task.title = format!("Seen at {version}");
        kept.push_all(vec![pushed]).results.remove(0)
    };
    assert_eq!(with(0).task.map(|task| task.version), Some(1));
    assert_eq!(with(0).refused.map(|why| why.code), Some(ProblemCode::EditConflict));
    assert_eq!(with(1).task.map(|task| task.version), Some(2));
    assert_eq!(with(1).refused.map(|why| why.code), Some(ProblemCode::EditConflict));
}

#[test]
fn a_body_is_sealed_while_it_waits_and_gone_once_it_is_in_jira() {
    let kept = Kept::new();
    let mut pushed = task("F-1", "open");
    pushed.task.body = Some("The password is hunter2.".to_owned());
    kept.push_all(vec![pushed]);
    assert!(!kept.outside.tables.tables.dump().contains("hunter2"));
    assert!(kept.outside.tables.tables.dump().contains("sealed"));
    kept.run_for(60);
    let description = kept.jira().issue("ABC-1").fields["description"].to_string();
    assert!(description.contains("hunter2"), "{description}");
    let dump = kept.outside.tables.tables.dump();
    assert!(dump.contains(r#"\"sealed\":null"#) || dump.contains(r#""sealed":null"#), "{dump}");
}

#[test]
fn a_command_of_another_project_is_refused() {
    let kept = Kept::new();
    kept.push("F-1", "open");
    assert_eq!(kept.task("F-1").state, TaskState::Waiting);
    let unknown = kept.act("F-2", TaskAction::Get);
    assert_eq!(unknown, Err(Refusal::NotFound));
}
