//! Charts on a page with the access that somebody gave for that page: to whom, where, and until when.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{Page, call, claims, consent::consents, deployment, page::charts_of, token, told};
use crate::{
    fakes::FakeResponse,
    http::tests::world::{Deployment, account, tokens},
};

/// The page for which Ada gives her access.
const HERE: &str = "98765";
/// A copy of that page.
const COPY: &str = "98766";

/// Somebody who looks at a page.
#[derive(Clone, Copy)]
struct Look<'a> {
    account: Option<&'static str>,
    page: &'a str,
    is_licensed: bool,
    /// What the platform sends that acts as the reader.
    token: Option<&'static str>,
}

const RITA: Look<'static> = Look { account: Some("rita"), page: HERE, is_licensed: true, token: Some("RITAS-TOKEN") };

impl Look<'_> {
    async fn asks(&self, deployment: &Deployment, chart: &str, more: &Value) -> Value {
        let mut claims = claims(deployment, self.account);
        claims["context"]["extension"]["content"]["id"] = self.page.into();
        if !self.is_licensed {
            claims["context"]["accountType"] = "unlicensed".into();
        }
        let mut wanted = json!({"chart": chart, "width": 500, "delegated": true});
        for (name, value) in more.as_object().expect("an object") {
            wanted[name] = value.clone();
        }
        let request = Request::post("/forge/v1/renders").header("authorization", format!("Bearer {}", token(&claims)));
        let mut request = request.header("content-type", "application/json");
        if let Some(token) = self.token {
            request = request.header("x-forge-oauth-user", token);
        }
        let answered = deployment
            .send(request.body(Body::from(json!({"charts": [wanted]}).to_string())).expect("a request"))
            .await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
        answered.json()["renders"][0].take()
    }

    async fn sees(&self, deployment: &Deployment, chart: &str) -> Value {
        self.asks(deployment, chart, &json!({})).await
    }

    async fn state(&self, deployment: &Deployment, chart: &str) -> String {
        self.sees(deployment, chart).await["state"].as_str().expect("a state").to_owned()
    }
}

/// What Confluence answers to whoever asks for a page.
fn confluence(deployment: &Deployment, page: &str, answer: FakeResponse) {
    let place = format!("api.atlassian.example/ex/confluence/one/wiki/api/v2/pages/{page}");
    deployment.world.instances.borrow_mut().insert(place, answer);
}

fn readable(deployment: &Deployment, page: &str) {
    confluence(deployment, page, FakeResponse::json(200, &json!({"id": page, "title": "Shipments"}).to_string()));
}

