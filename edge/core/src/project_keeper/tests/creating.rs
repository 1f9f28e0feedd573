//! Creating issues: each once, whatever becomes of the answers.

use api::{BlockedCause, TaskState};
use serde_json::json;

use super::{
    jira::Mishap,
    world::{Kept, mapping, task, way, withdrawn},
};
use crate::{fakes::FakeResponse, organization::ProjectSync, project_keeper::TaskAction};

#[test]
fn a_pushed_task_becomes_an_issue_that_links_back_and_is_in_sync() {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.run_for(10);
    let task = kept.task("F-1");
    assert_eq!(task.state, TaskState::InSync, "{task:?}");
    let issue = task.issue.expect("an issue");
    assert_eq!((issue.key.as_str(), issue.url.as_str()), ("ABC-1", "https://one.atlassian.net/browse/ABC-1"));
    let in_jira = kept.jira().issue("ABC-1");
    assert_eq!((in_jira.links.len(), &in_jira.fields["summary"]), (1, &json!("Task F-1")));
    assert_eq!((&in_jira.mark["project"], &in_jira.mark["task"]), (&json!("prj_1"), &json!("F-1")));
    assert_eq!(kept.timeline("F-1"), ["pushed", "linked"]);
    assert_eq!(*kept.outside.platform.reported.borrow(), ["linked F-1"]);
}

#[test]
fn a_lost_answer_makes_no_second_issue_however_late_the_index_is() {
    for (lag, mishap) in
        [(0, Mishap::LostAfter), (30, Mishap::LostAfter), (600, Mishap::LostAfter), (0, Mishap::LostBefore)]
    {
        let kept = Kept::new();
        kept.jira().lag.set(lag);
        kept.jira().then("POST issue", mishap.clone());
        kept.push("F-1", "fixed");
        kept.run_for(5);
        assert_eq!(kept.task("F-1").state, TaskState::OutcomeUnknown);
        kept.run_for(2 * 3600);
        let task = kept.task("F-1");
        assert_eq!(task.state, TaskState::InSync, "{lag} {mishap:?}");
        assert_eq!(kept.jira().issues.borrow().len(), 1, "{lag} {mishap:?}");
        assert_eq!(kept.jira().issue("ABC-1").status, "3", "it goes on to where the task is");
    }
}

