//! Charts over HTTP: computed with the access of a connection, and told what became of it.

use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Browser, Deployment};
use crate::fakes::FakeResponse;

/// Where the gateway has the API of the site.
const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";

fn answers(deployment: &Deployment, path: &str, status: u16, body: &Value) {
    let reply = FakeResponse::json(status, &body.to_string());
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/{path}"), reply);
}

fn spec() -> Value {
    json!({
        "source": {"jql": "project = A ORDER BY rank"}, "mark": "bar", "group": {"field": {"id": "status"}},
        "says": {"title": "Open"},
    })
}

/// A deployment with a connection whose access may be used for charts, and a Jira with `total` issues.
async fn jira_with(deployment: &Deployment, total: u64) -> (Browser<'_>, Value) {
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let saved = ada.edit(&connection, &json!({"charts": true})).await;
    assert_eq!((saved.status, &saved.json()["charts"]), (StatusCode::OK, &json!(true)), "{}", saved.body);
    let status = |id: &str, name: &str| json!({"id": id, "name": name, "statusCategory": {"key": "new"}});
    answers(deployment, "myself", 200, &json!({"accountId": "ada", "timeZone": "Europe/Berlin"}));
    answers(deployment, "search/approximate-count", 200, &json!({"count": total}));
    answers(deployment, "status", 200, &json!([status("1", "Open"), status("2", "Waiting")]));
    let issues: Vec<Value> =
        (0..total.min(3)).map(|_| json!({"id": "1", "fields": {"status": status("1", "Open")}})).collect();
    answers(deployment, "search/jql", 200, &json!({"issues": issues, "isLast": true}));
    (ada, connection)
}

fn preview(connection: &Value) -> Value {
    json!({"site": "one", "spec": spec(), "connection_id": connection["id"]})
}

/// What Jira was asked, without who asks.
fn asked(deployment: &Deployment) -> Vec<(String, Value)> {
    let all = deployment.world.asked.borrow();
    let path = |uri: &http::Uri| uri.path().rsplit("/rest/api/3/").next().unwrap_or_default().to_owned();
    let body = |body: &[u8]| serde_json::from_slice(body).unwrap_or(Value::Null);
    all.iter().map(|one| (path(one.uri()), body(one.body()))).filter(|(path, _)| path != "myself").collect()
}

#[tokio::test]
async fn few_issues_are_read_and_the_answer_says_whose_access_when_and_in_which_zone() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let drawn = ada.post("/api/v1/charts/preview", &preview(&connection)).await;
    assert_eq!(drawn.status, StatusCode::OK, "{}", drawn.body);
    let drawn = drawn.json();
    assert_eq!((&drawn["state"], &drawn["action"]), (&json!("drawn"), &json!("none")), "{drawn}");
    assert_eq!((&drawn["access"]["kind"], &drawn["access"]["connection"]), (&json!("connection"), &json!("Staging")));
    let data = &drawn["data"];
    assert_eq!((&data["counted"]["by"], &data["counted"]["zone"]), (&json!("issues"), &json!("Europe/Berlin")));
    assert_eq!((&data["segments"][0]["label"], &data["segments"][0]["amount"]["issues"]), (&json!("Open"), &json!(3)));
    let url = data["segments"][0]["amount"]["url"].as_str().expect("a link");
    assert!(url.starts_with("https://one.atlassian.net/issues/?jql=%28project%20%3D%20A%29%20AND%20status"), "{url}");
    let asked = asked(&deployment);
    assert_eq!(asked[0], ("search/approximate-count".into(), json!({"jql": "project = A"})), "without its order");
    assert_eq!(asked[1], ("search/jql".into(), json!({"jql": "project = A", "fields": ["status"], "maxResults": 100})));
    assert_eq!(asked.len(), 2);
    assert!(deployment.world.asked.borrow().iter().all(|one| one.headers()["authorization"] == "Bearer ACCESS-TOKEN"));
}

