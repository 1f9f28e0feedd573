//! API tokens of Jira Cloud: they go to the site that they were entered for, and nowhere else.

use super::*;

const ACME: &str = "https://acme.atlassian.net";
const ACME_ID: &str = "11111111-1111-4111-8111-1111111111ff";
const EVIL: &str = "https://evil.example.com";

/// A host that answers as the Cloud site with this cloudId does.
fn answers_as_cloud(deployment: &Deployment, address: &str, cloud_id: &str) {
    let host = address.strip_prefix("https://").expect("a host");
    let info = json!({"version": "1001.0.0", "deploymentType": "Cloud", "serverTitle": "Acme"});
    let myself = json!({"accountId": "ada", "displayName": "Ada"});
    for (path, reply) in [
        ("/rest/api/2/serverInfo", info),
        ("/_edge/tenant_info", json!({"cloudId": cloud_id})),
        ("/rest/api/3/myself", myself),
    ] {
        let reply = FakeResponse::json(200, &reply.to_string());
        deployment.world.instances.borrow_mut().insert(format!("{host}{path}"), reply);
    }
}

fn token(address: &str, secret: &str) -> Value {
    json!({"kind": "basic", "credential": {"kind": "basic", "address": address, "form": "api_token",
        "username": "ada@example.com", "secret": secret}})
}

/// A new credential for a connection.
fn token_for(connection: &Value, address: &str, secret: &str) -> Value {
    let mut what = token(address, secret);
    what["connection_id"] = connection["id"].clone();
    what
}

/// Who sent something with `Authorization` to a host.
fn sent_to(deployment: &Deployment, address: &str) -> Vec<String> {
    let host = address.strip_prefix("https://").expect("a host");
    let asked = deployment.world.asked.borrow();
    let with = asked.iter().filter(|asked| asked.uri().host() == Some(host));
    with.filter_map(|asked| asked.headers().get("authorization")?.to_str().ok().map(str::to_owned)).collect()
}

/// Ada, a connection to Acme with her API token, and Tess, who tracks issues in its workspace.
async fn acme(deployment: &Deployment) -> (Browser<'_>, Browser<'_>, Value) {
    answers_as_cloud(deployment, ACME, ACME_ID);
    answers_as_cloud(deployment, EVIL, ACME_ID);
    let ada = deployment.ada().await;
    let web = ada.post("/api/v1/workspaces", &json!({"name": "Web"})).await.json();
    let begun = begin(&ada, &token(ACME, "ADAS-TOKEN")).await;
    let new = json!({"name": "Acme", "authorization_id": begun["id"], "workspaces": [web["id"]]});
    let connection = ada.post("/api/v1/connections", &new).await.json();
    let members = format!("/api/v1/workspaces/{}/members", web["id"].as_str().expect("an id"));
    ada.post(&members, &json!({"email": "tess@example.com", "issue_tracking": true})).await;
    let tess = deployment.signed_in("tess@example.com", "tess").await;
    (ada, tess, connection)
}

#[tokio::test]
async fn who_only_reauthorizes_sends_an_api_token_to_no_host_of_their_own() {
    let deployment = Deployment::new();
    let (ada, tess, connection) = acme(&deployment).await;
    let refused = tess.post("/api/v1/authorizations", &token_for(&connection, EVIL, "MADE-UP")).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.body);
    let asked_evil = |asked: &http::Request<Vec<u8>>| asked.uri().host() == Some("evil.example.com");
    assert!(!deployment.world.asked.borrow().iter().any(asked_evil), "not even anonymously");
    let here = begin(&tess, &token_for(&connection, ACME, "TESS-TOKEN")).await;
    assert_eq!(tess.edit(&connection, &json!({"authorization_id": here["id"]})).await.status, StatusCode::OK);
    assert_eq!(ada.show(&connection).await["site"]["url"], ACME);
}

#[tokio::test]
async fn a_foreign_host_that_claims_to_be_cloud_is_refused_with_what_to_enter_whoever_asks() {
    let deployment = Deployment::new();
    let (ada, _, connection) = acme(&deployment).await;
    let looked = ada.post("/api/v1/instances", &json!({"address": EVIL})).await;
    assert_eq!(looked.code(), "instance_unreachable");
    assert!(looked.json()["detail"].as_str().expect("a detail").contains(".atlassian.net"), "{}", looked.body);
    for what in [token(EVIL, "ADAS-TOKEN"), token_for(&connection, EVIL, "ADAS-TOKEN")] {
        let refused = failure(&ada, &what).await;
        assert_eq!(refused["code"], "instance_unreachable");
        assert!(refused["message"].as_str().expect("words").contains("not Atlassian's"), "{refused}");
    }
    assert_eq!(sent_to(&deployment, EVIL), Vec::<String>::new());
}

#[tokio::test]
async fn a_renamed_site_is_followed_by_who_manages_and_taking_back_sends_the_token_to_its_own_address() {
    const APEX: &str = "https://apex.atlassian.net";
    let deployment = Deployment::new();
    let (ada, tess, connection) = acme(&deployment).await;
    answers_as_cloud(&deployment, APEX, ACME_ID);
    let refused = tess.post("/api/v1/authorizations", &token_for(&connection, APEX, "TESS-TOKEN")).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.body);
    let begun = begin(&ada, &token_for(&connection, APEX, "APEX-TOKEN")).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!((&attempt["changes"]["address_before"], &attempt["site"]["url"]), (&json!(ACME), &json!(APEX)));
    let saved = ada.edit(&connection, &json!({"authorization_id": begun["id"]})).await.json();
    assert_eq!(saved["site"]["url"], APEX);
    let sent_before = sent_to(&deployment, APEX).len();
    let back = ada.act(&saved, "revert", &json!({})).await.json();
    assert_eq!(back["site"]["url"], ACME, "{back}");
    assert_eq!(sent_to(&deployment, APEX).len(), sent_before, "the token of Acme was not sent there");
    let timeline = ada.get(&format!("{}/timeline", path_of(&connection))).await;
    assert_eq!(timeline.body.matches("address_changed").count(), 2, "{}", timeline.body);
}

