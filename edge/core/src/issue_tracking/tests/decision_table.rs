//! The tables of `decision_table.md`, against the code: every combination there is, by the first row that fits it.

use api::{BlockedCause, ConflictRule, InRule, Keep, Mapping, OutRule, ProductStatus, ReopenRule, StatusCategory};

use super::world::{at, id, issue, mapping, name, type_mapping};
use crate::issue_tracking::{
    BaseStatuses, IssueLook, LinkOrigin, LinkState, ProductSide, SyncStep, decide, link::MoveUnderWay,
};

const DOCUMENT: &str = include_str!("../decision_table.md");
const DAY: i64 = 86_400;

/// The rows of the table below a heading, without its head.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, after) = DOCUMENT.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let section = after.split("\n## ").next().unwrap_or_default();
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect();
    section.lines().filter(|line| line.starts_with('|')).skip(2).map(cells).collect()
}

fn fits(cell: &str, value: &str) -> bool {
    cell == "–" || cell.split(", ").any(|one| one == value)
}

/// The step of the first row that fits; the last cell of a row is the step.
fn looked_up(heading: &str, values: &[&str]) -> &'static str {
    let rows = rows(heading);
    let row = rows.iter().find(|row| row.iter().zip(values).all(|(cell, value)| fits(cell, value)));
    row.and_then(|row| row.last()).unwrap_or_else(|| panic!("no row for {values:?} under {heading}"))
}

#[derive(Clone, Copy, Debug)]
struct Case {
    choice: &'static str,
    base: &'static str,
    task: &'static str,
    issue: &'static str,
    out: &'static str,
    inward: &'static str,
    on_conflict: ConflictRule,
    on_reopen: ReopenRule,
}

impl Case {
    /// Every combination that can be.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        let pairs = [
            ("same", "same"),
            ("same", "changed"),
            ("same", "ours"),
            ("changed", "same"),
            ("changed", "changed"),
            ("changed", "ours"),
        ];
        for choice in ["none", "product", "jira"] {
            for base in ["agreed", "created", "linked"] {
                // Before anything was agreed, nothing can be as agreed.
                for (task, issue) in pairs
                    .into_iter()
                    .filter(|(task, issue)| base == "agreed" || (*task == "changed" && *issue != "same"))
                {
                    for out in ["here", "elsewhere", "reopens", "left", "unsaid"] {
                        for inward in ["same", "other", "left", "unsaid"] {
                            for on_conflict in ConflictRule::ALL {
                                for on_reopen in ReopenRule::ALL {
                                    let (on_conflict, on_reopen) = (*on_conflict, *on_reopen);
                                    all.push(Self { choice, base, task, issue, out, inward, on_conflict, on_reopen });
                                }
                            }
                        }
                    }
                }
            }
        }
        all
    }

    fn documented(&self) -> &'static str {
        let rule = self.on_conflict;
        let step =
            looked_up("Step", &[self.choice, self.base, self.task, self.issue, self.out, self.inward, rule.as_str()]);
        match step {
            "issue follows" => looked_up("The issue follows", &[self.out, self.on_reopen.as_str()]),
            "issue follows, even if it reopens" => looked_up("The issue follows", &[self.out, "reopen"]),
            "task follows" => looked_up("The task follows", &[self.inward]),
            step => step,
        }
    }

    fn task_status(&self) -> &'static str {
        if self.task == "same" { "first" } else { "second" }
    }

    fn issue_status(&self) -> &'static str {
        match self.issue {
            "same" => "110",
            "changed" => "120",
            _ => "130",
        }
    }

    fn mapping(&self) -> Mapping {
        let (task, issue) = (name(self.task_status()), id(self.issue_status()));
        let mut of_type = type_mapping();
        (of_type.on_conflict, of_type.on_reopen) = (self.on_conflict, self.on_reopen);
        of_type.out = match self.out {
            "here" => vec![OutRule { status: task.clone(), to: Some(issue.clone()) }],
            "left" => vec![OutRule { status: task.clone(), to: None }],
            "unsaid" => Vec::new(),
            _ => vec![OutRule { status: task.clone(), to: Some(id("190")) }],
        };
        of_type.inward = match self.inward {
            "same" => vec![InRule { status: issue, to: Some(task.clone()) }],
            "other" => vec![InRule { status: issue, to: Some(name("third")) }],
            "left" => vec![InRule { status: issue, to: None }],
            _ => Vec::new(),
        };
        let statuses = vec![ProductStatus { status: task, category: Some(StatusCategory::ToDo) }];
        Mapping { statuses, issue_types: vec![of_type], ..Mapping::default() }
    }

    fn link(&self) -> LinkState {
        let origin = if self.base == "linked" { LinkOrigin::Linked } else { LinkOrigin::Created };
        let mut link = LinkState::new(origin, id("10000"), ProductSide::new(name(self.task_status()), None));
        link.base = (self.base == "agreed").then(|| BaseStatuses { task: name("first"), issue: id("110") });
        link.keep_side = match self.choice {
            "product" => Some(Keep::Product),
            "jira" => Some(Keep::Jira),
            _ => None,
        };
        let way = MoveUnderWay { from: id("110"), to: id("190"), through: vec![id("130")] };
        link.moving = (self.issue == "ours").then_some(way);
        link
    }

    fn decided(&self) -> SyncStep {
        let mut issue = issue(self.issue_status());
        issue.status.category =
            Some(if self.out == "reopens" { StatusCategory::Done } else { StatusCategory::InProgress });
        decide(&self.link(), &IssueLook::Found(issue), &self.mapping(), at(0))
    }
}