#[tokio::test]
async fn many_issues_are_counted_by_jira_and_each_segment_has_its_query() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 5_000).await;
    let drawn = ada.post("/api/v1/charts/preview", &preview(&connection)).await.json();
    assert_eq!((&drawn["state"], &drawn["data"]["counted"]["by"]), (&json!("drawn"), &json!("jira")), "{drawn}");
    let queries: Vec<Value> = asked(&deployment).into_iter().map(|(_, body)| body["jql"].clone()).collect();
    assert_eq!(
        queries,
        [
            json!("project = A"),
            Value::Null,
            json!("(project = A) AND status = \"1\""),
            json!("(project = A) AND status = \"2\""),
            json!("(project = A) AND status is not EMPTY AND status not in (\"1\", \"2\")"),
            json!("(project = A) AND status is EMPTY"),
        ]
    );
}

#[tokio::test]
async fn whatever_goes_wrong_is_a_state_with_a_cause_and_something_to_do() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let unknown = json!({"errorMessages": ["The value 'A' does not exist for the field 'project'."], "errors": {}});
    for (status, body, state, action, words) in [
        (400, unknown, "query_refused", "edit", "does not exist"),
        (401, json!({}), "no_jira_access", "authorize", "refuses the credential"),
        (403, json!({}), "no_jira_access", "authorize", "may not use"),
        (429, json!({}), "quota_exhausted", "try_again", "again later"),
        (503, json!({}), "site_unreachable", "try_again", "503"),
        (200, json!("<html>"), "site_unreachable", "try_again", "does not write as Jira"),
    ] {
        answers(&deployment, "search/approximate-count", status, &body);
        let drawn = ada.post("/api/v1/charts/preview", &preview(&connection)).await;
        assert_eq!(drawn.status, StatusCode::OK, "{}", drawn.body);
        let drawn = drawn.json();
        assert_eq!((&drawn["state"], &drawn["action"]), (&json!(state), &json!(action)), "{drawn}");
        assert!(drawn["cause"].as_str().is_some_and(|cause| cause.contains(words)), "{drawn}");
        assert!(drawn["sentence"].as_str().is_some_and(|text| text.ends_with('.')) && drawn["data"].is_null());
    }
}

#[tokio::test]
async fn without_a_word_about_whose_access_the_caller_is_asked_and_jira_is_not() {
    let deployment = Deployment::new();
    let (ada, _) = jira_with(&deployment, 3).await;
    let asks = ada.post("/api/v1/charts/preview", &json!({"site": "one", "spec": spec()})).await.json();
    assert_eq!((&asks["state"], &asks["action"]), (&json!("consent_needed"), &json!("authorize")), "{asks}");
    assert!(asks["access"].is_null() && deployment.world.asked.borrow().is_empty());
}

#[tokio::test]
async fn a_chart_that_needs_too_many_issues_is_refused_in_words() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 2_001).await;
    let mut request = preview(&connection);
    request["spec"]["measure"] = json!({"compute": "sum", "field": {"id": "timespent"}});
    let drawn = ada.post("/api/v1/charts/preview", &request).await.json();
    assert_eq!((&drawn["state"], &drawn["action"]), (&json!("too_large"), &json!("edit")), "{drawn}");
    assert!(drawn["cause"].as_str().is_some_and(|cause| cause.contains("2001")));
}

#[tokio::test]
async fn a_chart_is_made_changed_with_its_etag_and_computed_with_a_parameter() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let mut narrowed = spec();
    narrowed["params"] = json!([{"name": "team", "field": {"id": "labels"}, "values": ["web"]}]);
    let made = ada.post("/api/v1/charts", &json!({"site": "one", "spec": narrowed})).await;
    assert_eq!(
        (made.status, made.headers["etag"].to_str().ok()),
        (StatusCode::CREATED, Some("\"1\"")),
        "{}",
        made.body
    );
    let path = format!("/api/v1/charts/{}", made.json()["id"].as_str().expect("an id"));
    let renders = format!("{path}/renders");
    let with = |value: &str| json!({"connection_id": connection["id"], "params": {"team": value}});
    assert_eq!(ada.post(&renders, &with("web")).await.json()["state"], "drawn");
    assert_eq!(asked(&deployment)[0].1["jql"], "(project = A) AND labels = \"web\"");
    assert_eq!(ada.post(&renders, &with("x\" OR \"y")).await.code(), "invalid_request");
    assert_eq!(ada.call(http::Method::PATCH, &path, &json!({"spec": spec()})).await.code(), "if_match_required");
}

