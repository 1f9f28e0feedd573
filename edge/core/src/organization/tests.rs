//! The organization's rules.

use api::{
    AuthorizationStatus, Cause, ConnectionEdit, ConnectionSort, KeyScope, ListConnectionsQuery, Name, NewApiKey,
    NewConnection, State, Status,
};

use crate::{
    authorization::LIFE_SECONDS,
    grant::{Generation, GrantReport},
    organization::{fixture::Fixture, *},
    ports::Claim,
    secrets::Digest,
};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn key(fixture: &Fixture, scopes: &[KeyScope], connections: Option<Vec<api::ConnectionId>>) -> Caller {
    let digest = Digest::of(&format!("key {scopes:?} {connections:?}"));
    let new = NewApiKey { name: name("CI"), scopes: scopes.to_vec(), connections, expires_at: None };
    fixture.ask(&fixture.ada(), &MakeApiKey { new, digest: digest.clone() }).expect("made");
    Caller::ApiKey(digest)
}

#[test]
fn a_stranger_gets_no_session_and_learns_whom_to_ask() {
    let refused = Fixture::new().sign_in("sam@example.com", "Sam").expect_err("Sam is nobody here");
    assert_eq!(refused, Opened::Stranger { ask: vec!["ada@example.com".to_owned()] });
}

#[test]
fn a_session_ends_after_an_hour_unused_and_after_twelve_hours_in_any_case() {
    let show = ShowSession { organization: "default".into() };
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    for _ in 0..12 {
        fixture.pass(3_599);
        assert!(fixture.ask(&ada, &show).is_ok());
    }
    fixture.pass(12);
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));

    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.pass(3_600);
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn who_is_no_administrator_any_more_has_no_session_any_more() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.administrators = vec!["eve@example.com".to_owned()];
    let show = ShowSession { organization: "default".into() };
    assert_eq!(fixture.ask(&ada, &show).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn a_member_who_is_no_administrator_may_not_administer() {
    let fixture = Fixture::new();
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    assert_eq!(fixture.ask(&max, &FindApiKeys {}).err(), Some(Refusal::Forbidden));
    let find = FindConnections { query: ListConnectionsQuery::default() };
    assert_eq!(fixture.ask(&max, &find).err(), Some(Refusal::Forbidden));
}

#[test]
fn nobody_outside_the_edge_may_ask_what_only_the_edge_asks() {
    let fixture = Fixture::new();
    assert_eq!(fixture.ask(&fixture.ada(), &FindAlerts {}).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&Caller::Nobody, &FindAlerts {}).err(), Some(Refusal::NotSignedIn));
}

#[test]
fn a_sign_in_is_finished_once_and_only_with_its_cookie() {
    let fixture = Fixture::new();
    let begin = |state: &str| BeginSignIn { state: Digest::of(state), cookie: Digest::of("c"), return_to: "/x".into() };
    let spend = |state: &str, cookie: &str| SpendSignIn { state: Digest::of(state), cookie: Digest::of(cookie) };
    fixture.as_edge(&begin("s")).expect("begun");
    assert_eq!(fixture.as_edge(&spend("s", "c")), Ok("/x".to_owned()));
    assert_eq!(fixture.as_edge(&spend("s", "c")), Err(Refusal::Spent));
    fixture.as_edge(&begin("t")).expect("begun");
    assert_eq!(fixture.as_edge(&spend("t", "other")), Err(Refusal::Spent));
    assert_eq!(fixture.as_edge(&spend("t", "c")), Err(Refusal::Spent), "a wrong cookie spends the state too");
}

#[test]
fn a_ticket_works_once_and_only_in_the_session_it_was_given_to() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let other = fixture.sign_in("ada@example.com", "Ada elsewhere").expect("Ada");
    fixture.ask(&ada, &BeginAttempt { ticket: Digest::of("t"), connection: None }).expect("begun");
    let spend = || SpendTicket { ticket: Digest::of("t"), state: Digest::of("s"), cookie: Digest::of("c") };
    assert_eq!(fixture.ask(&other, &spend()).err(), Some(Refusal::Spent));
    assert!(fixture.ask(&ada, &spend()).is_ok());
    assert_eq!(fixture.ask(&ada, &spend()).err(), Some(Refusal::Spent));
}

