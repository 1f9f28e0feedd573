//! Every reason that Jira gives, wherever it puts it, becomes a cause and a remedy.

use std::collections::BTreeSet;

use super::*;

fn refused(reply: FakeResponse) -> Oauth1Refusal {
    World::answering(reply).request_token(&Callback::VerificationCode).expect_err("a refusal")
}

fn problem(name: &str) -> Oauth1Refusal {
    refused(form(401, &format!("oauth_problem={name}")))
}

const NAMED: [&str; 19] = [
    "consumer_key_unknown",
    "consumer_key_refused",
    "signature_invalid",
    "signature_method_rejected",
    "version_rejected",
    "timestamp_refused",
    "nonce_used",
    "parameter_absent",
    "parameter_rejected",
    "token_rejected",
    "token_used",
    "token_expired",
    "token_revoked",
    "permission_denied",
    "permission_unknown",
    "verifier_invalid",
    "additional_authorization_required",
    "user_refused",
    "something_new",
];

#[test]
fn each_problem_has_a_help_word_and_a_cause_of_its_own() {
    let messages: BTreeSet<_> = NAMED.into_iter().map(|name| problem(name).help()).collect();
    let causes: BTreeSet<_> = NAMED.into_iter().map(|name| problem(name).cause()).collect();
    assert_eq!((messages.len(), causes.len()), (NAMED.len(), NAMED.len()));
    for name in &NAMED[..18] {
        assert_eq!(problem(name).help(), *name);
    }
    assert_eq!(problem("something_new"), Oauth1Refusal::OtherProblem { named: "something_new".to_owned() });
}

#[test]
fn every_refusal_says_in_sentences_what_is_wrong_and_what_to_do() {
    let url = Url::parse("https://jira.example.com/").expect("an address");
    let others = [
        Oauth1Refusal::SignatureInvalid(SignatureMismatch::Key),
        Oauth1Refusal::SignatureInvalid(SignatureMismatch::Address { seen: url.clone() }),
        Oauth1Refusal::ParameterAbsent { names: vec!["oauth_nonce".to_owned()] },
        Oauth1Refusal::AnotherRequestToken,
        Oauth1Refusal::LinkMissing,
        Oauth1Refusal::Redirected { to: Some(url) },
        Oauth1Refusal::Redirected { to: None },
        Oauth1Refusal::Unavailable { status: 503 },
        Oauth1Refusal::Unexplained { status: 403 },
        Oauth1Refusal::AnswerNotUnderstood { what: "it is a web page" },
        Oauth1Refusal::Unreachable(HttpFailure::Timeout),
        Oauth1Refusal::AddressUnusable,
        Oauth1Refusal::NotSigned(NotSigned::KeyUnusable),
    ];
    for refusal in NAMED.into_iter().map(problem).chain(others) {
        for sentence in [refusal.cause(), refusal.remedy().to_owned()] {
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
            assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{sentence}");
        }
    }
}

#[test]
fn the_challenge_says_the_problem_even_when_the_body_is_a_page() {
    let challenge = "OAuth realm=\"https%3A%2F%2Fjira.example.com\", oauth_problem=\"consumer_key_unknown\"";
    let page =
        FakeResponse::html(401, "<html>oauth_problem=token_rejected</html>").with("www-authenticate", "Negotiate");
    assert_eq!(refused(page.with("www-authenticate", challenge)), Oauth1Refusal::ConsumerKeyUnknown);
}

#[test]
fn a_wrong_signature_names_the_key_if_both_ends_mean_the_same_address() {
    let said = |address: &str| {
        let challenge = format!("OAuth oauth_problem=\"signature_invalid\", oauth_signature_base_string=\"{address}\"");
        refused(FakeResponse::of(401, "text/plain", b"").with("www-authenticate", &challenge))
    };
    let ours =
        "POST%26https%253A%252F%252Fjira.example.com%252Fjira%252Fplugins%252Fservlet%252Foauth%252Frequest-token%26a";
    assert_eq!(said(ours), Oauth1Refusal::SignatureInvalid(SignatureMismatch::Key));
    let inner = said("POST%26http%253A%252F%252Fjira.internal%253A8080%252Fplugins%26a");
    assert!(inner.cause().contains("http://jira.internal:8080/plugins"), "{inner}");
    assert!(inner.remedy().contains("proxy name, port and scheme"), "{inner}");
    assert_eq!(said("nonsense"), Oauth1Refusal::SignatureInvalid(SignatureMismatch::Unknown));
}

