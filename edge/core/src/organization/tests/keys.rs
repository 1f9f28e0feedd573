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
        Ok(Admitted::To { target, kind, .. }) => (matches!(target, JiraTarget::Gateway { .. }), kind),
        other => panic!("{other:?}"),
    };
    assert_eq!(admitted(), (true, CredentialKind::CloudOauth2));
    let form = BasicForm::ScopedApiToken;
    let scoped_token = CredentialShown::Basic { form, username: None, expires_at: None };
    let mut stored = fixture.turn().connection(&connection).expect("there");
    (stored.details.kind, stored.details.credential) = (Kind::Basic, Some(scoped_token));
    fixture.turn().store_connection(&stored).expect("stored");
    assert_eq!(
        admitted(),
        (true, CredentialKind::ScopedApiToken),
        "a scoped API token goes through the gateway as well"
    );
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

fn rotate(fixture: &Fixture, id: &ApiKeyId, to: &str, overlap_seconds: u32) -> Result<Caller, Refusal> {
    let digest = Digest::of(to);
    let rotation = ApiKeyRotation { overlap_seconds, expires_at: None };
    let secret = NewSecret { digest: digest.clone(), prefix: format!("cw_default_{to}") };
    fixture.ask(&fixture.ada(), &ReplaceSecret { id: id.clone(), rotation, secret })?;
    Ok(Caller::ApiKey(digest))
}

fn listed(fixture: &Fixture) -> ApiKey {
    fixture.ask(&fixture.ada(), &Call::<ListApiKeys>::new((), Nothing {})).expect("listed").items.remove(0)
}

fn works(fixture: &Fixture, caller: &Caller) -> bool {
    let find = Call::<ListConnections>::new((), ListConnectionsQuery::default());
    match fixture.ask(caller, &find) {
        Ok(_) => true,
        Err(Refusal::ApiKeyRefused) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_rotated_key_works_beside_the_old_one_until_the_overlap_ends() {
    let mut fixture = Fixture::new();
    let old = key(&fixture, &[KeyScope::ConnectionsRead], None);
    let id = listed(&fixture).id;
    let new = rotate(&fixture, &id, "BBBB", 3_600).expect("rotated");
    assert!(works(&fixture, &old) && works(&fixture, &new));
    let shown = listed(&fixture);
    let previous = shown.previous.expect("the old key still works");
    assert_eq!((shown.id, shown.prefix.as_deref()), (id.clone(), Some("cw_default_BBBB")), "it is the same key");
    assert_eq!(shown.rotated_at, Some(fixture.now));
    assert_eq!(previous.prefix.as_deref(), Some("cw_default_AbCd"));
    assert_eq!((previous.until, previous.last_used_at), (fixture.now.plus_seconds(3_600), Some(fixture.now)));
    fixture.pass(3_600);
    assert!(!works(&fixture, &old) && works(&fixture, &new));
    assert_eq!(listed(&fixture).previous, None);
    let find =
        Call::<GetAuditLog>::new((), TimelineQuery { event: Some("api_key_rotated".into()), ..Default::default() });
    let entry = fixture.ask(&fixture.ada(), &find).expect("a log").items.remove(0).read();
    assert_eq!(entry.event, TimelineEvent::ApiKeyRotated { key: "CI".into(), until: Some(previous.until) });
}

#[test]
fn a_key_that_leaked_is_replaced_at_once_and_so_is_the_one_before_it() {
    let fixture = Fixture::new();
    let first = key(&fixture, &[KeyScope::ConnectionsRead], None);
    let id = listed(&fixture).id;
    let second = rotate(&fixture, &id, "BBBB", 86_400).expect("rotated");
    let third = rotate(&fixture, &id, "CCCC", 0).expect("rotated");
    assert_eq!([&first, &second, &third].map(|caller| works(&fixture, caller)), [false, false, true]);
    assert_eq!(listed(&fixture).previous, None);
}

#[test]
fn the_old_key_never_outlives_its_own_end() {
    let mut fixture = Fixture::new();
    let end = fixture.now.plus_seconds(60);
    let digest = Digest::of("ends soon");
    let new = NewApiKey {
        name: name("CI"),
        scopes: vec![KeyScope::ConnectionsRead],
        connections: None,
        workspace: None,
        expires_at: Some(end),
    };
    fixture.ask(&fixture.ada(), &StoreApiKey { new, secret: secret(&digest) }).expect("made");
    let id = listed(&fixture).id;
    let rotation = ApiKeyRotation { overlap_seconds: 3_600, expires_at: Some(end.plus_seconds(86_400)) };
    let fresh = || NewSecret { digest: Digest::of("fresh"), prefix: "cw_default_BBBB".into() };
    let replace = ReplaceSecret { id: id.clone(), rotation, secret: fresh() };
    fixture.ask(&fixture.ada(), &replace).expect("rotated");
    assert_eq!(listed(&fixture).previous.map(|previous| previous.until), Some(end));
    fixture.pass(60);
    let old = Caller::ApiKey(digest);
    assert!(!works(&fixture, &old) && works(&fixture, &Caller::ApiKey(Digest::of("fresh"))));
    fixture.pass(86_400);
    assert!(matches!(rotate(&fixture, &id, "CCCC", 0), Err(Refusal::Invalid(_))), "an expired key needs a new end");
}

#[test]
fn an_overlap_of_more_than_a_day_and_an_unknown_key_are_refused() {
    let fixture = Fixture::new();
    key(&fixture, &[KeyScope::Proxy], None);
    let id = listed(&fixture).id;
    assert!(matches!(rotate(&fixture, &id, "BBBB", KEY_OVERLAP_SECONDS + 1), Err(Refusal::Invalid(_))));
    let unknown = ApiKeyId::parse("key_unknown").expect("an id");
    assert_eq!(rotate(&fixture, &unknown, "BBBB", 0).err(), Some(Refusal::NotFound));
}

#[test]
fn a_key_is_shown_with_how_it_begins_who_made_it_and_what_it_reaches() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (two, one) = (fixture.connect(&ada, "Two").id, fixture.connect(&ada, "One").id);
    key(&fixture, &[KeyScope::Proxy], Some(vec![two.clone(), one]));
    let shown = listed(&fixture);
    assert_eq!((shown.prefix.as_deref(), shown.created_by.as_deref()), (Some("cw_default_AbCd"), Some("Ada")));
    assert_eq!(shown.connection_names, [name("One"), name("Two")]);
    fixture.ask(&ada, &Call::<DeleteConnection>::new(two, Nothing {})).expect("deleted");
    assert_eq!(listed(&fixture).connection_names, [name("One")]);
}
