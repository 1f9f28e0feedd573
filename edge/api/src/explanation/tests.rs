use super::*;
use crate::CallOutcome;

const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

fn failing(outcome: CallOutcome, http_status: Option<u16>) -> FailingCalls {
    FailingCalls { since: NOW, failed: 14, of: 14, outcome, http_status }
}

/// Facts that change the words, each alone.
fn every_kind_of_facts() -> Vec<Facts<'static>> {
    static ADDRESSES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec!["192.0.2.0/24".to_owned()]);
    static SCOPES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec!["write:jira-work".to_owned()]);
    let none = Facts::default();
    let mut all = vec![
        none,
        Facts { jira_status: Some(403), ..none },
        Facts { token_status: Some(503), lacks_token: true, ..none },
        Facts { lacks_token: true, ..none },
        Facts { reaches_no_site: true, ..none },
        Facts { has_web_page: true, jira_status: Some(302), ..none },
        Facts { limited_until: Some(NOW), ..none },
        Facts { missing_scopes: &SCOPES, ..none },
        Facts { egress_addresses: &ADDRESSES, ..none },
    ];
    all.extend(
        [None, Some(200), Some(302), Some(503), Some(522), Some(526)]
            .map(|status| Facts { failing: Some(failing(CallOutcome::JiraFault, status)), ..none }),
    );
    all
}

/// Everything that can be said, with what it is said about.
fn everything() -> Vec<(Cause, CredentialKind, Diagnosis)> {
    let causes = Cause::ALL.iter().copied().chain([Cause::Withheld, Cause::UNKNOWN]);
    let said = causes.flat_map(|cause| {
        CredentialKind::ALL.into_iter().flat_map(move |kind| {
            every_kind_of_facts().into_iter().map(move |facts| (cause, kind, explain(cause, kind, &facts)))
        })
    });
    said.collect()
}

#[test]
fn every_text_is_whole_sentences_and_every_headline_fits_into_a_row() {
    for (cause, kind, said) in everything() {
        let about = format!("{cause:?} {kind:?}: {said:?}");
        for sentence in [&said.why, &said.remedy] {
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{about}");
            assert!(!sentence.contains("  ") && !sentence.contains(".."), "{about}");
        }
        assert!(said.headline.chars().count() <= 60 && !said.headline.ends_with('.'), "{about}");
        assert!(said.headline.starts_with(char::is_uppercase), "{about}");
    }
}

#[test]
fn who_acts_is_whom_the_remedy_says() {
    for (cause, kind, said) in everything() {
        let says = |word: &str| said.remedy.contains(word);
        let named = match said.who {
            Responsible::Nobody => said.remedy.starts_with("No action needed"),
            Responsible::Reauthorizer => {
                ["Reauthorize", "Connect", "Ask somebody", "reauthorize", "confirm"].iter().any(|word| says(word))
            }
            Responsible::AtlassianAdministrator => said.remedy.starts_with("An Atlassian administrator must"),
            Responsible::JiraAdministrator => said.remedy.starts_with("A Jira administrator must"),
            Responsible::AccountOwner => {
                ["owner of the account must", "password", "as this user"].iter().any(|w| says(w))
            }
            Responsible::Operator => said.remedy.starts_with("The operator of Causeway must"),
            Responsible::Unknown(_) => false,
        };
        assert!(named, "{cause:?} {kind:?}: {said:?}");
    }
}

#[test]
fn a_data_center_is_never_told_of_atlassian_of_a_consent_or_of_ninety_days() {
    for (cause, kind, said) in everything().into_iter().filter(|(_, kind, _)| kind.is_cloud() == Some(false)) {
        let text = format!("{} {} {}", said.headline, said.why, said.remedy);
        for word in ["Atlassian", "consent", "90 days", "ATLASSIAN"] {
            assert!(!text.contains(word), "{cause:?} {kind:?}: {text}");
        }
        assert_ne!(said.who, Responsible::AtlassianAdministrator, "{cause:?} {kind:?}");
    }
}

#[test]
fn jira_cloud_is_never_told_of_links_in_jira_or_of_its_server() {
    // Causes that only a Data Center has are not told of Jira Cloud.
    let of_links = [Cause::SignatureInvalid, Cause::ConsumerUnknown, Cause::ClockSkew];
    let of_cloud = |(cause, kind, _): &(Cause, CredentialKind, Diagnosis)| {
        kind.is_cloud() == Some(true) && !of_links.contains(cause)
    };
    for (cause, kind, said) in everything().into_iter().filter(of_cloud) {
        let text = format!("{} {} {}", said.headline, said.why, said.remedy);
        for word in ["application link", "incoming link", "Jira server must"] {
            assert!(!text.contains(word), "{cause:?} {kind:?}: {text}");
        }
    }
}

#[test]
fn a_personal_access_token_has_no_name_and_no_password() {
    let tokens = everything().into_iter().filter(|(_, kind, _)| *kind == CredentialKind::PersonalAccessToken);
    // Basic authentication and CAPTCHAs are of passwords only.
    let of_passwords = [Cause::BasicDisabled, Cause::CaptchaRequired];
    for (cause, _, said) in tokens.filter(|(cause, ..)| !of_passwords.contains(cause)) {
        let text = format!("{} {} {}", said.headline, said.why, said.remedy).to_lowercase();
        for word in ["user name", "this name", "password", "e-mail"] {
            assert!(!text.contains(word), "{cause:?}: {text}");
        }
    }
}

