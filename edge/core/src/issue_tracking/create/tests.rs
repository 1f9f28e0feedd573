//! What is sent, how answers are read, and that a lost answer never makes a second issue.

use api::{LabelRule, PriorityTarget};

use super::*;
use crate::issue_tracking::tests::world::{at, id, mapping, metadata, name};

fn mark(nonce: &str) -> TaskMark {
    TaskMark { project: "prj_1".into(), task: "a/../b".into(), nonce: nonce.into(), trial: false }
}

fn content(title: &str) -> TaskContent<'_> {
    TaskContent {
        title,
        body: Some("It is **bad**."),
        url: Some("https://product.example/f/1"),
        kind: None,
        priority: None,
        labels: &[],
    }
}

#[expect(clippy::result_large_err, reason = "its caller stores what blocks the task at once")]
fn made(task: &TaskContent<'_>, mapping: &Mapping, version: JiraVersion) -> Result<NewIssue, Blocked> {
    new_issue(task, mapping, &metadata(), version, "ABC", &mark("n1"))
}

#[test]
fn an_issue_is_born_with_all_that_the_task_says_and_our_mark() {
    let mut mapping = mapping();
    mapping.priorities.push(PriorityTarget { priority: name("high"), to: Some(id("1")) });
    mapping.labels = LabelRule { copied: true, always: vec![name("causeway")] };
    let (high, labels) = (name("high"), [name("two words")]);
    let task = TaskContent { priority: Some(&high), labels: &labels, ..content("SQL\n injection") };
    let issue = made(&task, &mapping, JiraVersion::DataCenter).expect("an issue");
    assert_eq!(
        issue.body,
        json!({
            "fields": {
                "project": {"key": "ABC"}, "issuetype": {"id": "10001"}, "summary": "SQL injection",
                "description": "It is {*}bad{*}.\n\n[https://product.example/f/1|https://product.example/f/1]",
                "priority": {"id": "1"}, "labels": ["causeway", "two_words"],
            },
            "properties": [{"key": "causeway", "value": {"project": "prj_1", "task": "a/../b", "nonce": "n1"}}],
        })
    );
    let cloud = made(&task, &mapping, JiraVersion::Cloud).expect("an issue");
    assert_eq!(cloud.body["fields"]["description"]["type"], "doc");
}

#[test]
fn a_title_that_is_too_long_is_cut_and_stands_whole_in_the_description() {
    let long = "é".repeat(300);
    let issue = made(&content(&long), &mapping(), JiraVersion::DataCenter).expect("an issue");
    let summary = issue.body["fields"]["summary"].as_str().expect("a text");
    assert!(summary.chars().count() == 255 && summary.ends_with('…'));
    assert!(issue.body["fields"]["description"].as_str().is_some_and(|text| text.starts_with(&long)));
}

