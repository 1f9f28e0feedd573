//! The timeline.

use super::*;
use crate::organization::migrations::find_actors;

#[test]
fn what_people_do_is_written_down_with_who_did_it() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    rename(&fixture, &connection, "Production").expect("saved");
    rename(&fixture, &connection, "Production").expect("the same name is no renaming");
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    revert(&fixture, &ada, &connection).expect("taken back");
    let consent = Call::<UnauthorizeConnection>::new(connection.id.clone(), Unauthorize { reach: Reach::Consent });
    fixture.ask(&ada, &consent).expect("ended");
    fixture.ask(&ada, &consent).expect("nothing more to end");
    for _ in 0..2 {
        fixture.ask(&ada, &Call::<DeleteConnection>::new(connection.id.clone(), Nothing {})).expect("deleted");
    }
    for _ in 0..2 {
        fixture.ask(&ada, &Call::<RestoreConnection>::new(connection.id.clone(), Nothing {})).expect("restored");
    }
    let expected = ["created", "renamed", "reauthorized", "reverted", "unauthorized", "deleted", "restored"];
    assert_eq!(events(&fixture, &connection), expected);
    let told = told(&fixture, &connection);
    let by = api::Actor::Member { name: "Ada".into(), email: "ada@example.com".into() };
    assert!(told.iter().all(|entry| entry.actor == by && entry.connection_id == Some(connection.id.clone())));
    assert_eq!(told[1].event, TimelineEvent::Renamed { from: "Staging".into(), to: "Production".into() });
    let changed =
        TimelineEvent::Reauthorized { from: Some("ada at Atlassian".into()), to: Some("eve at Atlassian".into()) };
    assert_eq!(told[2].event, changed);
    assert_eq!(told[4].event, TimelineEvent::Unauthorized { cause: None, reach: Some(Reach::Consent) });
    assert_eq!(told[0].connection_name.as_deref(), Some("Staging"), "the name at the time");
}

#[test]
fn an_incident_is_one_entry_and_its_end_another() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let grant = grant_of(&fixture, &connection);
    for _ in 0..3 {
        report(&fixture, &grant, interrupted(&fixture, Cause::AtlassianUnreachable));
    }
    for _ in 0..3 {
        report(&fixture, &grant, refreshed(&fixture, 2));
    }
    for _ in 0..3 {
        report(&fixture, &grant, refused(&fixture));
    }
    assert_eq!(events(&fixture, &connection), ["created", "interrupted", "recovered", "unauthorized"]);
    let last = told(&fixture, &connection).pop().expect("an entry");
    assert_eq!(last.actor, api::Actor::Atlassian);
    assert_eq!(last.event, TimelineEvent::Unauthorized { cause: Some(Cause::GrantRefused), reach: None });
}

#[test]
fn refreshes_in_a_row_are_one_entry_that_counts_them() {
    let mut fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let other = fixture.connect(&fixture.ada(), "Other");
    let grant = grant_of(&fixture, &connection);
    for generation in 2..=42 {
        fixture.pass(3600);
        report(&fixture, &grant, refreshed(&fixture, generation));
        report(&fixture, &grant, refreshed(&fixture, generation));
        report(&fixture, &grant_of(&fixture, &other), refreshed(&fixture, generation));
    }
    let told_so_far = told(&fixture, &connection);
    assert_eq!((told_so_far.len(), told_so_far[1].count, told_so_far[1].at), (2, 41, fixture.now));
    rename(&fixture, &connection, "Production").expect("saved");
    report(&fixture, &grant, refreshed(&fixture, 43));
    assert_eq!(events(&fixture, &connection), ["created", "refreshed", "renamed", "refreshed"]);
}

#[test]
fn a_key_is_named_when_it_first_calls_through_a_connection() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    for connection in [&one, &two, &one] {
        fixture.pass(60);
        fixture.ask(&caller, &AuthorizeCall { connection: connection.id.clone() }).expect("admitted");
    }
    for connection in [&one, &two] {
        let last = told(&fixture, connection).pop().expect("an entry");
        assert_eq!(last.event, TimelineEvent::KeyFirstUsed { key: "CI".into() });
        assert_eq!(last.actor, api::Actor::ApiKey { name: "CI".into() });
        assert_eq!(events(&fixture, connection).len(), 2);
    }
}

#[test]
fn the_audit_log_has_what_happened_to_no_connection_too() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    key(&fixture, &[KeyScope::Proxy], None);
    let id = fixture.ask(&ada, &Call::<ListApiKeys>::new((), Nothing {})).expect("listed").items[0].id.clone();
    fixture.ask(&ada, &Call::<RevokeApiKey>::new(id, Nothing {})).expect("revoked");
    fixture.ask(&ada, &BeginExport { query: TimelineQuery::default() }).expect("begun");
    let find = Call::<GetAuditLog>::new((), TimelineQuery::default());
    let log = fixture.ask(&ada, &find).expect("a log").items;
    let newest: Vec<_> = log.into_iter().map(|entry| entry.read().event).take(3).collect();
    let key = || "CI".to_owned();
    assert_eq!(
        newest,
        [TimelineEvent::Exported, TimelineEvent::KeyRevoked { key: key() }, TimelineEvent::KeyCreated { key: key() }]
    );
}

