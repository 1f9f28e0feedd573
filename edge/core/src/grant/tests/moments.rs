//! C9: the edge killed at every arrow of the protocol, and storage failing at every write of it.

use std::time::Duration;

use super::world::{Edge, Grant, WANT, World, refused};
use crate::{
    fakes::{FakeResponse, Kv, Mishap, Moment, WriteFault},
    grant::{Generation, KeeperAnswer, KeeperCommand},
    ports::HttpFailure,
};

/// Far more steps than any of the works below has.
const ENOUGH: usize = 200;

/// Kills `work` at every step it has, one after the other; each time a new edge over the same storage must have the grant
/// active within five minutes, with at most `most` token requests in all. Tells how many steps there were.
fn survives_every_moment(kv: Kv, most: usize, work: impl Fn(&Edge<'_>)) -> usize {
    for step in 0..ENOUGH {
        let world = World::new();
        let grant = world.active_grant("f");
        world.advance(3600);
        world.copies.mood.set(kv);
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        work(&edge);
        drop(edge);
        let Some(moment) = world.faults.revive() else { return step };
        comes_back(&world, &grant, most, &format!("killed at step {step}, {moment}, with {kv:?}"));
    }
    panic!("the work never ended");
}

fn comes_back(world: &World, grant: &Grant, most: usize, how: &str) {
    let edge = world.start(grant);
    edge.live(300);
    match edge.ask_token() {
        KeeperAnswer::Token { token } => assert_eq!(token.generation, Generation(2), "{how}"),
        other => panic!("{how}: {other:?}"),
    }
    let requests = world.atlassian.hits();
    assert!(requests <= most, "{how}: {requests} token requests");
    assert!(world.atlassian.is_alive("f"), "{how}: the family is dead");
    world.assert_sound();
    // And it still rotates.
    world.advance(3600);
    assert_eq!(edge.token().generation, Generation(3), "{how}");
}

const KV: [Kv; 4] = [Kv::Works, Kv::Refuses, Kv::Stalls, Kv::Lags(Duration::from_secs(90))];

#[test]
fn c9_killed_at_every_moment_of_a_refresh_the_grant_is_active_afterwards() {
    for kv in KV {
        let steps = survives_every_moment(kv, 2, |edge| {
            edge.try_ask(WANT);
            edge.settle();
        });
        assert!(steps >= 9, "only {steps} steps");
    }
}

#[test]
fn c9_killed_at_every_moment_of_a_refresh_whose_answer_storage_refuses() {
    for (kv, fault) in KV.into_iter().flat_map(|kv| [(kv, WriteFault::Before), (kv, WriteFault::After)]) {
        survives_every_moment(kv, 2, |edge| {
            edge.grant.store.faults.borrow_mut().extend([WriteFault::None, fault]);
            edge.try_ask(WANT);
            edge.settle();
            edge.grant.store.faults.borrow_mut().clear();
        });
    }
}

#[test]
fn c9_killed_at_every_moment_after_an_answer_was_lost() {
    survives_every_moment(Kv::Works, 3, |edge| {
        let reply = FakeResponse::Failure(HttpFailure::Timeout);
        edge.world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment: Moment::AfterCommit, reply });
        edge.try_ask(WANT);
        edge.live(3);
        edge.world.atlassian.mishaps.borrow_mut().clear();
    });
}

#[test]
fn c9_killed_at_every_moment_of_a_forced_refresh() {
    survives_every_moment(Kv::Works, 2, |edge| {
        edge.try_ask(refused(1));
        edge.settle();
    });
}

#[test]
fn c9_an_intent_that_is_stored_has_an_alarm_in_time_at_every_moment() {
    for step in 0..ENOUGH {
        let world = World::new();
        let grant = world.active_grant("f");
        world.advance(3600);
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        edge.try_ask(WANT);
        edge.settle();
        drop(edge);
        let Some(moment) = world.faults.revive() else { return };
        if grant.store.record().expect("a record").contains(r#""intent":{"#) {
            let edge = world.start(&grant);
            edge.live(60);
            let record = grant.store.record().expect("a record");
            assert!(record.contains(r#""generation":2,"#), "killed {moment}, nobody went on: {record}");
        }
    }
    panic!("the refresh never ended");
}

#[test]
fn c9_killed_twice_at_every_pair_of_moments_nothing_is_lost() {
    for first in 0..12 {
        for second in 0..ENOUGH {
            let world = World::new();
            let grant = world.active_grant("f");
            world.advance(3600);
            let mut killed = None;
            for step in [first, second] {
                world.faults.kill_at(step);
                let edge = world.start(&grant);
                edge.try_ask(WANT);
                edge.settle();
                drop(edge);
                killed = world.faults.revive();
                world.advance(3);
            }
            comes_back(&world, &grant, 3, &format!("killed at steps {first} and {second}"));
            if killed.is_none() {
                break;
            }
        }
    }
}

#[test]
fn c9_storage_that_fails_at_any_write_before_or_after_it_loses_nothing() {
    for (fault, number) in [WriteFault::Before, WriteFault::After].into_iter().flat_map(|f| (0..6).map(move |n| (f, n)))
    {
        let world = World::new();
        let grant = world.active_grant("f");
        world.advance(3600);
        grant.store.faults.borrow_mut().extend(std::iter::repeat_n(WriteFault::None, number).chain([fault]));
        let edge = world.start(&grant);
        edge.try_ask(WANT);
        drop(edge);
        grant.store.faults.borrow_mut().clear();
        comes_back(&world, &grant, 2, &format!("write {number} failed: {fault:?}"));
    }
}

#[test]
fn c9_killed_at_every_moment_of_retiring_the_tokens_are_gone_in_the_end() {
    for step in 0..ENOUGH {
        let world = World::new();
        let grant = world.active_grant("f");
        world.faults.kill_at(step);
        let edge = world.start(&grant);
        edge.try_ask(KeeperCommand::Retire);
        edge.settle();
        drop(edge);
        let killed = world.faults.revive();
        // The organization tells it again until it is confirmed.
        let edge = world.start(&grant);
        assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
        edge.live(300);
        assert_eq!(world.copy_of(&grant), None, "{killed:?}");
        assert!(!grant.store.record().unwrap_or_default().contains("ciphertext"), "{killed:?}");
        if killed.is_none() {
            return;
        }
    }
    panic!("retiring never ended");
}
