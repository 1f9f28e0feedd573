//! What becomes of a checkup's findings, and when one runs by itself.

use api::Site;

use super::*;
use crate::{
    checkup::{CheckupFindings, Subject},
    connection_status::CredentialState,
    failure_facts::FailureFacts,
};

fn well(fixture: &Fixture, connection: &Connection) -> CheckupFindings {
    CheckupFindings {
        moved_to: None,
        facts: FailureFacts::default(),
        owner_active: None,
        grant: Some(grant_of(fixture, connection)),
        is_refused: false,
        credential: Some(CredentialState::Works),
        trouble: None,
        site: None,
        scopes: None,
        passed: true,
        begun_at: None,
    }
}

fn trouble(fixture: &Fixture, connection: &Connection, cause: Cause) -> CheckupFindings {
    CheckupFindings { trouble: Some(cause), passed: false, ..well(fixture, connection) }
}

fn record(fixture: &Fixture, connection: &Connection, findings: CheckupFindings) -> Recorded {
    let record = RecordCheckup { connection: connection.id.clone(), findings };
    fixture.ask(&fixture.ada(), &record).expect("recorded")
}

fn events(fixture: &Fixture, connection: &Connection) -> Vec<TimelineEvent> {
    let find = Call::<GetTimeline>::new(connection.id.clone(), TimelineQuery::default());
    fixture.ask(&fixture.ada(), &find).expect("a timeline").items.into_iter().map(|entry| entry.read().event).collect()
}

fn due(fixture: &Fixture) -> Vec<ConnectionId> {
    let due = fixture.turn().take_due_checkups(100).expect("asked");
    due.into_iter().map(|subject| subject.connection.id).collect()
}

#[test]
fn findings_make_the_status_and_are_written_down() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let recorded = record(&fixture, &connection, trouble(&fixture, &connection, Cause::IpAllowList));
    assert_eq!(recorded.status, Status::Interrupted { cause: Cause::IpAllowList, since: fixture.now });
    let shown = show(&fixture, &connection);
    assert_eq!((shown.status, shown.checked_at), (recorded.status, Some(fixture.now)));
    record(&fixture, &connection, well(&fixture, &connection));
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
    assert_eq!(
        events(&fixture, &connection)[..4],
        [
            TimelineEvent::Recovered,
            TimelineEvent::Tested { passed: true, cause: None },
            TimelineEvent::Interrupted { cause: Cause::IpAllowList },
            TimelineEvent::Tested { passed: false, cause: Some(Cause::IpAllowList) },
        ]
    );
}

#[test]
fn a_refresh_does_not_hide_what_a_checkup_found_at_the_site() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    record(&fixture, &connection, trouble(&fixture, &connection, Cause::IpAllowList));
    let report =
        GrantReport::Refreshed { at: fixture.now, generation: Generation(2), reauthorize_before: Some(fixture.now) };
    fixture.as_edge(&ReportGrant { grant: grant_of(&fixture, &connection), report }).expect("heard");
    assert_eq!(show(&fixture, &connection).status.cause(), Some(Cause::IpAllowList));
}

#[test]
fn findings_about_a_grant_that_was_replaced_meanwhile_change_nothing() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let late = trouble(&fixture, &connection, Cause::SiteGone);
    reauthorize(&fixture, &ada, &connection, "max").expect("saved");
    assert_eq!(record(&fixture, &connection, late).status, Status::Authorized);
    assert_eq!(show(&fixture, &connection).checked_at, None);
}

#[test]
fn a_checkup_that_did_not_come_far_says_nothing_new() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    record(&fixture, &connection, trouble(&fixture, &connection, Cause::IpAllowList));
    let nothing = CheckupFindings { credential: None, trouble: None, passed: false, ..well(&fixture, &connection) };
    assert_eq!(record(&fixture, &connection, nothing).status.cause(), Some(Cause::IpAllowList));
}

