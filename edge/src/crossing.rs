//! Requests and responses as they cross between the platform and WebAssembly: each in one call, as one text. The other
//! half is `crossing.js`, which says why.
//!
//! `worker::request_from_wasm` fails for header values that are not ASCII and for long addresses, and panics for a version
//! of HTTP that it does not know, so it is not used: `edge_core` judges the text.

use std::{cell::RefCell, str::Split, time::Duration};

use edge_core::proxy::{FIXED_HEADERS, UpstreamFailure};
use js_sys::Promise;
use wasm_bindgen::{
    JsCast as _, JsValue,
    prelude::{Closure, wasm_bindgen},
};
use web_sys::{AbortSignal, Headers, ReadableStream, Request, Response};

#[wasm_bindgen(module = "/src/crossing.js")]
extern "C" {
    #[wasm_bindgen(js_name = useBuffer)]
    fn use_buffer(memory: &JsValue, at: *const u8, length: usize);

    #[wasm_bindgen(js_name = readRequest)]
    fn read_request(request: &Request) -> i32;

    #[wasm_bindgen(js_name = readResponse)]
    fn read_response(response: &Response) -> i32;

    #[wasm_bindgen(catch)]
    fn send(
        text: &str,
        headers: usize,
        body: Option<&ReadableStream>,
        signal: Option<&AbortSignal>,
        limit: Option<f64>,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    fn forward(
        text: &str,
        headers: usize,
        body: Option<&ReadableStream>,
        limit: f64,
        call: u32,
        ended: &Closure<dyn Fn(u32, JsValue) -> Result<JsValue, JsValue>>,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    fn respond(text: &str, headers: usize, fixed: Option<&Headers>, body: Option<&str>) -> Result<Response, JsValue>;

    #[wasm_bindgen(js_name = passOn, catch)]
    fn pass_on(text: &str, headers: usize, fixed: Option<&Headers>, response: &Response) -> Result<Response, JsValue>;
}

/// Enough for the headers of almost every request and response.
const BUFFER_BYTES: usize = 16 * 1024;

thread_local! {
    /// Where JavaScript writes texts. A text that WebAssembly asks for is copied character by character instead.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
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
            || read_request(request),
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
        || read_response(response),
        |mut lines| (lines.next().and_then(|status| status.parse().ok()).unwrap_or_default(), headers(lines)),
    )
}

/// Lets JavaScript write a text, and reads its lines.
fn read<T>(write: impl Fn() -> i32, understand: impl FnOnce(Split<'_, char>) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.len() != BUFFER_BYTES {
            resize(buffer, BUFFER_BYTES);
        }
        let mut written = write();
        if written < 0 {
            resize(buffer, usize::try_from(written.unsigned_abs()).unwrap_or_default());
            written = write();
        }
        let bytes = usize::try_from(written).ok().and_then(|written| buffer.get(..written)).unwrap_or_default();
        // The platform's encoder writes nothing but UTF-8.
        understand(std::str::from_utf8(bytes).unwrap_or_default().split('\n'))
    })
}

/// JavaScript must know where the buffer is.
fn resize(buffer: &mut Vec<u8>, length: usize) {
    *buffer = vec![0; length];
    use_buffer(&wasm_bindgen::memory(), buffer.as_ptr(), length);
}

fn headers<'a>(mut lines: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let mut headers = Vec::with_capacity(32);
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        headers.push((name.to_owned(), value.to_owned()));
    }
    headers
}

/// What a message says, for JavaScript: some lines, then its headers.
struct Text {
    text: String,
    headers: usize,
}

impl Text {
    fn new<'a>(first: &[&str], headers: impl Iterator<Item = &'a (&'static str, String)>) -> Self {
        let mut text = Self { text: String::with_capacity(2048), headers: 0 };
        for line in first {
            text.push(line);
        }
        for (name, value) in headers {
            text.push(name);
            text.push(value);
            text.headers += 1;
        }
        text
    }

    /// A line break in a line would be a header: JavaScript counts them.
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A request that can be sent once.
pub(crate) struct Outgoing {
    text: Text,
    body: Option<ReadableStream>,
}

impl Outgoing {
    /// `first_lines`: the method and the address.
    pub(crate) fn new(
        first_lines: [&str; 2],
        headers: &[(&'static str, String)],
        body: Option<ReadableStream>,
    ) -> Self {
        Self { text: Text::new(&first_lines, headers.iter()), body }
    }

    /// Sends it. The promise is rejected with `undefined` if there is no response within `limit`.
    pub(crate) fn send(self, signal: Option<&AbortSignal>, limit: Option<Duration>) -> Result<Promise, JsValue> {
        let Text { text, headers } = &self.text;
        send(text, *headers, self.body.as_ref(), signal, limit.map(milliseconds))
    }

    /// Sends it, and gives the outcome to `ended`, with the number of the call: a response, an error, or `undefined` if
    /// there is no response within `limit`. The promise is for what that answers.
    pub(crate) fn forward(
        self,
        limit: Duration,
        call: u32,
        ended: &Closure<dyn Fn(u32, JsValue) -> Result<JsValue, JsValue>>,
    ) -> Result<Promise, JsValue> {
        let Text { text, headers } = &self.text;
        forward(text, *headers, self.body.as_ref(), milliseconds(limit), call, ended)
    }
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

/// What an outcome that is no response says.
pub(crate) fn failure(outcome: &JsValue) -> UpstreamFailure {
    if outcome.is_undefined() { UpstreamFailure::Late } else { UpstreamFailure::Broken(message(outcome)) }
}

/// The message of an error of JavaScript's.
pub(crate) fn message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())).unwrap_or_default()
}

/// A response of ours, with a text or without a body.
pub(crate) fn response(
    status: u16,
    headers: &[(&'static str, String)],
    body: Option<&str>,
) -> Result<Response, JsValue> {
    with_fixed(status, headers, |text, fixed| respond(&text.text, text.headers, fixed, body))
}

/// A response with the body of another one.
pub(crate) fn response_with_body_of(
    status: u16,
    headers: &[(&'static str, String)],
    other: &Response,
) -> Result<Response, JsValue> {
    with_fixed(status, headers, |text, fixed| pass_on(&text.text, text.headers, fixed, other))
}

thread_local! {
    /// The headers that every response of the proxy has. The platform copies them, which costs a fifth of what it costs to
    /// read them from a text.
    static FIXED: RefCell<Option<Headers>> = const { RefCell::new(None) };
}

/// Builds a response from those headers that are not among [`FIXED`], and from these, if all of them are meant.
fn with_fixed(
    status: u16,
    headers: &[(&'static str, String)],
    build: impl FnOnce(Text, Option<&Headers>) -> Result<Response, JsValue>,
) -> Result<Response, JsValue> {
    let is_fixed = |header: &&(&'static str, String)| FIXED_HEADERS.contains(&(header.0, header.1.as_str()));
    let first = [&*status.to_string()];
    if headers.iter().filter(is_fixed).count() != FIXED_HEADERS.len() {
        return build(Text::new(&first, headers.iter()), None);
    }
    let text = Text::new(&first, headers.iter().filter(|header| !is_fixed(header)));
    FIXED.with_borrow_mut(|fixed| {
        if fixed.is_none() {
            let headers = Headers::new()?;
            for (name, value) in FIXED_HEADERS {
                headers.set(name, value)?;
            }
            *fixed = Some(headers);
        }
        build(text, fixed.as_ref())
    })
}
