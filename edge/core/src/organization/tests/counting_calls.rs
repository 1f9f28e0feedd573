//! What becomes of the calls that the proxy counted: their history, and what they say about a connection's status.

use super::*;
use crate::{
    checkup::CheckupFindings,
    connection_status::CredentialState,
    organization::{CallCount, CountedCalls, FailingRun, HOUR, KeyCalls, ObservedRateLimit, RecordCalls, step_of},
};

fn nothing(connection: &Connection) -> CountedCalls {
    CountedCalls {
        connection: connection.id.clone(),
        counts: vec![],
        failed: vec![],
        succeeded_at: None,
        failing: None,
        is_mixed: false,
        rate_limit: None,
        keys: vec![],
    }
}

fn count(at: Timestamp, outcome: CallOutcome, count: u32) -> CallCount {
    CallCount { hour: step_of(at, HOUR), outcome, count, slowest_millis: 40, last_at: at }
}

/// A batch of calls that failed in a row, one a second, until now.
fn failing(fixture: &Fixture, connection: &Connection, outcome: CallOutcome, failed: u32) -> CountedCalls {
    let cause = outcome.cause().expect("a cause");
    let calls = (0..failed).rev().map(|ago| fixture.now.plus_seconds(-i64::from(ago)));
    let run = calls.map(|at| FailingRun::began(at, outcome, cause, Some(503))).reduce(FailingRun::and_then);
    let counts = vec![count(fixture.now, outcome, failed)];
    CountedCalls { counts, failing: run, ..nothing(connection) }
}

fn succeeding(fixture: &Fixture, connection: &Connection) -> CountedCalls {
    let counts = vec![count(fixture.now, CallOutcome::Succeeded, 1)];
    CountedCalls { counts, succeeded_at: Some(fixture.now), ..nothing(connection) }
}

fn tell(fixture: &Fixture, calls: CountedCalls) -> Result<(), Refusal> {
    fixture.as_edge(&RecordCalls { connections: vec![calls] })
}

fn calls_of(fixture: &Fixture, who: &Caller, connection: &Connection, period: CallPeriod) -> Result<Calls, Refusal> {
    fixture.ask(who, &Call::<GetCalls>::new(connection.id.clone(), CallsQuery { period: Some(period) }))
}

fn checked(fixture: &Fixture, connection: &Connection, trouble: Option<Cause>) -> CheckupFindings {
    CheckupFindings {
        moved_to: None,
        owner_active: None,
        grant: Some(grant_of(fixture, connection)),
        is_refused: false,
        credential: Some(CredentialState::Works),
        trouble,
        facts: crate::failure_facts::FailureFacts::default(),
        site: None,
        scopes: None,
        passed: trouble.is_none(),
        begun_at: None,
    }
}

fn times(fixture: &Fixture, connection: &Connection, event: &TimelineEvent) -> usize {
    let find = Call::<GetTimeline>::new(connection.id.clone(), TimelineQuery::default());
    let entries = fixture.ask(&fixture.ada(), &find).expect("a timeline").items;
    entries.into_iter().map(|entry| entry.read().event).filter(|other| other == event).count()
}

const SITE_FAILS: TimelineEvent = TimelineEvent::Interrupted { cause: Cause::SiteUnreachable };

/// A connection that was authorized a while ago.
fn connected() -> (Fixture, Connection) {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    fixture.pass(60);
    (fixture, connection)
}

#[test]
fn calls_that_fail_in_a_row_interrupt_a_connection_since_the_first_of_them_even_right_after_a_passed_checkup() {
    let (mut fixture, connection) = connected();
    fixture.turn().record_own_checkup(&connection.id, &checked(&fixture, &connection, None)).expect("kept");
    fixture.pass(5);
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
    let shown = show(&fixture, &connection);
    let since = fixture.now.plus_seconds(-2);
    assert_eq!(shown.status, Status::Interrupted { cause: Cause::SiteUnreachable, since });
    let run = shown.calls.and_then(|calls| calls.failing).expect("calls fail");
    assert_eq!((run.since, run.failed, run.of, run.http_status), (since, 3, 3, Some(503)));
    fixture.pass(10);
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 5)).expect("told");
    let shown = show(&fixture, &connection);
    assert_eq!(shown.status.since(), Some(since), "the incident is the same");
    assert_eq!(shown.calls.and_then(|calls| calls.failing).map(|run| run.failed), Some(8));
    assert_eq!(times(&fixture, &connection, &SITE_FAILS), 1);
    let due = fixture.turn().next_checkup_at().expect("asked").expect("one is due");
    assert!(due.since(fixture.now) < 120_000, "a checkup looks whether it is over, also if no call comes any more");
}

