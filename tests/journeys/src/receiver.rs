//! A receiver of webhooks that records requests and answers with a status that the test chooses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{PATIENCE, eventually};

/// One request that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Received {
    /// What it tells of.
    ///
    /// # Panics
    /// If it is not a message of Causeway.
    pub fn message(&self) -> api::WebhookMessage {
        serde_json::from_slice(&self.body).expect("a message")
    }

    /// The id that stays the same when it is sent again.
    ///
    /// # Panics
    /// If it has none.
    pub fn id(&self) -> &str {
        self.headers.get("webhook-id").and_then(|id| id.to_str().ok()).expect("an id")
    }
}

#[derive(Debug)]
struct Kept {
    answer: StatusCode,
    received: Vec<Received>,
}

/// A server on this machine. It ends when this is dropped.
#[derive(Debug)]
pub struct Receiver {
    url: String,
    kept: Arc<Mutex<Kept>>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Begins to listen, and to take everything.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let kept = Arc::new(Mutex::new(Kept { answer: StatusCode::NO_CONTENT, received: Vec::new() }));
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&kept));
        let server = tokio::spawn(async move {
            // It ends only by being dropped.
            let _ended = axum::serve(listener, router).await;
        });
        Self { url: format!("http://{address}/hook"), kept, server }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it answers that status.
    ///
    /// # Panics
    /// If that is no status.
    pub fn answers(&self, status: u16) {
        locked(&self.kept).answer = StatusCode::from_u16(status).expect("a status");
    }

    /// Everything that came so far.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.kept).received.clone()
    }

    /// Waits until as many came, and answers all.
    ///
    /// # Panics
    /// If they do not come.
    pub async fn receives(&self, number: usize) -> Vec<Received> {
        let came = eventually(PATIENCE, async || Some(self.received()).filter(|all| all.len() >= number)).await;
        came.unwrap_or_else(|| panic!("of {number}, only these came: {:?}", self.received()))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn receive(State(kept): State<Arc<Mutex<Kept>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut kept = locked(&kept);
    kept.received.push(Received { headers, body });
    kept.answer
}

fn locked(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
