//! The token endpoint: what it accepts, what it hands out, what it refuses and in which words.

use std::time::Duration;

use atlassian::sites::HARBOUR;
use atlassian::{Death, Person, RefusalWords};
use serde_json::json;

use crate::asking::{a_model, json_of, refusal, tokens};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
const MYSELF: &str = "/ex/jira/1f0c6a52-6f3e-4b0a-8c4e-5d1a7e9b0001/rest/api/3/myself";

#[tokio::test]
async fn tokens_come_with_life_scope_and_type() {
    let asking = a_model().await;
    let answer = json_of(asking.exchange(&asking.model.authorize_direct(Person::Ada, &[HARBOUR])).await).await;
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(3600), &json!("Bearer")));
    assert!(answer["scope"].as_str().unwrap().contains("offline_access"));
}

#[tokio::test]
async fn a_form_is_accepted_as_json_is() {
    let asking = a_model().await;
    let old = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "causeway-development"),
        ("client_secret", "development-only-atlassian-secret"),
        ("refresh_token", &old.refresh),
    ];
    let response = asking.http.post(asking.url("/oauth/token")).form(&form).send().await.unwrap();
    assert_ne!(tokens(response).await.refresh, old.refresh);
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_costs_nobody_a_token() {
    let asking = a_model().await;
    let old = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let body = json!({ "grant_type": "refresh_token", "client_id": "causeway-development",
        "client_secret": "wrong", "refresh_token": old.refresh });
    let response = asking.http.post(asking.url("/oauth/token")).json(&body).send().await.unwrap();
    let words = json!({ "error": "access_denied", "error_description": "Unauthorized" });
    assert_eq!(refusal(response).await, (401, words));
    assert_eq!(asking.refresh(&old.refresh).await.unwrap().status(), 200);
}

#[tokio::test]
async fn requests_that_cannot_be_understood_are_refused_in_json() {
    let asking = a_model().await;
    for body in [json!({}), json!({ "grant_type": "password" }), json!({ "grant_type": "refresh_token" })] {
        let (status, answer) = refusal(asking.token(body).await.unwrap()).await;
        assert_eq!(status, 403);
        assert!(answer["error"].is_string());
    }
    let text = asking.http.post(asking.url("/oauth/token")).body("hello").send().await.unwrap();
    assert_eq!(text.status(), 400);
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_until_ten_minutes_have_passed() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let lost = tokens(asking.refresh(&first.refresh).await.unwrap()).await;
    asking.model.advance_clock(9 * MINUTE);
    let again = tokens(asking.refresh(&first.refresh).await.unwrap()).await;
    assert_ne!(again.refresh, lost.refresh);
    asking.model.advance_clock(MINUTE);
    assert_eq!(asking.refresh(&first.refresh).await.unwrap().status(), 403);
    assert_eq!(asking.model.families()[0].ended.map(|(_, cause)| cause), Some(Death::RotatedAway));
    assert_eq!(asking.get(MYSELF, &again.access).await.status(), 401);
}

#[tokio::test]
async fn a_token_two_generations_old_ends_the_family() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let second = tokens(asking.refresh(&first.refresh).await.unwrap()).await;
    let third = tokens(asking.refresh(&second.refresh).await.unwrap()).await;
    assert_eq!(asking.refresh(&first.refresh).await.unwrap().status(), 403);
    assert_eq!(asking.refresh(&third.refresh).await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_dead_token_is_announced_in_one_of_three_ways() {
    let asking = a_model().await;
    for (words, error, description) in [
        (RefusalWords::UnknownOrInvalid, "invalid_grant", "Unknown or invalid refresh token."),
        (RefusalWords::RefreshTokenIsInvalid, "unauthorized_client", "refresh_token is invalid"),
        (RefusalWords::ExpiredOrRevoked, "invalid_grant", "Token has been expired or revoked."),
    ] {
        asking.model.change_settings(|settings| settings.refusal_words = words);
        let body = json!({ "error": error, "error_description": description });
        assert_eq!(refusal(asking.refresh("unknown").await.unwrap()).await, (403, body));
    }
}

#[tokio::test]
async fn an_access_token_works_for_an_hour_of_the_models_clock() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.advance_clock(59 * MINUTE);
    assert_eq!(asking.get(MYSELF, &tokens.access).await.status(), 200);
    asking.model.advance_clock(2 * MINUTE);
    let words = json!({ "code": 401, "message": "Unauthorized" });
    assert_eq!(refusal(asking.get(MYSELF, &tokens.access).await).await, (401, words));
}

