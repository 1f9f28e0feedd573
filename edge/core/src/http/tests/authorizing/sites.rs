//! Which site it becomes, and what a site that does not answer leaves behind.

use super::*;

#[tokio::test]
async fn a16_no_site_is_a_failure_that_says_so() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    for none in [json!([]), json!([resource("one", "read:confluence-user")])] {
        deployment.world.resources.replace(FakeResponse::json(200, &none.to_string()));
        let (id, state) = ada.leave().await;
        ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
        assert_eq!(ada.attempt(&id).await["failure"]["code"], "no_site");
    }
}

#[tokio::test]
async fn a16_several_sites_are_offered_and_the_chosen_one_is_taken() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("Existing").await;
    let sites = json!([
        resource("two", "read:jira-work"),
        resource("one", "read:jira-work"),
        resource("two", "write:jira-work")
    ]);
    deployment.world.resources.replace(FakeResponse::json(200, &sites.to_string()));
    let id = ada.authorize().await;
    let offered = ada.attempt(&id).await;
    assert_eq!(offered["status"], "choose_site");
    let names: Vec<_> = offered["sites"]
        .as_array()
        .expect("sites")
        .iter()
        .map(|s| (s["site"]["name"].clone(), s["connected_as"].clone()))
        .collect();
    assert_eq!(names, [(json!("Site one"), json!(["Existing"])), (json!("Site two"), json!([]))]);

    let path = format!("/api/v1/authorizations/{id}/site");
    let other = ada.post(&path, &json!({"cloud_id": "three"})).await;
    assert_eq!((other.status, other.code()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()));
    let chosen = ada.post(&path, &json!({"cloud_id": "two"})).await.json();
    assert_eq!((chosen["status"].clone(), chosen["site"]["cloud_id"].clone()), (json!("authorized"), json!("two")));
}

#[tokio::test]
async fn a16_reauthorizing_stays_on_its_site_and_names_both_when_it_cannot() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let connection = ada.connect("Staging").await;
    let again = json!({"kind": "cloud_oauth2", "connection_id": connection["id"]});

    deployment
        .world
        .resources
        .replace(FakeResponse::json(200, &json!([resource("two", "read:jira-work")]).to_string()));
    let (id, state) = ada.leave_for(&again).await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    let failure = ada.attempt(&id).await["failure"].clone();
    assert_eq!(failure["code"], "other_site");
    let message = failure["message"].as_str().expect("text");
    assert!(message.contains("Site one") && message.contains("Site two"), "{message}");

    let both = json!([resource("two", "read:jira-work"), resource("one", "read:jira-work")]);
    deployment.world.resources.replace(FakeResponse::json(200, &both.to_string()));
    let (id, state) = ada.leave_for(&again).await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    let attempt = ada.attempt(&id).await;
    assert_eq!((attempt["status"].clone(), attempt["site"]["cloud_id"].clone()), (json!("authorized"), json!("one")));
    assert_eq!(attempt["changes"]["account_before"]["name"], "Ada Admin");
}

#[tokio::test]
async fn an_ip_allow_list_is_found_before_anything_is_kept() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let words =
        "The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";
    deployment.world.probe.replace(FakeResponse::json(403, &json!({"message": words}).to_string()));
    let (id, state) = ada.leave().await;
    ada.get(&format!("/oauth/callback/cloud?code=CODE&state={state}")).await;
    assert_eq!(ada.attempt(&id).await["failure"]["code"], "ip_allow_list");
    assert!(deployment.world.grants().is_empty());
}

#[tokio::test]
async fn a_site_that_does_not_answer_can_be_chosen_again_and_a_late_refusal_spoils_nothing() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let sites = json!([resource("two", "read:jira-work"), resource("one", "read:jira-work")]);
    deployment.world.resources.replace(FakeResponse::json(200, &sites.to_string()));
    let id = ada.authorize().await;
    let path = format!("/api/v1/authorizations/{id}/site");
    let well = deployment.world.probe.replace(FakeResponse::json(503, "{}"));
    assert_eq!(ada.post(&path, &json!({"cloud_id": "two"})).await.code(), "unavailable");
    assert_eq!(ada.attempt(&id).await["status"], "choose_site");

    deployment.world.probe.replace(well);
    assert_eq!(ada.post(&path, &json!({"cloud_id": "two"})).await.json()["status"], "authorized");
    let refusal = crate::atlassian::failure(api::FailureCode::SiteRefused, None);
    let late = crate::organization::FailSiteChoice {
        id: api::AuthorizationId::parse(id.clone()).expect("an id"),
        failure: refusal,
    };
    assert_eq!(deployment.edge.send(&late).await, Ok(None));
    assert_eq!(ada.attempt(&id).await["status"], "authorized");
}
