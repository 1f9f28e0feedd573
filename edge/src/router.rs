//! Everything but the proxy: hands the request to the router of `edge-core`.

use std::{cell::RefCell, rc::Rc};

use axum::{Router, body::Body};
use edge_core::{
    http::{Edge, answer, router},
    organization_id::OrganizationId,
};
use worker::{Env, Result, request_from_wasm, response_to_wasm};

use crate::{configured::configuration, platform::WorkersPlatform};

thread_local! {
    /// Bindings and configuration are the isolate's, so the router is made once for each.
    static ROUTER: RefCell<Option<Router>> = const { RefCell::new(None) };
}

pub(crate) async fn serve(request: web_sys::Request, env: Env) -> Result<web_sys::Response> {
    let platform = WorkersPlatform::new(env.clone());
    let router = ROUTER.with_borrow_mut(|kept| kept.get_or_insert_with(|| build(env)).clone());
    let request = request_from_wasm(request)?.map(Body::new);
    response_to_wasm(answer(router, &platform, request).await)
}

fn build(env: Env) -> Router {
    router(&Edge {
        configuration: Rc::new(configuration(&env)),
        platform: Rc::new(WorkersPlatform::new(env)),
        organization: OrganizationId::default(),
    })
}
