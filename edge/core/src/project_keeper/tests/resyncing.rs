//! Resyncs: a preview, then what it lists and nothing else.

use api::{
    List, ListChangesQuery, ListResyncItemsQuery, NewResync, Resync, ResyncAction, ResyncDirection, ResyncItem,
    ResyncOutcome, ResyncScope, ResyncState, TaskChange, TaskChanges, TaskEvent, TaskState,
};

use super::{
    jira::Mishap,
    world::{Kept, withdrawn},
};
use crate::{
    organization::Refusal,
    project_keeper::{ProjectCommand, ResyncCommand},
};

/// Five tasks in sync: F-1 to F-5, all open.
fn in_sync() -> Kept {
    let kept = Kept::new();
    for number in 1..=5 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(60);
    assert_eq!(kept.page().counts.in_sync, 5);
    kept
}

/// The issues are moved where neither a poll nor a sweep sees it before the resync does.
fn moves_unseen(kept: &Kept, key: &str, status: &str) {
    kept.jira().lag.set(1_000_000);
    kept.jira().moves(key, status);
}

fn planned(kept: &Kept, scope: ResyncScope, direction: ResyncDirection) -> Resync {
    let new = NewResync { scope, direction, external_ids: Vec::new() };
    let created: Resync = kept.read(ProjectCommand::CreateResync { new, by: "Tia".to_owned(), id: None, start: false });
    assert_eq!(created.state, ResyncState::Planning);
    kept.run_for(20);
    let ready = command(kept, &created, ResyncCommand::Get).expect("it is known");
    assert_eq!(ready.state, ResyncState::Ready);
    ready
}

fn command(kept: &Kept, resync: &Resync, action: ResyncCommand) -> Result<Resync, Refusal> {
    let command = ProjectCommand::Resync { id: resync.id.clone(), action };
    kept.command(command).map(|answer| serde_json::from_value(answer).expect("a resync"))
}

fn items(kept: &Kept, resync: &Resync) -> Vec<ResyncItem> {
    let query = ListResyncItemsQuery { limit: Some(200), ..ListResyncItemsQuery::default() };
    let list: List<ResyncItem> = kept.read(ProjectCommand::ResyncItems { id: resync.id.clone(), query });
    list.items
}

fn item(kept: &Kept, resync: &Resync, external_id: &str) -> ResyncItem {
    items(kept, resync).into_iter().find(|item| item.external_id == external_id).expect("it is listed")
}

fn statuses(kept: &Kept) -> Vec<String> {
    let mut issues: Vec<_> =
        kept.jira().issues.borrow().values().map(|issue| (issue.key.clone(), issue.status.clone())).collect();
    issues.sort();
    issues.into_iter().map(|(_, status)| status).collect()
}

#[test]
fn a_preview_lists_every_task_and_moves_nothing() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-2", "3");
    let writes = kept.jira().count("POST issue/");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    assert_eq!((resync.total, resync.looked_at), (5, 5));
    assert_eq!((resync.planned.nothing, resync.planned.moved), (4, 1));
    assert_eq!(resync.moves.first().map(|moves| (moves.to.as_str(), moves.count)), Some(("To Do", 1)));
    assert_eq!(items(&kept, &resync).len(), 5);
    kept.run_for(600);
    assert_eq!(statuses(&kept)[1], "3", "nobody started it");
    assert_eq!(kept.jira().count("POST issue/") - writes, kept.jira().count("bulkfetch"), "only reading went on");
}

#[test]
fn what_a_preview_lists_is_done_and_reported_when_it_is_started() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-1", "2");
    moves_unseen(&kept, "ABC-2", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    assert_eq!((resync.planned.tell, resync.planned.nothing), (2, 3));
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(20);
    let done = command(&kept, &resync, ResyncCommand::Get).expect("it is known");
    assert_eq!((done.state, done.results.done, done.results.failed), (ResyncState::Finished, 2, 0));
    let told: Vec<String> = (1..=5).map(|number| kept.task(&format!("F-{number}")).status.to_string()).collect();
    let counted = |status: &str| told.iter().filter(|told| *told == status).count();
    assert_eq!((counted("triaged"), counted("fixed"), counted("open")), (1, 1, 3));
    assert_eq!(command(&kept, &resync, ResyncCommand::Start), Err(Refusal::ResyncNotPossible(ResyncState::Finished)));
}