#[test]
fn attempts_under_way_have_cookies_of_their_own_and_stay_bounded() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let mut slots = Vec::new();
    for at in 0..SLOTS {
        let ticket = || Digest::of(&format!("t{at}"));
        fixture.ask(&ada, &BeginAttempt { ticket: ticket(), connection: None }).expect("begun");
        let spend = SpendTicket { ticket: ticket(), state: Digest::of(&format!("s{at}")), cookie: Digest::of("c") };
        slots.push(fixture.ask(&ada, &spend).expect("left"));
    }
    slots.sort_unstable();
    assert_eq!(slots, (0..SLOTS).collect::<Vec<_>>());
    let more = fixture.ask(&ada, &BeginAttempt { ticket: Digest::of("more"), connection: None });
    assert_eq!(more.err(), Some(Refusal::TooManyAuthorizations));
}

#[test]
fn saving_claims_the_grant_once() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let authorization_id = fixture.authorize(&ada, "a", "cloud-1");
    let save = |name_: &str| SaveNewConnection {
        new: NewConnection { name: name(name_), authorization_id: authorization_id.clone() },
    };
    let saved = fixture.ask(&ada, &save("Staging")).expect("saved");
    let grant = saved.held.expect("a grant");
    assert_eq!(saved.connection.status, Status::Authorized);
    assert_eq!(fixture.as_edge(&FindClaim { grant }), Ok(Claim::Held));
    assert_eq!(fixture.ask(&ada, &save("Again")).err(), Some(Refusal::AuthorizationNotReady));
}

#[test]
fn a_taken_name_does_not_spend_the_authorization() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.connect(&ada, "Staging");
    let authorization_id = fixture.authorize(&ada, "b", "cloud-1");
    let save = |name_: &str| SaveNewConnection {
        new: NewConnection { name: name(name_), authorization_id: authorization_id.clone() },
    };
    assert_eq!(fixture.ask(&ada, &save("sTAGING")).err(), Some(Refusal::NameTaken));
    assert!(fixture.ask(&ada, &save("Production")).is_ok());
}

#[test]
fn what_nobody_saves_belongs_to_nobody_when_the_attempt_is_over() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let id = fixture.authorize(&ada, "a", "cloud-1");
    let grants: Vec<serde_json::Value> = fixture.tables.rows("SELECT grant_id FROM attempts", vec![]).expect("rows");
    let grant = api::GrantId::parse(grants[0]["grant_id"].as_str().expect("an id")).expect("an id");
    let claim = FindClaim { grant };
    assert_eq!(fixture.as_edge(&claim), Ok(Claim::Pending));
    fixture.pass(LIFE_SECONDS);
    assert_eq!(fixture.as_edge(&claim), Ok(Claim::Abandoned));
    let view = fixture.ask(&ada, &ShowAttempt { id }).expect("its own session still sees it");
    assert_eq!(view.status, AuthorizationStatus::Failed);
}

#[test]
fn an_attempt_is_seen_by_its_own_session_only() {
    let fixture = Fixture::new();
    let id = fixture.authorize(&fixture.ada(), "a", "cloud-1");
    let other = fixture.sign_in("ada@example.com", "Ada elsewhere").expect("Ada");
    assert_eq!(fixture.ask(&other, &ShowAttempt { id: id.clone() }).err(), Some(Refusal::NotFound));
    assert_eq!(fixture.ask(&other, &CancelAttempt { id }).err(), Some(Refusal::NotFound));
}

#[test]
fn of_two_who_edit_at_once_the_second_is_told() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let rename = |to: &str| SaveConnection {
        id: connection.id.clone(),
        version: connection.version,
        edit: ConnectionEdit { name: Some(name(to)), authorization_id: None },
    };
    assert!(fixture.ask(&ada, &rename("Production")).is_ok());
    assert_eq!(fixture.ask(&ada, &rename("Sandbox")).err(), Some(Refusal::EditConflict));
    let now = fixture.ask(&ada, &ShowConnection { id: connection.id }).expect("there");
    assert_eq!(now.name.as_str(), "Production");
}

#[test]
fn a_grant_that_is_reported_dead_makes_its_connection_unauthorized() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture);
    let dead = GrantReport::Unauthorized { since: fixture.now, cause: Cause::GrantRefused };
    fixture.as_edge(&ReportGrant { grant: grant.clone(), report: dead }).expect("heard");
    let shown = fixture.ask(&ada, &ShowConnection { id: connection.id.clone() }).expect("there");
    assert_eq!(shown.status.state(), State::Unauthorized);
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let admitted = fixture.ask(&caller, &AdmitCall { connection: connection.id });
    assert_eq!(admitted, Ok(Admitted::Unauthorized { cause: Some(Cause::GrantRefused) }));
}

