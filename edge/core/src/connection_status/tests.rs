use api::State;

use super::*;
use crate::grant::Generation;

const THEN: Timestamp = Timestamp::from_millis(1_795_323_600_000);
const NOW: Timestamp = Timestamp::from_millis(1_795_327_200_000);

fn works(trouble: Option<Cause>) -> ConnectionHealth {
    ConnectionHealth { credential: CredentialState::Works, trouble, calls: None }
}

fn unavailable(cause: Cause) -> ConnectionHealth {
    ConnectionHealth { credential: CredentialState::Unavailable { cause }, trouble: None, calls: None }
}

fn dead(cause: Option<Cause>) -> ConnectionHealth {
    ConnectionHealth { credential: CredentialState::Dead { cause }, trouble: None, calls: None }
}

/// A cause, how it is learnt, and the state that it makes of an authorized connection.
type Row = (Cause, fn(Cause) -> ConnectionHealth, State);

const TABLE: &[Row] = &[
    (Cause::GrantRefused, |cause| dead(Some(cause)), State::Unauthorized),
    (Cause::RotationLost, |cause| dead(Some(cause)), State::Unauthorized),
    (Cause::AtlassianUnreachable, unavailable, State::Interrupted),
    (Cause::AtlassianUnreachable, |cause| works(Some(cause)), State::Interrupted),
    (Cause::Unsealable, unavailable, State::Interrupted),
    (Cause::ClientRefused, unavailable, State::Interrupted),
    (Cause::IpAllowList, |cause| works(Some(cause)), State::Interrupted),
    (Cause::SiteUnreachable, |cause| works(Some(cause)), State::Interrupted),
    (Cause::RateLimited, |cause| works(Some(cause)), State::Interrupted),
    (Cause::SiteRefused, |cause| works(Some(cause)), State::Interrupted),
    (Cause::SiteGone, |cause| works(Some(cause)), State::Interrupted),
    (Cause::ScopesMissing, |cause| works(Some(cause)), State::Interrupted),
    (Cause::PasswordRefused, |cause| dead(Some(cause)), State::Unauthorized),
    (Cause::TokenExpired, |cause| dead(Some(cause)), State::Unauthorized),
    (Cause::CredentialRefused, unavailable, State::Interrupted),
    (Cause::CaptchaRequired, unavailable, State::Interrupted),
    (Cause::BasicDisabled, |cause| works(Some(cause)), State::Interrupted),
    (Cause::SignatureInvalid, |cause| works(Some(cause)), State::Interrupted),
    (Cause::ConsumerUnknown, |cause| works(Some(cause)), State::Interrupted),
    (Cause::ClockSkew, |cause| works(Some(cause)), State::Interrupted),
    (Cause::OwnerDeactivated, |cause| works(Some(cause)), State::Interrupted),
    (Cause::SiteMoved, |cause| works(Some(cause)), State::Interrupted),
    (Cause::AddressRefused, |cause| works(Some(cause)), State::Interrupted),
];

#[test]
fn every_cause_makes_the_state_that_the_table_says_and_says_what_to_do() {
    for cause in Cause::ALL {
        let rows: Vec<_> = TABLE.iter().filter(|(of, ..)| of == cause).collect();
        assert!(!rows.is_empty(), "{cause:?} is not in the table");
        for (cause, learn, state) in rows {
            let now = status(&Status::Authorized, learn(*cause), NOW);
            assert_eq!(now.state(), *state, "{cause:?}");
            let marked = now.state() != State::Authorized;
            assert_eq!(now.cause(), marked.then_some(*cause));
            assert_eq!(now.since(), marked.then_some(NOW));
            assert!(cause.sentence().ends_with('.') && cause.remedy().ends_with('.'), "{cause:?}");
        }
    }
}

#[test]
fn causes_that_pass_by_themselves_ask_nothing_of_people_and_the_others_say_who_acts() {
    for cause in Cause::ALL {
        let passes = matches!(cause, Cause::AtlassianUnreachable | Cause::SiteUnreachable | Cause::RateLimited);
        assert_eq!(cause.remedy().starts_with("No action needed"), passes, "{cause:?}");
    }
}

#[test]
fn nobody_is_told_to_reauthorize_without_a_definitive_answer() {
    for cause in Cause::ALL {
        for known in [works(Some(*cause)), unavailable(*cause)] {
            assert_ne!(status(&Status::Authorized, known, NOW).state(), State::Unauthorized, "{cause:?}");
        }
    }
}

