//! Data Center's OAuth 2.0: what was rotated away is gone at once.

use std::time::Duration;

use api::Cause;

use super::world::{Edge, Grant, WANT, World};
use crate::{
    address::StoredAddress,
    fakes::{FakeResponse, Kv, Mishap, Moment, WriteFault},
    grant::{
        CloudClient, Credential, Generation, GrantReport, KeeperAnswer, KeeperCommand, NewGrant, Provider, Renewal,
        Token,
    },
    ports::HttpFailure,
};

const ENOUGH: usize = 200;

fn world() -> World {
    let world = World::new();
    world.atlassian.data_center.set(true);
    world
}

fn grant_at(world: &World, address: &str) -> Grant {
    let grant = world.grant("f");
    let edge = world.start(&grant);
    let (access, refresh) = world.atlassian.consent("f");
    let token = |text: String| Token::parse(text).expect("a token");
    let provider = Provider {
        address: StoredAddress::from(address.to_owned()),
        client_id: "client".to_owned(),
        client_secret: token("client-secret".to_owned()),
        redirect_uri: "https://causeway.example/oauth/callback".to_owned(),
    };
    let new = NewGrant {
        credential: Credential::Bearer(token(access)),
        renewal: Some(Renewal { refresh_token: token(refresh), provider: Some(provider), client: CloudClient::First }),
        expires_at: world.now().plus_seconds(3600),
        scopes: vec!["WRITE".to_owned()],
        pending_until: world.now().plus_seconds(600),
    };
    assert_eq!(edge.ask(KeeperCommand::Install { grant: Box::new(new) }), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
    edge.settle();
    drop(edge);
    grant
}

fn grant(world: &World) -> Grant {
    grant_at(world, "https://jira.example.com/jira")
}

/// The edge that is about to refresh, and whose next answer is lost.
fn loses<'a>(world: &'a World, grant: &'a Grant, moment: Moment) -> Edge<'a> {
    let edge = world.start(grant);
    world.advance(3000);
    let reply = FakeResponse::Failure(HttpFailure::Broken("reset".to_owned()));
    world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment, reply });
    edge
}

fn generation(answer: &KeeperAnswer) -> Option<u64> {
    match answer {
        KeeperAnswer::Token { token } => Some(token.generation.0),
        _ => None,
    }
}

const LOST: KeeperAnswer = KeeperAnswer::Unauthorized { cause: Cause::RotationLost };

#[test]
fn a_refresh_repeats_the_redirect_uri_with_the_connections_own_client() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    for number in 2..5 {
        world.advance(3600);
        let token = edge.token();
        assert_eq!(token.generation, Generation(number));
        let bearer = format!("access-f-{}", number - 1);
        assert_eq!(token.credential.bearer().map(Token::expose), Some(bearer.as_str()));
    }
    assert_eq!((world.atlassian.hits(), world.atlassian.probes()), (3, 0));
    let record = grant.store.record().expect("a record");
    assert!(!record.contains("client-secret") && record.contains(r#""v":2"#), "{record}");
}

#[test]
fn a_refresh_that_jira_never_saw_is_made_again_after_the_old_token_has_shown_that() {
    let world = world();
    let grant = grant(&world);
    let edge = loses(&world, &grant, Moment::BeforeCommit);
    assert_eq!(edge.token().generation, Generation(1), "the old token lives");
    edge.live(5);
    assert_eq!(edge.token().generation, Generation(2));
    assert_eq!((world.atlassian.hits(), world.atlassian.probes()), (2, 1));
}

#[test]
fn a_rotation_whose_answer_is_lost_is_never_presented_again_and_said_to_be_lost() {
    let world = world();
    let grant = grant(&world);
    let edge = loses(&world, &grant, Moment::AfterCommit);
    edge.ask_token();
    edge.live(300);
    assert_eq!(edge.ask_token(), LOST);
    assert_eq!(world.atlassian.hits(), 1, "the spent token was presented again");
    assert!(matches!(world.reports().last(), Some(GrantReport::Unauthorized { cause: Cause::RotationLost, .. })));
}

#[test]
fn while_nobody_answers_nothing_is_presented_and_once_the_old_token_has_ended_once_more() {
    let world = world();
    let grant = grant(&world);
    let edge = loses(&world, &grant, Moment::AfterCommit);
    edge.ask_token();
    world.atlassian.outage.replace(Some(FakeResponse::html(503, "down")));
    edge.live(500);
    assert_eq!(world.atlassian.hits(), 1);
    assert_eq!(generation(&edge.ask_token()), Some(1), "nobody said that it is dead");
    edge.live(200);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { cause: Cause::SiteUnreachable, .. }));
    world.atlassian.outage.replace(None);
    edge.live(400);
    assert_eq!(edge.ask_token(), LOST);
}

