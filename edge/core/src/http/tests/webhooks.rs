//! Webhooks over HTTP, and one round of sending to receivers whose answers each test sets.

use std::{pin::pin, time::Duration};

use axum::body::Body;
use futures::poll;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::world::{Browser, Deployment, PUBLIC_URL};
use crate::{
    alarm::send_due_deliveries,
    checkup::Context,
    configuration::Configuration,
    fakes::FakeResponse,
    ports::{Clock as _, HttpFailure, PortFailure},
};

/// The organization's alarm, as far as webhooks go.
pub(super) async fn alarm(deployment: &Deployment) {
    round(deployment, &deployment.edge.configuration).await.expect("the tables answer");
}

async fn round(deployment: &Deployment, configuration: &Configuration) -> Result<(), PortFailure> {
    let world = &*deployment.world;
    let cx = Context { world, configuration, organization: &deployment.edge.organization };
    send_due_deliveries(&cx, || world.turn()).await
}

/// Creates a webhook to `host` for all events, and sets what the receiver there answers.
pub(super) async fn hook(ada: &Browser<'_>, deployment: &Deployment, host: &str, reply: FakeResponse) -> Value {
    deployment.world.receivers.borrow_mut().insert(host.to_owned(), reply);
    let events = ["authorized", "interrupted", "recovered", "unauthorized", "deleted"];
    let new = json!({"url": format!("https://{host}/SECRET-PATH"), "events": events});
    let made = ada.post("/api/v1/webhooks", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    made.json()
}

fn path_of(hook: &Value) -> String {
    format!("/api/v1/webhooks/{}", hook["id"].as_str().expect("an id"))
}

pub(super) async fn newest(ada: &Browser<'_>, hook: &Value) -> Value {
    ada.get(&format!("{}/deliveries", path_of(hook))).await.json()["items"][0].clone()
}

pub(super) async fn test(ada: &Browser<'_>, hook: &Value) -> Value {
    ada.post(&format!("{}/test", path_of(hook)), &json!({})).await.json()
}

#[tokio::test]
async fn a_receiver_checks_what_it_is_sent_with_a_ready_library() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    let connection = ada.connect("Staging").await;
    alarm(&deployment).await;
    let received = deployment.world.received.take().remove(0);
    assert_eq!((received.method(), received.uri().path()), (&Method::POST, "/SECRET-PATH"));
    let body: Value = serde_json::from_slice(received.body()).expect("JSON");
    assert_eq!(
        (&body["type"], &body["data"]["connection"]["id"]),
        (&json!("connection.authorized"), &connection["id"])
    );
    let text = |name: &str| received.headers()[name].to_str().expect("text").to_owned();
    let seconds: i64 = text("webhook-timestamp").parse().expect("seconds");
    assert_eq!(seconds, deployment.world.now().as_millis() / 1000);
    let library = standardwebhooks::Webhook::new(hook["secret"].as_str().expect("a secret")).expect("a secret");
    let expected = library.sign(&text("webhook-id"), seconds, received.body()).expect("signed");
    assert_eq!(text("webhook-signature"), expected);
    let delivery = newest(&ada, &hook).await;
    assert_eq!((&delivery["outcome"]["outcome"], &delivery["last_status"]), (&json!("delivered"), &json!(200)));
    assert_eq!(delivery["id"], text("webhook-id"));
}

#[tokio::test]
async fn d4_the_secret_is_shown_once_and_found_nowhere_after_that() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(500, "{}")).await;
    let secret = hook["secret"].as_str().expect("a secret").strip_prefix("whsec_").expect("its prefix").to_owned();
    test(&ada, &hook).await;
    alarm(&deployment).await;
    let edited = ada.send(edit(&hook, 1), Body::from(json!({"events": ["deleted"]}).to_string())).await;
    assert_eq!((edited.status, &edited.json()["events"]), (StatusCode::OK, &json!(["deleted"])));
    let deliveries = ada.get(&format!("{}/deliveries", path_of(&hook))).await.body;
    let everything = [edited.body, deliveries, ada.get("/api/v1/webhooks").await.body, deployment.world.tables.dump()];
    assert!(everything.iter().all(|text| !text.contains(&secret) && !text.contains("whsec_")));
    let lines = format!("{:?}", deployment.world.log.lines());
    assert!(lines.contains("webhook.not_delivered") && !lines.contains("SECRET-PATH") && !lines.contains(&secret));
}

