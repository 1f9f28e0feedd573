//! OAuth 1.0a: three steps to a token, signed calls, and every way to be refused.

use std::time::Duration;

use atlassian::{ApplicationLink, Person};
use reqwest::Method;

use super::asking::{header, quarry};
use super::foreign_consumer::{
    CALLBACK, Consumer, NEWER, OLDER, Token, called_back, form, press, problem, problem_name, token,
};
use crate::asking::json_of;

#[tokio::test]
async fn a_foreign_consumer_asks_is_approved_collects_and_calls() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let asked = form(consumer.request_token(CALLBACK).await).await;
    assert_eq!(asked["oauth_callback_confirmed"], "true");
    let asked = token(&asked);
    let verifier = called_back(&press(&company, Person::Max, &asked, "approve").await, &asked);
    let collected = form(consumer.access_token(&asked, Some(&verifier)).await).await;
    assert_eq!(collected["oauth_expires_in"], "157680000");
    assert!(collected.contains_key("oauth_session_handle"));
    let myself = consumer.call(&token(&collected), "myself", &[]).await;
    assert_eq!(json_of(myself).await["name"], "max");
    assert!(company.asking.model.tokens_issued().contains(&collected["oauth_token"]));
}

#[tokio::test]
async fn without_a_callback_the_page_shows_a_verification_code_to_be_copied() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let asked = consumer.asked("oob").await;
    let page = press(&company, Person::Ada, &asked, "approve").await.text().await.unwrap();
    let code = page.split("id=\"verification-code\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(code.len(), 6);
    assert_eq!(consumer.access_token(&asked, Some(code)).await.status(), 200);
}

#[tokio::test]
async fn the_approval_page_wants_a_log_in_first_and_names_consumer_and_person() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let asked = consumer.asked(CALLBACK).await;
    let path = format!("/plugins/servlet/oauth/authorize?oauth_token={}", asked.identifier);
    let first = company.get(&path).send().await.unwrap();
    assert!(header(&first, "location").starts_with("/jira/login.jsp?"));
    let destination = [("os_username", "ada"), ("os_password", "development-only-ada"), ("os_destination", &path)];
    let logged_in = company.post("/login.jsp").form(&destination).send().await.unwrap();
    assert_eq!(header(&logged_in, "location"), format!("/jira{path}"));
    let cookie = company.browser(Person::Ada).await;
    let page = company.get(&path).header("cookie", cookie).send().await.unwrap().text().await.unwrap();
    for text in ["This is a model of Atlassian", "Authorize Causeway", "Ada Admin", "Quarry Works", "Allow", "Deny"] {
        assert!(page.contains(text), "{text} is missing");
    }
}

#[tokio::test]
async fn a_parameter_of_the_query_is_signed_too() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let token = consumer.authorized(Person::Ada).await;
    let query = [("jql", "project = PIT AND summary ~ \"é+ü\" "), ("maxResults", "2")];
    assert_ne!(consumer.call(&token, "search", &query).await.status(), 401);
    let url = company.url("/rest/api/2/myself");
    let header = consumer.signing().token(token).get(url.as_str(), &());
    let added = consumer.send(Method::GET, &format!("{url}?expand=groups"), &header).await;
    assert_eq!(problem_name(added).await, "signature_invalid");
}

#[tokio::test]
async fn a_signature_holds_for_its_method_its_address_and_one_time() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let token = consumer.authorized(Person::Ada).await;
    let url = company.url("/rest/api/2/myself");
    let signed = || consumer.signing().token(token.clone()).get(url.as_str(), &());
    let header = signed();
    assert_eq!(consumer.send(Method::GET, &url, &header).await.status(), 200);
    assert_eq!(problem_name(consumer.send(Method::GET, &url, &header).await).await, "nonce_used");
    assert_eq!(problem_name(consumer.send(Method::DELETE, &url, &signed()).await).await, "signature_invalid");
    let elsewhere = company.url("/rest/api/2/project");
    assert_eq!(problem_name(consumer.send(Method::GET, &elsewhere, &signed()).await).await, "signature_invalid");
}

