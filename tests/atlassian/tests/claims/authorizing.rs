//! The consent page, and the error pages that do not redirect.

use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{ConsentMode, Obstacle, Person};
use serde_json::json;

use crate::asking::{Browser, CALLBACK, a_model, json_of, parameter, question, redirect_of, refusal, tokens};

#[tokio::test]
async fn somebody_not_logged_in_logs_in_first_and_then_sees_the_consent_page() {
    let asking = a_model().await;
    let response = asking.http.get(asking.url(&format!("/authorize?{}", question(&[])))).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("/login?continue=%2Fauthorize%3F"));
    let page = asking.http.get(asking.url(location)).send().await.unwrap().text().await.unwrap();
    for name in ["Ada Admin", "Bob Admin", "Max Member", "Sam Stranger"] {
        assert!(page.contains(name), "{name} is missing");
    }
}

#[tokio::test]
async fn logging_in_leads_nowhere_but_to_the_consent_page() {
    let asking = a_model().await;
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let form = [("continue", next), ("person", "ada")];
        let response = asking.http.post(asking.url("/login")).form(&form).send().await.unwrap();
        assert_eq!(response.headers()["location"], "/model");
    }
}

#[tokio::test]
async fn the_consent_page_names_the_person_the_sites_and_the_scopes_in_plain_words() {
    let asking = a_model().await;
    let page = Browser::of(&asking, Person::Bob).await.consent_page(&question(&[])).await;
    for text in ["Bob Admin", "Switch account", "Harbour Logistics", "Meadow Health", "View issues and projects"] {
        assert!(page.contains(text), "{text} is missing");
    }
    assert!(!page.contains("Tinker Labs"), "Bob does not reach it");
    assert!(page.contains("This is a model of Atlassian"));
}

#[tokio::test]
async fn accept_is_disabled_until_a_site_is_chosen_and_the_server_checks_again() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    let page = browser.consent_page(&question(&[])).await;
    assert!(page.contains("value=\"accept\" disabled>"));
    for picked in [&[][..], &["nowhere"], &[HARBOUR, MEADOW]] {
        let answer = browser.decide(&question(&[]), "accept", picked).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.text().await.unwrap().contains("role=\"alert\">Choose"));
    }
}

#[tokio::test]
async fn accepting_sends_code_and_state_to_the_callback() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    let back = redirect_of(&browser.decide(&question(&[]), "accept", &[HARBOUR]).await);
    assert!(back.as_str().starts_with(CALLBACK));
    assert_eq!(parameter(&back, "state").as_deref(), Some("the-state"));
    assert!(parameter(&back, "code").is_some());
    assert_eq!(asking.model.consent_of(Person::Ada).unwrap().sites, [HARBOUR]);
}

#[tokio::test]
async fn cancelling_sends_access_denied_and_state_and_leaves_no_consent() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    let back = redirect_of(&browser.decide(&question(&[]), "cancel", &[]).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert!(parameter(&back, "error_description").is_some());
    assert_eq!(parameter(&back, "state").as_deref(), Some("the-state"));
    assert!(asking.model.consent_of(Person::Ada).is_none());
}

#[tokio::test]
async fn a_faulty_question_strands_the_person_on_a_page_that_never_redirects() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    for (name, value, words) in [
        ("redirect_uri", "https://evil.example/callback", "redirect_uri is not registered"),
        ("redirect_uri", "http://localhost:8787/oauth/callback/cloud/", "redirect_uri is not registered"),
        ("scope", "read:jira-work admin:everything", "scope that is not enabled"),
        ("scope", "", "scope is missing"),
        ("client_id", "somebody-else", "no app with this client_id"),
        ("audience", "api.example.com", "audience must be"),
        ("response_type", "token", "response_type must be"),
    ] {
        let page = browser.open(&format!("/authorize?{}", question(&[(name, value)]))).await;
        assert_eq!(page.status(), 400, "{name}={value}");
        assert!(!page.headers().contains_key("location"));
        assert!(page.text().await.unwrap().contains(words), "{name}={value}");
    }
}

#[tokio::test]
async fn an_app_that_is_not_shared_serves_only_its_owner() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.obstacle = Obstacle::NotShared);
    let bob = Browser::of(&asking, Person::Bob).await.consent_page(&question(&[])).await;
    assert!(bob.contains("only the owner of Causeway"));
    let ada = Browser::of(&asking, Person::Ada).await.consent_page(&question(&[])).await;
    assert!(ada.contains("Accept"));
}

