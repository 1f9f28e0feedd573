//! What a preview lists is what carrying out does, and nothing else moves.

use super::*;
use crate::issue_tracking::{
    BaseStatuses, LinkOrigin, ProductSide,
    tests::world::{at, id, issue, mapping, name},
};

fn link(base: Option<(&str, &str)>, task: &str) -> LinkState {
    let mut link = LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name(task), None));
    link.base = base.map(|(task, issue)| BaseStatuses { task: name(task), issue: id(issue) });
    link
}

fn planned(link: &LinkState, in_status: &str, direction: ResyncDirection) -> PlannedStep {
    let task = ResyncTask { state: TaskState::InSync, status: &link.product.status, is_linked: true, link: Some(link) };
    plan(&task, Some(&IssueLook::Found(issue(in_status))), &mapping(), direction, at(0))
}

#[test]
fn a_direction_decides_only_what_does_not_agree() {
    use ResyncDirection::{Compare, JiraWins, ProductWins};
    let both_changed = link(Some(("open", "10")), "fixed");
    let conflict = planned(&both_changed, "20", Compare);
    assert_eq!((conflict.action, conflict.why.is_some()), (ResyncAction::Left, true));
    assert_eq!(planned(&both_changed, "20", ProductWins).moves_to, Some(id("40")));
    assert_eq!(planned(&both_changed, "20", JiraWins).tells, Some(name("in_progress")));
    let agreed = link(Some(("in_progress", "30")), "in_progress");
    for direction in [Compare, ProductWins, JiraWins] {
        assert_eq!(planned(&agreed, "30", direction).action, ResyncAction::Nothing, "{direction:?}");
        assert_eq!(planned(&link(None, "fixed"), "40", direction).action, ResyncAction::Settle, "{direction:?}");
    }
}

#[test]
fn what_agreed_by_an_earlier_mapping_is_put_right_where_a_side_stands() {
    let by_an_earlier_mapping = link(Some(("open", "40")), "open");
    assert_eq!(planned(&by_an_earlier_mapping, "40", ResyncDirection::Compare).action, ResyncAction::Nothing);
    assert_eq!(planned(&by_an_earlier_mapping, "40", ResyncDirection::ProductWins).moves_to, Some(id("10")));
    assert_eq!(planned(&by_an_earlier_mapping, "40", ResyncDirection::JiraWins).tells, Some(name("fixed")));
}

#[test]
fn what_has_no_issue_is_created_unless_jira_stands_or_somebody_unlinked_it() {
    let open = name("open");
    let of = |state, direction| {
        plan(&ResyncTask { state, status: &open, is_linked: false, link: None }, None, &mapping(), direction, at(0))
    };
    assert_eq!(of(TaskState::Blocked, ResyncDirection::Compare).action, ResyncAction::Create);
    assert_eq!(of(TaskState::Waiting, ResyncDirection::JiraWins).action, ResyncAction::Left);
    assert_eq!(of(TaskState::Unlinked, ResyncDirection::ProductWins).action, ResyncAction::Left);
    assert_eq!(of(TaskState::OutcomeUnknown, ResyncDirection::ProductWins).action, ResyncAction::Left);
}

#[test]
fn an_issue_that_is_not_seen_or_moved_away_is_left() {
    let link = link(Some(("open", "10")), "fixed");
    let task =
        ResyncTask { state: TaskState::InSync, status: &link.product.status, is_linked: true, link: Some(&link) };
    let mut elsewhere = issue("10");
    elsewhere.project = id("10999");
    for look in [IssueLook::NotSeen, IssueLook::Found(elsewhere)] {
        let planned = plan(&task, Some(&look), &mapping(), ResyncDirection::ProductWins, at(0));
        assert_eq!(planned.action, ResyncAction::Left, "{look:?}");
    }
}

/// Every pair of statuses, with every base: carrying out the plan ends where the preview said, and nothing is left to do.
#[test]
fn the_run_does_what_the_preview_lists_when_nothing_changed_in_between() {
    let tasks = ["open", "in_progress", "fixed", "ignored"];
    let issues = ["10", "20", "30", "40"];
    let mut bases = vec![None];
    bases.extend(tasks.iter().flat_map(|task| issues.iter().map(move |issue| Some((*task, *issue)))));
    let mut done = 0;
    for base in bases {
        for task in tasks {
            for at_first in issues {
                for direction in ResyncDirection::ALL.iter().copied() {
                    let mut link = link(base, task);
                    let preview = planned(&link, at_first, direction);
                    assert_eq!(preview.stands(&planned(&link, at_first, direction)), PlanNow::Stands);
                    if !preview.is_to_be_done() {
                        continue;
                    }
                    if let Some(side) = preview.stands {
                        link.begin_anew(side);
                    }
                    let mut is_at = at_first.to_owned();
                    for _ in 0..3 {
                        let seen = issue(&is_at);
                        let step = decide(&link, &IssueLook::Found(seen.clone()), &mapping(), at(0));
                        link.record(&step, Some(&seen), at(0));
                        if let SyncStep::Move { to } = step {
                            is_at = to.to_string();
                        }
                    }
                    let case = format!("{base:?} {task} {at_first} {direction:?}: {preview:?}");
                    assert_eq!(preview.moves_to.as_ref().map_or(at_first, JiraId::as_str), is_at, "{case}");
                    assert_eq!(
                        preview.tells.as_ref().map_or(task, Name::as_str),
                        link.product.status.as_str(),
                        "{case}"
                    );
                    assert_eq!(preview.stands(&planned(&link, &is_at, direction)), PlanNow::Done, "{case}");
                    done += 1;
                }
            }
        }
    }
    assert!(done > 200, "{done}");
}

#[test]
fn a_plan_that_something_changed_under_does_not_stand() {
    let link = link(Some(("open", "10")), "fixed");
    let preview = planned(&link, "10", ResyncDirection::Compare);
    assert_eq!(preview.action, ResyncAction::Move);
    assert_eq!(preview.stands(&planned(&link, "20", ResyncDirection::Compare)), PlanNow::Changed, "Jira changed");
    let changed = self::link(Some(("open", "10")), "in_progress");
    assert_eq!(
        preview.stands(&planned(&changed, "10", ResyncDirection::Compare)),
        PlanNow::Changed,
        "the task changed"
    );
}

#[test]
fn sums_say_how_many_go_where_and_what_that_costs() {
    let fixed = link(Some(("open", "10")), "fixed");
    let plans = [
        planned(&fixed, "10", ResyncDirection::Compare),
        planned(&fixed, "10", ResyncDirection::Compare),
        planned(&link(Some(("open", "10")), "in_progress"), "10", ResyncDirection::Compare),
        planned(&link(Some(("open", "10")), "open"), "10", ResyncDirection::Compare),
        planned(&fixed, "20", ResyncDirection::Compare),
    ];
    let name_of = |id: &JiraId| super::super::tests::world::status(id.as_str()).name;
    let (counts, moves) = sums(plans.iter(), name_of);
    assert_eq!(counts, ResyncCounts { moved: 3, nothing: 1, left: 1, ..ResyncCounts::default() });
    let moves: Vec<_> = moves.iter().map(|one| (one.to.as_str(), one.count)).collect();
    assert_eq!(moves, [("Done", 2), ("In Progress", 1)]);
    assert_eq!((points(&counts), seconds(&counts)), (21, 6));
}
