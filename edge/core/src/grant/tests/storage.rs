//! Storage and KV on bad days, sealing keys that come and go, and the stored form.

use std::time::Duration;

use api::Cause;

use super::world::{WANT, World};
use crate::{
    fakes::{FakeResponse, Kv, Mishap, Moment, WriteFault},
    grant::{Generation, KeeperAnswer, record::Record},
};

#[test]
fn c7_a_write_refused_after_a_good_answer_still_answers_and_is_adopted_by_the_next_object() {
    for kv in [Kv::Works, Kv::Lags(Duration::from_mins(1))] {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.advance(3600);
        world.copies.mood.set(kv);
        grant.store.faults.borrow_mut().push_back(WriteFault::None);
        let answer = edge.begin(WANT);
        drop(answer);
        drop(edge);
        let edge = world.start(&grant);
        grant.store.faults.borrow_mut().extend([WriteFault::None, WriteFault::Before]);
        world.advance(2);
        assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }), "{kv:?}");
        drop(edge);
        let edge = world.start(&grant);
        edge.live(5);
        assert!(edge.token().generation >= Generation(2), "{kv:?}");
        world.assert_sound();
    }
}

#[test]
fn c7_an_object_whose_storage_is_gone_rescues_the_tokens_into_kv() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(1));
    let answer = edge.begin(WANT);
    grant.store.read_only.set(true);
    edge.live(1);
    let answer = answer.take().expect("an answer");
    assert!(matches!(&answer, KeeperAnswer::Token { token } if token.generation == Generation(2)), "{answer:?}");
    assert_eq!(edge.ask_token(), answer, "what storage did not take was forgotten");
    assert_eq!(world.log.of("grant.rescued").len(), 1);
    drop(edge);

    grant.store.read_only.set(false);
    let edge = world.start(&grant);
    world.advance(1);
    assert_eq!(edge.ask_token(), answer);
    assert_eq!(world.atlassian.hits(), 1);
    assert_eq!(world.log.of("grant.rescue_adopted").len(), 1);
}

#[test]
fn c7_past_the_leeway_kv_is_asked_for_a_rescue_copy_before_the_old_token_could_end_the_family() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(1));
    let _answer = edge.begin(WANT);
    grant.store.read_only.set(true);
    edge.live(1);
    assert_eq!(world.log.of("grant.rescued").len(), 1);
    drop(edge);

    grant.store.read_only.set(false);
    world.copies.mood.set(Kv::Refuses);
    world.advance(11 * 60);
    let edge = world.start(&grant);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { .. }));
    assert_eq!(world.atlassian.hits(), 1, "the old token was presented past the leeway");
    world.copies.mood.set(Kv::Works);
    edge.live(600);
    assert_eq!(edge.token().generation, Generation(2));
    world.assert_sound();
}

#[test]
fn c7_the_same_object_writes_what_storage_did_not_take_when_it_can() {
    for fault in [WriteFault::Before, WriteFault::After] {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.advance(3600);
        world.copies.mood.set(Kv::Refuses);
        grant.store.faults.borrow_mut().extend([WriteFault::None, fault]);
        assert_eq!(edge.token().generation, Generation(2));
        assert_eq!(edge.token().generation, Generation(2));
        drop(edge);
        assert_eq!((world.start(&grant).token().generation, world.atlassian.hits()), (Generation(2), 1), "{fault:?}");
    }
}

