//! Key pairs that nobody holds, and guides, do not stay for ever.

use super::*;
use crate::sealing::Sealed;

fn sealed() -> Sealed {
    let text = r#"{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}"#;
    Sealed::from_json(text.as_bytes()).expect("sealed")
}

fn made(fixture: &Fixture, id: &str) -> api::RsaKeyId {
    let id = api::RsaKeyId::parse(id).expect("an id");
    let keep = StoreRsaKey { connection: None, id: id.clone(), public_key: "PEM".to_owned(), private_key: sealed() };
    fixture.ask(&fixture.ada(), &keep).expect("kept");
    id
}

fn is_there(fixture: &Fixture, id: &api::RsaKeyId) -> bool {
    fixture.as_edge(&GetRsaKey { id: id.clone() }).is_ok()
}

#[test]
fn a_key_pair_that_nobody_holds_is_destroyed_after_thirty_days_and_a_held_one_is_not() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let (free, held) = (made(&fixture, "rsa_free"), made(&fixture, "rsa_held"));
    fixture.turn().hold_keys(&connection.id, &[&held]).expect("held");
    fixture.pass(30 * 86_400);
    fixture.turn().sweep();
    assert!(!is_there(&fixture, &free) && is_there(&fixture, &held));
    fixture.turn().hold_keys(&connection.id, &[]).expect("given up");
    fixture.pass(29 * 86_400);
    fixture.turn().sweep();
    assert!(is_there(&fixture, &held), "it may be gone back to");
    fixture.pass(86_400);
    fixture.turn().sweep();
    assert!(!is_there(&fixture, &held));
}

#[test]
fn a_key_pair_belongs_to_one_connection() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, other) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Other"));
    let key = made(&fixture, "rsa_1");
    fixture.turn().hold_keys(&one.id, &[&key]).expect("held");
    let usable = |connection| fixture.turn().usable_key(&key, connection).map(drop);
    assert_eq!(usable(Some(&one.id)), Ok(()));
    assert_eq!(usable(Some(&other.id)), Err(Refusal::KeyNotUsable));
    assert_eq!(usable(None), Err(Refusal::KeyNotUsable));
}

#[test]
fn a_guide_is_forgotten_when_its_link_works_no_more() {
    let mut fixture = Fixture::new();
    let new = api::NewGuide {
        kind: api::Kind::DataCenterOauth2,
        address: "https://jira.example.com/tracker".to_owned(),
        consumer_key: None,
        key_id: None,
        connection_id: None,
    };
    fixture.ask(&fixture.ada(), &StoreGuide { new, digest: Digest::of("token") }).expect("made");
    assert!(fixture.tables.dump().contains("jira.example.com/tracker"));
    fixture.pass(7 * 86_400);
    fixture.turn().sweep();
    assert!(!fixture.tables.dump().contains("jira.example.com/tracker"));
}