#[tokio::test]
async fn another_site_at_atlassian_is_another_connection() {
    const OTHER: &str = "https://other.atlassian.net";
    let deployment = Deployment::new();
    let (ada, _, connection) = acme(&deployment).await;
    answers_as_cloud(&deployment, OTHER, "22222222-2222-4222-8222-2222222222ff");
    assert_eq!(failure(&ada, &token_for(&connection, OTHER, "OTHER-TOKEN")).await["code"], "other_site");
    // The address was given to another site meanwhile.
    answers_as_cloud(&deployment, ACME, "22222222-2222-4222-8222-2222222222ff");
    assert_eq!(failure(&ada, &token_for(&connection, ACME, "ADAS-TOKEN")).await["code"], "other_site");
    assert_eq!(sent_to(&deployment, OTHER), Vec::<String>::new());
}

#[tokio::test]
async fn who_lost_the_right_to_manage_does_not_save_another_address() {
    let deployment = Deployment::new();
    let (ada, tess, connection) = acme(&deployment).await;
    let here = begin(&tess, &token_for(&connection, ACME, "TESS-TOKEN")).await;
    answers_as_cloud(&deployment, "https://apex.atlassian.net", ACME_ID);
    let moved = begin(&ada, &token_for(&connection, "https://apex.atlassian.net", "APEX-TOKEN")).await;
    let saved = ada.edit(&connection, &json!({"authorization_id": moved["id"]})).await.json();
    let refused = tess.edit(&saved, &json!({"authorization_id": here["id"]})).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.body);
    assert_eq!(ada.show(&connection).await["site"]["url"], "https://apex.atlassian.net");
}

#[tokio::test]
async fn credentials_of_data_center_are_not_sent_to_jira_cloud() {
    let deployment = jira();
    answers_as_cloud(&deployment, ACME, ACME_ID);
    let tokens = json!({"access_token": "LINK-ACCESS", "refresh_token": "LINK-REFRESH", "expires_in": 7200,
        "token_type": "Bearer", "scope": "WRITE"});
    let tokens = FakeResponse::json(200, &tokens.to_string());
    deployment.world.instances.borrow_mut().insert(format!("acme.atlassian.net{TOKEN}"), tokens);
    let ada = deployment.ada().await;
    for form in ["password", "personal_access_token"] {
        let mut what = token(ACME, "PASSWORD");
        what["credential"]["form"] = json!(form);
        if form == "personal_access_token" {
            what["credential"]["username"] = Value::Null;
        }
        assert_eq!(failure(&ada, &what).await["code"], "password_refused");
    }
    let mut what = link("LINK-SECRET");
    what["credential"]["address"] = json!(ACME);
    assert_eq!(authorize_by_link(&ada, &what).await["failure"]["code"], "address_refused");
    let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::SuggestSiteAddress { id, to: Some(ACME.to_owned()) };
    deployment.edge.send(&offer).await.expect("offered");
    let refused = ada.act(&connection, "confirm-address", &json!({"address": ACME})).await;
    assert!(refused.body.contains("This is Jira Cloud"), "{}", refused.body);
    assert_eq!(sent_to(&deployment, ACME), Vec::<String>::new());
}

fn scoped_token() -> Value {
    let mut what = token(ACME, "SCOPED-TOKEN");
    what["credential"]["form"] = json!("scoped_api_token");
    what
}

#[tokio::test]
async fn a_scoped_token_that_may_not_ask_whose_it_is_connects_and_what_is_missing_is_named() {
    let deployment = Deployment::new();
    answers_as_cloud(&deployment, ACME, ACME_ID);
    let mismatch = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
    *deployment.world.probe.borrow_mut() = FakeResponse::json(401, mismatch);
    let ada = deployment.ada().await;
    let begun = begin(&ada, &scoped_token()).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!((&attempt["status"], &attempt["account"]), (&json!("authorized"), &Value::Null), "{attempt}");
    assert_eq!(attempt["missing_scopes"], json!(["read:jira-user"]));
    let connection = save(&ada, "Acme", &attempt).await;
    assert_eq!(connection["missing_scopes"], json!(["read:jira-user"]));
    let again = json!({"kind": "basic", "connection_id": connection["id"]});
    let attempt = ada.attempt(begin(&ada, &again).await["id"].as_str().expect("an id")).await;
    assert_eq!((&attempt["status"], &attempt["changes"]["account_after"]), (&json!("authorized"), &Value::Null));
}

#[tokio::test]
async fn a_scoped_token_that_may_do_nothing_is_refused_with_the_scopes_that_it_needs() {
    let deployment = Deployment::new();
    answers_as_cloud(&deployment, ACME, ACME_ID);
    let mismatch = FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#);
    *deployment.world.probe.borrow_mut() = mismatch.clone();
    let path = format!("api.atlassian.example/ex/jira/{ACME_ID}/rest/api/3/mypermissions");
    deployment.world.instances.borrow_mut().insert(path, mismatch);
    let ada = deployment.ada().await;
    let refused = failure(&ada, &scoped_token()).await;
    assert_eq!(refused["code"], "scope_refused");
    let message = refused["message"].as_str().expect("words");
    assert!(message.contains("read:jira-work") && message.contains("read:jira-user"), "{message}");
}
