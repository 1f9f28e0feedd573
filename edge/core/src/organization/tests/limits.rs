//! Nothing that somebody with few rights may add grows without a bound.

use api::{Kind, NewGuide, NewProject, RsaKeyId};

use super::*;
use crate::{
    authorization::CallbackPath,
    organization::limits::{AUTHORIZATIONS, GUIDES, KEY_PAIRS, PROJECTS, SESSIONS},
    sealing::Sealed,
};

fn rows(fixture: &Fixture, table: &str) -> i64 {
    let counted: Vec<serde_json::Value> =
        fixture.tables.rows(&format!("SELECT count(*) AS n FROM {table}"), vec![]).expect("counted");
    counted[0]["n"].as_i64().expect("a number")
}

/// Adds until it is refused, and says how many were added. The refusal has words.
fn until_refused(most: u32, add: impl Fn(u32) -> Result<(), Refusal>) -> u32 {
    for number in 0..=most {
        match add(number) {
            Ok(()) => {}
            Err(Refusal::LimitReached(why)) => {
                assert!(why.contains(&most.to_string()), "{why}");
                return number;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("{most} and more were added")
}

fn guide(fixture: &Fixture, who: &Caller, number: &str, connection: Option<&Connection>) -> Result<(), Refusal> {
    let new = NewGuide {
        kind: Kind::DataCenterOauth2,
        address: "https://jira.example.com".to_owned(),
        consumer_key: None,
        key_id: None,
        connection_id: connection.map(|one| one.id.clone()),
    };
    fixture.ask(who, &StoreGuide { new, digest: Digest::of(number) }).map(drop)
}

fn key_pair(fixture: &Fixture, who: &Caller, number: u32) -> Result<(), Refusal> {
    let sealed = Sealed::from_json(br#"{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}"#);
    let id = RsaKeyId::parse(format!("rsa_{number}")).expect("an id");
    let private_key = sealed.expect("sealed");
    fixture.ask(who, &StoreRsaKey { connection: None, id, public_key: "PEM".to_owned(), private_key }).map(drop)
}

#[test]
fn there_are_a_hundred_open_guides_at_most_and_room_again_when_they_end() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    assert_eq!(until_refused(GUIDES, |number| guide(&fixture, &ada, &number.to_string(), None)), GUIDES);
    fixture.pass(7 * 86_400);
    assert_eq!(guide(&fixture, &fixture.ada(), "later", None), Ok(()));
}

#[test]
fn who_fills_one_connection_with_guides_leaves_room_at_the_others() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let of_data_center = |called: &str| {
        let connection = fixture.connect(&ada, called);
        let mut stored = fixture.turn().connection(&connection.id).expect("there");
        stored.details.kind = Kind::DataCenterOauth2;
        fixture.turn().store_connection(&stored).expect("stored");
        connection
    };
    let (one, other) = (of_data_center("One"), of_data_center("Other"));
    let at = |connection| move |number: u32| format!("{connection} {number}");
    let filled = until_refused(GUIDES, |number| guide(&fixture, &ada, &at("one")(number), Some(&one)));
    assert_eq!(filled, GUIDES);
    assert_eq!(guide(&fixture, &ada, "other", Some(&other)), Ok(()));
    assert_eq!(guide(&fixture, &ada, "new", None), Ok(()));
}

#[test]
fn there_are_a_hundred_unused_key_pairs_at_most_and_those_in_use_do_not_count() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    assert_eq!(until_refused(KEY_PAIRS, |number| key_pair(&fixture, &ada, number)), KEY_PAIRS);
    let connection = fixture.connect(&ada, "Staging");
    let used = RsaKeyId::parse("rsa_0").expect("an id");
    fixture.turn().hold_keys(&connection.id, &[&used]).expect("held");
    assert_eq!(key_pair(&fixture, &ada, 1_000), Ok(()));
}

#[test]
fn a_workspace_has_five_hundred_projects_at_most() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let new = NewWorkspace::named(name("Web"));
    let web = fixture.ask(&ada, &Call::<CreateWorkspace>::new((), new)).expect("made").id;
    fixture.let_in(&web, "tess@example.com", true);
    let tess = fixture.sign_in("tess@example.com", "Tess").expect("a member");
    let add = |number: u32| {
        let new = NewProject { name: name(&format!("Project {number}")), connection_id: None, jira_project: None };
        fixture.ask(&tess, &Call::<CreateProject>::new(web.clone(), new)).map(drop)
    };
    assert_eq!(until_refused(PROJECTS, add), PROJECTS);
}

