//! Serves every request but the proxy's, through the router of `edge-core`.

use std::{cell::RefCell, rc::Rc};

use axum::{Router, body::Body};
use edge_core::{
    http::{Edge, answer, router},
    organization_id::OrganizationId,
    ports::Spawner,
};
use futures::future::LocalBoxFuture;
use worker::{Context, Env, Result, request_from_wasm, response_to_wasm};

use crate::{configured::configuration, platform::WorkersPlatform};

thread_local! {
    /// The router of this isolate. Its bindings and configuration do not change while the isolate lives.
    static ROUTER: RefCell<Option<Router>> = const { RefCell::new(None) };
}

pub(crate) async fn serve(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    let platform = WorkersPlatform::new(env.clone());
    let router = ROUTER.with_borrow_mut(|router| router.get_or_insert_with(|| build(env)).clone());
    let request = request_from_wasm(request)?.map(Body::new);
    response_to_wasm(answer(router, &platform, Rc::new(AfterAnswer(context)), request).await)
}

fn build(env: Env) -> Router {
    let configuration = configuration(&env);
    let platform = WorkersPlatform::new(env);
    configuration.report(&platform);
    router(&Edge {
        configuration: Rc::new(configuration),
        platform: Rc::new(platform),
        organization: OrganizationId::default(),
        cryptography: Rc::default(),
        provider: Rc::default(),
    })
}

/// Runs work that continues after the response, or after the client disconnected.
struct AfterAnswer(Context);

impl Spawner for AfterAnswer {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.0.wait_until(work);
    }
}
