//! Charts that the reader's browser has counted: what it is asked, and what is taken of what it says.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Page, consent::consents, deployment, page::charts_of};
use crate::http::tests::world::{Answered, Deployment};

const PLANS: &str = "/forge/v1/plans";

/// A chart by status of the site on which the page is.
async fn by_status(deployment: &Deployment) -> String {
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let spec = json!({
        "source": {"jql": "project = A"}, "mark": "bar", "group": {"field": {"id": "status", "name": "Status"}},
        "says": {"title": "By status"},
    });
    let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
    chart["id"].as_str().expect("an id").to_owned()
}

fn rita(deployment: &Deployment) -> Page<'_> {
    Page { deployment, account: Some("rita") }
}

/// What Jira answers the browser: 250 issues, of which 200 are open.
fn jira(question: &Value) -> Value {
    let jql = question["body"]["jql"].as_str().unwrap_or_default();
    match question["path"].as_str().expect("a path") {
        "/rest/api/3/search/approximate-count" if jql.contains("status = ") => {
            json!({"count": if jql.contains("\"1\"") { 200 } else { 50 }})
        }
        "/rest/api/3/search/approximate-count" if jql.contains("EMPTY") => json!({"count": 0}),
        "/rest/api/3/search/approximate-count" => json!({"count": 250}),
        "/rest/api/3/status" => json!([
            {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
            {"id": "2", "name": "Closed", "statusCategory": {"key": "done"}},
        ]),
        other => panic!("{other} is not expected"),
    }
}

/// Asks what is missing with `answer`, until the chart is there. Answers the last answer, and how many rounds it took.
async fn counted(page: &Page<'_>, chart: &str, answer: impl Fn(&Value) -> Value) -> (Answered, usize) {
    let mut answers: Vec<Value> = Vec::new();
    for round in 1.. {
        let plan = json!({"chart": chart, "width": 500, "zone": "Europe/Berlin", "answers": answers});
        let answered = page.post(PLANS, &plan).await;
        if answered.status != StatusCode::OK {
            return (answered, round);
        }
        let plan = answered.json();
        let ask = plan["ask"].as_array().expect("a list");
        if ask.is_empty() {
            return (answered, round);
        }
        assert!(plan["render"].is_null(), "nothing is drawn before everything is known");
        answers
            .extend(ask.iter().map(|question| json!({"question": question, "status": 200, "body": answer(question)})));
    }
    unreachable!("a chart takes some rounds")
}

#[tokio::test]
async fn a_chart_of_the_pages_own_site_is_counted_by_the_browser_without_consent_and_kept_nowhere() {
    let deployment = deployment();
    let chart = by_status(&deployment).await;
    let page = rita(&deployment);
    let first = page.renders(&[&chart]).await[0].take();
    assert_eq!((&first["state"], &first["counts_in_browser"]), (&json!("consent_needed"), &json!(true)), "{first}");
    let asked = deployment.world.asked.borrow().len();
    let (answered, rounds) = counted(&page, &chart, jira).await;
    let render = answered.json()["render"].take();
    assert_eq!((&render["state"], &render["access"]["kind"]), (&json!("drawn"), &json!("own")), "{render}");
    assert_eq!(rounds, 4, "the total, the statuses, each of them, the chart");
    let figure = render["figure"].as_str().expect("a figure");
    for words in ["counted by Jira for your browser", "Europe/Berlin", "with your access", "200", "Closed"] {
        assert!(figure.contains(words), "{words} in {figure}");
    }
    assert_eq!(deployment.world.asked.borrow().len(), asked, "the edge asked nobody");
    assert!(deployment.world.renders.borrow().is_empty(), "no copy is kept");
    assert_eq!(page.renders(&[&chart]).await[0]["state"], "consent_needed", "nor anything that the next request finds");
    let other = Page { deployment: &deployment, account: Some("otto") };
    assert_eq!(other.renders(&[&chart]).await[0]["figure"], Value::Null);
}

#[tokio::test]
async fn a_small_chart_is_made_of_the_issues_that_the_browser_reads() {
    let deployment = deployment();
    let chart = by_status(&deployment).await;
    let jira = |question: &Value| match question["path"].as_str().expect("a path") {
        "/rest/api/3/search/approximate-count" => json!({"count": 2}),
        "/rest/api/3/search/jql" => {
            let issue = |id: &str, name: &str| json!({"id": "1", "fields": {"status": {"id": id, "name": name}}});
            json!({"issues": [issue("1", "Open"), issue("1", "Open")], "isLast": true})
        }
        other => panic!("{other} is not expected"),
    };
    let (answered, _) = counted(&rita(&deployment), &chart, jira).await;
    let render = answered.json()["render"].take();
    assert_eq!(render["state"], "drawn", "{render}");
    assert!(render["figure"].as_str().is_some_and(|figure| figure.contains("counted by Jira for your browser")));
}

#[tokio::test]
async fn what_no_jira_says_is_refused() {
    let deployment = deployment();
    let chart = by_status(&deployment).await;
    let page = rita(&deployment);
    let first = page.post(PLANS, &json!({"chart": chart})).await.json()["ask"][0].take();
    let answer = |body: Value| json!({"question": first, "status": 200, "body": body});
    let unasked = json!({"question": {"method": "GET", "path": "/rest/api/3/field"}, "status": 200, "body": []});
    let small = json!({"question": {"method": "POST", "path": "/rest/api/3/search/jql", "body": {"jql": "x", "maxResults": 1}}, "status": 200, "body": {"issues": [{}, {}]}});
    let good = answer(json!({"count": 7}));
    for (what, answers, words) in [
        ("an answer that nobody asked for", json!([good, unasked]), "nobody asked"),
        ("more issues than there are", json!([answer(json!({"count": 5_000_000_000_u64}))]), "larger than Jira's"),
        ("a number beyond all numbers", json!([answer(json!({"count": 1e300}))]), "larger than Jira's"),
        ("a text without end", json!([answer(json!({"count": 1, "x": "x".repeat(40_000)}))]), "larger than Jira's"),
        ("a longer page than was asked for", json!([small]), "more issues"),
        ("no status", json!([{"question": first, "status": 7, "body": {}}]), "status"),
        ("more calls than a chart takes", json!(vec![good.clone(); 46]), "45 calls"),
        ("another member", json!([{"question": first, "status": 200, "body": {}, "more": 1}]), ""),
    ] {
        let refused = page.post(PLANS, &json!({"chart": chart, "answers": answers})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{what}: {}", refused.body);
        assert!(refused.json()["detail"].as_str().is_some_and(|why| why.contains(words)), "{what}: {}", refused.body);
    }
    let endless = page.post(PLANS, &json!({"chart": chart, "answers": [answer(json!("x".repeat(1_100_000)))]})).await;
    assert_eq!(endless.status, StatusCode::PAYLOAD_TOO_LARGE);
    for body in [json!({"count": -1}), json!({"count": 1.5}), json!({"count": "7"}), json!([]), Value::Null] {
        let render = page.post(PLANS, &json!({"chart": chart, "answers": [answer(body.clone())]})).await.json();
        assert_eq!(render["render"]["state"], "site_unreachable", "{body}: {render}");
    }
}

#[tokio::test]
async fn where_jira_refuses_the_browser_the_state_says_so() {
    let deployment = deployment();
    let chart = by_status(&deployment).await;
    let page = rita(&deployment);
    let first = page.post(PLANS, &json!({"chart": chart})).await.json()["ask"][0].take();
    let words = json!({"errorMessages": ["The value 'A' does not exist for the field 'project'."]});
    for (status, body, state) in [
        (401, json!({}), "no_jira_access"),
        (404, json!({}), "no_jira_access"),
        (400, words, "query_refused"),
        (429, json!({}), "quota_exhausted"),
    ] {
        let answers = json!([{"question": first, "status": status, "body": body}]);
        let render = page.post(PLANS, &json!({"chart": chart, "answers": answers})).await.json()["render"].take();
        assert_eq!((&render["state"], &render["figure"]), (&json!(state), &Value::Null), "{status}: {render}");
    }
}

#[tokio::test]
async fn only_a_chart_of_the_pages_own_site_is_counted_by_a_browser_and_only_for_somebody() {
    let deployment = deployment();
    let chart = charts_of(&deployment, 1).await.remove(0);
    let anonymous = Page { deployment: &deployment, account: None };
    assert_eq!(anonymous.renders(&[&chart]).await[0]["counts_in_browser"], false);
    assert_eq!(anonymous.post(PLANS, &json!({"chart": chart})).await.status, StatusCode::BAD_REQUEST);
    let page = rita(&deployment);
    assert_eq!(page.post(PLANS, &json!({"chart": "cht_gone"})).await.status, StatusCode::NOT_FOUND);
    let unknown = page.post(PLANS, &json!({"chart": chart, "params": {"team": "x"}})).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.body);
    consents(&deployment, &page, &chart, "Rita Reader").await;
    assert_eq!(page.renders(&[&chart]).await[0]["counts_in_browser"], false, "it is drawn already");
    let mut elsewhere = super::claims(&deployment, Some("rita"));
    elsewhere["app"]["installation"]["contexts"] = json!([{"cloudId": "one"}, {"cloudId": "two"}]);
    elsewhere["context"]["cloudId"] = "two".into();
    let token = super::token(&elsewhere);
    let refused = super::call(&deployment, http::Method::POST, PLANS, &token, &json!({"chart": chart})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
}
