//! Statuses, both ways.

use api::{BlockedCause, Keep, TaskState};
use serde_json::json;

use super::{
    jira::Mishap,
    world::{Kept, mapping, way},
};
use crate::{
    fakes::FakeResponse,
    organization::{ProjectSync, Refusal},
    project_keeper::TaskAction,
};

fn in_sync(status: &str) -> Kept {
    let kept = Kept::new();
    kept.push("F-1", status);
    kept.run_for(30);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    kept
}

fn jira_status(kept: &Kept) -> String {
    kept.jira().issue("ABC-1").status
}

#[test]
fn a_task_that_changes_moves_its_issue_through_what_the_mapping_allows() {
    let kept = in_sync("open");
    kept.push("F-1", "fixed");
    assert_eq!(kept.task("F-1").state, TaskState::Syncing);
    kept.run_for(30);
    let task = kept.task("F-1");
    assert_eq!((task.state, jira_status(&kept).as_str()), (TaskState::InSync, "3"));
    assert_eq!(kept.timeline("F-1"), ["pushed", "linked", "changed", "issue_moved", "issue_moved"]);
    let base = task.base.expect("a base");
    assert_eq!((base.task.as_str(), base.issue.name.as_str()), ("fixed", "Done"));
}

#[test]
fn an_issue_that_moves_in_jira_changes_its_task_and_is_told_once() {
    let kept = in_sync("open");
    kept.jira().moves("ABC-1", "2");
    kept.run_for(1_200);
    let task = kept.task("F-1");
    assert_eq!((task.state, task.status.as_str()), (TaskState::InSync, "triaged"));
    let changes: api::TaskChanges =
        kept.read(crate::project_keeper::ProjectCommand::Changes { query: api::ListChangesQuery::default() });
    let told: Vec<_> = changes
        .items
        .iter()
        .map(|change| (change.event.as_str(), change.status.as_ref().map_or("", |status| status.as_str())))
        .collect();
    assert_eq!(told, [("linked", "open"), ("status_changed", "triaged")]);
    assert_eq!(*kept.outside.platform.reported.borrow(), ["linked F-1", "status_changed F-1"]);
    let moved = kept.jira().count("transitions");
    kept.push("F-1", "open");
    kept.run_for(60);
    assert_eq!(kept.task("F-1").status.as_str(), "triaged", "the push was on its way when Jira changed it");
    assert_eq!(kept.jira().count("transitions"), moved, "and moves nothing back");
}

#[test]
fn a_quiet_system_writes_nothing() {
    let kept = in_sync("fixed");
    kept.run_for(3_600);
    let writes = |kept: &Kept| kept.jira().calls.borrow().iter().filter(|call| call.starts_with("POST issue")).count();
    let before = (writes(&kept), kept.timeline("F-1"));
    kept.run_for(3 * 86_400);
    let swept = kept.jira().count("bulkfetch");
    assert_eq!((writes(&kept) - swept, kept.timeline("F-1")), before, "only reading goes on");
    assert!((2..=4).contains(&swept), "every link is looked at once a day: {swept}");
}

#[test]
fn when_both_sides_change_nothing_moves_until_somebody_chooses() {
    for (keep, status, issue) in [(Keep::Product, "triaged", "2"), (Keep::Jira, "fixed", "3")] {
        let kept = in_sync("open");
        kept.jira().moves("ABC-1", "3");
        kept.push("F-1", "triaged");
        kept.run_for(30);
        assert_eq!(kept.task("F-1").state, TaskState::Conflict);
        assert_eq!(jira_status(&kept), "3");
        kept.run_for(86_400);
        assert_eq!(kept.task("F-1").state, TaskState::Conflict);
        kept.resolve("F-1", keep);
        kept.run_for(60);
        // Opening what is done again is a decision of its own, which was just made.
        let task = kept.task("F-1");
        assert_eq!((task.state, task.status.as_str(), jira_status(&kept).as_str()), (TaskState::InSync, status, issue));
        let told = kept.outside.platform.reported.borrow().clone();
        assert!(told.contains(&"conflict F-1".to_owned()) && told.contains(&"recovered F-1".to_owned()), "{told:?}");
    }
}