#[test]
fn a_renamed_site_heals_and_the_timeline_says_from_what_to_what() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let before = connection.site.clone().expect("a site");
    let renamed = Site { name: "Apex".into(), url: "https://apex.example".into(), ..before.clone() };
    let findings = CheckupFindings { site: Some(renamed.clone()), ..well(&fixture, &connection) };
    record(&fixture, &connection, findings.clone());
    assert_eq!(show(&fixture, &connection).site, Some(renamed.clone()));
    let from = format!("{} ({})", before.name, before.url);
    let healed = TimelineEvent::SiteRenamed { from, to: "Apex (https://apex.example)".into() };
    assert_eq!(events(&fixture, &connection).iter().filter(|event| **event == healed).count(), 1);
    let other = Site { cloud_id: Some("cloud-2".into()), ..before };
    record(&fixture, &connection, CheckupFindings { site: Some(other), ..findings });
    assert_eq!(show(&fixture, &connection).site, Some(renamed), "a connection stays on its site");
}

#[test]
fn scopes_that_a_later_consent_narrowed_are_missing_from_now_on() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let scopes = vec!["read:jira-user".to_owned()];
    record(&fixture, &connection, CheckupFindings { scopes: Some(scopes.clone()), ..well(&fixture, &connection) });
    let shown = show(&fixture, &connection);
    assert_eq!(shown.scopes, scopes);
    assert!(shown.missing_scopes.contains(&"read:jira-work".to_owned()));
}

#[test]
fn every_connection_is_looked_at_once_a_day_at_a_time_of_its_own() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let ids: Vec<_> = (0..20).map(|n| fixture.connect(&ada, &format!("Connection {n}")).id).collect();
    assert!(due(&fixture).is_empty(), "they were authorized just now");
    let mut seen = Vec::new();
    let mut at_once = 0;
    for _ in 0..24 {
        fixture.pass(3_600);
        let now = due(&fixture);
        at_once = at_once.max(now.len());
        seen.extend(now);
    }
    seen.sort();
    let mut all = ids;
    all.sort();
    assert_eq!(seen, all);
    assert!(at_once < 10, "{at_once} of 20 within an hour");
}

#[test]
fn a_checkup_that_is_taken_is_put_off_so_that_one_that_is_cut_off_does_not_come_back_at_once() {
    let mut fixture = Fixture::new();
    fixture.connect(&fixture.ada(), "Staging");
    fixture.pass(86_400);
    assert_eq!(due(&fixture).len(), 1);
    assert!(due(&fixture).is_empty());
}

#[test]
fn the_alarm_knows_when_the_next_checkup_is_due() {
    let fixture = Fixture::new();
    fixture.connect(&fixture.ada(), "Staging");
    let next = || fixture.turn().next_checkup_at().expect("asked").expect("one");
    assert!(next() > fixture.now);
    assert!(fixture.turn().housekeeping_due().expect("asked").expect("due") <= next());
    let later = Fixture { now: fixture.now.plus_seconds(90_000), ..fixture };
    assert_eq!(later.turn().next_checkup_at(), Ok(Some(later.now)), "what is overdue is due now");
}

#[test]
fn without_a_credential_nothing_is_looked_at() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let report = GrantReport::Unauthorized { since: fixture.now, cause: Cause::RotationLost };
    fixture.as_edge(&ReportGrant { grant: grant_of(&fixture, &connection), report }).expect("heard");
    fixture.pass(86_400);
    assert!(due(&fixture).is_empty());
    assert_eq!(fixture.turn().next_checkup_at(), Ok(None));
}

#[test]
fn one_refused_grant_makes_the_siblings_of_its_account_due_at_once() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let four: Vec<_> = (0..4).map(|n| fixture.connect(&ada, &format!("Connection {n}"))).collect();
    let other = fixture.connect(&ada, "Of Max");
    reauthorize(&fixture, &ada, &other, "max").expect("saved");
    let report = GrantReport::Unauthorized { since: fixture.now, cause: Cause::GrantRefused };
    fixture.as_edge(&ReportGrant { grant: grant_of(&fixture, &four[0]), report }).expect("heard");
    let mut now = due(&fixture);
    now.sort();
    let mut siblings: Vec<_> = four[1..].iter().map(|connection| connection.id.clone()).collect();
    siblings.sort();
    assert_eq!(now, siblings);
}

#[test]
fn calls_that_fail_ask_for_a_checkup_at_most_every_ten_seconds() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let want = RequestCheckup { connection: connection.id.clone() };
    fixture.as_edge(&want).expect("heard");
    assert_eq!(due(&fixture), vec![connection.id.clone()]);
    let findings = well(&fixture, &connection);
    fixture.turn().record_own_checkup(&connection.id, &findings).expect("kept");
    fixture.pass(5);
    fixture.as_edge(&want).expect("heard");
    assert!(due(&fixture).is_empty(), "the last one was just now");
    fixture.pass(5);
    assert_eq!(due(&fixture).len(), 1, "but what began to fail after it is looked into all the same");
}

