//! Webhooks on their way: sent at once, twice, held back until somebody lets them go, or never.
//!
//! A delivery carries a JWT, signed with the app's secret, and an identifier that stays the same however often it is
//! sent. One that was not taken is kept and sent again with the next ones that are let go, up to five times.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::random;
use crate::signing;
use crate::world::World;

/// How often a delivery that was not taken is sent again.
const RETRIES: u32 = 5;
/// How many sent deliveries are remembered.
const REMEMBERED: usize = 1_000;

/// When webhooks are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDelivery {
    /// As soon as something happened.
    #[default]
    AtOnce,
    /// At once, and a second time.
    Twice,
    /// When they are let go: see [`crate::Model::deliver_webhooks`].
    Held,
    /// They are lost.
    Never,
}

/// The order in which held webhooks are let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOrder {
    /// The first that happened comes first.
    #[default]
    AsHappened,
    /// The last that happened comes first.
    Reversed,
}

/// One webhook, sent or still to be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delivery {
    /// `jira:issue_updated` and its like.
    pub event: String,
    /// Where it goes.
    pub url: String,
    /// Stays the same when it is sent again.
    pub identifier: String,
    /// How often it was sent before.
    pub retry: u32,
    /// What it says.
    pub body: Value,
    /// What came back: a status, or why nothing did. Nothing yet if it was not sent.
    pub outcome: Option<Result<u16, String>>,
}

impl Delivery {
    pub(crate) fn new(event: String, url: String, body: Value) -> Self {
        Self { event, url, identifier: random::opaque(12), retry: 0, body, outcome: None }
    }

    fn was_taken(&self) -> bool {
        !matches!(self.outcome, None | Some(Err(_) | Ok(408 | 409 | 425 | 429 | 500..)))
    }
}

/// Those that are held, and those that were sent.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    held: Mutex<Vec<Delivery>>,
    sent: Mutex<Vec<Delivery>>,
}

impl Deliveries {
    pub(crate) fn held(&self) -> Vec<Delivery> {
        lock(&self.held).clone()
    }

    pub(crate) fn sent(&self) -> Vec<Delivery> {
        lock(&self.sent).clone()
    }

    fn remember(&self, delivery: Delivery) {
        if !delivery.was_taken() && delivery.retry < RETRIES {
            lock(&self.held).push(Delivery { retry: delivery.retry + 1, outcome: None, ..delivery.clone() });
        }
        let mut sent = lock(&self.sent);
        if sent.len() == REMEMBERED {
            sent.remove(0);
        }
        sent.push(delivery);
    }
}

/// Takes what happened on its way, as the settings say.
pub(crate) fn post(world: &Arc<World>, deliveries: Vec<Delivery>) {
    if deliveries.is_empty() {
        return;
    }
    match world.read(|state| state.settings.webhook_delivery) {
        WebhookDelivery::AtOnce => send_in_turn(world, deliveries),
        WebhookDelivery::Twice => {
            let twice = deliveries.iter().flat_map(|delivery| [delivery.clone(), delivery.clone()]).collect();
            send_in_turn(world, twice);
        }
        WebhookDelivery::Held => lock(&world.deliveries.held).extend(deliveries),
        WebhookDelivery::Never => {}
    }
}

/// Lets go all that are held, each `times` times. How many there were.
pub(crate) fn let_go(world: &Arc<World>, order: DeliveryOrder, times: usize) -> usize {
    let mut held = std::mem::take(&mut *lock(&world.deliveries.held));
    if order == DeliveryOrder::Reversed {
        held.reverse();
    }
    let count = held.len();
    let repeated = held.into_iter().flat_map(|delivery| vec![delivery; times]).collect();
    send_in_turn(world, repeated);
    count
}

fn send_in_turn(world: &Arc<World>, deliveries: Vec<Delivery>) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        for delivery in deliveries {
            let outcome = send(&world, &delivery).await;
            world.deliveries.remember(Delivery { outcome: Some(outcome), ..delivery });
        }
    });
}

async fn send(world: &World, delivery: &Delivery) -> Result<u16, String> {
    let url = url::Url::parse(&delivery.url).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err("The model speaks HTTP only, and this address asks for TLS.".into());
    }
    let authority = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = http::Request::post(path)
        .header("host", &authority)
        .header("content-type", "application/json")
        .header("user-agent", "Atlassian HttpClient 1.2.0 / model")
        .header("authorization", format!("Bearer {}", token(world)))
        .header("x-atlassian-webhook-identifier", &delivery.identifier)
        .header("x-atlassian-webhook-retry", delivery.retry)
        .header("x-atlassian-webhook-flow", "Primary")
        .body(Full::new(Bytes::from(delivery.body.to_string())))
        .map_err(|error| error.to_string())?;
    let stream = TcpStream::connect(&authority).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string());
    connection.abort();
    answer.map(|answer| answer.status().as_u16())
}

/// The JWT that says that the delivery is Jira's. It lives for a quarter of an hour.
fn token(world: &World) -> String {
    let now = world.now().0;
    let claims = json!({ "iss": world.options.client_id, "iat": now, "exp": now + 900, "jti": random::opaque(12) });
    signing::hs256(&claims, &world.options.client_secret)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
