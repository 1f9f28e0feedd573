//! Looking at charts with one's own access: consent, use, removal.

use http::StatusCode;
use serde_json::{Value, json};

use super::world::{Browser, Deployment, account, resource, tokens};
use crate::fakes::FakeResponse;

/// Where the gateway has the API of the site.
const SITE: &str = "api.atlassian.example/ex/jira/one/rest/api/3";

fn answers(deployment: &Deployment, path: &str, body: &Value) {
    let reply = FakeResponse::json(200, &body.to_string());
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/{path}"), reply);
}

/// A chart of a site, and Max, who sees the connection to it and does not manage it.
async fn chart_for_max(deployment: &Deployment) -> (Browser<'_>, Browser<'_>, String) {
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let workspace =
        ada.post("/api/v1/workspaces", &json!({"name": "Web", "connections": [connection["id"]]})).await.json();
    let members = format!("/api/v1/workspaces/{}/members", workspace["id"].as_str().expect("an id"));
    ada.post(&members, &json!({"email": "max@example.com", "issue_tracking": false})).await;
    let max = deployment.signed_in("max@example.com", "Max").await;
    let spec = json!({"source": {"jql": "project = A"}, "mark": "tile", "says": {"title": "Open"}});
    let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
    answers(deployment, "search/approximate-count", &json!({"count": 7}));
    (ada, max, format!("/api/v1/charts/{}/renders", chart["id"].as_str().expect("an id")))
}

fn consents_as(deployment: &Deployment, id: &str, name: &str, token: &str) {
    *deployment.world.me.borrow_mut() = account(id, name);
    let mut given = tokens();
    given["access_token"] = token.into();
    *deployment.world.token_answer.borrow_mut() = FakeResponse::json(200, &given.to_string());
}

#[tokio::test]
async fn a_viewer_consents_once_and_sees_every_chart_of_the_site_as_themselves() {
    let deployment = Deployment::new();
    let (ada, max, renders) = chart_for_max(&deployment).await;
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "consent_needed");
    consents_as(&deployment, "max", "Max M", "MAX-TOKEN");
    let attempt = max.consent_to_view("one").await;
    assert_eq!(max.attempt(&attempt).await["status"], "authorized", "the page that polls sees the end");
    let drawn = max.post(&renders, &json!({})).await.json();
    assert_eq!((&drawn["state"], &drawn["data"]["total"]["issues"]), (&json!("drawn"), &json!(7)), "{drawn}");
    assert_eq!(drawn["access"], json!({"kind": "own", "account": "Max M", "connection": null, "until": null}));
    let presented = deployment.world.asked.borrow().last().map(|asked| asked.headers()["authorization"].clone());
    assert_eq!(presented.expect("Jira was asked"), "Bearer MAX-TOKEN");
    assert_eq!(ada.post(&renders, &json!({})).await.json()["state"], "consent_needed", "his access is not hers");
    let sites = max.get("/api/v1/charts/sites").await.json();
    assert_eq!(sites["items"][0]["is_authorized"], true);
}

#[tokio::test]
async fn people_see_and_remove_their_own_access_and_administrators_everybodys() {
    let deployment = Deployment::new();
    let (ada, max, renders) = chart_for_max(&deployment).await;
    consents_as(&deployment, "max", "Max M", "MAX-TOKEN");
    max.consent_to_view("one").await;
    max.post(&renders, &json!({})).await;
    let viewers = ada.get("/api/v1/viewers").await.json();
    let one = &viewers["items"][0];
    assert_eq!(
        (&one["member"]["email"], &one["grants"][0]["site"]["cloud_id"]),
        (&json!("max@example.com"), &json!("one"))
    );
    assert!(one["grants"][0]["last_used_at"].is_string() && one["grants"][0]["ended_at"].is_null());
    assert!(!viewers.to_string().contains("TOKEN"), "{viewers}");
    let own = max.get("/api/v1/viewers/me").await.json();
    assert_eq!(own["grants"], one["grants"]);
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let path = format!("/api/v1/viewers/{}/grants/{}", text(&one["id"]), text(&one["grants"][0]["id"]));
    let told = deployment.world.told.borrow().len();
    let removed = max.call(http::Method::DELETE, &path, &json!({})).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.body);
    assert_eq!(deployment.world.told.borrow()[told..], ["retire".to_owned()], "the tokens are destroyed at once");
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "consent_needed");
    assert_eq!(ada.get("/api/v1/viewers").await.json()["items"], json!([]));
    assert_eq!(ada.call(http::Method::DELETE, &path, &json!({})).await.status, StatusCode::NOT_FOUND, "it is gone");
}

