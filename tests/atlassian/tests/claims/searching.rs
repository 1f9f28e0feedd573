//! Searching: an index that lags, pages, properties, and JQL that is explained or refused.

use std::time::Duration;

use atlassian::Person;
use atlassian::sites::HARBOUR;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

impl AtHarbour {
    async fn finds(&self, body: Value) -> Vec<String> {
        let (status, found) = self.calls("POST", "search/jql", body).await;
        assert_eq!(status, 200, "{found}");
        found["issues"].as_array().unwrap().iter().map(|issue| issue["id"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_new_issue_is_found_only_when_the_index_has_caught_up() {
    let jira = AtHarbour::is(Person::Ada).await;
    jira.asking.model.set_index_lag(Duration::from_mins(10));
    let key = jira.creates("DOCK", "Task", json!({})).await;
    let id = jira.reads(&format!("issue/{key}")).await["id"].clone();
    let jql = format!("key = {key}");
    assert_eq!(jira.finds(json!({ "jql": jql })).await, Vec::<String>::new());
    let number: u64 = id.as_str().unwrap().parse().unwrap();
    let fresh = jira.finds(json!({ "jql": jql, "reconcileIssues": [number] })).await;
    assert_eq!(json!(fresh), json!([id]), "what the caller knows is read freshly");
    jira.asking.model.advance_clock(Duration::from_mins(11));
    assert_eq!(json!(jira.finds(json!({ "jql": jql })).await), json!([id]));
}

#[tokio::test]
async fn the_index_shows_old_states_and_deleted_issues_for_a_while() {
    let jira = AtHarbour::is(Person::Ada).await;
    let id = jira.reads("issue/DOCK-1").await["id"].as_str().unwrap().to_owned();
    jira.asking.model.set_index_lag(Duration::from_mins(10));
    jira.moves("DOCK-1", "Done", json!({})).await;
    let done = json!({ "jql": "project = DOCK AND status = Done" });
    assert!(!jira.finds(done.clone()).await.contains(&id));
    let second = json!({ "jql": "project = DOCK AND summary ~ \"weekly berth plan\"" });
    jira.asking.model.delete_issue(HARBOUR, "DOCK-2", Person::Bob);
    assert_eq!(jira.finds(second.clone()).await.len(), 1);
    let by_key = json!({ "jql": "key in (DOCK-1, DOCK-2)" });
    let (status, refused) = jira.calls("POST", "search/jql", by_key).await;
    assert_eq!(
        (status, &refused["errorMessages"][0]),
        (400, &json!("An issue with key 'DOCK-2' does not exist for field 'key'."))
    );
    jira.asking.model.advance_clock(Duration::from_mins(11));
    assert!(jira.finds(done).await.contains(&id));
    assert_eq!(jira.finds(second).await.len(), 0);
}

#[tokio::test]
async fn a_search_by_get_and_one_by_post_find_the_same() {
    let jira = AtHarbour::is(Person::Ada).await;
    let by_get = jira.reads("search/jql?jql=project%20%3D%20DOCK%20ORDER%20BY%20key&maxResults=2&fields=summary").await;
    let body = json!({ "jql": "project = DOCK ORDER BY key", "maxResults": 2, "fields": ["summary"] });
    let (_, by_post) = jira.calls("POST", "search/jql", body).await;
    assert_eq!(by_get["issues"], by_post["issues"]);
    assert_eq!(by_get["isLast"], false);
    let next = by_get["nextPageToken"].as_str().unwrap();
    let foreign = json!({ "jql": "project = CUST", "nextPageToken": next });
    assert_eq!(jira.calls("POST", "search/jql", foreign).await.0, 400, "a token belongs to its query");
}

#[tokio::test]
async fn properties_come_with_what_is_found() {
    let jira = AtHarbour::is(Person::Ada).await;
    assert_eq!(jira.calls("PUT", "issue/DOCK-1/properties/mark", json!({ "nonce": 7 })).await.0, 201);
    let body = json!({ "jql": "key = DOCK-1", "fields": ["summary"], "properties": ["mark"] });
    let (_, found) = jira.calls("POST", "search/jql", body).await;
    assert_eq!(found["issues"][0]["properties"]["mark"]["nonce"], 7);
    let six = json!({ "jql": "key = DOCK-1", "properties": ["a", "b", "c", "d", "e", "f"] });
    assert_eq!(jira.calls("POST", "search/jql", six).await.0, 400);
}

#[tokio::test]
async fn jql_is_taken_apart_or_refused_in_words() {
    let jira = AtHarbour::is(Person::Ada).await;
    let queries = json!({ "queries": ["project = DOCK AND (status = Done OR labels is EMPTY) ORDER BY created DESC",
        "project = DOCK OR", "project = NOWHERE"] });
    let (status, parsed) = jira.calls("POST", "jql/parse?validation=strict", queries).await;
    assert_eq!(status, 200);
    let first = &parsed["queries"][0]["structure"];
    assert_eq!(first["where"]["operator"], "and");
    assert_eq!(first["where"]["clauses"][1]["clauses"][1]["operand"]["keyword"], "empty");
    assert_eq!(first["orderBy"]["fields"][0]["direction"], "desc");
    assert!(parsed["queries"][1]["errors"][0].as_str().unwrap().starts_with("Error in the JQL Query"));
    let nowhere = parsed["queries"][2]["errors"][0].as_str().unwrap();
    assert_eq!(nowhere, "The value 'NOWHERE' does not exist for the field 'project'.");
}

#[tokio::test]
async fn a_filter_is_saved_found_and_deleted() {
    let jira = AtHarbour::is(Person::Ada).await;
    let filter = json!({ "name": "Open at the dock", "jql": "project = DOCK AND statusCategory != Done" });
    let (status, saved) = jira.calls("POST", "filter", filter.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(jira.calls("POST", "filter", filter).await.0, 400, "a name is given once");
    let bad = json!({ "name": "Bad", "jql": "colour = red" });
    assert_eq!(jira.calls("POST", "filter", bad).await.0, 400);
    assert_eq!(jira.reads("filter/search").await["values"][0]["name"], "Open at the dock");
    let max = jira.also(Person::Max).await;
    let path = format!("filter/{}", saved["id"].as_str().unwrap());
    assert_eq!(jira.calls_as(&max, "GET", &path, Value::Null).await.0, 400, "it is not shared");
    assert_eq!(jira.calls("DELETE", &path, Value::Null).await.0, 204);
}