#[test]
fn the_log_is_paged_and_filtered_by_event_and_words() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for at in 0..5 {
        fixture.connect(&ada, &format!("Connection {at}"));
    }
    let find = |query: TimelineQuery| fixture.ask(&ada, &Call::<GetAuditLog>::new((), query));
    let created = || TimelineQuery { event: Some("created".into()), limit: Some(2), ..Default::default() };
    let (mut query, mut names) = (created(), Vec::new());
    loop {
        let page = find(query).expect("a page");
        names.extend(page.items.into_iter().filter_map(|entry| entry.read().connection_name));
        let Some(cursor) = page.next_cursor else { break };
        query = TimelineQuery { cursor: Some(cursor), ..created() };
    }
    assert_eq!(names, ["Connection 4", "Connection 3", "Connection 2", "Connection 1", "Connection 0"]);
    let count = |q: &str| find(TimelineQuery { q: Some(q.into()), ..created() }).expect("a page").items.len();
    assert_eq!((count("connection 3"), count("ADA@"), count("nobody")), (1, 2, 0));
    for bad in [
        TimelineQuery { event: Some("unheard_of".into()), ..Default::default() },
        TimelineQuery { cursor: Some("x".into()), ..Default::default() },
        TimelineQuery { limit: Some(0), ..Default::default() },
        TimelineQuery { limit: Some(201), ..Default::default() },
    ] {
        assert!(matches!(find(bad), Err(Refusal::Invalid(_))));
    }
}

#[test]
fn the_log_is_filtered_by_person_and_by_time_and_paged_within() {
    let mut fixture = Fixture::new();
    fixture.administrators.push("bob@example.com".into());
    let (ada, bob) = (fixture.ada(), fixture.sign_in("bob@example.com", "Bob").expect("Bob is an administrator"));
    let mut moments = Vec::new();
    for at in 0..4 {
        fixture.pass(600);
        moments.push(fixture.now);
        let caller = if at % 2 == 0 { &ada } else { &bob };
        let new = NewWorkspace { name: name(&format!("Workspace {at}")), connections: Vec::new() };
        fixture.ask(caller, &Call::<CreateWorkspace>::new((), new)).expect("made");
    }
    let reader = fixture.ada();
    let find = |query: TimelineQuery| fixture.ask(&reader, &Call::<GetAuditLog>::new((), query));
    let found = |query: TimelineQuery| {
        let items = find(TimelineQuery { event: Some("workspace_changed".into()), ..query }).expect("a page").items;
        let named = |entry: WrittenEntry| match entry.read().event {
            TimelineEvent::WorkspaceChanged { workspace, .. } => workspace,
            other => panic!("{other:?}"),
        };
        items.into_iter().map(named).collect::<Vec<_>>()
    };
    let by = |actor: &str| found(TimelineQuery { actor: Some(actor.into()), ..Default::default() });
    assert_eq!(by("bob@example.com"), ["Workspace 3", "Workspace 1"]);
    assert_eq!(by(" ADA@example.com "), ["Workspace 2", "Workspace 0"]);
    assert_eq!(by("causeway"), [""; 0]);
    let between = |from, until| TimelineQuery { from: Some(from), until: Some(until), ..TimelineQuery::default() };
    assert_eq!(
        found(between(moments[1], moments[3])),
        ["Workspace 2", "Workspace 1"],
        "from is included, until is not"
    );
    assert_eq!(found(between(moments[3], moments[1])), [""; 0]);
    let page = |cursor| TimelineQuery { cursor, limit: Some(1), ..between(moments[0], moments[3]) };
    let first = find(page(None)).expect("a page");
    let second = find(page(first.next_cursor)).expect("a page");
    let third = find(page(second.next_cursor)).expect("a page");
    assert!(third.next_cursor.is_none() && third.items.len() == 1, "three entries are between them");
    let bad = TimelineQuery { actor: Some("somebody".into()), ..Default::default() };
    assert!(matches!(find(bad), Err(Refusal::Invalid(_))));
}

#[test]
fn what_was_written_before_persons_could_be_asked_for_is_found_by_person_too() {
    let fixture = Fixture::new();
    fixture.connect(&fixture.ada(), "Staging");
    key(&fixture, &[KeyScope::Proxy], None);
    let actors = || -> Vec<serde_json::Value> {
        fixture.tables.rows("SELECT id, actor FROM timeline ORDER BY id", vec![]).expect("rows")
    };
    let written = actors();
    fixture.tables.run("UPDATE timeline SET actor = ''", vec![]).expect("as before");
    find_actors(&fixture.tables).expect("migrated");
    assert_eq!(actors(), written, "what the migration writes is what recording writes");
}

#[test]
fn only_administrators_read_what_happened() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    let reader = key(&fixture, &[KeyScope::ConnectionsRead, KeyScope::ConnectionsWrite], None);
    for (caller, refusal) in [(max, Refusal::NotFound), (reader, Refusal::Forbidden)] {
        let of_one = Call::<GetTimeline>::new(connection.id.clone(), TimelineQuery::default());
        assert_eq!(fixture.ask(&caller, &of_one).err(), Some(refusal));
        let of_all = Call::<GetAuditLog>::new((), TimelineQuery::default());
        assert_eq!(fixture.ask(&caller, &of_all).err(), Some(Refusal::Forbidden));
        assert_eq!(
            fixture.ask(&caller, &BeginExport { query: TimelineQuery::default() }).err(),
            Some(Refusal::Forbidden)
        );
    }
}
