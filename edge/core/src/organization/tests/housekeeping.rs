//! What is swept away, and what is kept.

use super::*;

#[test]
fn what_is_over_is_swept_away_and_what_lives_stays() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.authorize(&ada, "a", "cloud-1");
    fixture.connect(&ada, "Staging");
    fixture.pass(2 * 86_400);
    fixture.turn().sweep();
    fixture.turn().take_due_checkups(1).expect("the daily checkup");
    let due = fixture.turn().housekeeping_due().expect("asked").expect("the next checkup");
    assert!(due > fixture.now && due <= fixture.now.plus_seconds(86_400), "only the daily checkup is to come");
    assert!(!fixture.tables.dump().contains("\"aut_"), "attempts are gone");
    assert!(fixture.tables.dump().contains("Staging"), "connections stay");
}

#[test]
fn a_stored_connection_is_read_by_every_later_version() {
    // These are the bytes of version 1. Changing how they are read loses connections that people saved.
    let stored = r#"{"v":1,"shown":{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,
        "status":{"state":"unauthorized","cause":null,"since":null},"account":null,"scopes":[],
        "created_at":"2026-11-22T05:00:00Z","authorized_at":null,"last_activity_at":"2026-11-22T05:00:00Z",
        "reauthorize_before":null,"version":1,"a_field_of_tomorrow":true},"grant":"grt_1"}"#;
    assert!(serde_json::from_str::<StoredConnection>(stored).is_ok());
}

#[test]
fn a_dropped_grant_is_remembered_until_its_keeper_confirms_that_it_is_destroyed() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let id = fixture.authorize(&ada, "a", "cloud-1");
    let dropped =
        fixture.ask(&ada, &Call::<CancelAuthorization>::new(id, Nothing {})).expect("cancelled").expect("a grant");
    assert_eq!(fixture.turn().retiring(), Ok(vec![dropped.clone()]));
    let soon = fixture.now.plus_seconds(60);
    assert_eq!(fixture.turn().housekeeping_due(), Ok(Some(soon)));
    fixture.as_edge(&ConfirmRetired { grant: dropped }).expect("heard");
    assert_eq!(fixture.turn().retiring(), Ok(vec![]));
}

#[test]
fn an_attempt_that_replaces_a_grant_leaves_it_alone_until_it_cannot_be_gone_back_to() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    assert_eq!(fixture.turn().retiring(), Ok(vec![]));
    assert_eq!(fixture.turn().housekeeping_due(), Ok(Some(fixture.now.plus_seconds(600))));
    fixture.pass(600);
    assert_eq!(fixture.turn().retiring(), Ok(vec![old]));
}

#[test]
fn the_timeline_forgets_after_four_hundred_days() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    fixture.pass(399 * 86_400);
    rename(&fixture, &connection, "Production").expect("saved");
    fixture.turn().sweep();
    assert_eq!(events(&fixture, &connection), ["created", "renamed"]);
    fixture.pass(86_400);
    fixture.turn().sweep();
    assert_eq!(events(&fixture, &connection), ["renamed"]);
}
