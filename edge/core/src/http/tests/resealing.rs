//! Sealing anew as the organization's alarm does it, over everything that HTTP lets people store.

use std::pin::pin;

use futures::poll;
use serde_json::{Value, json};

use super::{
    bringing::{application_link, authorize_by_link, authorize_by_signature, jira, link, save},
    webhooks::{alarm, hook, newest, test},
    world::{Deployment, configured},
};
use crate::{
    alarm::{RESEALED_AT_ONCE as AT_ONCE, reseal_due},
    checkup::Context,
    configuration::Configuration,
    fakes::{FakeResponse, Kv},
    ports::Clock as _,
};

const OLD: &str = "k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=";
const NEW: &str = "k2:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDI=";

/// The same world, deployed with other sealing keys.
fn deployed_with(deployment: &Deployment, keys: &str) -> Deployment {
    let keys = keys.to_owned();
    let read = move |name| if name == "SEALING_KEYS" { Some(keys.clone()) } else { configured(name) };
    let deployment = deployment.configured_as(Configuration::read(read));
    let ring = deployment.edge.configuration.key_ring().expect("a ring").ids();
    deployment.world.turn().expect_keys(&ring).expect("the tables answer");
    deployment
}

/// The organization's alarm, as far as sealing goes.
async fn ring(deployment: &Deployment) {
    deployment.run();
    let world = &*deployment.world;
    let (configuration, organization) = (&*deployment.edge.configuration, &deployment.edge.organization);
    let cx = Context { world, configuration, organization };
    reseal_due(&cx, || world.turn()).await.expect("the tables answer");
}

/// A round: the alarm as often as a few things of everything need.
async fn round(deployment: &Deployment) {
    for _ in 0..5 {
        ring(deployment).await;
    }
}

async fn sealing(deployment: &Deployment) -> Value {
    // By then an answer is not given again.
    deployment.world.clock.advance(std::time::Duration::from_secs(5));
    deployment.stranger().get("/healthz").await.json()["sealing"].clone()
}

fn hour(deployment: &Deployment) {
    deployment.world.clock.advance(std::time::Duration::from_hours(1));
}

/// How many webhooks' secrets a key sealed.
fn sealed_with(deployment: &Deployment, key: &str) -> usize {
    let find = format!("SELECT id FROM webhooks WHERE instr(record, '{key}') > 0");
    deployment.world.tables.rows::<Value>(&find, vec![]).expect("rows").len()
}

