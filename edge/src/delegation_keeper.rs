//! The Durable Object `DelegationKeeper`: the numbers of one delegation, in memory. `edge_core::http` decides what to do with
//! them.

use edge_core::http::DelegationMemory;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, wasm_bindgen};

use crate::{configured::edge, grant_keeper::LocalSpawner};

/// The keeper of one delegation. It stores nothing.
#[durable_object]
pub struct DelegationKeeper {
    env: Env,
    memory: DelegationMemory,
}

impl DurableObject for DelegationKeeper {
    fn new(_: State, env: Env) -> Self {
        Self { env, memory: DelegationMemory::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let question = request.text().await?;
        Response::ok(self.memory.handle(&edge(&self.env), &LocalSpawner, &question).await)
    }
}
