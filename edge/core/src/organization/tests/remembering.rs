//! What the organization tells isolates that remember what keys may do. That a command which changes an answer tells it
//! is checked after every command of every test (`fixture/remembered.rs`); these run what changes answers, and what does
//! not.

use super::*;

fn epoch(fixture: &Fixture) -> Epoch {
    fixture.as_edge(&GetAccessChanges { since: Epoch(0) }).expect("an answer").epoch
}

fn changes(fixture: &Fixture, since: Epoch) -> Option<Vec<AccessChange>> {
    fixture.as_edge(&GetAccessChanges { since }).expect("an answer").changes
}

fn call(fixture: &Fixture, caller: &Caller, connection: &Connection) -> Result<Admitted, Refusal> {
    fixture.ask(caller, &AuthorizeCall { connection: connection.id.clone() })
}

fn digest_of(caller: &Caller) -> Digest {
    match caller {
        Caller::ApiKey(digest) => digest.clone(),
        other => panic!("no key: {other:?}"),
    }
}

#[test]
fn each_command_that_takes_access_away_says_whose() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let [one, two] = ["One", "Two"].map(|name| fixture.connect(&ada, name));
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    for connection in [&one, &two] {
        assert!(matches!(call(&fixture, &caller, connection), Ok(Admitted::To { .. })));
    }
    let about = |since, connection: &Connection| {
        assert_eq!(changes(&fixture, since), Some(vec![AccessChange::Connection(connection.id.clone())]));
        epoch(&fixture)
    };
    let mut since = epoch(&fixture);
    fixture.ask(&ada, &Call::<DeactivateConnection>::new(one.id.clone(), Nothing {})).expect("switched off");
    since = about(since, &one);
    fixture.ask(&ada, &Call::<ActivateConnection>::new(one.id.clone(), Nothing {})).expect("switched on");
    since = about(since, &one);
    report(&fixture, &grant_of(&fixture, &one), refused(&fixture));
    since = about(since, &one);
    fixture.ask(&ada, &Call::<DeleteConnection>::new(two.id.clone(), Nothing {})).expect("deleted");
    since = about(since, &two);
    fixture.ask(&ada, &Call::<RestoreConnection>::new(two.id.clone(), Nothing {})).expect("restored");
    since = about(since, &two);
    let keys = fixture.ask(&ada, &Call::<ListApiKeys>::new((), Nothing {})).expect("keys");
    let key_id = keys.items.first().expect("a key").id.clone();
    fixture.ask(&ada, &Call::<RevokeApiKey>::new(key_id, Nothing {})).expect("revoked");
    assert_eq!(changes(&fixture, since), Some(vec![AccessChange::Key(digest_of(&caller))]));
}

#[test]
fn what_the_steady_state_writes_changes_no_epoch() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    assert!(matches!(call(&fixture, &caller, &one), Ok(Admitted::To { .. })));
    let since = epoch(&fixture);
    for generation in 2..6 {
        fixture.pass(600);
        let at = fixture.now;
        let refreshed = GrantReport::Refreshed { at, generation: Generation(generation), reauthorize_before: None };
        report(&fixture, &grant_of(&fixture, &one), refreshed);
        fixture.as_edge(&calls_of(&one, &caller, fixture.now, 100)).expect("recorded");
        assert!(matches!(call(&fixture, &caller, &one), Ok(Admitted::To { .. })));
        fixture.as_edge(&RequestCheckup { connection: one.id.clone() }).expect("requested");
    }
    let interrupted = GrantReport::Interrupted { since: fixture.now, cause: Cause::AtlassianUnreachable, status: None };
    report(&fixture, &grant_of(&fixture, &one), interrupted);
    assert!(matches!(call(&fixture, &caller, &one), Ok(Admitted::To { .. })), "calls are tried all the same");
    assert_eq!((epoch(&fixture), changes(&fixture, since)), (since, Some(Vec::new())));
}

#[test]
fn a_refused_command_changes_no_epoch() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    key(&fixture, &[KeyScope::Proxy], None);
    let since = epoch(&fixture);
    let refused = fixture.ask(&ada, &Call::<RevokeApiKey>::new(fixture.turn().new_id(), Nothing {}));
    assert_eq!(refused.err(), Some(Refusal::NotFound));
    let transaction = fixture.turn().transaction(|| {
        fixture.tables.run("UPDATE connections SET admission = '' WHERE id = ?", vec![one.id.as_str().into()])?;
        Err::<(), Refusal>(Refusal::NotFound)
    });
    assert_eq!(transaction, Err(Refusal::NotFound));
    assert_eq!(epoch(&fixture), since);
}

#[test]
fn more_changes_than_are_kept_may_be_anything_and_so_may_a_restart() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let since = epoch(&fixture);
    for _ in 0..250 {
        for change in
            ["INSERT INTO access (connection, workspace) VALUES (?, 'w')", "DELETE FROM access WHERE connection = ?"]
        {
            fixture.tables.run(change, vec![one.id.as_str().into()]).expect("changed");
        }
    }
    assert_eq!(changes(&fixture, since).map(|changes| changes.len()), Some(500));
    assert_eq!(changes(&fixture, Epoch(since.0 - 1)), None, "older ones are forgotten");
    assert_eq!(changes(&fixture, Epoch(epoch(&fixture).0 + 1)), None, "what is not known yet may be anything");
    let since = epoch(&fixture);
    fixture.turn().begin_epoch().expect("begun");
    assert_eq!(changes(&fixture, since), None);
}

