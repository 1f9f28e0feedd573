//! Application links: OAuth 1.0a, its three steps and its keys.

use super::*;
use crate::ports::Clock as _;

#[tokio::test]
async fn an_application_link_is_authorized_in_three_steps_by_callback() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let begun = begin(&ada, &what).await;
    let id = begun["id"].as_str().expect("an id");
    assert_eq!(
        ada.attempt(id).await["oauth1"],
        json!({"step": "request_token", "approve_url": null, "code_failure": null})
    );
    ada.get(begun["start_url"].as_str().expect("an address")).await;
    assert_eq!(ada.attempt(id).await["oauth1"]["step"], "approval");
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    assert_eq!((&attempt["status"], &attempt["oauth1"]["step"]), (&json!("authorized"), &json!("done")), "{attempt}");
    let connection = save(&ada, "Quarry", &attempt).await;
    assert_eq!(connection["credential"]["key"]["id"], what["credential"]["key_id"]);
    assert!(connection["reauthorize_before"].is_string(), "five years, as Jira said");
    assert!(matches!(only_grant(&deployment).credential, Credential::Oauth1(_)));
    keeps_to_itself(&deployment, "ACC-1", &[&attempt, &connection]);
    keeps_to_itself(&deployment, "REQ-1", &[&attempt, &connection]);
    let taken = ada.post("/api/v1/authorizations", &what).await;
    assert_eq!(taken.code(), "key_not_usable", "another connection has the key");
    let again = json!({"kind": "oauth1", "connection_id": connection["id"]});
    assert_eq!(authorize_by_signature(&deployment, &ada, &again, "REQ-1").await["status"], "authorized");
}

#[tokio::test]
async fn an_approval_of_another_request_token_is_exchanged_for_nothing() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-2").await;
    assert_eq!(
        (&attempt["failure"]["code"], &attempt["oauth1"]["step"]),
        (&json!("token_refused"), &json!("access_token"))
    );
    assert_eq!(asked(&deployment, ACCESS_TOKEN), 0);
}

async fn verify(ada: &Browser<'_>, id: &str, code: &str) -> Answered {
    ada.post(&format!("/api/v1/authorizations/{id}/verification-code"), &json!({"code": code})).await
}

#[tokio::test]
async fn a_verification_code_is_pasted_once() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &application_link(&ada, true).await).await;
    assert_eq!(begun["start_url"], Value::Null);
    assert_eq!(signed_callback(&deployment), "oob");
    let id = begun["id"].as_str().expect("an id");
    let approve = format!("{JIRA}/plugins/servlet/oauth/authorize?oauth_token=REQ-1");
    assert_eq!(
        ada.attempt(id).await["oauth1"],
        json!({"step": "approval", "approve_url": approve, "code_failure": null})
    );
    assert_eq!(verify(&ada, id, "your code is x").await.code(), "invalid_request");
    let verified = verify(&ada, id, " uWq3fK\n").await;
    assert_eq!(
        (verified.status, &verified.json()["status"]),
        (StatusCode::OK, &json!("authorized")),
        "{}",
        verified.body
    );
    assert_eq!(verify(&ada, id, "uWq3fK").await.code(), "authorization_not_ready");
    assert_eq!(asked(&deployment, ACCESS_TOKEN), 1);
    save(&ada, "Quarry", &begun).await;
}

#[tokio::test]
async fn each_oauth_problem_has_its_cause_and_remedy_in_words() {
    for (problem, code, words) in [
        ("consumer_key_unknown", "link_unknown", "consumer key"),
        ("signature_invalid", "signature_invalid", "public key"),
        ("timestamp_refused&oauth_acceptable_timestamps=100-200", "clock_skew", "1970-01-01T00:02:30Z"),
        ("nonce_used", "provider_error", "twice"),
        ("permission_denied", "denied", "denied"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, REQUEST_TOKEN, form(401, &format!("oauth_problem={problem}")));
        let failed = failure(&ada, &application_link(&ada, true).await).await;
        assert_eq!(failed["code"], code, "{failed}");
        assert!(failed["message"].as_str().expect("a cause").contains(words), "{failed}");
        assert!(!failed["remedy"].as_str().expect("a remedy").is_empty());
        let (id, to) = leave(&ada, &application_link(&ada, false).await).await;
        assert_eq!(to.path(), format!("/authorize/{id}"), "the pop-up says why");
        assert_eq!(ada.attempt(&id).await["oauth1"]["step"], "request_token");
    }
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &application_link(&ada, true).await).await;
    answers(&deployment, ACCESS_TOKEN, form(401, "oauth_problem=verifier_invalid"));
    let id = begun["id"].as_str().expect("an id");
    for _ in 1..crate::authorization::CODES {
        let refused = verify(&ada, id, "uWq3fK").await.json();
        assert_eq!((&refused["status"], &refused["oauth1"]["step"]), (&json!("waiting"), &json!("approval")));
        assert_eq!(refused["oauth1"]["code_failure"]["code"], "code_wrong");
    }
    let failed = verify(&ada, id, "uWq3fK").await.json();
    assert_eq!((&failed["failure"]["code"], &failed["oauth1"]["step"]), (&json!("code_wrong"), &json!("access_token")));
}

