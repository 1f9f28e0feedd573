//! Reads a request of the platform. `worker::request_from_wasm` fails for header values that are not ASCII and for long
//! addresses, and panics for a version of HTTP that it does not know, so it is not used: `edge_core` judges the text.

use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::Headers;

/// All headers, in order.
pub(crate) fn headers(headers: &Headers) -> Vec<(String, String)> {
    let text = |pair: &Array, at| pair.get(at).as_string().unwrap_or_default();
    let entries = headers.entries().into_iter().flatten();
    entries.map(JsCast::unchecked_into::<Array>).map(|pair| (text(&pair, 0), text(&pair, 1))).collect()
}