#[test]
fn a_refused_credential_is_not_used_until_jira_accepts_it_whatever_calls_and_keepers_report() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let admitted = |fixture: &Fixture| {
        fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() }).expect("decided")
    };
    let cause = Cause::CredentialRefused;
    let kept = Some(CredentialState::Unavailable { cause });
    let findings = well(&fixture, &connection);
    let refused = CheckupFindings { credential: kept, is_refused: true, passed: false, ..findings.clone() };
    fixture.turn().record_own_checkup(&connection.id, &refused).expect("kept");
    assert_eq!(admitted(&fixture), Admitted::CredentialRefused { cause, kind: CredentialKind::CloudOauth2 });

    fixture.pass(61);
    due(&fixture);
    fixture.as_edge(&RequestCheckup { connection: connection.id.clone() }).expect("heard");
    assert!(due(&fixture).is_empty(), "calls do not hurry the question");
    let report = GrantReport::Refreshed { at: fixture.now, generation: Generation(1), reauthorize_before: None };
    fixture.as_edge(&ReportGrant { grant: grant_of(&fixture, &connection), report }).expect("heard");
    let silent = CheckupFindings { is_refused: false, ..refused };
    fixture.turn().record_own_checkup(&connection.id, &silent).expect("kept");
    assert_eq!(admitted(&fixture), Admitted::CredentialRefused { cause, kind: CredentialKind::CloudOauth2 });

    fixture.turn().record_own_checkup(&connection.id, &findings).expect("kept");
    assert!(matches!(admitted(&fixture), Admitted::To { .. }));
    let happened = events(&fixture, &connection);
    let times = |event: &TimelineEvent| happened.iter().filter(|other| *other == event).count();
    assert_eq!((times(&TimelineEvent::Interrupted { cause }), times(&TimelineEvent::Recovered)), (1, 1));
}

#[test]
fn an_interrupted_connection_is_looked_at_again_soon_and_recovers_by_itself() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let interrupted = trouble(&fixture, &connection, Cause::IpAllowList);
    fixture.turn().record_own_checkup(&connection.id, &interrupted).expect("kept");
    fixture.pass(120);
    assert_eq!(due(&fixture), vec![connection.id.clone()]);
    let findings = well(&fixture, &connection);
    fixture.turn().record_own_checkup(&connection.id, &findings).expect("kept");
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
    assert_eq!(events(&fixture, &connection)[0], TimelineEvent::Recovered);
}

#[test]
fn checkups_that_run_by_themselves_are_written_down_only_when_they_end_otherwise() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let keep = |findings: &CheckupFindings| fixture.turn().record_own_checkup(&connection.id, findings).expect("kept");
    let tested = || events(&fixture, &connection).iter().filter(|e| matches!(e, TimelineEvent::Tested { .. })).count();
    let (good, bad) = (well(&fixture, &connection), trouble(&fixture, &connection, Cause::SiteUnreachable));
    let counts = [&good, &good, &bad, &bad, &good].map(|findings| {
        keep(findings);
        tested()
    });
    assert_eq!(counts, [0, 0, 1, 1, 2]);
}

/// Begins a checkup; `None` if the last result has to do.
fn begin(fixture: &Fixture, who: &Caller, connection: &Connection) -> Option<Subject> {
    match fixture.ask(who, &BeginCheckup { connection: connection.id.clone() }).expect("begun") {
        CheckupBegun::Run(subject) => Some(*subject),
        CheckupBegun::Recent(recorded) => {
            assert_eq!(recorded.status, show(fixture, connection).status);
            None
        }
    }
}

