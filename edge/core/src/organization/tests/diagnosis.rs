//! Why a connection does not work, as it is told to whom.

use super::*;
use crate::{
    checkup::CheckupFindings, configuration::OperatorInfo, connection_status::CredentialState,
    failure_facts::FailureFacts,
};

fn found(fixture: &Fixture, connection: &Connection, trouble: Option<Cause>, facts: FailureFacts) -> CheckupFindings {
    CheckupFindings {
        grant: Some(grant_of(fixture, connection)),
        credential: Some(CredentialState::Works),
        is_refused: false,
        trouble,
        site: None,
        scopes: None,
        owner_active: None,
        moved_to: None,
        facts,
        passed: trouble.is_none(),
        begun_at: None,
    }
}

fn check(fixture: &Fixture, connection: &Connection, trouble: Option<Cause>, facts: FailureFacts) {
    let findings = found(fixture, connection, trouble, facts);
    fixture.turn().record_own_checkup(&connection.id, &findings).expect("recorded");
}

/// A new workspace that the connection is granted to.
fn workspace_with(fixture: &Fixture, connection: &Connection) -> WorkspaceId {
    let ada = fixture.ada();
    let new = NewWorkspace::named(name("Web"));
    let workspace = fixture.ask(&ada, &Call::<CreateWorkspace>::new((), new)).expect("made").id;
    let access = NewAccess { workspaces: vec![workspace.clone()], confirmed: false };
    fixture.ask(&ada, &Call::<EditAccess>::new(connection.id.clone(), access)).expect("granted");
    workspace
}

fn said(fixture: &Fixture, connection: &Connection) -> Diagnosis {
    show(fixture, connection).diagnosis.expect("a diagnosis")
}

#[test]
fn a_token_endpoint_that_is_down_is_named_with_what_it_answers() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let (since, cause, status) = (fixture.now, Cause::AtlassianUnreachable, Some(503));
    report(&fixture, &grant_of(&fixture, &connection), GrantReport::Interrupted { since, cause, status });
    let said_now = said(&fixture, &connection);
    assert_eq!(said_now.why, "Causeway needs a new token, and Atlassian's sign-in service answers 503.");
    assert_eq!((said_now.who, said_now.http_status), (Responsible::Nobody, Some(503)));
    report(&fixture, &grant_of(&fixture, &connection), refreshed(&fixture, 2));
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
}

#[test]
fn an_allowlist_shows_the_addresses_of_causeway_and_the_operator_is_named_only_where_needed() {
    let mut fixture = Fixture::new();
    fixture.operator = OperatorInfo {
        egress_addresses: vec!["192.0.2.7".to_owned()],
        support_url: Some("mailto:help@example.com".to_owned()),
    };
    let connection = fixture.connect(&fixture.ada(), "Staging");
    check(&fixture, &connection, Some(Cause::IpAllowList), FailureFacts::default());
    let listed = said(&fixture, &connection);
    assert_eq!((listed.egress_addresses, listed.support_url), (vec!["192.0.2.7".to_owned()], None));
    report(&fixture, &grant_of(&fixture, &connection), interrupted(&fixture, Cause::Unsealable));
    let sealed = said(&fixture, &connection);
    assert_eq!((sealed.who, sealed.support_url.as_deref()), (Responsible::Operator, Some("mailto:help@example.com")));
}

#[test]
fn a_limit_says_until_when_and_not_once_it_is_over() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let until = Some(fixture.now.plus_seconds(600));
    check(&fixture, &connection, Some(Cause::RateLimited), FailureFacts { limited_until: until, ..Default::default() });
    assert_eq!(said(&fixture, &connection).limited_until, until);
    fixture.pass(600);
    assert_eq!(said(&fixture, &connection).limited_until, None);
}

#[test]
fn a_connection_that_lacks_scopes_works_and_says_what_does_not() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    check(&fixture, &connection, None, FailureFacts::default());
    let shown = show(&fixture, &connection);
    assert_eq!(shown.status, Status::Authorized);
    let said = shown.diagnosis.expect("what does not work");
    assert!(said.why.starts_with("Not granted: "), "{said:?}");
    assert_eq!(said.who, Responsible::Reauthorizer);
}

#[test]
fn what_was_known_of_a_failure_ends_with_a_new_authorization() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let facts = FailureFacts { jira_status: Some(503), ..FailureFacts::default() };
    check(&fixture, &connection, Some(Cause::SiteUnreachable), facts);
    assert_eq!(said(&fixture, &connection).headline, "Jira answers 503");
    reauthorize(&fixture, &ada, &connection, "ada").expect("saved");
    assert!(fixture.turn().connection(&connection.id).expect("there").facts.is_empty());
}

#[test]
fn who_may_not_see_the_cause_is_told_by_name_whom_to_ask() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let workspace = workspace_with(&fixture, &connection);
    fixture.let_in(&workspace, "max@example.com", false);
    fixture.let_in(&workspace, "eve@example.com", true);
    fixture.sign_in("eve@example.com", "Eve").expect("Eve is a member");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is a member");
    check(&fixture, &connection, Some(Cause::SiteRefused), FailureFacts::default());
    let shown = fixture.ask(&max, &Call::<GetConnection>::new(connection.id.clone(), Nothing {})).expect("seen");
    let said = shown.diagnosis.expect("whom to ask");
    assert!(said.remedy.contains("Ada") && said.remedy.contains("Eve") && !said.remedy.contains("Max"), "{said:?}");
    assert!(!said.remedy.contains('@') && !said.why.contains("account"), "{said:?}");
}

#[test]
fn our_own_wrong_secret_marks_a_connection_only_once_no_token_is_left() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let grant = grant_of(&fixture, &connection);
    report(&fixture, &grant, interrupted(&fixture, Cause::ClientRefused));
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
    let credential = Some(CredentialState::Unavailable { cause: Cause::ClientRefused });
    let findings = CheckupFindings { credential, ..found(&fixture, &connection, None, FailureFacts::default()) };
    fixture.turn().record_own_checkup(&connection.id, &findings).expect("recorded");
    assert_eq!(said(&fixture, &connection).who, Responsible::Operator);
    report(&fixture, &grant, refreshed(&fixture, 2));
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
}