#[tokio::test]
async fn d3_everything_is_sealed_anew_under_a_new_key_so_that_the_old_one_may_go() {
    let before = jira();
    let ada = before.ada().await;
    let hook = hook(&ada, &before, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    let by_link = save(&ada, "Link", &authorize_by_link(&ada, &link("SECRET-1")).await).await;
    let application = application_link(&ada, false).await;
    let attempt = authorize_by_signature(&before, &ada, &application, "REQ-1").await;
    let by_signature = save(&ada, "Signed", &attempt).await;
    // The credential before can be gone back to, and is sealed as well.
    let again = json!({"kind": "data_center_oauth2", "connection_id": by_link["id"]});
    let again = authorize_by_link(&ada, &again).await;
    let by_link = ada.edit(&by_link, &json!({"authorization_id": again["id"]})).await.json();

    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    assert_eq!(sealing(&both).await, json!({"key": "k2", "finished_at": null, "unopened": 0}));
    round(&both).await;
    assert_eq!(sealing(&both).await["finished_at"], Value::Null, "a round that found something is followed by another");
    hour(&both);
    round(&both).await;
    assert!(sealing(&both).await["finished_at"].is_string(), "the old key may go");
    assert!(before.world.told.borrow().iter().filter(|told| *told == "reseal").count() >= 2, "keepers are asked");

    let only_new = deployed_with(&before, NEW);
    let ada = only_new.ada().await;
    test(&ada, &hook).await;
    for _ in 0..5 {
        alarm(&only_new).await;
    }
    assert_eq!(newest(&ada, &hook).await["outcome"]["outcome"], "delivered", "after what waited before it");
    for (kind, connection) in [("data_center_oauth2", &by_link), ("oauth1", &by_signature)] {
        let again = json!({"kind": kind, "connection_id": connection["id"]});
        let attempt = match kind {
            "oauth1" => authorize_by_signature(&only_new, &ada, &again, "REQ-1").await,
            _ => authorize_by_link(&ada, &again).await,
        };
        assert_eq!(attempt["status"], "authorized", "{attempt}");
    }
    round(&only_new).await;
    assert_eq!(sealing(&only_new).await["unopened"], 0);
}

#[tokio::test]
async fn d3_what_does_not_open_stays_is_said_and_is_sealed_anew_once_the_key_is_back() {
    let before = Deployment::new();
    let ada = before.ada().await;
    let hook = hook(&ada, &before, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    let stored = before.world.tables.rows::<Value>("SELECT record FROM webhooks", vec![]).expect("rows");
    let only_new = deployed_with(&before, NEW);
    round(&only_new).await;
    assert_eq!(before.world.tables.rows::<Value>("SELECT record FROM webhooks", vec![]), Ok(stored));
    let health = only_new.stranger().get("/healthz").await.json();
    assert_eq!(health["status"], "degraded");
    assert_eq!((&health["findings"][0]["name"], &health["sealing"]["unopened"]), (&json!("SEALING_KEYS"), &json!(1)));
    assert!(before.world.log.of("sealing.unsealable")[0].details.contains("sealed with the key `k1`"));

    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    round(&both).await;
    let only_new = deployed_with(&before, NEW);
    let ada = only_new.ada().await;
    test(&ada, &hook).await;
    alarm(&only_new).await;
    assert_eq!(newest(&ada, &hook).await["outcome"]["outcome"], "delivered");
}

#[tokio::test]
async fn d3_sealing_anew_that_is_cut_off_loses_nothing_and_goes_on() {
    let before = jira();
    let ada = before.ada().await;
    hook(&ada, &before, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    save(&ada, "Link", &authorize_by_link(&ada, &link("SECRET-1")).await).await;
    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    before.world.copies().mood.set(Kv::Stalls);
    {
        let mut cut_off = pin!(ring(&both));
        assert!(poll!(&mut cut_off).is_pending(), "the keeper waits for KV");
    }
    assert_eq!(sealed_with(&before, "k1"), 1, "what comes after the keeper is as it was");
    before.world.copies().mood.set(Kv::Works);
    round(&both).await;
    assert_eq!(sealed_with(&before, "k2"), 1);
    hour(&both);
    round(&both).await;
    assert!(sealing(&both).await["finished_at"].is_string());
}

#[tokio::test]
async fn d3_a_keeper_that_does_not_answer_keeps_the_old_key_needed() {
    let before = Deployment::new();
    before.ada().await.connect("Staging").await;
    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    before.world.copies().mood.set(Kv::RefusesWrites);
    for _ in 0..3 {
        round(&both).await;
        hour(&both);
    }
    assert_eq!(sealing(&both).await["finished_at"], Value::Null);
    before.world.copies().mood.set(Kv::Works);
    round(&both).await;
    assert!(sealing(&both).await["finished_at"].is_string());
}

#[tokio::test]
async fn an_alarm_looks_at_a_few_things_only_and_a_round_ends() {
    let before = Deployment::new();
    let ada = before.ada().await;
    for number in 0..AT_ONCE + 3 {
        hook(&ada, &before, &format!("hooks-{number}.example.com"), FakeResponse::json(200, "{}")).await;
    }
    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    ring(&both).await;
    assert_eq!((sealed_with(&before, "k2"), sealed_with(&before, "k1")), (AT_ONCE, 3));
    let due = both.world.turn().housekeeping_due().expect("asked");
    assert_eq!(due, Some(before.world.now()), "the rest is for the next alarm");
    ring(&both).await;
    assert_eq!(sealed_with(&before, "k1"), 0);
    let next = both.world.turn().next_to_reseal(AT_ONCE).expect("asked");
    assert_eq!(next, None, "the next round comes later");
}

#[tokio::test]
async fn d3_without_keys_the_alarm_rests_and_goes_on_once_they_are_back() {
    let before = Deployment::new();
    let ada = before.ada().await;
    hook(&ada, &before, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    let without = both.without("SEALING_KEYS");
    ring(&without).await;
    let due = without.world.turn().housekeeping_due().expect("asked");
    assert!(due.is_some_and(|due| due > before.world.now()), "it would go off at once, for ever");
    hour(&both);
    round(&both).await;
    assert_eq!(sealed_with(&before, "k2"), 1);
}

#[tokio::test]
async fn the_keys_of_embeds_are_sealed_anew_and_open_what_they_opened_before() {
    let before = Deployment::new();
    let ada = before.ada().await;
    ada.connect("Staging").await;
    let spec = json!({"source": {"jql": "project = A"}, "mark": "tile", "says": {"title": "Open"}});
    let chart = ada.post("/api/v1/charts", &json!({"site": "one", "spec": spec})).await.json();
    let new = json!({"chart_id": chart["id"], "kind": "signed", "origins": ["https://intranet.example.com"]});
    let created = ada.post("/api/v1/embeds", &new).await.json();
    let id = created["embed"]["id"].as_str().expect("an id");
    // Two keys work: both are sealed anew.
    ada.post(&format!("/api/v1/embeds/{id}/key"), &json!({"overlap_seconds": 86_400})).await;
    let both = deployed_with(&before, &format!("{NEW},{OLD}"));
    round(&both).await;
    hour(&both);
    round(&both).await;
    assert!(sealing(&both).await["finished_at"].is_string(), "the old key may go");
    let only_new = deployed_with(&before, NEW);
    let frame = super::embeds::Frame {
        deployment: &only_new,
        id: id.to_owned(),
        key: created["key"].as_str().expect("a key").to_owned(),
    };
    frame.session(&frame.claims()).await;
    assert!(before.world.log.of("sealing.unsealable").is_empty());
}
