//! How grants come and go, also in the middle of a refresh.

use std::time::Duration;

use super::world::{Edge, Grant, WANT, World};
use crate::{
    fakes::{Kv, WriteFault},
    grant::{Claim, Credential, Generation, KeeperAnswer, KeeperCommand, NewGrant, Token},
};

fn no_token_is_left(world: &World, grant: &Grant) {
    let record = grant.store.record().unwrap_or_default();
    assert!(!record.contains("ciphertext"), "tokens are still stored: {record}");
    assert_eq!(world.copy_of(grant), None);
}

fn pending<'w>(world: &'w World, grant: &'w Grant) -> Edge<'w> {
    let edge = world.start(grant);
    edge.install();
    edge
}

#[test]
fn a17_a_grant_that_nobody_saves_is_destroyed_with_its_tokens() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = pending(&world, &grant);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }), "the callback cannot probe");
    world.owner.claim.set(Claim::Abandoned);
    edge.live(599);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }));
    edge.live(1);
    assert_eq!(edge.ask_token(), KeeperAnswer::Gone);
    no_token_is_left(&world, &grant);
}

#[test]
fn a_grant_that_may_still_be_saved_is_kept() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = pending(&world, &grant);
    world.owner.claim.set(Claim::Pending);
    edge.live(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }));
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
}

#[test]
fn a_grant_is_not_destroyed_because_the_organization_cannot_be_asked() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = pending(&world, &grant);
    world.owner.down.set(true);
    edge.live(1800);
    world.owner.down.set(false);
    world.owner.stalled.set(true);
    edge.live(1800);
    world.owner.stalled.set(false);
    edge.live(120);
    edge.live(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }));
    assert!(world.copy_of(&grant).is_some(), "it did not become active");
}

#[test]
fn a_saved_grant_whose_activation_was_lost_becomes_active_by_itself() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = pending(&world, &grant);
    assert_eq!(world.copy_of(&grant), None);
    edge.live(601);
    assert!(world.copy_of(&grant).is_some());
}

#[test]
fn activating_and_retiring_twice_is_no_harm() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Gone);
    no_token_is_left(&world, &grant);
}

#[test]
fn a_second_grant_is_refused_and_one_after_retiring_finds_the_tombstone() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let install = || KeeperCommand::Install {
        grant: Box::new(NewGrant {
            credential: Credential::Bearer(Token::parse("other").expect("a token")),
            renewal: None,
            expires_at: world.now().plus_seconds(3600),
            scopes: Vec::new(),
            pending_until: world.now().plus_seconds(600),
        }),
    };
    assert!(edge.try_ask(install()).expect("a living edge").is_err());
    assert_eq!(edge.token().credential.bearer().expect("a bearer token").expose(), "access-f-0");
    edge.ask(KeeperCommand::Retire);
    assert_eq!(edge.ask(install()), KeeperAnswer::Gone);
}

#[test]
fn c4_a_grant_retired_during_a_refresh_does_not_rise_from_the_dead() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(2));
    let answer = edge.begin(WANT);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    edge.live(5);
    assert_eq!(answer.take(), Some(KeeperAnswer::Gone));
    no_token_is_left(&world, &grant);
    drop(edge);
    let edge = world.start(&grant);
    edge.live(24 * 3600 + 60);
    assert_eq!(edge.ask_token(), KeeperAnswer::Gone);
    assert_eq!(grant.store.record(), None, "the tombstone stands for ever");
    assert_eq!(grant.store.alarm(), None);
}

#[test]
fn c4_a_rescue_copy_of_a_retired_grant_is_removed_and_not_adopted() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    grant.store.faults.borrow_mut().extend([WriteFault::None, WriteFault::Before]);
    assert_eq!(edge.token().generation, Generation(2));
    drop(edge);
    let edge = world.start(&grant);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    assert_eq!(edge.ask_token(), KeeperAnswer::Gone);
    no_token_is_left(&world, &grant);
}

#[test]
fn c4_the_copy_of_a_retired_grant_is_removed_as_soon_as_kv_lets_it() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.copies.mood.set(Kv::RefusesWrites);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    edge.live(600);
    assert!(world.copy_of(&grant).is_some());
    world.copies.mood.set(Kv::Works);
    edge.live(61);
    no_token_is_left(&world, &grant);
}

#[test]
fn c5_the_grant_of_a_reauthorization_survives_the_late_answer_to_the_old_one() {
    let world = World::new();
    let (old, new) = (world.active_grant("old"), world.grant("new"));
    let edge = world.start(&old);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(2));
    edge.begin(WANT);
    let fresh = pending(&world, &new);
    assert_eq!(fresh.ask(KeeperCommand::Activate), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    edge.live(5);
    no_token_is_left(&world, &old);
    assert_eq!(fresh.token().credential.bearer().expect("a bearer token").expose(), "access-new-0");
    assert!(world.copy_of(&new).is_some());
}