#[test]
fn who_signs_in_again_and_again_has_a_hundred_sessions_and_the_newest_works() {
    let mut fixture = Fixture::new();
    let first = fixture.ada();
    for _ in 0..SESSIONS + 5 {
        fixture.pass(1);
        fixture.ada();
    }
    let newest = fixture.ada();
    assert_eq!(rows(&fixture, "sessions"), i64::from(SESSIONS));
    let session = |who: &Caller| fixture.ask(who, &Call::<GetSession>::new((), Nothing {})).map(drop);
    assert_eq!((session(&first), session(&newest)), (Err(Refusal::NotSignedIn), Ok(())));
}

#[test]
fn authorizations_that_failed_or_were_cancelled_count_until_their_time_is_over() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let begin = |fixture: &Fixture, who: &Caller, number: usize| {
        let id = fixture.turn().new_id();
        let ticket = Digest::of(&format!("t{number}"));
        let cloud_callback = CallbackPath::default();
        let new =
            BeginAuthorization { id, ticket, connection: None, kind: Kind::CloudOauth2, auth: None, cloud_callback };
        fixture.ask(who, &new)?;
        fixture.ask(who, &Call::<CancelAuthorization>::new(new.id, Nothing {})).map(drop)
    };
    for number in 0..AUTHORIZATIONS {
        assert!(begin(&fixture, &ada, number).is_ok(), "{number}");
    }
    assert_eq!(begin(&fixture, &ada, AUTHORIZATIONS).err(), Some(Refusal::TooManyAuthorizations));
    assert!(begin(&fixture, &fixture.ada(), 9_998).is_ok(), "another session has its own");
    fixture.pass(LIFE_SECONDS);
    assert!(begin(&fixture, &ada, 9_999).is_ok());
}

#[test]
fn who_leaves_a_workspace_is_no_admin_any_more_of_what_only_that_workspace_shared() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let workspace = |called: &str| {
        fixture.ask(&ada, &Call::<CreateWorkspace>::new((), NewWorkspace::named(name(called)))).expect("made").id
    };
    let connections: Vec<Connection> =
        ["Web only", "Both"].map(|called| fixture.connect(&ada, called)).into_iter().collect();
    let (web, mobile) = (workspace("Web"), workspace("Mobile"));
    for (connection, workspaces) in connections.iter().zip([vec![web.clone()], vec![web.clone(), mobile.clone()]]) {
        let save = NewAccess { workspaces, confirmed: false };
        fixture.ask(&ada, &Call::<EditAccess>::new(connection.id.clone(), save)).expect("granted");
    }
    for workspace in [&web, &mobile] {
        fixture.let_in(workspace, "cora@example.com", false);
    }
    let cora = fixture.sign_in("cora@example.com", "Cora").expect("a member");
    let member = fixture.ask(&cora, &Call::<GetSession>::new((), Nothing {})).expect("a session").member.id;
    for connection in &connections {
        let edit = ConnectionEdit { admins: Some(vec![member.clone()]), ..ConnectionEdit::default() };
        let version = show(&fixture, connection).version;
        let edit =
            Call::<EditConnection> { params: connection.id.clone(), request: edit, if_match: Some(version.into()) };
        fixture.ask(&ada, &edit).expect("handed over");
    }
    let of = MemberOfWorkspace { id: web.clone(), member: member.clone() };
    fixture.ask(&ada, &Call::<RemoveWorkspaceMember>::new(of, Nothing {})).expect("removed");
    let admins: Vec<_> = connections.iter().map(|connection| show(&fixture, connection).admins).collect();
    assert_eq!(admins, [vec![], vec![member]]);
    fixture.let_in(&web, "cora@example.com", false);
    let opened = fixture.ask(&cora, &Call::<GetConnection>::new(connections[0].id.clone(), Nothing {}));
    assert!(!opened.expect("seen again").may_manage, "the rights do not come back");
}