#[tokio::test]
async fn an_unknown_consumer_and_another_key_are_refused_each_in_its_words() {
    let company = quarry().await;
    let consumer = Consumer::new(&company, OLDER);
    assert_eq!(problem_name(consumer.request_token("oob").await).await, "consumer_key_unknown");
    company.jira.register_application_link(Consumer::new(&company, NEWER).link()).unwrap();
    let refused = problem(consumer.request_token("oob").await).await;
    assert_eq!(refused["oauth_problem"], "signature_invalid");
    assert!(refused["oauth_signature_base_string"].starts_with("POST&http%3A%2F%2F127.0.0.1%3A"));
}

#[tokio::test]
async fn a_key_is_replaced_by_registering_the_newer_one_and_tokens_stay() {
    let company = quarry().await;
    let older = Consumer::registered(&company, OLDER);
    let token = older.authorized(Person::Ada).await;
    let newer = Consumer::registered(&company, NEWER);
    assert_eq!(company.jira.application_links().len(), 1);
    assert_eq!(newer.call(&token, "myself", &[]).await.status(), 200);
    assert_eq!(problem_name(older.call(&token, "myself", &[]).await).await, "signature_invalid");
}

#[tokio::test]
async fn behind_a_reverse_proxy_that_does_not_tell_every_signature_is_invalid() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    company.jira.change_settings(|settings| settings.sees_itself_as = Some("http://jira.internal:8080".into()));
    let refused = problem(consumer.request_token("oob").await).await;
    assert_eq!(refused["oauth_problem"], "signature_invalid");
    assert!(refused["oauth_signature_base_string"].contains("jira.internal"));
    company.jira.change_settings(|settings| settings.sees_itself_as = None);
    assert_eq!(consumer.request_token("oob").await.status(), 200);
}

#[tokio::test]
async fn a_clock_too_far_off_is_refused_with_what_would_be_taken() {
    let company = quarry().await;
    let mut consumer = Consumer::registered(&company, OLDER);
    consumer.ahead = 600;
    let refused = problem(consumer.request_token("oob").await).await;
    assert_eq!(refused["oauth_problem"], "timestamp_refused");
    let (from, to) = refused["oauth_acceptable_timestamps"].split_once('-').unwrap();
    assert_eq!(to.parse::<u64>().unwrap() - from.parse::<u64>().unwrap(), 600);
    company.jira.change_settings(|settings| settings.clock_skew_seconds = 600);
    assert_eq!(consumer.request_token("oob").await.status(), 200);
}

#[tokio::test]
async fn what_is_missing_or_of_another_kind_is_named() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let url = company.url("/plugins/servlet/oauth/request-token");
    let nothing = problem(consumer.send(Method::POST, &url, "OAuth realm=\"\"").await).await;
    assert!(nothing["oauth_parameters_absent"].starts_with("oauth_consumer_key&"));
    let no_callback = consumer.signing().post(url.as_str(), &());
    let no_callback = problem(consumer.send(Method::POST, &url, &no_callback).await).await;
    assert_eq!(
        (&*no_callback["oauth_problem"], &*no_callback["oauth_parameters_absent"]),
        ("parameter_absent", "oauth_callback")
    );
    let other = consumer.signing().callback("oob").post(url.as_str(), &()).replace("RSA-SHA1", "HMAC-SHA1");
    assert_eq!(problem_name(consumer.send(Method::POST, &url, &other).await).await, "signature_method_rejected");
    assert_eq!(problem_name(consumer.request_token("not an address").await).await, "parameter_rejected");
}

