//! Comments of Jira: each told once, with its author, and never our own.

use api::{CommentRule, Mapping, TaskState};

use super::world::{Kept, mapping};
use crate::project_keeper::TaskAction;

/// A mapping that wants comments both ways.
pub(super) fn talking() -> Mapping {
    Mapping { comments: CommentRule::Moves, comments_from_jira: true, ..mapping() }
}

fn in_sync(kept: Kept) -> Kept {
    kept.mapped(talking());
    kept.push("F-1", "open");
    kept.run_for(60);
    assert_eq!(kept.task("F-1").state, TaskState::InSync);
    kept
}

/// What the feed tells of comments: author, whether it is an edit, text.
fn told(kept: &Kept) -> Vec<(String, bool, String)> {
    let comments = kept.feed().into_iter().filter_map(|change| change.comment);
    comments.map(|one| (one.author, one.is_edit, one.text.unwrap_or_default())).collect()
}

fn said(author: &str, is_edit: bool, text: &str) -> (String, bool, String) {
    (author.to_owned(), is_edit, text.to_owned())
}

#[test]
fn a_comment_is_told_once_and_so_is_its_edit() {
    let kept = in_sync(Kept::new());
    let comment = kept.jira().comments("ABC-1", "Grace Hopper", "It is the *left* one.");
    kept.run_for(300);
    assert_eq!(told(&kept), [said("Grace Hopper", false, "It is the left one.")]);
    kept.run_for(3_600);
    kept.jira().edits("ABC-1", comment, "Ada", "It is the right one.");
    kept.run_for(7_200);
    assert_eq!(told(&kept)[1..], [said("Ada", true, "It is the right one.")]);
    let reported = kept.outside.platform.reported.borrow().clone();
    assert_eq!(reported, ["linked F-1", "commented F-1", "commented F-1"]);
    assert_eq!(kept.timeline("F-1")[2..], ["commented", "commented"]);
    assert_eq!(kept.task("F-1").state, TaskState::InSync, "nothing else is the matter");
}

#[test]
fn nobody_hears_their_own_words() {
    for kept in [Kept::new(), Kept::at_data_center()] {
        let kept = in_sync(kept);
        kept.push("F-1", "fixed");
        kept.run_for(3_600);
        assert_eq!(kept.jira().issue("ABC-1").comments.len(), 1, "the move was commented");
        assert_eq!(told(&kept), []);
        kept.jira().comments("ABC-1", "Grace", "Thanks");
        kept.run_for(3_600);
        assert_eq!(told(&kept), [said("Grace", false, "Thanks")]);
        assert_eq!(kept.jira().issue("ABC-1").comments.len(), 2, "and nothing is answered");
    }
}

#[test]
fn what_is_older_or_restricted_is_not_told() {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.run_for(60);
    kept.jira().comments("ABC-1", "Grace", "From before");
    kept.run_for(600);
    kept.mapped(talking());
    kept.run_for(600);
    let secret = kept.jira().comments("ABC-1", "Grace", "For administrators");
    kept.jira().restricts("ABC-1", secret);
    kept.run_for(600);
    assert_eq!(told(&kept), []);
    kept.jira().comments("ABC-1", "Grace", "For all");
    kept.run_for(600);
    assert_eq!(told(&kept), [said("Grace", false, "For all")]);
    kept.mapped(mapping());
    kept.jira().comments("ABC-1", "Grace", "Nobody listens");
    kept.run_for(7_200);
    kept.mapped(talking());
    kept.run_for(7_200);
    assert_eq!(told(&kept).len(), 1, "switching it on again tells nothing of what was said meanwhile");
}

#[test]
fn comments_of_an_issue_that_is_linked_by_hand_are_told_from_then_on() {
    let kept = in_sync(Kept::new());
    kept.act("F-1", TaskAction::Unlink { by: "Tia".to_owned() }).expect("unlinked");
    kept.jira().comments("ABC-1", "Grace", "Meanwhile");
    kept.run_for(600);
    let link = TaskAction::Link { issue: "ABC-1".to_owned(), by: "Tia".to_owned() };
    kept.act("F-1", link).expect("linked");
    kept.run_for(600);
    assert_eq!(told(&kept), []);
    kept.jira().comments("ABC-1", "Grace", "Now");
    kept.run_for(600);
    assert_eq!(told(&kept), [said("Grace", false, "Now")]);
}

#[test]
fn an_issue_that_did_not_change_is_not_read_again_and_its_text_is_not_stored_openly() {
    let kept = in_sync(Kept::new());
    kept.jira().comments("ABC-1", "Grace", "The password is swordfish");
    kept.run_for(300);
    let read = kept.jira().count("GET issue/10001/comment");
    kept.run_for(7_200);
    assert_eq!((read, kept.jira().count("GET issue/10001/comment")), (1, 1));
    assert!(!kept.outside.tables.tables.dump().contains("swordfish"));
    assert_eq!(told(&kept).len(), 1);
}

#[test]
fn killed_while_comments_are_heard_it_tells_each_once() {
    for step in 0..40 {
        let kept = in_sync(Kept::new());
        kept.jira().comments("ABC-1", "Grace", "One");
        kept.jira().comments("ABC-1", "Grace", "Two");
        kept.outside.platform.faults.kill_at(step);
        for _ in 0..5 {
            if !kept.run() {
                break;
            }
        }
        kept.outside.platform.faults.revive();
        kept.restart();
        kept.outside.alarm.set(Some(kept.now()));
        kept.run_for(600);
        assert_eq!(told(&kept), [said("Grace", false, "One"), said("Grace", false, "Two")], "killed at step {step}");
    }
}
