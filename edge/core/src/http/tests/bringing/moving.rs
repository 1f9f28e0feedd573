//! A site whose address changes.

use super::*;

/// A connection by password, whose site seems to have moved to `to`.
async fn moved(deployment: &Deployment, ada: &Browser<'_>, to: &str) -> Value {
    let begun = begin(ada, &password()).await;
    let connection = save(ada, "Quarry", &begun).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::SuggestSiteAddress { id, to: Some(to.to_owned()) };
    deployment.edge.send(&offer).await.expect("offered");
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
        let refused = ada.act(&connection, "confirm-address", &json!({"address": NEW})).await;
        assert_eq!(refused.code(), "instance_unreachable", "{}", refused.body);
        assert_eq!(ada.show(&connection).await["site"]["url"], JIRA, "the old address stays");
    }
    answers(&deployment, &format!("/new{MYSELF}"), myself("JIRAUSER1", "Ada Admin"));
    let taken = ada.act(&connection, "confirm-address", &json!({"address": NEW})).await.json();
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
    assert_eq!(ada.act(&connection, "confirm-address", &json!({"address": inside})).await.code(), "address_refused");
    let path = format!("{}/confirm-address", path_of(&connection));
    assert_eq!(ada.call(http::Method::DELETE, &path, &json!({})).await.json()["moved_to"], Value::Null);
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::SuggestSiteAddress { id, to: Some(inside.to_owned()) };
    deployment.edge.send(&offer).await.expect("asked");
    assert_eq!(ada.show(&connection).await["moved_to"], Value::Null);
    assert_eq!(ada.act(&connection, "confirm-address", &json!({"address": inside})).await.code(), "edit_conflict");
}

#[tokio::test]
async fn only_the_address_that_was_shown_is_confirmed_and_the_credential_is_sent_to_no_other() {
    const SHOWN: &str = "https://jira.example.com/jira/new";
    const LATER: &str = "https://jira.example.com/jira/later";
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = moved(&deployment, &ada, SHOWN).await;
    let id = api::ConnectionId::parse(connection["id"].as_str().expect("an id")).expect("an id");
    let offer = crate::organization::SuggestSiteAddress { id, to: Some(LATER.to_owned()) };
    deployment.edge.send(&offer).await.expect("offered");
    let asked_before = deployment.world.asked.borrow().len();
    for address in [SHOWN, "https://jira.example.com/jira/other", JIRA, ""] {
        let refused = ada.act(&connection, "confirm-address", &json!({"address": address})).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::PRECONDITION_FAILED, "edit_conflict"));
    }
    assert_eq!(ada.act(&connection, "confirm-address", &json!({})).await.code(), "invalid_request");
    assert_eq!(deployment.world.asked.borrow().len(), asked_before, "nothing was called");
    assert_eq!(ada.show(&connection).await["moved_to"], LATER);
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
async fn new_credentials_may_be_for_another_address_and_taking_them_back_restores_the_address_before() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
    let begun = begin(&ada, &elsewhere(&deployment, &connection)).await;
    let attempt = ada.attempt(begun["id"].as_str().expect("an id")).await;
    assert_eq!(attempt["changes"]["address_before"], JIRA, "{attempt}");
    assert_eq!(ada.show(&connection).await["site"]["url"], JIRA, "nothing has changed yet");
    let saved = ada.edit(&connection, &json!({"authorization_id": begun["id"]})).await.json();
    assert_eq!((&saved["site"]["url"], &saved["site"]["version"]), (&json!(format!("{JIRA}/new")), &json!("10.4.0")));
    assert_eq!((&saved["revert_to"]["account_id"], &saved["revert_to_address"]), (&json!("JIRAUSER1"), &json!(JIRA)));
    assert_eq!(changes_of_address(&ada, &connection).await, [(JIRA.to_owned(), format!("{JIRA}/new"))]);
    answers(&deployment, &format!("/new{MYSELF}"), FakeResponse::html(401, ""));
    let back = ada.act(&saved, "revert", &json!({})).await.json();
    assert_eq!((&back["site"]["url"], &back["site"]["version"]), (&json!(JIRA), &json!("10.3.2")), "{back}");
    only_grant(&deployment);
    let newest_first = changes_of_address(&ada, &connection).await;
    assert_eq!(newest_first.first(), Some(&(format!("{JIRA}/new"), JIRA.to_owned())));
}

/// The changes of address in a connection's timeline, the newest first: from where, to where.
async fn changes_of_address(ada: &Browser<'_>, connection: &Value) -> Vec<(String, String)> {
    let timeline = ada.get(&format!("{}/timeline", path_of(connection))).await.json();
    let entries = timeline["items"].as_array().expect("entries").clone();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_else(|| panic!("{entry}")).to_owned();
    let changes = entries.iter().filter(|entry| entry["event"] == "address_changed");
    changes.map(|entry| (text(entry, "from"), text(entry, "to"))).collect()
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
