//! Workspaces over HTTP, and what members may do: without a role, with the role, as admin of a connection.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::{Answered, Browser, Deployment, path_of};

async fn workspace(ada: &Browser<'_>, name: &str) -> String {
    let made = ada.post("/api/v1/workspaces", &json!({"name": name})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    format!("/api/v1/workspaces/{}", made.json()["id"].as_str().expect("an id"))
}

fn id_in(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

async fn connect(ada: &Browser<'_>, name: &str, workspace: &str) -> Value {
    let id = ada.authorize().await;
    let new = json!({"name": name, "authorization_id": id, "workspaces": [id_in(workspace)]});
    let saved = ada.post("/api/v1/connections", &new).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.body);
    saved.json()
}

async fn let_in<'d>(
    deployment: &'d Deployment,
    ada: &Browser<'_>,
    workspace: &str,
    name: &str,
    role: bool,
) -> Browser<'d> {
    let email = format!("{name}@example.com");
    let body = json!({"email": email, "issue_tracking": role});
    let answered = ada.post(&format!("{workspace}/members"), &body).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    deployment.signed_in(&email, name).await
}

async fn ask(who: &Browser<'_>, method: &str, path: &str, body: &Value) -> Answered {
    match method {
        "GET" => who.get(path).await,
        other => who.call(Method::from_bytes(other.as_bytes()).expect("a method"), path, body).await,
    }
}

/// What a connection can be asked, and whether a member may without a role, with the role, as the connection's admin.
fn on_connection() -> Vec<(&'static str, &'static str, Value, [bool; 3])> {
    let (none, reauthorizers, admins) = ([false; 3], [false, true, true], [false, false, true]);
    vec![
        ("GET", "", json!({}), [true; 3]),
        ("POST", "/checkup", json!({}), reauthorizers),
        ("GET", "/timeline", json!({}), admins),
        ("GET", "/impact?action=delete", json!({}), admins),
        ("GET", "/access", json!({}), admins),
        ("PATCH", "/access", json!({"workspaces": [], "confirmed": true}), none),
        ("POST", "/renew", json!({}), admins),
        ("POST", "/revert", json!({}), admins),
        ("POST", "/deactivate", json!({}), admins),
        ("POST", "/activate", json!({}), admins),
        ("POST", "/unauthorize", json!({"reach": "connection"}), admins),
        ("DELETE", "", json!({}), admins),
        ("POST", "/restore", json!({}), admins),
    ]
}

#[tokio::test]
async fn e3_every_route_of_a_connection_asks_what_a_member_is_to_it() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (web, other) = (workspace(&ada, "Web").await, workspace(&ada, "Other").await);
    let (staging, hidden) = (connect(&ada, "Staging", &web).await, connect(&ada, "Hidden", &other).await);
    let max = let_in(&deployment, &ada, &web, "max", false).await;
    let tess = let_in(&deployment, &ada, &web, "tess", true).await;
    let carl = let_in(&deployment, &ada, &web, "carl", false).await;
    let carls = carl.get("/api/v1/session").await.json()["member"]["id"].clone();
    let handed = ada.edit(&staging, &json!({"admins": [carls]})).await;
    assert_eq!((handed.status, &handed.json()["admins"][0]), (StatusCode::OK, &carls), "{}", handed.body);
    let start = |connection: &Value| json!({"kind": "cloud_oauth2", "connection_id": connection["id"]});
    for (at, who) in [&max, &tess, &carl].into_iter().enumerate() {
        let edit = who.edit(&ada.show(&staging).await, &json!({"name": "Staging"})).await;
        assert_eq!(edit.status == StatusCode::FORBIDDEN, at < 2, "{}", edit.body);
        let admins = who.edit(&ada.show(&staging).await, &json!({"admins": []})).await;
        assert_eq!(admins.code(), "forbidden");
        let begun = who.post("/api/v1/authorizations", &start(&staging)).await;
        assert_eq!(begun.status == StatusCode::FORBIDDEN, at == 0, "{}", begun.body);
        assert_eq!(who.post("/api/v1/authorizations", &start(&hidden)).await.code(), "not_found");
        assert_eq!(who.edit(&hidden, &json!({"name": "Mine"})).await.code(), "not_found");
        for (method, rest, body, allowed) in on_connection() {
            let answered = ask(who, method, &format!("{}{rest}", path_of(&staging)), &body).await;
            let refused = answered.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !allowed[at], "{at}: {method} {rest} gave {} {}", answered.status, answered.body);
            assert_ne!(answered.status, StatusCode::NOT_FOUND, "{at}: {method} {rest}");
            let answered = ask(who, method, &format!("{}{rest}", path_of(&hidden)), &body).await;
            let expected = if rest == "/access" && method == "PATCH" { "forbidden" } else { "not_found" };
            assert_eq!(answered.code(), expected, "{at}: {method} {rest}");
        }
    }
    assert_eq!(ada.show(&hidden).await["version"], hidden["version"], "nothing was changed");
}