#[test]
fn a_bare_401_from_something_in_front_of_jira_does_not_say_that_a_rotation_is_lost() {
    for moment in [Moment::BeforeCommit, Moment::AfterCommit] {
        let world = world();
        let grant = grant(&world);
        let edge = loses(&world, &grant, moment);
        edge.ask_token();
        world.atlassian.outage.replace(Some(FakeResponse::html(401, "<html>nginx</html>").with("server", "nginx")));
        edge.live(500);
        assert_eq!(generation(&edge.ask_token()), Some(1), "a reverse proxy ended it");
        assert_eq!(world.atlassian.hits(), 1);
        world.atlassian.outage.replace(None);
        edge.live(400);
        let answer = edge.ask_token();
        match moment {
            Moment::BeforeCommit => assert_eq!(generation(&answer), Some(2), "{answer:?}"),
            Moment::AfterCommit => assert_eq!(answer, LOST),
        }
    }
}

#[test]
fn a_consent_that_was_taken_back_is_not_called_lost() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    world.atlassian.revoke("f");
    world.advance(3600);
    assert_eq!(edge.ask_token(), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused });
}

#[test]
fn a_client_that_the_site_refuses_is_this_connections_trouble_and_not_the_operators() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    world.atlassian.secret.replace("another".to_owned());
    world.advance(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { cause: Cause::ConsumerUnknown, .. }));
    assert!(world.log.of("grant.client_refused").is_empty());
    world.atlassian.secret.replace("client-secret".to_owned());
    edge.live(600);
    assert_eq!(generation(&edge.ask_token()), Some(2));
}

#[test]
fn an_address_that_may_not_be_called_any_more_is_not_called() {
    let world = world();
    let grant = grant_at(&world, "https://10.1.2.3");
    let edge = world.start(&grant);
    world.advance(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { cause: Cause::AddressRefused, .. }));
    assert_eq!((world.atlassian.hits(), world.atlassian.probes()), (0, 0));
}

#[test]
fn an_answer_that_storage_refused_is_found_in_kv_however_late_kv_shows_it() {
    for kv in [Kv::Works, Kv::Lags(Duration::from_secs(70))] {
        let world = world();
        let grant = grant(&world);
        let edge = world.start(&grant);
        world.advance(3000);
        world.copies.mood.set(kv);
        world.atlassian.delay.set(Duration::from_secs(1));
        edge.begin(WANT);
        grant.store.read_only.set(true);
        edge.live(1);
        assert_eq!(world.log.of("grant.rescued").len(), 1, "{kv:?}");
        drop(edge);
        grant.store.read_only.set(false);
        let edge = world.start(&grant);
        edge.live(300);
        assert_eq!(generation(&edge.ask_token()), Some(2), "{kv:?}");
        assert_eq!(world.atlassian.hits(), 1, "{kv:?}");
    }
}

/// Killed at any step: afterwards the grant works, or it is truly lost and says so; the spent token is never presented
/// while the old access token could tell.
#[test]
fn c9_killed_at_every_moment_of_a_refresh_there_are_two_token_requests_at_most_and_the_truth() {
    let mut outcomes = (0, 0);
    for (fault, step) in [None, Some(WriteFault::Before)].into_iter().flat_map(|f| (0..ENOUGH).map(move |s| (f, s))) {
        let world = world();
        let grant = grant(&world);
        world.advance(3000);
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        grant.store.faults.borrow_mut().extend(fault.into_iter().flat_map(|fault| [WriteFault::None, fault]));
        edge.try_ask(WANT);
        edge.settle();
        drop(edge);
        grant.store.faults.borrow_mut().clear();
        let Some(moment) = world.faults.revive() else { continue };
        let committed = world.atlassian.rotations("f");
        let edge = world.start(&grant);
        edge.live(590);
        let answer = edge.ask_token();
        let how = format!("killed at step {step}, {moment}: {answer:?}");
        assert!(world.atlassian.hits() <= 2, "{how}");
        if generation(&answer).is_some() {
            outcomes.0 += 1;
        } else {
            assert_eq!(answer, LOST, "{how}");
            assert_eq!((committed, world.atlassian.hits()), (1, 1), "nothing was lost: {how}");
            outcomes.1 += 1;
        }
        world.assert_sound();
    }
    assert!(outcomes.0 > 10 && outcomes.1 > 0, "{outcomes:?}");
}

