//! Who may call which endpoint: one table, over every endpoint of the contract and every kind of caller.
//!
//! A refused call must change nothing. A call that is let in may be refused for reasons of its own (409, 412, 422 …), but
//! never as somebody who may not (401, 403, 404).

use std::collections::BTreeMap;

use api::{NewResync, ProjectId, ResyncDirection, ResyncScope};
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::world::{Deployment, PUBLIC_URL};
use crate::{
    fakes::FakeResponse,
    organization_id::OrganizationId,
    project_keeper::{ProjectCommand, ProjectIdentity, command_project},
};

mod table;

pub(super) use table::ADMINISTRATOR_COLUMN;
use table::{ANYBODY, CALLERS, TABLE};

/// An organization in which everything that an endpoint can be about exists.
pub(super) struct Populated {
    pub(super) deployment: Deployment,
    /// What stands for each parameter of a path, by the path's first segment, and ids for bodies.
    ids: BTreeMap<&'static str, String>,
    /// The credential of each caller: the name and value of a header.
    pub(super) credentials: Vec<Option<(&'static str, String)>>,
}

/// A chart of the site that the connections are to.
fn chart() -> Value {
    json!({"site": "one", "spec": {"source": {"jql": "project = ABC"}, "mark": "tile", "says": {"title": "Open"}}})
}

fn id_of(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

/// A resync of the project. The keeper makes it, because the project has no connection.
async fn resync_of(deployment: &Deployment, project: &str) -> String {
    let project = ProjectId::parse(project).expect("an id");
    let identity = ProjectIdentity { organization: OrganizationId::default(), project };
    let new = NewResync { scope: ResyncScope::All, direction: ResyncDirection::Compare, external_ids: Vec::new() };
    let command = ProjectCommand::CreateResync { new, by: "Ada".to_owned(), id: None, start: false };
    let created = command_project(&*deployment.world, identity, command).await.expect("a resync");
    id_of(&serde_json::from_str(created.get()).expect("JSON"))
}

impl Populated {
    pub(super) async fn new() -> Self {
        let deployment = Deployment::new();
        // Whatever stands at an address of an example answers nothing of use.
        let silent = FakeResponse::json(503, "{}");
        deployment.world.receivers.borrow_mut().insert("jira.example.com".to_owned(), silent);
        let asked =
            [("search/approximate-count", r#"{"count":0}"#), ("field", "[]"), ("filter/search", r#"{"values":[]}"#)];
        for (path, body) in asked.into_iter().chain([("jql/parse", r#"{"queries":[]}"#)]) {
            let address = format!("api.atlassian.example/ex/jira/one/rest/api/3/{path}");
            deployment.world.instances.borrow_mut().insert(address, FakeResponse::json(200, body));
        }
        let ada = deployment.ada().await;
        let (connection, other) = (ada.connect("Staging").await, ada.connect("Other").await);
        let mut workspaces = Vec::new();
        for (name, people) in [("Web", &[("max", false), ("tia", true)][..]), ("Elsewhere", &[("cora", false)])] {
            let workspace = id_of(&ada.post("/api/v1/workspaces", &json!({"name": name})).await.json());
            for (person, tracks) in people {
                let member = json!({"email": format!("{person}@example.com"), "issue_tracking": tracks});
                let added = ada.post(&format!("/api/v1/workspaces/{workspace}/members"), &member).await;
                assert!(added.status.is_success(), "{}", added.body);
            }
            workspaces.push(workspace);
        }
        let members = ada.get("/api/v1/members").await.json();
        let member = |email: &str| {
            let all = members["items"].as_array().expect("a list");
            id_of(all.iter().find(|one| one["email"] == email).expect("a member"))
        };
        let access = format!("/api/v1/connections/{}/access", id_of(&connection));
        let granted = ada.call(Method::PATCH, &access, &json!({"workspaces": [workspaces[0]]})).await;
        let edited = ada.edit(&granted.json(), &json!({"admins": [member("cora@example.com")]})).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.body);
        let projects = format!("/api/v1/workspaces/{}/projects", workspaces[0]);
        let project = ada.post(&projects, &json!({"name": "Shop"})).await.json();
        let task = format!("/api/v1/projects/{}/tasks/F-1", id_of(&project));
        let pushed = ada.call(Method::PUT, &task, &json!({"title": "Contrast", "status": "open"})).await;
        assert_eq!(pushed.status, StatusCode::OK, "{}", pushed.body);
        let resync = resync_of(&deployment, &id_of(&project)).await;
        let hook = json!({"url": "https://hooks.example.com/x", "events": ["interrupted"]});
        let webhook = id_of(&ada.post("/api/v1/webhooks", &hook).await.json());
        let delivery = ada.post(&format!("/api/v1/webhooks/{webhook}/test"), &json!({})).await.json();
        let key = ada.post("/api/v1/api-keys", &json!({"name": "CI", "scopes": ["proxy"]})).await.json();
        let everything = ["connections:read", "connections:write", "proxy", "tasks:read", "tasks:write", "charts:read"];
        let elsewhere = json!({"name": "Elsewhere", "scopes": everything, "connections": [id_of(&other)]});
        let elsewhere = ada.post("/api/v1/api-keys", &elsewhere).await.json();
        let chart = ada.post("/api/v1/charts", &chart()).await.json();
        ada.consent_to_view("one").await;
        let delegations = format!("/api/v1/charts/{}/delegations", id_of(&chart));
        let delegation = ada.post(&delegations, &json!({})).await.json();
        let embed = json!({"chart_id": id_of(&chart), "kind": "signed", "origins": ["https://intranet.example.com"]});
        let embed = ada.post("/api/v1/embeds", &embed).await.json()["embed"].take();
        let own = ada.get("/api/v1/viewers/me").await.json();
        let begun = ada.post("/api/v1/authorizations", &json!({"kind": "cloud_oauth2"})).await.json();
        let guide = json!({"kind": "data_center_oauth2", "address": "https://jira.example.com"});
        let link = ada.post("/api/v1/guides", &guide).await.json();
        let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link").to_owned();
        let cookie = |browser: &super::world::Browser<'_>| {
            let session = browser.cookies.borrow()["__Host-session"].clone();
            Some(("cookie", format!("__Host-session={session}")))
        };
        let bearer = |key: &Value| Some(("authorization", format!("Bearer {}", key["key"].as_str().expect("a key"))));
        let mut credentials = vec![None, Some(("cookie", format!("__Host-session={}", "x".repeat(43))))];
        for (email, name) in [("max@example.com", "Max"), ("tia@example.com", "Tia"), ("cora@example.com", "Cora")] {
            credentials.push(cookie(&deployment.signed_in(email, name).await));
        }
        credentials.extend([cookie(&ada), bearer(&key), bearer(&elsewhere)]);
        let ids = BTreeMap::from([
            ("connections", id_of(&connection)),
            ("authorizations", id_of(&begun)),
            ("workspaces", workspaces[0].clone()),
            ("projects", id_of(&project)),
            ("resyncs", resync),
            ("webhooks", webhook),
            ("deliveries", id_of(&delivery)),
            ("api-keys", id_of(&key)),
            ("members", member("max@example.com")),
            ("guides", token),
            ("charts", id_of(&chart)),
            ("delegations", id_of(&delegation)),
            ("embeds", id_of(&embed)),
            ("meanings", chart["meaning"].as_str().expect("a digest").to_owned()),
            ("viewers", own["viewer"].as_str().expect("a viewer").to_owned()),
            ("grants", id_of(&own["grants"][0])),
        ]);
        drop(ada);
        Self { deployment, ids, credentials }
    }

    /// The path with real ids, and a body that the contract allows.
    pub(super) fn request(&self, operation: &Operation, caller: usize) -> Request<Body> {
        let first = operation.path.split('/').nth(3).unwrap_or_default();
        let mut path = operation.path.replace("{member}", &self.ids["members"]).replace("{external_id}", "F-1");
        path = path.replace("{grant}", &self.ids["grants"]);
        for parameter in ["{id}", "{token}"] {
            path = path.replace(parameter, self.ids.get(first).map_or("", String::as_str));
        }
        let query = match operation.name.as_str() {
            "GetImpact" => "?action=delete",
            "ExportAuditLog" | "ExportConnections" => "?format=csv",
            "ListChartFields" | "ListChartFilters" => "?site=one",
            _ => "",
        };
        let mut request = Request::builder()
            .method(operation.method.as_str())
            .uri(format!("{path}{query}"))
            .header("origin", PUBLIC_URL)
            .header("x-causeway", "1")
            .header("sec-fetch-site", "same-origin")
            .header(header::IF_MATCH, "\"1\"")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some((name, value)) = &self.credentials[caller] {
            request = request.header(*name, value);
        }
        request.body(self.body(operation)).expect("a request")
    }

    /// The document's example, with what exists here in place of what it names.
    fn body(&self, operation: &Operation) -> Body {
        let connection = &self.ids["connections"];
        let body = match operation.name.as_str() {
            "CreateAuthorization" => json!({"kind": "cloud_oauth2", "connection_id": connection}),
            "ConfirmAddress" => json!({"address": "https://jira.example.com"}),
            "CreateWorkspace" => json!({"name": "Another", "connections": [connection]}),
            "AddMember" => json!({"email": "new@example.com", "workspace": self.ids["workspaces"]}),
            "GenerateRsaKey" => json!({"connection_id": connection}),
            "CreateGuide" => json!({"kind": "data_center_oauth2", "address": "https://jira.example.com",
                "connection_id": connection}),
            "EditConnection" => json!({"name": "Production"}),
            "EditProject" => json!({"name": "Window"}),
            "CreateChart" | "PreviewChart" => chart(),
            "CheckChartQuery" => json!({"site": "one", "jql": "project = ABC"}),
            "RenderChart" => json!({}),
            "CreateDelegation" => json!({"ask": "ada@example.com"}),
            "GrantDelegation" => json!({"meaning": self.ids["meanings"]}),
            "CreateEmbed" => {
                json!({"chart_id": self.ids["charts"], "kind": "signed", "origins": ["https://intranet.example.com"]})
            }
            "EditEmbed" => json!({"state": "paused"}),
            "AuthorizeViewer" => json!({"site": "one"}),
            _ => operation.example.clone(),
        };
        if body.is_null() { Body::empty() } else { Body::from(body.to_string()) }
    }

    /// Everything that is stored, but for when keys and sessions were last used.
    fn stored(&self) -> String {
        let is_touched = |line: &&str| line.starts_with("sessions:") || line.starts_with("api_keys:");
        let dump = self.deployment.world.tables.dump();
        dump.lines().filter(|line| !is_touched(line)).collect::<Vec<_>>().join("\n")
    }
}

/// An operation of the document.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) method: String,
    path: String,
    example: Value,
}

pub(super) fn operations() -> Vec<Operation> {
    let document = include_str!("../../../../../public/api/v1/openapi.json");
    let document: Value = serde_json::from_str(document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.filter(|(_, operation)| operation["operationId"].is_string()).map(|(method, operation)| Operation {
            name: operation["operationId"].as_str().expect("a name").to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
            example: operation["requestBody"]["content"]["application/json"]["example"].clone(),
        })
    });
    // The proxy has tests of its own: only API keys may call it.
    all.filter(|operation| !operation.path.contains("/jira/")).collect()
}

#[tokio::test]
async fn nothing_is_asked_sealed_or_generated_for_nobody_and_for_guesses() {
    let mut populated = Populated::new().await;
    let guess = format!("default_{}", "g".repeat(55));
    let callers = [
        ("nobody", None, 0),
        ("a made-up session", Some(("cookie", format!("__Host-session={guess}"))), 0),
        ("a made-up key", Some(("authorization", format!("Bearer cw_{guess}"))), 0),
        // One of before keys verified themselves: only the organization can tell.
        ("an unknown key of the old form", Some(("authorization", format!("Bearer cw_{}", "g".repeat(43)))), 1),
    ];
    for operation in operations() {
        let (_, row) = TABLE.iter().find(|(name, _)| *name == operation.name).expect("it is in the table");
        for (caller, credential, most_hops) in &callers {
            populated.credentials[0].clone_from(credential);
            let world = &populated.deployment.world;
            // The health check tries the cryptography, for whoever asks.
            let sealed = || if *row == ANYBODY { 0 } else { world.sealed.get() };
            let spent = || (world.rsa_generated.get(), sealed(), world.asked.borrow().len());
            let (before, hops) = (spent(), world.hops.borrow().len());
            let answered = populated.deployment.send(populated.request(&operation, 0)).await;
            let what = format!("{} as {caller}: {}", operation.name, answered.body);
            assert_eq!(spent(), before, "{what}");
            if *row != ANYBODY {
                assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{what}");
                assert!(world.hops.borrow().len() - hops <= *most_hops, "{what}");
            }
        }
    }
}

#[test]
fn every_endpoint_says_who_may_call_it() {
    let named: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    for operation in operations() {
        assert!(named.contains(&operation.name.as_str()), "{} is not in the table of permissions", operation.name);
    }
    assert_eq!(named.len(), operations().len(), "the table names an endpoint that there is not");
}

#[tokio::test]
async fn nobody_gets_further_than_the_table_says() {
    for operation in operations() {
        let (_, row) = TABLE.iter().find(|(name, _)| *name == operation.name).expect("it is in the table");
        let mut populated = Populated::new().await;
        for (caller, expected) in row.chars().enumerate() {
            let before = populated.stored();
            let answered = populated.deployment.send(populated.request(&operation, caller)).await;
            let who = format!("{} {} as {}: {}", operation.method, operation.path, CALLERS[caller], answered.body);
            match expected {
                '1' => assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{who}"),
                '3' => assert_eq!(answered.status, StatusCode::FORBIDDEN, "{who}"),
                '4' => assert_eq!(answered.status, StatusCode::NOT_FOUND, "{who}"),
                _ => {
                    let refusals = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
                    assert!(!refusals.contains(&answered.status), "{} {who}", answered.status);
                    // What it did must not decide about the next caller.
                    populated = Populated::new().await;
                    continue;
                }
            }
            assert_eq!(populated.stored(), before, "a refused call changed something: {who}");
            assert_eq!(populated.deployment.world.told.borrow().len(), 6, "no keeper was told: {who}");
        }
    }
}
