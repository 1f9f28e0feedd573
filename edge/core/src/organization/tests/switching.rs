//! Switched off and on: the credential stays, calls are refused, nothing is looked at.

use super::*;
use crate::checkup::CheckupFindings;

fn switch(fixture: &Fixture, connection: &Connection, on: bool) -> Result<Connection, Refusal> {
    let id = connection.id.clone();
    if on {
        fixture.ask(&fixture.ada(), &Call::<ActivateConnection>::new(id, Nothing {}))
    } else {
        fixture.ask(&fixture.ada(), &Call::<DeactivateConnection>::new(id, Nothing {}))
    }
}

fn state(fixture: &Fixture, connection: &Connection) -> State {
    show(fixture, connection).status.state()
}

#[test]
fn a_deactivated_connection_refuses_calls_and_keeps_its_credential() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let grant = grant_of(&fixture, &connection);
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let call =
        || fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() }).expect("admitted or told why");
    for _ in 0..2 {
        let off = switch(&fixture, &connection, false).expect("switched off");
        assert_eq!(off.status, Status::Deactivated { since: fixture.now, by: "Ada".into() });
        assert_eq!(call(), Admitted::Deactivated);
    }
    assert_eq!(claim(&fixture, &grant), Claim::Held, "its keeper keeps it alive");
    let page = fixture
        .ask(&fixture.ada(), &Call::<ListConnections>::new((), ListConnectionsQuery::default()))
        .expect("listed");
    assert_eq!((page.counts.deactivated, page.counts.authorized), (1, 0));
    let query = ListConnectionsQuery { status: Some(State::Deactivated), ..Default::default() };
    assert_eq!(fixture.ask(&fixture.ada(), &Call::<ListConnections>::new((), query)).expect("listed").items.len(), 1);
    for _ in 0..2 {
        assert_eq!(switch(&fixture, &connection, true).expect("switched on").status, Status::Authorized);
    }
    assert!(matches!(call(), Admitted::To { .. }));
    assert_eq!(events(&fixture, &connection), ["created", "deactivated", "activated", "key_first_used"]);
}

#[test]
fn what_is_learnt_while_it_is_off_shows_when_it_is_on_again() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    switch(&fixture, &connection, false).expect("switched off");
    let grant = grant_of(&fixture, &connection);
    report(&fixture, &grant, interrupted(&fixture, Cause::AtlassianUnreachable));
    assert_eq!(state(&fixture, &connection), State::Deactivated);
    fixture.pass(60);
    let on = switch(&fixture, &connection, true).expect("switched on");
    assert_eq!(on.status, Status::Interrupted { cause: Cause::AtlassianUnreachable, since: fixture.now });
    switch(&fixture, &connection, false).expect("switched off");
    report(&fixture, &grant, refused(&fixture));
    assert_eq!(state(&fixture, &connection), State::Deactivated);
    let renew = Call::<RenewConnection>::new(connection.id.clone(), Nothing {});
    assert_eq!(fixture.ask(&fixture.ada(), &renew).err(), Some(Refusal::ConnectionUnauthorized));
    let on = switch(&fixture, &connection, true).expect("switched on");
    assert_eq!((on.status.state(), on.status.cause()), (State::Unauthorized, Some(Cause::GrantRefused)));
    assert_eq!(switch(&fixture, &connection, false).err(), Some(Refusal::ConnectionUnauthorized));
    let told = ["deactivated", "activated", "interrupted", "deactivated", "activated", "unauthorized"];
    assert_eq!(events(&fixture, &connection)[1..], told, "the timeline says why it does not work");
}

#[test]
fn a_credential_that_died_while_its_connection_was_off_has_the_others_of_its_account_looked_at() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let (staging, production) = (fixture.connect(&ada, "Staging"), fixture.connect(&ada, "Production"));
    switch(&fixture, &staging, false).expect("switched off");
    report(&fixture, &grant_of(&fixture, &staging), refused(&fixture));
    switch(&fixture, &staging, true).expect("switched on");
    fixture.pass(1);
    let due = fixture.turn().take_due_checkups(10).expect("read");
    assert_eq!(due.into_iter().map(|subject| subject.connection.id).collect::<Vec<_>>(), [production.id]);
}

#[test]
fn nothing_looks_at_a_connection_that_is_off_and_nobody_is_bothered() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    report(&fixture, &grant_of(&fixture, &connection), interrupted(&fixture, Cause::IpAllowList));
    switch(&fixture, &connection, false).expect("switched off");
    fixture.pass(3 * 86_400);
    assert_eq!(fixture.turn().take_due_checkups(10).expect("read"), []);
    let begin = BeginCheckup { connection: connection.id.clone() };
    assert_eq!(fixture.ask(&fixture.ada(), &begin).err(), Some(Refusal::ConnectionDeactivated));
    let attention = fixture.ask(&fixture.ada(), &Call::<GetAttention>::new((), Nothing {})).expect("found");
    assert_eq!((attention.total, attention.needs.len()), (0, 0));
    switch(&fixture, &connection, true).expect("switched on");
    assert_eq!(fixture.ask(&fixture.ada(), &Call::<GetAttention>::new((), Nothing {})).expect("found").total, 1);
    fixture.pass(2 * 86_400);
    assert_eq!(fixture.turn().take_due_checkups(10).expect("read").len(), 1);
}

#[test]
fn another_credential_does_not_switch_it_on() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    switch(&fixture, &connection, false).expect("switched off");
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    assert_eq!(state(&fixture, &connection), State::Deactivated);
    assert_eq!(switch(&fixture, &connection, true).expect("switched on").status, Status::Authorized);
}

#[test]
fn an_owner_who_left_is_said_once_until_the_connection_is_handed_over() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let look = |fixture: &Fixture, active| {
        let grant = Some(grant_of(fixture, &connection));
        let findings = CheckupFindings {
            is_refused: false,
            grant,
            credential: Some(crate::connection_status::CredentialState::Works),
            trouble: None,
            site: None,
            scopes: None,
            moved_to: None,
            facts: crate::failure_facts::FailureFacts::default(),
            owner_active: active,
            passed: true,
            begun_at: None,
        };
        fixture.turn().record_own_checkup(&connection.id, &findings).expect("kept");
        show(fixture, &connection).owner_at_risk
    };
    assert_eq!(look(&fixture, Some(true)), None);
    let left = look(&fixture, Some(false));
    assert_eq!(left, Some(fixture.now));
    fixture.pass(86_400);
    assert_eq!((look(&fixture, Some(false)), look(&fixture, None)), (left, left));
    assert_eq!(events(&fixture, &connection), ["created", "owner_at_risk"]);
    reauthorize(&fixture, &fixture.ada(), &connection, "eve").expect("handed over");
    assert_eq!(show(&fixture, &connection).owner_at_risk, None);
    assert_eq!((look(&fixture, Some(false)).is_some(), look(&fixture, Some(true))), (true, None));
}