fn change_site_address(address: &str) -> KeeperCommand {
    KeeperCommand::Move { address: StoredAddress::from(address.to_owned()) }
}

#[test]
fn a_site_that_moved_is_refreshed_at_its_new_address_by_this_object_and_the_next() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    assert_eq!(edge.ask(change_site_address("https://issues.example.org")), KeeperAnswer::Done);
    assert_eq!(edge.ask(change_site_address("https://issues.example.org")), KeeperAnswer::Done, "it may be told twice");
    assert_eq!(generation(&edge.ask_token()), Some(1), "the credential is the same");
    edge.live(60);
    let (record, copy) = (grant.store.record().expect("a record"), world.copy_of(&grant).expect("a copy"));
    for stored in [&record, &copy] {
        assert!(!stored.contains("issues.example.org") && !stored.contains("client-secret"), "{stored}");
    }
    world.advance(3600);
    assert_eq!(generation(&edge.ask_token()), Some(2));
    drop(edge);
    world.advance(3600);
    assert_eq!(generation(&world.start(&grant).ask_token()), Some(3));
    assert_eq!(world.atlassian.hosts(), ["issues.example.org", "issues.example.org"]);
}

#[test]
fn a_move_during_a_refresh_is_refused_and_works_afterwards() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(3));
    let waiting = edge.begin(WANT);
    assert!(waiting.borrow().is_none(), "it is under way");
    assert!(edge.try_ask(change_site_address("https://issues.example.org")).expect("a living edge").is_err());
    edge.live(10);
    assert_eq!(generation(&edge.ask_token()), Some(2), "the late answer counts");
    assert_eq!(edge.ask(change_site_address("https://issues.example.org")), KeeperAnswer::Done);
    world.advance(3600);
    assert_eq!(generation(&edge.ask_token()), Some(3));
    assert_eq!(world.atlassian.hosts(), ["jira.example.com", "issues.example.org"]);
}

#[test]
fn a_move_to_an_address_that_may_not_be_called_refreshes_nowhere() {
    let world = world();
    let grant = grant(&world);
    let edge = world.start(&grant);
    assert_eq!(edge.ask(change_site_address("https://10.1.2.3")), KeeperAnswer::Done);
    world.advance(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { cause: Cause::AddressRefused, .. }));
    assert_eq!(world.atlassian.hosts(), Vec::<String>::new());
}

#[test]
fn a_move_whose_key_is_gone_changes_nothing_and_killed_anywhere_it_has_happened_or_not() {
    for step in 0..ENOUGH {
        let world = world();
        let grant = grant(&world);
        let stored = grant.store.record();
        let keys = world.keys.borrow().clone();
        world.only_new_key();
        assert!(
            world.start(&grant).try_ask(change_site_address("https://issues.example.org")).expect("alive").is_err()
        );
        assert_eq!(grant.store.record(), stored);
        world.keys.replace(keys);
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        edge.try_ask(change_site_address("https://issues.example.org"));
        drop(edge);
        let killed = world.faults.revive();
        world.advance(3600);
        assert_eq!(generation(&world.start(&grant).ask_token()), Some(2), "{killed:?}");
        if killed.is_none() {
            assert_eq!(world.atlassian.hosts(), ["issues.example.org"]);
            assert!(step > 1);
            return;
        }
    }
    panic!("it never ended");
}

#[test]
fn what_is_refreshed_at_atlassian_or_not_at_all_moves_nowhere() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let stored = grant.store.record();
    assert_eq!(edge.ask(change_site_address("https://issues.example.org")), KeeperAnswer::Done);
    assert_eq!(grant.store.record(), stored);
    edge.ask(KeeperCommand::Retire);
    assert_eq!(edge.ask(change_site_address("https://issues.example.org")), KeeperAnswer::Gone);
}