#[tokio::test]
async fn ninety_idle_days_end_a_family() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.advance_clock(90 * DAY);
    assert_eq!(asking.refresh(&tokens.refresh).await.unwrap().status(), 403);
    assert_eq!(asking.model.families()[0].ended.map(|(_, cause)| cause), Some(Death::Idle));
}

#[tokio::test]
async fn removing_the_consent_ends_every_family_of_that_account_and_no_other() {
    let asking = a_model().await;
    let ada = [asking.authorized(Person::Ada, &[HARBOUR]).await, asking.authorized(Person::Ada, &[HARBOUR]).await];
    let bob = asking.authorized(Person::Bob, &[HARBOUR]).await;
    asking.model.revoke_consent(Person::Ada);
    for tokens in ada {
        assert_eq!(asking.refresh(&tokens.refresh).await.unwrap().status(), 403);
        assert_eq!(asking.get(MYSELF, &tokens.access).await.status(), 401);
    }
    assert_eq!(asking.get(MYSELF, &bob.access).await.status(), 200);
}

#[tokio::test]
async fn a_changed_password_and_a_deactivated_account_end_their_families() {
    let asking = a_model().await;
    let (ada, bob) =
        (asking.authorized(Person::Ada, &[HARBOUR]).await, asking.authorized(Person::Bob, &[HARBOUR]).await);
    asking.model.change_password(Person::Ada);
    asking.model.deactivate(Person::Bob);
    assert_eq!(asking.refresh(&ada.refresh).await.unwrap().status(), 403);
    assert_eq!(asking.refresh(&bob.refresh).await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_second_authorization_leaves_the_first_alone_unless_the_model_is_told_otherwise() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.authorized(Person::Ada, &[HARBOUR]).await;
    assert_eq!(asking.get(MYSELF, &first.access).await.status(), 200);
    asking.model.change_settings(|settings| settings.newer_authorization_ends_older = true);
    asking.authorized(Person::Ada, &[HARBOUR]).await;
    assert_eq!(asking.get(MYSELF, &first.access).await.status(), 401);
}

#[tokio::test]
async fn a_new_consent_overrides_the_scopes_of_the_old_one() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.change_settings(|settings| settings.withheld_scopes = vec!["read:jira-user".into()]);
    asking.authorized(Person::Ada, &[HARBOUR]).await;
    let words = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    assert_eq!(refusal(asking.get(MYSELF, &first.access).await).await, (401, words));
}

#[tokio::test]
async fn a_refresh_answer_may_lack_a_refresh_token_and_the_old_one_stays_in_force() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.change_settings(|settings| settings.keeps_refresh_tokens = true);
    let mut access = first.access;
    for _ in 0..3 {
        asking.model.advance_clock(30 * MINUTE);
        let answer = json_of(asking.refresh(&first.refresh).await.unwrap()).await;
        assert!(answer.get("refresh_token").is_none());
        assert_ne!(answer["access_token"], json!(access));
        access = answer["access_token"].as_str().unwrap().to_owned();
    }
    assert_eq!(asking.get(MYSELF, &access).await.status(), 200);
}

#[tokio::test]
async fn every_token_ever_issued_can_be_searched_for() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let second = tokens(asking.refresh(&first.refresh).await.unwrap()).await;
    let issued = asking.model.tokens_issued();
    assert_eq!(issued.len(), 4);
    for token in [first.access, first.refresh, second.access, second.refresh] {
        assert!(issued.contains(&token));
    }
}
