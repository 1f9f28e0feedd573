//! Databases of older versions.

use super::*;
use crate::organization::{fixture::Tables, migrations::make_version_1};

/// A connection as version 1 wrote it. These are its bytes: changing how they are read loses what people saved.
fn record(id: &str, name: &str, status: &str) -> String {
    format!(
        r#"{{"v":1,"shown":{{"id":"{id}","name":"{name}","kind":"cloud_oauth2","site":{{"cloud_id":"one","name":"One",
        "url":"https://one.atlassian.net","avatar_url":null}},"status":{status},"account":{{"account_id":"ada",
        "name":"Ada","email":null}},"scopes":["read:jira-work"],"created_at":"2026-11-22T05:00:00Z",
        "authorized_at":"2026-11-22T05:00:00Z","last_activity_at":"2026-11-22T05:00:00Z",
        "reauthorize_before":"2027-02-20T05:00:00Z","version":1,"a_field_of_tomorrow":true}},"grant":"grt_{id}"}}"#
    )
}

fn version_1() -> Fixture {
    let tables = Tables::empty();
    make_version_1(&tables).expect("the schema is SQL");
    let insert = "INSERT INTO connections (id, name_key, kind, state, search, cloud_id, grant_id, last_activity, record) \
         VALUES (?, ?, 'cloud_oauth2', ?, ?, 'one', ?, 1795323600000, ?)";
    let dead = r#"{"state":"unauthorized","cause":"grant_refused","since":"2026-11-22T05:00:00Z"}"#;
    for (id, name, state, status) in
        [("con_1", "Staging", "authorized", r#"{"state":"authorized"}"#), ("con_2", "Sandbox", "unauthorized", dead)]
    {
        let row =
            [id, &name.to_lowercase(), state, &name.to_lowercase(), &format!("grt_{id}"), &record(id, name, status)];
        tables.run(insert, row.into_iter().map(Value::from).collect()).expect("inserted");
    }
    tables.run("INSERT INTO retiring (grant_id, since) VALUES ('grt_old', 1)", vec![]).expect("inserted");
    Turn::prepare(&tables).expect("it is brought to this version");
    Fixture { tables, ..Fixture::new() }
}

#[test]
fn what_needed_a_person_before_it_was_written_down_is_found_as_well() {
    let migrated = version_1();
    let rows = |fixture: &Fixture| -> Vec<serde_json::Value> {
        let columns = "SELECT id, failing, failing_since, story, horizon, kind_key, site_key, account_key, ends_at \
             FROM connections ORDER BY id";
        fixture.tables.rows(columns, vec![]).expect("rows")
    };
    let before = rows(&migrated);
    assert_eq!(before[1]["story"], "grant_refused/ada");
    for id in ["con_1", "con_2"] {
        let id = ConnectionId::parse(id.to_owned()).expect("an id");
        let connection = migrated.turn().connection(&id).expect("there");
        migrated.turn().store_connection(&connection).expect("kept");
    }
    assert_eq!(rows(&migrated), before, "what the migration writes is what keeping writes");
    let find = Call::<GetAttention>::new((), Nothing {});
    let names: Vec<_> =
        migrated.ask(&migrated.ada(), &find).expect("found").needs.into_iter().map(|n| n.connection.name).collect();
    assert_eq!(names, [name("Sandbox"), name("Staging")], "one is dead, one lacks scopes");
}

#[test]
fn the_connections_of_version_1_are_all_there_and_work() {
    let fixture = version_1();
    let ada = fixture.ada();
    let page = fixture.ask(&ada, &Call::<ListConnections>::new((), ListConnectionsQuery::default())).expect("a page");
    let shown: Vec<_> = page.items.iter().map(|c| (c.name.as_str(), c.status.state())).collect();
    assert_eq!(shown, [("Sandbox", State::Unauthorized), ("Staging", State::Authorized)]);
    let staging = &page.items[1];
    report(&fixture, &grant_of(&fixture, staging), interrupted(&fixture, Cause::AtlassianUnreachable));
    assert_eq!(show(&fixture, staging).status.cause(), Some(Cause::AtlassianUnreachable));
    rename(&fixture, staging, "Production").expect("saved");
    let find = Call::<GetImpact>::new(staging.id.clone(), ImpactQuery { action: api::ImpactAction::Delete });
    assert_eq!(fixture.ask(&ada, &find).expect("an impact").connections.len(), 1, "a dead credential shares nothing");
    let end = Call::<UnauthorizeConnection>::new(staging.id.clone(), Unauthorize { reach: Reach::Consent });
    assert_eq!(fixture.ask(&ada, &end).expect("ended").dropped.len(), 1);
}

#[test]
fn what_version_1_meant_to_destroy_is_destroyed() {
    let retiring = version_1().turn().retiring().expect("asked");
    assert_eq!(retiring.iter().map(GrantId::as_str).collect::<Vec<_>>(), ["grt_old"]);
}

#[test]
fn preparing_again_changes_nothing() {
    let fixture = version_1();
    let before = fixture.tables.dump();
    Turn::prepare(&fixture.tables).expect("prepared");
    assert_eq!(fixture.tables.dump(), before);
}

#[test]
fn an_older_database_gets_the_tables_of_a_new_one() {
    let schema = |tables: &Tables| -> Vec<serde_json::Value> {
        tables.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name", vec![]).expect("a schema")
    };
    assert_eq!(schema(&version_1().tables), schema(&Tables::new()));
}

#[test]
fn the_connections_of_version_1_that_have_a_credential_are_looked_at_soon() {
    let due = version_1().turn().take_due_checkups(10).expect("asked");
    assert_eq!(due.iter().map(|subject| subject.connection.id.as_str()).collect::<Vec<_>>(), ["con_1"]);
}

#[test]
fn authorizations_that_were_under_way_keep_their_slots_and_a_broken_one_stops_nothing() {
    let tables = Tables::empty();
    make_version_1(&tables).expect("the schema is SQL");
    let insert = "INSERT INTO attempts (id, session, ticket, expires_at, record) VALUES (?, 'x', ?, 1, ?)";
    let record = |stage: &str| format!(r#"{{"v":1,"id":"aut","slot":3,"stage":{{"stage":"{stage}"}}}}"#);
    for (id, record) in [("1", record("ticketed")), ("2", record("failed")), ("3", record("saved")), ("4", "{".into())]
    {
        tables.run(insert, vec![id.into(), id.into(), record.into()]).expect("inserted");
    }
    Turn::prepare(&tables).expect("it is brought to this version");
    let slots: Vec<serde_json::Value> = tables.rows("SELECT slot FROM attempts ORDER BY id", vec![]).expect("rows");
    let slots: Vec<_> = slots.iter().map(|row| row["slot"].as_i64()).collect();
    assert_eq!(slots, [Some(3), None, None, None]);
}
