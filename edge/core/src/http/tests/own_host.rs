//! This deployment is no Jira and no receiver of webhooks: its own host is refused wherever an address is entered.

use http::StatusCode;
use serde_json::json;

use super::world::Deployment;

#[tokio::test]
async fn our_own_host_is_refused_wherever_an_address_is_entered() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for own in ["https://causeway.example", "https://CAUSEWAY.example.", "https://causeway.example:8443/jira"] {
        let password = json!({"kind": "basic", "address": own, "form": "personal_access_token", "secret": "cw_x"});
        let client = json!({"kind": "data_center_oauth2", "address": own, "client_id": "c", "client_secret": "s",
            "scopes": ["READ"]});
        for (path, entered) in [
            ("instances", json!({"address": own})),
            ("guides", json!({"kind": "data_center_oauth2", "address": own})),
            ("authorizations", json!({"kind": "basic", "credential": password})),
            ("authorizations", json!({"kind": "data_center_oauth2", "credential": client})),
            ("webhooks", json!({"url": own, "events": ["interrupted"]})),
        ] {
            let refused = ada.post(&format!("/api/v1/{path}"), &entered).await;
            let detail = refused.json()["detail"].as_str().expect("a sentence").to_owned();
            assert!(refused.status.is_client_error() && refused.status != StatusCode::FORBIDDEN, "{}", refused.body);
            assert!(detail.contains("The host is that of Causeway itself."), "{path} {own}: {detail}");
        }
    }
    assert!(deployment.world.asked.borrow().is_empty() && deployment.world.received.borrow().is_empty());
}