#[test]
fn our_own_wrong_client_secret_alerts_the_operator_and_marks_no_connection() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture);
    let refused = GrantReport::Interrupted { since: fixture.now, cause: Cause::ClientRefused };
    fixture.as_edge(&ReportGrant { grant: grant.clone(), report: refused }).expect("heard");
    let shown = fixture.ask(&ada, &ShowConnection { id: connection.id }).expect("there");
    assert_eq!(shown.status, Status::Authorized);
    assert_eq!(fixture.as_edge(&FindAlerts {}).expect("alerts").len(), 1);

    let (at, generation) = (fixture.now, Generation(2));
    let well = GrantReport::Refreshed { at, generation, reauthorize_before: at };
    fixture.as_edge(&ReportGrant { grant, report: well }).expect("heard");
    assert!(fixture.as_edge(&FindAlerts {}).expect("alerts").is_empty());
}

fn grant_of(fixture: &Fixture) -> api::GrantId {
    let rows: Vec<serde_json::Value> = fixture.tables.rows("SELECT grant_id FROM connections", vec![]).expect("rows");
    api::GrantId::parse(rows[0]["grant_id"].as_str().expect("an id")).expect("an id")
}

#[test]
fn a_key_may_do_what_its_scopes_say_with_the_connections_it_names() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(vec![one.id.clone()]));
    let find = FindConnections { query: ListConnectionsQuery::default() };
    let seen: Vec<_> = fixture.ask(&reader, &find).expect("listed").items.into_iter().map(|c| c.id).collect();
    assert_eq!(seen, vec![one.id.clone()]);
    assert_eq!(fixture.ask(&reader, &ShowConnection { id: two.id.clone() }).err(), Some(Refusal::NotFound));
    assert_eq!(fixture.ask(&reader, &AdmitCall { connection: one.id.clone() }).err(), Some(Refusal::Forbidden));
    let caller = key(&fixture, &[KeyScope::Proxy], Some(vec![one.id.clone()]));
    assert!(matches!(fixture.ask(&caller, &AdmitCall { connection: one.id }), Ok(Admitted::To { .. })));
    assert_eq!(fixture.ask(&caller, &AdmitCall { connection: two.id }).err(), Some(Refusal::NotFound));
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
        expires_at: Some(fixture.now.plus_seconds(60)),
    };
    fixture.ask(&ada, &MakeApiKey { new, digest: digest.clone() }).expect("made");
    let find = FindConnections { query: ListConnectionsQuery::default() };
    assert!(fixture.ask(&Caller::ApiKey(digest.clone()), &find).is_ok());
    fixture.pass(60);
    assert_eq!(fixture.ask(&Caller::ApiKey(digest), &find).err(), Some(Refusal::ApiKeyRefused));

    let ada = fixture.ada();
    let reader = key_for(&fixture, &ada);
    let id = fixture.ask(&ada, &FindApiKeys {}).expect("listed").items[0].id.clone();
    fixture.ask(&ada, &DropApiKey { id }).expect("revoked");
    assert_eq!(fixture.ask(&reader, &find).err(), Some(Refusal::ApiKeyRefused));
}

fn key_for(fixture: &Fixture, ada: &Caller) -> Caller {
    let digest = Digest::of("newest");
    let new =
        NewApiKey { name: name("CI"), scopes: vec![KeyScope::ConnectionsRead], connections: None, expires_at: None };
    fixture.ask(ada, &MakeApiKey { new, digest: digest.clone() }).expect("made");
    Caller::ApiKey(digest)
}

#[test]
fn a_list_is_paged_without_gaps_or_doubles_in_every_order() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for at in 0..7 {
        fixture.connect(&ada, &format!("Connection {at}"));
    }
    for sort in [
        ConnectionSort::Name,
        ConnectionSort::NameDescending,
        ConnectionSort::LastActivity,
        ConnectionSort::LastActivityDescending,
    ] {
        let mut query = ListConnectionsQuery { sort: Some(sort), limit: Some(3), ..Default::default() };
        let mut names = Vec::new();
        loop {
            let page = fixture.ask(&ada, &FindConnections { query: query.clone() }).expect("a page");
            names.extend(page.items.into_iter().map(|c| c.name.to_string()));
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 7, "{sort:?}");
    }
}

