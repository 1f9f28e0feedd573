//! Reads the body of a request to the API.

use std::time::Duration;

use api::ProblemCode;
use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use http::{HeaderMap, header};

use crate::{http::failure::RequestFailure, ports::Timer, proxy::timeout::with_timeout};

/// The time for a whole body. A slow mobile connection sends 64 KiB in a quarter of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole body: at most so many bytes, whether or not its length is declared (413), within 20 s (408), to its end (400).
pub(super) async fn read_at_most(
    timer: &impl Timer,
    headers: &HeaderMap,
    body: Body,
    most: usize,
) -> Result<Bytes, RequestFailure> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|bytes: u64| bytes > most as u64) {
        return Err(too_large(most));
    }
    let slow = || RequestFailure::new(ProblemCode::RequestTimeout, "The body did not arrive within 20 seconds.");
    with_timeout(timer, PATIENCE, collect(body, most)).await.ok_or_else(slow)?
}

async fn collect(body: Body, most: usize) -> Result<Bytes, RequestFailure> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let broken = |_| RequestFailure::new(ProblemCode::InvalidRequest, "The body ended early.");
        let chunk = chunk.map_err(broken)?;
        if read.len().saturating_add(chunk.len()) > most {
            return Err(too_large(most));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.into())
}

fn too_large(most: usize) -> RequestFailure {
    let detail = format!("The body is larger than {} KiB.", most.div_ceil(1024));
    RequestFailure::new(ProblemCode::BodyTooLarge, detail)
}
