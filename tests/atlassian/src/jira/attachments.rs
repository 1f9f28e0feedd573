//! `attachment/content/{id}`: bytes of a known number, streamed and never held as a whole.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::header;

const CHUNK: u64 = 64 * 1024;

/// A file of that many bytes, all of them the letter `a`.
pub(super) fn content(length: u64) -> Response {
    let chunk = Bytes::from(vec![b'a'; usize::try_from(CHUNK.min(length)).unwrap_or(0)]);
    let chunks = stream::unfold(length, move |left| {
        let chunk = chunk.clone();
        async move {
            let size = left.min(CHUNK);
            let part = chunk.slice(..usize::try_from(size).unwrap_or(0));
            (left > 0).then(|| (Ok::<_, std::convert::Infallible>(part), left - size))
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/octet-stream"));
    let name = http::HeaderValue::from_static("attachment; filename=\"berth-plan.bin\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}
