//! A refresh that goes well, however many ask.

use std::time::Duration;

use api::Cause;

use super::world::{WANT, World, all_are_tokens, refused};
use crate::{
    grant::{Generation, GrantReport, KeeperAnswer, KeeperCommand, open_copy, reauthorize_before},
    organization_id::OrganizationId,
    sealing::KeyRing,
};

fn calls_at_expiry(calls: usize) {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_millis(300));
    let answers: Vec<_> = (0..calls).map(|_| edge.begin(WANT)).collect();
    edge.live(1);
    assert!(all_are_tokens(&answers, 2));
    assert_eq!(world.atlassian.hits(), 1);
    world.assert_sound();
}

#[test]
fn c1_two_hundred_calls_at_the_moment_of_expiry_make_one_token_request() {
    calls_at_expiry(200);
}

#[test]
fn c1_ten_thousand_calls_at_the_moment_of_expiry_make_one_token_request() {
    calls_at_expiry(10_000);
}

#[test]
fn a_token_that_is_still_good_is_given_without_a_request() {
    let world = World::new();
    let grant = world.active_grant("f");
    let token = world.start(&grant).token();
    assert_eq!(
        (token.credential.bearer().expect("a bearer token").expose(), token.generation),
        ("access-f-0", Generation(1))
    );
    assert_eq!(world.atlassian.hits(), 0);
}

#[test]
fn a_token_in_use_is_refreshed_ahead_of_need_and_the_old_one_is_given_meanwhile() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600 * 69 / 100);
    assert_eq!((edge.token().generation, world.atlassian.hits()), (Generation(1), 0));
    world.advance(3600 * 12 / 100);
    assert_eq!(edge.token().generation, Generation(1), "it was not answered at once");
    assert_eq!((edge.token().generation, world.atlassian.hits()), (Generation(2), 1));
}

#[test]
fn a_refresh_goes_on_when_the_caller_goes_away() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(1));
    let keeper = edge.keeper.clone();
    edge.drive(async move {
        let call = Box::pin(keeper.handle(WANT));
        drop(futures::future::select(call, futures::future::ready(())).await);
    });
    edge.live(2);
    assert_eq!((world.atlassian.hits(), edge.token().generation), (1, Generation(2)));
}

#[test]
fn c2_a_newer_generation_than_the_refused_one_is_given_without_a_request() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    edge.token();
    let answer = edge.ask(refused(1));
    assert!(matches!(answer, KeeperAnswer::Token { token } if token.generation == Generation(2)));
    assert_eq!(world.atlassian.hits(), 1);
}

#[test]
fn c3_a_refused_token_forces_at_most_one_refresh_a_minute_even_across_a_crash() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let newest = |answer| match answer {
        KeeperAnswer::Token { token } => token.generation.0,
        other => panic!("no token but {other:?}"),
    };
    assert_eq!(newest(edge.ask(refused(1))), 2);
    for second in 0..59 {
        assert_eq!(newest(edge.ask(refused(2))), 2, "after {second} s");
        world.advance(1);
    }
    assert_eq!(newest(world.start(&grant).ask(refused(2))), 2);
    assert_eq!(world.atlassian.hits(), 1);
    world.advance(1);
    assert_eq!((newest(edge.ask(refused(2))), world.atlassian.hits()), (3, 2));
}

#[test]
fn c8_six_alarms_at_once_and_one_during_a_refresh_make_one_request() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(85 * 24 * 3600);
    world.atlassian.delay.set(Duration::from_secs(1));
    let answer = edge.begin(WANT);
    edge.live(0);
    let alarms = (0..6).map(|_| edge.keeper.clone()).map(|keeper| async move { keeper.alarm().await });
    let outcomes = edge.drive(futures::future::join_all(alarms)).expect("a living edge");
    assert!(outcomes.iter().all(Result::is_ok));
    edge.live(2);
    for _ in 0..6 {
        edge.ring();
    }
    assert!(all_are_tokens(&[answer], 2));
    assert_eq!(world.atlassian.hits(), 1);
}

#[test]
fn c15_an_answer_without_refresh_token_keeps_the_old_one() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.atlassian.keeps_refresh_token.set(true);
    for generation in 2..5 {
        world.advance(3600);
        assert_eq!(edge.token().generation, Generation(generation));
    }
}

#[test]
fn an_idle_grant_is_kept_alive_before_day_90_and_again() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    edge.live(79 * 24 * 3600);
    assert_eq!(world.atlassian.hits(), 0);
    edge.live(6 * 24 * 3600);
    assert_eq!(world.atlassian.hits(), 1);
    edge.live(200 * 24 * 3600);
    assert_eq!(world.atlassian.hits(), 3);
    assert_eq!(edge.token().generation, Generation(5));
}

#[test]
fn a_refresh_is_reported_once_with_its_horizon() {
    let world = World::new();
    let grant = world.active_grant("f");
    let authorized_at = world.now();
    let edge = world.start(&grant);
    world.advance(3600);
    edge.token();
    edge.live(600);
    let at = authorized_at.plus_seconds(3600);
    let reauthorize_before = Some(reauthorize_before(authorized_at, at));
    assert_eq!(world.reports(), [GrantReport::Refreshed { at, generation: Generation(2), reauthorize_before }]);
}

#[test]
fn the_copy_in_kv_opens_for_the_proxy_and_nowhere_else() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    let token = edge.token();
    let copy = world.copy_of(&grant).expect("a copy");
    let ring = KeyRing::parse(&world.keys.borrow()).expect("a key ring");
    let organization = OrganizationId::default();
    let open = |id| futures::executor::block_on(open_copy(&crate::fakes::NativeAead, &ring, &organization, id, &copy));
    assert_eq!(open(&grant.id), Ok(token));
    assert!(open(&world.grant("other").id).is_err());
}

#[test]
fn a_grant_that_was_never_there_is_gone() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = world.start(&grant);
    assert_eq!(edge.ask_token(), KeeperAnswer::Gone);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Gone);
}

#[test]
fn a_grant_that_atlassian_ended_is_unauthorized_and_says_so_once() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.atlassian.revoke("f");
    world.advance(3600);
    let dead = KeeperAnswer::Unauthorized { cause: Cause::GrantRefused };
    assert_eq!((edge.ask_token(), edge.ask_token()), (dead.clone(), dead));
    edge.live(600);
    assert_eq!(world.atlassian.hits(), 1);
    let since = world.now().plus_seconds(-600);
    assert_eq!(world.reports(), [GrantReport::Unauthorized { since, cause: Cause::GrantRefused }]);
    assert_eq!(world.copy_of(&grant), None);
}
