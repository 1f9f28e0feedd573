//! Everything that can only be read: lists and what is in them, one by one.

use atlassian::Person;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

/// A path, where to look in its answer, and what is there.
type Reading<'a> = (&'a str, &'a str, Value);

async fn read_as_told(jira: &AtHarbour, readings: &[Reading<'_>]) {
    for (path, pointer, expected) in readings {
        let body = jira.reads(path).await;
        assert_eq!(body.pointer(pointer), Some(expected), "{path} at {pointer}: {body}");
    }
}

#[tokio::test]
async fn people_and_groups_are_read() {
    let jira = AtHarbour::is(Person::Ada).await;
    let ada = Person::Ada.account_id();
    let bulk = format!("user/bulk?accountId={ada}&accountId={}", Person::Max.account_id());
    read_as_told(
        &jira,
        &[
            ("serverInfo", "/deploymentType", json!("Cloud")),
            ("myself?expand=groups", "/groups/items/1/name", json!("jira-administrators")),
            (&format!("user?accountId={ada}"), "/displayName", json!("Ada Admin")),
            (&format!("user/groups?accountId={ada}"), "/0/name", json!("jira-users")),
            ("user/search?query=bob", "/0/displayName", json!("Bob Admin")),
            ("user/picker?query=max", "/users/0/displayName", json!("Max Member")),
            (&bulk, "/total", json!(2)),
            ("users", "/2/displayName", json!("Max Member")),
            ("users/search?startAt=1&maxResults=1", "/0/displayName", json!("Bob Admin")),
            ("group/bulk", "/values/0/name", json!("jira-users")),
            ("group/member?groupname=jira-administrators", "/total", json!(2)),
            ("groups/picker?query=admin", "/groups/0/name", json!("jira-administrators")),
        ],
    )
    .await;
    assert_eq!(jira.calls("GET", "user?accountId=nobody", Value::Null).await.0, 404);
    assert_eq!(jira.calls("GET", "group/member?groupname=nobodies", Value::Null).await.0, 404);
}

#[tokio::test]
async fn what_issues_are_made_of_is_read() {
    let jira = AtHarbour::is(Person::Ada).await;
    read_as_told(
        &jira,
        &[
            ("status/3", "/name", json!("In Progress")),
            ("statuscategory", "/2/key", json!("done")),
            ("statuscategory/indeterminate", "/name", json!("In Progress")),
            ("statuses?id=10002&id=3", "/0/name", json!("In Progress")),
            ("statuses/search?statusCategory=DONE&searchString=clear", "/values/0/name", json!("Cleared")),
            ("issuetype/10002", "/name", json!("Bug")),
            ("issuetype/project?projectId=10001", "/0/name", json!("Declaration")),
            ("priority/1", "/name", json!("Highest")),
            ("priority/search", "/total", json!(5)),
            ("resolution", "/1/name", json!("Won't Do")),
            ("resolution/10002", "/name", json!("Duplicate")),
            ("resolution/search", "/total", json!(4)),
            ("label", "/values/0", json!("from-customer")),
            ("field/search?type=custom&query=story", "/values/0/id", json!("customfield_10032")),
            ("field/customfield_10022/context", "/values/0/id", json!("10022")),
            ("field/customfield_10030/context/10030/option", "/values/1/optionId", json!("100300")),
            ("issueLinkType", "/issueLinkTypes/0/name", json!("Blocks")),
            ("issueLinkType/10001", "/inward", json!("is duplicated by")),
            ("configuration", "/timeTrackingEnabled", json!(true)),
            ("dashboard", "/dashboards/0/name", json!("Default dashboard")),
            ("dashboard/search?dashboardName=nothing", "/total", json!(0)),
            ("dashboard/10000", "/isWritable", json!(false)),
            ("attachment/meta", "/enabled", json!(true)),
        ],
    )
    .await;
    for path in
        ["status/Dreaming", "statuscategory/dreaming", "issuetype/1", "priority/9", "resolution/1", "dashboard/1"]
    {
        assert_eq!(jira.calls("GET", path, Value::Null).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn projects_and_what_is_in_them_are_read() {
    let jira = AtHarbour::is(Person::Ada).await;
    let component = jira.reads("project/DOCK/components").await[0]["id"].as_str().unwrap().to_owned();
    let version = jira.reads("project/DOCK/versions").await[0]["id"].as_str().unwrap().to_owned();
    read_as_told(
        &jira,
        &[
            ("project", "/0/key", json!("DOCK")),
            ("project/search?query=fleet", "/values/0/key", json!("FLEET")),
            ("project/OPS/statuses", "/1/statuses/2/name", json!("Waiting for parts")),
            ("project/DOCK/component?query=mob", "/values/0/name", json!("Mobile")),
            ("project/DOCK/version?status=unreleased", "/values/0/name", json!("2.0")),
            (&format!("component/{component}"), "/project", json!("DOCK")),
            (&format!("version/{version}"), "/released", json!(true)),
            ("project/DOCK/role/10002", "/actors/0/displayName", json!("Ada Admin")),
            ("project/DOCK/permissionscheme", "/name", json!("Software")),
            ("project/10000/hierarchy", "/hierarchy/0/issueTypes/0/name", json!("Epic")),
            ("role", "/0/name", json!("Administrators")),
            ("role/10100", "/name", json!("Members")),
        ],
    )
    .await;
    let roles = jira.reads("project/DOCK/role").await;
    assert!(roles["Viewers"].as_str().unwrap().ends_with("/project/10000/role/10101"));
    for path in ["project/NONE", "component/1", "version/1", "project/DOCK/role/1", "role/1", "project/1/hierarchy"] {
        assert_eq!(jira.calls("GET", path, Value::Null).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn schemes_are_read_and_their_mappings() {
    let jira = AtHarbour::is(Person::Ada).await;
    read_as_told(
        &jira,
        &[
            ("workflowscheme/10001", "/issueTypeMappings/10001", json!("Software simplified workflow")),
            ("issuetypescheme/mapping", "/values/0/issueTypeId", json!("10001")),
            ("issuetypescheme/project?projectId=10001", "/values/0/issueTypeScheme/name", json!("Customs")),
            ("screenscheme", "/values/1/screens/create", json!(2)),
            ("issuetypescreenscheme", "/values/2/name", json!("Operations")),
            ("issuetypescreenscheme/mapping", "/values/0/issueTypeId", json!("default")),
            ("fieldconfiguration", "/values/0/isDefault", json!(true)),
            ("fieldconfiguration/10001/fields?maxResults=100", "/values/15/isHidden", json!(true)),
            ("permissionscheme", "/permissionSchemes/2/name", json!("Operations")),
            ("permissionscheme/10002?expand=permissions", "/permissions/0/holder/type", json!("projectRole")),
        ],
    )
    .await;
    for path in ["workflowscheme/1", "fieldconfiguration/1/fields", "permissionscheme/1", "screens/99/tabs"] {
        assert_eq!(jira.calls("GET", path, Value::Null).await.0, 404, "{path}");
    }
    let capabilities = jira.reads("workflows/capabilities?projectId=10000").await;
    assert_eq!(capabilities["systemRules"][0]["ruleType"], "Condition");
}

#[tokio::test]
async fn permissions_are_checked_for_many_at_once() {
    let jira = AtHarbour::is(Person::Ada).await;
    assert_eq!(jira.reads("permissions").await["permissions"]["ADMINISTER"]["type"], "GLOBAL");
    let body = json!({ "accountId": Person::Max.account_id(), "globalPermissions": ["ADMINISTER", "BULK_CHANGE"],
        "projectPermissions": [{ "permissions": ["BROWSE_PROJECTS", "CREATE_ISSUES"], "projects": [10000, 10002] }] });
    let (status, checked) = jira.calls("POST", "permissions/check", body.clone()).await;
    assert_eq!((status, &checked["globalPermissions"]), (200, &json!(["BULK_CHANGE"])));
    assert_eq!(checked["projectPermissions"][0]["projects"], json!([10000]), "Max does not browse OPS");
    assert_eq!(checked["projectPermissions"][1]["projects"], json!([10000, 10002]));
    let max = jira.also(Person::Max).await;
    let of_another = json!({ "accountId": Person::Ada.account_id(), "projectPermissions": [] });
    assert_eq!(jira.calls_as(&max, "POST", "permissions/check", of_another).await.0, 403);
    let (_, permitted) =
        jira.calls_as(&max, "POST", "permissions/project", json!({ "permissions": ["BROWSE_PROJECTS"] })).await;
    assert_eq!(permitted["projects"].as_array().unwrap().len(), 3);
    assert_eq!(jira.calls("POST", "permissions/project", json!({ "permissions": ["FLY"] })).await.0, 400);
}

#[tokio::test]
async fn old_create_metadata_tells_everything_at_once() {
    let jira = AtHarbour::is(Person::Ada).await;
    let all = jira.reads("issue/createmeta?projectKeys=CUST&expand=projects.issuetypes.fields").await;
    let fields = &all["projects"][0]["issuetypes"][0]["fields"];
    assert_eq!((&all["projects"][0]["key"], &fields["customfield_10022"]["required"]), (&json!("CUST"), &json!(true)));
    let edit = jira.reads("issue/DOCK-1/editmeta").await;
    assert_eq!(edit["fields"]["labels"]["operations"], json!(["add", "set", "remove"]));
}

#[tokio::test]
async fn what_is_expanded_comes_along() {
    let jira = AtHarbour::is(Person::Ada).await;
    let all = "names,schema,renderedFields,changelog,transitions,editmeta";
    let issue = jira.reads(&format!("issue/CUST-1?expand={all}")).await;
    assert_eq!(issue["names"]["customfield_10022"], "Origin");
    assert_eq!(issue["schema"]["labels"], json!({ "type": "array", "items": "string", "system": "labels" }));
    assert!(issue["renderedFields"]["description"].as_str().unwrap().starts_with("<p>Declaration is refused"));
    assert_eq!(issue["renderedFields"]["created"], "06/Jan/26 10:00 AM");
    assert_eq!(issue["transitions"][0]["name"], "Submit");
    assert_eq!(issue["editmeta"]["fields"]["summary"]["required"], true);
    assert_eq!(issue["changelog"]["total"], 0);
    let body = json!({ "jql": "project = FLEET AND status = Done", "maxResults": 5, "fields": ["status"],
        "expand": "names,schema,changelog,renderedFields" });
    let (status, found) = jira.calls("POST", "search/jql", body).await;
    assert_eq!((status, &found["names"]["status"]), (200, &json!("Status")));
    assert!(found["issues"][0]["changelog"]["total"].as_u64().unwrap() >= 3, "{}", found["issues"][0]["changelog"]);
    let (_, fetched) = jira
        .calls("POST", "issue/bulkfetch", json!({ "issueIdsOrKeys": ["FLEET-1"], "expand": ["transitions"] }))
        .await;
    assert!(fetched["issues"][0]["transitions"].is_array());
}
