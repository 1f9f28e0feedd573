//! Deleting, restoring, purging.

use super::*;
use crate::authorization::CallbackPath;

const DAY: i64 = 86_400;

fn delete(fixture: &Fixture, connection: &Connection) -> Vec<GrantId> {
    fixture.ask(&fixture.ada(), &Call::<DeleteConnection>::new(connection.id.clone(), Nothing {})).expect("deleted")
}

fn restore(fixture: &Fixture, connection: &Connection) -> Result<Connection, Refusal> {
    fixture.ask(&fixture.ada(), &Call::<RestoreConnection>::new(connection.id.clone(), Nothing {}))
}

#[test]
fn a_deleted_connection_is_hidden_and_without_a_credential() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture, &connection);
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    assert_eq!(delete(&fixture, &connection), vec![grant]);
    assert_eq!(delete(&fixture, &connection), vec![], "deleting twice succeeds");
    let find = |deleted| Call::<ListConnections>::new((), ListConnectionsQuery { deleted, ..Default::default() });
    assert!(fixture.ask(&ada, &find(None)).expect("listed").items.is_empty());
    let hidden = fixture.ask(&ada, &find(Some(true))).expect("listed").items;
    let deleted = hidden[0].deleted.clone().expect("that it is deleted");
    assert_eq!((deleted.by.as_str(), deleted.purge_at), ("Ada", fixture.now.plus_seconds(30 * DAY)));
    assert_eq!(fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() }), Err(Refusal::NotFound));
}

#[test]
fn a_deleted_connection_can_be_restored_and_nothing_else() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let attempt = fixture.reauthorize(&ada, &connection, "ada");
    delete(&fixture, &connection);
    let id = || connection.id.clone();
    let version = show(&fixture, &connection).version;
    let edit = ConnectionEdit { name: None, authorization_id: Some(attempt), ..ConnectionEdit::default() };
    let deleted = Some(Refusal::ConnectionDeleted);
    assert_eq!(rename(&fixture, &connection, "Other").err(), deleted);
    assert_eq!(
        fixture
            .ask(&ada, &Call::<EditConnection> { params: id(), request: edit, if_match: Some(version.into()) })
            .err(),
        deleted
    );
    assert_eq!(fixture.ask(&ada, &Call::<RevertConnection>::new(id(), Nothing {})).err(), deleted);
    assert_eq!(fixture.ask(&ada, &Call::<RenewConnection>::new(id(), Nothing {})).err(), deleted);
    assert_eq!(
        fixture.ask(&ada, &Call::<UnauthorizeConnection>::new(id(), Unauthorize { reach: Reach::Connection })).err(),
        deleted
    );
    let begin = BeginAuthorization {
        id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
        ticket: Digest::of("late"),
        connection: Some(id()),
        kind: Kind::CloudOauth2,
        auth: None,
        cloud_callback: CallbackPath::default(),
    };
    assert_eq!(fixture.ask(&ada, &begin).err(), deleted);
    let restored = restore(&fixture, &connection).expect("restored");
    assert_eq!((restored.deleted, restored.status.state()), (None, State::Unauthorized));
    assert_eq!(restore(&fixture, &connection).expect("no harm").version, restored.version);
    reauthorize(&fixture, &ada, &connection, "ada").expect("it can be authorized again");
}

#[test]
fn the_name_of_a_deleted_connection_is_free_until_it_is_taken() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let first = fixture.connect(&ada, "Staging");
    delete(&fixture, &first);
    let second = fixture.connect(&ada, "STAGING");
    assert_eq!(restore(&fixture, &first).err(), Some(Refusal::NameTaken));
    rename(&fixture, &second, "Other").expect("renamed");
    assert!(restore(&fixture, &first).is_ok());
}

#[test]
fn two_connections_of_one_name_can_both_be_deleted() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for _ in 0..2 {
        let connection = fixture.connect(&ada, "Staging");
        delete(&fixture, &connection);
    }
    let query = ListConnectionsQuery { deleted: Some(true), ..Default::default() };
    assert_eq!(fixture.ask(&ada, &Call::<ListConnections>::new((), query)).expect("listed").counts.deleted, 2);
}

#[test]
fn after_thirty_days_a_deleted_connection_is_purged_for_good() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    delete(&fixture, &connection);
    fixture.as_edge(&ConfirmRetired { grant: fixture.turn().retiring().expect("one")[0].clone() }).expect("ok");
    let purge_at = fixture.now.plus_seconds(30 * DAY);
    fixture.pass(29 * DAY);
    fixture.turn().sweep();
    assert_eq!(fixture.turn().housekeeping_due(), Ok(Some(purge_at)), "nothing else is left to do");
    assert!(fixture.turn().connection(&connection.id).is_ok());
    fixture.pass(DAY);
    assert_eq!(restore(&fixture, &connection).err(), Some(Refusal::NotFound), "even before it is swept away");
    fixture.turn().sweep();
    assert!(fixture.turn().housekeeping_due().expect("asked").expect("the timeline") > fixture.now);
    let log =
        fixture.ask(&fixture.ada(), &Call::<GetAuditLog>::new((), TimelineQuery::default())).expect("a log").items;
    let log: Vec<_> = log.into_iter().map(WrittenEntry::read).collect();
    let purged = log.iter().find(|entry| entry.event == TimelineEvent::Purged).expect("it is written down");
    assert_eq!((&purged.connection_id, &purged.actor), (&Some(connection.id), &api::Actor::Causeway));
}

#[test]
fn what_was_never_there_cannot_be_deleted() {
    let fixture = Fixture::new();
    let id = ConnectionId::parse("con_unknown").expect("an id");
    assert_eq!(
        fixture.ask(&fixture.ada(), &Call::<DeleteConnection>::new(id, Nothing {})).err(),
        Some(Refusal::NotFound)
    );
}
