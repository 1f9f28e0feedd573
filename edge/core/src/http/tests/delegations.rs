//! Charts that others see with somebody's access: computed once for all, and never more than may be seen.

use std::time::Duration;

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Browser, Deployment, account, tokens};
use crate::{delegation::DelegationKeepers as _, fakes::FakeResponse};

/// Where the gateway has the API of the site.
const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";

fn answers(deployment: &Deployment, path: &str, status: u16, body: &Value) {
    let reply = FakeResponse::json(status, &body.to_string());
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/{path}"), reply);
}

/// Becky, who gives her access to a chart by assignee, and Max, who has none of his own.
struct Shown<'a> {
    becky: Browser<'a>,
    max: Browser<'a>,
    chart: String,
    delegation: String,
}

impl<'a> Shown<'a> {
    async fn new(deployment: &'a Deployment, shows: Value) -> Self {
        let ada = deployment.ada().await;
        let connection = ada.connect("Staging").await;
        let workspace = json!({"name": "Web", "connections": [connection["id"]]});
        let workspace = ada.post("/api/v1/workspaces", &workspace).await.json();
        let members = format!("/api/v1/workspaces/{}/members", workspace["id"].as_str().expect("an id"));
        for email in ["becky@example.com", "max@example.com"] {
            ada.post(&members, &json!({"email": email, "issue_tracking": false})).await;
        }
        let becky = deployment.signed_in("becky@example.com", "Becky Stone").await;
        let max = deployment.signed_in("max@example.com", "Max").await;
        *deployment.world.me.borrow_mut() = account("becky", "Becky at Jira");
        let mut given = tokens();
        given["access_token"] = "BECKY-TOKEN".into();
        *deployment.world.token_answer.borrow_mut() = FakeResponse::json(200, &given.to_string());
        becky.consent_to_view("one").await;
        let spec = json!({
            "source": {"jql": "project = SECRET"}, "mark": "bar", "group": {"field": {"id": "assignee"}},
            "says": {"title": "Open"},
        });
        let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
        let chart = format!("/api/v1/charts/{}", chart["id"].as_str().expect("an id"));
        let issue = json!({"id": "1", "fields": {"assignee": {"accountId": "5b:1", "displayName": "Zoe Z"}}});
        answers(deployment, "myself", 200, &json!({"accountId": "becky", "timeZone": "Europe/Berlin"}));
        answers(deployment, "search/approximate-count", 200, &json!({"count": 1}));
        answers(deployment, "search/jql", 200, &json!({"issues": [issue], "isLast": true}));
        let created = becky.post(&format!("{chart}/delegations"), &json!({"shows": shows})).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        let delegation = created.json()["id"].as_str().expect("an id").to_owned();
        Self { becky, max, chart, delegation }
    }

    async fn render(&self) -> Value {
        let answer =
            self.max.post(&format!("{}/renders", self.chart), &json!({"delegation_id": self.delegation})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    async fn end(&self, what: &str) {
        let ended = self.becky.post(&format!("/api/v1/delegations/{}/{what}", self.delegation), &json!({})).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    }
}

/// How often Jira was asked to count.
fn counts(deployment: &Deployment) -> usize {
    let asked = deployment.world.asked.borrow();
    asked.iter().filter(|one| one.uri().path().ends_with("approximate-count")).count()
}

#[tokio::test]
async fn somebody_without_access_sees_a_chart_with_that_of_whoever_gave_it_and_whose_it_is() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    let drawn = shown.render().await;
    assert_eq!((&drawn["state"], &drawn["spec"]), (&json!("drawn"), &Value::Null), "{drawn}");
    let access = &drawn["access"];
    assert_eq!((&access["kind"], &access["account"]), (&json!("delegation"), &json!("Becky Stone")));
    assert!(access["until"].is_string());
    let asked = deployment.world.asked.borrow();
    assert!(asked.iter().all(|one| one.headers()["authorization"] == "Bearer BECKY-TOKEN"));
}

#[tokio::test]
async fn no_query_no_account_and_no_name_is_shown_unless_it_may_be() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    let drawn = shown.render().await.to_string();
    for secret in ["SECRET", "5b:1", "Zoe", "https://one.atlassian.net/issues"] {
        assert!(!drawn.contains(secret), "{secret} in {drawn}");
    }
    assert!(drawn.contains("Person 1"), "{drawn}");
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({"names": true, "drill_down": true})).await;
    let drawn = shown.render().await;
    assert_eq!(drawn["data"]["segments"][0]["label"], "Zoe Z", "{drawn}");
    assert!(drawn["data"]["total"]["url"].is_string() && drawn["data"]["total"]["jql"].is_null());
}