#[test]
fn an_answer_says_when_the_key_ends_and_an_old_secret_ends_no_later_than_its_key() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let ends_at = |fixture: &Fixture, caller: &Caller| match call(fixture, caller, &one) {
        Ok(Admitted::To { key_ends_at, epoch: Some(_), .. }) => key_ends_at,
        other => panic!("{other:?}"),
    };
    assert_eq!(ends_at(&fixture, &caller), None);
    let id = fixture.ask(&ada, &Call::<ListApiKeys>::new((), Nothing {})).expect("keys").items[0].id.clone();
    let end = fixture.now.plus_seconds(60);
    let rotation = ApiKeyRotation { overlap_seconds: 3600, expires_at: Some(end) };
    let secret = NewSecret { digest: Digest::of("rotated"), prefix: "cw_rota".to_owned() };
    let since = epoch(&fixture);
    fixture.ask(&ada, &ReplaceSecret { id, rotation, secret }).expect("rotated");
    assert_eq!(changes(&fixture, since), Some(vec![AccessChange::Key(digest_of(&caller))]));
    let rotated = Caller::ApiKey(Digest::of("rotated"));
    assert_eq!([&caller, &rotated].map(|one| ends_at(&fixture, one)), [Some(end), Some(end)]);
    fixture.pass(60);
    for ended in [&caller, &rotated] {
        assert_eq!(call(&fixture, ended, &one), Err(Refusal::ApiKeyRefused));
    }
}

/// A batch of calls of one key through one connection.
fn calls_of(connection: &Connection, caller: &Caller, at: Timestamp, count: u32) -> RecordCalls {
    let hour = step_of(at, HOUR);
    let succeeded = CallCount { hour, outcome: CallOutcome::Succeeded, count, slowest_millis: 20, last_at: at };
    RecordCalls {
        connections: vec![CountedCalls {
            connection: connection.id.clone(),
            counts: vec![succeeded],
            failed: Vec::new(),
            succeeded_at: Some(at),
            failing: None,
            is_mixed: false,
            rate_limit: None,
            keys: vec![KeyCalls { hour, key: digest_of(caller), count }],
        }],
    }
}

/// How many rows were written since the database was opened, by triggers as well.
fn rows_written(fixture: &Fixture) -> i64 {
    let rows: Vec<serde_json::Value> = fixture.tables.rows("SELECT total_changes() AS n", vec![]).expect("a count");
    rows[0]["n"].as_i64().expect("a number")
}

#[test]
fn what_is_written_of_calls_depends_on_who_called_through_what_and_not_on_how_often() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    call(&fixture, &caller, &one).expect("admitted");
    let mut written = |count: u32, seconds: i64| {
        fixture.pass(seconds);
        let calls = serde_json::value::to_raw_value(&calls_of(&one, &caller, fixture.now, count)).expect("JSON");
        let before = rows_written(&fixture);
        fixture.reply(&Caller::Edge, RecordCalls::NAME, calls).expect("recorded");
        rows_written(&fixture) - before
    };
    written(1, 10);
    // The calls of the hour, and those of the key in it.
    assert_eq!([written(1, 10), written(1000, 10), written(1_000_000, 10)], [2, 2, 2]);
    // Once a minute also when the key and the connection were last used.
    assert_eq!([written(1, 60), written(1, 10), written(1, 10)], [4, 2, 2]);
}

#[test]
fn dates_of_last_use_come_with_the_batches_for_either_secret_of_a_key() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let one = fixture.connect(&ada, "One");
    let old = key(&fixture, &[KeyScope::Proxy], None);
    let listed =
        |fixture: &Fixture| fixture.ask(&ada, &Call::<ListApiKeys>::new((), Nothing {})).expect("keys").items.remove(0);
    let rotation = ApiKeyRotation { overlap_seconds: 3600, expires_at: None };
    let secret = NewSecret { digest: Digest::of("rotated"), prefix: "cw_rota".to_owned() };
    fixture.ask(&ada, &ReplaceSecret { id: listed(&fixture).id, rotation, secret }).expect("rotated");
    let new = Caller::ApiKey(Digest::of("rotated"));
    fixture.pass(300);
    let first = fixture.now;
    fixture.as_edge(&calls_of(&one, &old, first, 3)).expect("recorded");
    fixture.pass(120);
    fixture.as_edge(&calls_of(&one, &new, fixture.now, 3)).expect("recorded");
    let key = listed(&fixture);
    assert_eq!(key.previous.and_then(|previous| previous.last_used_at), Some(first));
    assert_eq!(key.last_used_at, Some(fixture.now));
    let shown = fixture.ask(&ada, &Call::<GetConnection>::new(one.id, Nothing {})).expect("a connection");
    assert_eq!(shown.last_activity_at, fixture.now);
}
