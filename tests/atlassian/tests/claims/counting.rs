//! What charts rest on: issues that are counted by a field add up to the issues that are read.

use std::collections::BTreeMap;

use atlassian::Person;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

impl AtHarbour {
    async fn counts(&self, jql: &str) -> u64 {
        let (status, counted) = self.calls("POST", "search/approximate-count", json!({ "jql": jql })).await;
        assert_eq!(status, 200, "{jql}: {counted}");
        counted["count"].as_u64().unwrap()
    }

    /// All issues that a query finds, with some of their fields, page by page.
    async fn pages(&self, jql: &str, fields: &[&str]) -> Vec<Value> {
        let (mut issues, mut token) = (Vec::new(), Value::Null);
        loop {
            let mut body = json!({ "jql": jql, "fields": fields, "maxResults": 100 });
            if token.is_string() {
                body["nextPageToken"] = token;
            }
            let (status, page) = self.calls("POST", "search/jql", body).await;
            assert_eq!(status, 200, "{page}");
            issues.extend(page["issues"].as_array().unwrap().clone());
            token = page["nextPageToken"].clone();
            if page["isLast"] == true {
                return issues;
            }
        }
    }
}

/// A value as a query compares with it.
fn comparable(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().map(String::from);
    let of_object = ["accountId", "value", "id"].into_iter().find_map(text);
    let of_object = of_object.or_else(|| value["id"].as_u64().map(|id| id.to_string()));
    of_object.or_else(|| value.as_str().map(String::from)).unwrap_or_else(|| value.to_string())
}

/// How many issues have each value of a field, and how many have none.
fn tally(issues: &[Value], field: &str) -> (BTreeMap<String, u64>, u64) {
    let (mut by_value, mut none) = (BTreeMap::new(), 0);
    for issue in issues {
        let value = &issue["fields"][field];
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice).iter().filter(|value| !value.is_null());
        let values: Vec<String> = values.map(comparable).collect();
        none += u64::from(values.is_empty());
        for value in values {
            *by_value.entry(value).or_default() += 1;
        }
    }
    (by_value, none)
}

#[tokio::test]
async fn issues_are_counted_as_they_are_read_whatever_field_is_asked_for() {
    let jira = AtHarbour::is(Person::Ada).await;
    let fields = [
        ("status", "status"),
        ("issuetype", "issuetype"),
        ("priority", "priority"),
        ("resolution", "resolution"),
        ("assignee", "assignee"),
        ("reporter", "reporter"),
        ("creator", "creator"),
        ("labels", "labels"),
        ("components", "component"),
        ("fixVersions", "fixVersion"),
        ("parent", "parent"),
        ("timeoriginalestimate", "originalEstimate"),
        ("customfield_10032", "cf[10032]"),
        ("customfield_10035", "cf[10035]"),
    ];
    let issues = jira.pages("project = FLEET", &fields.map(|(field, _)| field)).await;
    assert_eq!(issues.len() as u64, jira.counts("project = FLEET").await);
    for (field, clause) in fields {
        let (by_value, none) = tally(&issues, field);
        assert!(by_value.len() > 1, "{field} is always {by_value:?}");
        assert_eq!(jira.counts(&format!("(project = FLEET) AND {clause} is EMPTY")).await, none, "{field} is empty");
        let mut kept = Vec::new();
        for (value, count) in by_value.iter().take(8) {
            // Seconds are compared as durations.
            let value = if field == "timeoriginalestimate" {
                format!("{}m", value.parse::<u64>().unwrap() / 60)
            } else {
                value.clone()
            };
            let jql = format!("(project = FLEET) AND {clause} = \"{value}\"");
            assert_eq!(jira.counts(&jql).await, *count, "{jql}");
            kept.push(format!("\"{value}\""));
        }
        let other = format!("(project = FLEET) AND {clause} is not EMPTY AND {clause} not in ({})", kept.join(", "));
        let shown: Vec<&String> = by_value.keys().take(8).collect();
        let is_other = |issue: &&Value| {
            let (own, none) = tally(std::slice::from_ref(*issue), field);
            none == 0 && !own.keys().any(|value| shown.contains(&value))
        };
        assert_eq!(jira.counts(&other).await, issues.iter().filter(is_other).count() as u64, "{other}");
    }
}

#[tokio::test]
async fn months_follow_each_other_without_gaps_in_the_time_zone_of_the_account() {
    for person in [Person::Ada, Person::Bob, Person::Max] {
        let jira = AtHarbour::is(person).await;
        let issues = jira.pages("project = FLEET", &["created", "resolutiondate", "duedate"]).await;
        for (field, clause) in [("created", "created"), ("resolutiondate", "resolved"), ("duedate", "due")] {
            let mut by_month = BTreeMap::new();
            for text in issues.iter().filter_map(|issue| issue["fields"][field].as_str()) {
                *by_month.entry(text[..7].to_owned()).or_insert(0_u64) += 1;
            }
            assert!(by_month.len() > 12, "{field}: {by_month:?}");
            for (month, count) in by_month {
                let (year, number) = month.split_once('-').unwrap();
                let (year, number): (u32, u32) = (year.parse().unwrap(), number.parse().unwrap());
                let next = format!("{:04}-{:02}-01", year + number / 12, number % 12 + 1);
                let jql = format!("(project = FLEET) AND {clause} >= \"{month}-01\" AND {clause} < \"{next}\"");
                assert_eq!(jira.counts(&jql).await, count, "{person:?}: {jql}");
            }
        }
    }
}

#[tokio::test]
async fn keys_alone_come_in_large_pages() {
    let jira = AtHarbour::is(Person::Ada).await;
    for (fields, most) in [(json!(["key"]), 320), (json!([]), 320), (json!(["summary"]), 100)] {
        let body = json!({ "jql": "project = FLEET", "fields": fields, "maxResults": 5_000 });
        let (_, page) = jira.calls("POST", "search/jql", body).await;
        assert_eq!(page["issues"].as_array().unwrap().len(), most, "{fields}");
    }
    assert_eq!(
        jira.calls("POST", "search", json!({ "jql": "project = FLEET" })).await.0,
        410,
        "the old search is gone"
    );
}
