//! Which connection a call goes through that names its site only.

use super::*;
use crate::jira::{JiraTarget, SiteReference};

fn cloud(id: &str) -> SiteReference {
    SiteReference::CloudId(id.to_owned())
}

fn below(path: &str) -> SiteReference {
    SiteReference::ContextPath(path.to_owned())
}

fn authorize(fixture: &Fixture, caller: &Caller, site: SiteReference) -> Result<Admitted, Refusal> {
    fixture.ask(caller, &AuthorizeSiteCall { site, connection: None })
}

/// Makes a connection one to an instance of Data Center.
fn move_to_instance(fixture: &Fixture, connection: &Connection, url: &str) {
    let mut stored = fixture.turn().connection(&connection.id).expect("there");
    stored.details.kind = Kind::Basic;
    let before = stored.details.site.take().expect("a site");
    stored.details.site = Some(Site { cloud_id: None, url: url.to_owned(), ..before });
    fixture.turn().store_connection(&stored).expect("stored");
}

fn through(admitted: Result<Admitted, Refusal>) -> Option<ConnectionId> {
    match admitted {
        Ok(Admitted::To { connection, .. }) => Some(connection),
        _ => None,
    }
}

#[test]
fn the_only_connection_to_a_site_is_called_through_and_its_use_is_recorded() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let all = key(&fixture, &[KeyScope::Proxy], None);
    assert_eq!(through(authorize(&fixture, &all, cloud("cloud-1"))), Some(one.id.clone()));
    let named = fixture.ask(&all, &AuthorizeCall { connection: one.id.clone() });
    assert_eq!(authorize(&fixture, &all, cloud("cloud-1")), named, "both ways lead to the same");
    assert_eq!(authorize(&fixture, &all, cloud("cloud-2")), Err(Refusal::NotFound));
    assert_eq!(authorize(&fixture, &all, below("")), Err(Refusal::NotFound), "links of Cloud lead to the gateway");
    let uses: Vec<serde_json::Value> = fixture.tables.rows("SELECT connection FROM key_uses", vec![]).expect("rows");
    assert_eq!(uses, [serde_json::json!({ "connection": one.id })]);
}

#[test]
fn several_connections_to_a_site_are_named_and_one_can_be_chosen() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let all = key(&fixture, &[KeyScope::Proxy], None);
    let named = |connection: &Connection| NamedConnection { id: connection.id.clone(), name: connection.name.clone() };
    let expected = Admitted::Ambiguous { connections: vec![named(&one), named(&two)], more: false };
    assert_eq!(authorize(&fixture, &all, cloud("cloud-1")), Ok(expected));
    let choose = |site: &str, id: &ConnectionId| {
        fixture.ask(&all, &AuthorizeSiteCall { site: cloud(site), connection: Some(id.clone()) })
    };
    assert_eq!(through(choose("cloud-1", &two.id)), Some(two.id.clone()));
    assert_eq!(choose("cloud-2", &two.id), Err(Refusal::NotFound), "it is not one to that site");
    (0..10).for_each(|at| drop(fixture.connect(&ada, &format!("Other {at}"))));
    assert!(
        matches!(authorize(&fixture, &all, cloud("cloud-1")), Ok(Admitted::Ambiguous { connections, more: true }) if connections.len() == 10)
    );
}

#[test]
fn a_key_is_asked_to_choose_only_among_what_it_may_use() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let limited = key(&fixture, &[KeyScope::Proxy], Some(vec![two.id.clone()]));
    assert_eq!(through(authorize(&fixture, &limited, cloud("cloud-1"))), Some(two.id));
    let chosen = AuthorizeSiteCall { site: cloud("cloud-1"), connection: Some(one.id) };
    assert_eq!(fixture.ask(&limited, &chosen).err(), Some(Refusal::NotFound));
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], None);
    assert_eq!(authorize(&fixture, &reader, cloud("cloud-1")), Err(Refusal::Forbidden));
    assert_eq!(authorize(&fixture, &ada, cloud("cloud-1")), Err(Refusal::Forbidden), "a session is no key");
}

