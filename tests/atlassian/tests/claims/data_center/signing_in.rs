//! Passwords, CAPTCHA, personal access tokens, and answers that look right and are for nobody.

use std::time::Duration;

use atlassian::{Instance, Person, WrongCredential};
use serde_json::json;

use super::asking::{company, header, quarry};
use crate::asking::{json_of, refusal};

const FAILED: &str = "AUTHENTICATED_FAILED";

#[tokio::test]
async fn a_user_name_and_a_password_are_somebody() {
    let company = quarry().await;
    let response = company.with_password("myself", Person::Max, "development-only-max").await;
    assert_eq!(header(&response, "x-seraph-loginreason"), "OK");
    let myself = json_of(response).await;
    assert_eq!((&myself["name"], &myself["key"]), (&json!("max"), &json!("max.long-ago")));
    assert!(myself.get("accountId").is_none(), "people have no account ids here");
    assert_eq!(myself["emailAddress"], "max@example.com");
}

#[tokio::test]
async fn a_wrong_password_is_answered_as_nobody_is_and_only_a_header_tells() {
    let company = quarry().await;
    let projects = company.with_password("project", Person::Ada, "wrong").await;
    assert_eq!((projects.status().as_u16(), header(&projects, "x-seraph-loginreason")), (200, FAILED));
    assert_eq!(header(&projects, "x-ausername"), "anonymous");
    assert_eq!(json_of(projects).await, json!([]));
    let myself = company.with_password("myself", Person::Ada, "wrong").await;
    assert_eq!((myself.status().as_u16(), header(&myself, "x-seraph-loginreason")), (401, FAILED));
}

#[tokio::test]
async fn a_wrong_password_may_be_refused_in_html_or_with_nothing_at_all() {
    let company = quarry().await;
    company.jira.change_settings(|settings| settings.wrong_credential = WrongCredential::Refused);
    let refused = company.with_password("project", Person::Ada, "wrong").await;
    assert_eq!((refused.status().as_u16(), header(&refused, "x-seraph-loginreason")), (401, FAILED));
    assert!(refused.text().await.unwrap().contains("Basic Authentication Failure - Reason : AUTHENTICATED_FAILED"));
    company.jira.change_settings(|settings| settings.wrong_credential = WrongCredential::Nothing);
    let nothing = company.with_password("myself", Person::Bob, "wrong").await;
    assert_eq!((nothing.status().as_u16(), nothing.text().await.unwrap().as_str()), (200, ""));
}

#[tokio::test]
async fn three_wrong_passwords_raise_a_captcha_that_one_log_in_on_the_page_cures() {
    let company = quarry().await;
    let right = "development-only-ada";
    for _ in 0..3 {
        company.with_password("myself", Person::Ada, "wrong").await;
    }
    let denied = company.with_password("myself", Person::Ada, right).await;
    assert_eq!((denied.status().as_u16(), header(&denied, "x-seraph-loginreason")), (403, "AUTHENTICATION_DENIED"));
    let reason = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", company.jira.base_url());
    assert_eq!(header(&denied, "x-authentication-denied-reason"), reason);
    assert!(company.log_in(Person::Ada, right, "").await.is_none(), "the word must be typed too");
    assert!(company.log_in(Person::Ada, right, "granite").await.is_some());
    assert_eq!(company.with_password("myself", Person::Ada, right).await.status(), 200);
}

#[tokio::test]
async fn a_captcha_may_come_as_401_and_others_are_not_in_its_way() {
    let company = quarry().await;
    company.jira.change_settings(|settings| (settings.captcha_after, settings.captcha_status) = (Some(1), 401));
    company.with_password("myself", Person::Ada, "wrong").await;
    assert_eq!(company.with_password("project", Person::Ada, "development-only-ada").await.status(), 401);
    assert_eq!(company.with_password("myself", Person::Bob, "development-only-bob").await.status(), 200);
}

#[tokio::test]
async fn version_11_takes_no_password_but_still_takes_tokens() {
    let company = quarry().await;
    let token = company.jira.create_personal_access_token(Person::Bob, None);
    company.jira.upgrade("11.0.0");
    let refused = refusal(company.with_password("myself", Person::Bob, "development-only-bob").await).await;
    assert_eq!(refused, (403, json!({ "message": "Basic Authentication has been disabled on this instance." })));
    assert_eq!(json_of(company.with_token("myself", &token).await).await["name"], "bob");
    company.jira.change_settings(|settings| settings.basic_authentication = Some(true));
    assert_eq!(company.with_password("myself", Person::Bob, "development-only-bob").await.status(), 200);
}

#[tokio::test]
async fn a_personal_access_token_ends_by_expiry_and_by_revocation() {
    let company = quarry().await;
    let expiring = company.jira.create_personal_access_token(Person::Ada, Some(Duration::from_hours(24)));
    let lasting = company.jira.create_personal_access_token(Person::Ada, None);
    assert_eq!(company.with_token("myself", &expiring).await.status(), 200);
    company.asking.model.advance_clock(Duration::from_hours(25));
    let expired = company.with_token("myself", &expiring).await;
    assert_eq!((expired.status().as_u16(), header(&expired, "x-seraph-loginreason")), (401, FAILED));
    assert_eq!(company.with_token("myself", &lasting).await.status(), 200);
    assert!(company.jira.revoke_personal_access_token(&lasting));
    assert_eq!(company.with_token("myself", &lasting).await.status(), 401);
    assert!(company.asking.model.tokens_issued().contains(&lasting));
}

#[tokio::test]
async fn a_deactivated_account_is_nobody_by_password_token_and_cookie() {
    let company = quarry().await;
    let (token, cookie) =
        (company.jira.create_personal_access_token(Person::Max, None), company.browser(Person::Max).await);
    let by_cookie = || company.get("/rest/api/2/myself").header("cookie", &cookie).send();
    assert_eq!(by_cookie().await.unwrap().status(), 200);
    company.jira.set_active(Person::Max, false);
    assert_eq!(company.with_password("myself", Person::Max, "development-only-max").await.status(), 401);
    assert_eq!(company.with_token("myself", &token).await.status(), 401);
    assert_eq!(by_cookie().await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_log_in_page_says_that_it_is_a_model_and_leads_nowhere_else() {
    let company = company(Instance::Orchard).await;
    let page = company.get("/login.jsp").send().await.unwrap().text().await.unwrap();
    for text in ["This is a model of Atlassian", "Log in to Orchard Foods", "development-only-bob"] {
        assert!(page.contains(text), "{text} is missing");
    }
    for destination in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let form = [("os_username", "ada"), ("os_password", "development-only-ada"), ("os_destination", destination)];
        let response = company.post("/login.jsp").form(&form).send().await.unwrap();
        assert_eq!(header(&response, "location"), "/secure/Dashboard.jspa");
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_old_one_and_no_token() {
    let company = quarry().await;
    let token = company.jira.create_personal_access_token(Person::Ada, None);
    company.jira.set_password(Person::Ada, "another");
    assert_eq!(company.with_password("myself", Person::Ada, "development-only-ada").await.status(), 401);
    assert_eq!(company.with_password("myself", Person::Ada, "another").await.status(), 200);
    assert_eq!(company.with_token("myself", &token).await.status(), 200);
}