#[test]
fn a_wrong_signature_without_more_names_the_key_and_the_reverse_proxy() {
    let cause = problem("signature_invalid").cause();
    assert!(cause.contains("public key") && cause.contains("reverse proxy") && cause.contains("base URL"), "{cause}");
}

#[test]
fn a_refused_timestamp_shows_both_clocks() {
    // The default clock shows 05:00:00; Jira's accepts ten minutes around 05:12:30.
    let body = "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1795324050-1795324650";
    let cause =
        "Causeway's clock shows 2026-11-22T05:00:00Z and Jira's shows 2026-11-22T05:12:30Z: Jira is 12 minutes ahead.";
    assert_eq!(refused(form(401, body)).cause(), cause);

    let dated = form(401, "oauth_problem=timestamp_refused").with("date", "Sun, 22 Nov 2026 02:59:00 GMT");
    assert!(refused(dated).cause().ends_with("Jira is 2 hours behind."));
    assert_eq!(problem("timestamp_refused"), Oauth1Refusal::TimestampRefused(None));
}

#[test]
fn absent_parameters_are_named() {
    let body = "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce%26oauth_token";
    let refusal = refused(form(400, body));
    assert!(refusal.cause().ends_with("did not reach Jira: oauth_nonce, oauth_token."), "{refusal}");
}

#[test]
fn without_a_problem_the_status_decides() {
    assert_eq!(refused(FakeResponse::html(404, "<html>Oops</html>")), Oauth1Refusal::LinkMissing);
    let moved = FakeResponse::of(302, "text/html", b"").with("location", "/login.jsp");
    let login = Url::parse("https://jira.example.com/login.jsp").expect("an address");
    assert_eq!(refused(moved), Oauth1Refusal::Redirected { to: Some(login) });
    assert_eq!(refused(FakeResponse::html(503, "<html>")), Oauth1Refusal::Unavailable { status: 503 });
    assert_eq!(refused(FakeResponse::html(429, "")), Oauth1Refusal::Unavailable { status: 429 });
    assert_eq!(refused(FakeResponse::html(403, "<html>")), Oauth1Refusal::Unexplained { status: 403 });
    let certificate = refused(FakeResponse::html(526, "error code: 526"));
    assert!(certificate.cause().contains("certificate") && certificate.remedy().contains("certificate"));
    let broken = HttpFailure::Broken("reset".to_owned());
    assert_eq!(refused(FakeResponse::Failure(broken.clone())), Oauth1Refusal::Unreachable(broken));
}

#[test]
fn a_word_of_jiras_is_bounded_and_on_one_line() {
    let Oauth1Refusal::OtherProblem { named } = problem(&format!("%0a{}", "x".repeat(1000))) else {
        panic!("another problem")
    };
    assert!(named.len() == 100 && !named.contains('\n'), "{named}");
}

#[test]
fn a_proxied_call_asks_only_for_the_problem() {
    let url = Url::parse("https://jira.example.com/rest/api/2/myself").expect("an address");
    let not_found = Oauth1Answer { status: 404, body: b"{\"errorMessages\":[]}", ..Oauth1Answer::default() };
    assert_eq!(not_found.problem(&url, Timestamp::EPOCH), None);
    let challenges = vec!["OAuth oauth_problem=\"token_revoked\""];
    let refused = Oauth1Answer { status: 401, challenges, ..Oauth1Answer::default() };
    assert_eq!(refused.problem(&url, Timestamp::EPOCH), Some(Oauth1Refusal::TokenRevoked));
}
