//! Tasks over HTTP: pushed with a key, read by people, refused in words.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment};
use crate::fakes::FakeResponse;

/// A project, and a key that may push its tasks.
struct Pushing<'a> {
    deployment: &'a Deployment,
    project: String,
    key: String,
}

impl<'a> Pushing<'a> {
    async fn new(deployment: &'a Deployment, ada: &Browser<'a>) -> Self {
        let workspace = ada.post("/api/v1/workspaces", &json!({"name": "Web"})).await.json();
        let projects = format!("/api/v1/workspaces/{}/projects", workspace["id"].as_str().expect("an id"));
        let project = ada.post(&projects, &json!({"name": "Shop"})).await.json();
        let project = format!("/api/v1/projects/{}", project["id"].as_str().expect("an id"));
        Self { deployment, project, key: ada.key(&["tasks:read", "tasks:write"]).await }
    }

    async fn call(&self, method: Method, rest: &str, body: &Value) -> Answered {
        let request = Request::builder().method(method.clone()).uri(format!("{}/{rest}", self.project));
        let request = request.header("authorization", format!("Bearer {}", self.key));
        let (request, body) = match method {
            Method::GET => (request, Body::empty()),
            _ => (request.header("content-type", "application/json"), Body::from(body.to_string())),
        };
        self.deployment.send(request.body(body).expect("a request")).await
    }

    async fn put(&self, external_id: &str, body: &Value) -> Answered {
        self.call(Method::PUT, &format!("tasks/{external_id}"), body).await
    }
}

fn open() -> Value {
    json!({"title": "Contrast", "status": "open"})
}

#[tokio::test]
async fn a_task_is_put_and_read_by_its_own_id_whatever_is_in_it() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let pushing = Pushing::new(&deployment, &ada).await;
    for (encoded, decoded) in [
        ("F-1", "F-1"),
        ("a%2Fb", "a/b"),
        ("a%3Fb%23c%25", "a?b#c%"),
        ("%E2%9C%93%20x", "\u{2713} x"),
        ("a%2F..%2Fb", "a/../b"),
        ("...", "..."),
    ] {
        let put = pushing.put(encoded, &open()).await;
        assert_eq!((put.status, &put.json()["external_id"]), (StatusCode::OK, &json!(decoded)), "{encoded}");
        let read = pushing.call(Method::GET, &format!("tasks/{encoded}"), &Value::Null).await;
        assert_eq!(read.json()["id"], put.json()["id"], "{encoded}");
        let again = pushing.put(encoded, &open()).await;
        assert_eq!(again.json(), put.json(), "the same push twice does what it does once");
    }
    let listed = pushing.call(Method::GET, "tasks?state=waiting", &Value::Null).await.json();
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["counts"]["total"]), (Some(6), &json!(6)));
}

#[tokio::test]
async fn what_is_no_task_is_refused_with_its_status() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let pushing = Pushing::new(&deployment, &ada).await;
    let with = |name: &str, value: Value| {
        let mut body = open();
        body[name] = value;
        body
    };
    let long = "x".repeat(256);
    for (external_id, body, status) in [
        ("", open(), StatusCode::NOT_FOUND),
        (long.as_str(), open(), StatusCode::BAD_REQUEST),
        ("%2E%2E", open(), StatusCode::BAD_REQUEST),
        ("a%0Ab", open(), StatusCode::BAD_REQUEST),
        ("F-1", with("body", "x".repeat(1024 * 1024).into()), StatusCode::PAYLOAD_TOO_LARGE),
        ("F-1", with("body", "x".repeat(40_001).into()), StatusCode::BAD_REQUEST),
        ("F-1", with("title", "".into()), StatusCode::BAD_REQUEST),
        ("F-1", with("unheard_of", 1.into()), StatusCode::BAD_REQUEST),
        ("F-1", with("if_version", 3.into()), StatusCode::PRECONDITION_FAILED),
    ] {
        let refused = pushing.put(external_id, &body).await;
        assert_eq!(refused.status, status, "{external_id}: {}", refused.body);
    }
    let large = with("body", "x".repeat(39_000).into());
    let batch: Vec<_> = (0..20).map(|n| json!({"external_id": format!("F-{n}"), "task": large})).collect();
    let pushed = pushing.call(Method::POST, "tasks", &json!({ "tasks": batch })).await;
    assert_eq!(pushed.status, StatusCode::OK, "{}", pushed.body);
    let batch: Vec<_> = (0..101).map(|n| json!({"external_id": format!("F-{n}"), "task": open()})).collect();
    let many = pushing.call(Method::POST, "tasks", &json!({ "tasks": batch })).await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST, "{}", many.body);
}

