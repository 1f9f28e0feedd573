//! Sites of Data Center, with a name and its password.

use super::*;

/// A connection of a Data Center site, with a name and its password.
fn at_data_center() -> Subject {
    let mut subject = subject();
    subject.connection.kind = Kind::Basic;
    subject.connection.scopes = Vec::new();
    subject.connection.site = Some(Site {
        cloud_id: None,
        name: "Quarry".into(),
        url: "https://jira.example.com/jira".into(),
        avatar_url: None,
        version: Some("9.4.0".into()),
    });
    subject
}

fn data_center_world() -> World {
    let world = World::new();
    let login = crate::grant::Login::parse("ada", "secret").expect("a login");
    let token = AccessToken {
        credential: crate::grant::Credential::Basic(login),
        generation: Generation(1),
        expires_at: crate::grant::NEVER,
        refresh_after: crate::grant::NEVER,
    };
    world.keeper.replace(vec![KeeperAnswer::Token { token }]);
    world.server_info.replace(FakeResponse::json(
        200,
        r#"{"baseUrl":"https://jira.example.com/jira","version":"10.3.2","deploymentType":"Server","serverTitle":"Quarry"}"#,
    ));
    let myself = r#"{"key":"ada","name":"ada","displayName":"Ada","active":true}"#;
    world.myself.replace(vec![FakeResponse::json(200, myself).with("date", "Sun, 22 Nov 2026 05:00:00 GMT")]);
    world
}