/// A chart that Ada shows with her access on the page, and the path of her delegation.
async fn given(deployment: &Deployment, audience: &str) -> (String, String) {
    let chart = charts_of(deployment, 1).await.remove(0);
    let ada = deployment.ada().await;
    *deployment.world.me.borrow_mut() = account("ada", "Ada at Jira");
    let mut hers = tokens();
    hers["access_token"] = "ADAS-TOKEN".into();
    *deployment.world.token_answer.borrow_mut() = FakeResponse::json(200, &hers.to_string());
    ada.consent_to_view("one").await;
    let new = json!({"audience": audience, "placements": [{"kind": "page", "id": format!("one/{HERE}"), "title": "Shipments"}]});
    let made = ada.post(&format!("/api/v1/charts/{chart}/delegations"), &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    readable(deployment, HERE);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    (chart, format!("/api/v1/delegations/{id}"))
}

/// The paths that were asked for at Confluence, and with which token.
fn asked_of_confluence(deployment: &Deployment) -> Vec<String> {
    let asked = deployment.world.asked.borrow();
    let of_pages = asked.iter().filter(|one| one.uri().path().contains("/ex/confluence/"));
    of_pages.map(|one| one.headers()["authorization"].to_str().expect("text").to_owned()).collect()
}

/// How often Jira was asked to count.
fn counts(deployment: &Deployment) -> usize {
    let asked = deployment.world.asked.borrow();
    asked.iter().filter(|one| one.uri().path().ends_with("approximate-count")).count()
}

#[tokio::test]
async fn a_reader_without_jira_sees_the_chart_on_the_page_it_was_given_for_and_whose_access_it_is() {
    let deployment = deployment();
    let (chart, delegation) = given(&deployment, "page").await;
    let seen = RITA.sees(&deployment, &chart).await;
    assert_eq!((&seen["state"], &seen["access"]["kind"]), (&json!("drawn"), &json!("delegation")), "{seen}");
    let figure = seen["figure"].as_str().expect("a figure");
    assert!(figure.contains("with the access of Ada Admin until "), "{figure}");
    assert!(!figure.contains("project"), "no query is shown: {figure}");
    assert_eq!(asked_of_confluence(&deployment), ["Bearer RITAS-TOKEN"], "Confluence is asked as the reader");
    assert!(!deployment.world.tables.dump().contains("RITAS-TOKEN"));
    let uses = deployment.ada().await.get(&delegation).await.json()["uses"].take();
    assert_eq!((&uses[0]["placement"]["id"], &uses[0]["readers"]), (&json!("one/98765"), &json!(1)), "{uses}");
    assert!(!deployment.world.tables.dump().contains("\"rita\""), "who looked is not stored");
}

#[tokio::test]
async fn a_copy_of_the_page_says_that_nobody_has_given_access_there_and_changes_no_access_silently() {
    let deployment = deployment();
    let (chart, _) = given(&deployment, "page").await;
    readable(&deployment, COPY);
    let copied = Look { page: COPY, ..RITA };
    let page = Page { deployment: &deployment, account: RITA.account };
    consents(&deployment, &page, &chart, "Rita Reader").await;
    let before = counts(&deployment);
    let seen = copied.sees(&deployment, &chart).await;
    assert_eq!((&seen["state"], &seen["button"]), (&json!("not_delegated_here"), &json!("Ask the author")), "{seen}");
    assert_eq!((&seen["figure"], &seen["access"]), (&Value::Null, &Value::Null));
    assert_eq!(seen["author"], "Ada Admin");
    assert_eq!(seen["ask_url"], format!("https://causeway.example/charts/{chart}?page=one/{COPY}"));
    assert_eq!(counts(&deployment), before, "neither Ada's access nor Rita's was used");
    let own = copied.asks(&deployment, &chart, &json!({"delegated": false})).await;
    assert_eq!((&own["state"], &own["access"]["kind"]), (&json!("drawn"), &json!("own")), "Rita chose: {own}");
    let undelegated = RITA.asks(&deployment, &chart, &json!({"delegated": false})).await;
    assert_eq!(undelegated["access"]["kind"], "own", "what was given is not used where the author did not choose it");
}

#[tokio::test]
async fn each_audience_admits_whom_it_names() {
    let guest = Look { account: Some("gus"), is_licensed: false, ..RITA };
    let anonymous = Look { account: None, token: None, ..RITA };
    let ada = Look { account: Some("ada"), ..RITA };
    for (audience, admitted) in
        [("members", [true, false, false]), ("licensed", [true, true, false]), ("page", [true; 3])]
    {
        let deployment = deployment();
        let (chart, _) = given(&deployment, audience).await;
        for (look, is_admitted) in [ada, RITA, guest].into_iter().zip(admitted) {
            let expected = if is_admitted { "drawn" } else { "not_delegated_here" };
            assert_eq!(look.state(&deployment, &chart).await, expected, "{audience}: {:?}", look.account);
        }
        let before = asked_of_confluence(&deployment).len();
        assert_eq!(anonymous.state(&deployment, &chart).await, "not_delegated_here", "{audience}");
        assert_eq!(asked_of_confluence(&deployment).len(), before, "there is nobody to ask as");
    }
}

#[tokio::test]
async fn nothing_is_shown_unless_confluence_says_that_the_reader_may_read_the_page() {
    for (answer, why) in [
        (FakeResponse::json(404, "{}"), None),
        (FakeResponse::json(403, "{}"), None),
        (
            FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#),
            Some("did not say"),
        ),
        (FakeResponse::json(429, "{}"), Some("did not say")),
        (FakeResponse::json(503, "{}"), Some("did not say")),
        (FakeResponse::json(200, r#"{"id":"1"}"#), Some("did not say")),
        (FakeResponse::json(200, "[]"), Some("did not say")),
        (FakeResponse::Failure(crate::ports::HttpFailure::Timeout), Some("did not say")),
    ] {
        let deployment = deployment();
        let (chart, _) = given(&deployment, "page").await;
        confluence(&deployment, HERE, answer.clone());
        let before = counts(&deployment);
        let seen = RITA.sees(&deployment, &chart).await;
        assert_eq!(
            (&seen["state"], &seen["figure"]),
            (&json!("not_delegated_here"), &Value::Null),
            "{answer:?}: {seen}"
        );
        assert_eq!(
            seen["cause"].as_str().is_some_and(|cause| why.is_some_and(|why| cause.contains(why))),
            why.is_some()
        );
        assert_eq!(counts(&deployment), before, "{answer:?}");
    }
    let deployment = deployment();
    let (chart, _) = given(&deployment, "page").await;
    let seen = Look { token: None, ..RITA }.sees(&deployment, &chart).await;
    assert_eq!(
        seen["state"], "not_delegated_here",
        "without a token of the reader's nobody can be asked as the reader"
    );
}

#[tokio::test]
async fn confluence_is_asked_once_a_minute_for_each_reader_and_page() {
    let deployment = deployment();
    let (chart, _) = given(&deployment, "page").await;
    let hops = || deployment.world.hops.borrow().len();
    let before = hops();
    RITA.sees(&deployment, &chart).await;
    assert_eq!((hops() - before, asked_of_confluence(&deployment).len()), (2, 1));
    let before = hops();
    RITA.sees(&deployment, &chart).await;
    assert_eq!((hops() - before, asked_of_confluence(&deployment).len()), (1, 1), "known");
    Look { account: Some("gus"), ..RITA }.sees(&deployment, &chart).await;
    assert_eq!(asked_of_confluence(&deployment).len(), 2, "what one may read says nothing of another");
    deployment.world.clock.advance(Duration::from_secs(61));
    confluence(&deployment, HERE, FakeResponse::json(404, "{}"));
    assert_eq!(
        RITA.state(&deployment, &chart).await,
        "not_delegated_here",
        "who may not read it any more sees nothing"
    );
}

#[tokio::test]
async fn an_open_page_that_looks_again_sees_that_it_was_paused_or_ended_and_asks_jira_nothing() {
    let deployment = deployment();
    let (chart, delegation) = given(&deployment, "page").await;
    RITA.sees(&deployment, &chart).await;
    let before = counts(&deployment);
    let look = async || RITA.asks(&deployment, &chart, &json!({"check": true})).await;
    let unchanged = look().await;
    assert_eq!((&unchanged["state"], &unchanged["figure"]), (&json!("drawn"), &Value::Null), "{unchanged}");
    let ada = deployment.ada().await;
    for what in ["pause", "end"] {
        ada.post(&format!("{delegation}/{what}"), &json!({})).await;
        let seen = look().await;
        assert_eq!((&seen["state"], &seen["button"]), (&json!("delegation_ended"), &json!("Ask the author")), "{seen}");
        let drawn = RITA.sees(&deployment, &chart).await;
        assert_eq!((&drawn["state"], &drawn["figure"]), (&json!("delegation_ended"), &Value::Null), "{drawn}");
    }
    assert_eq!(counts(&deployment), before);
}

#[tokio::test]
async fn a_page_in_another_module_or_on_another_site_is_another_place() {
    let deployment = deployment();
    let (chart, _) = given(&deployment, "page").await;
    let body = json!({"charts": [{"chart": chart, "delegated": true}]});
    for (pointer, value) in [
        ("/context/moduleKey", json!("project-charts")),
        ("/context/extension/content/type", json!("comment")),
        ("/context/extension/content/id", json!("98765/../98765")),
        ("/context/extension/content", Value::Null),
    ] {
        let mut claims = claims(&deployment, RITA.account);
        *claims.pointer_mut(pointer).expect("it is there") = value;
        let seen = call(&deployment, Method::POST, "/forge/v1/renders", &token(&claims), &body).await.json();
        assert_eq!(seen["renders"][0]["state"], "not_delegated_here", "{pointer}: {seen}");
    }
    let mut claims = claims(&deployment, RITA.account);
    claims["app"]["installation"]["contexts"] = json!([{"cloudId": "one"}, {"cloudId": "two"}]);
    claims["context"]["cloudId"] = "two".into();
    let seen = call(&deployment, Method::POST, "/forge/v1/renders", &token(&claims), &body).await.json();
    assert_eq!(seen["renders"][0]["state"], "not_delegated_here", "{seen}");
    assert_eq!(asked_of_confluence(&deployment), [""; 0]);
}

#[tokio::test]
async fn removing_the_app_ends_what_was_given_for_its_pages_alone() {
    let deployment = deployment();
    let (chart, only_page) = given(&deployment, "page").await;
    let ada = deployment.ada().await;
    let places = json!([{"kind": "organization"}, {"kind": "page", "id": format!("one/{HERE}")}]);
    let both = ada.post(&format!("/api/v1/charts/{chart}/delegations"), &json!({"placements": places})).await.json();
    let both = format!("/api/v1/delegations/{}", both["id"].as_str().expect("an id"));
    let elsewhere = json!({"placements": [{"kind": "page", "id": "two/1"}]});
    let elsewhere = ada.post(&format!("/api/v1/charts/{chart}/delegations"), &elsewhere).await.json();
    let elsewhere = format!("/api/v1/delegations/{}", elsewhere["id"].as_str().expect("an id"));
    RITA.sees(&deployment, &chart).await;
    let goodbye = token(&told(&deployment, "leaving"));
    call(&deployment, Method::POST, "/forge/v1/uninstalling", &goodbye, &json!({})).await;
    assert_eq!(ada.get(&only_page).await.json()["state"], "ended");
    let kept = ada.get(&both).await.json();
    assert_eq!((&kept["state"], &kept["placements"]), (&json!("active"), &json!([{"kind": "organization"}])), "{kept}");
    assert_eq!(ada.get(&elsewhere).await.json()["state"], "active");
    let log = ada.get("/api/v1/timeline?event=delegation_changed").await.json();
    assert_eq!(
        (&log["items"][0]["change"], &log["items"][0]["actor"]["kind"]),
        (&json!("ended"), &json!("atlassian")),
        "{log}"
    );
}
