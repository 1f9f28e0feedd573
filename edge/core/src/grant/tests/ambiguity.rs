//! Answers that decide nothing, and those that do.

use std::time::Duration;

use api::Cause;

use super::world::{Edge, WANT, World, refused};
use crate::{
    fakes::{FakeResponse, Kv, Mishap, Moment},
    grant::{Generation, GrantReport, KeeperAnswer},
    ports::{HttpFailure, Level},
};

fn goes_wrong(edge: &Edge<'_>, moment: Moment, reply: FakeResponse) {
    edge.world.atlassian.mishaps.borrow_mut().push_back(Mishap { moment, reply });
}

fn broken() -> FakeResponse {
    FakeResponse::Failure(HttpFailure::Broken("reset".to_owned()))
}

fn unavailable(answer: &KeeperAnswer) -> Option<(Cause, u32)> {
    match answer {
        KeeperAnswer::Unavailable { cause, retry_after, .. } => Some((*cause, *retry_after)),
        _ => None,
    }
}

#[test]
fn c6_an_unclear_failure_gives_the_old_token_while_it_lives() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3595);
    goes_wrong(&edge, Moment::BeforeCommit, broken());
    assert_eq!(edge.token().generation, Generation(1));
    world.advance(2);
    assert_eq!(edge.token().generation, Generation(2), "the failure was kept");
}

#[test]
fn c6_an_unclear_failure_after_the_end_of_the_token_is_retryable_and_not_kept() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::BeforeCommit, broken());
    let answers = [edge.begin(WANT), edge.begin(WANT)];
    for answer in answers {
        assert!(matches!(unavailable(&answer.take().expect("an answer")), Some((Cause::AtlassianUnreachable, 1 | 2))));
    }
    assert_eq!(unavailable(&edge.ask_token()).map(|(cause, _)| cause), Some(Cause::AtlassianUnreachable));
    assert_eq!(world.atlassian.hits(), 1, "it was asked before the pause was over");
    world.advance(2);
    assert_eq!(edge.token().generation, Generation(2));
}

#[test]
fn an_answer_that_never_comes_is_given_up_after_ten_seconds_and_asked_for_again() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::AfterCommit, FakeResponse::Silence);
    let before = world.now();
    assert!(unavailable(&edge.ask_token()).is_some());
    assert_eq!(world.now().since(before), 10_000);
    edge.live(5);
    assert_eq!((edge.token().generation, world.atlassian.hits()), (Generation(2), 2));
}

