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

#[tokio::test]
async fn an_issue_lives_a_whole_life_in_version_2() {
    let (company, token) = with_a_token().await;
    let calls = async |method: &str, path: &str, body: Value| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/rest/api/2/{path}", company.jira.base_url());
        let mut request = company.asking.http.request(method, url).bearer_auth(&token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let types = calls("GET", "issue/createmeta/PIT/issuetypes", Value::Null).await.1;
    assert_eq!(types["values"][0]["name"], "Task", "a list has its own name at Cloud only");
    let fields = json!({ "project": { "key": "PIT" }, "issuetype": { "id": types["values"][0]["id"] }, "summary": "Oil",
        "timetracking": { "originalEstimate": "1d" } });
    let born = json!({ "fields": fields, "properties": [{ "key": "mark", "value": 1 }] });
    let key = calls("POST", "issue", born).await.1["key"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("issue/{key}{rest}");
    assert_eq!(calls("GET", &at("/properties/mark"), Value::Null).await.1["value"], 1);
    assert_eq!(calls("PUT", &at(""), json!({ "update": { "labels": [{ "add": "winter" }] } })).await.0, 204);
    assert_eq!(calls("POST", &at("/worklog"), json!({ "timeSpent": "1h", "comment": "*warm* now" })).await.0, 201);
    assert_eq!(
        calls("POST", &at("/remotelink"), json!({ "object": { "url": "https://p.example", "title": "P" } })).await.0,
        201
    );
    let link =
        json!({ "type": { "name": "Relates" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "PIT-1" } });
    assert_eq!(calls("POST", "issueLink", link).await.0, 201);
    let open = calls("GET", &at("/transitions"), Value::Null).await.1;
    let done = open["transitions"].as_array().unwrap().iter().find(|one| one["name"] == "Done").unwrap()["id"].clone();
    assert_eq!(calls("POST", &at("/transitions"), json!({ "transition": { "id": done } })).await.0, 204);
    let read = calls("GET", &at("?expand=changelog"), Value::Null).await.1;
    assert!(read["fields"]["resolutiondate"].as_str().unwrap().ends_with("+0000"), "by the server's clock");
    assert_eq!(read["changelog"]["total"], 5, "label, work, remote link, link and transition: {}", read["changelog"]);
    let jql = "status changed TO Done BY currentUser() AND labels = winter";
    assert_eq!(calls("POST", "search", json!({ "jql": jql })).await.1["total"], 1);
    for (what, found) in [("archive", 0), ("restore", 1)] {
        assert_eq!(calls("PUT", &at(&format!("/{what}")), Value::Null).await.0, 204);
        assert_eq!(calls("POST", "search", json!({ "jql": jql })).await.1["total"], found);
    }
    assert_eq!(calls("DELETE", &at(""), Value::Null).await.0, 204);
    assert_eq!(calls("GET", &at(""), Value::Null).await.0, 404);
}

#[tokio::test]
async fn files_are_served_to_whoever_may_browse_their_issue() {
    let (company, token) = with_a_token().await;
    let part = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"Kr\u{e4}ne 1.png\"\r\ncontent-type: image/png\r\n\r\nbytes\r\n--x--\r\n";
    let upload =
        company.post("/rest/api/2/issue/PIT-1/attachments").bearer_auth(&token).header("x-atlassian-token", "no-check");
    let upload = upload.header("content-type", "multipart/form-data; boundary=x").body(part);
    let added = json_of(upload.send().await.unwrap()).await;
    for name in ["content", "thumbnail"] {
        let address = added[0][name].as_str().unwrap();
        assert!(address.contains("/jira/secure/"), "{address}");
        let read = async |token: &str| company.asking.http.get(address).bearer_auth(token).send().await.unwrap();
        assert_eq!(read(&token).await.text().await.unwrap(), "bytes");
        assert_eq!(read("unknown").await.status(), 401);
        let nobody = company.asking.http.get(address).send().await.unwrap();
        assert_eq!(nobody.status(), 303, "to the log-in page");
        let other = address
            .replace("/secure/attachment/", "/secure/attachment/9")
            .replace("/secure/thumbnail/", "/secure/thumbnail/9");
        assert_eq!(company.asking.http.get(other).bearer_auth(&token).send().await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn a_search_knows_no_properties_no_foreign_members_and_no_issue_that_is_gone() {
    let (company, token) = with_a_token().await;
    let mark = company.asking.http.put(company.url("/rest/api/2/issue/PIT-1/properties/mark")).bearer_auth(&token);
    assert_eq!(mark.json(&json!(1)).send().await.unwrap().status(), 201);
    let found = json_of(company.with_token("search?jql=key=PIT-1&properties=mark", &token).await).await;
    assert_eq!((&found["total"], &found["issues"][0]["properties"]), (&json!(1), &Value::Null));
    let alone = json_of(company.with_token("issue/PIT-1?properties=mark", &token).await).await;
    assert_eq!(alone["properties"]["mark"], 1);
    let (status, refused) =
        written(&company, &token, "search", &json!({ "jql": "project = PIT", "properties": ["mark"] })).await;
    assert_eq!(status, 400);
    assert!(refused["errorMessages"][0].as_str().unwrap().starts_with("Unrecognized field \"properties\""));
    let id = alone["id"].as_str().unwrap();
    let (status, refused) =
        written(&company, &token, "search", &json!({ "jql": format!("id in ({id}, 99999)") })).await;
    assert_eq!(
        (status, &refused["errorMessages"][0]),
        (400, &json!("A value with ID '99999' does not exist for the field 'id'."))
    );
}