#[test]
fn an_instance_is_found_by_its_context_path() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connections = ["Root", "Jira", "Tools"].map(|name| fixture.connect(&ada, name));
    let all = key(&fixture, &[KeyScope::Proxy], None);
    let addresses = ["https://a.example.com:8443", "https://b.example.com/jira", "https://c.example.com/tools/jira"];
    for (connection, url) in connections.iter().zip(addresses) {
        move_to_instance(&fixture, connection, url);
    }
    for (connection, path) in connections.iter().zip(["", "/jira", "/tools/jira"]) {
        assert_eq!(through(authorize(&fixture, &all, below(path))), Some(connection.id.clone()), "{path}");
    }
    assert_eq!(authorize(&fixture, &all, below("/tools")), Err(Refusal::NotFound));
    move_to_instance(&fixture, &connections[0], "https://a.example.com/jira");
    assert!(matches!(authorize(&fixture, &all, below("/jira")), Ok(Admitted::Ambiguous { .. })));
}

#[test]
fn a_connection_that_was_switched_off_or_deleted_leaves_the_calls_to_the_other() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let all = key(&fixture, &[KeyScope::Proxy], None);
    fixture.ask(&ada, &Call::<DeactivateConnection>::new(one.id.clone(), Nothing {})).expect("switched off");
    assert_eq!(through(authorize(&fixture, &all, cloud("cloud-1"))), Some(two.id.clone()));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(two.id, Nothing {})).expect("deleted");
    assert_eq!(authorize(&fixture, &all, cloud("cloud-1")), Ok(Admitted::Deactivated));
}

#[test]
fn an_instance_that_was_switched_off_sends_nobody_to_another_with_the_same_path() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let [one, two] = ["One", "Two"].map(|name| fixture.connect(&ada, name));
    let all = key(&fixture, &[KeyScope::Proxy], None);
    move_to_instance(&fixture, &one, "https://a.example.com/jira");
    move_to_instance(&fixture, &two, "https://b.example.com/jira");
    fixture.ask(&ada, &Call::<DeactivateConnection>::new(one.id.clone(), Nothing {})).expect("switched off");
    assert!(matches!(authorize(&fixture, &all, below("/jira")), Ok(Admitted::Ambiguous { .. })));
    let chosen = |id: &ConnectionId| {
        let call = AuthorizeSiteCall { site: below("/jira"), connection: Some(id.clone()) };
        fixture.ask(&all, &call)
    };
    assert_eq!(chosen(&one.id), Ok(Admitted::Deactivated));
    assert_eq!(through(chosen(&two.id)), Some(two.id.clone()));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(two.id, Nothing {})).expect("deleted");
    assert_eq!(authorize(&fixture, &all, below("/jira")), Ok(Admitted::Deactivated));
}

#[test]
fn no_call_is_made_as_another_account_because_a_credential_ended() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let all = key(&fixture, &[KeyScope::Proxy], None);
    report(&fixture, &grant_of(&fixture, &one), refused(&fixture));
    assert!(matches!(authorize(&fixture, &all, cloud("cloud-1")), Ok(Admitted::Ambiguous { .. })));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(two.id, Nothing {})).expect("deleted");
    let ended = Admitted::Unauthorized { cause: Some(Cause::GrantRefused), kind: CredentialKind::CloudOauth2 };
    assert_eq!(authorize(&fixture, &all, cloud("cloud-1")), Ok(ended));
}

#[test]
fn the_context_path_of_older_connections_is_found_as_well() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let urls = ["https://a.example.com:8443", "https://b.example.com/jira", "https://c.example.com/tools/jira"];
    for (at, url) in urls.iter().enumerate() {
        move_to_instance(&fixture, &fixture.connect(&ada, &format!("Connection {at}")), url);
    }
    fixture.connect(&ada, "Cloud");
    let paths = || -> Vec<serde_json::Value> {
        let columns = "SELECT name_key, context_path FROM connections ORDER BY name_key";
        fixture.tables.rows(columns, vec![]).expect("rows")
    };
    let before = paths();
    let text = |row: &serde_json::Value| row["context_path"].as_str().map(str::to_owned);
    let expected = [None, Some(String::new()), Some("/jira".to_owned()), Some("/tools/jira".to_owned())];
    assert_eq!(before.iter().map(text).collect::<Vec<_>>(), expected);
    for undo in [
        "DROP TRIGGER connection_changed",
        "DROP INDEX connections_by_context_path",
        "ALTER TABLE connections DROP COLUMN context_path",
    ] {
        fixture.tables.run(undo, vec![]).expect("undone");
    }
    crate::organization::migrations::find_context_paths(&fixture.tables).expect("migrated");
    assert_eq!(paths(), before, "what the migration writes is what keeping writes");
    let target = JiraTarget::Direct { address: urls[1].to_owned().into() };
    assert_eq!(target.context_path(), Some("/jira"));
}