#[test]
fn a12_an_answer_that_cannot_be_believed_stores_nothing_and_the_next_request_works() {
    let token = |fields: &str| FakeResponse::json(200, &format!(r#"{{"token_type":"Bearer",{fields}}}"#));
    let tokens = |life: &str| token(&format!(r#""access_token":"a","refresh_token":"r","expires_in":{life}"#));
    let unbelievable = [
        FakeResponse::html(200, "<html>Sign in to the Wi-Fi</html>"),
        FakeResponse::json(200, ""),
        FakeResponse::json(200, &"x".repeat(1024 * 1024)),
        FakeResponse::of(200, "application/json", b"{\"access_token\":\"\xff\xfe\"}"),
        FakeResponse::json(200, r#"{"access_token":"a","token_type":"Bearer","expi"#),
        tokens("-1"),
        tokens("0"),
        tokens("1e18"),
        tokens("1000000000000000000"),
        tokens(r#""3600""#),
        tokens("null"),
        token(r#""access_token":"a","refresh_token":"r""#),
        token(r#""access_token":"a\r\nX-Evil: 1","refresh_token":"r","expires_in":3600"#),
        token(r#""access_token":"a","refresh_token":"r\r\n","expires_in":3600"#),
        token(r#""access_token":"","refresh_token":"r","expires_in":3600"#),
        FakeResponse::json(200, r#"{"access_token":"a","refresh_token":"r","expires_in":3600,"token_type":"mac"}"#),
        FakeResponse::json(200, r#"{"error":"invalid_grant"}"#),
        FakeResponse::json(302, "").with("location", "https://evil.example/"),
        FakeResponse::html(403, "<html>blocked by a proxy</html>"),
        FakeResponse::json(500, r#"{"error":"invalid_grant"}"#),
        FakeResponse::json(503, ""),
        FakeResponse::json(429, r#"{"error":"invalid_grant"}"#),
        FakeResponse::json(400, r#"{"error":"invalid_request"}"#),
        FakeResponse::json(403, r#"{"error":"temporarily_unavailable"}"#),
    ];
    for reply in unbelievable {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.advance(3600);
        goes_wrong(&edge, Moment::AfterCommit, reply.clone());
        assert!(unavailable(&edge.ask_token()).is_some(), "{reply:?}");
        assert!(grant.store.record().expect("a record").contains(r#""generation":1,"#), "{reply:?} was stored");
        edge.live(3);
        assert_eq!(edge.token().generation, Generation(2), "{reply:?}");
        assert_eq!(world.atlassian.hits(), 2, "{reply:?}");
        world.assert_sound();
    }
}

#[test]
fn c10_an_answer_lost_for_eleven_minutes_ends_as_rotation_lost_with_one_more_request() {
    let world = World::new();
    let (grant, other) = (world.active_grant("f"), world.active_grant("g"));
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::AfterCommit, broken());
    assert!(unavailable(&edge.ask_token()).is_some());
    drop(edge);
    world.advance(11 * 60);
    let edge = world.start(&grant);
    assert_eq!(edge.ask_token(), KeeperAnswer::Unauthorized { cause: Cause::RotationLost });
    edge.live(3600);
    assert_eq!(world.atlassian.hits(), 2);
    assert_eq!(world.start(&other).token().generation, Generation(2));
    let dead = world.reports().into_iter().filter(|report| matches!(report, GrantReport::Unauthorized { .. }));
    assert!(matches!(dead.collect::<Vec<_>>()[..], [GrantReport::Unauthorized { cause: Cause::RotationLost, .. }]));
}

#[test]
fn a_crash_with_the_answer_on_its_way_counts_as_lost() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    world.atlassian.delay.set(Duration::from_secs(5));
    edge.begin(WANT);
    drop(edge);
    world.advance(11 * 60);
    assert_eq!(world.start(&grant).ask_token(), KeeperAnswer::Unauthorized { cause: Cause::RotationLost });
}

#[test]
fn a_lost_answer_is_asked_for_again_at_once_by_the_alarm_alone() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::AfterCommit, broken());
    edge.ask_token();
    edge.live(3);
    assert_eq!((world.atlassian.hits(), edge.token().generation), (2, Generation(2)));
}

#[test]
fn c11_twenty_minutes_without_token_endpoint_end_by_themselves() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3000);
    world.atlassian.outage.replace(Some(FakeResponse::html(502, "<html>Bad Gateway</html>")));
    for minute in 0..20 {
        let answer = edge.ask_token();
        if minute < 10 {
            assert!(matches!(answer, KeeperAnswer::Token { .. }), "minute {minute}: {answer:?}");
        } else {
            let (cause, retry_after) = unavailable(&answer).expect("no token lives");
            assert_eq!(cause, Cause::AtlassianUnreachable);
            assert!((1..=200).contains(&retry_after), "minute {minute}: {retry_after} s");
        }
        edge.live(60);
    }
    assert!(world.atlassian.hits() < 30, "{} requests", world.atlassian.hits());
    world.atlassian.outage.replace(None);
    edge.live(200);
    assert_eq!(edge.token().generation, Generation(2));
    edge.live(60);
    let reports = world.reports();
    assert_eq!(reports.len(), 2, "{reports:?}");
    assert!(matches!(reports[0], GrantReport::Interrupted { cause: Cause::AtlassianUnreachable, .. }));
    assert!(matches!(reports[1], GrantReport::Refreshed { .. }));
    world.assert_sound();
}

#[test]
fn c12_a_429_with_retry_after_30_is_quiet_for_thirty_seconds() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::BeforeCommit, FakeResponse::json(429, "{}").with("retry-after", "30"));
    assert_eq!(unavailable(&edge.ask_token()), Some((Cause::AtlassianUnreachable, 30)));
    for _ in 0..29 {
        edge.live(1);
        assert!(unavailable(&edge.ask_token()).is_some());
        assert!(unavailable(&edge.ask(refused(1))).is_some());
    }
    assert_eq!(world.atlassian.hits(), 1);
    edge.live(1);
    assert_eq!((world.atlassian.hits(), edge.token().generation), (2, Generation(2)));
}

#[test]
fn c12_a_senseless_retry_after_is_bounded_and_makes_no_storm() {
    for (value, at_most) in
        [("0", 2), ("-1", 2), ("Sun, 22 Nov 2026 05:00:00 GMT", 2), ("1e9", 300), ("99999999999", 300)]
    {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.advance(3600);
        goes_wrong(&edge, Moment::BeforeCommit, FakeResponse::json(429, "{}").with("retry-after", value));
        let (_, retry_after) = unavailable(&edge.ask_token()).expect("throttled");
        assert!((1..=at_most).contains(&retry_after), "{value}: {retry_after} s");
        edge.live(i64::from(at_most));
        assert_eq!(edge.token().generation, Generation(2), "{value}");
    }
}

#[test]
fn a_throttled_refresh_that_is_refused_later_is_not_called_lost() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::BeforeCommit, FakeResponse::json(429, "{}"));
    edge.ask_token();
    drop(edge);
    world.atlassian.revoke("f");
    world.advance(11 * 60);
    assert_eq!(world.start(&grant).ask_token(), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused });
}

#[test]
fn c13_a_403_with_an_error_of_the_protocol_is_a_verdict() {
    let bodies = [
        r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#,
        r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#,
        r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
    ];
    for body in bodies {
        let world = World::new();
        let grant = world.active_grant("f");
        let edge = world.start(&grant);
        world.advance(3600);
        goes_wrong(&edge, Moment::BeforeCommit, FakeResponse::json(403, body));
        assert_eq!(edge.ask_token(), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }, "{body}");
    }
}

#[test]
fn c13_the_second_look_waits_for_kv_if_an_answer_may_have_been_rescued() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.advance(3600);
    goes_wrong(&edge, Moment::BeforeCommit, broken());
    goes_wrong(&edge, Moment::BeforeCommit, FakeResponse::json(403, r#"{"error":"invalid_grant"}"#));
    edge.ask_token();
    world.copies.mood.set(Kv::Refuses);
    edge.live(60);
    assert!(unavailable(&edge.ask_token()).is_some(), "given up without a second look");
    assert_eq!(world.atlassian.hits(), 2, "a refused token was presented again");
    world.copies.mood.set(Kv::Works);
    edge.live(120);
    assert_eq!(edge.ask_token(), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused });
    assert_eq!(world.atlassian.hits(), 2);
}

#[test]
fn c14_a_wrong_client_secret_alerts_the_operator_and_marks_no_grant() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.atlassian.secret.replace("another".to_owned());
    world.advance(3600);
    assert!(matches!(unavailable(&edge.ask_token()), Some((Cause::ClientRefused, 60 | 61))));
    assert_eq!(world.log.of("grant.client_refused")[0].level, Level::Alert);
    edge.live(59);
    assert_eq!((edge.ask_token(), world.atlassian.hits()).1, 1, "the circuit is not broken");
    edge.live(20 * 60);
    assert!(world.atlassian.hits() <= 7, "{} requests", world.atlassian.hits());
    world.atlassian.secret.replace("client-secret".to_owned());
    edge.live(5 * 60 + 1);
    assert_eq!(edge.token().generation, Generation(2));
    assert!(!world.reports().iter().any(|report| matches!(report, GrantReport::Unauthorized { .. })));
}

#[test]
fn c14_while_the_token_lives_a_wrong_client_secret_is_told_only_after_minutes() {
    let world = World::new();
    let grant = world.active_grant("f");
    let edge = world.start(&grant);
    world.atlassian.secret.replace("another".to_owned());
    assert!(matches!(edge.ask(refused(1)), KeeperAnswer::Unavailable { cause: Cause::ClientRefused, .. }));
    edge.live(4 * 60);
    assert_eq!(world.reports(), []);
    edge.live(2 * 60);
    assert!(matches!(world.reports()[..], [GrantReport::Interrupted { cause: Cause::ClientRefused, .. }]));
    assert!(matches!(edge.ask_token(), KeeperAnswer::Token { .. }));
}