#[tokio::test]
async fn a_consent_cannot_be_foisted_on_somebody_else() {
    let deployment = Deployment::new();
    let (ada, max, renders) = chart_for_max(&deployment).await;
    let begun = max.post("/api/v1/viewers/me/authorizations", &json!({"site": "one"})).await.json();
    let start = begun["start_url"].as_str().expect("an address");
    let foisted = ada.get(start).await;
    assert_eq!(foisted.status, StatusCode::BAD_REQUEST, "a link that Max sends to Ada opens nothing for her");
    // The state that his browser left with, brought back by hers.
    let (_, state) = max.leave_from(&begun).await;
    ada.leave().await;
    let back = ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(back.status, StatusCode::BAD_REQUEST, "{}", back.body);
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "consent_needed");
}

#[tokio::test]
async fn who_signed_out_meanwhile_lets_nobody_in() {
    let deployment = Deployment::new();
    let (_, max, _) = chart_for_max(&deployment).await;
    let begun = max.post("/api/v1/viewers/me/authorizations", &json!({"site": "one"})).await.json();
    let (_, state) = max.leave_from(&begun).await;
    let before = deployment.world.told.borrow().len();
    assert_eq!(max.post("/api/v1/sign-out", &json!({})).await.status, StatusCode::NO_CONTENT);
    max.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(deployment.world.told.borrow()[before..], ["install".to_owned(), "retire".to_owned()]);
    let saved: Vec<Value> = deployment.world.tables.rows("SELECT grant_id FROM viewer_grants", vec![]).expect("rows");
    assert_eq!(saved, [] as [Value; 0]);
}

#[tokio::test]
async fn a_consent_for_another_site_than_the_charts_is_refused() {
    let deployment = Deployment::new();
    let (_, max, renders) = chart_for_max(&deployment).await;
    let other = FakeResponse::json(200, &json!([resource("two", "read:jira-work")]).to_string());
    *deployment.world.resources.borrow_mut() = other;
    let attempt = max.consent_to_view("one").await;
    let failed = max.attempt(&attempt).await;
    assert_eq!((&failed["status"], &failed["failure"]["code"]), (&json!("failed"), &json!("other_site")), "{failed}");
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "consent_needed");
}

#[tokio::test]
async fn another_consent_takes_the_place_of_the_one_before() {
    let deployment = Deployment::new();
    let (_, max, renders) = chart_for_max(&deployment).await;
    consents_as(&deployment, "max", "Max M", "FIRST-TOKEN");
    max.consent_to_view("one").await;
    consents_as(&deployment, "max2", "Max at home", "SECOND-TOKEN");
    max.consent_to_view("one").await;
    let own = max.get("/api/v1/viewers/me").await.json();
    assert_eq!(
        (own["grants"].as_array().map(Vec::len), &own["grants"][0]["account"]["name"]),
        (Some(1), &json!("Max at home"))
    );
    assert_eq!(max.post(&renders, &json!({})).await.json()["access"]["account"], "Max at home");
}

#[tokio::test]
async fn who_is_removed_or_may_be_somebody_else_from_now_on_leaves_no_access_behind() {
    for (method, ending) in [(http::Method::DELETE, ""), (http::Method::POST, "/release-account")] {
        let deployment = Deployment::new();
        let (ada, max, _) = chart_for_max(&deployment).await;
        consents_as(&deployment, "max", "Max M", "MAX-TOKEN");
        max.consent_to_view("one").await;
        let viewers = ada.get("/api/v1/viewers").await.json();
        let member = viewers["items"][0]["member"]["id"].as_str().expect("an id").to_owned();
        let done = ada.call(method, &format!("/api/v1/members/{member}{ending}"), &json!({})).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        assert_eq!(ada.get("/api/v1/viewers").await.json()["items"], json!([]));
        let waiting: Vec<Value> = deployment.world.tables.rows("SELECT grant_id FROM retiring", vec![]).expect("rows");
        assert_eq!(waiting.len(), 1, "its keeper destroys the tokens");
    }
}