#[tokio::test]
async fn when_too_many_wait_a_new_task_has_to_come_again_later_and_a_known_one_is_taken() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let pushing = Pushing::new(&deployment, &ada).await;
    pushing.put("F-1", &open()).await;
    deployment.world.changes_tables_of_projects("UPDATE counts SET n = 20000 WHERE state = 'waiting'");
    let batch = json!({"tasks": [{"external_id": "F-1", "task": open()}, {"external_id": "F-2", "task": open()}]});
    for refused in [pushing.put("F-2", &open()).await, pushing.call(Method::POST, "tasks", &batch).await] {
        assert_eq!((refused.status, refused.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_tasks".into()));
        assert_eq!(refused.headers["retry-after"], "60");
    }
    assert_eq!(pushing.put("F-1", &open()).await.status, StatusCode::OK);
    assert_eq!(pushing.call(Method::GET, "tasks/F-2", &Value::Null).await.status, StatusCode::NOT_FOUND);
    deployment.world.changes_tables_of_projects("UPDATE counts SET n = 100000 WHERE state = 'waiting'");
    deployment.world.changes_tables_of_projects("UPDATE counts SET state = 'in_sync'");
    let full = pushing.put("F-2", &open()).await;
    assert_eq!((full.status, full.code()), (StatusCode::CONFLICT, "limit_reached".into()), "{}", full.body);
}

#[tokio::test]
async fn a_project_without_a_connection_keeps_its_tasks_and_says_why() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let pushing = Pushing::new(&deployment, &ada).await;
    pushing.put("F-1", &open()).await;
    Box::pin(deployment.world.deliver_project_alarms()).await;
    let listed = pushing.call(Method::GET, "tasks", &Value::Null).await.json();
    assert_eq!(listed["counts"]["waiting"], 1);
    let why = listed["paused"]["sentence"].as_str().expect("a reason");
    assert!(why.contains("no connection"), "{why}");
    let path = format!("{}/jira", pushing.project);
    assert_eq!(ada.get(&path).await.code(), "project_not_connected");
    let mapping = json!({"mapping": {"statuses": [], "issue_types": []}, "revision": 0});
    let unsaved = ada.call(Method::PUT, &format!("{}/mapping", pushing.project), &mapping).await;
    assert_eq!(unsaved.code(), "project_not_connected", "a mapping is saved only once Jira was asked");
    assert!(deployment.world.asked.borrow().is_empty());
}

#[tokio::test]
async fn a_key_reaches_the_projects_of_its_workspace_and_of_its_connections() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let mut pushing = Pushing::new(&deployment, &ada).await;
    let elsewhere = ada.post("/api/v1/workspaces", &json!({"name": "Elsewhere"})).await.json();
    let bound = json!({"name": "CI", "scopes": ["tasks:write"], "workspace": elsewhere["id"]});
    pushing.key = ada.post("/api/v1/api-keys", &bound).await.json()["key"].as_str().expect("a key").to_owned();
    assert_eq!(pushing.put("F-1", &open()).await.code(), "not_found");
    pushing.key = ada.key(&["tasks:read"]).await;
    assert_eq!(pushing.put("F-1", &open()).await.code(), "forbidden");
}

