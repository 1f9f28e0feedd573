//! Data Center sites that describe themselves only to callers with a credential, and sites that say too much.

use super::*;

const SERVER_INFO: &str = "/rest/api/2/serverInfo";

fn refusals() -> [FakeResponse; 3] {
    let message = r#"{"message":"Client must be authenticated to access this resource.","status-code":401}"#;
    [
        FakeResponse::json(401, message),
        FakeResponse::html(403, "").with("x-arequestid", "1x2x3"),
        FakeResponse::html(302, "").with("location", &format!("{JIRA}/login.jsp?permissionViolation=true")),
    ]
}

#[tokio::test]
async fn a_site_whose_server_info_is_closed_is_looked_at_and_connected() {
    for closed in refusals() {
        let deployment = jira();
        let ada = deployment.ada().await;
        answers(&deployment, SERVER_INFO, closed);
        let found = ada.post("/api/v1/instances", &json!({"address": JIRA})).await.json();
        assert_eq!((&found["deployment"], &found["version"]), (&json!("data_center"), &json!("")), "{found}");
        assert!(found["methods"].as_array().expect("methods").iter().all(|method| method["unavailable"].is_null()));
        let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
        assert_eq!(
            (&connection["site"]["url"], &connection["site"]["name"]),
            (&json!(JIRA), &json!("jira.example.com"))
        );
        let asked = deployment.world.asked.borrow();
        let with = asked.iter().filter(|request| request.headers().contains_key("authorization"));
        let paths: Vec<_> = with.map(|request| request.uri().path().to_owned()).collect();
        assert_eq!(paths, [format!("/jira{MYSELF}"), format!("/jira{SERVER_INFO}")], "the password is tried once");
    }
}

#[tokio::test]
async fn a_refused_password_at_a_closed_site_is_tried_once() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let [closed, ..] = refusals();
    answers(&deployment, SERVER_INFO, closed);
    answers(&deployment, MYSELF, FakeResponse::html(401, ""));
    assert_eq!(failure(&ada, &password()).await["code"], "password_refused");
    let asked = deployment.world.asked.borrow();
    assert_eq!(asked.iter().filter(|request| request.headers().contains_key("authorization")).count(), 1);
}

#[tokio::test]
async fn names_from_jira_are_cut_before_they_are_kept() {
    let (long, cut) = ("x".repeat(15_000), "x".repeat(255));
    let deployment = jira();
    let ada = deployment.ada().await;
    let info = json!({"version": long, "deploymentType": "Server", "serverTitle": long});
    answers(&deployment, SERVER_INFO, FakeResponse::json(200, &info.to_string()));
    let body = json!({"key": "JIRAUSER1", "name": long, "displayName": long, "emailAddress": long});
    answers(&deployment, MYSELF, FakeResponse::json(200, &body.to_string()));
    let connection = save(&ada, "Quarry", &begin(&ada, &password()).await).await;
    assert_eq!((&connection["account"]["name"], &connection["account"]["email"]), (&json!(cut), &json!(cut)));
    assert_eq!((&connection["site"]["name"], &connection["site"]["version"]), (&json!(cut), &json!(cut)));
    assert!(!deployment.world.tables.dump().contains(&"x".repeat(256)));
    let body = json!({"key": long, "displayName": "Ada"});
    answers(&deployment, MYSELF, FakeResponse::json(200, &body.to_string()));
    assert_eq!(failure(&ada, &password()).await["code"], "anonymous", "what is that long is no id");
}
