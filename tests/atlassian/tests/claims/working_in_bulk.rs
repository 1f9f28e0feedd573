//! Many issues at once: moved, moved on, archived and deleted by tasks, which take their time.

use std::time::Duration;

use atlassian::{DeliveryOrder, Person, WebhookDelivery};
use serde_json::{Value, json};

use crate::asking::AtHarbour;

impl AtHarbour {
    /// Submits a bulk operation; the path at which it tells how far it is.
    async fn submits(&self, path: &str, body: Value) -> String {
        let (status, submitted) = self.calls("POST", path, body).await;
        assert_eq!(status, 201, "{submitted}");
        format!("bulk/queue/{}", submitted["taskId"].as_str().unwrap())
    }

    async fn id_of(&self, issue: &str) -> u64 {
        self.reads(&format!("issue/{issue}")).await["id"].as_str().unwrap().parse().unwrap()
    }
}

fn to_customs(issues: &[&str]) -> Value {
    json!({ "targetToSourcesMapping": { "CUST,10001": { "issueIdsOrKeys": issues, "inferFieldDefaults": true,
        "inferStatusDefaults": true, "inferClassificationDefaults": true, "inferSubtaskTypeDefault": true } } })
}

#[tokio::test]
async fn a_bulk_move_is_done_when_its_task_says_so() {
    let jira = AtHarbour::is(Person::Ada).await;
    let id = jira.id_of("DOCK-1").await;
    jira.asking.model.change_settings(|settings| settings.task_seconds = 600);
    let task = jira.submits("bulk/issues/move", to_customs(&["DOCK-1"])).await;
    let waiting = jira.reads(&task).await;
    assert!(["ENQUEUED", "RUNNING"].contains(&waiting["status"].as_str().unwrap()), "{waiting}");
    assert_eq!(jira.reads(&format!("issue/{id}")).await["key"], "DOCK-1");
    jira.asking.model.advance_clock(Duration::from_mins(5));
    let halfway = jira.reads(&task).await;
    assert!((50..100).contains(&halfway["progressPercent"].as_u64().unwrap()), "{halfway}");
    jira.asking.model.advance_clock(Duration::from_mins(5));
    let done = jira.reads(&task).await;
    assert_eq!((&done["status"], &done["processedAccessibleIssues"]), (&json!("COMPLETE"), &json!([id])));
    assert_eq!(jira.reads("issue/DOCK-1").await["key"], "CUST-9", "the old key still leads there");
    let log = jira.reads("issue/CUST-9/changelog").await;
    let fields: Vec<&Value> = log["values"][0]["items"].as_array().unwrap().iter().map(|item| &item["field"]).collect();
    assert_eq!(fields, ["project", "Key"]);
}

#[tokio::test]
async fn a_bulk_transition_moves_what_it_may_and_names_the_rest() {
    let jira = AtHarbour::is(Person::Ada).await;
    let open = jira.reads("bulk/issues/transition?issueIdsOrKeys=DOCK-1,DOCK-2,CUST-1").await;
    let groups = open["availableTransitions"].as_array().unwrap();
    assert!(groups.len() >= 2, "{open}");
    let inputs =
        json!({ "bulkTransitionInputs": [{ "selectedIssueIdsOrKeys": ["DOCK-1", "CUST-1"], "transitionId": "41" }] });
    let (dock, cust) = (jira.id_of("DOCK-1").await, jira.id_of("CUST-1").await);
    let task = jira.submits("bulk/issues/transition", inputs).await;
    let done = jira.reads(&task).await;
    assert_eq!(done["processedAccessibleIssues"], json!([dock]));
    assert!(
        done["failedAccessibleIssues"][cust.to_string()][0].as_str().unwrap().contains("illegal workflow operation")
    );
    assert_eq!(jira.status_of("DOCK-1").await, "Done");
}