#[tokio::test]
async fn the_editor_chooses_from_what_this_jira_has() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let field = |id: &str, name: &str, kind: &str| json!({"id": id, "name": name, "searchable": true, "schema": {"type": kind}});
    answers(
        &deployment,
        "field",
        200,
        &json!([field("status", "Status", "status"), field("customfield_1", "Points", "number")]),
    );
    let filter = json!({"id": "10001", "name": "Open", "jql": "resolution is EMPTY"});
    answers(&deployment, "filter/search", 200, &json!({"values": [filter]}));
    let parsed = json!({"queries": [{"query": "x", "errors": ["Field 'x' does not exist."]}]});
    answers(&deployment, "jql/parse", 200, &parsed);
    let query = format!("site=one&connection_id={}", connection["id"].as_str().expect("an id"));
    let fields = ada.get(&format!("/api/v1/charts/fields?{query}&q=poi")).await.json();
    assert_eq!(fields["items"], json!([{"id": "customfield_1", "name": "Points", "kind": "number"}]));
    assert_eq!(ada.get(&format!("/api/v1/charts/filters?{query}")).await.json()["items"], json!([filter]));
    let check = |jql: &str| json!({"site": "one", "connection_id": connection["id"], "jql": jql});
    let refused = ada.post("/api/v1/charts/check", &check("x = currentUser()")).await.json();
    assert_eq!(refused, json!({"errors": ["Field 'x' does not exist."], "personal": "currentUser()"}));
    let open = ada.post("/api/v1/charts/check", &check("a = 1) OR (b = 2")).await.json();
    assert!(open["errors"][0].as_str().is_some_and(|why| why.contains("brackets")), "{open}");
    assert_eq!(ada.get("/api/v1/charts/fields?site=one").await.code(), "consent_needed");
}

#[tokio::test]
async fn jira_is_asked_once_in_five_minutes_and_the_last_numbers_stand_in_where_it_cannot_be_asked() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let preview = preview(&connection);
    let draw = async |refresh: bool| {
        let mut request = preview.clone();
        request["refresh"] = refresh.into();
        ada.post("/api/v1/charts/preview", &request).await.json()
    };
    let first = draw(false).await;
    let calls = deployment.world.asked.borrow().len();
    assert_eq!(draw(false).await, first);
    assert_eq!(deployment.world.asked.borrow().len(), calls, "the same numbers are given again");
    draw(true).await;
    assert_eq!(deployment.world.asked.borrow().len(), 2 * calls, "unless new ones are asked for");
    let mut other = preview.clone();
    other["spec"]["source"] = json!({"jql": "project = B"});
    ada.post("/api/v1/charts/preview", &other).await;
    assert!(deployment.world.asked.borrow().len() > 2 * calls, "another question is another chart");
    answers(&deployment, "search/approximate-count", 429, &json!({}));
    deployment.world.clock.advance(std::time::Duration::from_mins(6));
    let stale = draw(false).await;
    assert_eq!((&stale["state"], &stale["data"]["total"]), (&json!("stale"), &first["data"]["total"]), "{stale}");
    assert!(stale["cause"].as_str().is_some_and(|cause| cause.contains("again later")));
    answers(&deployment, "search/approximate-count", 400, &json!({"errorMessages": ["No."]}));
    assert_eq!(draw(false).await["state"], "query_refused", "what Jira says of the query is no silence");
    answers(&deployment, "search/approximate-count", 503, &json!({}));
    deployment.world.clock.advance(std::time::Duration::from_mins(55));
    assert_eq!(draw(false).await["state"], "site_unreachable", "an hour later nothing stands in");
    let allowed = ada.show(&connection).await;
    ada.edit(&allowed, &json!({"charts": false})).await;
    assert_eq!(
        ada.post("/api/v1/charts/preview", &preview).await.code(),
        "charts_not_allowed",
        "kept numbers are no access"
    );
}