/// An edit of the version that was read.
fn edit(hook: &Value, version: u64) -> http::request::Builder {
    let request = Request::patch(path_of(hook)).header("origin", PUBLIC_URL).header("x-causeway", "1");
    request.header("content-type", "application/json").header(header::IF_MATCH, format!("\"{version}\""))
}

#[tokio::test]
async fn only_2xx_is_delivered_and_everything_else_is_said() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let large = FakeResponse::of(200, "text/html", &vec![b'x'; 2 * 1024 * 1024]);
    let moved = FakeResponse::of(302, "text/html", b"").with("location", "https://127.0.0.1/");
    let cases = [
        (FakeResponse::json(204, ""), None),
        (large, None),
        (FakeResponse::json(500, "{}"), Some("The receiver answered 500.")),
        (moved, Some("The receiver answered with a redirect (302), which is not followed.")),
        (FakeResponse::Failure(HttpFailure::Timeout), Some("The receiver did not answer within 10 seconds.")),
        (FakeResponse::Failure(HttpFailure::Broken("x".into())), Some("The receiver could not be reached.")),
        (FakeResponse::json(410, ""), Some("The receiver answered 410: it wants no more deliveries.")),
    ];
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::Silence).await;
    for (reply, failure) in cases {
        deployment.world.receivers.borrow_mut().insert("hooks.example.com".into(), reply);
        let sent = test(&ada, &hook).await;
        assert_eq!(sent["outcome"]["outcome"], "waiting");
        alarm(&deployment).await;
        let delivery = newest(&ada, &hook).await;
        assert_eq!((&delivery["id"], delivery["last_failure"].as_str()), (&sent["id"], failure));
        let outcome = delivery["outcome"]["outcome"].as_str();
        assert_eq!(outcome == Some("delivered"), failure.is_none(), "{delivery}");
    }
    assert_eq!(deployment.world.received.borrow().len(), 7, "no redirect was followed");
}

#[tokio::test]
async fn a_receiver_that_asks_to_be_left_alone_is_left_alone_for_an_hour_at_most() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::Silence).await;
    let date = chrono::DateTime::from_timestamp_millis(deployment.world.now().plus_seconds(240).as_millis());
    let date = date.expect("a date").to_rfc2822();
    // The first pause is ten seconds, and up to a tenth more comes by chance.
    let cases = [
        (429, "120", 120),
        (503, date.as_str(), 240),
        (429, "1000000000", 3600),
        (429, "3", 10),
        (503, "soon", 10),
        (500, "120", 10),
    ];
    for (status, wish, pause) in cases {
        let reply = FakeResponse::json(status, "{}").with("retry-after", wish);
        deployment.world.receivers.borrow_mut().insert("hooks.example.com".into(), reply);
        test(&ada, &hook).await;
        alarm(&deployment).await;
        let next_at = newest(&ada, &hook).await["outcome"]["next_at"].as_str().expect("it waits").to_owned();
        let waits = api::Timestamp::parse(&next_at).expect("a date").since(deployment.world.now());
        assert!((pause * 1000 - 1000..=pause * 1100).contains(&waits), "{status} {wish}: {waits}");
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_nobody_and_what_was_cut_off_comes_again() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let slow = hook(&ada, &deployment, "slow.example.com", FakeResponse::Silence).await;
    let quick = hook(&ada, &deployment, "quick.example.com", FakeResponse::json(200, "{}")).await;
    ada.connect("Staging").await;
    {
        let mut round = pin!(round(&deployment, &deployment.edge.configuration));
        assert!(poll!(&mut round).is_pending());
        assert_eq!(newest(&ada, &quick).await["outcome"]["outcome"], "delivered");
        assert_eq!(newest(&ada, &slow).await["outcome"]["outcome"], "waiting");
        // The object ends here, in the middle.
    }
    deployment.world.receivers.borrow_mut().insert("slow.example.com".into(), FakeResponse::json(200, "{}"));
    alarm(&deployment).await;
    assert_eq!(deployment.world.received.borrow().len(), 2, "it may still be under way");
    deployment.world.clock.advance(Duration::from_mins(1));
    alarm(&deployment).await;
    let received = deployment.world.received.take();
    let ids: Vec<_> = received.iter().filter(|r| r.uri().host() == Some("slow.example.com")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0].headers()["webhook-id"], ids[1].headers()["webhook-id"]);
    assert_eq!(ids[0].body(), ids[1].body());
    assert_eq!(newest(&ada, &slow).await["attempts"], 2);
}

