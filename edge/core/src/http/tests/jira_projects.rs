//! The projects of Jira over HTTP: those to choose from, and whether the one that a project names can be used.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    bringing::{application_link, authorize_by_signature, jira, save},
    world::{Browser, Deployment},
};
use crate::fakes::FakeResponse;

/// Where the gateway has the API of the site.
const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";
const NO_SUCH: &str = r#"{"errorMessages":["No project could be found with key 'NOPE'."],"errors":{}}"#;
const ALLOW_LIST: &str = "The IP address has been rejected because it is not on the allowedlist. See your admin.";

fn answers(deployment: &Deployment, address: &str, reply: FakeResponse) {
    deployment.world.instances.borrow_mut().insert(address.to_owned(), reply);
}

fn found(key: &str) -> FakeResponse {
    FakeResponse::json(200, &json!({"key": key, "name": format!("Project {key}"), "id": "1"}).to_string())
}

/// A workspace with a connection.
struct Granted {
    projects: String,
    connection: Value,
}

async fn granted(ada: &Browser<'_>) -> Granted {
    let connection = ada.connect("Staging").await;
    let new = json!({"name": "Web", "connections": [connection["id"]]});
    let made = ada.post("/api/v1/workspaces", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    Granted { projects: format!("/api/v1/workspaces/{id}/projects"), connection }
}

impl Granted {
    fn project(&self, name: &str, key: &str) -> Value {
        json!({"name": name, "connection_id": self.connection["id"], "jira_project": key})
    }

    fn list(&self, q: &str) -> String {
        format!("/api/v1/connections/{}/jira-projects?q={q}", self.connection["id"].as_str().expect("an id"))
    }
}

#[tokio::test]
async fn a_project_works_only_if_jira_shows_its_jira_project_to_the_account() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    answers(&deployment, &format!("{SITE}/project/ABC"), found("ABC"));
    answers(&deployment, &format!("{SITE}/project/NOPE"), FakeResponse::json(404, NO_SUCH));
    let shop = ada.post(&granted.projects, &granted.project("Shop", "ABC")).await;
    assert_eq!(shop.status, StatusCode::CREATED, "{}", shop.body);
    assert_eq!(shop.json()["jira_check"]["state"], "found");
    assert_eq!(shop.json()["jira_check"]["name"], "Project ABC");
    let nope = ada.post(&granted.projects, &granted.project("Nope", "NOPE")).await.json();
    assert_eq!(nope["jira_check"]["state"], "not_found");
    let listed = ada.get(&granted.projects).await.json();
    let states: Vec<_> =
        listed["items"].as_array().expect("a list").iter().map(|one| &one["jira_check"]["state"]).collect();
    assert_eq!(states, [&json!("not_found"), &json!("found")], "what Jira said is stored");
}

#[tokio::test]
async fn a_project_is_asked_for_again_on_demand_and_not_twice_within_a_minute() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    let address = format!("{SITE}/project/ABC");
    answers(&deployment, &address, found("ABC"));
    ada.post(&granted.projects, &granted.project("Shop", "ABC")).await;
    answers(&deployment, &address, FakeResponse::json(404, NO_SUCH));
    let check = format!("{}/check", granted.projects);
    let state = |answered: &Value| answered["items"][0]["jira_check"]["state"].clone();
    assert_eq!(state(&ada.post(&check, &json!({})).await.json()), "found", "it was asked for just now");
    deployment.world.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(state(&ada.post(&check, &json!({})).await.json()), "not_found");
    answers(&deployment, &address, FakeResponse::json(503, "<html>"));
    deployment.world.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(state(&ada.post(&check, &json!({})).await.json()), "not_found", "silence takes no answer back");
    assert_eq!(deployment.world.asked.borrow().len(), 3);
}

#[tokio::test]
async fn while_jira_cannot_be_asked_a_key_is_kept_and_said_to_be_unchecked() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    for (answer, words) in [
        (FakeResponse::json(503, "<html>"), "503"),
        (FakeResponse::json(403, ALLOW_LIST), "allowlist"),
        (FakeResponse::json(404, "<html>"), "does not write as Jira"),
    ] {
        answers(&deployment, &format!("{SITE}/project/ABC"), answer);
        let saved = ada.post(&granted.projects, &granted.project(words, "ABC")).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.body);
        let check = saved.json()["jira_check"].clone();
        assert_eq!(check["state"], "not_answered");
        assert!(check["why"].as_str().is_some_and(|why| why.contains(words)), "{check}");
    }
}

#[tokio::test]
async fn what_jira_said_to_another_account_says_nothing_about_this_one() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    answers(&deployment, &format!("{SITE}/project/ABC"), found("ABC"));
    ada.post(&granted.projects, &granted.project("Shop", "ABC")).await;
    let shown = ada.show(&granted.connection).await;
    assert_eq!(ada.reauthorize(&shown).await.status, StatusCode::OK);
    let listed = ada.get(&granted.projects).await.json();
    assert_eq!(listed["items"][0]["jira_check"], Value::Null);
}

#[tokio::test]
async fn jira_projects_are_listed_as_the_account_of_the_connection_sees_them() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    let page = json!({"values": [{"key": "ABC", "name": "Shop", "id": "1"}], "isLast": false});
    answers(&deployment, &format!("{SITE}/project/search"), FakeResponse::json(200, &page.to_string()));
    let listed = ada.get(&granted.list("sh%26op")).await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    assert_eq!(listed.json(), json!({"items": [{"key": "ABC", "name": "Shop"}], "more": true}));
    let asked = deployment.world.asked.borrow();
    assert_eq!(asked[0].uri().query(), Some("maxResults=50&orderBy=name&query=sh%26op"));
    assert_eq!(asked[0].headers()["authorization"], "Bearer ACCESS-TOKEN");
}

#[tokio::test]
async fn jira_projects_that_cannot_be_listed_say_why() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let granted = granted(&ada).await;
    for (answer, code) in [
        (FakeResponse::json(401, "{}"), "credential_refused"),
        (FakeResponse::json(403, ALLOW_LIST), "ip_allow_list"),
        (FakeResponse::json(503, "<html>"), "upstream_unreachable"),
        (FakeResponse::json(200, "<html>"), "upstream_unreachable"),
    ] {
        answers(&deployment, &format!("{SITE}/project/search"), answer);
        assert_eq!(ada.get(&granted.list("")).await.code(), code);
    }
    ada.act(&granted.connection, "deactivate", &json!({})).await;
    assert_eq!(ada.get(&granted.list("")).await.code(), "connection_deactivated");
    ada.act(&granted.connection, "unauthorize", &json!({"reach": "connection"})).await;
    assert_eq!(ada.get(&granted.list("")).await.code(), "connection_unauthorized");
}

#[tokio::test]
async fn a_data_center_lists_all_its_projects_and_they_are_searched_here() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let link = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&deployment, &ada, &link, "REQ-1").await;
    let connection = save(&ada, "Quarry", &attempt).await;
    let all = json!([{"key": "DOCK", "name": "Dock", "id": "1"}, {"key": "OPS", "name": "Operations", "id": "2"}]);
    answers(&deployment, "jira.example.com/jira/rest/api/2/project", FakeResponse::json(200, &all.to_string()));
    let path = format!("/api/v1/connections/{}/jira-projects?q=oper", connection["id"].as_str().expect("an id"));
    let listed = ada.get(&path).await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    assert_eq!(listed.json(), json!({"items": [{"key": "OPS", "name": "Operations"}], "more": false}));
}
