//! API keys.

use super::*;
use crate::jira::JiraTarget;

#[test]
fn a_key_may_do_what_its_scopes_say_with_the_connections_it_names() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(vec![one.id.clone()]));
    let find = Call::<ListConnections>::new((), ListConnectionsQuery::default());
    let seen: Vec<_> = fixture.ask(&reader, &find).expect("listed").items.into_iter().map(|c| c.id).collect();
    assert_eq!(seen, vec![one.id.clone()]);
    assert_eq!(
        fixture.ask(&reader, &Call::<GetConnection>::new(two.id.clone(), Nothing {})).err(),
        Some(Refusal::NotFound)
    );
    assert_eq!(fixture.ask(&reader, &AuthorizeCall { connection: one.id.clone() }).err(), Some(Refusal::Forbidden));
    let caller = key(&fixture, &[KeyScope::Proxy], Some(vec![one.id.clone()]));
    assert!(matches!(fixture.ask(&caller, &AuthorizeCall { connection: one.id }), Ok(Admitted::To { .. })));
    assert_eq!(fixture.ask(&caller, &AuthorizeCall { connection: two.id }).err(), Some(Refusal::NotFound));
}

#[test]
fn only_calls_with_the_credential_of_the_app_spend_the_apps_quota() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Cloud").id;
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let admitted = || match fixture.ask(&caller, &AuthorizeCall { connection: connection.clone() }) {
        Ok(Admitted::To { target, is_app, .. }) => (matches!(target, JiraTarget::Gateway { .. }), is_app),
        other => panic!("{other:?}"),
    };
    assert_eq!(admitted(), (true, true));
    let form = BasicForm::ScopedApiToken;
    let scoped_token = CredentialShown::Basic { form, username: None, expires_at: None };
    let mut stored = fixture.turn().connection(&connection).expect("there");
    (stored.details.kind, stored.details.credential) = (Kind::Basic, Some(scoped_token));
    fixture.turn().store_connection(&stored).expect("stored");
    assert_eq!(admitted(), (true, false), "a scoped API token goes through the gateway as well");
}

#[test]
fn a_revoked_or_expired_key_is_refused() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let digest = Digest::of("short-lived");
    let new = NewApiKey {
        name: name("CI"),
        scopes: vec![KeyScope::ConnectionsRead],
        connections: None,
        workspace: None,
        expires_at: Some(fixture.now.plus_seconds(60)),
    };
    fixture.ask(&ada, &StoreApiKey { new, secret: secret(&digest) }).expect("made");
    let find = Call::<ListConnections>::new((), ListConnectionsQuery::default());
    assert!(fixture.ask(&Caller::ApiKey(digest.clone()), &find).is_ok());
    fixture.pass(60);
    assert_eq!(fixture.ask(&Caller::ApiKey(digest), &find).err(), Some(Refusal::ApiKeyRefused));

    let ada = fixture.ada();
    let reader = key_for(&fixture, &ada);
    let id = fixture.ask(&ada, &Call::<ListApiKeys>::new((), Nothing {})).expect("listed").items[0].id.clone();
    fixture.ask(&ada, &Call::<RevokeApiKey>::new(id, Nothing {})).expect("revoked");
    assert_eq!(fixture.ask(&reader, &find).err(), Some(Refusal::ApiKeyRefused));
}

fn key_for(fixture: &Fixture, ada: &Caller) -> Caller {
    let digest = Digest::of("newest");
    let new = NewApiKey {
        name: name("CI"),
        scopes: vec![KeyScope::ConnectionsRead],
        connections: None,
        workspace: None,
        expires_at: None,
    };
    fixture.ask(ada, &StoreApiKey { new, secret: secret(&digest) }).expect("made");
    Caller::ApiKey(digest)
}
