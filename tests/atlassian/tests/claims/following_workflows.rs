//! Issues go the ways that their workflows have, and metadata says beforehand what will be wanted.

use std::time::Duration;

use atlassian::Person;
use atlassian::sites::HARBOUR;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

fn names(transitions: &Value) -> Vec<&str> {
    transitions["transitions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

async fn declaration(jira: &AtHarbour) -> String {
    jira.creates("CUST", "Declaration", json!({ "customfield_10022": { "value": "Norway" } })).await
}

#[tokio::test]
async fn a_declaration_goes_through_six_statuses_and_is_cleared_only_with_a_resolution() {
    let jira = AtHarbour::is(Person::Ada).await;
    let issue = declaration(&jira).await;
    assert_eq!(jira.status_of(&issue).await, "Draft");
    for (step, status) in [
        ("Submit", "Submitted"),
        ("Examine", "Under examination"),
        ("Ask for documents", "Waiting for documents"),
        ("Documents received", "Under examination"),
    ] {
        assert_eq!(jira.moves(&issue, step, json!({})).await.0, 204, "{step}");
        assert_eq!(jira.status_of(&issue).await, status);
    }
    let (status, body) = jira.moves(&issue, "Clear", json!({})).await;
    assert_eq!((status, &body["errors"]["resolution"]), (400, &json!("Resolution is required.")));
    assert_eq!(jira.status_of(&issue).await, "Under examination", "what is refused changes nothing");
    assert_eq!(jira.moves(&issue, "Clear", json!({ "resolution": { "name": "Done" } })).await.0, 204);
    let cleared = jira.reads(&format!("issue/{issue}")).await;
    assert_eq!(cleared["fields"]["resolution"]["name"], "Done");
    assert!(cleared["fields"]["resolutiondate"].is_string());
}

#[tokio::test]
async fn transitions_tell_what_their_screens_want() {
    let jira = AtHarbour::is(Person::Ada).await;
    let issue = declaration(&jira).await;
    jira.moves(&issue, "Submit", json!({})).await;
    jira.moves(&issue, "Examine", json!({})).await;
    let open = jira.reads(&format!("issue/{issue}/transitions?expand=transitions.fields")).await;
    assert_eq!(names(&open), ["Ask for documents", "Clear", "Refuse"]);
    let refuse = &open["transitions"][2];
    assert_eq!((&refuse["hasScreen"], &refuse["to"]["statusCategory"]["key"]), (&json!(true), &json!("done")));
    assert_eq!(refuse["fields"]["customfield_10020"]["required"], true);
    assert!(refuse["fields"]["resolution"]["allowedValues"].as_array().unwrap().len() > 2);
    let (status, body) = jira.moves(&issue, "Ask for documents", json!({ "resolution": { "name": "Done" } })).await;
    assert_eq!(status, 400);
    assert!(body["errors"]["resolution"].as_str().unwrap().contains("appropriate screen"));
}

#[tokio::test]
async fn some_ways_are_open_to_some_people_only_and_two_may_have_one_name() {
    let jira = AtHarbour::is(Person::Ada).await;
    let issue = declaration(&jira).await;
    jira.moves(&issue, "Submit", json!({})).await;
    let path = format!("issue/{issue}/transitions");
    assert_eq!(names(&jira.reads(&path).await), ["Examine", "Refuse"]);
    let max = jira.also(Person::Max).await;
    let (_, open) = jira.calls_as(&max, "GET", &path, Value::Null).await;
    assert_eq!(names(&open), ["Examine"]);
    let (status, body) = jira.calls_as(&max, "POST", &path, json!({ "transition": { "id": "52" } })).await;
    assert_eq!(status, 400);
    assert!(body["errorMessages"][0].as_str().unwrap().contains("illegal workflow operation"));
}

#[tokio::test]
async fn a_workflow_moves_on_by_itself_and_loops() {
    let jira = AtHarbour::is(Person::Ada).await;
    let request = jira.creates("OPS", "Service request", json!({})).await;
    jira.moves(&request, "Take over", json!({})).await;
    jira.moves(&request, "Resolve", json!({})).await;
    assert_eq!(jira.status_of(&request).await, "Closed", "resolving goes on to closing");
    let log = jira.reads(&format!("issue/{request}/changelog")).await;
    let last = log["values"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["items"][0]["toString"], "Closed");

    let incident = jira.creates("OPS", "Incident", json!({})).await;
    jira.moves(&incident, "Start work", json!({})).await;
    let open = jira.reads(&format!("issue/{incident}/transitions")).await;
    let escalate = open["transitions"].as_array().unwrap().iter().find(|one| one["name"] == "Escalate").unwrap();
    assert_eq!(escalate["isLooped"], true);
    jira.moves(&incident, "Escalate", json!({})).await;
    let read = jira.reads(&format!("issue/{incident}")).await;
    assert_eq!(
        (&read["fields"]["status"]["name"], &read["fields"]["priority"]["name"]),
        (&json!("In Progress"), &json!("Highest"))
    );
    assert_eq!(read["fields"]["assignee"]["displayName"], "Ada Admin", "who starts work has it");
}

#[tokio::test]
async fn an_incident_is_not_resolved_while_a_sub_task_is_open() {
    let jira = AtHarbour::is(Person::Ada).await;
    let incident = jira.creates("OPS", "Incident", json!({})).await;
    let subtask = jira.creates("OPS", "Sub-task", json!({ "parent": { "key": incident } })).await;
    jira.moves(&incident, "Start work", json!({})).await;
    let path = format!("issue/{incident}/transitions");
    assert!(!names(&jira.reads(&path).await).contains(&"Resolve"));
    jira.moves(&subtask, "Done", json!({})).await;
    assert!(names(&jira.reads(&path).await).contains(&"Resolve"));
    let (status, _) = jira.calls("DELETE", &format!("issue/{incident}"), Value::Null).await;
    assert_eq!(status, 400, "its sub-task would be left alone");
    assert_eq!(jira.calls("DELETE", &format!("issue/{incident}?deleteSubtasks=true"), Value::Null).await.0, 204);
    assert_eq!(jira.calls("GET", &format!("issue/{subtask}"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn two_transitions_of_one_issue_at_once_are_refused() {
    let jira = AtHarbour::is(Person::Ada).await;
    jira.asking.model.change_settings(|settings| settings.transition_seconds = 600);
    assert_eq!(jira.moves("DOCK-1", "Done", json!({})).await.0, 204);
    assert_eq!(jira.moves("DOCK-1", "To Do", json!({})).await.0, 409);
    jira.asking.model.advance_clock(Duration::from_mins(10));
    assert_eq!(jira.moves("DOCK-1", "To Do", json!({})).await.0, 204);
}

#[tokio::test]
async fn create_metadata_tells_what_creating_wants() {
    let jira = AtHarbour::is(Person::Ada).await;
    let types = jira.reads("issue/createmeta/CUST/issuetypes").await;
    let declaration = &types["issueTypes"][0];
    assert_eq!(declaration["name"], "Declaration");
    let id = declaration["id"].as_str().unwrap();
    let fields = jira.reads(&format!("issue/createmeta/CUST/issuetypes/{id}")).await;
    let field = |name: &str| fields["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == name);
    assert_eq!(field("customfield_10022").unwrap()["required"], true);
    assert!(field("environment").is_none(), "hidden fields are not told");
    let without =
        json!({ "fields": { "project": { "key": "CUST" }, "issuetype": { "id": id }, "summary": "No origin" } });
    let (status, body) = jira.calls("POST", "issue", without).await;
    assert_eq!((status, &body["errors"]["customfield_10022"]), (400, &json!("Origin is required.")));
}

#[tokio::test]
async fn an_issue_is_born_with_properties_and_a_step_taken() {
    let jira = AtHarbour::is(Person::Ada).await;
    let body = json!({
        "fields": { "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "Born done" },
        "properties": [{ "key": "causeway", "value": { "task": "tsk_1" } }],
        "transition": { "id": "41" },
    });
    let (status, created) = jira.calls("POST", "issue", body).await;
    assert_eq!((status, &created["transition"]["status"]), (201, &json!(204)));
    let key = created["key"].as_str().unwrap();
    let read = jira.reads(&format!("issue/{key}?properties=causeway")).await;
    assert_eq!(read["properties"]["causeway"]["task"], "tsk_1");
    assert_eq!(read["fields"]["status"]["name"], "Done");
}

#[tokio::test]
async fn of_many_issues_each_bad_one_is_named() {
    let jira = AtHarbour::is(Person::Ada).await;
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "One of many" });
    let mut bad = fields.clone();
    bad["summary"] = json!("");
    let body = json!({ "issueUpdates": [{ "fields": fields }, { "fields": bad }, { "fields": fields }] });
    let (status, made) = jira.calls("POST", "issue/bulk", body).await;
    assert_eq!((status, made["issues"].as_array().unwrap().len()), (201, 2));
    assert_eq!(made["errors"][0]["failedElementNumber"], 1);
    assert!(made["errors"][0]["elementErrors"]["errors"]["summary"].is_string());
    let none = json!({ "issueUpdates": [{ "fields": { "summary": "nowhere" } }] });
    assert_eq!(jira.calls("POST", "issue/bulk", none).await.0, 400);
    let too_many = json!({ "issueUpdates": vec![json!({ "fields": {} }); 51] });
    assert_eq!(jira.calls("POST", "issue/bulk", too_many).await.0, 400);
}

#[tokio::test]
async fn a_moved_issue_has_another_key_and_is_still_found_by_id_and_by_the_old_key() {
    let jira = AtHarbour::is(Person::Ada).await;
    let id = jira.reads("issue/DOCK-2").await["id"].as_str().unwrap().to_owned();
    jira.asking.model.move_issue(HARBOUR, "DOCK-2", "CUST", Person::Bob);
    let moved = jira.reads("issue/DOCK-2").await;
    assert_eq!((&moved["id"], &moved["key"]), (&json!(id), &json!("CUST-9")));
    assert_eq!(moved["fields"]["status"]["name"], "In Progress", "the type is known there, and so is its workflow");
    let (_, fetched) = jira.calls("POST", "issue/bulkfetch", json!({ "issueIdsOrKeys": [id, "DOCK-999"] })).await;
    assert_eq!(fetched["issues"][0]["key"], "CUST-9");
    assert_eq!(fetched["issueErrors"][0]["id"], "DOCK-999");
}

#[tokio::test]
async fn the_change_log_says_who_changed_what() {
    let jira = AtHarbour::is(Person::Ada).await;
    let edit = json!({ "fields": { "summary": "Changed" }, "update": { "labels": [{ "add": "urgent" }] } });
    assert_eq!(jira.calls("PUT", "issue/DOCK-3", edit).await.0, 204);
    jira.moves("DOCK-3", "Done", json!({})).await;
    let log = jira.reads("issue/DOCK-3/changelog").await;
    let fields: Vec<&str> = log["values"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|change| change["items"].as_array().unwrap())
        .map(|item| item["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["summary", "labels", "status", "resolution"]);
    assert_eq!(log["values"][0]["author"]["displayName"], "Ada Admin");
    let body = json!({ "issueIdsOrKeys": ["DOCK-3", "DOCK-4"], "fieldIds": ["status"] });
    let (_, many) = jira.calls("POST", "changelog/bulkfetch", body).await;
    assert_eq!(many["issueChangeLogs"].as_array().unwrap().len(), 1);
    let items = many["issueChangeLogs"][0]["changeHistories"][0]["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "only the fields that were named");
}

#[tokio::test]
async fn remote_links_are_replaced_by_their_global_id() {
    let jira = AtHarbour::is(Person::Ada).await;
    let link = |title: &str| json!({ "globalId": "product:1", "object": { "url": "https://product.example/1", "title": title } });
    let (first, created) = jira.calls("POST", "issue/DOCK-1/remotelink", link("One")).await;
    let (second, replaced) = jira.calls("POST", "issue/DOCK-1/remotelink", link("Uno")).await;
    assert_eq!((first, second, &created["id"]), (201, 200, &replaced["id"]));
    let links = jira.reads("issue/DOCK-1/remotelink").await;
    assert_eq!((links.as_array().unwrap().len(), &links[0]["object"]["title"]), (1, &json!("Uno")));
}

#[tokio::test]
async fn issues_are_linked_voted_for_archived_and_worked_on() {
    let jira = AtHarbour::is(Person::Ada).await;
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DOCK-1" }, "outwardIssue": { "key": "DOCK-2" } });
    assert_eq!(jira.calls("POST", "issueLink", link).await.0, 201);
    let blocked = jira.reads("issue/DOCK-2?fields=issuelinks").await;
    assert_eq!(blocked["fields"]["issuelinks"][0]["inwardIssue"]["key"], "DOCK-1");
    assert_eq!(jira.calls("POST", "issue/DOCK-1/votes", Value::Null).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-1/votes").await["votes"], 1);
    let (status, logged) = jira.calls("POST", "issue/DOCK-1/worklog", json!({ "timeSpent": "1d 30m" })).await;
    assert_eq!((status, &logged["timeSpentSeconds"]), (201, &json!(30_600)));
    let (_, archived) = jira.calls("PUT", "issue/archive", json!({ "issueIdsOrKeys": ["DOCK-1", "NONE-1"] })).await;
    assert_eq!(
        (&archived["numberOfIssuesUpdated"], &archived["errors"]["issuesNotFound"]["count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(jira.calls("PUT", "issue/DOCK-1", json!({ "fields": { "summary": "No" } })).await.0, 400);
}

#[tokio::test]
async fn custom_fields_of_every_kind_take_their_values_and_refuse_others() {
    let jira = AtHarbour::is(Person::Ada).await;
    let max = json!({ "accountId": Person::Max.account_id() });
    let fields = json!({
        "customfield_10026": "2026-01-02T03:04:05.000+0000", "customfield_10027": max, "customfield_10028": [max],
        "customfield_10029": "https://manuals.example/gate", "customfield_10031": ["gate-4"],
        "customfield_10030": { "value": "Quay", "child": { "value": "North" } },
    });
    let issue = jira.creates("OPS", "Incident", fields).await;
    let read = jira.reads(&format!("issue/{issue}")).await["fields"].clone();
    assert_eq!(read["customfield_10030"]["child"]["value"], "North");
    assert_eq!(read["customfield_10028"][0]["displayName"], "Max Member");
    let wrong = json!({ "fields": { "customfield_10026": "noon", "customfield_10030": { "value": "Moon" },
        "customfield_10031": ["two words"], "customfield_10028": "max", "customfield_10020": "elsewhere" } });
    let (status, refused) = jira.calls("PUT", &format!("issue/{issue}"), wrong).await;
    assert_eq!((status, refused["errors"].as_object().unwrap().len()), (400, 5), "{refused}");
}

#[tokio::test]
async fn a_change_carries_properties_and_words_about_itself() {
    let jira = AtHarbour::is(Person::Ada).await;
    let said = json!({ "type": "causeway", "description": "Moved for a task" });
    let body =
        json!({ "transition": { "id": "41" }, "historyMetadata": said, "properties": [{ "key": "mark", "value": 1 }] });
    assert_eq!(jira.calls("POST", "issue/DOCK-1/transitions", body).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-1?properties=mark").await["properties"]["mark"], 1);
    let edit = json!({ "fields": { "summary": "By hand" }, "properties": [{ "key": "mark", "value": 2 }] });
    assert_eq!(jira.calls("PUT", "issue/DOCK-1", edit).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-1/properties/mark").await["value"], 2);
    let log = jira.reads("issue/DOCK-1/changelog").await;
    assert_eq!((&log["values"][0]["historyMetadata"], &log["values"][1]["historyMetadata"]), (&said, &Value::Null));
    let endless =
        json!({ "transition": { "id": "11" }, "properties": [{ "key": "mark", "value": "x".repeat(40_000) }] });
    assert_eq!(jira.calls("POST", "issue/DOCK-1/transitions", endless).await.0, 400);
    assert_eq!(jira.status_of("DOCK-1").await, "Done", "what is refused changes nothing");
}

#[tokio::test]
async fn transitions_that_are_not_open_are_shown_to_those_who_ask() {
    let jira = AtHarbour::is(Person::Max).await;
    let issue = declaration(&jira).await;
    jira.moves(&issue, "Submit", json!({})).await;
    let all = jira.reads(&format!("issue/{issue}/transitions?includeUnavailableTransitions=true")).await;
    let open: Vec<(&str, bool)> = all["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["isAvailable"].as_bool().unwrap()))
        .collect();
    assert_eq!(open, [("Examine", true), ("Refuse", false)]);
}

#[tokio::test]
async fn fields_are_named_or_refused() {
    let jira = AtHarbour::is(Person::Ada).await;
    let has = async |fields: &str| jira.reads(&format!("issue/DOCK-1?fields={fields}")).await["fields"].clone();
    let but_one = has("-comment").await;
    assert!(but_one["comment"].is_null() && but_one["summary"].is_string() && but_one["worklog"].is_object());
    let navigable = has("*navigable,-summary").await;
    assert!(navigable["summary"].is_null() && navigable["worklog"].is_null() && navigable["status"].is_object());
}

#[tokio::test]
async fn an_issue_is_planned_for_a_sprint_that_is_not_over() {
    let jira = AtHarbour::is(Person::Ada).await;
    let sprint = jira.reads("jql/autocompletedata/suggestions?fieldName=Sprint&fieldValue=FLEET%20Sprint%2027").await;
    let last: u64 = sprint["results"][0]["value"].as_str().unwrap().parse().unwrap();
    let issue = jira.creates("FLEET", "Task", json!({ "customfield_10035": last })).await;
    let read =
        jira.reads(&format!("issue/{issue}?fields=customfield_10035")).await["fields"]["customfield_10035"].clone();
    assert_eq!((&read[0]["state"], &read[0]["name"]), (&json!("future"), &json!("FLEET Sprint 27")));
    let over = json!({ "fields": { "customfield_10035": last - 5 } });
    let (status, refused) = jira.calls("PUT", &format!("issue/{issue}"), over).await;
    assert_eq!(status, 400);
    assert!(refused["errors"]["customfield_10035"].as_str().unwrap().contains("closed"), "{refused}");
}
