//! The access token that a keeper has opened.

use api::Cause;

use super::world::{WANT, World};
use crate::{
    fakes::WriteFault,
    grant::{Generation, GrantReport, KeeperAnswer, KeeperCommand, Token, record::Record},
};

#[test]
fn a_token_is_opened_once_however_often_it_is_asked_for() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    edge.token();
    let opened = world.aead.opened();
    (0..20).for_each(|_| drop(edge.token()));
    assert_eq!(world.aead.opened(), opened);
    world.advance(3600);
    edge.token();
    let opened = world.aead.opened();
    edge.token();
    assert_eq!(world.aead.opened(), opened, "nor is that of a refresh");
}

#[test]
fn a_token_that_was_opened_is_never_given_for_a_newer_one() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    assert_eq!(edge.token().generation, Generation(1));
    let other = world.start(&grant);
    world.advance(3600);
    assert_eq!(other.token().generation, Generation(2), "another instance has refreshed");
    drop(other);
    // This one learns of it when its own write fails, and reads its storage again.
    grant.store.faults.borrow_mut().push_back(WriteFault::Before);
    drop(edge.try_ask(WANT));
    grant.store.faults.borrow_mut().clear();
    let token = edge.token();
    assert_eq!(token.credential.bearer().map(Token::expose), Some("access-f-1"), "the second token of the family");
    assert_eq!(token.generation, Generation(2));
}

#[test]
fn a_missing_key_is_noted_once_and_its_return_is_told() {
    let world = World::new();
    let grant = world.active_grant("f");
    let keys = world.keys.borrow().clone();
    let trouble = || {
        let record: Record = serde_json::from_str(&grant.store.record().expect("a record")).expect("a record");
        record.stored().and_then(|stored| stored.trouble).map(|trouble| trouble.cause)
    };
    world.only_new_key();
    let edge = world.start(&grant);
    edge.ask_token();
    assert_eq!(trouble(), Some(Cause::Unsealable));
    edge.settle();
    let writes = grant.store.writes();
    (0..10).for_each(|_| drop(edge.ask_token()));
    assert_eq!(grant.store.writes(), writes, "it is noted already");
    edge.live(600);
    assert!(matches!(world.reports().last(), Some(GrantReport::Interrupted { cause: Cause::Unsealable, .. })));
    drop(edge);
    world.keys.replace(keys);
    let edge = world.start(&grant);
    edge.token();
    assert_eq!(trouble(), None);
    edge.live(120);
    assert!(matches!(world.reports().last(), Some(GrantReport::Refreshed { generation: Generation(1), .. })));
}

#[test]
fn a_missing_key_during_a_refresh_is_looked_for_again_with_growing_pauses() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.only_new_key();
    world.advance(3600);
    let edge = world.start(&grant);
    for _ in 0..5 {
        let answer = edge.ask(KeeperCommand::Renew);
        assert!(matches!(answer, KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }), "{answer:?}");
        edge.live(61);
    }
    assert_eq!(world.atlassian.hits(), 0, "nothing could be presented");
    assert!(!world.log.of("grant.unsealable").is_empty());
}
