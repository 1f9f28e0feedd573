//! The transitions of an attempt, and how it is stored.

use api::FailureCode;

use super::*;

const T0: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn attempt() -> Authorization {
    Authorization {
        v: 1,
        id: AuthorizationId::parse("aut_1").expect("an id"),
        session: Digest::of("session"),
        connection: None,
        created_at: T0,
        slot: 0,
        stage: Stage::Ticketed,
        auth: None,
        callback_path: CallbackPath::default(),
        request_token: None,
        ends_at: None,
        failed_step: None,
        refused_codes: 0,
        code_failure: None,
        viewer: None,
    }
}

fn site(cloud_id: &str) -> Site {
    Site {
        cloud_id: Some(cloud_id.into()),
        name: cloud_id.into(),
        url: format!("https://{cloud_id}.example"),
        avatar_url: None,
        version: None,
    }
}

fn consent() -> Consent {
    Consent { grant: GrantId::parse("grt_1").expect("an id"), account: None, scopes: vec![] }
}

fn away() -> Authorization {
    let mut attempt = attempt();
    attempt.redirect(Digest::of("cookie"), T0).expect("a fresh ticket");
    attempt
}

fn back() -> Authorization {
    let mut attempt = away();
    attempt.accept_callback(&[Digest::of("cookie")], T0).expect("the right browser");
    attempt
}

#[test]
fn a_ticket_is_spent_once() {
    let mut attempt = away();
    assert_eq!(attempt.redirect(Digest::of("cookie"), T0), Err(AuthorizationRefused::WrongStage));
}

#[test]
fn a_state_is_spent_once() {
    let mut attempt = back();
    assert_eq!(attempt.accept_callback(&[Digest::of("cookie")], T0), Err(AuthorizationRefused::WrongStage));
}

#[test]
fn coming_back_in_another_browser_spends_the_state_and_tells_the_opener() {
    let mut attempt = away();
    assert_eq!(attempt.accept_callback(&[Digest::of("other")], T0), Err(AuthorizationRefused::OtherBrowser));
    assert_eq!(attempt.accept_callback(&[Digest::of("cookie")], T0), Err(AuthorizationRefused::WrongStage));
    let view = attempt.view(None, |_| vec![], T0);
    assert_eq!(view.failure.map(|f| f.code), Some(FailureCode::OtherBrowser));
}

#[test]
fn a_state_older_than_ten_minutes_is_refused() {
    let mut attempt = away();
    let late = T0.plus_seconds(LIFE_SECONDS);
    assert_eq!(attempt.accept_callback(&[Digest::of("cookie")], late), Err(AuthorizationRefused::Expired));
}

#[test]
fn only_an_offered_site_can_be_chosen() {
    let mut attempt = back();
    attempt.offer(consent(), vec![site("a"), site("b")], T0).expect("after the exchange");
    assert_eq!(attempt.settle(consent(), site("c"), T0), Err(AuthorizationRefused::UnknownSite));
    assert_eq!(attempt.settle(consent(), site("b"), T0), Ok(()));
}

#[test]
fn a_pending_grant_is_claimed_once_and_only_in_time() {
    let mut attempt = back();
    attempt.settle(consent(), site("a"), T0).expect("after the exchange");
    assert!(attempt.pending_grant(T0).is_some());
    assert!(attempt.pending_grant(T0.plus_seconds(LIFE_SECONDS)).is_none());
    assert_eq!(attempt.clone().claim(T0.plus_seconds(LIFE_SECONDS)), Err(AuthorizationRefused::Expired));
    assert!(attempt.claim(T0).is_ok());
    assert_eq!(attempt.claim(T0), Err(AuthorizationRefused::WrongStage));
    assert!(attempt.fail(cancelled()).is_err(), "a saved attempt cannot be cancelled");
}

#[test]
fn cancelling_gives_back_the_grant_that_must_be_destroyed() {
    let mut attempt = back();
    attempt.settle(consent(), site("a"), T0).expect("after the exchange");
    assert_eq!(attempt.fail(cancelled()), Ok(Some(consent().grant)));
    assert_eq!(attempt.fail(cancelled()), Ok(None));
}