#[test]
fn a_call_that_succeeds_ends_what_calls_and_checkups_found() {
    let (mut fixture, connection) = connected();
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
    let outage = checked(&fixture, &connection, Some(Cause::SiteUnreachable));
    fixture.turn().record_own_checkup(&connection.id, &outage).expect("kept");
    assert_eq!(times(&fixture, &connection, &SITE_FAILS), 1);
    fixture.pass(3);
    tell(&fixture, succeeding(&fixture, &connection)).expect("told");
    let shown = show(&fixture, &connection);
    assert_eq!((shown.status, shown.calls.and_then(|calls| calls.failing)), (Status::Authorized, None));
    assert_eq!(times(&fixture, &connection, &TimelineEvent::Recovered), 1);
}

#[test]
fn a_success_before_the_checkup_disproves_nothing() {
    let (mut fixture, connection) = connected();
    let early = succeeding(&fixture, &connection);
    fixture.pass(3);
    let outage = checked(&fixture, &connection, Some(Cause::SiteUnreachable));
    fixture.turn().record_own_checkup(&connection.id, &outage).expect("kept");
    tell(&fixture, early).expect("told");
    assert_eq!(show(&fixture, &connection).status.cause(), Some(Cause::SiteUnreachable));
}

#[test]
fn a_connection_of_which_some_calls_fail_and_some_succeed_stays_as_it_is() {
    let (mut fixture, connection) = connected();
    for _ in 0..20 {
        tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 2)).expect("told");
        fixture.pass(2);
        tell(&fixture, succeeding(&fixture, &connection)).expect("told");
        fixture.pass(4);
        tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
        fixture.pass(2);
        tell(&fixture, succeeding(&fixture, &connection)).expect("told");
        assert_eq!(show(&fixture, &connection).status, Status::Authorized);
        fixture.pass(2);
    }
    assert_eq!(times(&fixture, &connection, &SITE_FAILS), 0);
}

#[test]
fn a_scheduled_checkup_that_passes_does_not_hide_calls_that_go_on_failing_and_ends_those_that_stopped() {
    let (mut fixture, connection) = connected();
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
    fixture.turn().record_own_checkup(&connection.id, &checked(&fixture, &connection, None)).expect("kept");
    assert_eq!(show(&fixture, &connection).status.cause(), Some(Cause::SiteUnreachable));
    fixture.pass(60);
    fixture.turn().record_own_checkup(&connection.id, &checked(&fixture, &connection, None)).expect("kept");
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
}

#[test]
fn a_checkup_that_a_person_runs_and_that_passes_is_believed_until_calls_fail_again() {
    let (mut fixture, connection) = connected();
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
    let record = RecordCheckup { connection: connection.id.clone(), findings: checked(&fixture, &connection, None) };
    assert_eq!(fixture.ask(&fixture.ada(), &record).expect("recorded").status, Status::Authorized);
    fixture.pass(5);
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 3)).expect("told");
    assert_eq!(show(&fixture, &connection).status.cause(), Some(Cause::SiteUnreachable));
}

#[test]
fn every_outcome_that_lies_in_the_connection_marks_it_with_its_cause_and_ends_no_credential() {
    for outcome in CallOutcome::ALL.iter().copied().filter(|outcome| outcome.cause().is_some()) {
        let (fixture, connection) = connected();
        tell(&fixture, failing(&fixture, &connection, outcome, 3)).expect("told");
        let status = show(&fixture, &connection).status;
        assert!(matches!(status, Status::Interrupted { cause, .. } if Some(cause) == outcome.cause()), "{outcome:?}");
        let caller = key(&fixture, &[KeyScope::Proxy], None);
        let admitted = fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() });
        assert!(matches!(admitted, Ok(Admitted::To { .. })), "{outcome:?}: {admitted:?}");
    }
}

#[test]
fn reauthorizing_forgets_the_calls_and_the_checkup_before_it() {
    let (mut fixture, connection) = connected();
    let ada = fixture.ada();
    tell(&fixture, failing(&fixture, &connection, CallOutcome::Credential, 3)).expect("told");
    fixture.turn().record_own_checkup(&connection.id, &checked(&fixture, &connection, None)).expect("kept");
    let late = failing(&fixture, &connection, CallOutcome::Credential, 3);
    fixture.pass(1);
    reauthorize(&fixture, &ada, &connection, "max").expect("saved");
    let shown = show(&fixture, &connection);
    assert_eq!((shown.status, shown.checked_at), (Status::Authorized, None));
    tell(&fixture, late).expect("told");
    let shown = show(&fixture, &connection);
    assert_eq!((shown.status, shown.calls.and_then(|calls| calls.failing)), (Status::Authorized, None));
}

