//! Sends the body of a proxied call, and tells how that ended. Chunks pass as handles: no byte enters WebAssembly.

use edge_core::proxy::{UploadEnd, UpstreamBody};
use futures::channel::oneshot;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult, TransformStream, WritableStream,
    WritableStreamDefaultWriter,
};
use worker::worker_sys::FixedLengthStream;

/// The stream to send. What is not watched is sent as it is.
pub(crate) fn outgoing(body: UpstreamBody<ReadableStream>) -> Result<ReadableStream, JsValue> {
    let UpstreamBody { stream, length, limit, ended } = body;
    let Some(ended) = ended else { return Ok(stream) };
    // A declared length is sent as `Content-Length`, and the platform holds the caller to it.
    if let Some(length) = length.and_then(|length| u32::try_from(length).ok()) {
        let fixed = FixedLengthStream::new(length)?;
        spawn_local(pipe(stream, fixed.writable(), ended));
        return Ok(fixed.readable());
    }
    let counted = TransformStream::new()?;
    spawn_local(count(stream, counted.writable(), limit, ended));
    Ok(counted.readable())
}

async fn pipe(stream: ReadableStream, to: WritableStream, ended: oneshot::Sender<UploadEnd>) {
    if JsFuture::from(stream.pipe_to(&to)).await.is_ok() {
        tell(ended, UploadEnd::Sent);
    }
}

/// A body that breaks off is left open, because closing or aborting its stream would end it as if it were complete. The
/// call is aborted instead, by whoever is told or by the platform if the caller has gone.
async fn count(stream: ReadableStream, to: WritableStream, limit: u64, ended: oneshot::Sender<UploadEnd>) {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let Ok(writer) = to.get_writer() else { return };
    if let Ok(end) = copy(&reader, &writer, limit).await {
        tell(ended, end);
    }
    // Nothing depends on whether the cancellation succeeds.
    drop(reader.cancel());
}

async fn copy(
    from: &ReadableStreamDefaultReader,
    to: &WritableStreamDefaultWriter,
    limit: u64,
) -> Result<UploadEnd, JsValue> {
    let mut sent = 0_u64;
    loop {
        let read: ReadableStreamReadResult = JsFuture::from(from.read()).await?.unchecked_into();
        if read.get_done().unwrap_or(true) {
            JsFuture::from(to.close()).await?;
            return Ok(UploadEnd::Sent);
        }
        let chunk: Uint8Array = read.get_value().unchecked_into();
        sent = sent.saturating_add(chunk.byte_length().into());
        if sent > limit {
            return Ok(UploadEnd::TooLarge);
        }
        JsFuture::from(to.write_with_chunk(&chunk)).await?;
    }
}

/// A call that is not waited for any more does not hear it.
fn tell(ended: oneshot::Sender<UploadEnd>, end: UploadEnd) {
    let _heard = ended.send(end);
}
