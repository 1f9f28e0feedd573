//! A refresh because a person wants one.

use std::time::Duration;

use api::Timestamp;

use super::world::{Edge, WANT, World, all_are_tokens};
use crate::{
    fakes::{FakeResponse, Mishap, Moment},
    grant::{Generation, GrantReport, KeeperAnswer, KeeperCommand, reauthorize_before},
    ports::HttpFailure,
};

/// The generation and horizon after a renewal.
fn renewed(answer: &KeeperAnswer) -> Option<(Generation, Timestamp)> {
    match answer {
        KeeperAnswer::Renewed { report: GrantReport::Refreshed { generation, reauthorize_before, .. } } => {
            reauthorize_before.map(|before| (*generation, before))
        }
        _ => None,
    }
}

fn renew(edge: &Edge<'_>) -> Option<(Generation, Timestamp)> {
    renewed(&edge.ask(KeeperCommand::Renew))
}

#[test]
fn a_renewal_refreshes_a_token_that_is_still_good_and_moves_the_horizon() {
    let world = World::new();
    let grant = world.active_grant("f");
    let authorized_at = world.now();
    let edge = world.start(&grant);
    world.advance(600);
    assert_eq!(renew(&edge), Some((Generation(2), reauthorize_before(authorized_at, world.now()))));
    assert_eq!(world.atlassian.hits(), 1);
}

#[test]
fn a_renewal_within_a_minute_finds_what_the_last_one_gave() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let first = renew(&edge);
    world.advance(59);
    assert_eq!((renew(&edge), world.atlassian.hits()), (first, 1));
    world.advance(1);
    assert_eq!((renew(&edge).map(|(generation, _)| generation), world.atlassian.hits()), (Some(Generation(3)), 2));
}

#[test]
fn a_renewal_joins_the_refresh_that_is_under_way() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(1));
    let (wants, renews) = (edge.begin(WANT), edge.begin(KeeperCommand::Renew));
    edge.live(2);
    assert!(all_are_tokens(&[wants], 2));
    assert_eq!(renews.take().as_ref().and_then(renewed).map(|(generation, _)| generation), Some(Generation(2)));
    assert_eq!(world.atlassian.hits(), 1);
}

#[test]
fn a_renewal_without_a_clear_answer_says_so_and_goes_on_by_itself() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let reply = FakeResponse::Failure(HttpFailure::Broken("reset".to_owned()));
    world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment: Moment::AfterCommit, reply });
    assert!(matches!(edge.ask(KeeperCommand::Renew), KeeperAnswer::Unavailable { .. }));
    edge.live(5);
    assert_eq!((edge.token().generation, world.atlassian.hits()), (Generation(2), 2));
    world.assert_sound();
}

#[test]
fn a_refused_renewal_says_when_the_keeper_asks_again() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    let busy = FakeResponse::json(429, "").with("retry-after", "30");
    world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment: Moment::BeforeCommit, reply: busy });
    let last_reported = |answer: KeeperAnswer| match answer {
        KeeperAnswer::Unavailable { retry_after, .. } => Some(retry_after),
        _ => None,
    };
    assert_eq!(last_reported(edge.ask(KeeperCommand::Renew)), Some(30));
    world.advance(10);
    assert_eq!(last_reported(edge.ask(KeeperCommand::Renew)), Some(20), "and nothing is sent before");
    assert_eq!(world.atlassian.hits(), 1);
    world.advance(20);
    assert!(renew(&edge).is_some());
}

#[test]
fn c4_a_grant_retired_during_its_renewal_does_not_rise_from_the_dead() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.atlassian.delay.set(Duration::from_secs(2));
    let answer = edge.begin(KeeperCommand::Renew);
    assert_eq!(edge.ask(KeeperCommand::Retire), KeeperAnswer::Done);
    edge.live(5);
    assert_eq!(answer.take(), Some(KeeperAnswer::Gone));
    assert_eq!(edge.ask(KeeperCommand::Renew), KeeperAnswer::Gone);
    assert_eq!(world.atlassian.hits(), 1);
}