#[test]
fn what_jira_would_refuse_is_told_before_it_is_asked() {
    let refused = |mapping: &Mapping, metadata: &JiraMetadata| {
        let made = new_issue(&content("t"), mapping, metadata, JiraVersion::Cloud, "ABC", &mark("n"));
        made.expect_err("refused").cause
    };
    let with = |change: fn(&mut JiraMetadata)| {
        let mut metadata = metadata();
        change(&mut metadata);
        metadata
    };
    let field = |of: &str, form, option: &str| {
        let mut mapping = mapping();
        let values = vec![FieldText::parse(option).expect("a text")];
        mapping.issue_types[0].fields.push(FieldValue { field: id(of), form, values });
        mapping
    };
    let whole = mapping();
    assert_eq!(refused(&Mapping::default(), &metadata()), BlockedCause::MappingIncomplete);
    assert_eq!(refused(&whole, &with(|it| it.issue_types.clear())), BlockedCause::IssueTypeMissing);
    assert_eq!(refused(&whole, &with(|it| it.issue_types[0].is_subtask = true)), BlockedCause::ParentWanted);
    assert_eq!(
        refused(&whole, &with(|it| it.issue_types[0].fields[6].is_required = true)),
        BlockedCause::FieldRequired
    );
    assert_eq!(refused(&whole, &with(|it| it.permissions[0].is_granted = false)), BlockedCause::ProjectMissing);
    assert_eq!(refused(&whole, &with(|it| it.permissions[1].is_granted = false)), BlockedCause::NotPermitted);
    assert_eq!(refused(&field("customfield_9", FieldForm::Text, "x"), &metadata()), BlockedCause::FieldRefused);
    assert_eq!(refused(&field("customfield_1", FieldForm::Option, "999"), &metadata()), BlockedCause::ValueUnknown);
    assert_eq!(refused(&field("customfield_2", FieldForm::Number, "many"), &metadata()), BlockedCause::ValueUnknown);
    let filled = field("customfield_1", FieldForm::Option, "101");
    let issue = new_issue(
        &content("t"),
        &filled,
        &with(|it| it.issue_types[0].fields[6].is_required = true),
        JiraVersion::Cloud,
        "ABC",
        &mark("n"),
    );
    assert_eq!(issue.expect("an issue").body["fields"]["customfield_1"], json!({"id": "101"}));
}

