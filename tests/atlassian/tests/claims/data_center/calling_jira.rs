//! Version 2 of the REST API.

use atlassian::Person;
use serde_json::{Value, json};

use super::asking::{Company, quarry};
use crate::asking::json_of;

async fn with_a_token() -> (Company, String) {
    let company = quarry().await;
    let token = company.jira.create_personal_access_token(Person::Ada, None);
    (company, token)
}

async fn written(company: &Company, token: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = company.post(&format!("/rest/api/2/{path}")).bearer_auth(token).json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_search_has_a_total_and_pages_by_where_they_start() {
    let (company, token) = with_a_token().await;
    let page =
        json_of(company.with_token("search?jql=project=PIT+order+by+key&startAt=5&maxResults=5", &token).await).await;
    assert_eq!((&page["total"], &page["startAt"]), (&json!(7), &json!(5)));
    assert_eq!(page["issues"][0]["key"], "PIT-6");
    assert!(page["issues"][0]["fields"]["description"].is_string(), "texts are texts here");
    let (status, all) = written(&company, &token, "search", &json!({ "fields": ["assignee"] })).await;
    assert_eq!((status, &all["total"]), (200, &json!(251)));
    assert_eq!(all["issues"][0]["fields"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn projects_statuses_fields_and_permissions_are_told() {
    let (company, token) = with_a_token().await;
    let projects = json_of(company.with_token("project", &token).await).await;
    assert_eq!((&projects[0]["key"], &projects[1]["key"]), (&json!("PIT"), &json!("SAFE")));
    let status = json_of(company.with_token("status", &token).await).await;
    assert_eq!(status[0]["statusCategory"]["key"], "new");
    let of_this_instance = format!("{}/rest/api/2/status/10000", company.jira.base_url());
    assert_eq!(status[0]["self"], of_this_instance);
    let permissions = json_of(company.with_token("mypermissions", &token).await).await;
    assert_eq!(permissions["permissions"]["ADMINISTER"]["havePermission"], true);
    for path in ["field", "priority", "issuetype", "project/PIT", "issue/PIT-1", "issue/PIT-1/transitions"] {
        assert_eq!(company.with_token(path, &token).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn issues_are_written_with_plain_text_and_people_by_name() {
    let (company, token) = with_a_token().await;
    let fields = json!({ "project": { "key": "PIT" }, "issuetype": { "name": "Task" }, "summary": "Grease the belt",
        "description": "Before the frost.", "assignee": { "name": "max" } });
    let (status, created) = written(&company, &token, "issue", &json!({ "fields": fields })).await;
    assert_eq!((status, &created["key"]), (201, &json!("PIT-8")));
    let issue = json_of(company.with_token("issue/PIT-8", &token).await).await;
    assert_eq!(issue["fields"]["description"], "Before the frost.");
    assert_eq!(issue["fields"]["assignee"]["name"], "max");
    let (status, _) = written(&company, &token, "issue/PIT-8/comment", &json!({ "body": "Done." })).await;
    assert_eq!(status, 201);
    let document = json!({ "type": "doc", "version": 1, "content": [] });
    assert_eq!(written(&company, &token, "issue/PIT-8/comment", &json!({ "body": document })).await.0, 400);
}

#[tokio::test]
async fn what_is_of_cloud_only_is_not_there() {
    let (company, token) = with_a_token().await;
    assert_eq!(written(&company, &token, "search/jql", &json!({ "jql": "project = PIT" })).await.0, 404);
    assert_eq!(company.with_token("project/search", &token).await.status(), 404);
    let version_3 = company.get("/rest/api/3/myself").bearer_auth(&token).send().await.unwrap();
    assert_eq!(version_3.status(), 404);
}

#[tokio::test]
async fn nobody_sees_what_is_public_and_no_issue() {
    let company = quarry().await;
    let get = async |path: &str| company.get(&format!("/rest/api/2/{path}")).send().await.unwrap();
    assert_eq!(json_of(get("project").await).await, json!([]));
    assert_eq!(json_of(get("search?jql=project=PIT").await).await["total"], 0);
    assert!(json_of(get("status").await).await.as_array().unwrap().len() >= 4);
    assert_eq!(json_of(get("mypermissions").await).await["permissions"]["BROWSE_PROJECTS"]["havePermission"], false);
    let issue = get("issue/PIT-1").await;
    assert_eq!(issue.status(), 401);
    assert_eq!(json_of(issue).await["errorMessages"][1], "Login Required");
    let write = company.post("/rest/api/2/issue").json(&json!({})).send().await.unwrap();
    assert_eq!(write.status(), 401);
    assert!(write.headers()["www-authenticate"].to_str().unwrap().starts_with("OAuth realm=\"http%3A%2F%2F"));
}
