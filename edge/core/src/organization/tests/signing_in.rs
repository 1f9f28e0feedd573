//! Who has a session, and what a session may do.

use super::*;

#[test]
fn a_stranger_gets_no_session_and_learns_whom_to_ask() {
    let refused = Fixture::new().sign_in("sam@example.com", "Sam").expect_err("Sam is nobody here");
    assert_eq!(refused, Opened::Stranger { ask: vec!["ada@example.com".to_owned()] });
}

#[test]
fn a_session_ends_after_an_hour_unused_and_after_twelve_hours_in_any_case() {
    let show = Call::<GetSession>::new((), Nothing {});
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    for _ in 0..12 {
        fixture.pass(3_599);
        assert!(fixture.ask(&ada, &show).is_ok());
    }
    fixture.pass(12);
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));

    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.pass(3_600);
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn who_is_no_administrator_any_more_has_no_session_any_more() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.administrators = vec!["eve@example.com".to_owned()];
    let show = Call::<GetSession>::new((), Nothing {});
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn a_member_who_is_no_administrator_may_not_administer() {
    let fixture = Fixture::new();
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    assert_eq!(fixture.ask(&max, &Call::<ListApiKeys>::new((), Nothing {})).err(), Some(Refusal::Forbidden));
    let find = Call::<ListConnections>::new((), ListConnectionsQuery::default());
    assert_eq!(fixture.ask(&max, &find).expect("listed").items, [], "nothing is granted to Max's workspace");
}

#[test]
fn nobody_outside_the_edge_may_ask_what_only_the_edge_asks() {
    let fixture = Fixture::new();
    assert_eq!(fixture.ask(&fixture.ada(), &ListAlerts {}).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&Caller::Nobody, &ListAlerts {}).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn a_sign_in_is_finished_once_and_only_with_its_cookie() {
    let fixture = Fixture::new();
    let begin = |state: &str| BeginSignIn { state: Digest::of(state), cookie: Digest::of("c"), return_to: "/x".into() };
    let spend = |state: &str, cookie: &str| RedeemSignIn { state: Digest::of(state), cookie: Digest::of(cookie) };
    fixture.as_edge(&begin("s")).expect("begun");
    assert_eq!(fixture.as_edge(&spend("s", "c")), Ok(Some("/x".to_owned())));
    assert_eq!(fixture.as_edge(&spend("s", "c")), Ok(None));
    fixture.as_edge(&begin("t")).expect("begun");
    assert_eq!(fixture.as_edge(&spend("t", "other")), Ok(None));
    assert_eq!(fixture.as_edge(&spend("t", "c")), Ok(None), "a wrong cookie spends the state too");
}