#[test]
fn a_data_center_site_is_asked_itself_and_nobody_at_atlassian() {
    let world = data_center_world();
    let (steps, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    let failed: Vec<_> = steps.iter().filter(|step| step.outcome == StepOutcome::Failed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!((steps.len(), findings.passed, findings.cause()), (STEPS.len(), true, None));
    assert_eq!(findings.owner_active, Some(true));
    assert_eq!(findings.site.and_then(|site| site.version).as_deref(), Some("10.3.2"));
    assert_eq!(
        *world.asked.borrow(),
        ["/jira/rest/api/2/serverInfo (in nobody's name)", "/jira/rest/api/2/myself", "/jira/rest/api/2/mypermissions"]
    );
}

#[test]
fn a_password_that_jira_refuses_is_shown_once_and_told_to_its_keeper() {
    for (reply, cause) in [
        (FakeResponse::html(401, "no").with("x-seraph-loginreason", "AUTHENTICATED_FAILED"), Cause::PasswordRefused),
        (FakeResponse::json(200, "{}").with("x-seraph-loginreason", "AUTHENTICATED_FAILED"), Cause::PasswordRefused),
    ] {
        let world = data_center_world();
        world.myself.replace(vec![reply]);
        let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
        assert_eq!(findings.credential, Some(CredentialState::Dead { cause: Some(cause) }));
        assert_eq!(*world.refused.borrow(), [(Generation(1), cause)]);
        let named = world.asked.borrow().iter().filter(|asked| !asked.ends_with("name)")).count();
        assert_eq!(named, 1, "a refused password was shown again");
    }
}

/// What a reverse proxy answers in Jira's stead.
fn nginx() -> FakeResponse {
    FakeResponse::html(401, "<html><h1>401 Authorization Required</h1></html>").with("server", "nginx")
}

fn refused_since(hours: i64, times: u32) -> Subject {
    let now = FakeClock::default().now();
    let last_at = now.plus_seconds(-3_600);
    let refusal = CredentialRefusal { since: now.plus_seconds(-hours * 3_600), last_at, times };
    Subject { refusal: Some(refusal), ..at_data_center() }
}

/// Anybody who fails to log in as this user makes Jira demand it.
fn captcha() -> FakeResponse {
    let login = "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp";
    FakeResponse::html(403, "no").with("x-authentication-denied-reason", login)
}

#[test]
fn a_captcha_stops_the_use_of_a_password_and_ends_it_after_a_day_only() {
    let cause = Cause::CaptchaRequired;
    for (subject, is_dead) in [(at_data_center(), false), (refused_since(23, 9), false), (refused_since(24, 3), true)] {
        let world = data_center_world();
        world.myself.replace(vec![captcha()]);
        let (_, findings) = run_for(subject, &world, &Configuration::read(configured));
        let kept = CredentialState::Unavailable { cause };
        let dead = CredentialState::Dead { cause: Some(cause) };
        assert_eq!((findings.credential, findings.is_refused), (Some(if is_dead { dead } else { kept }), !is_dead));
        assert_eq!(world.refused.borrow().len(), usize::from(is_dead));
        let named = world.asked.borrow().iter().filter(|asked| !asked.ends_with("name)")).count();
        assert_eq!(named, 1, "a refused password was shown again");
    }
}

const KEPT: Option<CredentialState> = Some(CredentialState::Unavailable { cause: Cause::CredentialRefused });

#[test]
fn a_401_that_is_not_jiras_own_word_stops_the_use_of_a_credential_and_destroys_nothing() {
    for (subject, is_dead) in [
        (at_data_center(), false),
        (refused_since(1, 1), false),
        (refused_since(23, 20), false),
        (refused_since(25, 1), false),
        (refused_since(24, 3), true),
    ] {
        let world = data_center_world();
        world.myself.replace(vec![nginx()]);
        let (steps, findings) = run_for(subject.clone(), &world, &Configuration::read(configured));
        assert_eq!(outcomes(&steps).matches('F').count(), 1, "nothing else was asked with it");
        if is_dead {
            let cause = Cause::PasswordRefused;
            assert_eq!(findings.credential, Some(CredentialState::Dead { cause: Some(cause) }));
            assert_eq!(*world.refused.borrow(), [(Generation(1), cause)], "a day of refusals ends it");
        } else {
            assert_eq!((findings.credential, findings.is_refused), (KEPT, true), "{subject:?}");
            assert!(world.refused.borrow().is_empty(), "{subject:?}");
        }
    }
}

#[test]
fn a_refused_credential_is_well_again_once_jira_accepts_it_and_not_before() {
    let world = data_center_world();
    let (_, findings) = run_for(refused_since(5, 3), &world, &Configuration::read(configured));
    assert_eq!((findings.credential, findings.passed), (Some(CredentialState::Works), true));

    for silent in
        [FakeResponse::Failure(HttpFailure::Timeout), FakeResponse::html(503, ""), FakeResponse::html(200, "")]
    {
        let world = data_center_world();
        world.myself.replace(vec![silent]);
        let (_, findings) = run_for(refused_since(5, 3), &world, &Configuration::read(configured));
        assert_eq!((findings.credential, findings.is_refused), (KEPT, false), "nothing was said about it");
    }
}

#[test]
fn checkups_in_a_loop_do_not_show_a_refused_password_again_within_a_minute() {
    let mut subject = refused_since(1, 1);
    subject.refusal = Some(CredentialRefusal::after(None, FakeClock::default().now()));
    let world = data_center_world();
    let (_, findings) = run_for(subject, &world, &Configuration::read(configured));
    assert_eq!((findings.credential, findings.is_refused), (KEPT, false));
    assert!(!world.asked.borrow().iter().any(|asked| asked.ends_with("myself")), "it was shown again");
}

#[test]
fn basic_that_is_switched_off_interrupts_and_ends_nothing() {
    let world = data_center_world();
    let message = r#"{"message":"Basic Authentication has been disabled on this instance."}"#;
    world.myself.replace(vec![FakeResponse::json(403, message)]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!((findings.credential, findings.cause()), (Some(CredentialState::Works), Some(Cause::BasicDisabled)));
    assert!(world.refused.borrow().is_empty());
}

#[test]
fn a_site_that_moved_and_an_owner_who_left_are_found() {
    let world = data_center_world();
    let elsewhere = "https://new.example.com/jira/rest/api/2/serverInfo";
    world.server_info.replace(FakeResponse::html(301, "").with("location", elsewhere));
    world.myself.replace(vec![FakeResponse::html(301, "").with("location", "https://new.example.com/jira")]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!(findings.cause(), Some(Cause::SiteMoved));
    assert_eq!(findings.moved_to.as_deref(), Some("https://new.example.com/jira"));

    let world = data_center_world();
    world.myself.replace(vec![FakeResponse::json(200, r#"{"key":"ada","name":"ada","active":false}"#)]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!((findings.owner_active, findings.cause()), (Some(false), None));
}

#[test]
fn a_sign_in_page_in_front_of_jira_is_no_moved_site() {
    let world = data_center_world();
    let page = || FakeResponse::html(302, "").with("location", "https://sso.example.com/saml?to=%2Fjira");
    world.server_info.replace(page());
    world.myself.replace(vec![page()]);
    let (steps, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert!(findings.facts.has_web_page);
    assert_eq!((findings.cause(), findings.moved_to), (Some(Cause::SiteUnreachable), None));
    let remedies: Vec<_> = steps.iter().filter_map(|step| step.remedy.as_deref()).collect();
    assert!(remedies.iter().any(|remedy| remedy.contains("pass the sign-in page")), "{remedies:?}");
}

#[test]
fn what_jira_says_of_a_signature_is_told_with_both_clocks_and_the_reverse_proxy() {
    let key = api::ConsumerKey::parse("causeway").expect("a key");
    let private_key = block_on(Rsa::generate(&World::new())).expect("a pair").private_key;
    let token = crate::oauth1::TokenKey::new("abc").expect("a token");
    let signed = crate::grant::SignedWith::new(&crate::oauth1::Consumer { key, private_key }, &token);
    let signed = signed.expect("a key of usual size");
    for (problem, cause, words) in [
        ("timestamp_refused", Cause::ClockSkew, ["2026-11-22T05:00:00Z", "2026-11-22T04:00:00Z"]),
        ("signature_invalid", Cause::SignatureInvalid, ["public key", "reverse proxy"]),
        ("consumer_key_unknown", Cause::ConsumerUnknown, ["consumer key", "Application links"]),
    ] {
        let world = data_center_world();
        let token = AccessToken {
            credential: crate::grant::Credential::Oauth1(signed.clone()),
            generation: Generation(1),
            expires_at: crate::grant::NEVER,
            refresh_after: crate::grant::NEVER,
        };
        world.keeper.replace(vec![KeeperAnswer::Token { token }]);
        let refused = FakeResponse::of(401, "text/plain", format!("oauth_problem={problem}").as_bytes());
        world.myself.replace(vec![refused.with("date", "Sun, 22 Nov 2026 04:00:00 GMT")]);
        let mut subject = at_data_center();
        subject.connection.kind = Kind::Oauth1;
        let (steps, findings) = run_for(subject, &world, &Configuration::read(configured));
        let step = steps.iter().find(|step| step.cause == Some(cause)).expect("the step that failed");
        assert_eq!(findings.cause(), Some(cause));
        let said = format!("{} {}", step.detail, step.remedy.as_deref().unwrap_or_default());
        assert!(words.iter().all(|word| said.contains(word)), "{problem}: {said}");
    }
}

#[test]
fn a_checkup_of_a_refused_password_does_not_contradict_itself() {
    let world = data_center_world();
    let refused = FakeResponse::html(401, "no").with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    world.myself.replace(vec![refused.with("date", "Sun, 22 Nov 2026 05:00:00 GMT")]);
    let mut subject = at_data_center();
    let form = api::BasicForm::Password;
    subject.connection.credential =
        Some(api::CredentialShown::Basic { form, username: Some("ada".into()), expires_at: None });
    let (steps, _) = run_for(subject, &world, &Configuration::read(configured));
    let detail = |name| steps.iter().find(|step| step.name == name).map(|step| step.detail.as_str()).expect("it ran");
    assert_eq!(detail(CheckupStepName::Token), "Causeway has the password.");
    assert!(detail(CheckupStepName::Identity).starts_with("Jira refuses this user name with this password"));
    assert_eq!(detail(CheckupStepName::Permissions), "Skipped: Jira refused the password.");
    assert_eq!(detail(CheckupStepName::Clock), "Our clock and Jira's agree.", "the refusal carried a date");
    assert!(steps.iter().all(|step| !step.detail.contains("access token") && !step.detail.contains("Atlassian")));
}