#[test]
fn a_limit_of_jiras_is_never_told_as_ours() {
    for kind in CredentialKind::ALL {
        let said = explain(Cause::RateLimited, kind, &Facts { limited_until: Some(NOW), ..Facts::default() });
        let whose = match kind.is_cloud() {
            Some(true) => "Atlassian limits",
            Some(false) => "This Jira limits",
            None => "The site limits",
        };
        assert!(said.why.starts_with(whose) && !said.why.contains("Causeway"), "{kind:?}: {said:?}");
        assert_eq!(said.limited_until, Some(NOW), "{kind:?}");
    }
}

#[test]
fn what_jira_answers_is_said_and_that_it_was_not_reached_is_not_told_as_its_answer() {
    let said = |status| {
        let facts = Facts { failing: Some(failing(CallOutcome::JiraFault, status)), ..Facts::default() };
        explain(Cause::SiteUnreachable, CredentialKind::CloudOauth2, &facts)
    };
    assert_eq!(said(Some(503)).headline, "Jira answers 503");
    assert_eq!(said(Some(503)).http_status, Some(503));
    assert_eq!(said(None).headline, "Jira does not answer");
    assert_eq!(said(Some(522)).headline, "Jira does not answer");
    let page = Facts { has_web_page: true, jira_status: Some(302), ..Facts::default() };
    let page = explain(Cause::SiteUnreachable, CredentialKind::Password, &page);
    assert_eq!(
        (page.headline.as_str(), page.who),
        ("A web page answers instead of Jira", Responsible::JiraAdministrator)
    );
    let unreached =
        Facts { jira_status: Some(403), failing: Some(failing(CallOutcome::NoAnswer, None)), ..Facts::default() };
    let unreached = explain(Cause::SiteUnreachable, CredentialKind::Password, &unreached);
    assert_eq!(unreached.headline, "Jira does not answer", "what was answered before is another matter");
    assert_eq!(said(Some(526)).who, Responsible::JiraAdministrator);
}

#[test]
fn a_token_endpoint_that_is_down_is_named_and_the_account_is_not_blamed() {
    let facts = Facts { token_status: Some(503), lacks_token: true, jira_status: Some(401), ..Facts::default() };
    let said = explain(Cause::AtlassianUnreachable, CredentialKind::CloudOauth2, &facts);
    assert_eq!(said.why, "Causeway needs a new token, and Atlassian's sign-in service answers 503.");
    assert_eq!((said.http_status, said.who), (Some(503), Responsible::Nobody));
    let said = explain(Cause::SiteUnreachable, CredentialKind::DataCenterOauth2, &facts);
    assert_eq!(said.why, "Jira answers 503 when asked for a new token.");
}

#[test]
fn an_allowlist_names_the_addresses_that_the_operator_configured() {
    let addresses = ["192.0.2.7".to_owned(), "2001:db8::/32".to_owned()];
    let facts = Facts { egress_addresses: &addresses, ..Facts::default() };
    let said = explain(Cause::IpAllowList, CredentialKind::CloudOauth2, &facts);
    assert!(said.remedy.contains("192.0.2.7, 2001:db8::/32"), "{said:?}");
    assert_eq!(said.egress_addresses, addresses);
    let other = explain(Cause::SiteUnreachable, CredentialKind::CloudOauth2, &facts);
    assert!(other.egress_addresses.is_empty());
    let unknown = explain(Cause::IpAllowList, CredentialKind::CloudOauth2, &Facts::default());
    assert!(unknown.remedy.contains("Ask the operator of Causeway for the addresses"), "{unknown:?}");
}

#[test]
fn how_to_reach_the_operator_is_said_only_where_the_operator_is_needed() {
    let facts = Facts { support_url: Some("mailto:help@example.com"), ..Facts::default() };
    for cause in Cause::ALL {
        let said = explain(*cause, CredentialKind::CloudOauth2, &facts);
        let is_needed = said.who == Responsible::Operator || said.remedy.contains("Ask the operator of Causeway");
        assert_eq!(said.support_url.is_some(), is_needed, "{cause:?}");
    }
    assert_eq!(explain(Cause::Unsealable, CredentialKind::Oauth1, &facts).who, Responsible::Operator);
}

#[test]
fn a_missing_scope_says_what_does_not_work() {
    let said = |scopes: &[&str]| {
        let missing: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        explain(
            Cause::ScopesMissing,
            CredentialKind::CloudOauth2,
            &Facts { missing_scopes: &missing, ..Facts::default() },
        )
    };
    assert_eq!(said(&["write:jira-work"]).headline, "Cannot change issues");
    let two = said(&["read:me", "read:jira-user"]);
    assert_eq!(two.headline, "Cannot read users");
    assert!(two.why.starts_with("Not granted: read:me, read:jira-user. Users cannot be read"), "{two:?}");
}

#[test]
fn what_jira_does_not_tell_apart_is_said_to_be_one_of_two() {
    for (kind, changed) in [
        (CredentialKind::Password, "the password was changed"),
        (CredentialKind::PersonalAccessToken, "it was revoked"),
        (CredentialKind::ApiToken, "the token was revoked"),
    ] {
        let said = explain(Cause::PasswordRefused, kind, &Facts::default());
        assert!(said.why.contains(changed) && said.why.contains("deactivated. Jira does not say which."), "{said:?}");
    }
}