#[tokio::test]
async fn a_blocked_app_strands_everybody() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.obstacle = Obstacle::BlockedByAdmin);
    let page = Browser::of(&asking, Person::Ada).await.consent_page(&question(&[])).await;
    assert!(page.contains("App is blocked by an admin"));
}

#[tokio::test]
async fn a_member_is_stranded_until_a_site_administrator_has_consented() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.obstacle = Obstacle::SiteAdminMustAuthorize);
    let max = Browser::of(&asking, Person::Max).await;
    let stranded = max.decide(&question(&[]), "accept", &[HARBOUR]).await;
    assert_eq!(stranded.status(), 403);
    assert!(stranded.text().await.unwrap().contains("for the site https://harbour.atlassian.net"));
    let ada = Browser::of(&asking, Person::Ada).await;
    ada.accept(&question(&[]), &[HARBOUR]).await;
    max.accept(&question(&[]), &[HARBOUR]).await;
}

#[tokio::test]
async fn an_account_level_app_collects_every_site() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.consent_mode = ConsentMode::WholeAccount);
    let browser = Browser::of(&asking, Person::Ada).await;
    assert!(!browser.consent_page(&question(&[])).await.contains("disabled"));
    browser.accept(&question(&[]), &[]).await;
    assert_eq!(asking.model.consent_of(Person::Ada).unwrap().sites, [HARBOUR, MEADOW, TINKER]);
}

#[tokio::test]
async fn several_sites_can_be_picked_where_the_app_allows_it() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    let browser = Browser::of(&asking, Person::Ada).await;
    let tokens = tokens(asking.exchange(&browser.accept(&question(&[]), &[HARBOUR, TINKER]).await).await).await;
    let resources = json_of(asking.get("/oauth/token/accessible-resources", &tokens.access).await).await;
    let ids: std::collections::BTreeSet<_> = resources.as_array().unwrap().iter().map(|r| r["id"].as_str()).collect();
    assert_eq!(ids, [Some(HARBOUR), Some(TINKER)].into());
}

#[tokio::test]
async fn the_pages_cut_openers_off_only_when_told_to() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    let path = format!("/authorize?{}", question(&[]));
    assert!(!browser.open(&path).await.headers().contains_key("cross-origin-opener-policy"));
    asking.model.change_settings(|settings| settings.cuts_openers_off = true);
    assert_eq!(browser.open(&path).await.headers()["cross-origin-opener-policy"], "same-origin");
}

#[tokio::test]
async fn markup_in_a_question_stays_text() {
    let asking = a_model().await;
    let browser = Browser::of(&asking, Person::Ada).await;
    let page = browser.consent_page(&question(&[("scope", "<script>alert(1)</script>")])).await;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"));
}

#[tokio::test]
async fn a_code_is_exchanged_once_within_five_minutes_and_with_its_redirect() {
    let asking = a_model().await;
    let code = asking.model.authorize_direct(Person::Ada, &[HARBOUR]);
    assert_eq!(asking.exchange(&code).await.status(), 200);
    let invalid = json!({ "error": "invalid_grant", "error_description": "Invalid authorization code" });
    assert_eq!(refusal(asking.exchange(&code).await).await, (403, invalid));

    let late = asking.model.authorize_direct(Person::Ada, &[HARBOUR]);
    asking.model.advance_clock(std::time::Duration::from_mins(5));
    assert_eq!(asking.exchange(&late).await.status(), 403);

    let code = asking.model.authorize_direct(Person::Ada, &[HARBOUR]);
    let elsewhere = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": "http://elsewhere" });
    assert_eq!(asking.token(elsewhere).await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_challenge_that_was_sent_is_verified_unless_the_model_is_told_not_to() {
    let asking = a_model().await;
    let challenge = question(&[
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    let browser = Browser::of(&asking, Person::Ada).await;
    let code = browser.accept(&challenge, &[HARBOUR]).await;
    assert_eq!(asking.exchange(&code).await.status(), 403);
    asking.model.change_settings(|settings| settings.verifies_pkce = false);
    let code = browser.accept(&challenge, &[HARBOUR]).await;
    assert_eq!(asking.exchange(&code).await.status(), 200);
}

#[tokio::test]
async fn a_withheld_scope_is_missing_from_the_answer() {
    let asking = a_model().await;
    asking.model.change_settings(|settings| settings.withheld_scopes = vec!["write:jira-work".into()]);
    let answer = json_of(asking.exchange(&asking.model.authorize_direct(Person::Ada, &[HARBOUR])).await).await;
    assert!(!answer["scope"].as_str().unwrap().contains("write:jira-work"));
}
