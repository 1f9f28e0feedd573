//! The list of connections as a file.

use http::StatusCode;
use serde_json::{Value, json};

use super::{timeline::assert_exports_only_what_is_asked_rightly, world::Deployment};

const EXPORT: &str = "/api/v1/connections/export";

#[tokio::test]
async fn an_export_has_the_connections_of_the_list_as_filtered_and_sorted() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for name in ["Blue", "Green", "Blue sky"] {
        ada.connect(name).await;
    }
    let exported = ada.post(&format!("{EXPORT}?format=json&q=blue&sort=-name"), &json!({})).await;
    assert_eq!(exported.status, StatusCode::OK, "{}", exported.body);
    assert_eq!(exported.headers["content-disposition"], "attachment; filename=\"causeway-connections.json\"");
    let listed = ada.get("/api/v1/connections?q=blue&sort=-name").await.json();
    assert_eq!(exported.json(), listed["items"]);
    let names: Vec<&Value> = listed["items"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, [&json!("Blue sky"), &json!("Blue")]);
}

#[tokio::test]
async fn an_export_is_in_the_audit_log_and_one_that_is_refused_is_not() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let bad = ["format=csv&sort=size", "format=csv&status=broken"];
    assert_exports_only_what_is_asked_rightly(&deployment, &ada, EXPORT, &bad).await;
    ada.post(&format!("{EXPORT}?format=csv"), &json!({})).await;
    let log = ada.get("/api/v1/timeline?event=connections_exported").await.json();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(log["items"][0]["actor"]["email"], "ada@example.com");
}

#[tokio::test]
async fn an_export_for_spreadsheets_names_its_columns_and_has_no_formulas() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("=cmd|' /C calc'!A0").await;
    let csv = ada.post(&format!("{EXPORT}?format=csv"), &json!({})).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}id,name,state,cause,since_utc,why,kind,site,"), "{}", lines[0]);
    let start =
        format!("\"{}\",\"'=cmd|' /C calc'!A0\",\"authorized\",\"\",", connection["id"].as_str().expect("an id"));
    assert!(lines[1].starts_with(&start), "{}", lines[1]);
    assert!(lines[1].contains(",\"Jira Cloud, OAuth 2.0\","), "{}", lines[1]);
    assert_eq!(lines[0].split(',').count(), lines[1].split("\",\"").count());
    assert_eq!((lines.len(), lines[2]), (3, ""), "the last line ends, too");
}