/// The step in the words of the table.
fn word(step: &SyncStep) -> String {
    match step {
        SyncStep::InSync => "nothing".into(),
        SyncStep::Settle { .. } => "settle".into(),
        SyncStep::Move { .. } => "move".into(),
        SyncStep::Tell { .. } => "tell".into(),
        SyncStep::Block(blocked) => format!("blocked: {}", blocked.cause.as_str()),
        SyncStep::Conflict => "conflict".into(),
        SyncStep::LookAgain { .. } => "look again".into(),
        SyncStep::Missing => "missing".into(),
        SyncStep::MovedAway => "moved away".into(),
    }
}

#[test]
fn every_combination_is_decided_as_the_table_says() {
    let all = Case::all();
    assert_eq!(all.len(), 3 * (6 + 2 + 2) * 5 * 4 * 9);
    for case in all {
        assert_eq!(word(&case.decided()), case.documented(), "{case:?}");
    }
}

#[test]
fn no_row_of_the_table_is_in_vain() {
    for heading in ["Step", "The issue follows", "The task follows"] {
        let rows = rows(heading);
        let mut used = vec![false; rows.len()];
        for case in Case::all() {
            let rule = case.on_conflict.as_str().to_owned();
            let values = match heading {
                "Step" => vec![case.choice, case.base, case.task, case.issue, case.out, case.inward, &rule],
                "The issue follows" => vec![case.out, case.on_reopen.as_str()],
                _ => vec![case.inward],
            };
            let first = rows.iter().position(|row| row.iter().zip(&values).all(|(cell, value)| fits(cell, value)));
            used[first.expect("a row")] = true;
        }
        let idle: Vec<_> = rows.iter().zip(used).filter(|(_, used)| !used).map(|(row, _)| row.join(" | ")).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }
}

#[test]
fn a_step_says_what_it_needs() {
    for case in Case::all() {
        let (task, issue) = (name(case.task_status()), id(case.issue_status()));
        match case.decided() {
            SyncStep::Settle { base } => assert_eq!(base, BaseStatuses { task, issue }, "{case:?}"),
            SyncStep::Tell { status, base } => {
                assert_eq!((status, base), (name("third"), BaseStatuses { task: name("third"), issue }), "{case:?}");
            }
            SyncStep::Move { to } => assert_eq!(to, id("190"), "{case:?}"),
            _ => {}
        }
    }
}

#[test]
fn what_comes_before_the_table_is_decided_as_it_is_documented() {
    let fixed = |link: &mut LinkState| link.product = ProductSide::new(name("fixed"), None);
    for row in rows("Before all that") {
        let mut link = LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name("open"), None));
        link.base = Some(BaseStatuses { task: name("open"), issue: id("10") });
        let mut issue = issue("10");
        let mut is_seen = true;
        match row[0] {
            "is not seen" => is_seen = false,
            "is not seen for a day" => (is_seen, link.unseen_since) = (false, Some(at(0))),
            "is in another Jira project" => issue.project = id("10999"),
            "is as agreed" => {}
            "has a type that the mapping does not have" => {
                issue.issue_type = id("10999");
                fixed(&mut link);
            }
            "is archived and should move" => {
                issue.is_archived = true;
                fixed(&mut link);
            }
            "was moved more than six times in ten minutes and should move" => {
                fixed(&mut link);
                for second in 0..6 {
                    assert!(matches!(
                        decide(&link, &IssueLook::Found(issue.clone()), &mapping(), at(DAY)),
                        SyncStep::Move { .. }
                    ));
                    link.begin_leg(&id("10"), &id("40"), &id("40"), at(DAY - 60 + second));
                }
            }
            other => panic!("the test does not know {other:?}"),
        }
        let look = if is_seen { IssueLook::Found(issue) } else { IssueLook::NotSeen };
        assert_eq!(word(&decide(&link, &look, &mapping(), at(DAY))), row[1], "{}", row[0]);
    }
}

#[test]
fn an_issue_counts_as_missing_only_after_a_day_and_is_found_again() {
    let mut link = LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name("open"), None));
    link.base = Some(BaseStatuses { task: name("open"), issue: id("10") });
    let first = decide(&link, &IssueLook::NotSeen, &mapping(), at(0));
    assert_eq!(first, SyncStep::LookAgain { at: at(DAY) });
    link.record(&first, None, at(0));
    assert_eq!(decide(&link, &IssueLook::NotSeen, &mapping(), at(DAY - 1)), SyncStep::LookAgain { at: at(DAY) });
    assert_eq!(decide(&link, &IssueLook::NotSeen, &mapping(), at(DAY)), SyncStep::Missing);
    let seen = issue("10");
    link.record(&SyncStep::InSync, Some(&seen), at(DAY));
    assert_eq!(decide(&link, &IssueLook::NotSeen, &mapping(), at(2 * DAY)), SyncStep::LookAgain { at: at(3 * DAY) });
}

#[test]
fn an_issue_that_is_moved_back_stays_blocked_until_somebody_tries_again() {
    let mut link = LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name("fixed"), None));
    link.base = Some(BaseStatuses { task: name("open"), issue: id("10") });
    for second in 0..6 {
        link.begin_leg(&id("10"), &id("40"), &id("40"), at(second));
    }
    let look = IssueLook::Found(issue("10"));
    let step = decide(&link, &look, &mapping(), at(10));
    link.record(&step, Some(&issue("10")), at(10));
    let later = decide(&link, &look, &mapping(), at(DAY));
    assert!(matches!(later, SyncStep::Block(blocked) if blocked.cause == BlockedCause::MovedBack));
    link.retry();
    assert!(matches!(decide(&link, &look, &mapping(), at(DAY)), SyncStep::Move { .. }));
}