#[tokio::test]
async fn ten_thousand_readers_of_a_delegated_chart_cost_one_set_of_counts() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    for _ in 0..20 {
        shown.render().await;
    }
    assert_eq!((counts(&deployment), deployment.world.delegations.asked.get()), (1, 20));
    // The keeper ends, and its readers come back all at once.
    deployment.world.delegations.end_all();
    let (identity, question) = deployment.world.delegations.last.borrow().clone().expect("it was asked");
    let readers = (0..10_000).map(|_| deployment.world.call_delegation(&identity, question.clone()));
    let answers = join_all(readers).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|text| text.contains(r#""state":"drawn""#))));
    assert_eq!(counts(&deployment), 2, "one set for all of them");
    deployment.world.clock.advance(Duration::from_secs(299));
    shown.render().await;
    assert_eq!(counts(&deployment), 2, "and for whoever comes within five minutes");
}

#[tokio::test]
async fn numbers_that_are_too_old_are_given_while_new_ones_are_asked_for() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    let first = shown.render().await;
    deployment.world.clock.advance(Duration::from_mins(6));
    let second = shown.render().await;
    assert_eq!(first["data"]["counted"]["at"], second["data"]["counted"]["at"], "nobody waits");
    assert_eq!(counts(&deployment), 2);
    let third = shown.render().await;
    assert_ne!(first["data"]["counted"]["at"], third["data"]["counted"]["at"]);
    assert_eq!(counts(&deployment), 2);
}

#[tokio::test]
async fn where_jira_refuses_the_last_numbers_stand_in_and_nobody_asks_again_for_a_minute() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    shown.render().await;
    answers(&deployment, "search/approximate-count", 429, &json!({}));
    deployment.world.clock.advance(Duration::from_mins(6));
    shown.render().await;
    let stale = shown.render().await;
    assert_eq!((&stale["state"], counts(&deployment)), (&json!("stale"), 2), "{stale}");
    assert!(stale["data"].is_object() && stale["cause"].is_string());
    deployment.world.clock.advance(Duration::from_mins(2));
    answers(
        &deployment,
        "search/approximate-count",
        400,
        &json!({"errorMessages": ["The value 'SECRET' is not there."]}),
    );
    shown.render().await;
    let refused = shown.render().await;
    assert_eq!(
        (&refused["state"], &refused["cause"]),
        (&json!("query_refused"), &Value::Null),
        "Jira would tell the query"
    );
}

#[tokio::test]
async fn a_delegation_that_ended_shows_nothing_from_then_on_whatever_is_kept() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    assert_eq!(shown.render().await["state"], "drawn");
    shown.end("pause").await;
    let paused = shown.render().await;
    assert_eq!((&paused["state"], &paused["action"]), (&json!("delegation_ended"), &json!("ask")), "{paused}");
    assert!(paused["data"].is_null() && paused["access"].is_null());
    assert!(paused["cause"].as_str().is_some_and(|cause| cause.contains("has paused it")));
    shown.end("end").await;
    assert_eq!(shown.render().await["state"], "delegation_ended");
    let own = shown.max.post(&format!("{}/renders", shown.chart), &json!({})).await.json();
    assert_eq!(own["state"], "consent_needed", "and nobody's access is taken instead");
}

