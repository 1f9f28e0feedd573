//! Who may do what: permission schemes by project, and what nobody may see is not there.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

#[tokio::test]
async fn a_project_that_somebody_may_not_browse_is_not_there_for_them() {
    let jira = AtHarbour::is(Person::Max).await;
    let projects = jira.reads("project/search").await;
    let keys: Vec<&Value> = projects["values"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["DOCK", "CUST", "FLEET"]);
    for path in ["project/OPS", "issue/OPS-1", "issue/OPS-1/transitions", "issue/OPS-1/comment"] {
        assert_eq!(jira.calls("GET", path, Value::Null).await.0, 404, "{path}");
    }
    let (status, refused) = jira.calls("POST", "search/jql", json!({ "jql": "project = OPS" })).await;
    assert_eq!(status, 400);
    assert_eq!(refused["errorMessages"][0], "The value 'OPS' does not exist for the field 'project'.");
}

#[tokio::test]
async fn who_reported_an_issue_sees_it_nevertheless() {
    let jira = AtHarbour::is(Person::Max).await;
    let fields = json!({ "project": { "key": "CUST" }, "issuetype": { "name": "Task" }, "summary": "Mine" });
    let (_, made) = jira.calls("POST", "issue", json!({ "fields": fields })).await;
    let key = made["key"].as_str().unwrap();
    jira.asking.model.move_issue(HARBOUR, key, "OPS", Person::Ada);
    assert_eq!(jira.calls("GET", &format!("issue/{key}"), Value::Null).await.0, 200);
    let transitions = jira.reads(&format!("issue/{key}/transitions")).await;
    assert_eq!(transitions["transitions"], json!([]), "without the permission it looks like no way out");
}

#[tokio::test]
async fn a_permission_that_is_withheld_is_missed_where_it_counts() {
    let jira = AtHarbour::is(Person::Ada).await;
    let withhold = |permission: &str, withheld| {
        jira.asking.model.withhold_permission(HARBOUR, "DOCK", permission, Person::Ada, withheld);
    };
    let document = json!({ "type": "doc", "version": 1, "content": [] });
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "No" });
    let link = json!({ "object": { "url": "https://product.example/", "title": "One" } });
    for (permission, method, path, body, code) in [
        ("CREATE_ISSUES", "POST", "issue", json!({ "fields": fields }), 400),
        ("EDIT_ISSUES", "PUT", "issue/DOCK-1", json!({ "fields": { "summary": "No" } }), 400),
        ("ADD_COMMENTS", "POST", "issue/DOCK-1/comment", json!({ "body": document }), 400),
        ("LINK_ISSUES", "POST", "issue/DOCK-1/remotelink", link, 403),
        ("ASSIGN_ISSUES", "PUT", "issue/DOCK-1/assignee", json!({ "accountId": null }), 403),
        ("TRANSITION_ISSUES", "POST", "issue/DOCK-1/transitions", json!({ "transition": { "id": "41" } }), 400),
        ("DELETE_ISSUES", "DELETE", "issue/DOCK-1", Value::Null, 403),
        ("BROWSE_PROJECTS", "GET", "issue/DOCK-1", Value::Null, 404),
    ] {
        withhold(permission, true);
        let (status, answer) = jira.calls(method, path, body.clone()).await;
        assert_eq!(status, code, "{permission}: {answer}");
        let path = format!("mypermissions?permissions={permission}");
        let anywhere = jira.reads(&path).await;
        assert_eq!(anywhere["permissions"][permission]["havePermission"], true, "in other projects");
        withhold(permission, false);
    }
    let here = jira.reads("mypermissions?permissions=EDIT_ISSUES&projectKey=DOCK").await;
    assert_eq!(here["permissions"]["EDIT_ISSUES"]["havePermission"], true);
}

#[tokio::test]
async fn people_are_listed_and_those_who_can_be_assigned() {
    let jira = AtHarbour::is(Person::Ada).await;
    let everybody = jira.reads("users/search").await;
    assert_eq!(everybody.as_array().unwrap().len(), 3, "those who reach the site");
    let of_operations = jira.reads("user/assignable/search?project=OPS").await;
    let names: Vec<&Value> = of_operations.as_array().unwrap().iter().map(|one| &one["displayName"]).collect();
    assert_eq!(names, ["Ada Admin", "Bob Admin"]);
    let assigned = json!({ "accountId": Person::Max.account_id() });
    assert_eq!(jira.calls("PUT", "issue/DOCK-1/assignee", assigned).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-1").await["fields"]["assignee"]["displayName"], "Max Member");
    let unknown = json!({ "accountId": "nobody" });
    assert_eq!(jira.calls("PUT", "issue/DOCK-1/assignee", unknown).await.0, 400);
}

#[tokio::test]
async fn assignees_and_reporters_are_named_by_those_who_may_and_only_if_they_can_be() {
    let jira = AtHarbour::is(Person::Ada).await;
    let (max, access) = (json!({ "accountId": Person::Max.account_id() }), jira.also(Person::Max).await);
    let (status, refused) = jira.calls("PUT", "issue/OPS-1/assignee", max.clone()).await;
    assert_eq!((status, &refused["errors"]["assignee"]), (400, &json!("User 'Max Member' cannot be assigned issues.")));
    assert_eq!(jira.calls("PUT", "issue/OPS-1", json!({ "fields": { "assignee": max } })).await.0, 400);
    for field in ["assignee", "reporter"] {
        let edit = json!({ "fields": { field: max } });
        let (status, refused) = jira.calls_as(&access, "PUT", "issue/CUST-1", edit.clone()).await;
        assert_eq!(status, 400, "{field}");
        assert!(refused["errors"][field].as_str().unwrap().contains("permission"), "{refused}");
        assert_eq!(jira.calls("PUT", "issue/CUST-1", edit).await.0, 204, "Ada administers the project");
    }
    assert_eq!(jira.calls("PUT", "issue/CUST-1/assignee", json!({ "accountId": "-1" })).await.0, 204);
    assert_eq!(jira.reads("issue/CUST-1").await["fields"]["assignee"], Value::Null, "the usual one is nobody");
}

#[tokio::test]
async fn projects_are_listed_by_what_somebody_may_do_there() {
    let jira = AtHarbour::is(Person::Max).await;
    let keys = async |query: &str| {
        let page = jira.reads(&format!("project/search?{query}")).await;
        page["values"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("action=edit").await, Vec::<String>::new());
    assert_eq!(keys("action=create&orderBy=-key").await, ["FLEET", "DOCK", "CUST"]);
    jira.asking.model.withhold_permission(HARBOUR, "DOCK", "CREATE_ISSUES", Person::Max, true);
    assert_eq!(keys("action=create").await, ["CUST", "FLEET"]);
    let expanded = jira.reads("project/search?keys=CUST&expand=issueTypes,lead").await;
    assert_eq!(expanded["values"][0]["issueTypes"][0]["name"], "Declaration");
    assert_eq!(expanded["values"][0]["lead"]["displayName"], "Ada Admin");
}