/// Pushes so many tasks to a Jira whose every tenth answer to a creation is lost, and whose index lags.
fn each_has_one_issue(many: usize, lag: i64) {
    let kept = Kept::new();
    kept.jira().lag.set(lag);
    kept.jira().loses_every.set(Some(10));
    for number in 0..many {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(4 * 3600);
    let counts = kept.page().counts;
    assert_eq!((counts.in_sync as usize, counts.total as usize), (many, many), "{counts:?}");
    let issues = kept.jira().issues.borrow();
    let tasks: std::collections::BTreeSet<_> = issues.values().map(|issue| issue.mark["task"].to_string()).collect();
    assert_eq!((issues.len(), tasks.len()), (many, many), "no doubles, and none forgotten");
}

#[test]
fn of_hundreds_of_tasks_with_every_tenth_answer_lost_each_has_one_issue() {
    each_has_one_issue(300, 120);
    each_has_one_issue(300, 600);
}

#[test]
fn a_refusal_blocks_with_the_field_and_goes_on_after_a_retry() {
    let kept = Kept::new();
    let said = json!({"errorMessages": [], "errors": {"summary": "Summary can't exceed 255 characters."}});
    kept.jira().then("POST issue", Mishap::Answered(FakeResponse::json(400, &said.to_string())));
    kept.push("F-1", "open");
    kept.run_for(5);
    let task = kept.task("F-1");
    let blocked = task.blocked.expect("a cause");
    assert_eq!((task.state, blocked.cause), (TaskState::Blocked, BlockedCause::TextTooLong));
    assert_eq!((blocked.field.as_deref(), task.next_at), (Some("summary"), None));
    kept.run_for(86_400);
    assert_eq!(kept.jira().count("POST issue"), 1, "nothing is tried again by itself");
    kept.act("F-1", TaskAction::Retry { by: "Tia".to_owned() }).expect("retried");
    kept.run_for(10);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    assert_eq!(*kept.outside.platform.reported.borrow(), ["blocked F-1", "linked F-1", "recovered F-1"]);
}

#[test]
fn a_new_mapping_tries_again_what_the_last_one_blocked() {
    let kept = Kept::new();
    let mut wrong = mapping();
    wrong.issue_types[0].issue_type = api::JiraId::parse("99").expect("an id");
    let sync = |mapping, revision| Some(ProjectSync { way: Ok(way()), mapping: Some(mapping), revision });
    kept.outside.platform.sync.replace(sync(wrong, 1));
    kept.push("F-1", "open");
    kept.run_for(5);
    assert_eq!(kept.task("F-1").blocked.map(|blocked| blocked.cause), Some(BlockedCause::IssueTypeMissing));
    kept.outside.platform.sync.replace(sync(mapping(), 2));
    kept.command(crate::project_keeper::ProjectCommand::Wake).expect("awake");
    kept.run_for(10);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
}

#[test]
fn a_rate_limit_counts_against_no_task_and_is_told_once() {
    let kept = Kept::new();
    let limited =
        FakeResponse::json(429, "{}").with("retry-after", "1200").with("ratelimit-reason", "jira-quota-global-based");
    kept.jira().then("POST issue", Mishap::Answered(limited));
    kept.push("F-1", "open");
    kept.push("F-2", "open");
    kept.run_for(5);
    let page = kept.page();
    let paused = page.paused.expect("a reason");
    let until = paused.until.expect("an end").to_string();
    let said = format!("allowance for this app is used up until {} UTC. Everything is kept", &until[11..16]);
    assert!(paused.sentence.contains(&said), "{}", paused.sentence);
    let limits: Vec<_> = kept.outside.platform.limits.borrow().iter().map(|limit| limit.limited_until).collect();
    assert_eq!(limits, [paused.until], "the connection is told once");
    assert!(paused.until.is_some_and(|until| until.since(kept.now()) > 1_100_000));
    assert_eq!(page.counts.waiting, 2, "{:?}", page.counts);
    let calls = kept.jira().calls.borrow().len();
    kept.push("F-3", "open");
    kept.run_for(600);
    assert_eq!(kept.jira().calls.borrow().len(), calls, "nothing is sent before the time that Jira said");
    kept.run_for(1_200);
    assert_eq!((kept.page().counts.in_sync, kept.page().paused), (3, None));
    assert_eq!(kept.timeline("F-1"), ["pushed", "linked"]);
}

#[test]
fn an_allowance_that_is_used_up_is_there_again_with_the_next_hour() {
    let kept = Kept::new();
    let limited = FakeResponse::json(429, "{}").with("ratelimit-reason", "jira-quota-tenant-based");
    kept.jira().then("POST issue", Mishap::Answered(limited));
    kept.push("F-1", "open");
    kept.run_for(5);
    let until = kept.page().paused.and_then(|paused| paused.until).expect("an end");
    assert_eq!((until.as_millis() % 3_600_000, until > kept.now()), (0, true));
    kept.run_for(3_700);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
}

#[test]
fn while_jira_is_silent_everything_waits_and_then_goes_on() {
    let kept = Kept::new();
    for _ in 0..12 {
        kept.jira().then(" ", Mishap::Answered(FakeResponse::html(503, "<html>")));
    }
    for number in 0..20 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(3);
    assert!(kept.page().paused.is_some_and(|paused| paused.sentence.contains("does not answer")));
    kept.run_for(3 * 3600);
    assert_eq!(kept.page().counts.in_sync, 20, "{:?}", kept.page().counts);
    assert_eq!(kept.jira().issues.borrow().len(), 20);
}

#[test]
fn access_that_is_withdrawn_during_a_run_ends_it() {
    // At every call at which it can happen, until it happens after the last one.
    for at in 0.. {
        let kept = Kept::new();
        kept.push("F-1", "fixed");
        let outside = std::rc::Rc::downgrade(&kept.outside);
        let mut seen = 0;
        kept.jira().on_call.replace(Some(Box::new(move |_| {
            if seen == at
                && let Some(outside) = outside.upgrade()
            {
                outside.platform.sync.replace(Some(withdrawn()));
                // Access is asked for at most once a second.
                outside.platform.clock.advance(std::time::Duration::from_secs(1));
            }
            seen += 1;
        })));
        kept.run_for(4);
        let calls = kept.jira().calls.borrow().len();
        if calls <= at {
            assert!(at > 8, "there were {calls} calls");
            break;
        }
        assert_eq!(calls, at + 1, "access was withdrawn at call number {at}");
        kept.run_for(3 * 86_400);
        assert_eq!(kept.jira().calls.borrow().len(), calls, "and none after that");
        assert!(kept.page().paused.is_some_and(|paused| paused.sentence.contains("no connection")));
        kept.jira().on_call.replace(None);
        kept.outside.platform.sync.replace(Some(ProjectSync { way: Ok(way()), mapping: Some(mapping()), revision: 1 }));
        kept.run_for(3 * 3600);
        assert_eq!(kept.task("F-1").state, TaskState::InSync, "it goes on once the access is back");
        assert_eq!(kept.jira().issues.borrow().len(), 1);
    }
}

#[test]
fn a_project_that_was_deleted_leaves_nothing() {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.run_for(10);
    kept.outside.platform.sync.replace(None);
    kept.run_for(86_400);
    assert_eq!(kept.outside.alarm.get(), None);
    assert!(!kept.outside.tables.tables.dump().contains("F-1"));
    kept.outside.platform.sync.replace(Some(ProjectSync { way: Ok(way()), mapping: Some(mapping()), revision: 1 }));
    assert_eq!(kept.push_all(vec![task("F-1", "open")]).results.len(), 1, "its tables are made anew");
}
