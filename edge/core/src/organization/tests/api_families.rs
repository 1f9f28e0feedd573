//! The API families that a connection passes on in addition.

use super::*;

fn edit(fixture: &Fixture, who: &Caller, connection: &Connection, families: &[&str]) -> Result<Connection, Refusal> {
    let version = show(fixture, connection).version;
    let families = families.iter().map(|text| ApiFamily::parse(text).expect("a family")).collect();
    let request = ConnectionEdit { api_families: Some(families), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: connection.id.clone(), request, if_match: Some(version.into()) };
    fixture.ask(who, &edit).map(|saved| saved.connection)
}

fn newest(fixture: &Fixture, connection: &Connection) -> TimelineEvent {
    told(fixture, connection).pop().expect("an entry").event
}

#[test]
fn what_managers_add_is_stored_told_on_the_timeline_and_given_to_calls() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let saved = edit(&fixture, &ada, &connection, &["rest/raven/2.0", "REST/Raven/2.0/", "rest/tempo-core"]);
    let families = vec!["rest/raven/2.0".to_owned(), "rest/tempo-core".to_owned()];
    assert_eq!(saved.map(|connection| connection.api_families), Ok(families.clone()));
    let added = TimelineEvent::ApiFamiliesChanged { added: families.clone(), removed: vec![] };
    assert_eq!(newest(&fixture, &connection), added);
    match fixture.ask(&key(&fixture, &[KeyScope::Proxy], None), &AuthorizeCall { connection: connection.id.clone() }) {
        Ok(Admitted::To { families: given, kind: CredentialKind::CloudOauth2, .. }) => assert_eq!(given, families),
        other => panic!("{other:?}"),
    }
    edit(&fixture, &ada, &connection, &[]).expect("removed");
    let removed = TimelineEvent::ApiFamiliesChanged { added: vec![], removed: families };
    assert_eq!(newest(&fixture, &connection), removed);
}

#[test]
fn saving_the_same_families_again_is_no_event() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    edit(&fixture, &ada, &connection, &[]).expect("saved");
    assert!(matches!(newest(&fixture, &connection), TimelineEvent::Created { .. }));
}

#[test]
fn no_key_adds_what_it_could_then_call() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let key = key(&fixture, &[KeyScope::Proxy, KeyScope::ConnectionsWrite], None);
    assert_eq!(edit(&fixture, &key, &connection, &["rest/scriptrunner"]).err(), Some(Refusal::Forbidden));
    assert_eq!(show(&fixture, &connection).api_families, [""; 0]);
}

#[test]
fn a_connection_has_at_most_twenty_families() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let many: Vec<String> = (0..=ApiFamily::MOST).map(|number| format!("rest/app-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(edit(&fixture, &ada, &connection, &many), Err(Refusal::Invalid(_))));
    assert!(edit(&fixture, &ada, &connection, &many[1..]).is_ok());
}
