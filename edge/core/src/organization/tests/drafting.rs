//! Connections that are saved before they are authorized, and continued later.

use super::*;
use crate::sealing::Sealed;

const JIRA: &str = "https://jira.example.com/jira";

fn key_pair(fixture: &Fixture, id: &str) -> RsaKeyId {
    let text = r#"{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}"#;
    let private_key = Sealed::from_json(text.as_bytes()).expect("sealed");
    let id = RsaKeyId::parse(id).expect("an id");
    let store = StoreRsaKey { connection: None, id: id.clone(), public_key: format!("PEM of {id}"), private_key };
    fixture.ask(&fixture.ada(), &store).expect("generated");
    id
}

fn link(key: &RsaKeyId) -> ConnectionDraft {
    ConnectionDraft::Oauth1 {
        address: JIRA.to_owned(),
        consumer_key: Some("causeway".to_owned()),
        key_id: Some(key.clone()),
        verification_code: true,
    }
}

fn save_draft(fixture: &Fixture, draft: ConnectionDraft) -> Result<Connection, Refusal> {
    let new =
        NewConnection { name: name("Quarry"), authorization_id: None, draft: Some(draft), workspaces: Vec::new() };
    fixture.ask(&fixture.ada(), &Call::<CreateConnection>::new((), new)).map(|saved| saved.connection)
}

fn edit(
    fixture: &Fixture,
    caller: &Caller,
    connection: &Connection,
    edit: ConnectionEdit,
) -> Result<Connection, Refusal> {
    let version = show(fixture, connection).version;
    let params = connection.id.clone();
    let call = Call::<EditConnection> { params, request: edit, if_match: Some(version.into()) };
    fixture.ask(caller, &call).map(|saved| saved.connection)
}

fn with_draft(draft: ConnectionDraft) -> ConnectionEdit {
    ConnectionEdit { draft: Some(draft), ..ConnectionEdit::default() }
}

#[test]
fn a_connection_can_be_saved_before_it_is_authorized_and_is_read_by_whoever_continues() {
    let fixture = Fixture::new();
    let key = key_pair(&fixture, "rsa_1");
    let saved = save_draft(&fixture, link(&key)).expect("saved");
    assert_eq!(saved.status, Status::Unauthorized { cause: None, since: None, by: None });
    assert_eq!((saved.kind, &saved.site, &saved.credential), (Kind::Oauth1, &None, &None));
    let other = fixture.sign_in("ada@example.com", "Ada elsewhere").expect("an administrator");
    let get = Call::<GetConnection>::new(saved.id.clone(), Nothing {});
    let draft = fixture.ask(&other, &get).expect("there").draft.expect("a draft");
    assert_eq!((draft.address.as_deref(), draft.consumer_key.as_deref()), (Some(JIRA), Some("causeway")));
    assert_eq!(draft.key.map(|key| key.public_key).as_deref(), Some("PEM of rsa_1"));
    assert!(draft.verification_code);
    assert_eq!(events(&fixture, &saved), ["created"]);
}

#[test]
fn a_draft_is_found_by_its_address() {
    let fixture = Fixture::new();
    save_draft(&fixture, link(&key_pair(&fixture, "rsa_1"))).expect("saved");
    let query = ListConnectionsQuery { q: Some("jira.example".into()), ..Default::default() };
    let found = fixture.ask(&fixture.ada(), &Call::<ListConnections>::new((), query)).expect("listed");
    assert_eq!(found.items.len(), 1);
}

#[test]
fn the_key_pair_of_a_draft_stays_reserved_for_it() {
    let mut fixture = Fixture::new();
    let (key, other) = (key_pair(&fixture, "rsa_1"), key_pair(&fixture, "rsa_2"));
    let saved = save_draft(&fixture, link(&key)).expect("saved");
    fixture.pass(31 * 86_400);
    fixture.turn().sweep();
    assert_eq!(fixture.turn().usable_key(&key, None).map(drop), Err(Refusal::KeyNotUsable), "of another connection");
    assert!(fixture.turn().usable_key(&key, Some(&saved.id)).is_ok(), "it is kept as long as the connection is");
    assert!(fixture.as_edge(&GetRsaKey { id: other }).is_err(), "one that nobody holds is not");
    let another = NewConnection {
        name: name("Another"),
        authorization_id: None,
        draft: Some(link(&key)),
        workspaces: Vec::new(),
    };
    let refused = fixture.ask(&fixture.ada(), &Call::<CreateConnection>::new((), another));
    assert_eq!(refused.err(), Some(Refusal::KeyNotUsable));
}

#[test]
fn a_draft_can_be_changed_even_to_another_kind_until_it_is_authorized() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let key = key_pair(&fixture, "rsa_1");
    let saved = save_draft(&fixture, link(&key)).expect("saved");
    let changed = edit(&fixture, &ada, &saved, with_draft(ConnectionDraft::CloudOauth2 {})).expect("changed");
    assert_eq!((changed.kind, changed.draft), (Kind::CloudOauth2, Some(DraftShown::default())));
    assert!(fixture.turn().usable_key(&key, None).is_ok(), "the key pair is free again");
    let authorized = reauthorize(&fixture, &ada, &saved, "ada").expect("authorized").connection;
    assert_eq!((authorized.status, authorized.draft), (Status::Authorized, None));
    assert_eq!(events(&fixture, &saved), ["created", "reauthorized"]);
    let late = edit(&fixture, &ada, &saved, with_draft(ConnectionDraft::CloudOauth2 {}));
    assert!(matches!(late, Err(Refusal::Invalid(_))), "an authorized connection has no draft: {late:?}");
}