#[tokio::test]
async fn viewers_consent_to_a_client_that_may_only_read_and_it_refreshes_their_grants() {
    let deployment = Deployment::new();
    let (_, max, renders) = chart_for_max(&deployment).await;
    let begun = max.post("/api/v1/viewers/me/authorizations", &json!({"site": "one"})).await.json();
    let left = max.get(begun["start_url"].as_str().expect("an address")).await;
    let url = url::Url::parse(left.location()).expect("a URL");
    let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).expect("there").1.into_owned();
    assert_eq!(parameter("client_id"), "viewer-client");
    assert_eq!(parameter("scope"), crate::configuration::VIEWER_SCOPES.join(" "));
    let answer = FakeResponse::json(200, &tokens().to_string());
    deployment.world.instances.borrow_mut().insert("auth.atlassian.example/oauth/token".to_owned(), answer);
    max.get(&format!("/oauth/callback/cloud?code=CODE&state={}", parameter("state"))).await;
    deployment.world.clock.advance(std::time::Duration::from_hours(2));
    let max = deployment.signed_in("max@example.com", "Max").await;
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "drawn");
    let asked = deployment.world.asked.borrow();
    let sent: Vec<String> = asked
        .iter()
        .filter(|one| one.uri().path() == "/oauth/token")
        .map(|one| String::from_utf8_lossy(one.body()).into_owned())
        .collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent[0].contains("grant_type=authorization_code") && sent[1].contains("grant_type=refresh_token"),
        "{sent:?}"
    );
    assert!(
        sent.iter().all(|body| body.contains("client_id=viewer-client") && body.contains("VIEWER-SECRET")),
        "{sent:?}"
    );
}

#[tokio::test]
async fn who_removes_the_consent_at_atlassian_is_asked_again_and_told_why() {
    let deployment = Deployment::new();
    let (ada, max, renders) = chart_for_max(&deployment).await;
    consents_as(&deployment, "max", "Max M", "MAX-TOKEN");
    max.consent_to_view("one").await;
    assert_eq!(max.post(&renders, &json!({})).await.json()["state"], "drawn");
    deployment.world.consent_removed.set(true);
    let unauthorized = FakeResponse::json(401, "{}");
    deployment.world.instances.borrow_mut().insert(format!("{SITE}/search/approximate-count"), unauthorized);
    deployment.world.clock.advance(std::time::Duration::from_mins(2));
    let asks = max.post(&renders, &json!({"refresh": true})).await.json();
    assert_eq!((&asks["state"], &asks["action"]), (&json!("consent_needed"), &json!("authorize")), "{asks}");
    assert!(asks["cause"].as_str().is_some_and(|cause| cause.contains("has ended")), "{asks}");
    let ended = ada.get("/api/v1/viewers").await.json();
    assert!(ended["items"][0]["grants"][0]["ended_at"].is_string(), "{ended}");
}

/// The same deployment in another isolate, which remembers nothing.
fn another_isolate(deployment: &Deployment) -> Deployment {
    Deployment {
        world: std::rc::Rc::clone(&deployment.world),
        edge: crate::http::Edge { isolate: std::rc::Rc::default(), ..deployment.edge.clone() },
    }
}

#[tokio::test]
async fn numbers_of_a_viewer_are_found_by_every_isolate_for_five_minutes_and_by_nobody_else() {
    let deployment = Deployment::new();
    let (ada, max, renders) = chart_for_max(&deployment).await;
    consents_as(&deployment, "max", "Max M", "MAX-TOKEN");
    max.consent_to_view("one").await;
    assert_eq!(max.post(&renders, &json!({})).await.json()["data"]["total"]["issues"], 7);
    let kept = deployment.world.renders.borrow().clone();
    assert_eq!(kept.len(), 1);
    for (name, copy) in &kept {
        assert!(!name.contains("grt_") && name.len() == 43, "a name tells nothing: {name}");
        assert!(
            copy.contains("ciphertext") && !copy.contains("project") && !copy.contains("max"),
            "it is sealed: {copy}"
        );
    }
    let elsewhere = another_isolate(&deployment);
    let asked = deployment.world.asked.borrow().len();
    assert_eq!(max.at(&elsewhere).post(&renders, &json!({})).await.json()["data"]["total"]["issues"], 7);
    assert_eq!(deployment.world.asked.borrow().len(), asked, "Jira is not asked again");
    answers(&deployment, "search/approximate-count", &json!({"count": 9}));
    deployment.world.clock.advance(std::time::Duration::from_mins(5));
    let elsewhere = another_isolate(&deployment);
    assert_eq!(max.at(&elsewhere).post(&renders, &json!({})).await.json()["data"]["total"]["issues"], 9);
    // Ada's own numbers are other ones, and hers alone: even a copy of Max's under the name of hers does not open.
    consents_as(&deployment, "ada", "Ada A", "ADA-TOKEN");
    ada.consent_to_view("one").await;
    answers(&deployment, "search/approximate-count", &json!({"count": 11}));
    assert_eq!(ada.post(&renders, &json!({})).await.json()["data"]["total"]["issues"], 11);
    let maxs = kept.into_values().next().expect("a copy");
    deployment.world.renders.borrow_mut().values_mut().for_each(|copy| copy.clone_from(&maxs));
    answers(&deployment, "search/approximate-count", &json!({"count": 12}));
    let elsewhere = another_isolate(&deployment);
    assert_eq!(ada.at(&elsewhere).post(&renders, &json!({})).await.json()["data"]["total"]["issues"], 12);
}
