//! Which transition is made, and which way is walked.

use api::{BlockedCause, FieldForm, FieldText, FieldValue, JiraField, TransitionField};

use super::*;
use crate::issue_tracking::tests::world::{field, id, status, type_mapping};

fn offered(transition: &str, to: &str, has_screen: bool, fields: Vec<JiraField>) -> OfferedTransition {
    OfferedTransition { id: transition.to_owned(), to: status(to), has_screen, fields }
}

fn plain(transition: &str, to: &str) -> OfferedTransition {
    offered(transition, to, false, Vec::new())
}

fn resolution() -> JiraField {
    JiraField { is_required: true, ..field("resolution", FieldForm::Option, &["1", "2"]) }
}

fn with_resolution(option: &str) -> IssueTypeMapping {
    let value = FieldValue {
        field: id("resolution"),
        form: FieldForm::Option,
        values: vec![FieldText::parse(option).expect("a text")],
    };
    let mut of_type = type_mapping();
    of_type.transition_fields.push(TransitionField { to: id("40"), value });
    of_type
}

fn asked(to: &str, offered: &[OfferedTransition], of_type: &IssueTypeMapping, learned: &LearnedWorkflow) -> NextLeg {
    let to = id(to);
    next_leg(&MoveQuestion {
        version: JiraVersion::Cloud,
        to: &to,
        offered,
        learned,
        of_type,
        legs_left: api::WALK_STEPS,
        may_move: None,
    })
}

fn made(leg: NextLeg) -> (String, Value) {
    match leg {
        NextLeg::Make { next, body } => (next.to_string(), body),
        NextLeg::Block(blocked) => panic!("{blocked:?}"),
    }
}

fn blocked(leg: NextLeg) -> Blocked {
    match leg {
        NextLeg::Block(blocked) => blocked,
        NextLeg::Make { .. } => panic!("{leg:?}"),
    }
}

#[test]
fn the_transition_whose_fields_the_mapping_fills_is_made_before_one_without_a_screen() {
    let all = [
        plain("1", "40"),
        offered("2", "40", true, vec![resolution()]),
        offered("3", "40", true, Vec::new()),
        plain("4", "10"),
    ];
    let (_, body) = made(asked("40", &all, &with_resolution("1"), &LearnedWorkflow::default()));
    assert_eq!(body, json!({"transition": {"id": "2"}, "fields": {"resolution": {"id": "1"}}}));
    let (_, body) = made(asked("40", &all, &type_mapping(), &LearnedWorkflow::default()));
    assert_eq!(body, json!({"transition": {"id": "1"}}), "nothing to fill in: without a screen");
    let (_, body) = made(asked("40", &all[1..], &type_mapping(), &LearnedWorkflow::default()));
    assert_eq!(body["transition"]["id"], "3");
}

#[test]
fn a_resolution_that_jira_forgot_to_list_is_sent_to_a_screen_and_only_there() {
    let learned = LearnedWorkflow::default();
    let (_, body) = made(asked("40", &[offered("1", "40", true, vec![])], &with_resolution("1"), &learned));
    assert_eq!(body["fields"]["resolution"]["id"], "1");
    let (_, body) = made(asked("40", &[plain("1", "40")], &with_resolution("1"), &learned));
    assert_eq!(body.get("fields"), None);
}

#[test]
fn a_way_that_wants_more_than_the_mapping_has_names_the_field() {
    let only = [offered("2", "40", true, vec![resolution()])];
    for of_type in [type_mapping(), with_resolution("999")] {
        let blocked = blocked(asked("40", &only, &of_type, &LearnedWorkflow::default()));
        assert_eq!((blocked.cause, blocked.field.as_deref()), (BlockedCause::WayWantsFields, Some("resolution")));
    }
    let with_default = [offered("2", "40", true, vec![JiraField { has_default: true, ..resolution() }])];
    assert_eq!(made(asked("40", &with_default, &type_mapping(), &LearnedWorkflow::default())).0, "40");
}

#[test]
fn no_way_tells_what_jira_offers_and_a_missing_permission_is_told_as_one() {
    let learned = LearnedWorkflow::default();
    let nowhere = blocked(asked("40", &[plain("1", "20"), plain("2", "10")], &type_mapping(), &learned));
    assert_eq!((nowhere.cause, nowhere.offered), (BlockedCause::NoWay, vec!["In Progress".into(), "To Do".into()]));
    let (to, of_type) = (id("40"), type_mapping());
    let question = |may_move| MoveQuestion {
        version: JiraVersion::Cloud,
        to: &to,
        offered: &[],
        learned: &learned,
        of_type: &of_type,
        legs_left: 4,
        may_move,
    };
    assert_eq!(blocked(next_leg(&question(Some(false)))).permission.as_deref(), Some("TRANSITION_ISSUES"));
    assert_eq!(blocked(next_leg(&question(Some(true)))).cause, BlockedCause::NoWay);
}

fn chain(length: u32) -> (LearnedWorkflow, IssueTypeMapping) {
    let mut learned = LearnedWorkflow::default();
    let mut of_type = type_mapping();
    for step in 0..length {
        let (from, to) = ((100 + step).to_string(), (101 + step).to_string());
        learned.learn(&id(&from), &[plain("1", &to), plain("2", "100")]);
        of_type.pass_through.push(id(&to));
    }
    (learned, of_type)
}

#[test]
fn a_way_is_walked_through_allowed_statuses_in_at_most_four_steps() {
    let first = [plain("7", "101")];
    for length in 2..=4 {
        let (learned, of_type) = chain(length);
        let to = (100 + length).to_string();
        assert_eq!(made(asked(&to, &first, &of_type, &learned)).1["transition"]["id"], "7", "{length} steps");
    }
    let (learned, of_type) = chain(5);
    assert_eq!(blocked(asked("105", &first, &of_type, &learned)).cause, BlockedCause::NoWay);
    let (learned, mut of_type) = chain(3);
    of_type.pass_through.retain(|status| *status != id("102"));
    assert_eq!(blocked(asked("103", &first, &of_type, &learned)).cause, BlockedCause::NoWay, "102 is not allowed");
}

#[test]
fn the_shortest_way_is_walked_and_circles_end() {
    let mut learned = LearnedWorkflow::default();
    learned.learn(&id("20"), &[plain("1", "10"), plain("2", "30")]);
    learned.learn(&id("30"), &[plain("1", "20"), plain("2", "40")]);
    learned.learn(&id("10"), &[plain("1", "20")]);
    let mut of_type = type_mapping();
    of_type.pass_through = ["20", "30", "10"].map(id).into();
    assert_eq!(made(asked("40", &[plain("1", "20"), plain("2", "30")], &of_type, &learned)).0, "30");
    assert_eq!(blocked(asked("99", &[plain("1", "20")], &of_type, &learned)).cause, BlockedCause::NoWay);
}

#[test]
fn where_no_way_is_known_an_allowed_status_that_was_never_left_is_tried() {
    let mut of_type = type_mapping();
    of_type.pass_through = vec![id("20")];
    let mut learned = LearnedWorkflow::default();
    assert_eq!(made(asked("40", &[plain("1", "20")], &of_type, &learned)).0, "20");
    learned.learn(&id("20"), &[]);
    assert_eq!(made(asked("40", &[plain("1", "20")], &of_type, &learned)).0, "20", "nothing is learned from nothing");
    learned.learn(&id("20"), &[plain("1", "10")]);
    assert_eq!(blocked(asked("40", &[plain("1", "20")], &of_type, &learned)).cause, BlockedCause::NoWay);
}
