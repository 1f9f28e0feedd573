//! Serves every request but the proxy's, through the router of `edge-core`.

use std::{cell::RefCell, rc::Rc};

use axum::{Router, body::Body};
use edge_core::{
    http::{IncomingRequest, router},
    ports::Spawner,
};
use futures::future::LocalBoxFuture;
use worker::{Context, Env, Result, response_to_wasm};

use crate::{configured::edge, crossing::Incoming};

thread_local! {
    /// The router of this isolate.
    static ROUTER: RefCell<Option<Router>> = const { RefCell::new(None) };
}

pub(crate) async fn serve(
    incoming: Incoming,
    request: &web_sys::Request,
    env: &Env,
    context: Context,
) -> Result<web_sys::Response> {
    let edge = edge(env);
    let router = ROUTER.with_borrow_mut(|cached| cached.get_or_insert_with(|| router(&edge)).clone());
    let Incoming { method, url, headers } = incoming;
    let body = request.body().map_or_else(Body::empty, |stream| Body::new(worker::Body::new(stream)));
    let incoming = IncomingRequest { method, url, headers, body };
    response_to_wasm(edge_core::http::serve(&edge, router, Rc::new(AfterAnswer(context)), incoming).await)
}

/// Runs work that continues after the response, or after the client disconnected.
struct AfterAnswer(Context);

impl Spawner for AfterAnswer {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.0.wait_until(work);
    }
}
