//! Dynamic webhooks: how they are registered, what they tell, and how they fail to come.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use atlassian::{DeliveryOrder, Obstacle, Person, WebhookDelivery};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::asking::AtHarbour;

/// The headers of a request by their names in small letters, and its body.
type Heard = (BTreeMap<String, String>, Value);

/// An app's own server, which hears webhooks.
struct Listener {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    count: watch::Receiver<usize>,
}

/// Reads one request, and answers that it was taken.
fn hear(mut stream: TcpStream) -> Heard {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (headers, serde_json::from_slice(&body).unwrap())
}

impl Listener {
    fn begins() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/jira-events", socket.local_addr().unwrap());
        let (sender, count) = watch::channel(0);
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let ear = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in socket.incoming() {
                let request = hear(stream.unwrap());
                ear.lock().unwrap().push(request);
                sender.send_modify(|count| *count += 1);
            }
        });
        Self { url, heard, count }
    }

    /// What was heard, once it is that many.
    async fn hears(&self, many: usize) -> Vec<Heard> {
        let mut count = self.count.clone();
        count.wait_for(|count| *count >= many).await.unwrap();
        self.heard.lock().unwrap().clone()
    }
}

async fn registers(jira: &AtHarbour, url: &str, jql: &str, events: &[&str]) -> Value {
    let body = json!({ "url": url, "webhooks": [{ "events": events, "jqlFilter": jql }] });
    let (status, answer) = jira.calls("POST", "webhook", body).await;
    assert_eq!(status, 200, "{answer}");
    answer["webhookRegistrationResult"][0].clone()
}

#[tokio::test]
async fn a_change_is_told_with_a_signature_that_the_app_can_check() {
    let (jira, listener) = (AtHarbour::is(Person::Ada).await, Listener::begins());
    let id =
        registers(&jira, &listener.url, "project = DOCK", &["jira:issue_updated"]).await["createdWebhookId"].clone();
    let elsewhere = json!({ "fields": { "summary": "Nothing for this app" } });
    assert_eq!(jira.calls("PUT", "issue/CUST-1", elsewhere).await.0, 204);
    jira.moves("DOCK-1", "Done", json!({})).await;
    let heard = listener.hears(1).await;
    let (headers, body) = &heard[0];
    assert_eq!((&body["webhookEvent"], &body["issue"]["key"]), (&json!("jira:issue_updated"), &json!("DOCK-1")));
    assert_eq!(body["changelog"]["items"][0]["toString"], "Done");
    assert_eq!(body["matchedWebhookIds"], json!([id]));
    assert!(headers.contains_key("x-atlassian-webhook-identifier"));
    let token = headers["authorization"].strip_prefix("Bearer ").unwrap();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["iss"], "causeway-development");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 900);
}

#[tokio::test]
async fn held_webhooks_come_late_twice_and_in_the_wrong_order() {
    let (jira, listener) = (AtHarbour::is(Person::Ada).await, Listener::begins());
    registers(&jira, &listener.url, "project = DOCK", &["jira:issue_created", "jira:issue_deleted"]).await;
    jira.asking.model.set_webhook_delivery(WebhookDelivery::Held);
    let key = jira.creates("DOCK", "Task", json!({})).await;
    jira.calls("DELETE", &format!("issue/{key}"), Value::Null).await;
    assert_eq!(jira.asking.model.held_webhooks().len(), 2);
    assert_eq!(jira.asking.model.deliver_webhooks(DeliveryOrder::Reversed, 2), 2);
    let heard = listener.hears(4).await;
    let events: Vec<&Value> = heard.iter().map(|(_, body)| &body["webhookEvent"]).collect();
    assert_eq!(events, ["jira:issue_deleted", "jira:issue_deleted", "jira:issue_created", "jira:issue_created"]);
    let identifier = |place: usize| heard[place].0["x-atlassian-webhook-identifier"].clone();
    assert_eq!(identifier(0), identifier(1));
    assert_ne!(identifier(1), identifier(2));
}

#[tokio::test]
async fn nothing_comes_when_they_are_lost_and_nothing_after_thirty_days() {
    let (jira, listener) = (AtHarbour::is(Person::Ada).await, Listener::begins());
    let id =
        registers(&jira, &listener.url, "project = DOCK", &["jira:issue_updated"]).await["createdWebhookId"].clone();
    jira.asking.model.set_webhook_delivery(WebhookDelivery::Never);
    jira.moves("DOCK-1", "Done", json!({})).await;
    jira.asking.model.set_webhook_delivery(WebhookDelivery::Held);
    jira.asking.model.advance_clock(Duration::from_hours(29 * 24));
    let access = jira.also(Person::Ada).await;
    let (status, _) = jira.calls_as(&access, "PUT", "webhook/refresh", json!({ "webhookIds": [id] })).await;
    assert_eq!(status, 200);
    jira.asking.model.advance_clock(Duration::from_hours(29 * 24));
    jira.asking.model.drag_issue(atlassian::sites::HARBOUR, "DOCK-1", "To Do", Person::Bob);
    assert_eq!(jira.asking.model.held_webhooks().len(), 1, "it was refreshed");
    jira.asking.model.advance_clock(Duration::from_hours(2 * 24));
    jira.asking.model.drag_issue(atlassian::sites::HARBOUR, "DOCK-1", "Done", Person::Bob);
    assert_eq!(jira.asking.model.held_webhooks().len(), 1, "it is over, and nobody says so");
    let access = jira.also(Person::Ada).await;
    assert_eq!(jira.calls_as(&access, "GET", "webhook", Value::Null).await.1["total"], 0);
}

#[tokio::test]
async fn five_webhooks_one_address_and_a_part_of_jql_are_all_there_is() {
    let jira = AtHarbour::is(Person::Ada).await;
    let url = "https://app.example/jira-events";
    for _ in 0..5 {
        assert!(registers(&jira, url, "project = DOCK", &["jira:issue_updated"]).await["createdWebhookId"].is_u64());
    }
    assert!(registers(&jira, url, "project = DOCK", &["jira:issue_updated"]).await["errors"].is_array());
    let elsewhere = json!({ "url": "https://other.example/", "webhooks": [] });
    assert_eq!(jira.calls("POST", "webhook", elsewhere).await.0, 400);
    let own = jira.reads("webhook").await;
    let ids: Vec<&Value> = own["values"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(jira.calls("DELETE", "webhook", json!({ "webhookIds": ids })).await.0, 202);
    for jql in ["created > -1d", "text ~ tide", "project = NOWHERE", "project ="] {
        assert!(registers(&jira, url, jql, &["jira:issue_updated"]).await["errors"].is_array(), "{jql}");
    }
    assert!(registers(&jira, url, "project = DOCK", &["jira:moon_risen"]).await["errors"].is_array());
}

#[tokio::test]
async fn an_app_that_is_not_shared_hears_only_its_owners_webhooks() {
    let jira = AtHarbour::is(Person::Bob).await;
    registers(&jira, "https://app.example/jira-events", "project = DOCK", &["jira:issue_updated"]).await;
    jira.asking.model.set_webhook_delivery(WebhookDelivery::Held);
    jira.asking.model.change_settings(|settings| settings.obstacle = Obstacle::NotShared);
    jira.moves("DOCK-1", "Done", json!({})).await;
    assert_eq!(jira.asking.model.held_webhooks().len(), 0);
    jira.asking.model.change_settings(|settings| settings.obstacle = Obstacle::None);
    jira.moves("DOCK-1", "To Do", json!({})).await;
    assert_eq!(jira.asking.model.held_webhooks().len(), 1);
}
