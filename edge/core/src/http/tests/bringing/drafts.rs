//! Connections that are saved before they are authorized, over HTTP.

use super::*;

fn draft(address: &str, key: &Value) -> Value {
    json!({"name": "Quarry", "draft": {"kind": "oauth1", "address": address, "consumer_key": "causeway",
        "key_id": key["id"], "verification_code": false}})
}

#[tokio::test]
async fn a_draft_is_continued_with_the_key_pair_that_was_generated_for_it() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let key = ada.post("/api/v1/rsa-keys", &json!({})).await.json();
    let saved = ada.post("/api/v1/connections", &draft(&format!("{JIRA}/browse/ABC-1"), &key)).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.body);
    let saved = saved.json();
    assert_eq!(saved["draft"]["address"], JIRA, "the base address of the page that was pasted");
    let what = json!({"kind": "oauth1", "connection_id": saved["id"], "credential": {"kind": "oauth1", "address": JIRA,
        "consumer_key": "causeway", "key_id": saved["draft"]["key"]["id"], "verification_code": false}});
    let attempt = authorize_by_signature(&deployment, &ada, &what, "REQ-1").await;
    assert_eq!(attempt["status"], "authorized", "{attempt}");
    let edit = json!({"authorization_id": attempt["id"]});
    let authorized = ada.edit(&saved, &edit).await.json();
    assert_eq!(authorized["status"]["state"], "authorized", "{authorized}");
    assert_eq!((&authorized["draft"], &authorized["credential"]["key"]["id"]), (&Value::Null, &key["id"]));
}

#[tokio::test]
async fn the_address_of_a_draft_must_be_one_that_may_be_called() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let key = ada.post("/api/v1/rsa-keys", &json!({})).await.json();
    for address in ["https://169.254.169.254", "javascript:alert(1)"] {
        let refused = ada.post("/api/v1/connections", &draft(address, &key)).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "address_refused"));
    }
}

#[tokio::test]
async fn a_draft_takes_no_secret() {
    let deployment = jira();
    let ada = deployment.ada().await;
    let with_secret = json!({"name": "Quarry", "draft": {"kind": "basic", "address": JIRA, "form": "password",
        "username": "ada", "secret": "PASS WORD-1"}});
    let refused = ada.post("/api/v1/connections", &with_secret).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "invalid_request"));
    keeps_to_itself(&deployment, "PASS WORD-1", &[&refused.json()]);
}
