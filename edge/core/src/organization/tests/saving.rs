//! *Save*, and taking it back.

use super::*;

#[test]
fn saving_claims_the_grant_once() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let authorization_id = fixture.authorize(&ada, "a", "cloud-1");
    let save = |name_: &str| {
        Call::<CreateConnection>::new(
            (),
            NewConnection {
                name: name(name_),
                authorization_id: Some(authorization_id.clone()),
                draft: None,
                workspaces: vec![],
            },
        )
    };
    let saved = fixture.ask(&ada, &save("Staging")).expect("saved");
    let grant = saved.held.expect("a grant");
    assert_eq!(saved.connection.status, Status::Authorized);
    assert_eq!(fixture.as_edge(&GetClaim { grant }), Ok(Claim::Held));
    assert_eq!(fixture.ask(&ada, &save("Again")).err(), Some(Refusal::AuthorizationNotReady));
}

#[test]
fn a_taken_name_does_not_spend_the_authorization() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.connect(&ada, "Staging");
    let authorization_id = fixture.authorize(&ada, "b", "cloud-1");
    let save = |name_: &str| {
        Call::<CreateConnection>::new(
            (),
            NewConnection {
                name: name(name_),
                authorization_id: Some(authorization_id.clone()),
                draft: None,
                workspaces: vec![],
            },
        )
    };
    assert_eq!(fixture.ask(&ada, &save("sTAGING")).err(), Some(Refusal::NameTaken));
    assert!(fixture.ask(&ada, &save("Production")).is_ok());
}

#[test]
fn of_two_who_edit_at_once_the_second_is_told() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let rename = |to: &str| Call::<EditConnection> {
        params: connection.id.clone(),
        request: ConnectionEdit { name: Some(name(to)), ..ConnectionEdit::default() },
        if_match: Some(connection.version.into()),
    };
    assert!(fixture.ask(&ada, &rename("Production")).is_ok());
    assert_eq!(fixture.ask(&ada, &rename("Sandbox")).err(), Some(Refusal::EditConflict));
    let now = fixture.ask(&ada, &Call::<GetConnection>::new(connection.id, Nothing {})).expect("there");
    assert_eq!(now.name.as_str(), "Production");
}

#[test]
fn a_reauthorization_can_be_taken_back_for_ten_minutes() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    let saved = reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    assert_eq!(saved.dropped, vec![], "the old grant is not destroyed at once");
    assert_eq!(saved.connection.revert_until, Some(fixture.now.plus_seconds(600)));
    assert_eq!(claim(&fixture, &old), Claim::Held);
    fixture.pass(599);
    let new = grant_of(&fixture, &connection);
    let back = revert(&fixture, &ada, &connection).expect("taken back");
    assert_eq!((back.held, back.dropped), (Some(old.clone()), vec![new.clone()]));
    assert_eq!(back.connection.account.expect("an account").account_id, "ada");
    assert_eq!((claim(&fixture, &old), claim(&fixture, &new)), (Claim::Held, Claim::Abandoned));
    fixture.pass(1800);
    assert_eq!(fixture.turn().retiring(), Ok(vec![new]), "the old grant is never destroyed");
    assert_eq!(revert(&fixture, &ada, &connection).err(), Some(Refusal::NothingToRevert));
}

#[test]
fn after_ten_minutes_there_is_nothing_to_take_back() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    fixture.pass(600);
    let refused = revert(&fixture, &ada, &connection);
    assert_eq!(refused.err(), Some(Refusal::NothingToRevert));
    assert_eq!(show(&fixture, &connection).revert_until, None);
    assert_eq!(claim(&fixture, &old), Claim::Abandoned);
}

#[test]
fn of_two_reauthorizations_only_the_last_can_be_taken_back() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let first = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    let saved = reauthorize(&fixture, &ada, &connection, "max").expect("saved");
    assert_eq!(saved.dropped, vec![first.clone()]);
    assert_eq!(fixture.turn().retiring(), Ok(vec![first]));
    let back = revert(&fixture, &ada, &connection).expect("taken back");
    assert_eq!(back.connection.account.expect("an account").account_id, "eve");
}

#[test]
fn a_credential_that_was_dead_cannot_be_gone_back_to() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    report(&fixture, &old, refused(&fixture));
    let saved = reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    assert_eq!((saved.dropped, saved.connection.revert_until), (vec![old], None));
    assert_eq!(saved.connection.status, Status::Authorized);
}

#[test]
fn a15_nothing_changes_before_a_reauthorization_by_another_account_is_saved() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    let attempt = fixture.reauthorize(&ada, &connection, "eve");
    let changes = fixture
        .ask(&ada, &Call::<GetAuthorization>::new(attempt, Nothing {}))
        .expect("shown")
        .changes
        .expect("changes");
    assert_eq!(changes.account_before.expect("an account").account_id, "ada");
    assert_eq!(changes.account_after.map(|account| account.account_id).as_deref(), Some("eve"));
    assert_eq!(show(&fixture, &connection), connection);
    assert_eq!(grant_of(&fixture, &connection), old);
}

#[test]
fn a14_the_scopes_that_were_not_granted_are_named() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    assert_eq!(connection.status, Status::Authorized);
    assert_eq!(connection.missing_scopes, ["read:jira-user", "write:jira-work", "offline_access", "read:me"]);
}
