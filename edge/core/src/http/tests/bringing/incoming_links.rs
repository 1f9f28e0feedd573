//! Incoming links: OAuth 2.0 at a Data Center instance.

use super::*;

const REDIRECT_URI: &str = "https://causeway.example/oauth/callback/data-center/jira.example.com/jira";

#[tokio::test]
async fn an_incoming_link_is_asked_in_its_own_words_and_its_secret_is_never_shown() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let (id, to) = leave(&ada, &link("LINK-SECRET")).await;
    assert!(to.as_str().starts_with("https://jira.example.com/jira/rest/oauth2/latest/authorize?"), "{to}");
    for (name, value) in [
        ("client_id", "client-1"),
        ("redirect_uri", REDIRECT_URI),
        ("response_type", "code"),
        ("scope", "WRITE"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&to, name).as_deref(), Some(value), "{to}");
    }
    ada.get(&format!("{CALLBACK}?code=CODE-1&state={}", parameter(&to, "state").expect("a state"))).await;
    let attempt = ada.attempt(&id).await;
    assert_eq!((&attempt["status"], &attempt["scopes"]), (&json!("authorized"), &json!(["WRITE"])), "{attempt}");
    let posted = posted(&deployment);
    let value = |name: &str| posted.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((value("client_secret"), value("code")), (Some("LINK-SECRET"), Some("CODE-1")));
    assert_eq!(value("redirect_uri"), Some(REDIRECT_URI));
    assert!(value("code_verifier").is_some());
    let connection = save(&ada, "Quarry", &attempt).await;
    let shown = json!({"kind": "data_center_oauth2", "client_id": "client-1", "scopes": ["READ", "WRITE"],
        "callback_path": CALLBACK});
    assert_eq!((&connection["kind"], &connection["credential"]), (&json!("data_center_oauth2"), &shown));
    let renewal = only_grant(&deployment).renewal.expect("it is refreshed");
    let provider = renewal.provider.expect("at the instance");
    assert_eq!((provider.address.as_str(), provider.client_id.as_str()), (JIRA, "client-1"));
    assert_eq!(provider.redirect_uri, REDIRECT_URI);
    keeps_to_itself(&deployment, "LINK-SECRET", &[&attempt, &connection]);
}

#[tokio::test]
async fn a_link_at_another_address_is_taken_back_to_the_address_before() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &authorize_by_link(&ada, &link("SECRET-1")).await).await;
    let copies = ["/rest/api/2/serverInfo", MYSELF, TOKEN];
    for path in copies {
        let reply = deployment.world.instances.borrow()[&format!("jira.example.com/jira{path}")].clone();
        answers(&deployment, &format!("/new{path}"), reply);
    }
    let mut new = link("SECRET-2");
    new["connection_id"] = connection["id"].clone();
    new["credential"]["address"] = json!(format!("{JIRA}/new"));
    let attempt = authorize_by_link(&ada, &new).await;
    assert_eq!(attempt["changes"]["address_before"], JIRA, "{attempt}");
    let saved = ada.edit(&connection, &json!({"authorization_id": attempt["id"]})).await.json();
    assert_eq!(saved["revert_to_address"], JIRA, "{saved}");
    let back = ada.act(&saved, "revert", &json!({})).await.json();
    assert_eq!(back["site"]["url"], JIRA, "{back}");
    let provider = only_grant(&deployment).renewal.and_then(|renewal| renewal.provider).expect("at the instance");
    assert_eq!(provider.address.as_str(), JIRA, "it is refreshed there, too");
}

#[tokio::test]
async fn a_link_is_authorized_again_with_what_it_has_or_with_something_new() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let attempt = authorize_by_link(&ada, &link("SECRET-1")).await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let again = json!({"kind": "data_center_oauth2", "connection_id": connection["id"]});
    assert_eq!(authorize_by_link(&ada, &again).await["status"], "authorized");
    assert!(posted(&deployment).contains(&("client_secret".into(), "SECRET-1".into())));
    let mut new = link("SECRET-2");
    new["connection_id"] = connection["id"].clone();
    answers(&deployment, MYSELF, myself("JIRAUSER2", "Bob"));
    let attempt = authorize_by_link(&ada, &new).await;
    assert_eq!(attempt["changes"]["account_after"]["name"], "Bob");
    let before = ada.show(&connection).await;
    assert_eq!(before["account"]["name"], "Ada Admin", "nothing changes before Save");
    let saved = ada.edit(&before, &json!({"authorization_id": attempt["id"]})).await.json();
    assert_eq!((&saved["account"]["name"], &saved["revert_to"]["name"]), (&json!("Bob"), &json!("Ada Admin")));
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    let back = ada.act(&saved, "revert", &json!({})).await;
    assert_eq!((back.status, &back.json()["account"]["name"]), (StatusCode::OK, &json!("Ada Admin")), "{}", back.body);
    authorize_by_link(&ada, &again).await;
    assert!(posted(&deployment).contains(&("client_secret".into(), "SECRET-1".into())), "the way back took it along");
}

#[tokio::test]
async fn each_refusal_over_an_incoming_link_has_its_code() {
    for (status, body, code) in [
        (401, r#"{"error":"invalid_client"}"#, "link_unknown"),
        (400, r#"{"error":"invalid_grant"}"#, "code_refused"),
        (400, r#"{"error":"invalid_scope"}"#, "scope_refused"),
        (500, "<html>", "provider_unavailable"),
    ] {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, TOKEN, FakeResponse::json(status, body));
        assert_eq!(authorize_by_link(&ada, &link("s")).await["failure"]["code"], code, "{body}");
    }
    for (error, code) in [("access_denied", "denied"), ("invalid_scope", "scope_refused"), ("x", "provider_error")] {
        let deployment = jira();
        let ada = deployment.ada().await;
        let (id, to) = leave(&ada, &link("s")).await;
        ada.get(&format!("{CALLBACK}?error={error}&state={}", parameter(&to, "state").expect("a state"))).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], code);
        assert_eq!(asked(&deployment, TOKEN), 0);
    }
}

#[tokio::test]
async fn the_kind_of_a_connection_stays() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &authorize_by_link(&ada, &link("s")).await).await;
    let mut other_kind = password();
    other_kind["connection_id"] = connection["id"].clone();
    assert_eq!(ada.post("/api/v1/authorizations", &other_kind).await.code(), "invalid_request");
    let cloud = json!({"kind": "cloud_oauth2", "connection_id": connection["id"]});
    assert_eq!(ada.post("/api/v1/authorizations", &cloud).await.code(), "invalid_request");
    let mut inside = link("s");
    inside["credential"]["address"] = json!("https://10.0.0.1/jira");
    assert_eq!(ada.post("/api/v1/authorizations", &inside).await.code(), "address_refused");
    assert_eq!(ada.post("/api/v1/authorizations", &json!({"kind": "oauth1"})).await.code(), "invalid_request");
}