#[test]
fn without_a_way_the_task_is_blocked_with_what_jira_offers() {
    let kept = Kept::new();
    let mut narrow = mapping();
    narrow.issue_types[0].pass_through.clear();
    kept.outside.platform.sync.replace(Some(ProjectSync { way: Ok(way()), mapping: Some(narrow), revision: 1 }));
    kept.push("F-1", "fixed");
    kept.run_for(30);
    let blocked = kept.task("F-1").blocked.expect("a cause");
    assert_eq!((blocked.cause, blocked.offered), (BlockedCause::NoWay, vec!["In Progress".to_owned()]));
    assert_eq!(jira_status(&kept), "1");
}

#[test]
fn two_moves_at_the_same_time_and_lost_answers_end_where_they_should() {
    let simultaneous = FakeResponse::json(409, r#"{"errorMessages":["Try again."],"errors":{}}"#);
    for mishap in [Mishap::Answered(simultaneous), Mishap::LostAfter, Mishap::LostBefore] {
        let kept = in_sync("open");
        kept.jira().then("POST issue/10001/transitions", mishap.clone());
        kept.push("F-1", "triaged");
        kept.run_for(120);
        assert_eq!((kept.task("F-1").state, jira_status(&kept).as_str()), (TaskState::InSync, "2"), "{mishap:?}");
        assert_eq!(kept.task("F-1").status.as_str(), "triaged", "its own move is no change of Jira's: {mishap:?}");
    }
}

#[test]
fn a_refused_transition_blocks_with_jiras_words() {
    let kept = in_sync("open");
    let said = json!({"errorMessages": ["A validator says no."], "errors": {}});
    kept.jira().then("POST issue/10001/transitions", Mishap::Answered(FakeResponse::json(400, &said.to_string())));
    kept.push("F-1", "triaged");
    kept.run_for(30);
    let blocked = kept.task("F-1").blocked.expect("a cause");
    assert_eq!((blocked.cause, blocked.jira_said.as_deref()), (BlockedCause::WayRefused, Some("A validator says no.")));
}

#[test]
fn linking_moves_nothing_and_an_issue_has_one_task() {
    let kept = in_sync("open");
    kept.act("F-1", TaskAction::Unlink { by: "Tia".to_owned() }).expect("unlinked");
    kept.push("F-1", "fixed");
    kept.run_for(3_600);
    assert_eq!((kept.task("F-1").state, kept.jira().issues.borrow().len()), (TaskState::Unlinked, 1));
    let link = |issue: &str| TaskAction::Link { issue: issue.to_owned(), by: "Tia".to_owned() };
    assert_eq!(kept.act("F-1", link("ABC-9")), Err(Refusal::IssueNotFound));
    kept.act("F-1", link("ABC-1")).expect("linked");
    kept.run_for(30);
    assert_eq!((kept.task("F-1").state, jira_status(&kept).as_str()), (TaskState::Conflict, "1"), "a person chooses");
    kept.outside.platform.sync.replace(Some(super::world::withdrawn()));
    kept.push("F-2", "open");
    assert_eq!(kept.act("F-2", link("ABC-1")), Err(Refusal::ProjectNotConnected));
    kept.outside.platform.sync.replace(Some(ProjectSync { way: Ok(way()), mapping: Some(mapping()), revision: 1 }));
    assert_eq!(kept.act("F-2", link("ABC-1")), Err(Refusal::IssueTaken("F-1".to_owned())));
}

#[test]
fn a_move_is_commented_once_where_the_mapping_wants_it() {
    let kept = Kept::new();
    let mut talking = mapping();
    talking.comments = api::CommentRule::Moves;
    kept.outside.platform.sync.replace(Some(ProjectSync { way: Ok(way()), mapping: Some(talking), revision: 1 }));
    kept.push("F-1", "open");
    kept.run_for(30);
    assert!(kept.jira().issue("ABC-1").comments.is_empty(), "nothing was moved");
    kept.push("F-1", "fixed");
    kept.run_for(3_600);
    let comments = kept.jira().issue("ABC-1").comments;
    assert_eq!(comments.len(), 1, "one for the whole walk: {comments:?}");
    assert!(comments[0].body.to_string().contains("now fixed"), "{comments:?}");
    assert_eq!(comments[0].properties[0]["key"], "causeway", "it is born with our mark");
}