#[test]
fn the_product_wins_where_somebody_says_so_even_against_what_was_agreed() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-3", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(30);
    let done = command(&kept, &resync, ResyncCommand::Get).expect("it is known");
    assert_eq!((done.state, done.results.done), (ResyncState::Finished, 1));
    assert_eq!(statuses(&kept), ["1"; 5]);
    assert_eq!(kept.page().counts.in_sync, 5);
}

#[test]
fn what_changed_since_the_preview_is_skipped_and_listed() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-1", "3");
    moves_unseen(&kept, "ABC-2", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    moves_unseen(&kept, "ABC-1", "2");
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(30);
    let done = command(&kept, &resync, ResyncCommand::Get).expect("it is known");
    assert_eq!((done.results.done, done.results.skipped), (1, 1));
    let skipped: Vec<_> =
        items(&kept, &resync).into_iter().filter(|item| item.outcome == Some(ResyncOutcome::Skipped)).collect();
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0].issue_key.as_deref(), Some("ABC-1"));
    assert_eq!(skipped[0].why.as_deref(), Some("Something changed since the preview."));
    assert_eq!(statuses(&kept)[..2], ["2", "1"]);
}

#[test]
fn a_cancelled_resync_ends_after_the_task_that_is_under_way() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-1", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    let cancelled = command(&kept, &resync, ResyncCommand::Cancel).expect("it can be cancelled");
    assert_eq!(cancelled.state, ResyncState::Cancelled);
    assert!(cancelled.finished_at.is_some());
    kept.run_for(60);
    assert_eq!(statuses(&kept)[0], "3");
    assert_eq!(command(&kept, &resync, ResyncCommand::Start), Err(Refusal::ResyncNotPossible(ResyncState::Cancelled)));
}

/// What the feed and webhooks were told of resyncs.
fn told(kept: &Kept) -> (Vec<TaskChange>, usize) {
    let query = ListChangesQuery { limit: Some(200), ..ListChangesQuery::default() };
    let changes: TaskChanges = kept.read(ProjectCommand::Changes { query });
    let of_resyncs = changes.items.into_iter().filter(|change| change.resync.is_some()).collect();
    let reported = kept.outside.platform.reported.borrow();
    (of_resyncs, reported.iter().filter(|event| event.starts_with("resync_finished")).count())
}

#[test]
fn the_end_of_a_resync_is_told_once_and_a_preview_that_nobody_started_is_no_news() {
    let kept = in_sync();
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    command(&kept, &resync, ResyncCommand::Cancel).expect("it can be cancelled");
    kept.run_for(60);
    assert_eq!(told(&kept), (Vec::new(), 0));
    moves_unseen(&kept, "ABC-1", "2");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(60);
    let (changes, reported) = told(&kept);
    assert_eq!((changes.len(), reported), (1, 1));
    let change = &changes[0];
    assert_eq!((change.event, change.resync.as_ref()), (TaskEvent::ResyncFinished, Some(&resync.id)));
    assert_eq!((&change.external_id, &change.status), (&None, &None), "it is about no single task");
}

#[test]
fn a_resync_that_is_cancelled_while_it_runs_is_told_as_well() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-1", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    command(&kept, &resync, ResyncCommand::Cancel).expect("it can be cancelled");
    kept.run_for(60);
    assert_eq!((told(&kept).1, statuses(&kept)[0].as_str()), (1, "3"));
}

#[test]
fn earlier_resyncs_are_listed_newest_first_with_what_is_in_their_way() {
    let kept = in_sync();
    let first = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    kept.outside.platform.sync.replace(Some(withdrawn()));
    let new = NewResync { scope: ResyncScope::All, direction: ResyncDirection::JiraWins, external_ids: Vec::new() };
    let second: Resync = kept.read(ProjectCommand::CreateResync { new, by: "Tia".to_owned(), id: None, start: false });
    kept.run_for(60);
    let list: List<Resync> = kept.read(ProjectCommand::ListResyncs);
    let listed: Vec<_> = list.items.iter().map(|one| (&one.id, one.paused.is_some())).collect();
    assert_eq!(listed, [(&second.id, true), (&first.id, false)]);
}

#[test]
fn a_project_without_tasks_has_an_empty_preview() {
    let kept = Kept::new();
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    assert_eq!((resync.total, resync.looked_at), (0, 0));
}