/// Jira, as far as a mapping needs it.
pub(super) fn jira_answers(deployment: &Deployment) {
    const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";
    let status = |id: &str, name: &str, key: &str| json!({"id": id, "name": name, "statusCategory": {"key": key}});
    let statuses =
        [status("1", "To Do", "new"), status("2", "In Progress", "indeterminate"), status("3", "Done", "done")];
    let summary = json!({"fieldId": "summary", "name": "Summary", "required": true, "schema": {"type": "string"}});
    let all = |key: &str| (key.to_owned(), json!({"havePermission": true}));
    let permissions: serde_json::Map<_, _> =
        ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "LINK_ISSUES", "ADD_COMMENTS"]
            .map(all)
            .into_iter()
            .collect();
    for (path, answer) in [
        ("mypermissions", json!({ "permissions": permissions })),
        ("project/ABC/statuses", json!([{"id": "10001", "name": "Bug", "statuses": statuses}])),
        ("issue/createmeta/ABC/issuetypes", json!({"issueTypes": [{"id": "10001", "name": "Bug"}], "total": 1})),
        ("issue/createmeta/ABC/issuetypes/10001", json!({"fields": [summary], "total": 1})),
        ("resolution", json!([{"id": "10000", "name": "Done"}])),
    ] {
        let answer = FakeResponse::json(200, &answer.to_string());
        deployment.world.instances.borrow_mut().insert(format!("{SITE}/{path}"), answer);
    }
}

#[tokio::test]
async fn a_mapping_is_checked_against_jira_before_it_is_saved_and_each_revision_once() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    jira_answers(&deployment);
    let connection = ada.connect("Staging").await;
    let workspace = json!({"name": "Web", "connections": [connection["id"]]});
    let workspace = ada.post("/api/v1/workspaces", &workspace).await.json();
    let projects = format!("/api/v1/workspaces/{}/projects", workspace["id"].as_str().expect("an id"));
    let project = json!({"name": "Shop", "connection_id": connection["id"], "jira_project": "ABC"});
    let project = ada.post(&projects, &project).await.json();
    let project = format!("/api/v1/projects/{}", project["id"].as_str().expect("an id"));
    let read = ada.get(&format!("{project}/jira")).await.json();
    assert_eq!(read["issue_types"][0]["statuses"].as_array().map(Vec::len), Some(3), "{read}");
    assert_eq!(read["transition_fields"][0]["options"][0]["name"], "Done", "no screen for new issues has it: {read}");

    let mapping = |inward: Value| {
        let out = json!([{"status": "open", "to": "1"}, {"status": "fixed", "to": "3"}]);
        json!({
            "statuses": [{"status": "open", "category": "to_do"}, {"status": "fixed", "category": "done"}],
            "issue_types": [{"issue_type": "10001", "out": out, "in": inward}],
        })
    };
    let whole = json!([{"status": "1", "to": "open"}, {"status": "2", "to": null}, {"status": "3", "to": "fixed"}]);
    let partly = mapping(json!([{"status": "1", "to": "open"}]));
    let suggested = ada.post(&format!("{project}/mapping/suggestions"), &partly).await.json();
    assert!(suggested["items"].as_array().is_some_and(|items| !items.is_empty()), "{suggested}");
    let checked = ada.post(&format!("{project}/mapping/check"), &partly).await.json();
    assert_eq!(checked["can_be_saved"], false, "{checked}");
    let save = async |mapping: Value, revision: u32| {
        let edit = json!({"mapping": mapping, "revision": revision});
        ada.call(Method::PUT, &format!("{project}/mapping"), &edit).await
    };
    let refused = save(partly, 0).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "mapping_refused".to_owned()));
    let saved = save(mapping(whole.clone()), 0).await;
    assert_eq!((saved.status, &saved.json()["revision"]), (StatusCode::OK, &json!(1)), "{}", saved.body);
    assert_eq!(save(mapping(whole.clone()), 0).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(save(mapping(whole), 1).await.json()["revision"], 2);
    let told = ada.get("/api/v1/timeline?event=project_changed").await.json();
    assert_eq!((&told["items"][0]["change"], told["items"].as_array().map(Vec::len)), (&json!("changed"), Some(3)));

    let pushed = ada.call(Method::PUT, &format!("{project}/tasks/F-1"), &json!({"title": "x", "status": "lost"})).await;
    assert_eq!((pushed.status, pushed.code()), (StatusCode::UNPROCESSABLE_ENTITY, "status_unknown".to_owned()));
    assert!(pushed.json()["detail"].as_str().is_some_and(|detail| detail.contains("open, fixed")), "{}", pushed.body);
}