#[tokio::test]
async fn a_delivery_is_sent_again_when_somebody_says_so() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    let sent = test(&ada, &hook).await;
    alarm(&deployment).await;
    let path = format!("/api/v1/deliveries/{}/resend", sent["id"].as_str().expect("an id"));
    let again = ada.post(&path, &json!({})).await;
    assert_eq!((again.status, &again.json()["outcome"]["outcome"]), (StatusCode::OK, &json!("waiting")));
    alarm(&deployment).await;
    let received = deployment.world.received.take();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].headers()["webhook-id"], received[1].headers()["webhook-id"]);
    assert_eq!(ada.post("/api/v1/deliveries/dlv_unknown/resend", &json!({})).await.code(), "not_found");
}

#[tokio::test]
async fn what_a_receiver_answers_is_kept_up_to_a_kilobyte_and_never_taken_for_more_than_text() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let answer = format!("<b>no</b>\u{7}{}", "x".repeat(2000));
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(500, &answer)).await;
    let sent = test(&ada, &hook).await;
    alarm(&deployment).await;
    let content = ada.get(&format!("/api/v1/deliveries/{}", sent["id"].as_str().expect("an id"))).await.json();
    let kept = content["answer"]["body"].as_str().expect("a body");
    assert!(kept.starts_with("<b>no</b> xxx") && kept.len() == 1024, "{kept}");
    let received = deployment.world.received.take();
    for header in content["headers"].as_array().expect("headers") {
        let (name, value) = (header["name"].as_str().expect("a name"), header["value"].as_str().expect("a value"));
        assert_eq!(received[0].headers()[name], value, "what is shown is what was sent");
    }
    assert_eq!(content["body"].as_str().map(str::as_bytes), Some(received[0].body().as_slice()));
    assert!(!content.to_string().contains("webhook-signature"));
}

#[tokio::test]
async fn addresses_are_checked_when_they_are_given_and_when_they_are_used() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let good = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    for bad in
        ["http://hooks.example.com/", "https://10.0.0.1/", "https://u:p@hooks.example.com/", "x", "https://a.internal/"]
    {
        let refused = ada.post("/api/v1/webhooks", &json!({"url": bad, "events": ["deleted"]})).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_request".into()), "{bad}");
        let refused = ada.send(edit(&good, 1), Body::from(json!({"url": bad}).to_string())).await;
        assert_eq!(refused.code(), "invalid_request", "{bad}");
    }
    let written_under_older_rules = "UPDATE webhooks SET record = replace(record, 'hooks.example.com', '10.0.0.1')";
    deployment.world.tables.run(written_under_older_rules, vec![]).expect("updated");
    deployment.world.receivers.borrow_mut().insert("10.0.0.1".into(), FakeResponse::json(200, "{}"));
    test(&ada, &good).await;
    alarm(&deployment).await;
    assert!(deployment.world.received.borrow().is_empty(), "what is not allowed any more is not called");
    assert!(newest(&ada, &good).await["last_failure"].is_string());
}

#[tokio::test]
async fn d1_a_secret_that_cannot_be_read_spoils_its_webhook_alone() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let spoilt = hook(&ada, &deployment, "spoilt.example.com", FakeResponse::json(200, "{}")).await;
    let spoil = "UPDATE webhooks SET record = replace(record, 'ciphertext', 'clphertext')";
    deployment.world.tables.run(spoil, vec![]).expect("updated");
    let good = hook(&ada, &deployment, "hooks.example.com", FakeResponse::json(200, "{}")).await;
    ada.connect("Staging").await;
    alarm(&deployment).await;
    assert_eq!(newest(&ada, &good).await["outcome"]["outcome"], "delivered");
    assert!(newest(&ada, &spoilt).await["last_failure"].is_string());
}

#[tokio::test]
async fn webhooks_are_for_administrators_with_a_session() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let hook = hook(&ada, &deployment, "hooks.example.com", FakeResponse::Silence).await;
    let key = ada.key(&["connections:read", "connections:write", "proxy"]).await;
    for path in ["/api/v1/webhooks".to_owned(), format!("{}/deliveries", path_of(&hook))] {
        assert_eq!(deployment.stranger().get(&path).await.code(), "not_signed_in");
        let request = Request::get(&path).header("authorization", format!("Bearer {key}"));
        assert_eq!(deployment.send(request.body(Body::empty()).expect("a request")).await.code(), "forbidden");
    }
    assert_eq!(ada.call(Method::PATCH, &path_of(&hook), &json!({})).await.code(), "if_match_required");
    assert_eq!(ada.call(Method::DELETE, &path_of(&hook), &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/api/v1/webhooks").await.json()["items"], json!([]));
}