#[test]
fn c7_a_rescue_copy_that_a_lost_answer_overtook_is_not_adopted_while_asking_again_is_safe() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.advance(3600);
    // The first object's answer goes to KV, because its storage refuses it.
    let first = world.start(&grant);
    world.atlassian.delay.set(Duration::from_secs(1));
    first.begin(WANT);
    grant.store.read_only.set(true);
    world.advance(1);
    first.settle();
    drop(first);
    grant.store.read_only.set(false);
    assert_eq!(world.log.of("grant.rescued").len(), 1);
    // The second does not see it yet, asks again, and dies before the answer.
    world.copies.mood.set(Kv::Lags(Duration::from_mins(1)));
    world.advance(1);
    let second = world.start(&grant);
    world.atlassian.delay.set(Duration::from_secs(5));
    second.begin(WANT);
    drop(second);
    // The third sees a copy that is no longer the newest.
    world.copies.mood.set(Kv::Works);
    world.atlassian.delay.set(Duration::ZERO);
    world.advance(5);
    let third = world.start(&grant);
    assert_eq!((third.token().generation, world.atlassian.hits()), (Generation(2), 3));
    world.advance(3600);
    assert_eq!(third.token().generation, Generation(3));
}

#[test]
fn a_refusal_that_reaches_a_replaced_object_late_does_not_end_the_grant() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.advance(3600);
    let replaced = world.start(&grant);
    world.atlassian.delay.set(Duration::from_secs(5));
    let reply = FakeResponse::json(403, r#"{"error":"invalid_grant"}"#);
    world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment: Moment::AfterCommit, reply });
    let answer = replaced.begin(WANT);
    world.atlassian.delay.set(Duration::ZERO);
    world.advance(2);
    world.copies.mood.set(Kv::Refuses);
    let newer = world.start(&grant);
    assert_eq!(newer.token().generation, Generation(2));
    world.advance(3);
    replaced.settle();
    let answer = answer.take().expect("an answer");
    assert!(matches!(&answer, KeeperAnswer::Token { token } if token.generation == Generation(2)), "{answer:?}");
    drop((replaced, newer));
    assert_eq!(world.start(&grant).token().generation, Generation(2));
}

#[test]
fn without_a_written_intent_no_request_leaves() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    grant.store.read_only.set(true);
    world.advance(3595);
    assert_eq!(edge.token().generation, Generation(1));
    world.advance(5);
    assert!(edge.try_ask(WANT).expect("a living edge").is_err());
    assert_eq!(world.atlassian.hits(), 0);
    grant.store.read_only.set(false);
    assert_eq!(edge.token().generation, Generation(2));
}

#[test]
fn d5_kv_that_refuses_stalls_or_lags_never_holds_up_a_refresh() {
    for kv in [Kv::Refuses, Kv::RefusesWrites, Kv::Stalls, Kv::Lags(Duration::from_secs(90))] {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.copies.mood.set(kv);
        world.advance(3600);
        let before = world.now();
        assert_eq!(edge.token().generation, Generation(2), "{kv:?}");
        assert_eq!(world.now(), before, "{kv:?} took time");
        edge.live(300);
        world.copies.mood.set(Kv::Works);
        edge.live(120);
        assert!(world.copy_of(&grant).expect("a copy").contains(r#""generation":2,"#), "{kv:?}");
        assert_eq!(world.atlassian.hits(), 1, "{kv:?}");
    }
}

#[test]
fn an_alarm_or_an_organization_that_fails_never_fails_a_refresh() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    grant.store.no_alarm.set(true);
    world.owner.stalled.set(true);
    for generation in 2..5 {
        world.advance(3600);
        assert_eq!(edge.token().generation, Generation(generation));
    }
    grant.store.no_alarm.set(false);
    world.owner.stalled.set(false);
    world.advance(3600);
    edge.token();
    edge.live(120);
    assert_eq!(world.reports().len(), 1, "news is told as it is now, not as it was");
}

#[test]
fn d3_a_removed_key_is_told_clearly_loses_nothing_and_works_again_when_it_is_back() {
    let world = World::new();
    let grant = world.active_grant("f");
    let keys = world.keys.borrow().clone();
    world.only_new_key();
    let edge = world.start(&grant);
    let unsealable = KeeperAnswer::Unavailable { cause: Cause::Unsealable, retry_after: 60, status: None };
    assert_eq!(edge.ask_token(), unsealable);
    world.advance(3600);
    assert!(matches!(edge.ask_token(), KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }));
    edge.live(100 * 60);
    assert_eq!(world.atlassian.hits(), 0);
    drop(edge);
    world.keys.replace(keys);
    assert_eq!(world.start(&grant).token().generation, Generation(2));
}

