//! Workspaces over HTTP, and what members may do: without a role, with the role, as admin of a connection.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    bringing::{JIRA, application_link, authorize_by_signature, jira, save},
    world::{Answered, Browser, Deployment, path_of},
};

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
    assert_eq!((&on["status"]["state"], &on["checked_at"]), (&json!("authorized"), &looked_at));
}

async fn signed(deployment: &Deployment, ada: &Browser<'_>, name: &str) -> Value {
    let attempt = authorize_by_signature(deployment, ada, &application_link(ada, false).await, "REQ-1").await;
    save(ada, name, &attempt).await
}

#[tokio::test]
async fn e3_who_may_reauthorize_over_an_application_link_makes_its_key_and_its_guide_and_no_other() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let (staging, hidden) = (signed(&deployment, &ada, "Staging").await, signed(&deployment, &ada, "Hidden").await);
    let cloud = ada.connect("Cloud").await;
    let web = workspace(&ada, "Web").await;
    for granted in [&staging, &cloud] {
        let access = json!({"workspaces": [id_in(&web)], "confirmed": true});
        let answered = ada.call(Method::PATCH, &format!("{}/access", path_of(granted)), &access).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    }
    let max = let_in(&deployment, &ada, &web, "max", false).await;
    let tess = let_in(&deployment, &ada, &web, "tess", true).await;
    let carl = let_in(&deployment, &ada, &web, "carl", false).await;
    let carls = carl.get("/api/v1/session").await.json()["member"]["id"].clone();
    ada.edit(&ada.show(&staging).await, &json!({"admins": [carls]})).await;
    let for_ = |connection: &Value| json!({"connection_id": connection["id"]});
    let guide = |address: &str, key: &Value, connection: &Value| {
        json!({"kind": "oauth1", "address": address, "consumer_key": "causeway", "key_id": key,
            "connection_id": connection["id"]})
    };
    for who in [&max, &tess, &carl] {
        assert_eq!(who.post("/api/v1/rsa-keys", &json!({})).await.code(), "forbidden", "for a new connection");
        assert_eq!(who.post("/api/v1/rsa-keys", &for_(&hidden)).await.code(), "not_found");
        let hiddens = guide(JIRA, &hidden["credential"]["key"]["id"], &hidden);
        assert_eq!(who.post("/api/v1/guides", &hiddens).await.code(), "not_found");
        let mut any = hiddens.clone();
        any.as_object_mut().expect("an object").remove("connection_id");
        assert_eq!(who.post("/api/v1/guides", &any).await.code(), "forbidden");
    }
    let own = guide(JIRA, &staging["credential"]["key"]["id"], &staging);
    assert_eq!(max.post("/api/v1/rsa-keys", &for_(&staging)).await.code(), "forbidden");
    assert_eq!(max.post("/api/v1/guides", &own).await.code(), "forbidden");
    assert_eq!(tess.post("/api/v1/rsa-keys", &for_(&cloud)).await.code(), "invalid_request", "it signs nothing");
    for (who, manages) in [(&tess, false), (&carl, true)] {
        let key = who.post("/api/v1/rsa-keys", &for_(&staging)).await;
        assert_eq!(key.status, StatusCode::CREATED, "{}", key.body);
        let key = key.json();
        for key in [&key["id"], &staging["credential"]["key"]["id"]] {
            let link = who.post("/api/v1/guides", &guide(JIRA, key, &staging)).await;
            assert_eq!(link.status, StatusCode::CREATED, "{}", link.body);
        }
        let elsewhere = who.post("/api/v1/guides", &guide("https://new.example.com", &key["id"], &staging)).await;
        let expected = if manages { StatusCode::CREATED } else { StatusCode::FORBIDDEN };
        assert_eq!(elsewhere.status, expected, "{}", elsewhere.body);
        let another = guide(JIRA, &hidden["credential"]["key"]["id"], &staging);
        assert_eq!(who.post("/api/v1/guides", &another).await.code(), "key_not_usable");
        let again = json!({"kind": "oauth1", "connection_id": staging["id"], "credential": {"kind": "oauth1",
            "address": JIRA, "consumer_key": "causeway", "key_id": key["id"], "verification_code": false}});
        let attempt = authorize_by_signature(&deployment, who, &again, "REQ-1").await;
        let saved = who.edit(&ada.show(&staging).await, &json!({"authorization_id": attempt["id"]})).await;
        assert_eq!(saved.status, StatusCode::OK, "{} {attempt}", saved.body);
        assert_eq!(saved.json()["credential"]["key"]["id"], key["id"]);
    }
}

#[tokio::test]
async fn a_member_learns_who_manages_a_connection_by_name_and_nothing_else_of_them() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let web = workspace(&ada, "Web").await;
    let staging = connect(&ada, "Staging", &web).await;
    let max = let_in(&deployment, &ada, &web, "max", false).await;
    let carl = let_in(&deployment, &ada, &web, "carl", false).await;
    // Nora has never signed in.
    ada.post(&format!("{web}/members"), &json!({"email": "nora@example.com", "issue_tracking": false})).await;
    let members = ada.get("/api/v1/members").await.json();
    let of = |email: &str| {
        let all = members["items"].as_array().expect("members");
        all.iter().find(|member| member["email"] == email).expect("a member")["id"].clone()
    };
    let admins = json!({"admins": [of("carl@example.com"), of("nora@example.com")]});
    assert_eq!(ada.edit(&staging, &admins).await.json()["admin_names"], json!(["carl", "nora@example.com"]));
    let seen = max.show(&staging).await;
    assert_eq!((&seen["admin_names"], &seen["admins"]), (&json!(["carl"]), &json!([])));
    assert!(!max.get("/api/v1/connections").await.body.contains("nora@example.com"));
    assert_eq!(carl.show(&staging).await["admin_names"], json!(["carl", "nora@example.com"]));
}