#[tokio::test]
async fn a_yes_to_one_version_shows_that_version_without_its_query() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    let ada = deployment.ada().await;
    let spec = json!({"source": {"jql": "project = OTHER"}, "mark": "tile", "says": {"title": "Other"}});
    let request = http::Request::patch(&shown.chart).header("origin", super::world::PUBLIC_URL);
    let request =
        request.header("x-causeway", "1").header("content-type", "application/json").header("if-match", "\"1\"");
    let saved = ada.send(request, axum::body::Body::from(json!({"spec": spec}).to_string())).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    let drawn = shown.render().await;
    assert_eq!((&drawn["state"], &drawn["spec"]["says"]["title"]), (&json!("drawn"), &json!("Open")), "{drawn}");
    assert!(!drawn.to_string().contains("SECRET"));
}

#[tokio::test]
async fn a_saved_filter_that_changed_in_jira_is_told_once_and_what_was_agreed_to_is_shown_on() {
    let deployment = Deployment::new();
    let shown = Shown::new(&deployment, json!({})).await;
    let filter = json!({"id": "10001", "name": "Mine", "jql": "project = A"});
    let spec = json!({"source": {"filter": filter}, "mark": "tile", "says": {"title": "Filtered"}});
    let chart = deployment.ada().await.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
    let chart = format!("/api/v1/charts/{}", chart["id"].as_str().expect("an id"));
    let given = shown.becky.post(&format!("{chart}/delegations"), &json!({})).await.json();
    let id = given["id"].as_str().expect("an id").to_owned();
    let delegation = format!("/api/v1/delegations/{id}");
    let looks = async || {
        // The keeper has no numbers any more, so that it asks Jira.
        deployment.world.delegations.end_all();
        // Sessions last twelve hours.
        let max = deployment.signed_in("max@example.com", "Max").await;
        let render = max.post(&format!("{chart}/renders"), &json!({"delegation_id": id})).await.json();
        assert_eq!(render["state"], "drawn", "{render}");
        let becky = deployment.signed_in("becky@example.com", "Becky Stone").await;
        becky.get(&delegation).await.json()["filter_changed"] == true
    };
    let asked = || {
        let asked = deployment.world.asked.borrow();
        asked.iter().filter(|one| one.uri().path().ends_with("/filter/10001")).count()
    };
    let says = |jql: &str| json!({"id": "10001", "name": "Mine", "jql": jql});
    answers(&deployment, "filter/10001", 503, &json!({}));
    assert!(!looks().await, "silence says nothing");
    answers(&deployment, "filter/10001", 200, &says("project  =  A"));
    assert!(!looks().await && asked() == 2, "asked again, and the same");
    assert!(!looks().await && asked() == 2, "once a day");
    deployment.world.clock.advance(Duration::from_hours(25));
    answers(&deployment, "filter/10001", 200, &says("project = SECRET"));
    assert!(looks().await);
    let query = {
        let asked = deployment.world.asked.borrow();
        let counted = asked.iter().rev().find(|one| one.uri().path().ends_with("approximate-count")).expect("counted");
        String::from_utf8_lossy(counted.body()).into_owned()
    };
    assert!(query.contains("project = A") && !query.contains("SECRET"), "{query}");
    deployment.world.clock.advance(Duration::from_hours(25));
    answers(&deployment, "filter/10001", 404, &json!({}));
    assert!(looks().await, "a filter that is gone says something else, too");
    let ada = deployment.ada().await;
    let log = ada.get("/api/v1/timeline?event=delegation_changed").await.json();
    let told = log["items"].as_array().expect("a list").iter().filter(|one| one["change"] == "filter_changed").count();
    assert_eq!(told, 1, "{log}");
    let chart_now = ada.get(&chart).await.json();
    let again = json!({"meaning": chart_now["meaning"]});
    let becky = deployment.signed_in("becky@example.com", "Becky Stone").await;
    let granted = becky.post(&format!("{delegation}/grant"), &again).await.json();
    assert_eq!(granted["filter_changed"], false, "a yes is to what the chart asks: {granted}");
}
