//! API keys.

use super::*;

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
    fixture.ask(&ada, &StoreApiKey { new, digest: digest.clone() }).expect("made");
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
    fixture.ask(ada, &StoreApiKey { new, digest: digest.clone() }).expect("made");
    Caller::ApiKey(digest)
}
