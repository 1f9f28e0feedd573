//! Who has a session, and what a session may do.

use super::*;
use crate::organization::fixture::account_of;

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
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::SessionOver(SessionEnd::Age)));

    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.pass(3_600);
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::SessionOver(SessionEnd::Disuse)));
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
fn a_sign_in_is_finished_once() {
    let fixture = Fixture::new();
    let state = Digest::of("state");
    let open = |session: &str| OpenSession {
        state: state.clone(),
        account: account_of("ada@example.com"),
        email: "ada@example.com".to_owned(),
        name: "Ada".to_owned(),
        session: Digest::of(session),
        replaces: None,
    };
    assert_eq!(fixture.as_edge(&CheckSignIn { state: state.clone() }), Ok(false));
    assert!(matches!(fixture.as_edge(&open("first")), Ok(Opened::Signed(_))));
    assert_eq!(fixture.as_edge(&CheckSignIn { state: state.clone() }), Ok(true));
    assert_eq!(fixture.as_edge(&open("second")), Ok(Opened::Spent));
}

#[test]
fn whoever_only_asks_about_a_sign_in_leaves_nothing_behind() {
    let fixture = Fixture::new();
    let before = fixture.tables.dump();
    for number in 0..100 {
        assert_eq!(fixture.as_edge(&CheckSignIn { state: Digest::of(&number.to_string()) }), Ok(false));
    }
    assert_eq!(fixture.tables.dump(), before);
}

#[test]
fn a_spent_state_is_forgotten_when_its_cookie_opens_no_more() {
    let mut fixture = Fixture::new();
    fixture.ada();
    let spent = |fixture: &Fixture| {
        fixture.tables.rows::<serde_json::Value>("SELECT * FROM spent_sign_ins", vec![]).expect("rows").len()
    };
    fixture.turn().sweep();
    assert_eq!(spent(&fixture), 1);
    fixture.pass(600);
    fixture.turn().sweep();
    assert_eq!(spent(&fixture), 0);
}

fn other_account() -> ProviderAccount {
    ProviderAccount { subject: "somebody else".to_owned(), ..account_of("ada@example.com") }
}

#[test]
fn an_address_that_was_given_to_somebody_else_opens_no_session_until_an_administrator_releases_it() {
    let mut fixture = Fixture::new();
    fixture.administrators = vec!["ada@example.com".to_owned(), "eve@example.com".to_owned()];
    let (ada, eve) = (fixture.ada(), fixture.sign_in("eve@example.com", "Eve").expect("Eve is an administrator"));
    let refused = fixture.sign_in_with(other_account(), "ada@example.com", "Not Ada").expect_err("another account");
    assert_eq!(refused, Opened::OtherAccount { ask: fixture.administrators.clone() });
    let show = Call::<GetSession>::new((), Nothing {});
    assert_eq!(fixture.ask(&ada, &show).expect("still signed in").member.name, "Ada");

    let id = fixture.ask(&ada, &show).expect("a session").member.id;
    fixture.ask(&eve, &Call::<ReleaseAccount>::new(id, Nothing {})).expect("released");
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn), "whose sessions these are is open again");
    fixture.sign_in_with(other_account(), "ada@example.com", "New Ada").expect("signed in");
    assert!(matches!(fixture.sign_in("ada@example.com", "Ada"), Err(Opened::OtherAccount { .. })), "bound anew");
    let log = fixture.ask(&eve, &Call::<GetAuditLog>::new((), api::TimelineQuery::default())).expect("the log");
    let released = TimelineEvent::AccountReleased { member: "ada@example.com".to_owned() };
    assert_eq!(log.items.into_iter().map(|entry| entry.read().event).filter(|event| *event == released).count(), 1);
}

#[test]
fn a_member_of_before_accounts_were_stored_is_bound_at_the_next_sign_in() {
    let fixture = Fixture::new();
    fixture.ada();
    let forget = "UPDATE members SET record = json_remove(record, '$.account')";
    fixture.tables.run(forget, vec![]).expect("as it was stored before");
    fixture.sign_in_with(other_account(), "ada@example.com", "Ada").expect("any account");
    assert!(matches!(fixture.sign_in("ada@example.com", "Ada"), Err(Opened::OtherAccount { .. })));
}

#[test]
fn another_provider_brings_other_accounts() {
    let fixture = Fixture::new();
    fixture.ada();
    let elsewhere = ProviderAccount { issuer: "https://other.example".to_owned(), subject: "9".to_owned() };
    fixture.sign_in_with(elsewhere, "ada@example.com", "Ada").expect("the operator trusts another provider now");
}

#[test]
fn nobody_is_invited_by_an_address_that_folds_to_somebody_elses() {
    let fixture = Fixture::new();
    let new = NewWorkspace::named(name("Shop"));
    let workspace = fixture.ask(&fixture.ada(), &Call::<CreateWorkspace>::new((), new)).expect("made");
    let add = |email: &str| {
        let membership = api::WorkspaceMembership { email: email.to_owned(), issue_tracking: false };
        fixture.ask(&fixture.ada(), &Call::<AddWorkspaceMember>::new(workspace.id.clone(), membership))
    };
    assert!(matches!(add("mar\u{212a}@example.com"), Err(Refusal::Invalid(_))));
    assert_eq!(add(" Mark@Example.com ").expect("added").members.len(), 1);
    fixture.sign_in("mark@example.com", "Mark").expect("invited in another case");
}
