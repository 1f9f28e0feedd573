//! Sites of Atlassian Cloud.

use super::*;

const LIST: &str = "The IP address has been rejected because it is not on the allowedlist. See your admin.";

#[test]
fn a_removed_consent_is_told_from_a_site_that_refuses() {
    let refused = || FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized"}"#);
    let world = World::new();
    *world.myself.borrow_mut() = vec![refused()];
    *world.keeper.borrow_mut() = vec![token(1), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }];
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppF-----p");
    assert_eq!(findings.credential, Some(CredentialState::Dead { cause: Some(Cause::GrantRefused) }));
    assert_eq!(
        *world.keeper_asked.borrow(),
        [(None, false), (Some(Generation(1)), true)],
        "as the proxy asks after a 401"
    );

    let world = World::new();
    *world.myself.borrow_mut() = vec![refused()];
    *world.keeper.borrow_mut() = vec![token(1), token(2)];
    let (_, findings) = run(&world);
    assert_eq!((findings.credential, findings.trouble), (Some(CredentialState::Works), Some(Cause::SiteRefused)));

    let world = World::new();
    let well = next(&world.myself);
    *world.myself.borrow_mut() = vec![refused(), well];
    *world.keeper.borrow_mut() = vec![token(1), token(2)];
    assert!(run(&world).1.passed, "a token that was out of date is no failure");
}

#[test]
fn a_scoped_token_that_may_not_ask_whose_it_is_lacks_a_scope_and_works() {
    let world = World::new();
    let mismatch = FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#);
    *world.myself.borrow_mut() = vec![mismatch];
    let mut subject = subject();
    subject.connection.kind = api::Kind::Basic;
    subject.connection.account = None;
    let form = api::BasicForm::ScopedApiToken;
    subject.connection.credential = Some(api::CredentialShown::Basic { form, username: None, expires_at: None });
    let (steps, findings) = run_for(subject, &world, &Configuration::read(configured));
    let identity = steps.iter().find(|step| step.name == CheckupStepName::Identity).expect("it ran");
    assert!(identity.detail.contains("read:jira-user"), "{identity:?}");
    assert_eq!((findings.credential, findings.cause()), (Some(CredentialState::Works), None), "calls go on");
}

#[test]
fn an_allow_list_is_found_and_the_site_is_still_looked_up() {
    let world = World::new();
    *world.myself.borrow_mut() = vec![FakeResponse::json(403, LIST)];
    *world.permissions.borrow_mut() = FakeResponse::json(403, LIST);
    *world.resources.borrow_mut() = resources("apex");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppp-pp-F-p");
    assert_eq!(findings.trouble, Some(Cause::IpAllowList));
    assert_eq!(findings.site.map(|site| site.name), Some("apex".to_owned()));
}

#[test]
fn a_site_that_is_gone_explains_the_refusal_before_it() {
    let world = World::new();
    *world.myself.borrow_mut() =
        vec![FakeResponse::json(403, r#"{"message":"The app is not installed on this instance"}"#)];
    *world.resources.borrow_mut() = FakeResponse::json(200, "[]");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppFFp-p-p");
    assert_eq!(findings.trouble, Some(Cause::SiteGone));
    assert_eq!(findings.scopes, None);
}

#[test]
fn a_used_up_quota_is_no_fault_of_the_site() {
    let world = World::new();
    let limited = FakeResponse::json(429, "{}").with("ratelimit-reason", "jira-quota-global-based");
    *world.myself.borrow_mut() = vec![limited.clone()];
    *world.permissions.borrow_mut() = limited;
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppp-pp-pFp");
    assert_eq!(findings.trouble, Some(Cause::RateLimited));
}

#[test]
fn a_clock_that_is_wrong_fails_and_marks_no_connection() {
    let world = World::new();
    *world.gateway.borrow_mut() = FakeResponse::json(401, "{}").with("date", "Sun, 22 Nov 2026 06:00:00 GMT");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppppppppF");
    assert_eq!((findings.passed, findings.cause()), (false, None));
}

fn step_of(steps: &[CheckupStep], name: CheckupStepName) -> &CheckupStep {
    steps.iter().find(|step| step.name == name).expect("it ran")
}

#[test]
fn a_token_endpoint_that_is_down_is_told_as_that_and_not_as_a_site_that_refuses() {
    let world = World::new();
    *world.myself.borrow_mut() = vec![FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized"}"#)];
    let (cause, retry_after, status) = (Cause::AtlassianUnreachable, 5, Some(503));
    *world.keeper.borrow_mut() = vec![token(1), KeeperAnswer::Unavailable { cause, retry_after, status }];
    let (steps, findings) = run(&world);
    assert_eq!((findings.cause(), findings.facts.token_status), (Some(cause), Some(503)));
    let identity = step_of(&steps, CheckupStepName::Identity);
    assert_eq!(identity.detail, "Causeway needs a new token, and Atlassian's sign-in service answers 503.");
    assert!(identity.remedy.as_deref().is_some_and(|remedy| remedy.starts_with("No action needed")));
}

#[test]
fn a_missing_scope_interrupts_nothing_while_reading_works() {
    let world = World::new();
    let listed =
        r#"[{"id":"one","name":"acme","url":"https://acme.example","scopes":["read:jira-work","read:jira-user"]}]"#;
    *world.resources.borrow_mut() = FakeResponse::json(200, listed);
    let (steps, findings) = run(&world);
    assert_eq!(step_of(&steps, CheckupStepName::Scopes).cause, Some(Cause::ScopesMissing));
    assert_eq!((findings.cause(), findings.passed), (None, false));

    let mismatch = || FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#);
    *world.myself.borrow_mut() = vec![mismatch()];
    assert_eq!(run(&world).1.cause(), None, "only the name of the account cannot be read");
    *world.permissions.borrow_mut() = mismatch();
    assert_eq!(run(&world).1.cause(), Some(Cause::ScopesMissing), "nothing can be read");
}

#[test]
fn an_account_that_reaches_no_site_is_told_so() {
    let world = World::new();
    *world.resources.borrow_mut() = FakeResponse::json(200, "[]");
    let (steps, findings) = run(&world);
    assert!(findings.facts.reaches_no_site);
    let site = step_of(&steps, CheckupStepName::Site);
    assert!(site.detail.contains("no access to any Jira site"), "{site:?}");
    assert!(site.remedy.as_deref().is_some_and(|remedy| remedy.starts_with("An Atlassian administrator")));
}
