//! The Durable Object `Organization`: its SQLite database and its alarm. `edge_core::organization_object` decides what to
//! do with them.

use edge_core::organization_object::OrganizationObject;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, wasm_bindgen};

use crate::{configured::configuration, object_world::World};

/// One organization, which handles commands one at a time.
#[durable_object]
pub struct Organization {
    object: OrganizationObject<World>,
}

impl DurableObject for Organization {
    fn new(state: State, env: Env) -> Self {
        let configuration = configuration(&env);
        Self { object: OrganizationObject::new(World::new(state, env), configuration) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let envelope = request.text().await?;
        Response::ok(self.object.handle(&envelope).await)
    }

    async fn alarm(&self) -> Result<Response> {
        // The platform retries a failed alarm.
        self.object.on_alarm().await.map_err(|failure| worker::Error::RustError(failure.0))?;
        Response::empty()
    }
}
