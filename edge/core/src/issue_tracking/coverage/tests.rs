//! What a check finds, and that it finds nothing where nothing is wrong.

use api::{FieldForm, FieldText, FieldValue, KindTarget, OutRule, PriorityTarget, ProductStatus, TransitionField};

use super::*;
use crate::issue_tracking::tests::world::{id, mapping, metadata, name};

type Change = fn(&mut Mapping, &mut JiraMetadata);

fn value(field: &str, form: FieldForm, text: &str) -> FieldValue {
    FieldValue { field: id(field), form, values: FieldText::parse(text).into_iter().collect() }
}

#[test]
fn a_whole_mapping_can_be_saved() {
    let found = check(&mapping(), &metadata());
    assert_eq!(found, MappingCheck { findings: Vec::new(), can_be_saved: true });
}

#[test]
fn every_fault_is_found_where_it_is() {
    use MappingFault as F;
    use MappingPart as P;
    let table: [(F, P, &str, Change); 22] = [
        (F::ProductStatusUncovered, P::Out, "fixed", |m, _| {
            m.issue_types[0].out.retain(|rule| rule.status != name("fixed"));
        }),
        (F::JiraStatusUncovered, P::In, "30", |m, _| m.issue_types[0].inward.retain(|rule| rule.status != id("30"))),
        (F::ProductStatusUnknown, P::Out, "lost", |m, _| {
            m.issue_types[0].out.push(OutRule { status: name("lost"), to: None });
        }),
        (F::ProductStatusUnknown, P::In, "10", |m, _| m.issue_types[0].inward[0].to = Some(name("lost"))),
        (F::JiraStatusUnknown, P::Out, "open", |m, _| m.issue_types[0].out[0].to = Some(id("999"))),
        (F::JiraStatusUnknown, P::PassThrough, "999", |m, _| m.issue_types[0].pass_through.push(id("999"))),
        (F::Repeated, P::Statuses, "open", |m, _| {
            m.statuses.push(ProductStatus { status: name("open"), category: None });
        }),
        (F::Repeated, P::PassThrough, "30", |m, _| m.issue_types[0].pass_through = vec![id("30"), id("30")]),
        (F::Empty, P::Statuses, "", |m, _| m.statuses.clear()),
        (F::Empty, P::IssueTypes, "", |m, _| m.issue_types.clear()),
        (F::IssueTypeUnknown, P::IssueTypes, "10001", |_, jira| jira.issue_types.clear()),
        (F::IssueTypeUnknown, P::Kinds, "odd", |m, _| {
            m.kinds.push(KindTarget { kind: name("odd"), issue_type: id("7") });
        }),
        (F::IssueTypeIsSubtask, P::IssueTypes, "10001", |_, jira| jira.issue_types[0].is_subtask = true),
        (F::FieldUncovered, P::Fields, "customfield_1", |_, jira| jira.issue_types[0].fields[6].is_required = true),
        (F::FieldUnknown, P::Fields, "customfield_9", |m, _| {
            m.issue_types[0].fields.push(value("customfield_9", FieldForm::Text, "x"));
        }),
        (F::ValueUnfit, P::Fields, "customfield_1", |m, _| {
            m.issue_types[0].fields.push(value("customfield_1", FieldForm::Option, "999"));
        }),
        (F::ValueUnfit, P::TransitionFields, "resolution", |m, _| {
            let value = value("resolution", FieldForm::Option, "");
            m.issue_types[0].transition_fields.push(TransitionField { to: id("40"), value });
        }),
        (F::PriorityUnknown, P::Priorities, "high", |m, _| {
            m.priorities.push(PriorityTarget { priority: name("high"), to: Some(id("99")) });
        }),
        (F::TooMany, P::Kinds, "", |m, _| {
            m.kinds = (0..201).map(|n| KindTarget { kind: name(&n.to_string()), issue_type: id("10001") }).collect();
        }),
        (F::WordUnknown, P::Rules, "toss_a_coin", |m, _| {
            m.issue_types[0].on_conflict = api::ConflictRule::read("toss_a_coin");
        }),
        (F::PassThroughIsTarget, P::PassThrough, "20", |m, _| m.issue_types[0].pass_through.push(id("20"))),
        (F::PermissionMissing, P::Permissions, "CREATE_ISSUES", |_, jira| jira.permissions[1].is_granted = false),
    ];
    for (fault, part, item, change) in table {
        let (mut mapping, mut metadata) = (mapping(), metadata());
        change(&mut mapping, &mut metadata);
        let found = check(&mapping, &metadata);
        let at = |finding: &&MappingFinding| finding.fault == fault && finding.place.part == part;
        let finding = found.findings.iter().find(at).unwrap_or_else(|| panic!("{fault:?} in {part:?}: {found:?}"));
        assert_eq!(finding.place.item.as_deref().unwrap_or_default(), item, "{fault:?}");
        assert!(finding.sentence.ends_with('.'), "{}", finding.sentence);
        assert_eq!(finding.prevents_saving, fault.prevents_saving());
        assert_eq!(found.can_be_saved, !found.findings.iter().any(|one| one.prevents_saving), "{fault:?}");
    }
}

#[test]
fn what_only_should_be_known_does_not_prevent_saving_and_comes_last() {
    let mut mapping = mapping();
    mapping.statuses.push(ProductStatus { status: name("offen"), category: None });
    mapping.issue_types[0].out.push(OutRule { status: name("offen"), to: Some(id("10")) });
    let found = check(&mapping, &metadata());
    let faults: Vec<_> = found.findings.iter().map(|finding| finding.fault).collect();
    assert_eq!(faults, [MappingFault::CategoryUnsaid, MappingFault::NotReversible]);
    assert!(found.can_be_saved);
    mapping.issue_types[0].out.clear();
    let found = check(&mapping, &metadata());
    assert!(!found.can_be_saved && found.findings[0].prevents_saving);
}

#[test]
fn a_status_that_is_left_on_purpose_is_covered() {
    let mut mapping = mapping();
    for rule in &mut mapping.issue_types[0].out {
        rule.to = None;
    }
    for rule in &mut mapping.issue_types[0].inward {
        rule.to = None;
    }
    assert!(check(&mapping, &metadata()).can_be_saved);
}