#[tokio::test]
async fn a_mistyped_verification_code_can_be_typed_again() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &application_link(&ada, true).await).await;
    let id = begun["id"].as_str().expect("an id");
    answers(&deployment, ACCESS_TOKEN, form(401, "oauth_problem=verifier_invalid"));
    let refused = verify(&ada, id, "uWq3fX").await.json();
    assert_eq!(refused["oauth1"]["code_failure"]["message"], "The verification code is not the one that Jira gave.");
    assert_eq!(ada.attempt(id).await["oauth1"]["code_failure"]["code"], "code_wrong", "it is told until the next one");
    answers(&deployment, ACCESS_TOKEN, form(200, "oauth_token=ACC-1&oauth_token_secret=x&oauth_expires_in=157680000"));
    let verified = verify(&ada, id, "uWq3fK").await.json();
    assert_eq!((&verified["status"], &verified["oauth1"]["code_failure"]), (&json!("authorized"), &Value::Null));
}

#[tokio::test]
async fn a_key_is_replaced_only_once_jira_takes_the_new_one() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let rotated = ada.act(&connection, "next-key", &json!({})).await.json();
    let (old, new) = (rotated["credential"]["key"].clone(), rotated["credential"]["next_key"].clone());
    assert!(old["id"] != new["id"] && new["public_key"].is_string(), "{rotated}");
    answers(&deployment, MYSELF, form(401, "oauth_problem=signature_invalid"));
    let refused = ada.act(&connection, "next-key/adopt", &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "key_not_installed"));
    assert_eq!(ada.show(&connection).await["credential"]["key"], old, "both are good until the new one has worked");
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let before = only_grant(&deployment);
    let adopted = ada.act(&connection, "next-key/adopt", &json!({})).await;
    assert_eq!(adopted.status, StatusCode::OK, "{}", adopted.body);
    assert_eq!((&adopted.json()["credential"]["key"], &adopted.json()["credential"]["next_key"]), (&new, &Value::Null));
    assert!(only_grant(&deployment) != before, "the grant with the old key is destroyed");
    assert_eq!(ada.act(&connection, "next-key/adopt", &json!({})).await.code(), "key_not_usable");
}

#[tokio::test]
async fn causeway_switches_by_itself_to_the_next_key_once_jira_takes_it() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let switch = || crate::http::switch_key(&deployment.edge, &id);
    assert!(switch().await.is_err(), "there is no next key");
    let next = ada.act(&connection, "next-key", &json!({})).await.json()["credential"]["next_key"].clone();
    answers(&deployment, MYSELF, form(401, "oauth_problem=signature_invalid"));
    assert!(switch().await.is_err(), "Jira does not have it yet");
    assert_eq!(ada.show(&connection).await["credential"]["next_key"], next);
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    assert_eq!(switch().await, Ok(()));
    assert_eq!(ada.show(&connection).await["credential"]["key"], next);
    only_grant(&deployment);
    let timeline = ada.get(&format!("{}/timeline", super::super::world::path_of(&connection))).await.json();
    let newest = &timeline["items"][0];
    assert_eq!((&newest["event"], &newest["actor"]["kind"]), (&json!("key_rotated"), &json!("causeway")));
}

#[tokio::test]
async fn a_next_key_can_be_given_up() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let what = application_link(&ada, false).await;
    let connection = save(&ada, "Quarry", &authorize_by_signature(&deployment, &ada, &what, "REQ-1").await).await;
    ada.act(&connection, "next-key", &json!({})).await;
    let path = format!("{}/next-key", path_of(&connection));
    let stayed = ada.call(http::Method::DELETE, &path, &json!({})).await.json();
    assert_eq!(
        (&stayed["credential"]["next_key"], &stayed["credential"]["key"]),
        (&Value::Null, &connection["credential"]["key"])
    );
}

#[tokio::test]
async fn an_application_link_is_to_be_reauthorized_before_the_first_of_what_jira_said_ends() {
    let cases = [
        ("oauth_expires_in=157680000&oauth_session_handle=s&oauth_authorization_expires_in=160272000", Some(1825)),
        ("oauth_expires_in=157680000&oauth_session_handle=s&oauth_authorization_expires_in=864000", Some(10)),
        ("oauth_authorization_expires_in=864000", Some(10)),
        ("oauth_session_handle=s", None),
    ];
    for (expiry, days) in cases {
        let deployment = jira();
        answers(&deployment, ACCESS_TOKEN, form(200, &format!("oauth_token=ACC-1&oauth_token_secret=x&{expiry}")));
        let ada = deployment.ada().await;
        let what = application_link(&ada, false).await;
        let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
        let connection = save(&ada, "Quarry", &attempt).await;
        let before = days.map(|days: i64| deployment.world.now().plus_seconds(days * 86_400));
        assert_eq!(connection["reauthorize_before"], json!(before), "{expiry}");
    }
}