#[test]
fn a_state_that_goes_on_keeps_its_beginning() {
    let was = Status::Interrupted { cause: Cause::IpAllowList, since: THEN };
    assert_eq!(status(&was, works(Some(Cause::IpAllowList)), NOW), was);
    let other = status(&was, works(Some(Cause::RateLimited)), NOW);
    assert_eq!(other, Status::Interrupted { cause: Cause::RateLimited, since: NOW });
    let was = Status::Unauthorized { cause: Some(Cause::GrantRefused), since: Some(THEN), by: None };
    assert_eq!(status(&was, dead(Some(Cause::GrantRefused)), NOW), was);
}

#[test]
fn what_ended_on_purpose_is_not_blamed_on_anything_later() {
    let on_purpose = Status::Unauthorized { cause: None, since: Some(THEN), by: Some("Ada".into()) };
    let never = Status::Unauthorized { cause: None, since: None, by: None };
    for was in [on_purpose, never] {
        assert_eq!(status(&was, dead(None), NOW), was);
    }
    let found = status(&Status::Authorized, dead(None), NOW);
    assert_eq!(found, Status::Unauthorized { cause: None, since: Some(NOW), by: None });
}

#[test]
fn a_refresh_proves_that_atlassian_answers_and_nothing_about_the_site() {
    let well = GrantReport::Refreshed { at: NOW, generation: Generation(2), reauthorize_before: Some(NOW) };
    for cause in Cause::ALL {
        let after = works(Some(*cause)).after(&well);
        let of_the_site = matches!(
            cause,
            Cause::IpAllowList
                | Cause::SiteUnreachable
                | Cause::RateLimited
                | Cause::SiteRefused
                | Cause::SiteGone
                | Cause::ScopesMissing
                | Cause::BasicDisabled
                | Cause::SignatureInvalid
                | Cause::ConsumerUnknown
                | Cause::ClockSkew
                | Cause::SiteMoved
                | Cause::AddressRefused
        );
        assert_eq!(after.trouble.is_some(), of_the_site, "{cause:?}");
        assert_eq!(after.credential, CredentialState::Works);
    }
    assert_eq!(unavailable(Cause::AtlassianUnreachable).after(&well), ConnectionHealth::NOTHING_WRONG);
}

#[test]
fn the_keepers_news_replace_what_was_known_of_the_credential() {
    let down = GrantReport::Interrupted { since: NOW, cause: Cause::AtlassianUnreachable, status: None };
    assert_eq!(ConnectionHealth::NOTHING_WRONG.after(&down), unavailable(Cause::AtlassianUnreachable));
    let over = GrantReport::Unauthorized { since: NOW, cause: Cause::GrantRefused };
    assert_eq!(works(Some(Cause::IpAllowList)).after(&over), dead(Some(Cause::GrantRefused)));
}

#[test]
fn what_is_stored_is_read_by_every_later_version() {
    // These are the bytes of version 1. Changing how they are read forgets why connections are interrupted.
    for (stored, known) in [
        (r#"{"credential":"works","trouble":"ip_allow_list"}"#, works(Some(Cause::IpAllowList))),
        (r#"{"credential":"works"}"#, ConnectionHealth::NOTHING_WRONG),
        (r#"{"credential":"unavailable","cause":"unsealable","trouble":null}"#, unavailable(Cause::Unsealable)),
        (r#"{"credential":"dead","cause":"grant_refused","a_field_of_tomorrow":1}"#, dead(Some(Cause::GrantRefused))),
    ] {
        assert_eq!(serde_json::from_str::<ConnectionHealth>(stored).ok(), Some(known), "{stored}");
    }
}

#[test]
fn calls_that_fail_interrupt_a_connection_that_checkups_and_keepers_find_well_and_nothing_else() {
    let calls = |known: ConnectionHealth| ConnectionHealth { calls: Some(Cause::SiteUnreachable), ..known };
    let cause = |known| status(&Status::Authorized, calls(known), NOW).cause();
    assert_eq!(cause(works(None)), Some(Cause::SiteUnreachable));
    assert_eq!(cause(works(Some(Cause::IpAllowList))), Some(Cause::IpAllowList), "a checkup knows more precisely");
    assert_eq!(cause(unavailable(Cause::AtlassianUnreachable)), Some(Cause::AtlassianUnreachable));
    assert_eq!(cause(dead(Some(Cause::GrantRefused))), Some(Cause::GrantRefused));
    let refreshed = GrantReport::Refreshed { at: NOW, generation: Generation(1), reauthorize_before: None };
    assert_eq!(calls(works(None)).after(&refreshed), calls(works(None)), "a token does not make calls succeed");
}
