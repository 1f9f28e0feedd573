//! Passwords and tokens, which are tried at once.

use super::*;

#[tokio::test]
async fn a_password_is_checked_at_once_and_becomes_a_connection() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let begun = begin(&ada, &password()).await;
    assert_eq!(begun["start_url"], Value::Null);
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!((&attempt["status"], &attempt["account"]["account_id"]), (&json!("authorized"), &json!("JIRAUSER1")));
    assert_eq!(asked(&deployment, MYSELF), 1);
    let connection = save(&ada, "Quarry", &attempt).await;
    assert_eq!((&connection["kind"], &connection["site"]["url"]), (&json!("basic"), &json!(JIRA)));
    assert_eq!((&connection["site"]["version"], &connection["site"]["cloud_id"]), (&json!("10.3.2"), &Value::Null));
    let shown = json!({"kind": "basic", "form": "password", "username": "ada", "expires_at": null});
    assert_eq!((&connection["credential"], &connection["missing_scopes"]), (&shown, &json!([])));
    keeps_to_itself(&deployment, "PASS WORD-1", &[&begun, &attempt, &connection]);
    let Credential::Basic(login) = only_grant(&deployment).credential else { panic!("a login") };
    assert_eq!(login.authorization(), "Basic YWRhOlBBU1MgV09SRC0x");
}

#[tokio::test]
async fn every_way_to_refuse_a_password_is_told_apart_and_it_is_tried_once() {
    let captcha = FakeResponse::html(403, "")
        .with("x-seraph-loginreason", "AUTHENTICATION_DENIED")
        .with("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp");
    let nobody =
        FakeResponse::json(200, r#"{"name":"anonymous"}"#).with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    let disabled = r#"{"message":"Basic Authentication has been disabled on this instance."}"#;
    for (reply, code) in [
        (captcha, "captcha_required"),
        (nobody, "password_refused"),
        (FakeResponse::json(200, ""), "anonymous"),
        (FakeResponse::json(200, "{}"), "anonymous"),
        (FakeResponse::html(401, ""), "password_refused"),
        (FakeResponse::json(403, disabled), "basic_disabled"),
        (FakeResponse::json(401, r#"{"message":"The token has expired."}"#), "token_expired"),
        (FakeResponse::html(403, ""), "site_refused"),
        (FakeResponse::html(302, "").with("location", "https://evil.example/"), "instance_unreachable"),
        (FakeResponse::html(502, ""), "instance_unreachable"),
        (FakeResponse::Failure(crate::ports::HttpFailure::Timeout), "instance_unreachable"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, MYSELF, reply);
        assert_eq!(failure(&ada, &password()).await["code"], code);
        assert_eq!(asked(&deployment, MYSELF), 1, "{code} was tried again");
        assert!(deployment.world.grants().is_empty());
    }
}

#[tokio::test]
async fn what_stands_in_front_of_jira_is_named() {
    for (reply, words) in [
        (
            FakeResponse::html(302, "").with("location", "https://sso.example.com/saml"),
            "sign-in page is in front of Jira",
        ),
        (FakeResponse::html(525, "error code: 525"), "certificate is not accepted"),
        (FakeResponse::html(530, "error code: 1016"), "does not answer from the internet"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, MYSELF, reply);
        let failure = failure(&ada, &password()).await;
        assert!(failure["message"].as_str().is_some_and(|said| said.contains(words)), "{failure}");
    }
}

#[tokio::test]
async fn a_token_that_is_over_is_not_even_tried_and_one_that_ends_sets_the_horizon() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let token = |expires_at: &api::Timestamp| {
        json!({"kind": "basic", "credential": {"kind": "basic", "address": JIRA, "form": "personal_access_token",
            "secret": "PAT-1", "expires_at": expires_at}})
    };
    let now = crate::ports::Clock::now(&*deployment.world);
    assert_eq!(failure(&ada, &token(&now)).await["code"], "token_expired");
    assert_eq!(asked(&deployment, MYSELF), 0);
    let ends = now.plus_seconds(86_400);
    let begun = begin(&ada, &token(&ends)).await;
    let connection = save(&ada, "Quarry", &begun).await;
    assert_eq!(connection["reauthorize_before"], json!(ends));
    assert_eq!(deployment.world.asked.borrow().last().expect("asked").headers()["authorization"], "Bearer PAT-1");
}

#[tokio::test]
async fn a_scoped_api_token_goes_through_the_gateway_and_the_operator_can_forbid_api_tokens() {
    let token = json!({"kind": "basic", "credential": {"kind": "basic", "address": "https://acme.atlassian.net",
        "form": "scoped_api_token", "username": "ada@example.com", "secret": "ATATT-1"}});
    for (allowed, status) in [("true", "authorized"), ("false", "failed")] {
        let deployment = Deployment::with(move |name| match name {
            "ALLOW_CLOUD_BASIC" => Some(allowed.to_owned()),
            name => configured(name),
        });
        let ada = deployment.ada().await;
        let info = r#"{"version":"1001.0.0","deploymentType":"Cloud","serverTitle":"Acme"}"#;
        for (path, reply) in [("/rest/api/2/serverInfo", info), ("/_edge/tenant_info", r#"{"cloudId":"11-ff"}"#)] {
            let at = format!("acme.atlassian.net{path}");
            deployment.world.instances.borrow_mut().insert(at, FakeResponse::json(200, reply));
        }
        let begun = begin(&ada, &token).await;
        let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
        assert_eq!(attempt["status"], status, "{attempt}");
        let through_the_gateway = deployment.world.probed_with.borrow().len();
        assert_eq!(through_the_gateway, usize::from(status == "authorized"));
        if status == "authorized" {
            assert_eq!(save(&ada, "Acme", &attempt).await["site"]["cloud_id"], "11-ff");
        } else {
            assert_eq!(attempt["failure"]["code"], "basic_not_allowed");
        }
    }
}