#[test]
fn keys_that_ask_again_and_again_get_the_last_result_and_jira_is_asked_every_ten_seconds() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let (one, other) = (
        key(&fixture, &[KeyScope::ConnectionsRead], None),
        key(&fixture, &[KeyScope::ConnectionsRead, KeyScope::ConnectionsWrite], None),
    );
    assert!(begin(&fixture, &one, &connection).is_some());
    assert!(begin(&fixture, &other, &connection).is_none(), "although the first has not ended");
    assert!(begin(&fixture, &ada, &connection).is_some(), "a person tests whenever they like");
    fixture.pass(9);
    assert!(begin(&fixture, &one, &connection).is_none());
    fixture.pass(1);
    assert!(begin(&fixture, &one, &connection).is_some());
    record(&fixture, &connection, trouble(&fixture, &connection, Cause::IpAllowList));
    fixture.pass(9);
    assert!(begin(&fixture, &one, &connection).is_none());
    fixture.pass(-3_600);
    assert!(begin(&fixture, &one, &connection).is_some(), "a clock that was set back keeps nobody waiting");
}

#[test]
fn a_checkup_for_a_key_is_written_down_only_when_it_ends_otherwise() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], None);
    let (good, bad) = (well(&fixture, &connection), trouble(&fixture, &connection, Cause::SiteUnreachable));
    let mut counts = Vec::new();
    for findings in [&good, &good, &bad, &bad, &good] {
        fixture.pass(60);
        let record = RecordCheckup { connection: connection.id.clone(), findings: findings.clone() };
        fixture.ask(&reader, &record).expect("recorded");
        counts.push(tested(&fixture, &connection));
    }
    assert_eq!(counts, [0, 0, 1, 1, 2]);
}

#[test]
fn a_person_who_tests_without_a_pause_does_not_fill_the_timeline() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let findings = well(&fixture, &connection);
    (0..20).for_each(|_| drop(record(&fixture, &connection, findings.clone())));
    assert_eq!(tested(&fixture, &connection), 1);
    fixture.pass(10);
    record(&fixture, &connection, findings);
    assert_eq!(tested(&fixture, &connection), 2);
}

fn tested(fixture: &Fixture, connection: &Connection) -> usize {
    events(fixture, connection).iter().filter(|event| matches!(event, TimelineEvent::Tested { .. })).count()
}

#[test]
fn a_checkup_may_be_asked_for_by_those_who_may_see_the_connection() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(vec![one.id.clone()]));
    let begin = |connection: &Connection| BeginCheckup { connection: connection.id.clone() };
    assert!(fixture.ask(&reader, &begin(&one)).is_ok());
    assert_eq!(fixture.ask(&reader, &begin(&two)).err(), Some(Refusal::NotFound));
    let findings = well(&fixture, &two);
    let record = RecordCheckup { connection: two.id.clone(), findings };
    assert_eq!(fixture.ask(&reader, &record).err(), Some(Refusal::NotFound));
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    assert_eq!(fixture.ask(&caller, &begin(&one)).err(), Some(Refusal::Forbidden));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(one.id.clone(), Nothing {})).expect("deleted");
    assert_eq!(fixture.ask(&ada, &begin(&one)).err(), Some(Refusal::ConnectionDeleted));
}

#[test]
fn no_key_hurries_the_next_question_about_a_refused_credential() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], None);
    let kept = Some(CredentialState::Unavailable { cause: Cause::CredentialRefused });
    let refused = CheckupFindings { credential: kept, is_refused: true, passed: false, ..well(&fixture, &connection) };
    record(&fixture, &connection, refused);
    fixture.pass(15);
    assert!(begin(&fixture, &reader, &connection).is_none(), "Jira may count refusals");
    assert!(begin(&fixture, &ada, &connection).is_some(), "a person tests whenever they like");
    fixture.pass(3_600);
    assert!(begin(&fixture, &reader, &connection).is_some());
}

#[test]
fn a_checkup_that_was_held_up_revives_no_refused_credential() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let held_up = CheckupFindings { begun_at: Some(fixture.now), ..well(&fixture, &connection) };
    let cause = Cause::CredentialRefused;
    let kept = Some(CredentialState::Unavailable { cause });
    let refused = CheckupFindings { credential: kept, is_refused: true, passed: false, ..held_up.clone() };
    record(&fixture, &connection, refused);
    fixture.pass(121);
    record(&fixture, &connection, held_up);
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let admitted = fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() });
    assert_eq!(admitted, Ok(Admitted::CredentialRefused { cause, kind: CredentialKind::CloudOauth2 }));
    record(&fixture, &connection, well(&fixture, &connection));
    let admitted = fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() });
    assert!(matches!(admitted, Ok(Admitted::To { .. })), "{admitted:?}");
}
