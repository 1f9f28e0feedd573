//! Attempts to authorize.

use super::*;
use crate::authorization::CallbackPath;

#[test]
fn a_ticket_works_once_and_only_in_the_session_it_was_given_to() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let other = fixture.sign_in("ada@example.com", "Ada elsewhere").expect("Ada");
    fixture
        .ask(
            &ada,
            &BeginAuthorization {
                id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
                ticket: Digest::of("t"),
                connection: None,
                kind: Kind::CloudOauth2,
                auth: None,
                cloud_callback: CallbackPath::default(),
            },
        )
        .expect("begun");
    let spend = || RedeemTicket { ticket: Digest::of("t"), state: Digest::of("s"), cookie: Digest::of("c") };
    assert_eq!(fixture.ask(&other, &spend()).err(), Some(Refusal::Spent));
    assert!(fixture.ask(&ada, &spend()).is_ok());
    assert_eq!(fixture.ask(&ada, &spend()).err(), Some(Refusal::Spent));
}

#[test]
fn attempts_under_way_have_cookies_of_their_own_and_stay_bounded() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let mut slots = Vec::new();
    for at in 0..SLOTS {
        let ticket = || Digest::of(&format!("t{at}"));
        fixture
            .ask(
                &ada,
                &BeginAuthorization {
                    id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
                    ticket: ticket(),
                    connection: None,
                    kind: Kind::CloudOauth2,
                    auth: None,
                    cloud_callback: CallbackPath::default(),
                },
            )
            .expect("begun");
        let spend = RedeemTicket { ticket: ticket(), state: Digest::of(&format!("s{at}")), cookie: Digest::of("c") };
        slots.push(fixture.ask(&ada, &spend).expect("left").slot);
    }
    slots.sort_unstable();
    assert_eq!(slots, (0..SLOTS).collect::<Vec<_>>());
    let more = fixture.ask(
        &ada,
        &BeginAuthorization {
            id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
            ticket: Digest::of("more"),
            connection: None,
            kind: Kind::CloudOauth2,
            auth: None,
            cloud_callback: CallbackPath::default(),
        },
    );
    assert_eq!(more.err(), Some(Refusal::TooManyAuthorizations));
}

#[test]
fn what_nobody_saves_belongs_to_nobody_when_the_attempt_is_over() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let id = fixture.authorize(&ada, "a", "cloud-1");
    let grants: Vec<serde_json::Value> = fixture.tables.rows("SELECT grant_id FROM attempts", vec![]).expect("rows");
    let grant = api::GrantId::parse(grants[0]["grant_id"].as_str().expect("an id")).expect("an id");
    let claim = GetClaim { grant };
    assert_eq!(fixture.as_edge(&claim), Ok(Claim::Pending));
    fixture.pass(LIFE_SECONDS);
    assert_eq!(fixture.as_edge(&claim), Ok(Claim::Abandoned));
    let view =
        fixture.ask(&ada, &Call::<GetAuthorization>::new(id, Nothing {})).expect("its own session still sees it");
    assert_eq!(view.status, AuthorizationStatus::Failed);
}

#[test]
fn an_attempt_is_seen_by_its_own_session_only() {
    let fixture = Fixture::new();
    let id = fixture.authorize(&fixture.ada(), "a", "cloud-1");
    let other = fixture.sign_in("ada@example.com", "Ada elsewhere").expect("Ada");
    assert_eq!(
        fixture.ask(&other, &Call::<GetAuthorization>::new(id.clone(), Nothing {})).err(),
        Some(Refusal::NotFound)
    );
    assert_eq!(fixture.ask(&other, &Call::<CancelAuthorization>::new(id, Nothing {})).err(), Some(Refusal::NotFound));
}
