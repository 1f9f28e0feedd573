//! What the search does not show, and what is gone.

use api::TaskState;

use super::world::Kept;

const DAY: i64 = 86_400;

fn in_sync() -> Kept {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.push("F-2", "open");
    kept.run_for(60);
    assert_eq!(kept.page().counts.in_sync, 2);
    kept
}

#[test]
fn what_the_index_never_shows_is_found_within_a_day() {
    let kept = in_sync();
    kept.jira().lag.set(100 * DAY);
    kept.jira().moves("ABC-1", "2");
    kept.run_for(DAY + 3_600);
    assert_eq!(kept.task("F-1").status.as_str(), "triaged");
}

#[test]
fn an_issue_that_is_gone_is_missing_after_two_looks_a_day_apart_and_comes_back() {
    let kept = in_sync();
    let gone = kept.jira().issues.borrow_mut().remove(&1).expect("an issue");
    kept.run_for(DAY + 3_600);
    assert_eq!(kept.task("F-1").state, TaskState::Retrying, "one look proves nothing");
    kept.run_for(DAY + 3_600);
    assert_eq!(kept.task("F-1").state, TaskState::Missing);
    assert_eq!(kept.task("F-2").state, TaskState::InSync);
    kept.jira().issues.borrow_mut().insert(1, gone);
    kept.run_for(DAY + 3_600);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    let told = kept.timeline("F-1");
    assert_eq!(told[2..], ["missing".to_owned(), "recovered".to_owned()], "{told:?}");
}

#[test]
fn an_issue_that_is_moved_keeps_its_link_and_is_told_as_moved() {
    let kept = in_sync();
    {
        let mut issues = kept.jira().issues.borrow_mut();
        let issue = issues.get_mut(&1).expect("an issue");
        (issue.project, issue.key) = ("2".to_owned(), "XYZ-7".to_owned());
    }
    kept.run_for(DAY + 3_600);
    let task = kept.task("F-1");
    assert_eq!((task.state, task.issue.map(|issue| issue.key)), (TaskState::Moved, Some("XYZ-7".to_owned())));
}

#[test]
fn one_that_waits_for_jira_does_not_keep_changes_from_being_heard() {
    let kept = in_sync();
    for number in 10..200 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.jira().moves("ABC-2", "2");
    kept.run_for(80);
    assert_eq!(kept.task("F-2").status.as_str(), "triaged", "{:?}", kept.page().counts);
}