#[test]
fn another_address_of_a_draft_is_in_the_timeline() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let draft = |address: &str| ConnectionDraft::DataCenterOauth2 {
        address: address.to_owned(),
        client_id: None,
        scopes: Vec::new(),
    };
    let saved = save_draft(&fixture, draft(JIRA)).expect("saved");
    edit(&fixture, &ada, &saved, with_draft(draft(JIRA))).expect("changed");
    assert_eq!(events(&fixture, &saved), ["created"]);
    edit(&fixture, &ada, &saved, with_draft(draft("https://jira.example.com"))).expect("changed");
    assert_eq!(events(&fixture, &saved), ["created", "address_changed"]);
}

#[test]
fn of_two_first_authorizations_of_a_draft_only_one_can_be_saved() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let saved = save_draft(&fixture, ConnectionDraft::CloudOauth2 {}).expect("saved");
    let late = fixture.reauthorize(&ada, &saved, "eve");
    reauthorize(&fixture, &ada, &saved, "ada").expect("authorized");
    let change = ConnectionEdit { authorization_id: Some(late), ..ConnectionEdit::default() };
    assert_eq!(edit(&fixture, &ada, &saved, change).err(), Some(Refusal::AuthorizationNotReady));
}

#[test]
fn only_who_manages_a_draft_may_authorize_it_because_that_decides_where_calls_go() {
    let fixture = Fixture::new();
    let workspace =
        fixture.ask(&fixture.ada(), &Call::<CreateWorkspace>::new((), NewWorkspace::named(name("Web")))).expect("made");
    fixture.let_in(&workspace.id, "max@example.com", true);
    let new = NewConnection {
        name: name("Quarry"),
        authorization_id: None,
        draft: Some(ConnectionDraft::CloudOauth2 {}),
        workspaces: vec![workspace.id],
    };
    let saved = fixture.ask(&fixture.ada(), &Call::<CreateConnection>::new((), new)).expect("saved").connection;
    let max = fixture.sign_in("max@example.com", "Max").expect("a member");
    let seen = fixture.ask(&max, &Call::<GetConnection>::new(saved.id.clone(), Nothing {})).expect("seen");
    assert!(!seen.may_reauthorize, "no button is offered that can only fail");
    let begin = BeginAuthorization {
        id: AuthorizationId::from_opaque("a1"),
        ticket: Digest::of("ticket"),
        connection: Some(saved.id),
        kind: Kind::CloudOauth2,
        auth: None,
        cloud_callback: crate::authorization::CallbackPath::default(),
    };
    assert_eq!(fixture.ask(&max, &begin).err(), Some(Refusal::Forbidden));
}

#[test]
fn an_api_key_cannot_change_a_draft() {
    let fixture = Fixture::new();
    let saved = save_draft(&fixture, ConnectionDraft::CloudOauth2 {}).expect("saved");
    let writer = key(&fixture, &[KeyScope::ConnectionsWrite], None);
    let changed = edit(&fixture, &writer, &saved, with_draft(ConnectionDraft::CloudOauth2 {}));
    assert_eq!(changed.err(), Some(Refusal::Forbidden));
}

#[test]
fn a_new_connection_has_either_an_authorization_or_a_draft() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let authorization_id = Some(fixture.authorize(&ada, "a", "cloud-1"));
    for (authorization_id, draft) in [(None, None), (authorization_id, Some(ConnectionDraft::CloudOauth2 {}))] {
        let new = NewConnection { name: name("Staging"), authorization_id, draft, workspaces: Vec::new() };
        let refused = fixture.ask(&ada, &Call::<CreateConnection>::new((), new)).err();
        assert!(matches!(refused, Some(Refusal::Invalid(_))), "{refused:?}");
    }
}

#[test]
fn a_call_through_a_draft_is_refused_and_a_deleted_draft_can_be_restored() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let key_of_draft = key_pair(&fixture, "rsa_1");
    let saved = save_draft(&fixture, link(&key_of_draft)).expect("saved");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let call = AuthorizeCall { connection: saved.id.clone() };
    let refused = fixture.ask(&caller, &call);
    assert!(matches!(refused, Ok(Admitted::Unauthorized { cause: None, .. })), "{refused:?}");
    fixture.ask(&ada, &Call::<DeleteConnection>::new(saved.id.clone(), Nothing {})).expect("deleted");
    let restored = fixture.ask(&ada, &Call::<RestoreConnection>::new(saved.id.clone(), Nothing {})).expect("restored");
    assert_eq!(restored.draft.and_then(|draft| draft.key).map(|key| key.id), Some(key_of_draft));
}
