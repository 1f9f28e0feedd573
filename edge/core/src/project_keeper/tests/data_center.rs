//! The same at a Data Center: version 2 of the interface, wiki markup, marks that have to be asked for one by one.

use api::TaskState;

use super::{
    jira::Mishap,
    world::{Kept, task},
};

const DAY: i64 = 86_400;

#[test]
fn a_task_becomes_an_issue_with_wiki_markup_and_both_statuses_stay_in_step() {
    let kept = Kept::at_data_center();
    let mut pushed = task("F-1", "open");
    pushed.task.body = Some("It is **far** too light.".to_owned());
    kept.push_all(vec![pushed]);
    kept.run_for(60);
    let issue = kept.jira().issue("ABC-1");
    let description = issue.fields["description"].as_str().expect("wiki markup");
    assert!(description.starts_with("It is {*}far{*} too light."), "{description}");
    assert_eq!(kept.task("F-1").issue.expect("an issue").url, "https://jira.example.com/jira/browse/ABC-1");
    kept.push("F-1", "fixed");
    kept.run_for(60);
    assert_eq!((kept.task("F-1").state, kept.jira().issue("ABC-1").status.as_str()), (TaskState::InSync, "3"));
    kept.jira().moves("ABC-1", "2");
    kept.run_for(120);
    assert_eq!(kept.task("F-1").status.as_str(), "triaged", "polling hears it");
}

#[test]
fn a_lost_answer_makes_no_second_issue_however_late_the_index_is() {
    for (lag, mishap) in [(0, Mishap::LostAfter), (600, Mishap::LostAfter), (0, Mishap::LostBefore)] {
        let kept = Kept::at_data_center();
        kept.jira().lag.set(lag);
        kept.jira().then("POST issue", mishap.clone());
        kept.push("F-1", "fixed");
        kept.run_for(5);
        assert_eq!(kept.task("F-1").state, TaskState::OutcomeUnknown);
        kept.run_for(2 * 3_600);
        assert_eq!(kept.task("F-1").state, TaskState::InSync, "{lag} {mishap:?}");
        assert_eq!(kept.jira().issues.borrow().len(), 1, "{lag} {mishap:?}");
        assert_eq!(kept.jira().issue("ABC-1").status, "3", "it goes on to where the task is");
    }
}

#[test]
fn of_many_tasks_with_every_tenth_answer_lost_each_has_one_issue() {
    let kept = Kept::at_data_center();
    kept.jira().lag.set(60);
    kept.jira().loses_every.set(Some(10));
    for number in 0..100 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(4 * 3_600);
    let counts = kept.page().counts;
    assert_eq!((counts.in_sync, counts.total), (100, 100), "{counts:?}");
    let issues = kept.jira().issues.borrow();
    let tasks: std::collections::BTreeSet<_> = issues.values().map(|issue| issue.mark["task"].to_string()).collect();
    assert_eq!((issues.len(), tasks.len()), (100, 100), "no doubles, and none forgotten");
}

#[test]
fn what_the_index_never_shows_and_what_is_gone_is_found_within_days() {
    let kept = Kept::at_data_center();
    for id in ["F-1", "F-2", "F-3"] {
        kept.push(id, "open");
    }
    kept.run_for(60);
    kept.jira().lag.set(100 * DAY);
    kept.jira().moves_that_of("F-2", "2");
    kept.run_for(DAY + 3_600);
    assert_eq!(kept.task("F-2").status.as_str(), "triaged");
    // Asked for all at once, this Jira answers that one of them does not exist.
    kept.jira().issues.borrow_mut().retain(|_, issue| issue.mark["task"] != "F-1");
    kept.jira().moves_that_of("F-3", "2");
    kept.run_for(3 * DAY);
    assert_eq!(kept.task("F-1").state, TaskState::Missing);
    assert_eq!((kept.task("F-3").state, kept.task("F-3").status.as_str()), (TaskState::InSync, "triaged"));
}

#[test]
fn a_transition_that_is_refused_or_lost_ends_where_it_should() {
    for mishap in [Mishap::LostAfter, Mishap::LostBefore] {
        let kept = Kept::at_data_center();
        kept.push("F-1", "open");
        kept.run_for(30);
        kept.jira().then("POST issue/10001/transitions", mishap.clone());
        kept.push("F-1", "triaged");
        kept.run_for(120);
        let status = kept.jira().issue("ABC-1").status;
        assert_eq!((kept.task("F-1").state, status.as_str()), (TaskState::InSync, "2"), "{mishap:?}");
    }
}
