//! A reader loads a chart: consent in a window of its own, for the account that looks.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Page, deployment, page::charts_of};
use crate::{
    fakes::FakeResponse,
    http::tests::world::{Browser, Deployment, account, tokens},
};

/// The address at which the window of a consent opens, without the origin; and the authorization's id.
async fn load(page: &Page<'_>, chart: &str) -> (String, String) {
    let begun = page.post("/forge/v1/authorizations", &json!({"chart": chart})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let begun = begun.json();
    let url = begun["start_url"].as_str().expect("an address");
    let path = url.strip_prefix("https://causeway.example").expect("an address of ours").to_owned();
    (path, begun["id"].as_str().expect("an id").to_owned())
}

/// Opens the window, and accepts as whoever is logged in at Atlassian. Answers where the window ends.
async fn accept(window: &Browser<'_>, start: &str) -> String {
    let left = window.get(start).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
    let url = url::Url::parse(left.location()).expect("a URL");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let back = window.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    let page = back.location().to_owned();
    assert_eq!(window.get(&page).await.status, StatusCode::OK, "{page}");
    page
}

fn logged_in_as(deployment: &Deployment, id: &str, name: &str) {
    *deployment.world.me.borrow_mut() = account(id, name);
    *deployment.world.token_answer.borrow_mut() = FakeResponse::json(200, &tokens().to_string());
}

pub(super) async fn consents(deployment: &Deployment, page: &Page<'_>, chart: &str, name: &str) {
    let (start, _) = load(page, chart).await;
    logged_in_as(deployment, page.account.expect("an account"), name);
    assert_eq!(accept(&deployment.stranger(), &start).await, "/oauth/loaded");
}

#[tokio::test]
async fn a_reader_without_membership_loads_every_chart_with_one_consent() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 3).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    let ids: Vec<&str> = charts.iter().map(String::as_str).collect();
    for render in page.renders(&ids).await.as_array().expect("a list") {
        assert_eq!((&render["state"], &render["button"]), (&json!("consent_needed"), &json!("Load chart")), "{render}");
    }
    let (start, id) = load(&page, ids[0]).await;
    let waits = page.get(&format!("/forge/v1/authorizations/{id}")).await.json();
    assert_eq!((&waits["is_pending"], &waits["state"]), (&json!(true), &json!("consent_needed")), "{waits}");
    logged_in_as(&deployment, "rita", "Rita Reader");
    assert_eq!(accept(&deployment.stranger(), &start).await, "/oauth/loaded");
    let done = page.get(&format!("/forge/v1/authorizations/{id}")).await.json();
    assert_eq!((&done["is_pending"], &done["state"]), (&json!(false), &json!("drawn")), "{done}");
    for render in page.renders(&ids).await.as_array().expect("a list") {
        assert_eq!(
            (&render["state"], &render["access"]["account"]),
            (&json!("drawn"), &json!("Rita Reader")),
            "{render}"
        );
        let figure = render["figure"].as_str().expect("a figure");
        assert!(
            figure.contains("<figure class=\"chart\"")
                && figure.contains("<table")
                && figure.contains("with your access")
        );
        assert!(!figure.contains("style="), "the content security policy of the page allows no styles in attributes");
    }
    let viewers = deployment.ada().await.get("/api/v1/viewers").await.json();
    assert_eq!(
        (&viewers["items"][0]["member"], &viewers["items"][0]["grants"][0]["account"]["name"]),
        (&Value::Null, &json!("Rita Reader"))
    );
}

#[tokio::test]
async fn the_account_that_consents_must_be_the_one_that_looks() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("mallory") };
    let (start, id) = load(&page, &charts[0]).await;
    // Somebody else is sent the link, and accepts.
    logged_in_as(&deployment, "rita", "Rita Reader");
    let installed = deployment.world.told.borrow().len();
    assert_eq!(accept(&deployment.stranger(), &start).await, "/oauth/other-account");
    let failed = page.get(&format!("/forge/v1/authorizations/{id}")).await.json();
    assert_eq!((&failed["state"], &failed["code"]), (&json!("wrong_account"), &json!("other_account")), "{failed}");
    assert_eq!(page.renders(&[&charts[0]]).await[0]["state"], "consent_needed");
    assert_eq!(deployment.world.told.borrow()[installed..], [] as [String; 0], "no token was stored");
    assert!(!deployment.world.tables.dump().contains("Rita"), "nothing of hers was stored");
}

#[tokio::test]
async fn a_consent_is_asked_about_by_whoever_began_it_alone_and_its_link_opens_once() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    let (start, id) = load(&page, &charts[0]).await;
    let other = Page { deployment: &deployment, account: Some("mallory") };
    assert_eq!(other.get(&format!("/forge/v1/authorizations/{id}")).await.status, StatusCode::NOT_FOUND);
    logged_in_as(&deployment, "rita", "Rita Reader");
    assert_eq!(accept(&deployment.stranger(), &start).await, "/oauth/loaded");
    assert_eq!(deployment.stranger().get(&start).await.status, StatusCode::BAD_REQUEST);
    let as_members = start.replace("/reader/", "/");
    assert_eq!(deployment.stranger().get(&as_members).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_link_of_a_members_consent_needs_the_members_session() {
    let deployment = deployment();
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let begun = ada.post("/api/v1/viewers/me/authorizations", &json!({"site": "one"})).await.json();
    let ticket = begun["start_url"].as_str().expect("an address").rsplit('/').next().expect("a ticket");
    let without = deployment.stranger().get(&format!("/oauth/start/reader/{ticket}")).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST, "{}", without.body);
}

#[tokio::test]
async fn a_reader_who_cancels_is_told_so_and_can_load_again() {
    let deployment = deployment();
    let charts = charts_of(&deployment, 1).await;
    let page = Page { deployment: &deployment, account: Some("rita") };
    let (start, id) = load(&page, &charts[0]).await;
    let window = deployment.stranger();
    let left = window.get(&start).await;
    let url = url::Url::parse(left.location()).expect("a URL");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let back = window.get(&format!("/oauth/callback/cloud?error=access_denied&state={state}")).await;
    assert_eq!(back.location(), "/oauth/not-loaded");
    let failed = page.get(&format!("/forge/v1/authorizations/{id}")).await.json();
    assert_eq!((&failed["code"], &failed["button"]), (&json!("denied"), &json!("Load chart")), "{failed}");
    consents(&deployment, &page, &charts[0], "Rita Reader").await;
}
