//! D3: a new sealing key comes first in the ring, and the old one may go.

use std::cell::RefCell;

use api::Cause;

use super::world::{Edge, Grant, WANT, World};
use crate::{
    fakes::{Kv, WriteFault},
    grant::{Credential, Generation, KeeperAnswer, KeeperCommand, Login, NEVER, NewGrant},
};

/// Far more steps than sealing anew has.
const ENOUGH: usize = 50;

/// A password, which nothing ever refreshes.
fn with_password(world: &World, grant: &Grant) {
    let credential = Credential::Basic(Login::parse("ada", "correct horse").expect("a login"));
    let pending_until = world.now().plus_seconds(600);
    let new = NewGrant { credential, renewal: None, expires_at: NEVER, scopes: Vec::new(), pending_until };
    let edge = world.start(grant);
    assert_eq!(edge.ask(KeeperCommand::Install { grant: Box::new(new) }), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
    edge.settle();
}

fn is_sealed_with_new_key_alone(world: &World, grant: &Grant) {
    let (record, copy) = (grant.store.record().expect("a record"), world.copy_of(grant).expect("a copy"));
    assert!(!record.contains("\"k1\""), "{record}");
    assert!(!copy.contains("\"k1\""), "{copy}");
    let keys = world.keys.borrow().clone();
    world.only_new_key();
    assert_eq!(world.start(grant).token().generation, Generation(1));
    world.keys.replace(keys);
}

fn reseal(edge: &Edge<'_>) -> Option<KeeperAnswer> {
    edge.try_ask(KeeperCommand::Reseal).and_then(Result::ok)
}

#[test]
fn d3_what_is_never_refreshed_is_sealed_anew_and_so_are_its_copy_and_its_renewal() {
    let world = World::new();
    let (cloud, password) = (world.active_grant("f"), world.grant("p"));
    with_password(&world, &password);
    world.renew_key();
    for grant in [&cloud, &password] {
        let edge = world.start(grant);
        assert_eq!(reseal(&edge), Some(KeeperAnswer::Resealed));
        assert_eq!(reseal(&edge), Some(KeeperAnswer::Done), "it is repeatable");
        is_sealed_with_new_key_alone(&world, grant);
    }
    world.only_new_key();
    world.advance(3600);
    assert_eq!(world.start(&cloud).token().generation, Generation(2), "its refresh token opens as well");
}

#[test]
fn d3_what_does_not_open_stays_as_it_is() {
    let world = World::new();
    let grant = world.grant("p");
    with_password(&world, &grant);
    let (keys, stored) = (world.keys.borrow().clone(), grant.store.record());
    world.only_new_key();
    let unsealable = KeeperAnswer::Unavailable { cause: Cause::Unsealable, retry_after: 60, status: None };
    assert_eq!(reseal(&world.start(&grant)), Some(unsealable));
    assert_eq!(grant.store.record(), stored);
    assert!(world.log.of("grant.unsealable")[0].details.contains("sealed with the key `k1`"));
    world.keys.replace(keys);
    assert_eq!(world.start(&grant).token().generation, Generation(1));
}

#[test]
fn d3_killed_at_every_moment_nothing_is_lost_and_the_copy_follows_by_itself() {
    for step in 0..ENOUGH {
        let world = World::new();
        let grant = world.active_grant("f");
        world.renew_key();
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        reseal(&edge);
        drop(edge);
        let Some(moment) = world.faults.revive() else {
            assert!(step >= 3, "only {step} steps");
            return;
        };
        let edge = world.start(&grant);
        edge.live(300);
        assert_eq!(edge.token().generation, Generation(1), "killed at {moment}");
        let answer = reseal(&edge);
        assert!(matches!(answer, Some(KeeperAnswer::Resealed | KeeperAnswer::Done)), "killed at {moment}: {answer:?}");
        is_sealed_with_new_key_alone(&world, &grant);
        assert_eq!(world.atlassian.hits(), 0);
    }
    panic!("it never ended");
}

#[test]
fn d3_storage_and_kv_that_refuse_are_told_again_later() {
    for fault in [WriteFault::Before, WriteFault::After] {
        let world = World::new();
        let grant = world.active_grant("f");
        world.renew_key();
        let edge = world.start(&grant);
        grant.store.faults.borrow_mut().push_back(fault);
        assert_eq!(reseal(&edge), None);
        world.copies.mood.set(Kv::Refuses);
        assert_eq!(reseal(&edge), None, "KV has the old copy still");
        assert_eq!(edge.token().generation, Generation(1));
        world.copies.mood.set(Kv::Works);
        edge.live(120);
        assert_eq!(reseal(&edge), Some(KeeperAnswer::Done), "the alarm wrote the copy");
        is_sealed_with_new_key_alone(&world, &grant);
    }
}

#[test]
fn d3_sealing_anew_during_a_refresh_leaves_it_alone() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.advance(3600);
    world.renew_key();
    let edge = world.start(&grant);
    world.atlassian.delay.set(std::time::Duration::from_secs(3));
    let waiting = edge.begin(WANT);
    assert_eq!(RefCell::borrow(&waiting).clone(), None, "it is under way");
    assert_eq!(reseal(&edge), Some(KeeperAnswer::Resealed));
    edge.live(10);
    assert_eq!(edge.token().generation, Generation(2));
    assert_eq!(world.atlassian.hits(), 1);
    assert_eq!(reseal(&edge), Some(KeeperAnswer::Done));
    world.assert_sound();
}

#[test]
fn what_is_gone_needs_no_key() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    edge.ask(KeeperCommand::Retire);
    assert_eq!(reseal(&edge), Some(KeeperAnswer::Gone));
}
