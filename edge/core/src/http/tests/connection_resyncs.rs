//! A resync of all projects of a connection: one progress over them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    tasks::jira_answers,
    world::{Browser, Deployment},
};

/// A project of a workspace, with a mapping if it is to have one. Answers its id.
async fn project(ada: &Browser<'_>, workspace: &Value, connection: &Value, name: &str, mapped: bool) -> String {
    let projects = format!("/api/v1/workspaces/{}/projects", workspace["id"].as_str().expect("an id"));
    let project = json!({"name": name, "connection_id": connection["id"], "jira_project": "ABC"});
    let project = ada.post(&projects, &project).await.json();
    let id = project["id"].as_str().expect("an id").to_owned();
    if mapped {
        let mapping = json!({
            "statuses": [{"status": "open"}],
            "issue_types": [{"issue_type": "10001", "out": [{"status": "open", "to": "1"}], "in": [
                {"status": "1", "to": "open"}, {"status": "2", "to": null}, {"status": "3", "to": null}]}],
        });
        let edit = json!({"mapping": mapping, "revision": 0});
        let saved = ada.call(Method::PUT, &format!("/api/v1/projects/{id}/mapping"), &edit).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    }
    id
}

#[tokio::test]
async fn all_projects_of_a_connection_are_resynced_with_one_progress_over_them() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    jira_answers(&deployment);
    let connection = ada.connect("Staging").await;
    let resyncs = format!("/api/v1/connections/{}/resyncs", connection["id"].as_str().expect("an id"));
    let all = json!({"scope": "all", "direction": "compare", "start": true});
    let none = ada.post(&resyncs, &all).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST, "no project uses it: {}", none.body);
    assert_eq!(ada.get(&resyncs).await.json()["items"], json!([]));

    let workspace =
        ada.post("/api/v1/workspaces", &json!({"name": "Web", "connections": [connection["id"]]})).await.json();
    let shop = project(&ada, &workspace, &connection, "Shop", true).await;
    project(&ada, &workspace, &connection, "Blog", true).await;
    project(&ada, &workspace, &connection, "Unmapped", false).await;
    let planned = ada.post(&resyncs, &all).await;
    assert_eq!(planned.status, StatusCode::CREATED, "{}", planned.body);
    let names: Vec<_> =
        planned.json()["projects"].as_array().expect("projects").iter().map(|one| one["name"].clone()).collect();
    assert_eq!((names, &planned.json()["state"]), (vec![json!("Blog"), json!("Shop")], &json!("planning")));
    let own = ada.get(&format!("/api/v1/projects/{shop}/resyncs")).await.json();
    assert_eq!(own["items"][0]["id"], planned.json()["projects"][1]["resync"]["id"]);

    let hook = json!({"url": "https://hooks.example.com/x", "events": ["resync_finished"]});
    let hook = ada.post("/api/v1/webhooks", &hook).await.json();
    Box::pin(deployment.world.deliver_project_alarms()).await;
    let newest = ada.get(&resyncs).await.json();
    assert_eq!(newest["items"][0]["state"], "finished", "it starts by itself: {newest}");
    let deliveries = format!("/api/v1/webhooks/{}/deliveries", hook["id"].as_str().expect("an id"));
    let told = ada.get(&deliveries).await.json();
    assert_eq!(told["items"].as_array().map(Vec::len), Some(2), "each project's end is told: {told}");

    let deactivate = format!("/api/v1/connections/{}/deactivate", connection["id"].as_str().expect("an id"));
    assert!(ada.post(&deactivate, &json!({})).await.status.is_success());
    assert_eq!(ada.post(&resyncs, &all).await.code(), "connection_deactivated");
}