#[tokio::test]
async fn collecting_before_denied_with_a_wrong_code_or_too_late_is_refused_each_in_its_words() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let name = async |token: &Token, verifier| problem_name(consumer.access_token(token, verifier).await).await;
    let asked = consumer.asked("oob").await;
    assert_eq!(name(&asked, Some("x")).await, "permission_unknown");
    assert_eq!(name(&Token::new("nobody".into(), String::new()), Some("x")).await, "token_rejected");
    company.jira.approve_request_token(&asked.identifier, Person::Ada).unwrap();
    assert_eq!(name(&asked, None).await, "parameter_absent");
    assert_eq!(name(&asked, Some("wrong")).await, "verifier_invalid");
    company.asking.model.advance_clock(Duration::from_mins(11));
    assert_eq!(name(&asked, Some("wrong")).await, "token_expired");
    let denied = consumer.asked(CALLBACK).await;
    assert_eq!(called_back(&press(&company, Person::Ada, &denied, "deny").await, &denied), "denied");
    assert_eq!(name(&denied, Some("denied")).await, "permission_denied");
}

#[tokio::test]
async fn a_token_ends_by_revocation_by_age_by_deactivation_and_with_its_link() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let name = async |token: &Token| problem_name(consumer.call(token, "myself", &[]).await).await;
    let of_ada = consumer.authorized(Person::Ada).await;
    let of_max = consumer.authorized(Person::Max).await;
    company.jira.revoke_access(Person::Ada);
    assert_eq!(name(&of_ada).await, "token_rejected");
    company.jira.change_settings(|settings| settings.names_revoked_tokens = true);
    assert_eq!(name(&of_ada).await, "token_revoked");
    company.jira.set_active(Person::Max, false);
    assert_eq!(name(&of_max).await, "permission_denied");
    company.jira.set_active(Person::Max, true);
    company.asking.model.advance_clock(Duration::from_hours(5 * 365 * 24));
    assert_eq!(name(&of_max).await, "token_expired");
    assert!(company.jira.remove_application_link("causeway"));
    assert_eq!(name(&of_max).await, "consumer_key_unknown");
}

#[tokio::test]
async fn the_callback_may_bring_back_another_token_and_jira_takes_any_of_the_consumer() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    let (asked, other) = (consumer.asked(CALLBACK).await, consumer.asked(CALLBACK).await);
    company.jira.change_settings(|settings| settings.calls_back_with = Some(other.identifier.clone()));
    called_back(&press(&company, Person::Ada, &asked, "approve").await, &other);
    let verifier = company.jira.approve_request_token(&other.identifier, Person::Bob).unwrap();
    let collected = token(&form(consumer.access_token(&other, Some(&verifier)).await).await);
    assert_eq!(json_of(consumer.call(&collected, "myself", &[]).await).await["name"], "bob");
}

#[tokio::test]
async fn a_broken_link_answers_a_page_that_is_not_there() {
    let company = quarry().await;
    let consumer = Consumer::registered(&company, OLDER);
    company.jira.change_settings(|settings| settings.application_links_broken = true);
    let response = consumer.request_token("oob").await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (404, "text/html;charset=utf-8"));
}

#[tokio::test]
async fn an_administrator_is_told_what_is_wrong_with_a_link() {
    let company = quarry().await;
    let right = Consumer::new(&company, OLDER).link();
    let register = |link: ApplicationLink| company.jira.register_application_link(link);
    assert!(register(ApplicationLink { consumer_key: "two words".into(), ..right.clone() }).is_err());
    assert!(register(ApplicationLink { consumer_name: " ".into(), ..right.clone() }).is_err());
    let complaint = register(ApplicationLink { public_key: "nonsense".into(), ..right.clone() }).unwrap_err();
    assert!(complaint.starts_with("The public key is invalid"), "{complaint}");
    let bare: String = right.public_key.lines().filter(|line| !line.starts_with("---")).collect();
    assert_eq!(register(ApplicationLink { public_key: bare, ..right }), Ok(()));
}
