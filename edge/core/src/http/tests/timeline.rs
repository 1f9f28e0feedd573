//! The timeline over HTTP, and its export.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::world::{Browser, Deployment, path_of};

const EXPORT: &str = "/api/v1/timeline/export";

#[tokio::test]
async fn a_connection_tells_what_happened_to_it() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    ada.edit(&connection, &json!({"name": "Production"})).await;
    let timeline = ada.get(&format!("{}/timeline", path_of(&connection))).await.json();
    let newest = &timeline["items"][0];
    assert_eq!(
        (&newest["event"], &newest["from"], &newest["to"]),
        (&json!("renamed"), &json!("Staging"), &json!("Production"))
    );
    let actor = json!({"kind": "member", "name": "Ada Admin", "email": "ada@example.com"});
    assert_eq!((&newest["actor"], &newest["count"]), (&actor, &json!(1)));
    assert_eq!(
        (&timeline["items"][1]["event"], &timeline["items"][1]["account"]),
        (&json!("created"), &json!("Ada Admin"))
    );
    assert_eq!(timeline["items"].as_array().map(Vec::len), Some(2));
    let log = ada.get("/api/v1/timeline?event=signed_in&q=ada").await.json();
    assert_eq!((log["items"].as_array().map(Vec::len), &log["items"][0]["connection_id"]), (Some(1), &Value::Null));
    for bad in ["event=unheard_of", "limit=0", "limit=201", "cursor=x", "unknown=1"] {
        assert_eq!(ada.get(&format!("/api/v1/timeline?{bad}")).await.code(), "invalid_request", "{bad}");
    }
}

#[tokio::test]
async fn an_export_has_every_entry_once_however_many_and_is_itself_recorded() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for at in 0..450 {
        ada.post("/api/v1/api-keys", &json!({"name": format!("Key {at}"), "scopes": ["proxy"]})).await;
    }
    let exported = ada.post(&format!("{EXPORT}?format=json"), &json!({})).await;
    assert_eq!(
        (exported.status, &exported.headers["content-type"]),
        (StatusCode::OK, &"application/json".parse().expect("a type"))
    );
    assert_eq!(exported.headers["content-disposition"], "attachment; filename=\"causeway-timeline.json\"");
    let entries = exported.json();
    let entries = entries.as_array().expect("an array");
    let ids: Vec<u64> = entries.iter().filter_map(|entry| entry["id"].as_u64()).collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "newest first, none twice");
    assert_eq!((entries.len(), &entries[0]["event"]), (452, &json!("exported")));
    let filtered = ada.post(&format!("{EXPORT}?format=json&event=exported"), &json!({})).await.json();
    assert_eq!(filtered.as_array().map(Vec::len), Some(2));
    let nothing = ada.post(&format!("{EXPORT}?format=json&q=nobody"), &json!({})).await;
    assert_eq!(nothing.json(), json!([]));
}

#[tokio::test]
async fn an_export_for_spreadsheets_has_no_formulas() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("=cmd|' /C calc'!A0").await;
    let csv = ada.post(&format!("{EXPORT}?format=csv"), &json!({})).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}id,at_utc,count,event,"), "Excel reads UTF-8 only with a byte-order mark");
    assert!(lines[1].contains(",\"2026-11-22 05:00:00\","), "{}", lines[1]);
    let id = connection["id"].as_str().expect("an id");
    let made = lines.iter().find(|line| line.contains(id)).expect("a line");
    assert!(made.contains(",\"created\",") && made.contains(",\"'=cmd|' /C calc'!A0\","), "{made}");
    assert!(made.ends_with(r#""{""account"":""Ada Admin""}""#), "{made}");
    assert_eq!(lines.last(), Some(&""), "the last line ends, too");
}

#[tokio::test]
async fn an_export_needs_the_proof_and_a_format() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    assert_exports_only_what_is_asked_rightly(&deployment, &ada, EXPORT, &["format=csv&event=unheard_of"]).await;
}

/// An export needs a person, the proof that the request is ours, and a query that the contract knows. `bad` are more queries
/// that it does not know.
pub(super) async fn assert_exports_only_what_is_asked_rightly(
    deployment: &Deployment,
    ada: &Browser<'_>,
    export: &str,
    bad: &[&str],
) {
    let before = deployment.world.tables.dump();
    let csv = format!("{export}?format=csv");
    let foreign = Request::post(&csv).header("origin", "https://evil.example");
    assert_eq!(ada.send(foreign, Body::empty()).await.code(), "cross_site");
    assert_eq!(ada.get(&csv).await.code(), "method_not_allowed");
    assert_eq!(deployment.stranger().post(&csv, &json!({})).await.code(), "not_signed_in");
    for bad in ["", "format=xml", "format=csv&unknown=1"].iter().chain(bad) {
        assert_eq!(ada.post(&format!("{export}?{bad}"), &json!({})).await.code(), "invalid_request", "{bad}");
    }
    assert_eq!(deployment.world.tables.dump(), before, "what was refused is not recorded as done");
}
