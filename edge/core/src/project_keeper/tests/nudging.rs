//! What Jira tells: heard at once, and worth one read at most, whatever comes.

use api::{JiraId, TaskState};

use super::{
    jira::Mishap,
    world::{Kept, withdrawn},
};
use crate::project_keeper::{Nudge, ProjectCommand};

const READ: &str = "GET issue/10001";

/// A task in sync, and an index that shows nothing from now on.
fn in_sync() -> Kept {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.run_for(60);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    kept.jira().lag.set(100 * 86_400);
    kept
}

fn nudge(kept: &Kept, issue: &str, status: Option<&str>) {
    let id = |text| JiraId::parse(text).expect("an id");
    let nudge = Nudge { issue: id(issue), status: status.map(id) };
    kept.command(ProjectCommand::Nudge { nudge }).expect("taken");
}

/// How often the issue was read.
fn reads(kept: &Kept) -> usize {
    kept.jira().calls.borrow().iter().filter(|call| *call == READ).count()
}

#[test]
fn a_change_that_jira_tells_is_heard_before_the_next_poll() {
    let kept = in_sync();
    kept.jira().moves("ABC-1", "2");
    nudge(&kept, "10001", Some("2"));
    kept.run_for(2);
    assert_eq!(kept.task("F-1").status.as_str(), "triaged");
    assert_eq!(*kept.outside.platform.reported.borrow(), ["linked F-1", "status_changed F-1"]);
}

#[test]
fn what_an_event_claims_is_not_believed() {
    let kept = in_sync();
    let before = reads(&kept);
    nudge(&kept, "10001", Some("3"));
    kept.run_for(5);
    assert_eq!((kept.task("F-1").status.as_str(), reads(&kept)), ("open", before + 1));
}

#[test]
fn an_echo_and_an_issue_of_nobody_cost_no_read() {
    let kept = in_sync();
    let before = kept.jira().count("GET issue/");
    nudge(&kept, "10001", Some("1"));
    nudge(&kept, "99999", None);
    kept.run_for(5);
    assert_eq!(kept.jira().count("GET issue/"), before);
}

#[test]
fn a_flood_of_events_about_an_issue_is_a_read_in_ten_seconds() {
    let kept = in_sync();
    let before = reads(&kept);
    for second in 0..300 {
        nudge(&kept, "10001", if second % 2 == 0 { None } else { Some("3") });
        kept.run_for(1);
    }
    let read = reads(&kept) - before;
    assert!((25..=31).contains(&read), "{read} reads in five minutes");
}

#[test]
fn an_event_that_comes_while_the_issue_is_looked_at_is_not_lost() {
    let kept = std::rc::Rc::new(in_sync());
    let inside = std::rc::Rc::downgrade(&kept);
    let mut told = false;
    let on_call = move |call: &str| {
        if call == READ && !told {
            told = true;
            nudge(&inside.upgrade().expect("the keeper"), "10001", Some("2"));
        }
    };
    // The answer with the status from before is on its way while somebody moves the issue.
    *kept.jira().on_call.borrow_mut() = Some(Box::new(on_call));
    let stale = crate::fakes::FakeResponse::json(200, &kept.jira().issue("ABC-1").json().to_string());
    kept.jira().then(READ, Mishap::Answered(stale));
    kept.jira().moves("ABC-1", "2");
    nudge(&kept, "10001", None);
    kept.run_for(20);
    assert_eq!(kept.task("F-1").status.as_str(), "triaged");
}

#[test]
fn an_event_makes_nobody_call_a_jira_that_the_project_may_not_reach() {
    let kept = in_sync();
    let before = kept.jira().calls.borrow().len();
    kept.outside.platform.sync.replace(Some(withdrawn()));
    nudge(&kept, "10001", None);
    kept.run_for(600);
    assert_eq!(kept.jira().calls.borrow().len(), before);
}

#[test]
fn a_keeper_whose_alarm_was_lost_or_never_came_is_woken_and_others_are_left_alone() {
    let kept = in_sync();
    let set = kept.outside.alarm.get().expect("an alarm");
    kept.command(ProjectCommand::Watch).expect("looked at");
    assert_eq!(kept.outside.alarm.get(), Some(set), "it is awake");
    kept.outside.alarm.set(None);
    kept.command(ProjectCommand::Watch).expect("looked at");
    assert_eq!(kept.outside.alarm.get(), Some(kept.now()));
    let long_ago = kept.now().plus_seconds(-900);
    kept.outside.alarm.set(Some(long_ago));
    kept.command(ProjectCommand::Watch).expect("looked at");
    assert_eq!(kept.outside.alarm.get(), Some(kept.now()));
    let empty = Kept::new();
    empty.command(ProjectCommand::Watch).expect("looked at");
    assert_eq!(empty.outside.alarm.get(), None, "it has nothing to do");
}
