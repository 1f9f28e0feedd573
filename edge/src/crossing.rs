//! Requests and responses as they cross between the platform and WebAssembly: each in one call, as one text. The other
//! half is `crossing.js`, which says why.
//!
//! `worker::request_from_wasm` fails for header values that are not ASCII and for long addresses, and panics for a version
//! of HTTP that it does not know, so it is not used: `edge_core` judges the text.

use std::{cell::RefCell, str::Split, time::Duration};

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::{AbortSignal, ReadableStream, Request, Response};

#[wasm_bindgen(module = "/src/crossing.js")]
extern "C" {
    #[wasm_bindgen(js_name = readRequest)]
    fn read_request(request: &Request, buffer: &mut [u8]) -> i32;

    #[wasm_bindgen(js_name = readResponse)]
    fn read_response(response: &Response, buffer: &mut [u8]) -> i32;

    #[wasm_bindgen(js_name = send, catch)]
    fn send_text(
        text: &str,
        body: Option<&ReadableStream>,
        signal: Option<&AbortSignal>,
        limit: Option<f64>,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    fn respond(text: &str, body: Option<&str>) -> Result<Response, JsValue>;

    #[wasm_bindgen(js_name = passOn, catch)]
    fn pass_on(text: &str, response: &Response) -> Result<Response, JsValue>;
}

/// Enough for the headers of almost every request and response.
const BUFFER_BYTES: usize = 16 * 1024;

thread_local! {
    /// Where JavaScript writes texts. A text that WebAssembly asks for is copied character by character instead.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_BYTES]);
}

/// What a request says, without its body.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) url: String,
    /// All headers, in order.
    pub(crate) headers: Vec<(String, String)>,
}

impl Incoming {
    pub(crate) fn read(request: &Request) -> Self {
        read(
            |buffer| read_request(request, buffer),
            |mut lines| {
                let mut line = || lines.next().unwrap_or_default().to_owned();
                Self { method: line(), url: line(), headers: headers(lines) }
            },
        )
    }
}

/// The status and the headers of a response, in order.
pub(crate) fn status_and_headers(response: &Response) -> (u16, Vec<(String, String)>) {
    read(
        |buffer| read_response(response, buffer),
        |mut lines| (lines.next().and_then(|status| status.parse().ok()).unwrap_or_default(), headers(lines)),
    )
}

/// Lets JavaScript write a text, and reads its lines.
fn read<T>(write: impl Fn(&mut [u8]) -> i32, understand: impl FnOnce(Split<'_, char>) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| {
        let mut written = write(buffer);
        if written < 0 {
            buffer.resize(usize::try_from(written.unsigned_abs()).unwrap_or_default(), 0);
            written = write(buffer);
        }
        let bytes = usize::try_from(written).ok().and_then(|written| buffer.get(..written)).unwrap_or_default();
        let read = understand(String::from_utf8_lossy(bytes).split('\n'));
        buffer.truncate(BUFFER_BYTES);
        read
    })
}

fn headers<'a>(mut lines: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let mut headers = Vec::with_capacity(32);
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        headers.push((name.to_owned(), value.to_owned()));
    }
    headers
}

/// Sends a request once. It is rejected with `undefined` if there is no response within `limit`.
pub(crate) fn send(
    first_lines: [&str; 2],
    headers: &[(&'static str, String)],
    body: Option<&ReadableStream>,
    signal: Option<&AbortSignal>,
    limit: Option<Duration>,
) -> Result<Promise, JsValue> {
    let limit = limit.map(|limit| limit.as_secs_f64() * 1000.0);
    send_text(&text(&first_lines, headers)?, body, signal, limit)
}

/// A response of ours, with a text or without a body.
pub(crate) fn response(
    status: u16,
    headers: &[(&'static str, String)],
    body: Option<&str>,
) -> Result<Response, JsValue> {
    respond(&text(&[&status.to_string()], headers)?, body)
}

/// A response with the body of another one.
pub(crate) fn response_with_body_of(
    status: u16,
    headers: &[(&'static str, String)],
    other: &Response,
) -> Result<Response, JsValue> {
    pass_on(&text(&[&status.to_string()], headers)?, other)
}

/// Fails if a line break would add a header. The platform would refuse it, too.
fn text(first: &[&str], headers: &[(&'static str, String)]) -> Result<String, JsValue> {
    let mut text = String::with_capacity(1024);
    for line in first.iter().copied().chain(headers.iter().flat_map(|(name, value)| [*name, value.as_str()])) {
        if line.contains(['\n', '\r']) {
            return Err(js_sys::Error::new("a line break in a header").into());
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    Ok(text)
}
