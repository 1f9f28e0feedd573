//! Several organizations behind one edge: each secret says whose it is, and no other organization is asked.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use super::world::{Answered, Browser, Deployment};
use crate::{
    http::Edge,
    organization::{OpenSession, Opened, fixture::account_of},
    organization_id::OrganizationId,
};

/// A browser in which Ada is signed in to another organization than the default one.
async fn ada_of<'d>(deployment: &'d Deployment, organization: &str) -> Browser<'d> {
    let organization = OrganizationId::parse(organization).expect("an id");
    let edge = Edge { organization, ..deployment.edge.clone() };
    let session = edge.issue(crate::secrets::SecretUse::Credential).await.expect("a secret");
    let open = OpenSession {
        state: session.digest(),
        account: account_of("ada@example.com"),
        email: "ada@example.com".to_owned(),
        name: "Ada Admin".to_owned(),
        session: session.digest(),
        replaces: None,
    };
    let opened = edge.send(&open).await;
    assert!(matches!(opened, Ok(Opened::Signed(_))), "{opened:?}");
    let browser = deployment.stranger();
    browser.cookies.borrow_mut().insert("__Host-session".into(), session.expose().into());
    browser
}

async fn with_key(deployment: &Deployment, key: &str, path: &str) -> Answered {
    let request = Request::get(path).header("authorization", format!("Bearer {key}"));
    deployment.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn each_secret_leads_to_its_own_organization_and_shows_nothing_of_another() {
    let deployment = Deployment::new();
    let (ada, acme) = (deployment.ada().await, ada_of(&deployment, "acme").await);
    assert_eq!(ada.get("/api/v1/session").await.json()["organization"], "default");
    assert_eq!(acme.get("/api/v1/session").await.json()["organization"], "acme");
    let staging = ada.connect("Staging").await;
    let production = acme.connect("Production").await;
    let named = async |browser: &Browser<'_>| {
        let page = browser.get("/api/v1/connections").await.json();
        page["items"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((named(&ada).await, named(&acme).await), (vec![json!("Staging")], vec![json!("Production")]));
    let key = acme.key(&["connections:read"]).await;
    assert!(key.starts_with("cw_acme_"), "the key says whose it is");
    let path = |connection: &serde_json::Value| super::world::path_of(connection);
    assert_eq!(with_key(&deployment, &key, &path(&production)).await.status, StatusCode::OK);
    assert_eq!(with_key(&deployment, &key, &path(&staging)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.get(&path(&staging)).await.code(), "not_found");
    let guide = json!({"kind": "data_center_oauth2", "address": "https://jira.example.com"});
    let link = acme.post("/api/v1/guides", &guide).await.json();
    let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link").to_owned();
    let shown = deployment.stranger().get(&format!("/api/v1/guides/{token}")).await;
    assert_eq!(shown.status, StatusCode::OK, "the link alone finds the organization: {}", shown.body);
}

#[tokio::test]
async fn a_secret_that_names_an_organization_it_was_not_made_for_asks_nobody() {
    let deployment = Deployment::new();
    let acme = ada_of(&deployment, "acme").await;
    let key = acme.key(&["connections:read"]).await;
    let session = acme.cookies.borrow()["__Host-session"].clone();
    deployment.world.hops.borrow_mut().clear();
    let forged = with_key(&deployment, &key.replace("acme", "rival"), "/api/v1/connections").await;
    assert_eq!(forged.code(), "api_key_refused");
    let stranger = deployment.stranger();
    stranger.cookies.borrow_mut().insert("__Host-session".into(), session.replace("acme", "rival"));
    assert_eq!(stranger.get("/api/v1/connections").await.code(), "not_signed_in");
    assert_eq!(
        stranger.get(&format!("/oauth/start/{}", session.replace("acme", "rival"))).await.status.as_u16() / 100,
        4
    );
    let back = format!("/oauth/callback?code=x&state={}", session.replace("acme", "rival"));
    assert_eq!(stranger.get(&back).await.status.as_u16() / 100, 4);
    assert_eq!(*deployment.world.hops.borrow(), []);
}
