//! Limits as an app meets them: bursts, writes to one issue, points, and what a lost answer leaves behind.

use std::time::Duration;

use atlassian::sites::HARBOUR;
use atlassian::{Endpoint, Fault, Kind, Person};
use serde_json::{Value, json};

use crate::asking::AtHarbour;

#[tokio::test]
async fn more_than_twenty_writes_to_one_issue_in_a_moment_are_refused_by_key_and_by_id_alike() {
    let jira = AtHarbour::is(Person::Ada).await;
    let id = jira.reads("issue/DOCK-1").await["id"].as_str().unwrap().to_owned();
    jira.asking.model.change_settings(|settings| settings.enforces_bursts = true);
    let write = async |issue: &str| {
        let path = format!("/ex/jira/{HARBOUR}/rest/api/3/issue/{issue}/properties/mark");
        let request = jira.asking.http.put(jira.asking.url(&path)).bearer_auth(&jira.access);
        request.json(&json!(1)).send().await.unwrap()
    };
    let mut refused = None;
    for place in 0..200 {
        let answer = write(if place % 2 == 0 { "DOCK-1" } else { &id }).await;
        if answer.status() == 429 {
            refused = Some((place, answer));
            break;
        }
    }
    let (place, answer) = refused.expect("sooner or later it is too much, however slow this is");
    assert!(place >= 20, "{place} writes were too many");
    assert_eq!(answer.headers()["ratelimit-reason"], "jira-per-issue-on-write");
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(write("DOCK-2").await.status(), 201, "another issue is another matter");
    let read = jira.calls("GET", "issue/DOCK-1/changelog", Value::Null).await.0;
    assert_eq!(read, 200, "reads do not count");
    jira.asking.model.advance_clock(Duration::from_secs(31));
    assert_eq!(write("DOCK-1").await.status(), 200);
}

#[tokio::test]
async fn many_issues_at_once_are_no_writes_to_one() {
    let jira = AtHarbour::is(Person::Ada).await;
    jira.asking.model.change_settings(|settings| settings.enforces_bursts = true);
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "One of many" });
    for _ in 0..25 {
        let body = json!({ "issueUpdates": [{ "fields": fields }] });
        assert_eq!(jira.calls("POST", "issue/bulk", body).await.0, 201);
    }
}

#[tokio::test]
async fn counting_costs_two_points_and_a_page_of_issues_one_for_each() {
    let jira = AtHarbour::is(Person::Ada).await;
    jira.asking.model.change_settings(|settings| settings.points_per_hour = 1_000_000);
    let spent = async |path: &str, body: Value| {
        let url = jira.asking.url(&format!("/ex/jira/{HARBOUR}/rest/api/3/{path}"));
        let answer = jira.asking.http.post(url).bearer_auth(&jira.access).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let policy = answer.headers()["ratelimit-policy"].to_str().unwrap().to_owned();
        assert_eq!(policy, "\"global-app-quota\";q=1000000;w=3600");
        answer.headers()["x-ratelimit-remaining"].to_str().unwrap().parse::<i64>().unwrap()
    };
    // Where an hour begins between two calls, everything is there again: then it is done once more.
    let costs = async |path: &str, body: Value| loop {
        let before = spent("search/approximate-count", json!({ "jql": "project = DOCK" })).await;
        let after = spent(path, body.clone()).await;
        if after < before {
            return before - after;
        }
    };
    assert_eq!(costs("search/approximate-count", json!({ "jql": "project = FLEET" })).await, 2);
    let page = json!({ "jql": "project = FLEET", "fields": ["status", "customfield_10032"], "maxResults": 100 });
    assert_eq!(costs("search/jql", page).await, 101);
}

#[tokio::test]
async fn an_issue_whose_answer_was_lost_is_found_by_its_mark_once_the_index_has_caught_up() {
    let jira = AtHarbour::is(Person::Ada).await;
    jira.asking.model.set_index_lag(Duration::from_mins(10));
    jira.asking.model.inject_fault(Fault::after(Endpoint::Jira, Kind::Reset).on_operation("createIssue"));
    let body = json!({
        "fields": { "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "Born in silence" },
        "properties": [{ "key": "causeway", "value": { "task": "tsk_9" } }],
    });
    let url = jira.asking.url(&format!("/ex/jira/{HARBOUR}/rest/api/3/issue"));
    assert!(jira.asking.http.post(url).bearer_auth(&jira.access).json(&body).send().await.is_err());
    let look =
        json!({ "jql": "creator = currentUser() AND project = DOCK AND created >= -30m", "properties": ["causeway"] });
    let marks = async || {
        let (status, found) = jira.calls("POST", "search/jql", look.clone()).await;
        assert_eq!(status, 200, "{found}");
        let issues = found["issues"].as_array().unwrap().clone();
        issues.iter().map(|issue| issue["properties"]["causeway"]["task"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(marks().await, Vec::<Value>::new(), "it is there, and not found");
    jira.asking.model.advance_clock(Duration::from_mins(11));
    assert_eq!(marks().await, [json!("tsk_9")]);
}

#[tokio::test]
async fn a_conflict_can_be_ordered_for_one_operation() {
    let jira = AtHarbour::is(Person::Ada).await;
    let conflict = Kind::status(409, "{\"errorMessages\":[\"Conflict\"],\"errors\":{}}");
    jira.asking.model.inject_fault(Fault::before(Endpoint::Jira, conflict).on_operation("doTransition").times(2));
    for expected in [409, 409, 204] {
        assert_eq!(jira.moves("DOCK-1", "Done", json!({})).await.0, expected);
    }
}
