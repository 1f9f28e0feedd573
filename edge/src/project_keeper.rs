//! The Durable Object `ProjectKeeper`: a project's tasks, and its alarm. `edge_core::project_keeper` decides what to do with
//! them.

use edge_core::project_keeper::ProjectObject;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, wasm_bindgen};

use crate::{configured::configuration, object_world::World};

/// The keeper of one project.
#[durable_object]
pub struct ProjectKeeper {
    object: ProjectObject<World>,
}

impl DurableObject for ProjectKeeper {
    fn new(state: State, env: Env) -> Self {
        let configuration = configuration(&env);
        Self { object: ProjectObject::new(World::new(state, env), configuration) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let envelope = request.text().await?;
        Response::ok(self.object.handle(&envelope).await)
    }

    async fn alarm(&self) -> Result<Response> {
        self.object.on_alarm().await;
        Response::empty()
    }
}