#[tokio::test]
async fn a_bulk_deletion_removes_and_webhooks_hear_of_each() {
    let jira = AtHarbour::is(Person::Ada).await;
    let webhook = json!({ "url": "https://app.example/hook", "webhooks": [{ "events": ["jira:issue_deleted"], "jqlFilter": "project = DOCK" }] });
    assert_eq!(jira.calls("POST", "webhook", webhook).await.0, 200);
    jira.asking.model.set_webhook_delivery(WebhookDelivery::Held);
    jira.submits("bulk/issues/delete", json!({ "selectedIssueIdsOrKeys": ["DOCK-1", "DOCK-2"] })).await;
    assert_eq!(jira.asking.model.held_webhooks().len(), 2, "nobody had to ask for the task");
    assert_eq!(jira.asking.model.deliver_webhooks(DeliveryOrder::AsHappened, 0), 2);
    assert_eq!(jira.calls("GET", "issue/DOCK-1", Value::Null).await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_done_in_bulk_is_refused_with_errors() {
    let jira = AtHarbour::is(Person::Ada).await;
    for (path, body) in [
        ("bulk/issues/move", json!({})),
        ("bulk/issues/move", to_customs(&["DOCK-999"])),
        ("bulk/issues/move", json!({ "targetToSourcesMapping": { "NONE,10001": { "issueIdsOrKeys": ["DOCK-1"] } } })),
        ("bulk/issues/transition", json!({ "bulkTransitionInputs": [] })),
        ("bulk/issues/delete", json!({ "selectedIssueIdsOrKeys": [] })),
    ] {
        let (status, refused) = jira.calls("POST", path, body).await;
        assert_eq!(status, 400, "{path}");
        assert!(refused["errors"][0]["message"].is_string(), "{refused}");
    }
    assert_eq!(jira.calls("GET", "bulk/queue/1", Value::Null).await.0, 400);
    assert_eq!(jira.calls("GET", "task/1", Value::Null).await.0, 404);
    let task = jira.submits("bulk/issues/delete", json!({ "selectedIssueIdsOrKeys": ["DOCK-1"] })).await;
    let max = jira.also(Person::Max).await;
    assert_eq!(jira.calls_as(&max, "GET", &task, Value::Null).await.0, 400, "it is somebody else's");
}

#[tokio::test]
async fn archived_issues_are_read_but_neither_found_nor_changed() {
    let jira = AtHarbour::is(Person::Ada).await;
    let incident = jira.creates("OPS", "Incident", json!({})).await;
    let subtask = jira.creates("OPS", "Sub-task", json!({ "parent": { "key": incident } })).await;
    let (_, refused) = jira.calls("PUT", "issue/archive", json!({ "issueIdsOrKeys": [subtask] })).await;
    assert_eq!(
        (&refused["numberOfIssuesUpdated"], &refused["errors"]["issueIsSubtask"]["count"]),
        (&json!(0), &json!(1))
    );
    let (_, archived) = jira.calls("PUT", "issue/archive", json!({ "issueIdsOrKeys": [incident] })).await;
    assert_eq!(archived["numberOfIssuesUpdated"], 1);
    let count = async |jql: &str| {
        jira.calls("POST", "search/approximate-count", json!({ "jql": jql })).await.1["count"].clone()
    };
    assert_eq!(count(&format!("key in ({incident}, {subtask})")).await, 0, "its sub-task goes with it");
    let read = jira.reads(&format!("issue/{incident}?fields=archivedby,archiveddate")).await["fields"].clone();
    assert_eq!((&read["archivedby"]["displayName"], read["archiveddate"].is_string()), (&json!("Ada Admin"), true));
    for (method, path, body) in [
        ("PUT", format!("issue/{incident}"), json!({ "fields": { "summary": "No" } })),
        (
            "POST",
            format!("issue/{incident}/comment"),
            json!({ "body": { "type": "doc", "version": 1, "content": [] } }),
        ),
        ("POST", format!("issue/{incident}/transitions"), json!({ "transition": { "id": "11" } })),
    ] {
        assert_eq!(jira.calls(method, &path, body).await.0, 400, "{path}");
    }
    let (_, back) = jira.calls("PUT", "issue/unarchive", json!({ "issueIdsOrKeys": [incident] })).await;
    assert_eq!(back["numberOfIssuesUpdated"], 1);
    assert_eq!(count(&format!("key = {incident}")).await, 1);
    let max = jira.also(Person::Max).await;
    assert_eq!(jira.calls_as(&max, "PUT", "issue/archive", json!({ "issueIdsOrKeys": ["DOCK-1"] })).await.0, 403);
}

#[tokio::test]
async fn everything_that_a_search_finds_is_archived_by_a_task() {
    let jira = AtHarbour::is(Person::Ada).await;
    let (status, address) =
        jira.calls("POST", "issue/archive", json!({ "jql": "project = DOCK AND status = Done" })).await;
    assert_eq!(status, 202);
    let task = address.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let done = jira.reads(&format!("task/{task}")).await;
    assert_eq!((&done["status"], &done["progress"]), (&json!("COMPLETE"), &json!(100)));
    let count = json!({ "jql": "project = DOCK AND status = Done" });
    assert_eq!(jira.calls("POST", "search/approximate-count", count).await.1["count"], 0);
    assert_eq!(jira.calls("POST", "issue/archive", json!({ "jql": "" })).await.0, 400, "an unbounded search");
}