#[test]
fn a_list_is_searched_in_name_site_and_account() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.connect(&ada, "Staging 100%");
    let count = |q: &str| {
        let query = ListConnectionsQuery { q: Some(q.into()), ..Default::default() };
        fixture.ask(&ada, &FindConnections { query }).expect("a page").items.len()
    };
    assert_eq!(
        [count("stag"), count("100%"), count("cloud-1"), count("ada"), count("nothing"), count("%")],
        [1, 1, 1, 1, 0, 1]
    );
}

#[test]
fn a_cursor_or_limit_that_is_none_is_refused_by_name() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for query in [
        ListConnectionsQuery { cursor: Some("x".into()), ..Default::default() },
        ListConnectionsQuery { limit: Some(0), ..Default::default() },
        ListConnectionsQuery { limit: Some(201), ..Default::default() },
    ] {
        assert!(matches!(fixture.ask(&ada, &FindConnections { query }), Err(Refusal::Invalid(_))));
    }
}

#[test]
fn what_is_over_is_swept_away_and_what_lives_stays() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.authorize(&ada, "a", "cloud-1");
    fixture.connect(&ada, "Staging");
    fixture.pass(2 * 86_400);
    fixture.organization().sweep().expect("swept");
    assert_eq!(fixture.organization().housekeeping_due(), Ok(None));
    assert!(!fixture.tables.dump().contains("\"aut_"), "attempts are gone");
    assert!(fixture.tables.dump().contains("Staging"), "connections stay");
}

#[test]
fn a_stored_connection_is_read_by_every_later_version() {
    // These are the bytes of version 1. Changing how they are read loses connections that people saved.
    let stored = r#"{"v":1,"shown":{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,
        "status":{"state":"unauthorized","cause":null,"since":null},"account":null,"scopes":[],
        "created_at":"2026-11-22T05:00:00Z","authorized_at":null,"last_activity_at":"2026-11-22T05:00:00Z",
        "reauthorize_before":null,"version":1,"a_field_of_tomorrow":true},"grant":"grt_1"}"#;
    assert!(serde_json::from_str::<ConnectionRecord>(stored).is_ok());
}

#[test]
fn a_dropped_grant_is_remembered_until_its_keeper_confirms_that_it_is_destroyed() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let id = fixture.authorize(&ada, "a", "cloud-1");
    let dropped = fixture.ask(&ada, &CancelAttempt { id }).expect("cancelled").expect("a grant");
    assert_eq!(fixture.organization().retiring(), Ok(vec![dropped.clone()]));
    let soon = fixture.now.plus_seconds(60);
    assert_eq!(fixture.organization().housekeeping_due(), Ok(Some(soon)));
    fixture.as_edge(&ConfirmRetired { grant: dropped }).expect("heard");
    assert_eq!(fixture.organization().retiring(), Ok(vec![]));
}

#[test]
fn a_key_for_a_hundred_connections_can_list_them() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connections = (0..100).map(|at| fixture.connect(&ada, &format!("Connection {at}")).id).collect();
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(connections));
    let query = ListConnectionsQuery { q: Some("connection".into()), limit: Some(200), ..Default::default() };
    assert_eq!(fixture.ask(&reader, &FindConnections { query }).expect("listed").items.len(), 100);
}

#[test]
fn stored_keys_and_attempts_are_read_by_every_later_version() {
    // These are the bytes of version 1. Changing how they are read locks out keys and spoils attempts under way.
    let key = r#"{"v":1,"shown":{"id":"key_1","name":"CI","scopes":["proxy"],"connections":null,
        "created_at":"2026-11-22T05:00:00Z","expires_at":null,"last_used_at":null,"tomorrow":1}}"#;
    assert!(serde_json::from_str::<KeyRecord>(key).is_ok());
    let attempt = r#"{"v":1,"id":"aut_1","session":"x","created_at":"2026-11-22T05:00:00Z","slot":0,
        "stage":{"stage":"failed","failure":{"code":"a_word_of_tomorrow","message":"","remedy":"","details":null}}}"#;
    assert!(serde_json::from_str::<crate::authorization::Attempt>(attempt).is_ok());
}
