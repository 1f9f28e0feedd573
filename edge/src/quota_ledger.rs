//! The Durable Object `QuotaLedger`: the points that Atlassian lets the app spend in an hour. `edge_core::quota_ledger` decides
//! who gets them.

use edge_core::{
    ports::{Clock as _, PortFailure},
    quota_ledger::{LedgerObject, LedgerStore},
};
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object, wasm_bindgen};

use crate::platform::{WorkersPlatform, failed};

/// The storage key of the record.
const RECORD: &str = "ledger";

/// The ledger. There is one for each deployment.
#[durable_object]
pub struct QuotaLedger {
    platform: WorkersPlatform,
    object: LedgerObject<Store>,
}

impl DurableObject for QuotaLedger {
    fn new(state: State, env: Env) -> Self {
        Self { platform: WorkersPlatform::new(env), object: LedgerObject::new(Store(state.storage())) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let command = request.text().await?;
        match self.object.handle(&command, self.platform.now()).await {
            Ok(lease) => Response::ok(lease),
            Err(failure) => Response::error(failure.0, 503),
        }
    }
}

/// The object's storage.
struct Store(Storage);

impl LedgerStore for Store {
    async fn load(&self) -> std::result::Result<Option<String>, PortFailure> {
        self.0.get(RECORD).await.map_err(failed)
    }

    async fn save(&self, record: &str) -> std::result::Result<(), PortFailure> {
        self.0.put(RECORD, record).await.map_err(failed)
    }
}
