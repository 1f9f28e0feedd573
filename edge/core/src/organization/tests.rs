//! The organization's rules, over SQLite in memory.

mod api_families;
mod attention;
mod authorizing;
mod calling;
mod charts;
mod checking;
mod counting_calls;
mod delegating;
mod deleting;
mod diagnosis;
mod drafting;
mod holding_keys;
mod housekeeping;
mod keys;
mod limits;
mod listing;
mod migrating;
mod news;
mod reaching;
mod remembering;
mod saving;
mod signing_in;
mod stored;
mod switching;
mod telling;
mod transactions;
mod webhooks;
mod workspaces;

use api::*;

use crate::{
    authorization::LIFE_SECONDS,
    grant::{Claim, Generation, GrantReport},
    organization::{fixture::Fixture, *},
    secrets::{Digest, random_id},
};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn key(fixture: &Fixture, scopes: &[KeyScope], connections: Option<Vec<ConnectionId>>) -> Caller {
    let digest = Digest::of(&format!("key {scopes:?} {connections:?}"));
    let new = NewApiKey { name: name("CI"), scopes: scopes.to_vec(), connections, workspace: None, expires_at: None };
    fixture.ask(&fixture.ada(), &StoreApiKey { new, secret: secret(&digest) }).expect("made");
    Caller::ApiKey(digest)
}

/// What is stored of a new API key.
fn secret(digest: &Digest) -> NewSecret {
    NewSecret { digest: digest.clone(), prefix: "cw_default_AbCd".to_owned() }
}

/// The grant that a connection holds.
fn grant_of(fixture: &Fixture, connection: &Connection) -> GrantId {
    fixture.turn().connection(&connection.id).expect("there").grant.expect("a grant")
}

fn show(fixture: &Fixture, connection: &Connection) -> Connection {
    fixture.ask(&fixture.ada(), &Call::<GetConnection>::new(connection.id.clone(), Nothing {})).expect("there")
}

fn rename(fixture: &Fixture, connection: &Connection, to: &str) -> Result<Saved, Refusal> {
    let edit = ConnectionEdit { name: Some(name(to)), ..ConnectionEdit::default() };
    let version = show(fixture, connection).version;
    fixture.ask(
        &fixture.ada(),
        &Call::<EditConnection> { params: connection.id.clone(), request: edit, if_match: Some(version.into()) },
    )
}

/// Reauthorizes as `account` and saves.
fn reauthorize(fixture: &Fixture, ada: &Caller, connection: &Connection, account: &str) -> Result<Saved, Refusal> {
    let attempt = fixture.reauthorize(ada, connection, account);
    let edit = ConnectionEdit { name: None, authorization_id: Some(attempt), ..ConnectionEdit::default() };
    let version = show(fixture, connection).version;
    fixture.ask(
        ada,
        &Call::<EditConnection> { params: connection.id.clone(), request: edit, if_match: Some(version.into()) },
    )
}

/// Goes back, as the edge does: finds the way, then takes it.
fn revert(fixture: &Fixture, ada: &Caller, connection: &Connection) -> Result<Saved, Refusal> {
    let id = || connection.id.clone();
    let back = fixture.ask(ada, &Call::<RevertConnection>::new(id(), Nothing {}))?;
    fixture.ask(ada, &RestorePreviousCredential { id: id(), to: back.grant })
}

fn report(fixture: &Fixture, grant: &GrantId, report: GrantReport) {
    fixture.as_edge(&ReportGrant { grant: grant.clone(), report }).expect("heard");
}

fn refreshed(fixture: &Fixture, generation: u64) -> GrantReport {
    let (at, reauthorize_before) = (fixture.now, fixture.now.plus_seconds(90 * 86_400));
    GrantReport::Refreshed { at, generation: Generation(generation), reauthorize_before: Some(reauthorize_before) }
}

fn interrupted(fixture: &Fixture, cause: Cause) -> GrantReport {
    GrantReport::Interrupted { since: fixture.now, cause, status: None }
}

fn refused(fixture: &Fixture) -> GrantReport {
    GrantReport::Unauthorized { since: fixture.now, cause: Cause::GrantRefused }
}

fn claim(fixture: &Fixture, grant: &GrantId) -> Claim {
    fixture.as_edge(&GetClaim { grant: grant.clone() }).expect("asked")
}

/// What a connection's timeline says, oldest first.
fn told(fixture: &Fixture, connection: &Connection) -> Vec<TimelineEntry> {
    let find = Call::<GetTimeline>::new(connection.id.clone(), TimelineQuery::default());
    fixture.ask(&fixture.ada(), &find).expect("a timeline").items.into_iter().rev().map(WrittenEntry::read).collect()
}

/// The names of events, oldest first.
fn events(fixture: &Fixture, connection: &Connection) -> Vec<String> {
    let word = |entry: TimelineEntry| serde_json::to_value(entry).expect("JSON")["event"].as_str().map(str::to_owned);
    told(fixture, connection).into_iter().filter_map(word).collect()
}

#[test]
fn a_key_for_a_hundred_connections_can_list_them() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connections = (0..100).map(|at| fixture.connect(&ada, &format!("Connection {at}")).id).collect();
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(connections));
    let query = ListConnectionsQuery { q: Some("connection".into()), limit: Some(200), ..Default::default() };
    assert_eq!(fixture.ask(&reader, &Call::<ListConnections>::new((), query)).expect("listed").items.len(), 100);
}

#[test]
fn stored_keys_and_attempts_are_read_by_every_later_version() {
    // These are the bytes of version 1. Changing how they are read locks out keys and spoils attempts under way.
    let key = r#"{"v":1,"shown":{"id":"key_1","name":"CI","scopes":["proxy"],"connections":null,
        "created_at":"2026-11-22T05:00:00Z","expires_at":null,"last_used_at":null,"tomorrow":1}}"#;
    assert!(serde_json::from_str::<StoredApiKey>(key).is_ok());
    let attempt = r#"{"v":1,"id":"aut_1","session":"x","created_at":"2026-11-22T05:00:00Z","slot":0,
        "stage":{"stage":"failed","failure":{"code":"a_word_of_tomorrow","message":"","remedy":"","details":null}}}"#;
    assert!(serde_json::from_str::<crate::authorization::Authorization>(attempt).is_ok());
}