#[tokio::test]
async fn when_the_hour_is_used_up_the_last_numbers_stand_in_and_jira_is_not_asked_again() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let draw = async || {
        let mut request = preview(&connection);
        request["refresh"] = true.into();
        ada.post("/api/v1/charts/preview", &request).await.json()
    };
    draw().await;
    assert_eq!(deployment.world.ledger.asked(), 1, "one lot");
    draw().await;
    assert_eq!(deployment.world.ledger.asked(), 1, "which is spent without asking");
    let refused = FakeResponse::json(429, "{}").with("ratelimit-reason", "jira-quota-global-based");
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/search/approximate-count"), refused);
    let stale = draw().await;
    assert_eq!(stale["state"], "stale", "{stale}");
    let cause = stale["cause"].as_str().expect("a cause").to_owned();
    assert!(
        cause.starts_with("Jira's hourly limit for this app is used up; again at ") && cause.ends_with(":00 UTC."),
        "{cause}"
    );
    let asked = deployment.world.asked.borrow().len();
    assert_eq!((draw().await["state"].clone(), draw().await["cause"].clone()), (json!("stale"), json!(cause)));
    assert_eq!(deployment.world.asked.borrow().len(), asked, "never a retry");
    answers(&deployment, "search/approximate-count", 200, &json!({"count": 4}));
    for _ in 0..2 {
        deployment.world.clock.advance(std::time::Duration::from_mins(30));
        ada.get("/api/v1/session").await;
    }
    assert_eq!(draw().await["state"], "drawn", "the next hour begins anew");
}

#[tokio::test]
async fn a_chart_is_answered_as_a_picture_in_the_colours_and_the_width_that_are_asked_for() {
    let deployment = Deployment::new();
    let (ada, connection) = jira_with(&deployment, 3).await;
    let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec()})).await.json();
    let renders = format!("/api/v1/charts/{}/renders", chart["id"].as_str().expect("an id"));
    let ask = |more: Value| {
        let mut asked = json!({"connection_id": connection["id"]});
        for (name, value) in more.as_object().into_iter().flatten() {
            asked[name] = value.clone();
        }
        asked
    };
    let render = async |more: Value| ada.post(&renders, &ask(more)).await;
    let data = render(json!({"as": "data"})).await.json();
    assert!(data["data"].is_object() && data["picture"].is_null(), "{data}");
    let picture = render(json!({"as": "svg", "look": {"theme": "dark", "width": 800}})).await.json();
    assert!(picture["data"].is_null() && picture["state"] == "drawn", "{picture}");
    let xml = picture["picture"].as_str().expect("a picture");
    let root = roxmltree::Document::parse(xml).expect("XML");
    assert_eq!((root.root_element().tag_name().name(), root.root_element().attribute("width")), ("svg", Some("800")));
    assert!(xml.contains("with the access of Ada Admin"), "{xml}");
    let light = render(json!({"as": "svg"})).await.json();
    assert_ne!(light["picture"], picture["picture"]);
    for wrong in [
        json!({"as": "png"}),
        json!({"as": "svg", "look": {"width": 239}}),
        json!({"as": "svg", "look": {"width": 1601}}),
        json!({"as": "svg", "look": {"theme": "pink"}}),
        json!({"as": "svg", "look": []}),
    ] {
        assert_eq!(render(wrong.clone()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let table = json!({"source": {"jql": "project = A"}, "mark": "table", "group": {"field": {"id": "status"}}, "says": {"title": "T"}});
    let table = ada.post("/api/v1/charts", &json!({"site": "one", "spec": table})).await.json();
    let renders = format!("/api/v1/charts/{}/renders", table["id"].as_str().expect("an id"));
    let none = ada.post(&renders, &ask(json!({"as": "svg"}))).await.json();
    assert_eq!((&none["state"], &none["picture"]), (&json!("drawn"), &Value::Null), "a table is no picture: {none}");
}