#[test]
fn a_new_preview_drops_one_that_nobody_started_and_never_one_that_runs() {
    let kept = in_sync();
    let first = planned(&kept, ResyncScope::All, ResyncDirection::Compare);
    let second = planned(&kept, ResyncScope::Failed, ResyncDirection::Compare);
    let state = |resync| command(&kept, resync, ResyncCommand::Get).expect("it is known").state;
    assert_eq!((state(&first), state(&second)), (ResyncState::Cancelled, ResyncState::Ready));
    command(&kept, &second, ResyncCommand::Start).expect("it is ready");
    let new = NewResync { scope: ResyncScope::All, direction: ResyncDirection::Compare, external_ids: Vec::new() };
    let refused = kept.command(ProjectCommand::CreateResync { new, by: "Tia".to_owned(), id: None, start: false });
    assert_eq!(refused.err(), Some(Refusal::ResyncNotPossible(ResyncState::Running)));
}

#[test]
fn chosen_tasks_are_looked_at_and_no_others() {
    let kept = in_sync();
    let external_ids = ["F-4", "F-none", "F-2"].map(String::from).to_vec();
    let new = NewResync { scope: ResyncScope::Chosen, direction: ResyncDirection::Compare, external_ids };
    let created: Resync = kept.read(ProjectCommand::CreateResync { new, by: "Tia".to_owned(), id: None, start: false });
    kept.run_for(20);
    let listed: Vec<String> = items(&kept, &created).into_iter().map(|item| item.external_id).collect();
    assert_eq!(listed, ["F-4", "F-2"]);
}

#[test]
fn what_failed_is_created_by_a_resync_once_its_reason_is_gone() {
    let kept = Kept::new();
    kept.jira().then(
        "POST issue",
        Mishap::Answered(crate::fakes::FakeResponse::json(400, r#"{"errorMessages":["No."],"errors":{}}"#)),
    );
    kept.push("F-1", "open");
    kept.run_for(30);
    assert_eq!(kept.task("F-1").state, TaskState::Blocked);
    let resync = planned(&kept, ResyncScope::Failed, ResyncDirection::Compare);
    assert_eq!(item(&kept, &resync, "F-1").action, ResyncAction::Create);
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(30);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    assert_eq!(item(&kept, &resync, "F-1").outcome, Some(ResyncOutcome::Done));
    assert_eq!(kept.jira().issues.borrow().len(), 1);
}

#[test]
fn a_resync_of_an_interrupted_connection_waits_and_goes_on() {
    let kept = in_sync();
    moves_unseen(&kept, "ABC-1", "3");
    let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
    let sync = kept.outside.platform.sync.replace(Some(withdrawn()));
    command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
    kept.run_for(1_200);
    assert_eq!(statuses(&kept)[0], "3", "no call with that token");
    kept.outside.platform.sync.replace(sync);
    kept.run_for(1_200);
    assert_eq!(command(&kept, &resync, ResyncCommand::Get).map(|resync| resync.state), Ok(ResyncState::Finished));
    assert_eq!(statuses(&kept)[0], "1");
}

#[test]
fn a_keeper_that_is_killed_while_it_resyncs_ends_where_it_would_have_ended() {
    let mut killed = 0;
    for step in 0.. {
        let kept = in_sync();
        moves_unseen(&kept, "ABC-1", "3");
        moves_unseen(&kept, "ABC-2", "2");
        let resync = planned(&kept, ResyncScope::All, ResyncDirection::ProductWins);
        command(&kept, &resync, ResyncCommand::Start).expect("it is ready");
        let faults = &kept.outside.platform.faults;
        faults.kill_at(step);
        let was_killed = (0..10).any(|_| !kept.run());
        faults.revive();
        kept.restart();
        kept.outside.alarm.set(Some(kept.now()));
        kept.run_for(600);
        let done = command(&kept, &resync, ResyncCommand::Get).expect("it is known");
        assert_eq!((done.state, done.results.failed), (ResyncState::Finished, 0), "killed at step {step}");
        assert_eq!(statuses(&kept), ["1"; 5], "killed at step {step}");
        if !was_killed {
            break;
        }
        killed += 1;
    }
    assert!(killed > 10, "it was killed {killed} times");
}