#[tokio::test]
async fn e3_what_is_the_organizations_is_refused_to_every_member() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let web = workspace(&ada, "Web").await;
    let tess = let_in(&deployment, &ada, &web, "tess", true).await;
    for (method, path, body) in [
        ("POST", "/api/v1/workspaces".to_owned(), json!({"name": "Mine"})),
        ("PATCH", web.clone(), json!({"archived": true})),
        ("POST", format!("{web}/members"), json!({"email": "eve@example.com", "issue_tracking": true})),
        ("DELETE", format!("{web}/members/mem_1"), json!({})),
        ("GET", "/api/v1/members".to_owned(), json!({})),
        ("POST", "/api/v1/members/mem_1/sign-out".to_owned(), json!({})),
        ("GET", "/api/v1/attention".to_owned(), json!({})),
        ("GET", "/api/v1/timeline".to_owned(), json!({})),
        ("GET", "/api/v1/api-keys".to_owned(), json!({})),
        ("GET", "/api/v1/webhooks".to_owned(), json!({})),
        ("POST", "/api/v1/authorizations".to_owned(), json!({"kind": "cloud_oauth2"})),
    ] {
        assert_eq!(ask(&tess, method, &path, &body).await.code(), "forbidden", "{method} {path}");
    }
    for path in [web.as_str(), "/api/v1/workspaces", "/api/v1/connections", "/api/v1/session"] {
        assert_eq!(tess.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_workspace_lives_from_its_making_to_the_loss_of_a_connection() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let web = workspace(&ada, "Web").await;
    assert_eq!(ada.post("/api/v1/workspaces", &json!({"name": "web"})).await.code(), "name_taken");
    let id = ada.authorize().await;
    let refused = ada.post("/api/v1/connections", &json!({"name": "Staging", "authorization_id": id})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "workspace_required".to_owned()));
    let staging = connect(&ada, "Staging", &web).await;
    assert_eq!(staging["workspaces"][0]["name"], "Web");
    let new = json!({"name": "Shop", "connection_id": staging["id"], "jira_project": "SHOP"});
    let shop = ada.post(&format!("{web}/projects"), &new).await;
    assert_eq!((shop.status, &shop.json()["connection"]["name"]), (StatusCode::CREATED, &json!("Staging")));
    let mobile = workspace(&ada, "Mobile").await;
    let access = format!("{}/access", path_of(&staging));
    assert_eq!(ada.get(&access).await.json()["workspaces"][1]["projects"], json!(["Shop"]));
    let change = json!({"workspaces": [id_in(&mobile)]});
    let refused = ada.call(Method::PATCH, &access, &change).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "confirmation_required".to_owned()));
    assert_eq!(refused.json()["detail"], "This would disconnect Shop (Web).");
    let change = json!({"workspaces": [id_in(&mobile)], "confirmed": true});
    let changed = ada.call(Method::PATCH, &access, &change).await;
    assert_eq!((changed.status, &changed.json()["workspaces"][0]["name"]), (StatusCode::OK, &json!("Mobile")));
    let projects = ada.get(&format!("{web}/projects")).await.json();
    assert_eq!(projects["items"][0]["disconnected"]["connection_name"], "Staging");
    let shop = format!("/api/v1/projects/{}", shop.json()["id"].as_str().expect("an id"));
    let gone = ada.call(Method::DELETE, &shop, &json!({})).await;
    assert_eq!((gone.status, gone.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(ada.call(Method::PATCH, &shop, &new).await.code(), "not_found");
}

#[tokio::test]
async fn who_is_taken_out_of_the_last_workspace_is_signed_out() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let web = workspace(&ada, "Web").await;
    let max = let_in(&deployment, &ada, &web, "max", false).await;
    let member = max.get("/api/v1/session").await.json()["member"].clone();
    assert_eq!(member["role"], "member");
    let path = format!("{web}/members/{}", member["id"].as_str().expect("an id"));
    assert_eq!(ada.call(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(max.get("/api/v1/session").await.code(), "not_signed_in");
}

#[tokio::test]
async fn what_is_switched_on_again_is_looked_at() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let staging = ada.connect("Staging").await;
    let off = ada.act(&staging, "deactivate", &json!({})).await.json();
    assert_eq!((&off["status"]["state"], &off["status"]["by"]), (&json!("deactivated"), &json!("Ada Admin")));
    assert_eq!(ada.act(&staging, "checkup", &json!({})).await.code(), "connection_deactivated");
    let on = ada.act(&staging, "activate", &json!({})).await.json();
    let looked_at = json!(crate::ports::Clock::now(&*deployment.world));
    assert_eq!((&on["status"]["cause"], &on["checked_at"]), (&json!("scopes_missing"), &looked_at));
}