#[test]
fn only_an_answer_of_jira_itself_is_a_refusal() {
    let sent = made(&content("t"), &mapping(), JiraVersion::Cloud).expect("an issue");
    let read = |status, body: &str| read_creation(status, body.as_bytes(), &sent, &metadata());
    let created = Creation::Created { id: id("10042"), key: "ABC-7".into() };
    assert_eq!(read(201, r#"{"id":"10042","key":"ABC-7","self":"https://x"}"#), created);
    for (status, body) in [
        (201, ""),
        (201, "{"),
        (201, "<html>"),
        (200, "{}"),
        (302, ""),
        (500, "{}"),
        (502, "<html>"),
        (503, ""),
        (400, "<html>"),
        (403, "<html>"),
        (500, r#"{"errorMessages":["x"]}"#),
    ] {
        assert_eq!(read(status, body), Creation::Unknown, "{status} {body}");
    }
    assert_eq!(read(429, ""), Creation::Limited);
    assert_eq!(read(401, r#"{"message":"no"}"#), Creation::CredentialRefused);
    let Creation::Refused(blocked) = read(400, r#"{"errorMessages":[],"errors":{"customfield_1":"x is required."}}"#)
    else {
        panic!("it is refused");
    };
    assert_eq!((blocked.cause, blocked.field.as_deref()), (BlockedCause::FieldRequired, Some("customfield_1")));
}

fn found(of: &str, created: i64, nonce: Option<&str>) -> FoundIssue {
    FoundIssue {
        id: id(of),
        key: format!("ABC-{of}"),
        created: Some(at(created)),
        updated: None,
        status: None,
        mark: nonce.map(mark),
    }
}

#[test]
fn a_lost_issue_is_looked_for_three_times_before_anything_else() {
    let mut attempt = CreationAttempt::new("n1".into(), at(0));
    assert_eq!(attempt.next_look(), at(15));
    assert_eq!(after_lost_answer(&mut attempt, &[], at(15)), AfterLostAnswer::LookAgain { at: at(60) });
    assert_eq!(after_lost_answer(&mut attempt, &[], at(60)), AfterLostAnswer::LookAgain { at: at(300) });
    assert_eq!(after_lost_answer(&mut attempt, &[], at(300)), AfterLostAnswer::LookAgain { at: at(900) });
    assert_eq!(after_lost_answer(&mut attempt, &[], at(900)), AfterLostAnswer::LookAgain { at: at(1_800) });
    assert_eq!(after_lost_answer(&mut attempt, &[], at(1_800)), AfterLostAnswer::LookAgain { at: at(3_600) });
    assert_eq!(after_lost_answer(&mut attempt, &[], at(3_600)), AfterLostAnswer::CreateAgain, "an hour is gone");
}

#[test]
fn an_issue_with_our_nonce_is_adopted_and_none_with_another_ones() {
    let mut attempt = CreationAttempt::new("n1".into(), at(0));
    let others = [found("1", 1, Some("n2")), found("2", 2, None)];
    assert!(matches!(after_lost_answer(&mut attempt, &others, at(15)), AfterLostAnswer::LookAgain { .. }));
    let with_ours = [found("1", 1, Some("n2")), found("3", 1, Some("n1"))];
    let adopted = AfterLostAnswer::Adopt { id: id("3"), key: "ABC-3".into() };
    assert_eq!(after_lost_answer(&mut attempt, &with_ours, at(60)), adopted);
}

#[test]
fn the_index_has_passed_the_attempt_only_when_it_shows_a_much_younger_issue() {
    let looked = |created| {
        let mut attempt = CreationAttempt { looks: 2, ..CreationAttempt::new("n1".into(), at(0)) };
        after_lost_answer(&mut attempt, &[found("1", created, None)], at(900))
    };
    assert!(matches!(looked(-5), AfterLostAnswer::LookAgain { .. }), "it is older");
    assert!(matches!(looked(120), AfterLostAnswer::LookAgain { .. }), "it may have been indexed first");
    assert_eq!(looked(600), AfterLostAnswer::CreateAgain);
    let mut early = CreationAttempt::new("n1".into(), at(0));
    let young = [found("1", 700, None)];
    assert!(matches!(after_lost_answer(&mut early, &young, at(15)), AfterLostAnswer::LookAgain { .. }));
}

/// Ten thousand issues, one answer in ten lost after Jira did the work, and an index that is up to ten minutes late, each
/// issue by another time.
#[test]
fn lost_answers_and_a_late_index_make_no_issue_twice_and_lose_none() {
    struct Made {
        nonce: usize,
        created: i64,
        shown: i64,
    }
    let mut state = 0x9E37_79B9_u64;
    let mut below = |end: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) % end
    };
    let mut jira: Vec<Made> = Vec::new();
    let mut waiting: Vec<(i64, usize, CreationAttempt)> = Vec::new();
    for (number, second) in (0..10_000).zip((0..).step_by(20)) {
        let was_carried_out = below(20) != 0;
        let is_lost = !was_carried_out || below(10) == 0;
        if was_carried_out {
            let late = i64::try_from(below(600)).expect("small");
            jira.push(Made { nonce: number, created: second, shown: second + late });
        }
        if is_lost {
            let attempt = CreationAttempt::new(number.to_string(), at(second));
            waiting.push((second + 15, number, attempt));
        }
    }
    while let Some(next) = (0..waiting.len()).min_by_key(|index| waiting[*index].0) {
        let (now, number, mut attempt) = waiting.swap_remove(next);
        let sent = attempt.sent_at.as_millis() / 1000;
        // As the search does: around the attempt.
        let shown =
            jira.iter().filter(|made| made.shown <= now && made.created >= sent - 120 && made.created <= sent + 720);
        let shown: Vec<FoundIssue> = shown
            .map(|made| found(&(made.nonce + 1).to_string(), made.created, Some(&made.nonce.to_string())))
            .collect();
        match after_lost_answer(&mut attempt, &shown, at(now)) {
            AfterLostAnswer::Adopt { id, .. } => assert_eq!(id.as_str(), (number + 1).to_string()),
            AfterLostAnswer::LookAgain { at } => waiting.push((at.as_millis() / 1000, number, attempt)),
            AfterLostAnswer::CreateAgain => jira.push(Made { nonce: number, created: now, shown: now }),
        }
    }
    let mut nonces: Vec<usize> = jira.iter().map(|made| made.nonce).collect();
    nonces.sort_unstable();
    assert_eq!(nonces, (0..10_000).collect::<Vec<_>>());
}
