//! Pages with charts: which charts and sites there are, and what ends with an installation.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Page, call, claims, consent::consents, deployment, key, publish, token, told};
use crate::{fakes::FakeResponse, http::tests::world::Deployment};

/// Charts of a site that Causeway is connected to, with seven issues each.
pub(super) async fn charts_of(deployment: &Deployment, count: usize) -> Vec<String> {
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let counted = FakeResponse::json(200, r#"{"count":7}"#);
    let place = "api.atlassian.example/ex/jira/one/rest/api/3/search/approximate-count";
    deployment.world.instances.borrow_mut().insert(place.to_owned(), counted);
    let mut charts = Vec::new();
    for number in 0..count {
        let spec =
            json!({"source": {"jql": "project = A"}, "mark": "tile", "says": {"title": format!("Open {number}")}});
        let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
        charts.push(chart["id"].as_str().expect("an id").to_owned());
    }
    charts
}

fn grants(deployment: &Deployment) -> usize {
    deployment.world.tables.rows::<Value>("SELECT grant_id FROM viewer_grants", vec![]).expect("rows").len()
}

#[tokio::test]
async fn charts_of_a_page_are_drawn_with_one_hop_and_a_deleted_one_is_named() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 2).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
    let hops = deployment.world.hops.borrow().len();
    let renders = page.renders(&[&charts[0], "cht_gone", &charts[1]]).await;
    assert_eq!(deployment.world.hops.borrow().len(), hops + 1);
    let states: Vec<&Value> = renders.as_array().expect("a list").iter().map(|render| &render["state"]).collect();
    assert_eq!(states, [&json!("drawn"), &json!("query_refused"), &json!("drawn")]);
    assert!(renders[1]["sentence"].as_str().is_some_and(|sentence| sentence.contains("does not exist")));
    let many: Vec<Value> = (0..25).map(|_| json!({"chart": charts[0]})).collect();
    let refused = page.post("/forge/v1/renders", &json!({"charts": many})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_anonymous_reader_is_told_to_log_in() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: None };
    let render = page.renders(&[&charts[0]]).await[0].take();
    assert_eq!((&render["button"], &render["action"]), (&json!(""), &json!("none")), "{render}");
    assert!(render["cause"].as_str().is_some_and(|cause| cause.contains("Log in")));
    let begun = page.post("/forge/v1/authorizations", &json!({"chart": charts[0]})).await;
    assert_eq!(begun.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_installation_belongs_here_if_its_site_is_connected_or_named() {
    let deployment = deployment();
    let page = Page { deployment: &deployment, account: Some("rita") };
    let refused = page.get("/forge/v1/charts").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "installation_not_allowed"));
    let named = |name| if name == "FORGE_SITES" { Some("two, one".to_owned()) } else { super::with_app(name) };
    let named = deployment.configured_as(crate::configuration::Configuration::read(named));
    let page = Page { deployment: &named, account: Some("rita") };
    assert_eq!(page.get("/forge/v1/charts").await.status, StatusCode::OK);
    deployment.ada().await.connect("Staging").await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    assert_eq!(page.get("/forge/v1/charts").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_editor_chooses_a_chart_or_makes_one_of_a_site_that_they_see() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 2).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    let found = page.get("/forge/v1/charts?q=open%201").await.json();
    assert_eq!((&found["charts"][0]["id"], &found["charts"][1]), (&json!(charts[1]), &Value::Null), "{found}");
    assert_eq!(
        (&found["sites"][0]["key"], &found["sites"][0]["is_authorized"]),
        (&json!("one"), &json!(false)),
        "{found}"
    );
    let spec = json!({"source": {"jql": "project = B"}, "mark": "tile", "says": {"title": "Mine"}});
    let new = json!({"site": "one", "spec": spec});
    let unseen = page.post("/forge/v1/charts", &new).await;
    assert_eq!((unseen.status, unseen.code().as_str()), (StatusCode::CONFLICT, "consent_needed"));
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
    let created = page.post("/forge/v1/charts", &new).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let id = created.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(page.renders(&[&id]).await[0]["title"], "Mine");
    let bad = json!({"site": "one", "spec": {"source": {"jql": "project = A) OR (project = B"}, "mark": "tile", "says": {"title": "Bad"}}});
    assert_eq!(page.post("/forge/v1/charts", &bad).await.status, StatusCode::BAD_REQUEST);
    let chart = deployment.ada().await.get(&format!("/api/v1/charts/{id}")).await.json();
    assert_eq!((&chart["created_by"], &chart["may_edit"]), (&json!("Rita Reader"), &json!(true)));
}

#[tokio::test]
async fn what_changes_something_is_taken_once() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let token = token(&claims(&deployment, Some("rita")));
    let wanted = json!({"chart": charts[0]});
    let begin = || call(&deployment, Method::POST, "/forge/v1/authorizations", &token, &wanted);
    assert_eq!(begin().await.status, StatusCode::CREATED);
    let again = begin().await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::UNAUTHORIZED, "invocation_refused"));
}

