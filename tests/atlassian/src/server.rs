//! The HTTP server. It has its own accept loop instead of axum's, because faults reset connections.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::fault_injection::{self, Reset, ResetOnPurpose, Watched};
use crate::recorder::Endpoint;
use crate::world::Shared;
use crate::{authorize, control, forge, jira, oidc, pages, resources, token_endpoint};

/// Serves until `stop` is set or its sender is dropped, then closes open connections.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _stopped = stop.wait_for(|stopped| *stopped) => break,
            Some(_ended) = connections.join_next() => {}
            stream = next_stream(&listener) => drop(connections.spawn(connection(stream, router.clone()))),
        }
    }
}

/// The next connection. If the machine has no file descriptor left, this waits and tries again.
async fn next_stream(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => eprintln!("atlassian: a connection could not be accepted: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Everything at the main address.
pub(crate) fn router(world: Shared) -> Router {
    let watched = Watched { world: Arc::clone(&world), at: world.url(), endpoint_of: Endpoint::of };
    Router::new()
        .merge(authorize::routes())
        .merge(token_endpoint::routes())
        .merge(resources::routes())
        .merge(jira::routes())
        .merge(oidc::routes())
        .merge(forge::routes())
        .merge(control::routes())
        .merge(pages::routes())
        .layer(middleware::from_fn_with_state(watched, fault_injection::record_and_inject_fault))
        .with_state(world)
}

async fn connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request| Box::pin(answer(router.clone(), request)));
    let mut connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if ended.is_err() {
        reset(&connection.into_parts().io.into_inner());
    }
}

async fn answer(router: Router, request: http::Request<Incoming>) -> Result<Response, ResetOnPurpose> {
    let response = router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never: Infallible| match never {});
    if response.extensions().get::<Reset>().is_some() { Err(ResetOnPurpose) } else { Ok(response) }
}

/// Without lingering, the operating system sends a reset when the stream is dropped.
fn reset(stream: &TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        eprintln!("atlassian: a connection could not be reset, it is closed: {error}");
    }
}