#[test]
fn calls_are_shown_by_the_hour_the_quarter_of_a_day_and_the_day() {
    let (mut fixture, connection) = connected();
    tell(&fixture, succeeding(&fixture, &connection)).expect("told");
    tell(&fixture, failing(&fixture, &connection, CallOutcome::JiraFault, 2)).expect("told");
    fixture.pass(3600);
    let ada = fixture.ada();
    tell(&fixture, succeeding(&fixture, &connection)).expect("told");
    let day = calls_of(&fixture, &ada, &connection, CallPeriod::Day).expect("calls");
    let counts: Vec<Vec<u32>> =
        day.steps.iter().map(|step| step.counts.iter().map(|one| one.count).collect()).collect();
    assert_eq!((counts, day.step_seconds), (vec![vec![2, 1], vec![1]], 3600));
    assert_eq!((day.until, day.steps[0].slowest_millis), (fixture.now, 40));
    assert!(day.from.since(fixture.now) <= -23 * HOUR && day.from.since(fixture.now) > -24 * HOUR);
    for (period, step_seconds) in [(CallPeriod::Week, 21_600), (CallPeriod::Month, 86_400)] {
        let calls = calls_of(&fixture, &ada, &connection, period).expect("calls");
        let all: u32 = calls.steps.iter().flat_map(|step| &step.counts).map(|one| one.count).sum();
        assert_eq!((all, calls.step_seconds), (4, step_seconds));
    }
    let summary = show(&fixture, &connection).calls.expect("calls");
    assert_eq!((summary.succeeded.len(), summary.failed.len()), (24, 24));
    assert_eq!((&summary.succeeded[22..], &summary.failed[22..]), (&[1, 1][..], &[2, 0][..]));
    assert_eq!(summary.last_succeeded_at, Some(fixture.now));
}

#[test]
fn only_the_last_twenty_failed_calls_are_kept() {
    let (fixture, connection) = connected();
    let failed = |number: u32| FailedCall {
        at: fixture.now.plus_seconds(number.into()),
        method: "GET".to_owned(),
        path: format!("/rest/api/3/issue/A-{number}"),
        status: 503,
        outcome: CallOutcome::JiraFault,
        request_id: format!("req_{number}"),
    };
    for batch in [0..15, 15..30] {
        tell(&fixture, CountedCalls { failed: batch.map(failed).collect(), ..nothing(&connection) }).expect("told");
    }
    let shown = calls_of(&fixture, &fixture.ada(), &connection, CallPeriod::Day).expect("calls").failed;
    let expected: Vec<FailedCall> = (10..30).rev().map(failed).collect();
    assert_eq!(shown, expected);
}

#[test]
fn counts_are_kept_for_a_month_and_gone_with_the_connection() {
    let (mut fixture, connection) = connected();
    tell(&fixture, succeeding(&fixture, &connection)).expect("told");
    let rows = |fixture: &Fixture| {
        fixture.tables.rows::<serde_json::Value>("SELECT connection FROM calls", vec![]).expect("rows").len()
    };
    fixture.pass(31 * 86_400 - 3600);
    fixture.turn().sweep();
    assert_eq!(rows(&fixture), 1);
    fixture.pass(2 * 3600);
    let due = fixture.turn().housekeeping_due().expect("asked").expect("something is due");
    assert!(due <= fixture.now, "the alarm comes for it");
    fixture.turn().sweep();
    assert_eq!(rows(&fixture), 0);
}

#[test]
fn a_batch_about_a_connection_that_is_gone_changes_nothing() {
    let (fixture, connection) = connected();
    let gone = Connection { id: ConnectionId::parse("con_gone").expect("an id"), ..connection.clone() };
    let both = vec![succeeding(&fixture, &gone), succeeding(&fixture, &connection)];
    fixture.as_edge(&RecordCalls { connections: both }).expect("told");
    assert_eq!(show(&fixture, &connection).calls.map(|calls| calls.succeeded.iter().sum::<u32>()), Some(1));
}

#[test]
fn a_rate_limit_names_who_spent_it_only_as_far_as_the_caller_may_know() {
    let (fixture, connection) = connected();
    let ada = fixture.ada();
    let other = fixture.connect(&ada, "Other");
    let Caller::ApiKey(digest) = key(&fixture, &[KeyScope::Proxy], None) else { panic!("a key") };
    let said = ObservedRateLimit {
        at: fixture.now,
        limit: Some(65_000),
        remaining: Some(64_000),
        resets_at: Some(fixture.now.plus_seconds(60)),
        limited_until: Some(fixture.now),
    };
    let keys = vec![KeyCalls { hour: step_of(fixture.now, HOUR), key: digest, count: 7 }];
    tell(&fixture, CountedCalls { rate_limit: Some(said), keys, ..nothing(&connection) }).expect("told");
    let limit = calls_of(&fixture, &ada, &connection, CallPeriod::Day).expect("calls").rate_limit.expect("a limit");
    assert_eq!((limit.remaining, limit.limited_until), (Some(64_000), None), "the pause is over");
    let own = Spender { name: "CI".to_owned(), connection: Some(connection.id.clone()), calls: 7 };
    assert_eq!(limit.spenders, [own]);

    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    assert!(calls_of(&fixture, &max, &connection, CallPeriod::Day).is_err(), "Max may not see the connection");
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(vec![other.id.clone()]));
    let limit = calls_of(&fixture, &reader, &other, CallPeriod::Day).expect("calls").rate_limit.expect("one site");
    assert_eq!(limit.spenders, [Spender { name: "Other API keys".to_owned(), connection: None, calls: 7 }]);
}
