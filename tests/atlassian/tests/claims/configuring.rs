//! The configuration, read by those who may.

use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW};
use serde_json::{Value, json};

use crate::asking::{AtHarbour, json_of};

#[tokio::test]
async fn workflows_are_told_as_issues_follow_them() {
    let jira = AtHarbour::is(Person::Ada).await;
    let page = jira.reads("workflows/search?queryString=customs").await;
    let workflow = &page["values"][0];
    assert_eq!(
        (workflow["name"].as_str(), workflow["statuses"].as_array().unwrap().len()),
        (Some("Customs clearance"), 6)
    );
    let clear = workflow["transitions"].as_array().unwrap().iter().find(|one| one["name"] == "Clear").unwrap();
    assert_eq!(clear["validators"][0]["parameters"]["fieldsRequired"], "resolution");
    assert_eq!(clear["links"].as_array().unwrap().len(), 1);
    let project = jira.reads("project/CUST").await;
    let pair = json!([{ "projectId": project["id"], "issueTypeId": project["issueTypes"][0]["id"] }]);
    let (status, read) = jira.calls("POST", "workflows", json!({ "projectAndIssueTypes": pair })).await;
    assert_eq!((status, &read["workflows"][0]["id"]), (200, &workflow["id"]));
}

#[tokio::test]
async fn configuration_is_for_administrators_with_its_scope() {
    let jira = AtHarbour::is(Person::Max).await;
    for path in ["workflows/search", "workflowscheme", "issuetypescheme", "screens", "role", "statuses/search"] {
        assert_eq!(jira.calls("GET", path, Value::Null).await.0, 403, "{path}");
    }
    jira.asking.model.change_settings(|settings| settings.withheld_scopes = vec!["manage:jira-configuration".into()]);
    let narrow = jira.also(Person::Bob).await;
    let (status, refused) = jira.calls_as(&narrow, "GET", "workflows/search", Value::Null).await;
    assert_eq!((status, &refused["message"]), (401, &json!("Unauthorized; scope does not match")));
    assert_eq!(jira.calls_as(&narrow, "GET", "status", Value::Null).await.0, 200);
}

#[tokio::test]
async fn schemes_screens_and_fields_fit_together() {
    let jira = AtHarbour::is(Person::Ada).await;
    let schemes = jira.reads("workflowscheme").await;
    let customs = schemes["values"].as_array().unwrap().iter().find(|one| one["name"] == "Customs").unwrap().clone();
    assert_eq!(customs["defaultWorkflow"], "Customs clearance");
    let project = jira.reads("project/CUST").await["id"].clone();
    let used = jira.reads(&format!("workflowscheme/project?projectId={}", project.as_str().unwrap())).await;
    assert_eq!(used["values"][0]["workflowScheme"]["id"], customs["id"]);
    let screens = jira.reads("screens").await;
    let id = &screens["values"][0]["id"];
    let tab = jira.reads(&format!("screens/{id}/tabs")).await[0]["id"].clone();
    let fields = jira.reads(&format!("screens/{id}/tabs/{tab}/fields")).await;
    assert_eq!(fields[0]["id"], "summary");
    let options = jira.reads("field/customfield_10022/context/10022/option").await;
    assert_eq!(options["values"][0]["value"], "Norway");
}

#[tokio::test]
async fn ids_differ_from_site_to_site() {
    let jira = AtHarbour::is(Person::Ada).await;
    let meadow = jira.asking.authorized(Person::Ada, &[MEADOW]).await;
    let at = |site: &str| format!("/ex/jira/{site}/rest/api/3/status/Done");
    let here = json_of(jira.asking.get(&at(HARBOUR), &jira.access).await).await;
    let there = json_of(jira.asking.get(&at(MEADOW), &meadow.access).await).await;
    assert_eq!(here["name"], there["name"]);
    assert_ne!(here["id"], there["id"]);
}