#[test]
fn a_missing_key_wakes_nobody_in_a_storm() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.only_new_key();
    let edge = world.start(&grant);
    edge.ask_token();
    let before = grant.store.writes();
    edge.live(82 * 24 * 3600);
    assert!(grant.store.writes() - before < 100, "{} writes", grant.store.writes() - before);
}

#[test]
fn d3_a_new_key_seals_at_the_next_rotation() {
    let world = World::new();
    let grant = world.active_grant("f");
    world.renew_key();
    let edge = world.start(&grant);
    assert_eq!(edge.token().generation, Generation(1));
    world.advance(3600);
    world.atlassian.keeps_refresh_token.set(true);
    edge.token();
    drop(edge);
    world.only_new_key();
    let edge = world.start(&grant);
    assert_eq!(edge.token().generation, Generation(2));
    world.advance(3600);
    assert_eq!(edge.token().generation, Generation(3));
}

#[test]
fn d2_a_record_of_another_grant_does_not_open() {
    let world = World::new();
    let (one, other) = (world.active_grant("f"), world.active_grant("g"));
    one.store.put(&other.store.record().expect("a record"));
    let answer = world.start(&one).ask_token();
    assert!(matches!(answer, KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }));
    world.advance(3600);
    let answer = world.start(&one).ask_token();
    assert!(matches!(answer, KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }));
    assert_eq!(world.atlassian.hits(), 0);
}

#[test]
fn d1_a_stored_record_with_any_byte_changed_never_panics_and_never_gives_another_token() {
    let world = World::new();
    let grant = world.active_grant("f");
    let record = grant.store.record().expect("a record");
    for at in 0..record.len() {
        let mut bytes = record.clone().into_bytes();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        grant.store.put(&String::from_utf8(bytes).expect("ASCII"));
        if let Some(Ok(KeeperAnswer::Token { token })) = world.start(&grant).try_ask(WANT) {
            assert!(token.credential.bearer().expect("a bearer token").expose().starts_with("access-f-"), "byte {at}");
        }
    }
}

