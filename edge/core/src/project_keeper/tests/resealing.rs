//! When the sealing key changes, bodies that wait and comments are sealed anew.

use api::TaskState;

use super::{
    comments::talking,
    world::{KEY, Kept, task, withdrawn},
};
use crate::project_keeper::{ProjectCommand, ProjectResealed};

const NEW: &str = "k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=";

/// Seals everything anew: how many were, and how many do not open.
fn reseal(kept: &Kept) -> (u32, u32) {
    let (mut after, mut resealed, mut unopened) = (None, 0, 0);
    loop {
        let done: ProjectResealed = kept.read(ProjectCommand::Reseal { after });
        (resealed, unopened) = (resealed + done.resealed, unopened + done.unopened);
        after = done.next;
        if after.is_none() {
            return (resealed, unopened);
        }
    }
}

/// A comment that was told, and many tasks with bodies that wait because the access is withdrawn.
fn waiting() -> Kept {
    let kept = Kept::new();
    kept.mapped(talking());
    kept.push("F-1", "open");
    kept.run_for(60);
    kept.jira().comments("ABC-1", "Grace", "It is the left one.");
    kept.run_for(120);
    kept.outside.platform.sync.replace(Some(withdrawn()));
    for number in 10..260 {
        let mut pushed = task(&format!("F-{number}"), "open");
        pushed.task.body = Some(format!("Body {number}"));
        kept.push_all(vec![pushed]);
    }
    kept
}

#[test]
fn everything_is_sealed_anew_so_that_the_old_key_may_go() {
    let kept = waiting();
    kept.restart_with(&format!("{NEW},{KEY}"));
    let order = kept.page().items[0].external_id.clone();
    assert_eq!(reseal(&kept), (251, 0));
    assert_eq!(reseal(&kept), (0, 0), "a second round finds nothing");
    assert_eq!(kept.page().items[0].external_id, order, "nobody sees it");
    kept.restart_with(NEW);
    let comment = kept.feed().into_iter().find_map(|change| change.comment).expect("a comment");
    assert_eq!(comment.text.as_deref(), Some("It is the left one."));
    kept.mapped(talking());
    kept.run_for(3_600);
    assert_eq!(kept.task("F-10").state, TaskState::InSync);
    let issues = kept.jira().issues.borrow();
    let of_task = issues.values().find(|issue| issue.mark["task"] == "F-10").expect("an issue");
    assert!(of_task.fields["description"].to_string().contains("Body 10"), "{}", of_task.fields);
}

#[test]
fn what_does_not_open_stays_until_its_key_is_back() {
    let kept = waiting();
    kept.restart_with(NEW);
    assert_eq!(reseal(&kept), (0, 251));
    let comment = kept.feed().into_iter().find_map(|change| change.comment).expect("a comment");
    assert_eq!((comment.author.as_str(), comment.text), ("Grace", None));
    kept.restart_with(&format!("{NEW},{KEY}"));
    assert_eq!(reseal(&kept), (251, 0));
}
