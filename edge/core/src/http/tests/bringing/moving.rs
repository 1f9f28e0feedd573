//! A site whose address changes.

use super::*;

/// A connection by password, whose site seems to have moved to `to`.
async fn moved(deployment: &Deployment, ada: &Browser<'_>, to: &str) -> Value {
    let begun = begin(ada, &password()).await;
    let connection = save(ada, "Quarry", &begun).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::OfferAddress { id, to: Some(to.to_owned()) };
    deployment.edge.ask(&offer).await.expect("offered");
    connection
}

#[tokio::test]
async fn a_new_address_is_taken_only_where_the_same_account_answers() {
    const NEW: &str = "https://jira.example.com/jira/new";
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = moved(&deployment, &ada, NEW).await;
    assert_eq!(ada.show(&connection).await["moved_to"], NEW);
    let info = r#"{"version":"10.4.0","deploymentType":"Server","serverTitle":"Quarry Works"}"#;
    answers(&deployment, "/new/rest/api/2/serverInfo", FakeResponse::json(200, info));
    for reply in [myself("JIRAUSER2", "Bob"), FakeResponse::html(401, ""), FakeResponse::json(200, "{}")] {
        answers(&deployment, &format!("/new{MYSELF}"), reply);
        let refused = ada.act(&connection, "confirm-address", &json!({})).await;
        assert_eq!(refused.code(), "instance_unreachable", "{}", refused.body);
        assert_eq!(ada.show(&connection).await["site"]["url"], JIRA, "the old address stays");
    }
    answers(&deployment, &format!("/new{MYSELF}"), myself("JIRAUSER1", "Ada Admin"));
    let taken = ada.act(&connection, "confirm-address", &json!({})).await.json();
    assert_eq!((&taken["site"]["url"], &taken["site"]["version"]), (&json!(NEW), &json!("10.4.0")), "{taken}");
    assert_eq!(taken["moved_to"], Value::Null);
    assert!(deployment.world.told.borrow().contains(&format!("move: {NEW}")), "refreshes go there");
    let timeline = ada.get(&format!("{}/timeline", path_of(&connection))).await;
    assert!(timeline.body.contains("address_changed"), "{}", timeline.body);
}

#[tokio::test]
async fn a_new_address_is_judged_like_any_other_and_a_dismissed_one_is_not_offered_again() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let inside = "https://10.0.0.1/jira";
    let connection = moved(&deployment, &ada, inside).await;
    assert_eq!(ada.act(&connection, "confirm-address", &json!({})).await.code(), "address_refused");
    let path = format!("{}/confirm-address", path_of(&connection));
    assert_eq!(ada.call(http::Method::DELETE, &path, &json!({})).await.json()["moved_to"], Value::Null);
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::OfferAddress { id, to: Some(inside.to_owned()) };
    deployment.edge.ask(&offer).await.expect("asked");
    assert_eq!(ada.show(&connection).await["moved_to"], Value::Null);
    assert_eq!(ada.act(&connection, "confirm-address", &json!({})).await.code(), "invalid_request");
}

/// A password for a connection at another address beneath the instance, where it is Ada, too.
fn elsewhere(deployment: &Deployment, connection: &Value) -> Value {
    let info = r#"{"version":"10.4.0","deploymentType":"Server","serverTitle":"Quarry Works"}"#;
    answers(deployment, "/new/rest/api/2/serverInfo", FakeResponse::json(200, info));
    answers(deployment, &format!("/new{MYSELF}"), myself("JIRAUSER1", "Ada Admin"));
    let mut what = password();
    what["connection_id"] = connection["id"].clone();
    what["credential"]["address"] = json!(format!("{JIRA}/new"));
    what
}

#[tokio::test]
async fn new_credentials_may_be_for_another_address_and_those_for_the_one_before_end_with_save() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
    let begun = begin(&ada, &elsewhere(&deployment, &connection)).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!(attempt["changes"]["address_before"], JIRA, "{attempt}");
    assert_eq!(ada.show(&connection).await["site"]["url"], JIRA, "nothing has changed yet");
    let saved = ada.edit(&connection, &json!({"authorization_id": begun["id"]})).await.json();
    assert_eq!((&saved["site"]["url"], &saved["site"]["version"]), (&json!(format!("{JIRA}/new")), &json!("10.4.0")));
    assert_eq!((&saved["revert_until"], &saved["revert_to"]), (&Value::Null, &Value::Null), "no way back");
    only_grant(&deployment);
    let timeline = ada.get(&format!("{}/timeline", super::super::world::path_of(&connection))).await;
    assert!(timeline.body.contains("address_changed"), "{}", timeline.body);
}

#[tokio::test]
async fn who_only_reauthorizes_does_not_say_where_the_credential_goes() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let web = ada.post("/api/v1/workspaces", &json!({"name": "Web"})).await.json();
    let begun = begin(&ada, &password()).await;
    let new = json!({"name": "Quarry", "authorization_id": begun["id"], "workspaces": [web["id"]]});
    let connection = ada.post("/api/v1/connections", &new).await.json();
    let members = format!("/api/v1/workspaces/{}/members", web["id"].as_str().expect("an id"));
    ada.post(&members, &json!({"email": "tess@example.com", "issue_tracking": true})).await;
    let tess = deployment.signed_in("tess@example.com", "tess").await;
    let refused = tess.post("/api/v1/authorizations", &elsewhere(&deployment, &connection)).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.body);
    assert_eq!(asked(&deployment, &format!("/new{MYSELF}")), 0);
    let mut here = password();
    here["connection_id"] = connection["id"].clone();
    begin(&tess, &here).await;
}

#[tokio::test]
async fn a_data_center_connection_does_not_become_one_of_cloud() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
    let mut cloud = elsewhere(&deployment, &connection);
    cloud["credential"]["form"] = json!("api_token");
    assert_eq!(ada.post("/api/v1/authorizations", &cloud).await.code(), "invalid_request");
}
