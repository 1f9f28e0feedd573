//! What hangs on issues: comments, work, files, links and properties, and what the change log says of them.

use atlassian::Person;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

fn document(text: &str) -> Value {
    json!({ "type": "doc", "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

impl AtHarbour {
    /// Field, old text and new text of every entry in an issue's change log, oldest first.
    async fn log_of(&self, issue: &str) -> Vec<(String, String, String)> {
        let log = self.reads(&format!("issue/{issue}/changelog")).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = log["values"].as_array().unwrap().iter().flat_map(|change| change["items"].as_array().unwrap());
        items.map(|item| (text(&item["field"]), text(&item["fromString"]), text(&item["toString"]))).collect()
    }

    async fn uploads(&self, issue: &str, name: &str) -> String {
        let part = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\nbytes\r\n--x--\r\n"
        );
        let url = format!("/ex/jira/{}/rest/api/3/issue/{issue}/attachments", atlassian::sites::HARBOUR);
        let request = self.asking.http.post(self.asking.url(&url)).bearer_auth(&self.access);
        let request =
            request.header("x-atlassian-token", "no-check").header("content-type", "multipart/form-data; boundary=x");
        let answer = request.body(part).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let added: Value = answer.json().await.unwrap();
        added[0]["id"].as_str().unwrap().to_owned()
    }
}

fn entry(field: &str, from: &str, to: &str) -> (String, String, String) {
    (field.into(), from.into(), to.into())
}

#[tokio::test]
async fn a_comment_is_written_changed_marked_and_removed() {
    let jira = AtHarbour::is(Person::Ada).await;
    let mark = json!([{ "key": "causeway", "value": { "task": "tsk_1" } }]);
    let (status, made) = jira
        .calls("POST", "issue/DOCK-1/comment?expand=properties", json!({ "body": document("One"), "properties": mark }))
        .await;
    assert_eq!((status, &made["properties"]), (201, &mark));
    let id = made["id"].as_str().unwrap();
    let (status, changed) =
        jira.calls("PUT", &format!("issue/DOCK-1/comment/{id}"), json!({ "body": document("Two") })).await;
    assert_eq!((status, &changed["body"]), (200, &document("Two")));
    assert_eq!(jira.reads(&format!("issue/DOCK-1/comment/{id}")).await["body"], document("Two"));
    let number: u64 = id.parse().unwrap();
    let (_, listed) = jira.calls("POST", "comment/list", json!({ "ids": [number] })).await;
    assert_eq!(listed["values"][0]["id"], *id);
    assert_eq!(jira.reads(&format!("comment/{id}/properties")).await["keys"][0]["key"], "causeway");
    let path = format!("comment/{id}/properties/seen");
    assert_eq!(jira.calls("PUT", &path, json!(true)).await.0, 201);
    assert_eq!(jira.calls("PUT", &path, json!(false)).await.0, 200);
    assert_eq!(jira.reads(&path).await["value"], false);
    let max = jira.also(Person::Max).await;
    assert_eq!(jira.calls_as(&max, "PUT", &path, json!(true)).await.0, 403, "it is not his");
    assert_eq!(jira.calls("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(jira.calls("GET", &path, Value::Null).await.0, 404);
    assert_eq!(jira.calls("DELETE", &format!("issue/DOCK-1/comment/{id}"), Value::Null).await.0, 204);
    assert_eq!(jira.calls("GET", &format!("comment/{id}/properties"), Value::Null).await.0, 404);
    assert_eq!(jira.log_of("DOCK-1").await, [entry("Comment", "Two", "")], "only its end is in the log");
}

#[tokio::test]
async fn work_lowers_the_estimate_and_the_log_tells_of_both() {
    let jira = AtHarbour::is(Person::Ada).await;
    let issue = jira.creates("DOCK", "Task", json!({ "timetracking": { "originalEstimate": "1d" } })).await;
    let path = format!("issue/{issue}/worklog");
    let (_, made) = jira.calls("POST", &path, json!({ "timeSpent": "2h", "comment": document("Soldered") })).await;
    let number: u64 = made["id"].as_str().unwrap().parse().unwrap();
    let one = format!("{path}/{number}");
    let tracking = jira.reads(&format!("issue/{issue}?fields=timetracking,timespent")).await["fields"].clone();
    assert_eq!((&tracking["timetracking"]["remainingEstimate"], &tracking["timespent"]), (&json!("6h"), &json!(7_200)));
    assert_eq!(jira.reads(&one).await["comment"], document("Soldered"));
    let (status, changed) = jira.calls("PUT", &one, json!({ "timeSpent": "3h" })).await;
    assert_eq!((status, &changed["timeSpentSeconds"]), (200, &json!(10_800)));
    let (_, listed) = jira.calls("POST", "worklog/list", json!({ "ids": [number] })).await;
    assert_eq!(listed[0]["issueId"], made["issueId"]);
    let since = jira.reads("worklog/updated?since=0").await;
    assert!(since["values"].as_array().unwrap().iter().any(|one| one["worklogId"] == number));
    assert_eq!(
        jira.calls("POST", &format!("{path}?adjustEstimate=new&newEstimate=30m"), json!({ "timeSpent": "1m" })).await.0,
        201
    );
    assert_eq!(jira.calls("DELETE", &one, Value::Null).await.0, 204);
    assert_eq!(jira.calls("GET", &one, Value::Null).await.0, 404);
    let log = jira.log_of(&issue).await;
    let expected = [
        entry("timeestimate", "28800", "21600"),
        entry("timespent", "", "7200"),
        entry("WorklogId", made["id"].as_str().unwrap(), ""),
        entry("timeestimate", "21600", "18000"),
        entry("timespent", "7200", "10800"),
        entry("timeestimate", "18000", "1800"),
        entry("timespent", "10800", "10860"),
        entry("WorklogId", made["id"].as_str().unwrap(), ""),
        entry("timeestimate", "1800", "12600"),
        entry("timespent", "10860", "60"),
    ];
    assert_eq!(log, expected);
    assert_eq!(jira.calls("POST", &path, json!({ "timeSpent": "a while" })).await.0, 400);
}

#[tokio::test]
async fn files_and_links_come_and_go_with_entries_in_the_log() {
    let jira = AtHarbour::is(Person::Ada).await;
    let file = jira.uploads("DOCK-3", "plan.png").await;
    let described = jira.reads(&format!("attachment/{file}")).await;
    assert!(described["thumbnail"].as_str().unwrap().ends_with(&format!("/attachment/thumbnail/{file}")));
    for kind in ["content", "thumbnail"] {
        assert_eq!(jira.calls("GET", &format!("attachment/{kind}/{file}"), Value::Null).await.0, 303);
    }
    assert_eq!(jira.calls("DELETE", &format!("attachment/{file}"), Value::Null).await.0, 204);
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DOCK-3" }, "outwardIssue": { "key": "DOCK-4" } });
    assert_eq!(jira.calls("POST", "issueLink", link).await.0, 201);
    let id = jira.reads("issue/DOCK-3?fields=issuelinks").await["fields"]["issuelinks"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(jira.reads(&format!("issueLink/{id}")).await["outwardIssue"]["key"], "DOCK-4");
    assert_eq!(jira.calls("DELETE", &format!("issueLink/{id}"), Value::Null).await.0, 200);
    assert_eq!(jira.calls("GET", &format!("issueLink/{id}"), Value::Null).await.0, 404);
    let expected = [
        entry("Attachment", "", "plan.png"),
        entry("Attachment", "plan.png", ""),
        entry("Link", "", "This issue blocks DOCK-4"),
        entry("Link", "This issue blocks DOCK-4", ""),
    ];
    assert_eq!(jira.log_of("DOCK-3").await, expected);
    assert_eq!(jira.log_of("DOCK-4").await[0], entry("Link", "", "This issue is blocked by DOCK-3"));
}

#[tokio::test]
async fn a_remote_link_is_read_changed_and_removed() {
    let jira = AtHarbour::is(Person::Ada).await;
    let link = |title: &str| json!({ "globalId": "product:7", "object": { "url": "https://product.example/7", "title": title } });
    let (_, made) = jira.calls("POST", "issue/DOCK-5/remotelink", link("Seven")).await;
    let path = format!("issue/DOCK-5/remotelink/{}", made["id"]);
    assert_eq!(jira.reads("issue/DOCK-5/remotelink?globalId=product:7").await["object"]["title"], "Seven");
    assert_eq!(jira.calls("PUT", &path, link("Sept")).await.0, 204);
    assert_eq!(jira.reads(&path).await["object"]["title"], "Sept");
    assert_eq!(jira.calls("DELETE", &path, Value::Null).await.0, 204);
    jira.calls("POST", "issue/DOCK-5/remotelink", link("Seven")).await;
    assert_eq!(jira.calls("DELETE", "issue/DOCK-5/remotelink?globalId=product:7", Value::Null).await.0, 204);
    assert_eq!(jira.calls("DELETE", "issue/DOCK-5/remotelink?globalId=product:7", Value::Null).await.0, 404);
    assert_eq!(jira.log_of("DOCK-5").await.len(), 4, "each creation and each removal");
}

#[tokio::test]
async fn components_and_versions_are_logged_one_by_one() {
    let jira = AtHarbour::is(Person::Ada).await;
    let set = |names: &[&str]| json!({ "fields": { "components": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() } });
    jira.calls("PUT", "issue/DOCK-6", set(&["Planning", "Mobile"])).await;
    jira.calls("PUT", "issue/DOCK-6", set(&["Mobile", "Reports"])).await;
    let expected = [
        entry("Component", "", "Planning"),
        entry("Component", "", "Mobile"),
        entry("Component", "Planning", ""),
        entry("Component", "", "Reports"),
    ];
    assert_eq!(jira.log_of("DOCK-6").await, expected);
    let log = jira.reads("issue/DOCK-6/changelog").await;
    let id: u64 = log["values"][1]["id"].as_str().unwrap().parse().unwrap();
    let (_, listed) = jira.calls("POST", "issue/DOCK-6/changelog/list", json!({ "changelogIds": [id] })).await;
    assert_eq!(listed["histories"][0]["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn properties_votes_and_watchers_are_kept() {
    let jira = AtHarbour::is(Person::Bob).await;
    assert_eq!(jira.calls("PUT", "issue/DOCK-2/properties/mark", json!(7)).await.0, 201);
    assert_eq!(jira.reads("issue/DOCK-2/properties").await["keys"][0]["key"], "mark");
    assert_eq!(jira.reads("issue/DOCK-2/properties/mark").await["value"], 7);
    assert_eq!(jira.calls("DELETE", "issue/DOCK-2/properties/mark", Value::Null).await.0, 204);
    assert_eq!(jira.calls("GET", "issue/DOCK-2/properties/mark", Value::Null).await.0, 404);
    let long = json!("x".repeat(40_000));
    assert_eq!(jira.calls("PUT", "issue/DOCK-2/properties/mark", long).await.0, 400);
    for (method, votes) in [("POST", 1), ("DELETE", 0)] {
        assert_eq!(jira.calls(method, "issue/DOCK-2/votes", Value::Null).await.0, 204);
        assert_eq!(jira.reads("issue/DOCK-2/votes").await["votes"], votes);
    }
    assert_eq!(jira.calls("POST", "issue/DOCK-1/votes", Value::Null).await.0, 404, "Bob reported it");
    let max = Person::Max.account_id();
    assert_eq!(jira.calls("POST", "issue/DOCK-2/watchers", json!(max)).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-2/watchers").await["watchers"][0]["accountId"], max);
    assert_eq!(jira.calls("DELETE", &format!("issue/DOCK-2/watchers?accountId={max}"), Value::Null).await.0, 204);
    assert_eq!(jira.reads("issue/DOCK-2/watchers").await["watchCount"], 0);
}

#[tokio::test]
async fn dates_are_written_by_the_clock_of_the_account() {
    let jira = AtHarbour::is(Person::Ada).await;
    let (bob, max) = (jira.also(Person::Bob).await, jira.also(Person::Max).await);
    for (access, zone, created) in [
        (&jira.access, "Europe/Berlin", "2026-01-06T10:00:00.000+0100"),
        (&bob, "America/New_York", "2026-01-06T04:00:00.000-0500"),
        (&max, "Asia/Kolkata", "2026-01-06T14:30:00.000+0530"),
    ] {
        assert_eq!(jira.calls_as(access, "GET", "myself", Value::Null).await.1["timeZone"], zone);
        let read = jira.calls_as(access, "GET", "issue/DOCK-1?fields=created", Value::Null).await.1;
        assert_eq!(read["fields"]["created"], created);
        let morning = json!({ "jql": "key = DOCK-1 AND created >= '2026-01-06 10:00'", "maxResults": 1 });
        let found = jira.calls_as(access, "POST", "search/jql", morning).await.1;
        assert_eq!(found["issues"].as_array().unwrap().len(), usize::from(zone != "America/New_York"), "{zone}");
    }
}
