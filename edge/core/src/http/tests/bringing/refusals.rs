//! A password that is refused, but not by Jira's own word: nothing is destroyed before a day is over.

use std::time::Duration;

use super::*;
use crate::{alarm::run_due_checkups, checkup::Context};

fn nginx() -> FakeResponse {
    FakeResponse::html(401, "<html><h1>401 Authorization Required</h1></html>").with("server", "nginx")
}

async fn connected(deployment: &Deployment) -> (Browser<'_>, Value) {
    let may = json!({"havePermission": true});
    let permissions = json!({"permissions": {"BROWSE_PROJECTS": may, "CREATE_ISSUES": may, "EDIT_ISSUES": may}});
    answers(deployment, "/rest/api/2/mypermissions", FakeResponse::json(200, &permissions.to_string()));
    let ada = deployment.ada().await;
    let begun = begin(&ada, &password()).await;
    let connection = save(&ada, "Quarry", &begun).await;
    (ada, connection)
}

/// Lets time pass, ten minutes a step, with what the alarm does.
async fn live(deployment: &Deployment, hours: u64) {
    let edge = &deployment.edge;
    let cx = Context { world: &*edge.platform, configuration: &edge.configuration, organization: &edge.organization };
    for _ in 0..hours * 6 {
        deployment.world.clock.advance(Duration::from_mins(10));
        run_due_checkups(&cx, || deployment.world.turn()).await.expect("the tables answer");
    }
}

fn told(deployment: &Deployment, command: &str) -> bool {
    deployment.world.told.borrow().iter().any(|told| told.starts_with(command))
}

async fn events(ada: &Browser<'_>, connection: &Value) -> Vec<Value> {
    let timeline = ada.get(&format!("{}/timeline", path_of(connection))).await.json();
    timeline["items"].as_array().expect("entries").iter().map(|entry| entry["event"].clone()).collect()
}

#[tokio::test]
async fn a_reverse_proxy_that_refuses_for_a_while_costs_nobody_a_reauthorization() {
    let deployment = jira();
    let (ada, connection) = connected(&deployment).await;
    answers(&deployment, MYSELF, nginx());
    for _ in 0..3 {
        ada.act(&connection, "checkup", &json!({})).await;
        let shown = ada.show(&connection).await;
        assert_eq!(
            (&shown["status"]["state"], &shown["status"]["cause"]),
            (&json!("interrupted"), &json!("credential_refused"))
        );
        assert!(shown["next_checkup_at"].is_string(), "{shown}");
        deployment.world.clock.advance(Duration::from_mins(50));
    }
    answers(&deployment, MYSELF, myself("JIRAUSER1", "Ada Admin"));
    live(&deployment, 12).await;
    let ada = deployment.ada().await;
    let shown = ada.show(&connection).await;
    assert_eq!((&shown["status"]["state"], &shown["next_checkup_at"]), (&json!("authorized"), &Value::Null));
    assert!(!told(&deployment, "refuse") && !told(&deployment, "retire"), "the password was destroyed");
    let events = events(&ada, &connection).await;
    assert_eq!(events.iter().filter(|event| **event == "recovered").count(), 1, "{events:?}");
    assert_eq!(events.iter().filter(|event| **event == "interrupted").count(), 1, "{events:?}");
}

#[tokio::test]
async fn a_day_of_refusals_ends_a_password_that_was_shown_once_an_hour_at_most() {
    let deployment = jira();
    let (_, connection) = connected(&deployment).await;
    answers(&deployment, MYSELF, nginx());
    let before = asked(&deployment, MYSELF);
    live(&deployment, 48).await;
    let ada = deployment.ada().await;
    let shown = ada.show(&connection).await;
    assert_eq!(
        (&shown["status"]["state"], &shown["status"]["cause"]),
        (&json!("unauthorized"), &json!("password_refused"))
    );
    assert!(told(&deployment, "refuse: password_refused"));
    let times = asked(&deployment, MYSELF) - before;
    assert!((4..=9).contains(&times), "shown {times} times");
}

#[tokio::test]
async fn renewing_does_not_claim_that_a_refused_password_works() {
    let deployment = jira();
    let (ada, connection) = connected(&deployment).await;
    answers(&deployment, MYSELF, nginx());
    ada.act(&connection, "checkup", &json!({})).await;
    ada.act(&connection, "renew", &json!({})).await;
    assert_eq!(ada.show(&connection).await["status"]["cause"], "credential_refused");
}