#[test]
fn d4_neither_storage_nor_kv_nor_the_log_ever_has_a_token_or_the_secret() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    edge.token();
    edge.live(300);
    let log = world.log.lines().into_iter().map(|line| line.details);
    let everything = world.copies.everything().into_iter().chain(grant.store.record()).chain(log);
    for text in everything {
        for secret in ["access-f-", "refresh-f-", "client-secret"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// What the code of today writes. Keepers in production hold records like it.
const STORED: &str = concat!(
    r#"{"v":1,"state":"active","held":{"tokens":{"generation":7"#,
    r#","access":{"v":1,"kid":"k1","nonce":"wVwCiewtCpFn7I5l","ciphertext":"lrSXracSkntnTtpkajptfa0BLgGX6Q"}"#,
    r#","refresh":{"v":1,"kid":"k1","nonce":"wVwCiewtCpFn7I5l","ciphertext":"lrSXracSkntnTtpkajptfa0BLgGX6Q"}"#,
    r#","access_expires_at":"2026-11-22T06:00:00Z","refresh_after":"2026-11-22T05:45:00Z","attempt":2}"#,
    r#","authorized_at":"2026-11-20T05:00:00Z","refreshed_at":"2026-11-22T05:00:00Z","keep_alive_at":"2027-02-10T05:00:00Z""#,
    r#","scopes":["read:jira-work"]"#,
    r#","intent":{"first_sent":"2026-11-22T05:45:00Z","last_sent":"2026-11-22T05:45:07Z","attempt":3"#,
    r#","next_attempt_at":"2026-11-22T05:45:11Z""#,
    r#","unanswered_since":"2026-11-22T05:45:00Z","in_the_air":true,"refused":false}"#,
    r#","trouble":{"since":"2026-11-22T05:45:01Z","cause":"atlassian_unreachable"}"#,
    r#","forced_at":null,"copied":7}"#,
    r#","told":{"news":"works","generation":7},"copy_after":null,"tell_after":null}"#,
);

#[test]
fn the_stored_record_is_pinned() {
    // Renaming or removing a field here loses every grant that is stored when it is deployed: all reauthorize.
    let record: Record = serde_json::from_str(STORED).expect("the stored form");
    assert_eq!(serde_json::to_string(&record).ok().as_deref(), Some(STORED));
}

#[test]
fn a_record_of_newer_code_is_read_without_the_fields_unknown_here() {
    let newer =
        STORED.replacen('{', r#"{"new":{"deep":[1]},"#, 1).replace(r#""attempt":2"#, r#""attempt":2,"also_new":1"#);
    let read: Record = serde_json::from_str(&newer).expect("a newer record");
    assert_eq!(serde_json::to_string(&read).ok().as_deref(), Some(STORED));
}

#[test]
fn a_record_of_another_version_is_left_alone() {
    let world = World::new();
    let grant = world.active_grant("f");
    let record = grant.store.record().expect("a record").replacen(r#""v":1"#, r#""v":3"#, 1);
    grant.store.put(&record);
    let edge = world.start(&grant);
    assert!(edge.try_ask(WANT).expect("a living edge").is_err());
    edge.live(3600);
    assert_eq!(grant.store.record(), Some(record));
}

#[test]
fn a_record_of_older_code_without_the_newer_fields_is_read() {
    let world = World::new();
    let grant = world.active_grant("f");
    let mut record: serde_json::Value = serde_json::from_str(&grant.store.record().expect("a record")).expect("JSON");
    let fields = record.as_object_mut().expect("an object");
    for optional in ["told", "copy_after", "tell_after"] {
        fields.remove(optional);
    }
    let stored = fields["held"].as_object_mut().expect("an object");
    for optional in ["scopes", "intent", "trouble", "forced_at", "copied"] {
        stored.remove(optional);
    }
    grant.store.put(&record.to_string());
    assert_eq!(world.start(&grant).token().generation, Generation(1));
}

/// The other states, which older and newer code must read as well.
const TOMBSTONES: [&str; 2] = [
    r#"{"v":1,"state":"dead","since":"2026-11-22T06:00:00Z","cause":"rotation_lost","sweeps":1,"told":{"news":"unauthorized"},"copy_after":null,"tell_after":"2026-11-22T06:01:00Z"}"#,
    r#"{"v":1,"state":"retired","since":"2026-11-22T06:00:00Z","sweeps":2,"told":{"news":"nothing"},"copy_after":null,"tell_after":null}"#,
];

#[test]
fn the_stored_tombstones_are_pinned() {
    // Without them a grant that was retired could rise again, and a dead one would be presented anew.
    for stored in TOMBSTONES {
        let record: Record = serde_json::from_str(stored).expect("the stored form");
        assert_eq!(serde_json::to_string(&record).ok().as_deref(), Some(stored));
    }
}

#[test]
fn the_copy_in_kv_is_pinned() {
    // The proxy of the previous deployment reads it, and every keeper's rescue copy is one.
    let world = World::new();
    let grant = world.active_grant("f");
    let copy = world.copy_of(&grant).expect("a copy");
    let copy: serde_json::Value = serde_json::from_str(&copy).expect("JSON");
    let fields: Vec<_> = copy.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(fields, ["access", "access_expires_at", "attempt", "generation", "refresh", "refresh_after", "v"]);
    assert_eq!((&copy["v"], &copy["generation"]), (&1.into(), &1.into()));
    assert_eq!(copy["access"]["kid"], "k1");
}