#[tokio::test]
async fn uninstalling_destroys_what_its_readers_let_causeway_read_at_once() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    for (account, name) in [("rita", "Rita Reader"), ("otto", "Otto Other")] {
        let page = Page { deployment: &deployment, account: Some(account) };
        consents(&deployment, &page, &charts[0], name).await;
    }
    assert_eq!(grants(&deployment), 2);
    let before = deployment.world.told.borrow().len();
    let goodbye = token(&told(&deployment, "leaving"));
    let answered = call(&deployment, Method::POST, "/forge/v1/uninstalling", &goodbye, &json!({})).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    assert_eq!(
        (grants(&deployment), &deployment.world.told.borrow()[before..]),
        (0, &["retire".to_owned(), "retire".to_owned()][..])
    );
    assert_eq!(deployment.ada().await.get("/api/v1/viewers").await.json()["items"], json!([]));
    let page = Page { deployment: &deployment, account: Some("rita") };
    assert_eq!(page.get("/forge/v1/charts").await.status, StatusCode::UNAUTHORIZED, "a token of a moment ago");
    let installed = token(&told(&deployment, "life"));
    call(&deployment, Method::POST, "/forge/v1/lifecycle", &installed, &json!({})).await;
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed", "it is installed again");
}

#[tokio::test]
async fn an_installation_that_is_silent_for_a_month_is_gone() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
    deployment.world.clock.advance(Duration::from_hours(29 * 24));
    deployment.world.turn().sweep();
    assert_eq!(grants(&deployment), 1);
    let due = deployment.world.turn().housekeeping_due().expect("storage works");
    deployment.world.clock.advance(Duration::from_hours(24));
    assert!(due.is_some());
    deployment.world.turn().sweep();
    assert_eq!(grants(&deployment), 0);
    let waiting: Vec<Value> = deployment.world.tables.rows("SELECT grant_id FROM retiring", vec![]).expect("rows");
    assert_eq!(waiting.len(), 1, "its keeper destroys the tokens");
    let log = deployment.ada().await.get("/api/v1/timeline?event=viewer_changed").await.json();
    assert_eq!(
        (&log["items"][0]["change"], &log["items"][0]["actor"]["kind"]),
        (&json!("removed"), &json!("atlassian")),
        "{log}"
    );
    // It was only quiet: whoever looks again is asked once more, and refused nothing.
    deployment.world.clock.advance(Duration::from_mins(11));
    publish(&deployment, &json!([key("forge/invocation-token/1")]));
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed");
    deployment.world.turn().sweep();
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed", "it is an installation again");
}

#[tokio::test]
async fn an_app_that_was_removed_and_is_back_without_a_word_is_taken_by_its_newer_tokens() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    let goodbye = token(&told(&deployment, "leaving"));
    call(&deployment, Method::POST, "/forge/v1/uninstalling", &goodbye, &json!({})).await;
    deployment.world.clock.advance(Duration::from_mins(9));
    assert_eq!(
        page.get("/forge/v1/charts").await.status,
        StatusCode::UNAUTHORIZED,
        "a token may be older than the end"
    );
    deployment.world.clock.advance(Duration::from_mins(2));
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed");
}

#[tokio::test]
async fn readers_see_and_remove_their_own_access_and_site_administrators_see_everybodys() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
    let own = page.get("/forge/v1/access").await.json();
    assert_eq!((&own["grants"][0]["site"]["cloud_id"], &own["viewers"]), (&json!("one"), &Value::Null), "{own}");
    let mut settings = claims(&deployment, Some("otto"));
    settings["context"]["moduleKey"] = "confluence-settings".into();
    let seen = call(&deployment, Method::GET, "/forge/v1/access", &token(&settings), &json!({})).await.json();
    assert_eq!((&seen["viewers"][0]["name"], &seen["grants"]), (&json!("Rita Reader"), &json!([])), "{seen}");
    let other = Page { deployment: &deployment, account: Some("otto") };
    other.call(Method::DELETE, "/forge/v1/access", &json!({})).await;
    assert_eq!(grants(&deployment), 1, "nobody removes what is another's");
    page.call(Method::DELETE, "/forge/v1/access", &json!({})).await;
    assert_eq!(grants(&deployment), 0);
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed");
}

#[tokio::test]
async fn administrators_remove_a_readers_access_in_causeway() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
    let ada = deployment.ada().await;
    let viewers = ada.get("/api/v1/viewers").await.json();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let path = format!(
        "/api/v1/viewers/{}/grants/{}",
        text(&viewers["items"][0]["id"]),
        text(&viewers["items"][0]["grants"][0]["id"])
    );
    assert_eq!(ada.call(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed");
}
